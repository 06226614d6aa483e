//! The client itself: constructors, credentials and the server that the document names.

use crate::plan::{OperationPlan, Plan, SchemePlan, lines};
use crate::rust::{Paths, docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use spec_api::{ParameterIn, Scheme};
use spec_http::template::placeholder;
use std::collections::HashSet;

pub(super) fn print(plan: &Plan, paths: &mut Paths) -> TokenStream {
    let constants = constants(plan, paths);
    let words = words(plan);
    let credentials = used_schemes(plan).next().map(|_| {
        let credentials = paths.path("spec_runtime::codegen::client", "Credentials");
        quote!(pub(crate) credentials: #credentials,)
    });
    let (info, hooks) =
        (paths.path("spec_runtime::client", "ClientInfo"), paths.path("spec_runtime::client", "ClientHooks"));
    let string = tokens(&paths.prelude("String"));
    let constructors = constructors(plan, paths);
    let setters: Vec<TokenStream> = used_schemes(plan).filter_map(|scheme| setter(scheme, paths)).collect();
    let version = &plan.version;
    let servers = servers(plan);
    let elsewhere = plan.operations.iter().any(|operation| operation.base_url.is_some()).then(|| {
        let url = plan.base_url.as_deref().unwrap_or_default();
        quote! {
            /// The server of an operation that has one of its own; a client for a server elsewhere sends
            /// everything there.
            pub(crate) fn base_url_or<'u>(&'u self, own: &'u str) -> &'u str {
                if self.baseurl == #url { own } else { &self.baseurl }
            }
        }
    });
    quote! {
        #constants

        #words
        #[derive(Clone, Debug)]
        pub struct Client {
            pub(crate) baseurl: #string,
            pub(crate) client: reqwest::Client,
            #credentials
        }

        impl Client {
            #constructors

            /// The same client for a server elsewhere: scheme, host and, where there is one, port and path.
            pub fn with_base_url(mut self, base_url: &str) -> Self {
                self.baseurl = base_url.trim_end_matches('/').to_owned();
                self
            }

            /// The same client, sending through a `reqwest::Client` of the caller's making. Build that with
            /// `redirect::Policy::none()`: redirections are followed by this client, which shows no other
            /// server what was meant for this one. A `reqwest::Client` that follows them by itself takes keys
            /// in headers to wherever it is led.
            pub fn with_client(mut self, client: reqwest::Client) -> Self {
                self.client = client;
                self
            }

            #(#setters)*

            #elsewhere
        }

        #servers

        impl #info<()> for Client {
            fn api_version() -> &'static str {
                #version
            }

            fn baseurl(&self) -> &str {
                &self.baseurl
            }

            fn client(&self) -> &reqwest::Client {
                &self.client
            }

            fn inner(&self) -> &() {
                &()
            }
        }

        impl #hooks<()> for &Client {}
    }
}

