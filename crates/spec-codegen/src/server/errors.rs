//! The errors that operations declare, as constants: one for all operations that declare the same.

use crate::plan::{ErrorShape, OperationPlan, Plan};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use spec_api::Status;

/// Names the table at an index; no security scheme has a constant of that name.
fn table_name(plan: &Plan, index: usize) -> Ident {
    let number = if index == 0 { String::new() } else { format!("_{}", index + 1) };
    let is_free = |name: &String| plan.schemes.iter().all(|scheme| scheme.constant != *name);
    let mut names = (0..).map(|underscores| format!("{}ERRORS{number}", "_".repeat(underscores)));
    ident(&names.find(is_free).unwrap_or_default())
}

/// Names the constant of the errors that an operation declares; none where all are problem details.
pub(super) fn errors_constant(plan: &Plan, operation: &OperationPlan) -> Option<Ident> {
    operation.errors.shapes.map(|index| table_name(plan, index))
}

/// Prints the constants.
pub(super) fn print_error_constants(printer: &mut Printer<'_>) -> TokenStream {
    let plan = printer.plan;
    let mut code = TokenStream::new();
    for (index, table) in plan.errors.iter().enumerate() {
        let name = table_name(plan, index);
        let status_type = printer.path("spec_runtime::codegen::server", "ErrorStatus");
        let shape_type = printer.path("spec_runtime::codegen::server", "ErrorShape");
        let rows = table.iter().map(|(status, shape)| {
            let status = match status {
                Status::Code(code) => {
                    let code = tokens(&code.to_string());
                    quote!(Code(#code))
                }
                Status::Range(hundreds) => {
                    let hundreds = tokens(&hundreds.to_string());
                    quote!(Range(#hundreds))
                }
                Status::Default => quote!(Default),
            };
            let shape = match shape {
                ErrorShape::Problem => quote!(Problem),
                ErrorShape::Detail => quote!(Detail),
                ErrorShape::Filled(media_type, value) => {
                    let text = value.to_string();
                    quote!(Filled(#media_type, #text))
                }
            };
            quote!((#status_type::#status, #shape_type::#shape))
        });
        let words =
            docs(&["Errors that the document declares, and the shapes in which failures are answered."
                .to_owned()]);
        code.extend(quote!(#words const #name: &[(#status_type, #shape_type)] = &[#(#rows),*];));
    }
    code
}
