//! Prints the styles of parameters and properties of forms, as values of `spec-runtime`.
//!
//! Must not know whether these are written or read.

use crate::plan::EncodingPlan;
use crate::printer::Printer;
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{MediaKind, Style};

/// Prints a style; `module` is where `Style` is found.
pub(crate) fn style(printer: &mut Printer<'_>, style: Style, module: &str) -> TokenStream {
    let name = printer.path(module, "Style");
    match style {
        Style::Simple => quote!(#name::Simple),
        Style::Label => quote!(#name::Label),
        Style::Matrix => quote!(#name::Matrix),
        Style::Form => quote!(#name::Form),
        Style::SpaceDelimited => quote!(#name::SpaceDelimited),
        Style::PipeDelimited => quote!(#name::PipeDelimited),
        Style::DeepObject => quote!(#name::DeepObject),
    }
}

/// Prints how a property of a form is written; none where that goes without saying. `module` is where
/// `Encoding` is found.
pub(crate) fn encoding(
    printer: &mut Printer<'_>,
    encoding: &EncodingPlan,
    module: &str,
) -> Option<TokenStream> {
    let (wire, name) = (&encoding.wire, printer.path(module, "Encoding"));
    if let Some((own, explode)) = encoding.style {
        let style = style(printer, own, module);
        return Some(quote!(#name::styled(#wire, #style, #explode)));
    }
    let content_type = encoding.content_type.as_deref()?;
    let is_json = MediaKind::of(content_type) == MediaKind::Json;
    Some(if is_json {
        quote!(#name::json(#wire, #content_type))
    } else {
        quote!(#name::typed(#wire, #content_type))
    })
}
