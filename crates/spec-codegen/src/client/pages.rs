//! Pages of a list: how a builder asks for one, and what it takes from the answer.
//!
//! Knows which arguments and fields carry what the plan says. Must not know when a list is at its end.

use super::called::outcome_type;
use crate::plan::{
    AnswerPath, Definition, FieldStep, NextPlan, OperationPlan, PageArgument, PaginationPlan, Plan, RustType,
};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::PageStyle;

/// Prints how the builder of an operation asks for pages, if it answers with them.
pub(super) fn print_pages(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let Some(pagination) = &operation.pagination else { return TokenStream::new() };
    let builder = ident(&operation.type_name);
    let (page, failure) =
        (outcome_type(printer, &operation.success), outcome_type(printer, &operation.error));
    let items = &pagination.outputs.items;
    let RustType::Vec(item) = &items.ty else { return TokenStream::new() };
    let item = printer.ty(item);
    let (paged, fetched, position, error) = (
        printer.path("spec_runtime::pages", "PagedCall"),
        printer.path("spec_runtime::pages", "FetchedPage"),
        printer.whole_path("spec_runtime::pages", "Position"),
        printer.path("spec_runtime::client", "Error"),
    );
    let fetch = print_fetch(printer, operation, pagination);
    let taken = match access(printer.plan, quote!(page), &items.root, &items.steps, Use::Taken) {
        Access::Sure(items) => items,
        Access::Maybe(items) => quote!(#items.unwrap_or_default()),
    };
    let (option, result, vec) =
        (printer.prelude("Option"), printer.prelude("Result"), printer.prelude("Vec"));
    quote! {
        impl #paged for #builder<'_> {
            type Page = #page;
            type Item = #item;
            type Error = #error<#failure>;

            async fn fetch(
                &self, position: #option<&#position>
            ) -> #result<#fetched<#page>, #error<#failure>> {
                #fetch
            }

            fn items_of(page: #page) -> #vec<#item> {
                #taken
            }
        }
    }
}

