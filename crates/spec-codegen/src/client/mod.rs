//! Plan → the file of the client.
//!
//! Operations that progenitor can express are printed by it and refined (`engine`), the others by our own
//! emitter (`builder`), in the same style; the client itself (its constructors, credentials and server) is
//! always ours.

mod arguments;
mod builder;
mod called;
mod client_struct;
mod credentials;
mod engine;
mod pages;
mod parameters;
mod request;
mod responses;
mod servers;
mod types;
mod url;

use crate::emit::headers::shared_headers;
use crate::fragment::{CrateFragment, CrateOutput};
use crate::plan::{Engine, OperationPlan, Plan};
use crate::printer::Printer;
use crate::rust;
use arguments::arguments;
use builder::{print_builder, print_method};
use client_struct::print_client_struct;
use pages::print_pages;
use proc_macro2::TokenStream;
use quote::quote;
use spec_document::{Code, Diagnostic, Diagnostics};
use types::{print_headers, print_outcome_enums, print_types};

/// Names that the file of a client always has a use for.
const RESERVED: [&str; 31] = [
    "Answer",
    "ApiClient",
    "BaseUrl",
    "BuiltCall",
    "Call",
    "CalledOperation",
    "Client",
    "ClientHooks",
    "ClientInfo",
    "ClientParts",
    "Configure",
    "Credentials",
    "DecodeError",
    "Encoding",
    "Error",
    "FetchedPage",
    "Form",
    "HeaderMap",
    "HeaderText",
    "HeaderValue",
    "HookError",
    "OperationInfo",
    "Options",
    "PagedCall",
    "QueryParam",
    "ResponseValue",
    "Secret",
    "SecurityScheme",
    "Style",
    "Display",
    "TryFrom",
];

/// Prints the file of the client. What progenitor refuses is printed by the emitter.
pub(crate) fn print(plan: &Plan, models: &str, header: &str) -> CrateOutput {
    let enumerations = plan.operations.iter().flat_map(|operation| [&operation.success, &operation.error]);
    let own = enumerations.filter_map(|outcome| outcome.enumeration.clone());
    let own = own.chain(plan.operations.iter().flat_map(OperationPlan::local_types));
    let own = own.chain(plan.operations.iter().map(|operation| operation.type_name.clone()));
    // Arguments stand where functions of these names would be called.
    let arguments = plan.operations.iter().flat_map(arguments).map(|argument| argument.name);
    let own: Vec<String> = own.chain(arguments).collect();
    let printer = Printer::new(plan, own, &RESERVED, Some(models));
    // The client itself, and then the operations of each file.
    let pieces: Vec<_> = std::iter::once(None).chain(plan.by_file().map(Some)).collect();
    let mut fragment = CrateFragment::print_all(&pieces, &printer, |piece, fragment| match piece {
        None => {
            let client = print_client_struct(&mut fragment.printer);
            fragment.layout.add(client);
            for headers in shared_headers(plan.operations.iter()) {
                let headers = print_headers(&mut fragment.printer, headers);
                fragment.layout.add(headers);
            }
        }
        Some((module, operations)) => print_file(*module, operations, fragment),
    });
    fragment.layout.enter(None);
    fragment.layout.add(all_builders(plan).unwrap_or_default());
    fragment.finish("client", header)
}

/// Prints the operations of a file.
fn print_file(
    module: Option<&str>,
    operations: &[(usize, &OperationPlan)],
    fragment: &mut CrateFragment<'_>,
) {
    if operations.is_empty() {
        return;
    }
    let (mut methods, mut builders, mut types) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (index, operation) in operations {
        methods.extend(print_method(operation));
        types.extend(print_types(&mut fragment.printer, operation));
        types.extend(print_outcome_enums(&mut fragment.printer, operation));
        builders.extend(
            match print_engine_builder(&mut fragment.printer, operation, &mut fragment.diagnostics) {
                Some(printed) => printed,
                None => {
                    fragment.refused.push(*index);
                    print_builder(&mut fragment.printer, operation)
                }
            },
        );
        builders.extend(print_pages(&mut fragment.printer, operation));
    }
    fragment.layout.enter(module);
    fragment.layout.add(quote! {
        impl Client { #methods }

        #types

        /// Requests that are being made.
        pub mod builder {
            use super::*;

            #builders
        }
    });
}

/// Prints the builder with progenitor; none where it is not asked, or not able to: then ours is printed, and
/// a failure said.
fn print_engine_builder(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    diagnostics: &mut Diagnostics,
) -> Option<TokenStream> {
    if operation.engine == Engine::Emitter {
        return None;
    }
    match engine::print(printer, operation) {
        Ok(printed) => Some(printed),
        Err(refusal) => {
            if let Some(panic) = refusal.panic {
                let message = format!("progenitor failed on the operation `{}`: {panic}", operation.id);
                let help = "our own emitter printed it instead; please report the operation";
                let location = operation.location.clone().key();
                diagnostics.push(Diagnostic::warning(Code::EnginePanicked, location, message).help(help));
            }
            None
        }
    }
}

/// Prints a module with the builders of all files.
fn all_builders(plan: &Plan) -> Option<TokenStream> {
    let modules = plan.groups.iter().map(|name| rust::ident(name));
    (!plan.groups.is_empty()).then(|| {
        quote! {
            /// Requests that are being made.
            pub mod builder {
                #(pub use super::#modules::builder::*;)*
            }
        }
    })
}

/// Prints the builder of an operation as the engine and as the emitter do; none where the engine is not asked
/// or refuses.
#[cfg(test)]
pub(crate) fn both(plan: &Plan, operation: &OperationPlan) -> Option<(String, String)> {
    let printer = || {
        let own = plan.operations.iter().map(|operation| operation.type_name.clone());
        Printer::new(plan, own, &RESERVED, Some("models"))
    };
    let engine =
        engine::print(&mut printer(), operation).ok().filter(|_| operation.engine == Engine::Engine)?;
    Some((rust::lay_out(engine), rust::lay_out(print_builder(&mut printer(), operation))))
}
