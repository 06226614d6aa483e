//! The beginning of a service: a program that implements the trait and serves it, and belongs to people from
//! then on.
//!
//! Signatures are those of the trait. Must not know crates or files.

use super::interface::{Interface, InterfaceKind, Signature};
use super::names::{parameters_name, response_name};
use crate::emit::security::schemes_of;
use crate::markdown::{harmless, in_one_line};
use crate::plan::{OperationPlan, Payload, Plan, PrincipalPlan, ResponsePlan, SchemePlan};
use crate::printer::Printer;
use crate::rust::{Layout, docs, ident};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{ParameterIn, Scheme, Status};

/// Names that the file defines.
const OWN: [&str; 2] = ["Principal", "Service"];

/// Prints a service; `server` and `models` are the paths by which it names what was generated. Of a document
/// that only describes what is sent, it is the receiver.
pub(crate) fn print_skeleton(plan: &Plan, server: &str, models: &str) -> String {
    let wanted = if plan.operations.is_empty() { InterfaceKind::Webhooks } else { InterfaceKind::Api };
    let all = Interface::all(plan);
    let interface = all.iter().find(|interface| interface.kind == wanted).unwrap_or(&all[0]);
    let mut printer = Printer::new(plan, OWN.map(str::to_owned), &[], Some(models));
    // What is imported first keeps its short name: models that are called alike are written out.
    let functions = [interface.trait_name(), interface.router_name(), interface.operations_name()];
    let types = interface.operations.iter().flat_map(types);
    for name in functions.iter().map(ToString::to_string).chain(types) {
        printer.name(server, &name);
    }
    let mut layout = Layout::default();
    layout.add(print_service(&mut printer, interface));
    if interface.asks() {
        layout.add(print_authentication(&mut printer, interface));
    }
    let main = print_main(&mut printer, interface);
    layout.add(print_implementation(&mut printer, interface));
    layout.add(main);
    let files = layout.finish(&header(plan), printer.into_imports().print());
    files.map(|files| files.into_iter().map(|file| file.text).collect()).unwrap_or_default()
}

/// Returns the types of the server's crate that the signature of an operation has.
fn types(operation: &OperationPlan) -> Vec<String> {
    let parameters = (!operation.parameters.is_empty()).then(|| parameters_name(operation));
    let body = operation.body.as_ref().and_then(|body| body.enumeration.clone());
    std::iter::once(response_name(operation)).chain(parameters).chain(body).collect()
}

/// Writes what stands before everything else.
fn header(plan: &Plan) -> String {
    let title = harmless(&in_one_line(plan.title.trim_end_matches('.')));
    format!(
        "//! Service of {title}.\n\
         //!\n\
         //! `scaffold-service` wrote this once, and it is yours. An operation that is not written yet \
         answers 501, and\n\
         //! so does one whose method you leave out.\n",
    )
}

