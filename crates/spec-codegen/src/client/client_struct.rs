//! The client itself: the struct, its constructors, and what it says of itself.

use super::credentials::{credential_setter, token_endpoint};
use super::servers::print_servers;
use crate::emit::security::{print_scheme_constants, schemes_of};
use crate::plan::{Plan, SchemePlan, lines};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints the client, and what stands beside it: constants of security schemes, and servers.
pub(super) fn print_client_struct(printer: &mut Printer<'_>) -> TokenStream {
    let plan = printer.plan;
    let constants = print_scheme_constants(printer, used_schemes(plan), "spec_runtime::codegen::client");
    let words = client_docs(plan);
    let credentials = used_schemes(plan).next().map(|_| {
        let credentials = printer.path("spec_runtime::codegen::client", "Credentials");
        quote!(pub(crate) credentials: #credentials,)
    });
    let traits = client_traits(printer);
    let base_url = printer.path("spec_runtime::codegen::client", "BaseUrl");
    let reqwest = printer.krate("reqwest");
    let constructors = constructors(printer);
    let setters: Vec<TokenStream> =
        used_schemes(plan).filter_map(|scheme| credential_setter(printer, scheme)).collect();
    let servers = print_servers(plan);
    let elsewhere = base_url_or(plan);
    let options = printer.path("spec_runtime::client", "Options");
    quote! {
        #constants

        #words
        #[derive(Clone, Debug)]
        pub struct Client {
            pub(crate) baseurl: #base_url,
            pub(crate) client: #reqwest::Client,
            #credentials
            pub(crate) options: #options,
        }

        impl Client {
            #constructors

            /// Points the client to a server elsewhere: scheme, host and, where there is one, port and path.
            pub fn with_base_url(mut self, base_url: &str) -> Self {
                self.baseurl = #base_url::new(base_url);
                self
            }

            /// Sends requests through a `reqwest::Client` of the caller's making. Begin with
            /// `spec_runtime::client::http_client()`, which connects in time and leaves redirections to this
            /// client: it shows no other server what was meant for this one. A `reqwest::Client` that follows
            /// them by itself takes keys in headers to wherever it is led.
            pub fn with_client(mut self, client: #reqwest::Client) -> Self {
                self.client = client;
                self
            }

            #(#setters)*

            #elsewhere
        }

        #servers

        #traits
    }
}

/// Prints the traits by which `spec-runtime` knows a client.
fn client_traits(printer: &mut Printer<'_>) -> TokenStream {
    let (info, hooks) = (
        printer.path("spec_runtime::client", "ClientInfo"),
        printer.path("spec_runtime::client", "ClientHooks"),
    );
    let reqwest = printer.krate("reqwest");
    let version = &printer.plan.version;
    let credentials = match used_schemes(printer.plan).next() {
        Some(_) => quote!(Some(&self.credentials)),
        None => quote!(None),
    };
    let (configure, options) =
        (printer.path("spec_runtime::client", "Configure"), printer.path("spec_runtime::client", "Options"));
    let operation_info = printer.path("spec_runtime::client", "OperationInfo");
    let (api_client, parts, hook_error) = (
        printer.path("spec_runtime::codegen::client", "ApiClient"),
        printer.path("spec_runtime::codegen::client", "ClientParts"),
        printer.path("spec_runtime::codegen::client", "HookError"),
    );
    let (result, send) = (printer.prelude("Result"), printer.prelude("Send"));
    let staying = printer.path("spec_runtime::codegen::client", "staying");
    quote! {
        impl #info<()> for Client {
            fn api_version() -> &'static str {
                #version
            }

            fn baseurl(&self) -> &str {
                &self.baseurl
            }

            fn client(&self) -> &#reqwest::Client {
                &self.client
            }

            fn inner(&self) -> &() {
                &()
            }
        }

        impl #hooks<()> for &Client {}

        impl #configure for Client {
            fn options_mut(&mut self) -> &mut #options {
                &mut self.options
            }
        }

        impl #api_client for Client {
            fn parts(&self) -> #parts<'_> {
                #parts {
                    base_url: &self.baseurl,
                    http: &self.client,
                    credentials: #credentials,
                    options: &self.options,
                }
            }

            fn before(
                &self,
                request: &mut #reqwest::Request,
                info: &#operation_info,
            ) -> impl Future<Output = #result<(), #hook_error>> + #send {
                #staying(async move { self.pre(request, info).await })
            }

            fn transmit(
                &self,
                request: #reqwest::Request,
                info: &#operation_info,
            ) -> impl Future<Output = #reqwest::Result<#reqwest::Response>> + #send {
                #staying(async move { self.exec(request, info).await })
            }

            fn after(
                &self,
                answered: &#reqwest::Result<#reqwest::Response>,
                info: &#operation_info,
            ) -> impl Future<Output = #result<(), #hook_error>> + #send {
                #staying(async move { self.post(answered, info).await })
            }
        }
    }
}

