//! Plan → the file of the server: one trait, its typed answers, and a router.
//!
//! Knows axum's paths. What a request must bring is written down as data; `spec-runtime` reads it.

mod bodies;
mod conversions;
mod errors;
mod handlers;
mod interface;
mod mock;
mod names;
mod parameters;
mod responses;
mod router;
mod skeleton;

use crate::emit::bodies::print_body_enum;
use crate::emit::headers::shared_headers;
use crate::emit::security::{print_scheme_constants, schemes_of};
use crate::fragment::{CrateFragment, CrateOutput};
use crate::plan::{Grouped, Plan, by_group};
use crate::printer::Printer;
use crate::rust::ident;
use bodies::{print_body_reader, print_checked_body};
use errors::print_error_constants;
use handlers::print_handler;
use interface::{Interface, print_trait};
use mock::print_mock;
use names::{checked_body_name, parameters_name, response_name};
use parameters::print_parameters_struct;
use proc_macro2::TokenStream;
use quote::quote;
use responses::{print_headers, print_response_enum};
use router::{print_choosers, print_router};
pub(crate) use skeleton::print_skeleton;

/// Names that the file of a server always has a use for.
const RESERVED: [&str; 38] = [
    "Api",
    "Arc",
    "Authenticate",
    "Candidate",
    "CheckedLines",
    "Content",
    "Context",
    "Default",
    "Encoding",
    "ErrorShape",
    "ErrorStatus",
    "Failure",
    "FromBody",
    "HeaderText",
    "IntoResponse",
    "Lines",
    "MediaKind",
    "Mock",
    "MockWebhooks",
    "NoBody",
    "NoParameters",
    "Operation",
    "Parameter",
    "ParameterIn",
    "Payload",
    "RawBody",
    "Refused",
    "Request",
    "Response",
    "RoutedOperation",
    "Router",
    "SecurityScheme",
    "State",
    "StatusCode",
    "Streaming",
    "Style",
    "Text",
    "Webhooks",
];

/// Prints the file of the server.
pub(crate) fn print(plan: &Plan, models: &str, header: &str) -> CrateOutput {
    let operations = || plan.operations.iter().chain(&plan.webhooks);
    let answers = operations().map(response_name);
    let bodies = operations().flat_map(|operation| {
        let forms = operation.body.iter().flat_map(|body| &body.forms);
        forms
            .filter_map(|form| checked_body_name(operation, form))
            .chain(operation.local_types())
            .collect::<Vec<_>>()
    });
    let own: Vec<String> = answers.chain(operations().map(parameters_name)).chain(bodies).collect();
    let printer = Printer::new(plan, own, &RESERVED, Some(models));
    let interfaces = Interface::all(plan);
    let groups = || std::iter::once(None).chain((0..plan.groups.len()).map(Some));
    // What all files share, and then each interface file by file.
    let files = interfaces.iter().flat_map(|interface| {
        let mut operations = by_group(interface.operations);
        // The first file has the routers of all others.
        let used: Vec<usize> = operations.keys().filter_map(|group| *group).collect();
        let mut used = Some(used);
        groups().map(move |group| {
            let operations = operations.remove(&group).unwrap_or_default();
            Some(File { interface, group, operations, others: used.take().unwrap_or_default() })
        })
    });
    let pieces: Vec<_> = std::iter::once(None).chain(files).collect();
    let fragment = CrateFragment::print_all(&pieces, &printer, |piece, fragment| match piece {
        None => {
            let constants = print_scheme_constants(
                &mut fragment.printer,
                schemes_of(plan, operations()),
                "spec_runtime::codegen::server",
            );
            fragment.layout.add(constants);
            let errors = print_error_constants(&mut fragment.printer);
            fragment.layout.add(errors);
            for headers in shared_headers(operations()) {
                let headers = print_headers(&mut fragment.printer, headers);
                fragment.layout.add(headers);
            }
        }
        Some(file) => print_file(file, fragment),
    });
    fragment.finish("server", header)
}

/// The part of an interface that stands in one file.
struct File<'a> {
    interface: &'a Interface<'a>,
    group: Option<usize>,
    operations: Grouped<'a>,
    /// The groups of the other files, where this is the first one.
    others: Vec<usize>,
}

/// Prints what an interface has in one file; its trait and its router stand in the first one.
fn print_file(file: &File<'_>, fragment: &mut CrateFragment<'_>) {
    let File { interface, group, operations, others } = file;
    let group = *group;
    let CrateFragment { layout, printer, .. } = fragment;
    let plan = printer.plan;
    layout.enter(plan.module(group));
    let mut handlers = TokenStream::new();
    let mut handlers_of_others = TokenStream::new();
    if group.is_none() {
        layout.add(print_trait(printer, interface));
        layout.add(print_router(printer, interface));
        layout.add_text(&print_mock(printer, interface));
        handlers_of_others = handlers_of_groups(plan, interface, others);
    }
    for (_, operation) in operations {
        layout.add(print_parameters_struct(printer, operation).unwrap_or_default());
        layout.add(print_body_enum(printer, operation).unwrap_or_default());
        layout.add(print_response_enum(printer, operation));
        for form in operation.body.iter().flat_map(|body| &body.forms) {
            handlers.extend(print_checked_body(printer, operation, form));
        }
        handlers.extend(print_body_reader(printer, operation));
        handlers.extend(print_handler(printer, interface, operation));
    }
    if group.is_none() {
        handlers.extend(print_choosers(printer, interface));
    }
    if handlers.is_empty() && handlers_of_others.is_empty() {
        return;
    }
    let visible = group.map(|_| quote!(pub(super)));
    let above = (!handlers.is_empty()).then(|| {
        quote!(
            use super::*;
        )
    });
    let handlers_module = interface.handlers_module();
    layout.add(quote! {
        /// Handlers between the router and the trait.
        #visible mod #handlers_module {
            #above
            #handlers_of_others

            #handlers
        }
    });
}

/// Prints what makes the handlers of all other files known in the first one.
fn handlers_of_groups(plan: &Plan, interface: &Interface<'_>, groups: &[usize]) -> TokenStream {
    let modules = groups.iter().map(|group| ident(&plan.groups[*group]));
    let module = interface.handlers_module();
    modules.map(|name| quote!(pub use super::#name::#module::*;)).collect()
}