/// Prints the service itself.
fn print_service(printer: &mut Printer<'_>, interface: &Interface<'_>) -> TokenStream {
    let words = docs(&[
        "The service. What its operations need, such as a pool of connections to a database, are its fields.",
    ]);
    if !interface.asks() {
        return quote!(#words struct Service;);
    }
    let string = printer.prelude("String");
    quote! {
        #words
        struct Service {
            /// The one credential that lets callers in, until you know more of them.
            key: #string,
        }
    }
}

/// Prints how the service finds out who makes a request: at first, everyone has the same credential.
fn print_authentication(printer: &mut Printer<'_>, interface: &Interface<'_>) -> TokenStream {
    let mut path = |name| printer.path("spec_runtime::server", name);
    let (authenticate, attempt, denied) =
        (path("Authenticate"), path("AuthenticationAttempt"), path("Denied"));
    let result = printer.prelude("Result");
    let schemes: Vec<&SchemePlan> = schemes_of(printer.plan, interface.operations.iter()).collect();
    let mut lines = vec![
        "Says whose the credentials are. It is asked once for each alternative of the document.".to_owned(),
        String::new(),
        "`attempt.credential(name)` is the credential of one security scheme:".to_owned(),
        String::new(),
    ];
    lines.extend(schemes.iter().map(|scheme| format!("* `{}`: {}", code(&scheme.wire), place(scheme))));
    let words = docs(&lines);
    quote! {
        /// Who makes a request, as operations see it in `context.principal`.
        #[derive(Clone, Debug)]
        struct Principal;

        impl #authenticate for Service {
            type Principal = Principal;

            #words
            async fn authenticate(&self, attempt: &#attempt<'_>) -> #result<Principal, #denied> {
                let are_good = attempt.credentials.iter().all(|credential| credential.verify(&self.key));
                if are_good { Ok(Principal) } else { Err(#denied::Unauthorized) }
            }
        }
    }
}

/// Says where the credential of a scheme is.
fn place(scheme: &SchemePlan) -> String {
    match &scheme.scheme {
        Scheme::ApiKey { place: ParameterIn::Query, name } => format!("the query parameter `{}`", code(name)),
        Scheme::ApiKey { place: ParameterIn::Cookie, name } => format!("the cookie `{}`", code(name)),
        Scheme::ApiKey { name, .. } => format!("the header `{}`", code(name)),
        Scheme::Basic => "`Authorization: Basic`, name and password as they are sent (base64)".to_owned(),
        other => match other.authorization() {
            Some(kind) => format!("`Authorization: {}`", code(kind)),
            None => "the connection; what your TLS layer found is in `attempt.extensions`".to_owned(),
        },
    }
}

/// Writes a name of a document as it can stand between backticks, in one line.
fn code(name: &str) -> String {
    in_one_line(&name.replace('`', "'"))
}

/// Prints the implementation of the trait.
fn print_implementation(printer: &mut Printer<'_>, interface: &Interface<'_>) -> TokenStream {
    let methods: Vec<TokenStream> =
        interface.operations.iter().map(|operation| print_method(printer, operation)).collect();
    let name = interface.trait_name();
    quote!(impl #name for Service { #(#methods)* })
}

/// Prints the method of an operation, with what it can answer.
fn print_method(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let signature = Signature::of(printer, operation, "Principal");
    let summary = operation.docs.first().map(|line| in_one_line(line)).filter(|line| !line.is_empty());
    let mut lines = Vec::from_iter(summary);
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("Answers `{} {}`.", operation.method, code(&operation.path)));
    if operation.principal() == PrincipalPlan::Optional {
        lines.push("`context.principal` is `None` for who brings no credentials.".to_owned());
    }
    let responses = operation.responses();
    if !responses.is_empty() {
        lines.extend([
            String::new(),
            format!("The answers of the document, as `{}`:", response_name(operation)),
            String::new(),
        ]);
    }
    // What stands in a comment is not imported.
    let mut aside = printer.fresh();
    lines.extend(responses.into_iter().map(|response| format!("* {}", answer(&mut aside, response))));
    let words = docs(&lines);
    let (name, id) = (ident(&operation.name), &operation.id);
    let Signature { arguments, result, failure } = signature;
    let (names, types): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
    let unused = if let [only] = names.as_slice() { quote!(#only) } else { quote!((#(#names),*)) };
    quote! {
        #words
        async fn #name(&self, #(#names: #types),*) -> #result {
            let _ = #unused;
            Err(#failure::not_implemented(#id))
        }
    }
}

/// Writes how an answer is made, and when.
fn answer(printer: &mut Printer<'_>, response: &ResponsePlan) -> String {
    let mut held = Vec::new();
    if !matches!(response.status, Status::Code(_)) {
        held.push("StatusCode".to_owned());
    }
    if response.payload != Payload::Empty {
        held.push(printer.type_text(&response.payload.ty()));
    }
    held.extend(response.headers.as_ref().map(|headers| headers.name.clone()));
    let held = if held.is_empty() { String::new() } else { format!("({})", held.join(", ")) };
    let status = match response.status {
        Status::Default => "any other status".to_owned(),
        status => status.to_string(),
    };
    let said = response.description.as_deref().map(in_one_line).filter(|line| !line.is_empty());
    let said = said.map(|line| format!(", {line}")).unwrap_or_default();
    format!("`{}{held}`: {status}{said}", response.variant)
}

/// Prints the program.
fn print_main(printer: &mut Printer<'_>, interface: &Interface<'_>) -> TokenStream {
    let (server, address) = (printer.path("spec_server", "Server"), printer.path("std::net", "Ipv4Addr"));
    let (router, operations) = (interface.router_name(), interface.operations_name());
    // Webhooks are sent to wherever the API was told.
    let below = printer.plan.base_path.as_deref().filter(|path| {
        interface.kind == InterfaceKind::Api
            && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-._~".contains(c))
    });
    let service = if interface.asks() { quote!(Service { key }) } else { quote!(Service) };
    let (operations, routes) = match below {
        None => (quote!(.operations(#operations())), quote!(#router(#service))),
        Some(below) => {
            let axum = printer.path("axum", "Router");
            let routes = quote!(#axum::new().nest(#below, #router(#service)));
            (quote!(.operations_below(#below, #operations())), routes)
        }
    };
    let (result, boxed, error) =
        (printer.prelude("Result"), printer.prelude("Box"), printer.path("std::error", "Error"));
    let key = interface.asks().then(|| {
        quote! {
            let key = std::env::var("SERVICE_KEY")
                .map_err(|_| "set SERVICE_KEY to the credential that lets callers in")?;
        }
    });
    quote! {
        /// Serves until SIGTERM or SIGINT. What happens is told to `tracing`: set a subscriber, to see it.
        #[tokio::main]
        async fn main() -> #result<(), #boxed<dyn #error>> {
            #key
            let server = #server::builder()
                .listen((#address::LOCALHOST, 8080))
                #operations
                .bind()
                .await?;
            for address in server.addresses()? {
                println!("listening at http://{address}");
            }
            server.run(#routes).await?;
            Ok(())
        }
    }
}
