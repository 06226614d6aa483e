//! The servers of the document, where there is a choice: a module with a type for each.

use crate::plan::{Plan, ServerPlan, VariablePlan};
use crate::rust::{docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use spec_http::template::placeholder;

/// Prints the module of the servers, where there is a choice.
pub(super) fn print_servers(plan: &Plan) -> Option<TokenStream> {
    if plan.servers.is_empty() {
        return None;
    }
    let mut code = TokenStream::new();
    for server in &plan.servers {
        code.extend(print_server(server));
        code.extend(server.variables.iter().filter_map(print_variable_enum));
    }
    Some(quote! {
        /// The servers that the document names, for [`Client::with_base_url`] (`&server.to_string()`).
        pub mod servers {
            #code
        }
    })
}

/// Prints the type of a server, which displays as its URL.
fn print_server(server: &ServerPlan) -> TokenStream {
    // A server may be called like anything in the prelude.
    let (string, default) = (quote!(::std::string::String), quote!(::std::default::Default));
    let (words, name) = (docs(&server.docs), ident(&server.name));
    let (template, written) = format_string(server);
    let fields = server.variables.iter().map(|variable| {
        let (words, name) = (docs(&variable.docs), ident(&variable.name));
        let ty = variable.values.as_ref().map_or_else(|| string.clone(), |(name, _)| tokens(name));
        quote!(#words pub #name: #ty)
    });
    let fields: Vec<TokenStream> = fields.collect();
    let body = if fields.is_empty() { quote!(;) } else { quote!({ #(#fields),* }) };
    let defaults: Vec<TokenStream> = server.variables.iter().map(default_field).collect();
    let value = if defaults.is_empty() { quote!(Self) } else { quote!(Self { #(#defaults),* }) };
    quote! {
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
    }
}

/// Makes a format string of a server's URL, and returns it with its arguments. Texts around the variables
/// stay as they are.
fn format_string(server: &ServerPlan) -> (String, Vec<TokenStream>) {
    let (mut template, mut arguments) = (String::new(), Vec::new());
    let mut rest = server.template.as_str();
    while let Some((before, wire, after)) = placeholder(rest) {
        template.push_str(&before.replace('}', "}}"));
        rest = after;
        match server.variables.iter().find(|own| own.wire == wire) {
            Some(variable) => {
                template.push_str("{}");
                let name = ident(&variable.name);
                arguments.push(quote!(self.#name));
            }
            None => template.push_str(&format!("{{{{{wire}}}}}")),
        }
    }
    template.push_str(&rest.replace('{', "{{").replace('}', "}}"));
    (template, arguments)
}

/// Prints a field with the value of a variable that nobody sets.
fn default_field(variable: &VariablePlan) -> TokenStream {
    let (name, text) = (ident(&variable.name), &variable.default);
    match &variable.values {
        Some((ty, values)) => {
            let variant = values.iter().find(|(_, value)| value == text).map(|(variant, _)| ident(variant));
            let ty = ident(ty);
            quote!(#name: #ty::#variant)
        }
        None => quote!(#name: #text.to_owned()),
    }
}

/// Prints the enumeration of a variable's values, where the document lists them.
fn print_variable_enum(variable: &VariablePlan) -> Option<TokenStream> {
    let (ty, values) = variable.values.as_ref()?;
    let (words, ty) = (docs(&[format!("Values of `{}`.", variable.wire)]), ident(ty));
    let variants = values.iter().map(|(variant, _)| ident(variant));
    let arms = values.iter().map(|(variant, text)| {
        let variant = ident(variant);
        quote!(Self::#variant => #text)
    });
    Some(quote! {
        #words
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum #ty { #(#variants),* }

        impl ::std::fmt::Display for #ty {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(match self { #(#arms),* })
            }
        }
    })
}
