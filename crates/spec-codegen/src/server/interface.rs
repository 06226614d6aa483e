//! The trait that a service implements: a method for each operation.

use super::names::{parameters_name, response_name};
use crate::plan::{OperationPlan, Plan, PrincipalPlan, RustType};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
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

    /// Names the mock of the trait.
    pub(super) fn mock_name(&self) -> Ident {
        ident(match self.kind {
            InterfaceKind::Api => "Mock",
            InterfaceKind::Webhooks => "MockWebhooks",
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

    /// Says whether an operation asks for credentials, so that a service has to say whose they are.
    pub(super) fn asks(&self) -> bool {
        self.operations.iter().any(|operation| operation.principal() != PrincipalPlan::None)
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
    let bounds = if interface.asks() {
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
    let (name, id) = (ident(&operation.name), &operation.id);
    let signature = Signature::of(printer, operation, "Self::Principal");
    let (names, types): (Vec<Ident>, Vec<TokenStream>) = signature.arguments.into_iter().unzip();
    let unused = if let [only] = names.as_slice() { quote!(#only) } else { quote!((#(#names),*)) };
    let Signature { result, failure, .. } = signature;
    let send = printer.prelude("Send");
    quote! {
        #words
        #deprecated
        fn #name(&self, #(#names: #types),*) -> impl Future<Output = #result> + #send {
            let _ = #unused;
            async { Err(#failure::not_implemented(#id)) }
        }
    }
}

/// The signature of an operation's method.
pub(super) struct Signature {
    /// Arguments beside `self`, each with its type.
    pub(super) arguments: Vec<(Ident, TokenStream)>,
    /// The type that it returns, sooner or later.
    pub(super) result: TokenStream,
    /// The type of what the document does not declare.
    pub(super) failure: TokenStream,
}

impl Signature {
    /// Returns the signature of an operation; `principal` is the type of those who ask.
    pub(super) fn of(printer: &mut Printer<'_>, operation: &OperationPlan, principal: &str) -> Signature {
        let arguments = arguments(printer, operation, principal);
        let arguments = arguments.into_iter().map(|(name, ty)| (ident(name), tokens(&ty))).collect();
        let failure = printer.path("spec_runtime::server", "Failure");
        let (result, answer) = (printer.prelude("Result"), tokens(&response_name(operation)));
        Signature { arguments, result: quote!(#result<#answer, #failure>), failure }
    }
}

/// Returns what the method of an operation takes beside `self`: names, and the texts of their types.
pub(super) fn arguments(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    principal: &str,
) -> Vec<(&'static str, String)> {
    let context = printer.name("spec_runtime::server", "Context");
    let context = match operation.principal() {
        PrincipalPlan::None => context,
        PrincipalPlan::Optional => format!("{context}<{}<{principal}>>", printer.prelude_name("Option")),
        PrincipalPlan::Required => format!("{context}<{principal}>"),
    };
    let mut arguments = vec![("context", context)];
    if !operation.parameters.is_empty() {
        arguments.push(("parameters", parameters_name(operation)));
    }
    if let Some(body) = &operation.body {
        let full = if body.required { body.ty() } else { RustType::Option(Box::new(body.ty())) };
        arguments.push(("body", printer.type_text(&full)));
    }
    arguments
}
