//! The trait that a service implements: a method for each operation.

use super::names::{parameters_name, response_name};
use crate::plan::{OperationPlan, Plan, PrincipalPlan, RustType};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The kind of a trait and its router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InterfaceKind {
    /// Requests that the API answers.
    Api,
    /// Requests that the API sends.
    Webhooks,
}

/// A trait and its router.
pub(super) struct Interface<'a> {
    pub(super) kind: InterfaceKind,
    pub(super) operations: &'a [OperationPlan],
}

impl<'a> Interface<'a> {
    /// Returns the interfaces that a server has: that of the API always, that of webhooks where there are
    /// any.
    pub(super) fn all(plan: &'a Plan) -> Vec<Self> {
        let mut all = vec![Interface { kind: InterfaceKind::Api, operations: &plan.operations }];
        if !plan.webhooks.is_empty() {
            all.push(Interface { kind: InterfaceKind::Webhooks, operations: &plan.webhooks });
        }
        all
    }

    /// Names the trait.
    pub(super) fn trait_name(&self) -> Ident {
        ident(match self.kind {
            InterfaceKind::Api => "Api",
            InterfaceKind::Webhooks => "Webhooks",
        })
    }

    /// Names the function that makes the router.
    pub(super) fn router_name(&self) -> Ident {
        ident(match self.kind {
            InterfaceKind::Api => "router",
            InterfaceKind::Webhooks => "webhooks",
        })
    }

    /// Names the function that lists the operations of the router.
    pub(super) fn operations_name(&self) -> Ident {
        ident(match self.kind {
            InterfaceKind::Api => "operations",
            InterfaceKind::Webhooks => "webhook_operations",
        })
    }

    /// Names the module of the handlers.
    pub(super) fn handlers_module(&self) -> Ident {
        ident(match self.kind {
            InterfaceKind::Api => "handlers",
            InterfaceKind::Webhooks => "receivers",
        })
    }
}

/// Prints the trait that a service implements.
pub(super) fn print_trait(printer: &mut Printer<'_>, interface: &Interface<'_>) -> TokenStream {
    let plan = printer.plan;
    let title = plan.title.trim_end_matches('.');
    let first = match interface.kind {
        InterfaceKind::Webhooks => {
            format!("What {title} sends, as a service receives it: one method for each webhook and callback.")
        }
        InterfaceKind::Api => format!("{title}, as a service implements it: one method for each operation."),
    };
    let words = docs(&[
        first,
        String::new(),
        "A method that is not implemented answers 501, so a service can start with one operation.".to_owned(),
    ]);
    let methods: Vec<TokenStream> =
        interface.operations.iter().map(|operation| trait_method(printer, operation)).collect();
    let name = interface.trait_name();
    let asks = interface.operations.iter().any(|operation| operation.principal() != PrincipalPlan::None);
    let bounds = if asks {
        let authenticate = printer.path("spec_runtime::server", "Authenticate");
        quote!(#authenticate)
    } else {
        let send = printer.prelude("Send");
        quote!(#send + Sync + 'static)
    };
    quote!(#words pub trait #name: #bounds { #(#methods)* })
}

/// Prints the method of an operation; it answers 501 until it is implemented.
fn trait_method(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let mut lines = operation.docs.clone();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(match &operation.sent_to {
        Some(expression) => {
            format!("Answers `{}` requests, which are sent to `{expression}`.", operation.method)
        }
        None => format!("Answers `{}` requests to `{}`.", operation.method, operation.path),
    });
    let words = docs(&lines);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let (name, id, answer) = (ident(&operation.name), &operation.id, ident(&response_name(operation)));
    let (context, failure) =
        (printer.path("spec_runtime::server", "Context"), printer.path("spec_runtime::server", "Failure"));
    let context = match operation.principal() {
        PrincipalPlan::None => context,
        PrincipalPlan::Optional => {
            let option = printer.prelude("Option");
            quote!(#context<#option<Self::Principal>>)
        }
        PrincipalPlan::Required => quote!(#context<Self::Principal>),
    };
    let parameters = (!operation.parameters.is_empty()).then(|| {
        let ty = ident(&parameters_name(operation));
        quote!(parameters: #ty,)
    });
    let body = operation.body.as_ref().map(|body| {
        let full = if body.required { body.ty() } else { RustType::Option(Box::new(body.ty())) };
        let ty = printer.ty(&full);
        quote!(body: #ty,)
    });
    let mut unused = vec![quote!(context)];
    unused.extend(parameters.is_some().then(|| quote!(parameters)));
    unused.extend(body.is_some().then(|| quote!(body)));
    let unused = if unused.len() == 1 { quote!(#(#unused)*) } else { quote!((#(#unused),*)) };
    let (result, send) = (printer.prelude("Result"), printer.prelude("Send"));
    quote! {
        #words
        #deprecated
        fn #name(&self, context: #context, #parameters #body) -> impl Future<Output = #result<#answer, #failure>> + #send {
            let _ = #unused;
            async { Err(#failure::not_implemented(#id)) }
        }
    }
}