/// Prints what fetches a page, and tells what its answer says of the next one.
fn print_fetch(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    pagination: &PaginationPlan,
) -> TokenStream {
    let plan = printer.plan;
    let outputs = &pagination.outputs;
    let (paging, fetched) = (
        printer.path("spec_runtime::codegen::client", "paging"),
        printer.path("spec_runtime::pages", "FetchedPage"),
    );
    let clone = printer.prelude("Clone");
    let count = match borrowed(plan, &outputs.items) {
        Access::Sure(items) => quote!(#items.len()),
        Access::Maybe(items) => quote!(#items.map_or(0, |own| own.len())),
    };
    let has_more = match outputs.has_more.as_ref().map(|path| borrowed(plan, path)) {
        None => quote!(None),
        Some(Access::Sure(more)) => quote!(Some(#more)),
        Some(Access::Maybe(more)) => quote!(#more.copied()),
    };
    let next = print_next(printer, operation, pagination);
    let asking = match pagination.style {
        PageStyle::Url => quote! {
            let (answer, asked) = #paging::call_at(#clone::clone(self), position).await?;
        },
        _ => {
            let call = printer.path("spec_runtime::codegen::client", "call");
            let ask = print_ask(printer, operation, pagination);
            quote! {
                let mut paged = #clone::clone(self);
                if let Some(position) = position {
                    #ask
                }
                let answer = #call(paged).await?;
            }
        }
    };
    let is_in_header = matches!(outputs.next, Some(NextPlan::Header(_)));
    let (before, after) = match is_in_header {
        true => (quote!(let next = #next;), quote!(next)),
        false => (TokenStream::new(), quote!(next: #next)),
    };
    quote! {
        #asking
        #before
        let page = answer.into_inner();
        Ok(#fetched { count: #count, has_more: #has_more, #after, page })
    }
}

/// Prints what puts a position into a call.
fn print_ask(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    pagination: &PaginationPlan,
) -> TokenStream {
    let paging = printer.path("spec_runtime::codegen::client", "paging");
    let convert = ident(match pagination.style {
        PageStyle::Page => "page_argument",
        PageStyle::Offset => "offset_argument",
        _ => "cursor_argument",
    });
    match &pagination.inputs.position {
        Some(PageArgument::Parameter(index)) => {
            let parameter = &operation.parameters[*index];
            let name = ident(&parameter.name);
            let some = (!parameter.required).then(|| quote!(.map(Some)));
            quote!(paged.#name = #paging::#convert(position) #some;)
        }
        Some(PageArgument::Body(path)) => {
            let (body, names) = (ident(body_name(operation)), wire_names(path));
            quote! {
                paged.#body = #paging::with_field(paged.#body, &[#(#names),*], #paging::#convert(position));
            }
        }
        None => TokenStream::new(),
    }
}

/// Prints what the answer says of the next page.
fn print_next(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    pagination: &PaginationPlan,
) -> TokenStream {
    let plan = printer.plan;
    let outputs = &pagination.outputs;
    let (next, paging) = (
        printer.whole_path("spec_runtime::pages", "Next"),
        printer.path("spec_runtime::codegen::client", "paging"),
    );
    let said = |convert: &str, path: &Option<AnswerPath>| {
        let convert = ident(convert);
        let Some(path) = path else { return quote!(None) };
        let value = borrowed(plan, path).optional();
        quote!(#paging::#convert(#value))
    };
    match pagination.style {
        PageStyle::Page => {
            let asked = print_asked(printer, operation, pagination);
            let answered = said("number", &outputs.page);
            let first = match pagination.inputs.first {
                Some(first) => {
                    let first = proc_macro2::Literal::i64_unsuffixed(first);
                    quote!(Some(#first))
                }
                None => quote!(None),
            };
            let (pages, items) = (said("amount", &outputs.total_pages), said("amount", &outputs.total_items));
            quote!(#next::Page {
                asked: #asked, answered: #answered, first: #first, total_pages: #pages, total_items: #items,
            })
        }
        PageStyle::Offset => {
            let asked = print_asked(printer, operation, pagination);
            let total = said("amount", &outputs.total_items);
            quote!(#next::Offset { asked: #asked.and_then(|own| own.try_into().ok()), total: #total })
        }
        PageStyle::Cursor => match &outputs.next {
            Some(NextPlan::Header(name)) => {
                quote!(#next::Cursor(#paging::header_cursor(answer.headers(), #name)))
            }
            Some(NextPlan::Field(path)) => {
                let value = borrowed(plan, path).optional();
                quote!(#next::Cursor(#paging::cursor(#value)))
            }
            None => quote!(#next::Cursor(None)),
        },
        PageStyle::Url | PageStyle::Single => {
            let url = match &outputs.next {
                Some(NextPlan::Header(name)) => quote!(#paging::header_url(answer.headers(), #name)),
                Some(NextPlan::Field(path)) => {
                    let value = borrowed(plan, path).optional();
                    quote!(#value.map(|own| own.to_string()))
                }
                None => quote!(None),
            };
            quote!(#next::Url { asked, next: #url })
        }
    }
}

/// Prints the number, or the offset, that the call itself asks for.
fn print_asked(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    pagination: &PaginationPlan,
) -> TokenStream {
    let paging = printer.path("spec_runtime::codegen::client", "paging");
    match &pagination.inputs.position {
        Some(PageArgument::Parameter(index)) => {
            let parameter = &operation.parameters[*index];
            let name = ident(&parameter.name);
            let given = match parameter.required {
                true => quote!(self.#name.as_ref().ok()),
                false => quote!(self.#name.as_ref().ok().and_then(|own| own.as_ref())),
            };
            quote!(#paging::number(#given))
        }
        Some(PageArgument::Body(path)) => {
            let (body, names) = (ident(body_name(operation)), wire_names(path));
            quote!(#paging::number_in(&self.#body, &[#(#names),*]))
        }
        None => quote!(None),
    }
}

fn body_name(operation: &OperationPlan) -> &str {
    operation.body.as_ref().map_or("body", |body| body.name.as_str())
}

fn wire_names(path: &AnswerPath) -> Vec<&str> {
    path.steps.iter().map(|step| step.wire.as_str()).collect()
}

/// An expression for a value that a path leads to.
enum Access {
    /// It is always there: a place.
    Sure(TokenStream),
    /// It may be null or absent: an `Option`.
    Maybe(TokenStream),
}

impl Access {
    /// Returns an `Option` of it, by reference.
    fn optional(self) -> TokenStream {
        match self {
            Access::Sure(place) => quote!(Some(&#place)),
            Access::Maybe(option) => option,
        }
    }
}

/// The use of a value that is reached.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    /// It is looked at.
    Borrowed,
    /// It is taken out.
    Taken,
}

/// Returns how a value of a page is looked at.
fn borrowed(plan: &Plan, path: &AnswerPath) -> Access {
    access(plan, quote!(page), &path.root, &path.steps, Use::Borrowed)
}

/// Returns how a value is reached from a place of a type, by fields.
fn access(plan: &Plan, place: TokenStream, ty: &RustType, steps: &[FieldStep], how: Use) -> Access {
    // `Field` has names of its own for what `Option` does.
    let (inner, is_option) = match ty {
        RustType::Option(inner) => (inner, true),
        RustType::Field(inner) => (inner, false),
        RustType::Box(inner) => return access(plan, quote!((*#place)), inner, steps, how),
        RustType::Model(id) => match (&plan.type_plan(*id).definition, steps) {
            (Definition::Alias(inner), _) => return access(plan, place, inner, steps, how),
            (_, [step, rest @ ..]) => {
                let name = ident(&step.name);
                return access(plan, quote!(#place.#name), &step.ty, rest, how);
            }
            _ => return Access::Sure(place),
        },
        _ => return Access::Sure(place),
    };
    let option = match (is_option, how) {
        (true, Use::Borrowed) => quote!(#place.as_ref()),
        (false, Use::Borrowed) => quote!(#place.value()),
        (true, Use::Taken) => place,
        (false, Use::Taken) => quote!(#place.into_value()),
    };
    match access(plan, quote!(own), inner, steps, how) {
        Access::Sure(value) if value.to_string() == "own" => Access::Maybe(option),
        Access::Sure(value) => {
            let by = (how == Use::Borrowed).then(|| quote!(&));
            Access::Maybe(quote!(#option.map(|own| #by #value)))
        }
        Access::Maybe(value) => Access::Maybe(quote!(#option.and_then(|own| #value))),
    }
}
