//! The methods with which a client gets its credentials.

use crate::plan::SchemePlan;
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use spec_api::Scheme;

/// Prints the method that takes the credential for a scheme.
pub(super) fn credential_setter(printer: &mut Printer<'_>, scheme: &SchemePlan) -> Option<TokenStream> {
    let (constant, function) =
        (ident(&scheme.constant), format_ident!("with_{}", scheme.name.trim_end_matches('_')));
    if matches!(scheme.scheme, Scheme::MutualTls | Scheme::Unknown) {
        return None;
    }
    let secret = printer.path("spec_runtime::client", "Secret");
    let into = printer.prelude("Into");
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
            let fetching = token_setters(printer, scheme);
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

/// Prints the methods that have a client fetch tokens by itself.
fn token_setters(printer: &mut Printer<'_>, scheme: &SchemePlan) -> Option<TokenStream> {
    let endpoint = token_endpoint(printer, scheme)?;
    let (constant, name) = (ident(&scheme.constant), scheme.name.trim_end_matches('_'));
    let (credentials, url) =
        (format_ident!("with_{name}_client_credentials"), format_ident!("with_{name}_token_url"));
    let secret = printer.path("spec_runtime::client", "Secret");
    let (into, string) = (printer.prelude("Into"), printer.prelude("String"));
    let words = docs(&[
        format!(
            "The same client with an id and a secret, with which it fetches tokens for `{}` itself: \
             when one is",
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

/// Prints where tokens for a scheme are fetched, where the document says so (OAuth 2.0, client credentials).
pub(super) fn token_endpoint(printer: &mut Printer<'_>, scheme: &SchemePlan) -> Option<TokenStream> {
    let (token, refresh) = scheme.token_urls()?;
    let ty = printer.path("spec_runtime::codegen::client", "TokenEndpoint");
    let refresh = refresh.map(|url| quote!(.with_refresh(#url)));
    Some(quote!(#ty::new(#token) #refresh))
}
