//! Parameters: the arguments of an operation.
//!
//! Knows their names, types and styles. Must not know how a style writes a value.

use super::RustType;
use super::claims::{Renamed, claim};
use super::docs::lines;
use super::media::{CONTENT_TYPE, by_preference, is_same_schema, is_same_syntax};
use super::operation::{ARGUMENTS, OperationContext};
use crate::names::{Scope, type_name, value_name};
use serde_json::{Map, Value};
use spec_api::{Api, MediaKind, MediaType, Method, Operation, Parameter, ParameterIn, Response, Style};

/// A parameter.
#[derive(Clone, Debug)]
pub struct ParameterPlan {
    /// Its name in Rust.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Its words.
    pub docs: Vec<String>,
    /// True if it should not be used any more.
    pub deprecated: bool,
    /// Where it stands.
    pub place: ParameterIn,
    /// The type of its value.
    pub ty: RustType,
    /// True if it must be given.
    pub required: bool,
    /// The value that holds where it is left out.
    pub default: Option<Value>,
    /// The style in which its value becomes text.
    pub style: Style,
    /// True if each item or property stands alone.
    pub explode: bool,
    /// True if its text is JSON.
    pub is_json: bool,
    /// True if reserved characters go out as they are.
    pub allow_reserved: bool,
    /// True if its name may come without a value.
    pub allow_empty: bool,
    /// Keywords of JSON Schema that the type does not say.
    pub assertions: Map<String, Value>,
}

/// Plans the parameters of an operation, and the media types that a program may say with them.
pub(super) fn plan_parameters(
    context: &mut OperationContext<'_, '_>,
    operation: &Operation,
) -> Vec<ParameterPlan> {
    let mut plans: Vec<ParameterPlan> =
        operation.parameters.iter().map(|parameter| plan_parameter(context, parameter)).collect();
    plans.extend(negotiated(context.planner.api, operation, &mut context.arguments));
    plans
}

/// Plans one parameter.
fn plan_parameter(context: &mut OperationContext<'_, '_>, parameter: &Parameter) -> ParameterPlan {
    let planner = &mut *context.planner;
    let wanted = value_name(&parameter.name);
    let (pinned, location) = (parameter.pinned_name.as_deref(), &parameter.location);
    let (name, is_taken) = claim(planner.diagnostics, &mut context.arguments, pinned, &wanted, location);
    if is_taken && !ARGUMENTS.contains(&wanted.as_str()) {
        planner.renames.add(Renamed::Parameter, location, &format!("{:?}", parameter.name), &name);
    }
    let hint = format!("{}{}", context.type_name, type_name(&parameter.name));
    let (ty, assertions) = planner.parameter_type(parameter.schema, &hint);
    let is_json = parameter.content.as_deref().is_some_and(|name| MediaKind::of(name) == MediaKind::Json);
    // JSON has a word for null, which no style has; where the parameter can be left out, that says it as
    // well.
    let ty = if is_json && parameter.required { planner.with_null(parameter.schema, ty) } else { ty };
    ParameterPlan {
        name,
        wire: parameter.name.clone(),
        docs: lines(parameter.description.as_deref().unwrap_or_default()),
        deprecated: parameter.deprecated,
        place: parameter.place,
        ty,
        required: parameter.required,
        default: planner.default(parameter.schema).filter(|_| !parameter.required),
        style: parameter.style,
        explode: parameter.explode,
        is_json,
        allow_reserved: parameter.allow_reserved,
        allow_empty: parameter.allow_empty,
        assertions,
    }
}

/// Plans what a program may say of the media types of a request, where the document leaves it open: which one
/// the body has, and which one the answer should have.
fn negotiated(api: &Api, operation: &Operation, arguments: &mut Scope) -> Vec<ParameterPlan> {
    let mut plans = Vec::new();
    let mut add = |wire: &str, required: bool, docs: &str| {
        let is_declared =
            |own: &Parameter| own.place == ParameterIn::Header && own.name.eq_ignore_ascii_case(wire);
        if !operation.parameters.iter().any(is_declared) {
            plans.push(media_type_parameter(arguments.claim(&value_name(wire)).0, wire, required, docs));
        }
    };
    if let Some(body) = operation.body.as_ref().filter(|body| body.content.iter().any(MediaType::is_chosen)) {
        let is_range = |media: &MediaType| media.is_chosen() && !media.name.starts_with("*/");
        let only_range = body.required && body.content.iter().all(is_range);
        add(CONTENT_TYPE, only_range, "The media type of the body.");
    }
    if operation.method != Method::Head && operation.responses.iter().any(|own| offers_choice(api, own)) {
        let docs = "The media type that the answer should have; all that the document names, if absent.";
        add("Accept", false, docs);
    }
    plans
}

/// Says whether a program can choose among the bodies of an answer. Where all say the same as JSON, it can't.
fn offers_choice(api: &Api, response: &Response) -> bool {
    let content = by_preference(&response.content);
    let is_first = |media: &&MediaType| {
        content.first().is_some_and(|first| {
            first.kind == MediaKind::Json && is_same_syntax(first, media) && is_same_schema(api, first, media)
        })
    };
    response.status.is_success() && response.content.len() > 1 && !content.iter().all(is_first)
}

/// Plans a header of a request that has a media type.
fn media_type_parameter(name: String, wire: &str, required: bool, docs: &str) -> ParameterPlan {
    ParameterPlan {
        name,
        wire: wire.to_owned(),
        docs: vec![docs.to_owned()],
        deprecated: false,
        place: ParameterIn::Header,
        ty: RustType::String,
        required,
        default: None,
        style: Style::Simple,
        explode: false,
        is_json: false,
        allow_reserved: false,
        allow_empty: false,
        assertions: Map::new(),
    }
}