/// Prints what chooses the server of an operation that has one of its own.
fn base_url_or(plan: &Plan) -> Option<TokenStream> {
    plan.operations.iter().any(|operation| operation.base_url.is_some()).then(|| {
        let url = plan.base_url.as_deref().unwrap_or_default();
        quote! {
            /// Returns the server of an operation that has one of its own; a client for a server elsewhere
            /// sends everything there.
            pub(crate) fn base_url_or<'u>(&'u self, own: &'u str) -> &'u str {
                if &*self.baseurl == #url { own } else { &self.baseurl }
            }
        }
    })
}

/// Returns the schemes that some operation asks for.
fn used_schemes(plan: &Plan) -> impl Iterator<Item = &SchemePlan> {
    schemes_of(plan, plan.operations.iter())
}

/// Prints the words of the client: those of the document.
fn client_docs(plan: &Plan) -> TokenStream {
    let mut words = vec![format!("Client for {}.", plan.title.trim_end_matches('.'))];
    if let Some(description) = &plan.description {
        words.push(String::new());
        words.extend(lines(description));
    }
    words.push(String::new());
    words.push(format!("Version: {}", plan.version));
    docs(&words)
}

/// Prints `new` and `from_env`.
fn constructors(printer: &mut Printer<'_>) -> TokenStream {
    let (from_env, new) = (from_env(printer), new_function(printer));
    quote!(#new #from_env)
}

/// Prints the constructor that reads credentials from the environment, where settings name variables.
fn from_env(printer: &mut Printer<'_>) -> Option<TokenStream> {
    let plan = printer.plan;
    let variables: Vec<(&SchemePlan, &String)> =
        used_schemes(plan).filter_map(|scheme| Some((scheme, scheme.environment.as_ref()?))).collect();
    if variables.is_empty() {
        return None;
    }
    let (argument, pass) = if plan.base_url.is_some() {
        (None, None)
    } else {
        (Some(quote!(base_url: &str)), Some(quote!(base_url)))
    };
    let names: Vec<String> = variables.iter().map(|(_, variable)| format!("`{variable}`")).collect();
    let mut words = vec![format!("A client with credentials from the environment: {}.", names.join(", "))];
    words.extend(plan.base_url_variable.iter().flat_map(|variable| {
        [String::new(), format!("Requests go to the server of `{variable}`, where that is set.")]
    }));
    words.extend([
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        match plan.base_url_variable {
            Some(_) => {
                "When a variable for a credential is not set or empty, or that of the server is no URL."
                    .to_owned()
            }
            None => "When a variable is not set or empty.".to_owned(),
        },
    ]);
    let words = docs(&words);
    let server = plan.base_url_variable.as_ref().map(|variable| {
        let read = printer.path("spec_runtime::codegen::client", "base_url_from");
        quote! {
            if let Some(base_url) = #read(#variable)? {
                client = client.with_base_url(&base_url);
            }
        }
    });
    let set = variables.iter().map(|(scheme, variable)| {
        let constant = ident(&scheme.constant);
        match token_endpoint(printer, scheme) {
            Some(endpoint) => {
                quote!(client.credentials.set_from_environment(#constant, #endpoint, #variable)?;)
            }
            None => {
                let environment = printer.path("spec_runtime::codegen::client", "environment");
                quote!(client.credentials.set(#constant, #environment(#variable)?);)
            }
        }
    });
    let set: Vec<TokenStream> = set.collect();
    let (result, error) = (printer.prelude("Result"), printer.path("spec_runtime::client", "Error"));
    Some(quote! {
        #words
        pub fn from_env(#argument) -> #result<Self, #error> {
            let mut client = Self::new(#pass);
            #(#set)*
            #server
            Ok(client)
        }
    })
}

/// Prints the constructor without credentials.
fn new_function(printer: &mut Printer<'_>) -> TokenStream {
    let plan = printer.plan;
    let default = printer.prelude("Default");
    let credentials = used_schemes(plan).next().map(|_| quote!(credentials: #default::default(),));
    let base_url = printer.path("spec_runtime::codegen::client", "BaseUrl");
    let transport = printer.path("spec_runtime::codegen::client", "transport");
    let options = printer.path("spec_runtime::client", "Options");
    // The name and version of the crate that it becomes a part of.
    let transport = quote!(#transport(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"))));
    match &plan.base_url {
        Some(url) => {
            let words = docs(&[format!("A client for <{url}>, without credentials.")]);
            quote! {
                #words
                #[allow(clippy::new_without_default)]
                pub fn new() -> Self {
                    Self {
                        baseurl: #base_url::new(#url),
                        client: #transport,
                        #credentials
                        options: #options::of_client(),
                    }
                }
            }
        }
        None => {
            let mut lines = vec![
                "A client for a server: scheme, host and, where there is one, port and path.".to_owned(),
            ];
            if let Some(path) = &plan.base_path {
                lines.extend([
                    String::new(),
                    format!("The document has its paths below `{path}`, which is a part of this URL."),
                ]);
            }
            let words = docs(&lines);
            quote! {
            #words
            pub fn new(base_url: &str) -> Self {
                Self {
                    baseurl: #base_url::new(base_url), client: #transport, #credentials
                    options: #options::of_client()
                }
            }
            }
        }
    }
}
