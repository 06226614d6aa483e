//! The servers of the document, where there is a choice: a module with a type for each.

use crate::plan::Plan;
use crate::rust::{docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;

/// The servers of the document, where there is a choice.
pub(super) fn print_servers(plan: &Plan) -> Option<TokenStream> {
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
        while let Some((before, after)) = rest.split_once('{') {
            let Some((wire, after)) = after.split_once('}') else { break };
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
