//! The room of progenitor: only this module imports it, and openapiv3, which it takes.
//!
//! An operation is lowered to a document of OpenAPI 3.0 that holds nothing else, and nothing that progenitor
//! would get wrong. Of what it prints, the builder is kept and refined by named passes (`refine`); where the
//! result is not what the plan says, progenitor is refused.

mod refine;

use crate::catch_panic;
use crate::plan::{OperationPlan, Payload, Plan, RustType};
use crate::printer::Printer;
use crate::rust;
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use refine::refine;
use serde_json::{Value, json};
use spec_api::ParameterIn;

/// Says why progenitor does not print an operation.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// The words with which it panicked, if it did.
    pub(super) panic: Option<String>,
}

/// Prints the builder of an operation.
pub(super) fn print(printer: &mut Printer<'_>, operation: &OperationPlan) -> Result<TokenStream, Refusal> {
    let plan = printer.plan;
    let lowered = Lowered::new(plan, operation).ok_or_else(Refusal::default)?;
    let printed = match catch_panic::run(|| lowered.render()) {
        Ok(printed) => printed.ok_or_else(Refusal::default)?,
        Err(panic) => return Err(Refusal { panic: Some(panic) }),
    };
    refine(printer, operation, printed).ok_or_else(Refusal::default)
}

/// A document with one operation, and the models that it refers to.
struct Lowered {
    document: OpenAPI,
    models: Vec<String>,
}

/// Stands for the crate of the models in what progenitor prints.
const MODELS: &str = "models";

impl Lowered {
    /// Lowers an operation; none where progenitor would get it wrong.
    fn new(plan: &Plan, operation: &OperationPlan) -> Option<Lowered> {
        let mut models = Vec::new();
        let mut parameters = Vec::new();
        for parameter in &operation.parameters {
            let place = match parameter.place {
                ParameterIn::Path => "path",
                ParameterIn::Query => "query",
                ParameterIn::Header | ParameterIn::Cookie => return None,
            };
            parameters.push(json!({
                "name": parameter.wire,
                "in": place,
                "required": parameter.required,
                "schema": lower_type(plan, &parameter.ty, &mut models)?,
            }));
        }
        let is_json = operation
            .success
            .responses
            .iter()
            .chain(&operation.error.responses)
            .any(|r| matches!(r.payload, Payload::Json(..)));
        // Answers are told apart by our own code; progenitor only says what the client takes.
        let content =
            if is_json { json!({"application/json": {"schema": {"type": "string"}}}) } else { json!({}) };
        let mut lowered = json!({
            "operationId": operation.name,
            "parameters": parameters,
            "responses": {"200": {"description": "", "content": content}},
        });
        if let Some(body) = &operation.body {
            let schema = lower_type(plan, &body.ty(), &mut models)?;
            lowered["requestBody"] =
                json!({"required": true, "content": {"application/json": {"schema": schema}}});
        }
        let schemas: serde_json::Map<String, Value> =
            models.iter().map(|name| (name.clone(), json!({"type": "object"}))).collect();
        let document = json!({
            "openapi": "3.0.3",
            "info": {"title": "", "version": ""},
            "paths": {&operation.path: {operation.method.key(): lowered}},
            "components": {"schemas": schemas},
        });
        Some(Lowered { document: serde_json::from_value(document).ok()?, models })
    }

    /// Has progenitor print the module of the builder.
    fn render(&self) -> Option<TokenStream> {
        let mut settings = GenerationSettings::default();
        settings.with_interface(InterfaceStyle::Builder);
        for model in &self.models {
            settings.with_replacement(model, format!("{MODELS}::{model}"), std::iter::empty());
        }
        rust::declaration(Generator::new(&settings).generate_tokens(&self.document).ok()?, "builder")
    }
}

/// Lowers a type to a schema; none where progenitor has no such type.
fn lower_type(plan: &Plan, ty: &RustType, models: &mut Vec<String>) -> Option<Value> {
    if let Some(scalar) = ty.scalar_schema() {
        return Some(scalar);
    }
    Some(match ty {
        RustType::Vec(item) => json!({"type": "array", "items": lower_type(plan, item, models)?}),
        RustType::Model(id) => {
            let name = &plan.type_plan(*id).name;
            if !models.contains(name) {
                models.push(name.clone());
            }
            json!({"$ref": format!("#/components/schemas/{name}")})
        }
        _ => return None,
    })
}