/// The servers of the document, where there is a choice.
fn servers(plan: &Plan) -> Option<TokenStream> {
    if plan.servers.is_empty() {
        return None;
    }
    // A server may be called like anything in the prelude.
    let (string, default) = (quote!(::std::string::String), quote!(::std::default::Default));
    let mut code = TokenStream::new();
    for server in &plan.servers {
        let (words, name) = (docs(&server.docs), ident(&server.name));
        // Texts around the variables stay as they are.
        let mut template = String::new();
        let mut rest = server.template.as_str();
        let mut written = Vec::new();
        while let Some((before, wire, after)) = placeholder(rest) {
            template.push_str(&before.replace('}', "}}"));
            rest = after;
            match server.variables.iter().find(|own| own.wire == wire) {
                Some(variable) => {
                    template.push_str("{}");
                    let name = ident(&variable.name);
                    written.push(quote!(self.#name));
                }
                None => template.push_str(&format!("{{{{{wire}}}}}")),
            }
        }
        template.push_str(&rest.replace('{', "{{").replace('}', "}}"));
        let fields = server.variables.iter().map(|variable| {
            let (words, name) = (docs(&variable.docs), ident(&variable.name));
            let ty = variable.values.as_ref().map_or_else(|| string.clone(), |(name, _)| tokens(name));
            quote!(#words pub #name: #ty)
        });
        let fields: Vec<TokenStream> = fields.collect();
        let defaults = server.variables.iter().map(|variable| {
            let (name, text) = (ident(&variable.name), &variable.default);
            match &variable.values {
                Some((ty, values)) => {
                    let variant =
                        values.iter().find(|(_, value)| value == text).map(|(variant, _)| ident(variant));
                    let ty = ident(ty);
                    quote!(#name: #ty::#variant)
                }
                None => quote!(#name: #text.to_owned()),
            }
        });
        let body = if fields.is_empty() { quote!(;) } else { quote!({ #(#fields),* }) };
        let all_defaults: Vec<TokenStream> = defaults.collect();
        let value = if all_defaults.is_empty() { quote!(Self) } else { quote!(Self { #(#all_defaults),* }) };
        code.extend(quote! {
            #words
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct #name #body

            impl #default for #name {
                fn default() -> Self {
                    #value
                }
            }

            impl ::std::fmt::Display for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    write!(f, #template, #(#written),*)
                }
            }
        });
        for variable in &server.variables {
            let Some((ty, values)) = &variable.values else { continue };
            let (words, ty) = (docs(&[format!("Values of `{}`.", variable.wire)]), ident(ty));
            let variants = values.iter().map(|(variant, _)| ident(variant));
            let arms = values.iter().map(|(variant, text)| {
                let variant = ident(variant);
                quote!(Self::#variant => #text)
            });
            code.extend(quote! {
                #words
                #[derive(Clone, Copy, Debug, PartialEq, Eq)]
                #[allow(missing_docs)]
                pub enum #ty { #(#variants),* }

                impl ::std::fmt::Display for #ty {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str(match self { #(#arms),* })
                    }
                }
            });
        }
    }
    Some(quote! {
        /// The servers that the document names, for [`Client::with_base_url`] (`&server.to_string()`).
        pub mod servers {
            #code
        }
    })
}

/// The security schemes of the document, each as a constant.
pub(crate) fn constants(plan: &Plan, paths: &mut Paths) -> TokenStream {
    scheme_constants(plan, paths, "spec_runtime::codegen::client")
}

/// The same, for whoever finds `SecurityScheme` in another module.
pub(crate) fn scheme_constants(plan: &Plan, paths: &mut Paths, module: &str) -> TokenStream {
    let mut code = TokenStream::new();
    let is_server = module.ends_with("server");
    for scheme in
        used_by(plan, plan.operations.iter().chain(plan.webhooks.iter().filter(|_| is_server)).collect())
    {
        let (name, wire) = (ident(&scheme.constant), &scheme.wire);
        let ty = paths.path(module, "SecurityScheme");
        let value = match &scheme.scheme {
            Scheme::ApiKey { place: ParameterIn::Query, name } => quote!(#ty::query(#wire, #name)),
            Scheme::ApiKey { place: ParameterIn::Cookie, name } => quote!(#ty::cookie(#wire, #name)),
            Scheme::ApiKey { name, .. } => quote!(#ty::header(#wire, #name)),
            other => match other.authorization() {
                Some(kind) => quote!(#ty::authorization(#wire, #kind)),
                None => quote!(#ty::connection(#wire)),
            },
        };
        let words = docs(&lines(scheme.description.as_deref().unwrap_or_default()));
        code.extend(quote!(#words const #name: #ty = #value;));
    }
    code
}

/// The schemes that some operation asks for.
fn used_schemes(plan: &Plan) -> impl Iterator<Item = &SchemePlan> {
    used_by(plan, plan.operations.iter().collect())
}

fn used_by<'a>(plan: &'a Plan, operations: Vec<&'a OperationPlan>) -> impl Iterator<Item = &'a SchemePlan> {
    let used = operations.iter().flat_map(|own| own.security.iter().flatten());
    let used: HashSet<usize> = used.map(|used| used.scheme).collect();
    plan.schemes.iter().enumerate().filter(move |(index, _)| used.contains(index)).map(|(_, scheme)| scheme)
}

fn words(plan: &Plan) -> TokenStream {
    let mut words = vec![format!("Client for {}.", plan.title.trim_end_matches('.'))];
    if let Some(description) = &plan.description {
        words.push(String::new());
        words.extend(lines(description));
    }
    words.push(String::new());
    words.push(format!("Version: {}", plan.version));
    docs(&words)
}

fn constructors(plan: &Plan, paths: &mut Paths) -> TokenStream {
    let default = tokens(&paths.prelude("Default"));
    let credentials = used_schemes(plan).next().map(|_| quote!(credentials: #default::default(),));
    let variables: Vec<(&SchemePlan, &String)> =
        used_schemes(plan).filter_map(|scheme| Some((scheme, scheme.environment.as_ref()?))).collect();
    let (argument, pass) = if plan.base_url.is_some() {
        (None, None)
    } else {
        (Some(quote!(base_url: &str)), Some(quote!(base_url)))
    };
    let environment = (!variables.is_empty()).then(|| {
        let names: Vec<String> = variables.iter().map(|(_, variable)| format!("`{variable}`")).collect();
        let words = docs(&[
            format!("A client with credentials from the environment: {}.", names.join(", ")),
            String::new(),
            "# Errors".to_owned(),
            String::new(),
            "When a variable is not set or empty.".to_owned(),
        ]);
        let set = variables.iter().map(|(scheme, variable)| {
            let constant = ident(&scheme.constant);
            match token_endpoint(scheme, paths) {
                Some(endpoint) => {
                    quote!(client.credentials.set_from_environment(#constant, #endpoint, #variable)?;)
                }
                None => {
                    let environment = paths.path("spec_runtime::codegen::client", "environment");
                    quote!(client.credentials.set(#constant, #environment(#variable)?);)
                }
            }
        });
        let set: Vec<TokenStream> = set.collect();
        let (result, error) = (tokens(&paths.prelude("Result")), paths.path("spec_runtime::client", "Error"));
        quote! {
            #words
            pub fn from_env(#argument) -> #result<Self, #error> {
                let mut client = Self::new(#pass);
                #(#set)*
                Ok(client)
            }
        }
    });
    let transport = paths.path("spec_runtime::codegen::client", "transport");
    let new = match &plan.base_url {
        Some(url) => {
            let words = docs(&[format!("A client for <{url}>, without credentials.")]);
            quote! {
                #words
                #[allow(clippy::new_without_default)]
                pub fn new() -> Self {
                    Self {
                        baseurl: #url.to_owned(),
                        client: #transport(),
                        #credentials
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
                Self { baseurl: base_url.trim_end_matches('/').to_owned(), client: #transport(), #credentials }
            }
            }
        }
    };
    quote!(#new #environment)
}

/// Where tokens for a scheme are fetched, where the document says so (OAuth 2.0, client credentials).
fn token_endpoint(scheme: &SchemePlan, paths: &mut Paths) -> Option<TokenStream> {
    let (token, refresh) = scheme.token_urls()?;
    let ty = paths.path("spec_runtime::codegen::client", "TokenEndpoint");
    let refresh = refresh.map(|url| quote!(.with_refresh(#url)));
    Some(quote!(#ty::new(#token) #refresh))
}

/// Methods that have a client fetch tokens by itself.
fn fetching(scheme: &SchemePlan, paths: &mut Paths) -> Option<TokenStream> {
    let endpoint = token_endpoint(scheme, paths)?;
    let (constant, name) = (ident(&scheme.constant), scheme.name.trim_end_matches('_'));
    let (credentials, url) =
        (format_ident!("with_{name}_client_credentials"), format_ident!("with_{name}_token_url"));
    let secret = paths.path("spec_runtime::client", "Secret");
    let (into, string) = (tokens(&paths.prelude("Into")), tokens(&paths.prelude("String")));
    let words = docs(&[
        format!(
            "The same client with an id and a secret, with which it fetches tokens for `{}` itself: when one is",
            scheme.wire
        ),
        "needed, and again when it is spent (RFC 6749, 4.4). Clones share them.".to_owned(),
    ]);
    let elsewhere = docs(&[format!(
        "The same client, fetching tokens for `{}` from another URL than the document's.",
        scheme.wire
    )]);
    Some(quote! {
        #words
        pub fn #credentials(mut self, id: impl #into<#string>, secret: impl #into<#secret>) -> Self {
            self.credentials.set_client_credentials(#constant, #endpoint, id, secret);
            self
        }

        #elsewhere
        pub fn #url(mut self, url: impl #into<#string>) -> Self {
            self.credentials.set_token_url(#constant, url);
            self
        }
    })
}

/// A method that takes the credential for a scheme.
fn setter(scheme: &SchemePlan, paths: &mut Paths) -> Option<TokenStream> {
    let (constant, function) =
        (ident(&scheme.constant), format_ident!("with_{}", scheme.name.trim_end_matches('_')));
    if matches!(scheme.scheme, Scheme::MutualTls | Scheme::Unknown) {
        return None;
    }
    let secret = paths.path("spec_runtime::client", "Secret");
    let into = tokens(&paths.prelude("Into"));
    let text = format!("The same client with a credential for `{}`.", scheme.wire);
    let words = docs(&[text]);
    match scheme.scheme {
        Scheme::Basic => Some(quote! {
            #words
            pub fn #function(mut self, user: &str, password: &str) -> Self {
                self.credentials.set(#constant, #secret::basic(user, password));
                self
            }
        }),
        _ => {
            let fetching = fetching(scheme, paths);
            Some(quote! {
                #words
                pub fn #function(mut self, secret: impl #into<#secret>) -> Self {
                    self.credentials.set(#constant, secret);
                    self
                }

                #fetching
            })
        }
    }
}
