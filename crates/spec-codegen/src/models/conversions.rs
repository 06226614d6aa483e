//! Conversions between models of one thing, so that nobody copies fields by hand.
//!
//! Knows how a field of one presence is set from one of another. Must not know which models belong together.

use crate::plan::{ConversionPlan, Definition, FieldPlan, Presence, RustType, StructPlan, TypePlan};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints the conversions of a model of answers: from what requests hold, and back.
pub(super) fn print_conversions(printer: &mut Printer<'_>, ty: &TypePlan) -> Option<TokenStream> {
    let Definition::Struct(output) = &ty.definition else { return None };
    let plan = printer.plan;
    let printed = output.inputs.iter().filter_map(|conversion| {
        let input = plan.type_plan(conversion.input);
        let Definition::Struct(from) = &input.definition else { return None };
        let pair = Pair { conversion, input, from, ty, to: output };
        let builder = builder(printer, &pair);
        let whole = conversion.whole.then(|| whole(printer, &pair));
        let sometimes = conversion.sometimes.then(|| sometimes(printer, &pair));
        let back = conversion.back.then(|| back(printer, &pair));
        Some(quote!(#builder #whole #sometimes #back))
    });
    Some(printed.collect())
}

/// A model of requests (`input`, `from`) and one of answers (`ty`, `to`).
struct Pair<'a> {
    conversion: &'a ConversionPlan,
    input: &'a TypePlan,
    from: &'a StructPlan,
    ty: &'a TypePlan,
    to: &'a StructPlan,
}

/// Prints how a builder of the model of answers begins with what a request holds.
fn builder(printer: &mut Printer<'_>, pair: &Pair<'_>) -> TokenStream {
    let taken = pair.conversion.taken(pair.from, pair.to);
    let (from, name, input) = (printer.prelude("From"), ident(&pair.to.builder), ident(&pair.input.name));
    let mut words =
        String::from("Begins with what both have: the document describes these properties alike.");
    words.push_str(&left_to_be_set(pair, &taken));
    words.push_str(&of_one_way(pair.from, pair.to, &taken));
    words.push_str(&of_other_keys(pair.from, pair.to));
    let words = docs(&[words]);
    let values = taken.iter().map(|(given, own)| {
        let (name, value) = (ident(&own.name), slot(printer, given, own));
        quote!(#name: #value)
    });
    let values: Vec<TokenStream> = values.collect();
    let extra = extra(pair.from, pair.to);
    let is_all = taken.len() == pair.to.fields.len() && extra.is_some() == pair.to.extra.is_some();
    let rest = rest(printer, is_all);
    quote! {
        #words
        impl #from<#input> for #name {
            fn from(input: #input) -> Self {
                #name { #(#values,)* #extra #rest }
            }
        }
    }
}

/// Prints the conversion into a model of answers that must have nothing more.
fn whole(printer: &mut Printer<'_>, pair: &Pair<'_>) -> TokenStream {
    let taken = pair.conversion.taken(pair.from, pair.to);
    let (from, name, input) = (printer.prelude("From"), ident(&pair.ty.name), ident(&pair.input.name));
    let mut words = String::from("Takes over what both have: the document describes these properties alike.");
    words.push_str(&of_one_way(pair.from, pair.to, &taken));
    words.push_str(&of_other_keys(pair.from, pair.to));
    let words = docs(&[words]);
    let values = values(printer, pair.from, pair.to, &taken);
    quote! {
        #words
        impl #from<#input> for #name {
            fn from(input: #input) -> Self {
                #name { #values }
            }
        }
    }
}

/// Prints the conversion into a model of which all must be there that the other one may leave out.
fn sometimes(printer: &mut Printer<'_>, pair: &Pair<'_>) -> TokenStream {
    let (try_from, result) = (printer.prelude("TryFrom"), printer.prelude("Result"));
    let missing = printer.path("spec_runtime", "MissingFields");
    let (name, builder) = (ident(&pair.ty.name), ident(&pair.to.builder));
    let input = ident(&pair.input.name);
    let words = docs(&[String::from("Takes over what both have, or says which fields are missing.")]);
    quote! {
        #words
        impl #try_from<#input> for #name {
            type Error = #missing;

            fn try_from(input: #input) -> #result<Self, #missing> {
                #builder::from(input).build()
            }
        }
    }
}

