//! The router, and the handlers that find out which of several operations a request means.
//!
//! Knows axum's routes. Must not know what an operation takes or answers.

use super::errors::errors_constant;
use super::interface::{Interface, InterfaceKind};
use crate::plan::{OperationPlan, Plan};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use indexmap::IndexMap;
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{Method, ParameterIn};
use spec_http::template::Template;

/// Operations of one route and method.
struct Route<'a> {
    path: &'a str,
    methods: Vec<(Method, Vec<&'a OperationPlan>)>,
}

/// Collects the routes. Paths that differ only in the names of their parameters share one.
fn routes<'a>(interface: &Interface<'a>) -> Vec<Route<'a>> {
    let mut routes: IndexMap<&str, Route<'_>> = IndexMap::new();
    for operation in interface.operations {
        let path = operation.route.as_str();
        let route = routes.entry(path).or_insert_with(|| Route { path, methods: Vec::new() });
        match route.methods.iter_mut().find(|(method, _)| *method == operation.method) {
            Some((_, operations)) => operations.push(operation),
            None => route.methods.push((operation.method, vec![operation])),
        }
    }
    let mut routes: Vec<Route<'_>> = routes.into_values().collect();
    for (_, operations) in routes.iter_mut().flat_map(|route| &mut route.methods) {
        operations.sort_by_cached_key(|operation| {
            (Template::new(&operation.path).rank(), usize::MAX - operation.routing_constants.len())
        });
    }
    routes
}

/// Names the handler that a router calls for a route and method: that of the operation itself, or what finds
/// out which one is meant.
fn route_handler(interface: &Interface<'_>, operations: &[&OperationPlan]) -> String {
    match operations {
        [only] if only.template.is_none() => only.name.clone(),
        [first, ..] => {
            let own = format!("which_{}", first.name.trim_start_matches('_'));
            let mut names = std::iter::once(own.clone()).chain((2..).map(|number| format!("{own}_{number}")));
            let is_free =
                |name: &String| interface.operations.iter().all(|operation| operation.name != *name);
            names.find(is_free).unwrap_or_default()
        }
        [] => String::new(),
    }
}

/// Prints the router.
pub(super) fn print_router(printer: &mut Printer<'_>, interface: &Interface<'_>) -> TokenStream {
    let module = interface.handlers_module();
    let routes: Vec<TokenStream> = routes(interface)
        .iter()
        .map(|route| {
            let mut methods = TokenStream::new();
            for (index, (method, operations)) in route.methods.iter().enumerate() {
                let (function, handler) = (ident(method.key()), ident(&route_handler(interface, operations)));
                methods.extend(if index == 0 {
                    quote!(routing::#function(#module::#handler::<A>))
                } else {
                    quote!(.#function(#module::#handler::<A>))
                });
            }
            let path = route.path;
            quote!(.route(#path, #methods))
        })
        .collect();
    if !routes.is_empty() {
        printer.name("axum", "routing");
    }
    printer.name("spec_runtime::codegen", "server");
    let (router, arc) = (printer.path("axum", "Router"), printer.path("std::sync", "Arc"));
    let words = router_docs(printer.plan, interface.kind);
    let (function, trait_name) = (interface.router_name(), interface.trait_name());
    let operations = print_operations(printer, interface);
    quote! {
        #words
        pub fn #function<A: #trait_name>(api: A) -> #router {
            #router::new()
                #(#routes)*
                .fallback(server::not_found)
                .method_not_allowed_fallback(server::method_not_allowed)
                .with_state(#arc::new(api))
        }
        #operations
    }
}

/// Prints the function that says which operation a route means, for layers.
fn print_operations(printer: &mut Printer<'_>, interface: &Interface<'_>) -> TokenStream {
    let routed = printer.path("spec_runtime::server", "RoutedOperation");
    let mut entries = Vec::new();
    for route in routes(interface) {
        for (method, operations) in &route.methods {
            let is_told = operations.iter().any(|operation| operation.template.is_some());
            for operation in operations {
                let (id, method, path) = (&operation.id, method.to_string(), route.path);
                let candidate = is_told.then(|| candidate(printer, operation));
                let candidate = candidate.map(|candidate| quote!(.meant_by(#candidate)));
                let errors = errors_constant(printer.plan, operation);
                let errors = errors.map(|errors| quote!(.with_errors(#errors)));
                entries.push(quote!(#routed::new(#id, #method, #path) #candidate #errors));
            }
        }
    }
    let function = interface.operations_name();
    let words = docs(&[format!(
        "The operations of [`{}`], for layers: which one a request means.",
        interface.router_name()
    )]);
    quote! {
        #words
        pub fn #function() -> &'static [#routed] {
            const { &[#(#entries),*] }
        }
    }
}

/// Prints the words of the function that makes a router.
fn router_docs(plan: &Plan, kind: InterfaceKind) -> TokenStream {
    let first = match kind {
        InterfaceKind::Api => "The routes of the API, answered by `api`.",
        InterfaceKind::Webhooks => {
            "Routes for what the API sends, answered by `api`. The paths are names: nest the router where \
             the API is to send it."
        }
    };
    let mut lines = vec![
        first.to_owned(),
        String::new(),
        "A request that does not fit the document never reaches it.".to_owned(),
    ];
    if let (InterfaceKind::Api, Some(path)) = (kind, &plan.base_path) {
        lines.extend([
            String::new(),
            format!("The document has its paths below `{path}`: nest the router there."),
        ]);
    }
    docs(&lines)
}

/// Prints the handlers of routes that alone do not tell which operation is meant.
pub(super) fn print_choosers(printer: &mut Printer<'_>, interface: &Interface<'_>) -> TokenStream {
    let mut code = TokenStream::new();
    let trait_name = interface.trait_name();
    for (_, operations) in routes(interface).iter().flat_map(|route| &route.methods) {
        if operations.iter().all(|operation| operation.template.is_none()) {
            continue;
        }
        let name = ident(&route_handler(interface, operations));
        let candidates = operations.iter().map(|operation| candidate(printer, operation));
        let candidates: Vec<TokenStream> = candidates.collect();
        let arms = operations.iter().enumerate().map(|(index, operation)| {
            let (index, name) = (tokens(&index.to_string()), ident(&operation.name));
            quote!(Some(#index) => #name(api, request).await)
        });
        let arc = printer.path("std::sync", "Arc");
        let (state, request) =
            (printer.path("axum::extract", "State"), printer.path("axum::extract", "Request"));
        let response = printer.path("axum::response", "Response");
        code.extend(quote! {
            pub async fn #name<A: #trait_name>(api: #state<#arc<A>>, request: #request) -> #response {
                match server::select_operation(&[#(#candidates),*], &request) {
                    #(#arms,)*
                    _ => server::not_found(request).await,
                }
            }
        });
    }
    code
}

/// Prints what a request must have to be meant for an operation.
fn candidate(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let (candidate, path) = (printer.path("spec_runtime::codegen::server", "Candidate"), &operation.path);
    let routing_constants = |place: ParameterIn| {
        let own = operation.routing_constants.iter().filter(move |(own, ..)| *own == place);
        own.map(|(_, name, value)| quote!((#name, #value))).collect::<Vec<_>>()
    };
    let (query, headers) = (routing_constants(ParameterIn::Query), routing_constants(ParameterIn::Header));
    let query = (!query.is_empty()).then(|| quote!(.query(&[#(#query),*])));
    let headers = (!headers.is_empty()).then(|| quote!(.headers(&[#(#headers),*])));
    quote!(#candidate::new(#path) #query #headers)
}
