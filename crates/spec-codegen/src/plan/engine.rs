//! Who prints what: an engine, where it can express all of it, or else our own emitter.
//!
//! Knows what typify and progenitor can express once they get it lowered. Must not know how that is done.

use super::{
    BodyPlan, Definition, OperationPlan, ParameterPlan, Payload, Planner, ResponsePlan, RustType, VariantPlan,
};
use crate::names::type_name;
use spec_api::{Method, ParameterIn, Style};
use spec_http::template::lone_placeholder;

/// The part that an engine has in something that is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// typify confirms the model, or progenitor prints the builder, refined.
    Engine,
    /// Our own emitter alone.
    Emitter,
}

/// Returns who prints a model.
pub(super) fn of_model(definition: &Definition) -> Engine {
    match definition {
        Definition::Struct(_) => Engine::Engine,
        Definition::Enum(body) if body.variants.iter().all(is_plain) => Engine::Engine,
        _ => Engine::Emitter,
    }
}

/// Says whether a variant has the name that its text has by itself: of other names typify has its own notion,
/// or none.
fn is_plain(variant: &VariantPlan) -> bool {
    let Some(wire) = variant.wire.as_str() else { return false };
    wire.chars().all(|c| c.is_alphanumeric() || " _-.:/".contains(c)) && type_name(wire) == variant.name
}

/// Returns who prints the client of an operation. progenitor can, without losing anything: scalars in the
/// path, scalars and exploded lists that may be left out in the query, a JSON body that is a model and must
/// be there, and answers of one JSON body or none.
pub(super) fn of_operation(planner: &Planner<'_>, plan: &OperationPlan) -> Engine {
    let mut names: Vec<&str> = plan.parameters.iter().map(|parameter| parameter.wire.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let has_body = matches!(plan.method, Method::Put | Method::Post | Method::Patch | Method::Delete);
    let can_print = names.len() == plan.parameters.len()
        && plan.base_url.is_none()
        && plan.parameters.iter().all(|parameter| can_express(planner, parameter))
        && plan.success.responses.iter().chain(&plan.error.responses).all(is_plain_answer)
        && plan.body.as_ref().is_none_or(|body| has_body && is_plain_body(body))
        && !matches!(plan.method, Method::Options | Method::Trace)
        && is_plain_path(&plan.path);
    if can_print { Engine::Engine } else { Engine::Emitter }
}

/// Says whether progenitor can express a parameter.
fn can_express(planner: &Planner<'_>, parameter: &ParameterPlan) -> bool {
    if parameter.is_json || parameter.allow_reserved {
        return false;
    }
    match (parameter.place, parameter.style, &parameter.ty) {
        // progenitor writes it as `Display` does, which is not RFC 3339.
        (ParameterIn::Path, _, RustType::DateTime) => false,
        (ParameterIn::Path, Style::Simple, ty) => is_scalar(planner, ty),
        // That a list has items, we ask before it is written.
        (ParameterIn::Query, Style::Form, RustType::Vec(item)) => {
            !parameter.required && parameter.explode && is_scalar(planner, item)
        }
        (ParameterIn::Query, Style::Form, ty) => is_scalar(planner, ty),
        _ => false,
    }
}

/// Says whether a body is one model as JSON, which must be there.
fn is_plain_body(body: &BodyPlan) -> bool {
    body.only()
        .filter(|_| body.required)
        .is_some_and(|form| form.media_type == "application/json" && matches!(form.ty, RustType::Model(_)))
}

/// Says whether an answer is JSON or nothing.
fn is_plain_answer(response: &ResponsePlan) -> bool {
    match &response.payload {
        // Which media type is asked for, and what is made of an answer, it leaves to us.
        Payload::Json(_, media_type) => media_type == "application/json" || media_type.ends_with("+json"),
        Payload::Empty => true,
        Payload::Text(..) | Payload::Bytes(_) | Payload::Stream(..) | Payload::OneOf(..) => false,
    }
}

/// Says whether each parameter of a path is a segment of its own, and there is no query.
fn is_plain_path(path: &str) -> bool {
    !path.contains(['?', '#'])
        && path.split('/').all(|segment| !segment.contains(['{', '}']) || lone_placeholder(segment).is_some())
}

/// Says whether a value is one text in a path or a query.
fn is_scalar(planner: &Planner<'_>, ty: &RustType) -> bool {
    match ty {
        RustType::Bool
        | RustType::I32
        | RustType::I64
        | RustType::U32
        | RustType::U64
        | RustType::F64
        | RustType::String => true,
        RustType::DateTime | RustType::Date | RustType::Uuid | RustType::Ipv4 | RustType::Ipv6 => true,
        RustType::Model(id) => {
            planner.is_enumeration(*id) || planner.alias(*id).is_some_and(|ty| is_scalar(planner, ty))
        }
        _ => false,
    }
}