/// Prints the conversion of what an answer holds into what a request holds.
fn back(printer: &mut Printer<'_>, pair: &Pair<'_>) -> TokenStream {
    let returned = pair.conversion.returned(pair.from, pair.to);
    let (from, name, output) = (printer.prelude("From"), ident(&pair.input.name), ident(&pair.ty.name));
    let mut words = String::from("Keeps what both have, to read, change and write back.");
    words.push_str(&of_one_way(pair.to, pair.from, &returned));
    words.push_str(&of_other_keys(pair.to, pair.from));
    let words = docs(&[words]);
    let values = values(printer, pair.to, pair.from, &returned);
    quote! {
        #words
        impl #from<#output> for #name {
            fn from(input: #output) -> Self {
                #name { #values }
            }
        }
    }
}

/// Prints the values of all fields of a model, set from those of another one.
fn values(
    printer: &mut Printer<'_>,
    from: &StructPlan,
    to: &StructPlan,
    pairs: &[(&FieldPlan, &FieldPlan)],
) -> TokenStream {
    let default = printer.prelude("Default");
    let values: Vec<TokenStream> = to
        .fields
        .iter()
        .map(|own| {
            let name = ident(&own.name);
            let given = pairs.iter().find(|(_, to)| to.wire == own.wire).map(|(given, _)| *given);
            let value = match given {
                Some(given) => value(printer, given, own),
                None => quote!(#default::default()),
            };
            quote!(#name: #value)
        })
        .collect();
    let extra = extra(from, to).or_else(|| {
        let name = ident(&to.extra.as_ref()?.name);
        Some(quote!(#name: #default::default(),))
    });
    quote!(#(#values,)* #extra)
}

/// Prints the rest of a value, where not all of its fields are set.
fn rest(printer: &mut Printer<'_>, is_all: bool) -> Option<TokenStream> {
    let default = printer.prelude("Default");
    (!is_all).then(|| quote!(..#default::default()))
}

/// Prints the value of a field, set from one that has no more values.
fn value(printer: &mut Printer<'_>, given: &FieldPlan, own: &FieldPlan) -> TokenStream {
    let name = ident(&given.name);
    let given_value = quote!(input.#name);
    if given.presence == own.presence {
        return given_value;
    }
    let mut field = || field_type(printer);
    match (given.presence, own.presence) {
        (Presence::Required, Presence::OptionalNullable) => {
            let field = field();
            quote!(#field::Value(#given_value))
        }
        (Presence::Required, _) => quote!(Some(#given_value)),
        (Presence::RequiredNullable, _) => {
            let field = field();
            quote!(#given_value.map_or(#field::Null, #field::Value))
        }
        (Presence::Optional, _) => {
            let field = field();
            quote!(#given_value.map_or(#field::Absent, #field::Value))
        }
        // Nothing else has all three states.
        (Presence::OptionalNullable, _) => given_value,
    }
}

/// Prints the type of fields of three states.
fn field_type(printer: &mut Printer<'_>) -> TokenStream {
    printer.path("spec_runtime", "Field")
}

/// Prints what a builder keeps for a field, set from one that has no more values. What a request leaves out
/// and an answer must have is still to be set.
fn slot(printer: &mut Printer<'_>, given: &FieldPlan, own: &FieldPlan) -> TokenStream {
    let name = ident(&given.name);
    let given_value = quote!(input.#name);
    match (given.presence, own.presence) {
        (
            Presence::Required | Presence::RequiredNullable,
            Presence::Required | Presence::RequiredNullable,
        ) => {
            let value = value(printer, given, own);
            quote!(Some(#value))
        }
        (Presence::Optional, Presence::Required) => given_value,
        (Presence::Optional, Presence::RequiredNullable) => quote!(#given_value.map(Some)),
        (Presence::OptionalNullable, Presence::RequiredNullable) => {
            let field = field_type(printer);
            quote! {
                match #given_value {
                    #field::Absent => None,
                    #field::Null => Some(None),
                    #field::Value(value) => Some(Some(value)),
                }
            }
        }
        _ => value(printer, given, own),
    }
}

/// Prints the keys without a field, where both models have a place for them.
fn extra(from: &StructPlan, to: &StructPlan) -> Option<TokenStream> {
    let (given, own) = (from.extra.as_ref()?, to.extra.as_ref()?);
    let (given_name, name) = (ident(&given.name), ident(&own.name));
    let fields = foreign(from, to);
    if fields.is_empty() {
        return Some(quote!(#name: input.#given_name,));
    }
    Some(match given.full_type() {
        RustType::Extra => quote!(#name: input.#given_name.without(&[#(#fields),*]),),
        _ => quote! {
            #name: input.#given_name.into_iter()
                .filter(|(key, _)| ![#(#fields),*].contains(&key.as_str()))
                .collect(),
        },
    })
}

/// Returns the names that only the target has fields for.
fn foreign<'a>(from: &StructPlan, to: &'a StructPlan) -> Vec<&'a str> {
    let has = |wire: &str| from.fields.iter().any(|field| field.wire == wire);
    to.fields.iter().map(|field| field.wire.as_str()).filter(|wire| !has(wire)).collect()
}

/// Says which fields are left to be set.
fn left_to_be_set(pair: &Pair<'_>, taken: &[(&FieldPlan, &FieldPlan)]) -> String {
    let given = |own: &FieldPlan| {
        taken.iter().find(|(_, field)| field.wire == own.wire).map(|(given, _)| given.is_required())
    };
    let needed = || pair.to.fields.iter().filter(|field| field.must_be_set());
    let never: Vec<_> = needed().filter(|field| given(field).is_none()).collect();
    let sometimes: Vec<_> = needed().filter(|field| given(field) == Some(false)).collect();
    match (listed(&never), listed(&sometimes)) {
        (None, None) => String::new(),
        (Some(never), None) => format!("\n\nLeft to be set: {never}."),
        (None, Some(sometimes)) => format!("\n\nLeft to be set where it has none: {sometimes}."),
        (Some(never), Some(sometimes)) => {
            format!("\n\nLeft to be set: {never}; where it has none, {sometimes} as well.")
        }
    }
}

/// Lists the names of fields; none where there are none.
fn listed(fields: &[&FieldPlan]) -> Option<String> {
    let names: Vec<String> = fields.iter().map(|field| format!("`{}`", field.name)).collect();
    match names.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

/// Says which fields of both are not set, because they go one way only.
fn of_one_way(from: &StructPlan, to: &StructPlan, pairs: &[(&FieldPlan, &FieldPlan)]) -> String {
    let is_left = |own: &&FieldPlan| {
        from.fields.iter().any(|field| field.wire == own.wire)
            && !pairs.iter().any(|(_, field)| field.wire == own.wire)
    };
    let left: Vec<_> = to.fields.iter().filter(is_left).collect();
    listed(&left).map(|names| format!("\n\nLeft out, for it goes one way only: {names}.")).unwrap_or_default()
}

/// Says what becomes of keys without a field.
fn of_other_keys(from: &StructPlan, to: &StructPlan) -> String {
    let words = match (&from.extra, &to.extra) {
        (None, _) => return String::new(),
        (Some(_), None) => "Keys without a field are left out: there is no place for them.",
        (Some(_), Some(_)) if foreign(from, to).is_empty() => "Keys without a field are kept.",
        (Some(_), Some(_)) => "Keys without a field are kept, but for those that have one here.",
    };
    format!("\n\n{words}")
}
