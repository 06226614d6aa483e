//! The arguments of a command, as rows of a table.

use super::RUNNER;
use crate::plan::{ArgumentKind, ArgumentPlan, BodyPlan, CommandPlan};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::ParameterIn;

/// Prints the constant that lists arguments; nothing where there are none.
pub(super) fn print_arguments(
    printer: &mut Printer<'_>,
    name: &str,
    arguments: &[ArgumentPlan],
) -> Option<TokenStream> {
    if arguments.is_empty() {
        return None;
    }
    let (name, ty) = (ident(name), printer.path(RUNNER, "Argument"));
    let rows: Vec<TokenStream> = arguments.iter().map(|argument| print_argument(printer, argument)).collect();
    Some(quote!(const #name: &[#ty] = &[#(#rows),*];))
}

/// Prints one argument.
fn print_argument(printer: &mut Printer<'_>, argument: &ArgumentPlan) -> TokenStream {
    let (ty, places, kinds) =
        (printer.path(RUNNER, "Argument"), printer.path(RUNNER, "Place"), printer.path(RUNNER, "Kind"));
    let place = ident(match argument.place {
        Some(ParameterIn::Path) => "Path",
        Some(ParameterIn::Query) => "Query",
        Some(ParameterIn::Header) => "Header",
        Some(ParameterIn::Cookie) => "Cookie",
        None => "Field",
    });
    let kind = ident(match argument.kind {
        ArgumentKind::Text => "Text",
        ArgumentKind::Integer => "Integer",
        ArgumentKind::Number => "Number",
        ArgumentKind::Boolean => "Boolean",
        ArgumentKind::Json => "Json",
        ArgumentKind::Any => "Any",
        ArgumentKind::File => "File",
    });
    let (flag, wire) = (&argument.flag, &argument.wire);
    let mut code = quote!(#ty::new(#flag, #wire, #places::#place, #kinds::#kind));
    for (holds, method) in [
        (argument.is_repeated, "repeated"),
        (argument.is_required, "required"),
        (argument.is_nullable, "nullable"),
        (argument.is_deprecated, "deprecated"),
    ] {
        let method = ident(method);
        code.extend(holds.then(|| quote!(.#method())));
    }
    if !argument.docs.is_empty() {
        let words = argument.docs.join("\n");
        code.extend(quote!(.about(#words)));
    }
    let values = &argument.choices.values;
    if !values.is_empty() {
        let method = ident(if argument.choices.is_open { "suggested" } else { "values" });
        code.extend(quote!(.#method(&[#(#values),*])));
    }
    code.extend(argument.default.as_ref().map(|default| quote!(.default(#default))));
    code
}

/// Prints the forms of a body.
pub(super) fn print_body(printer: &mut Printer<'_>, body: &BodyPlan, command: &CommandPlan) -> TokenStream {
    let (ty, form_type) = (printer.path(RUNNER, "Body"), printer.path(RUNNER, "Form"));
    let required = body.required;
    let forms = body.forms.iter().enumerate().map(|(number, form)| {
        let (media_type, has_fields) = (&form.media_type, command.form == Some(number));
        quote!(#form_type { media_type: #media_type, has_fields: #has_fields })
    });
    let fields = if command.fields.is_empty() { quote!(&[]) } else { quote!(FIELDS) };
    quote!(#ty { forms: &[#(#forms),*], is_required: #required, fields: #fields })
}
