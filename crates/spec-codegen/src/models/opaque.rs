//! Models that are any JSON, with the schema of the document.

use super::definition::{decode_inner, derives, model_head};
use crate::plan::{TypeId, TypePlan};
use crate::printer::Printer;
use crate::rust::{ident, json_with};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// Prints a model that is any JSON, with the schema of the document.
pub(super) fn print_opaque(
    printer: &mut Printer<'_>,
    ty: &TypePlan,
    schema: &Value,
    models: &[TypeId],
) -> TokenStream {
    let plan = printer.plan;
    let (head, derives) = (model_head(ty), derives(printer, ty));
    let (name, text) = (ident(&ty.name), &ty.name);
    let value = printer.path("serde_json", "Value");
    let json_schema = printer.path("schemars", "JsonSchema");
    let (schema_type, generator) =
        (printer.path("schemars", "Schema"), printer.path("schemars", "SchemaGenerator"));
    let macro_of_schema = printer.path("schemars", "json_schema");
    let cow = printer.path("std::borrow", "Cow");
    let from = printer.prelude("From");
    let decode = decode_inner(printer, ty);
    let argument = if models.is_empty() { quote!(_) } else { quote!(generator) };
    // schemars knows what refers to what only of the references that it gave out itself.
    let references: Vec<(String, proc_macro2::Ident)> = models
        .iter()
        .enumerate()
        .map(|(index, id)| {
            (crate::plan::definition(&plan.type_plan(*id).name), ident(&format!("model_{index}")))
        })
        .collect();
    let models = models.iter().zip(&references).map(|(id, (_, variable))| {
        let model = ident(&plan.type_plan(*id).name);
        quote!(let #variable = generator.subschema_for::<#model>();)
    });
    let schema = match schema {
        Value::Object(_) => json_with(schema, &references),
        _ => quote!({}),
    };
    quote! {
        #head #derives
        #[serde(transparent)]
        pub struct #name(pub #value);

        #decode

        impl #json_schema for #name {
            fn schema_name() -> #cow<'static, str> {
                #text.into()
            }

            fn json_schema(#argument: &mut #generator) -> #schema_type {
                #(#models)*
                #macro_of_schema!(#schema)
            }
        }

        impl #from<#value> for #name {
            fn from(value: #value) -> Self {
                Self(value)
            }
        }
    }
}
