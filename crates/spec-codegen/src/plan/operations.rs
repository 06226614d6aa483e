//! Operations → what clients and servers make of them.
//!
//! Knows which of several bodies a program sees, how answers are told apart and which operations progenitor can express.

use super::types::{Planner, lines};
use super::{
    BodyPlan, Engine, MESSAGE, OperationPlan, Outcome, ParameterPlan, Payload, RejectionPlan, ResponsePlan, RustType, SchemePlan,
};
use crate::names::{Scope, type_name, value_name};
use crate::settings::ApiSettings;
use heck::ToShoutySnakeCase;
use serde_json::{Map, Value};
use spec_api::{
    Api, Body, Kind, MediaKind, MediaType, Method, Object, Operation, ParameterIn, Response, SchemaId, Status, Style,
};
use spec_document::{Code, Diagnostic, Diagnostics, Location};
use spec_runtime::template::Template;
use std::collections::{HashMap, hash_map::Entry};

/// Security schemes, with the names of their constants and methods.
pub(super) fn plan_schemes(api: &Api, settings: &ApiSettings, diagnostics: &mut Diagnostics) -> Vec<SchemePlan> {
    let mut scope = Scope::default();
    for (name, location) in settings.unknown_schemes(api) {
        let known: Vec<&str> = api.security_schemes.keys().map(String::as_str).collect();
        let message = format!("the document has no security scheme `{name}`");
        let help = match known.as_slice() {
            [] => "remove the setting, or add the scheme under components/securitySchemes".to_owned(),
            known => format!("its schemes are: {}", known.join(", ")),
        };
        diagnostics.push(Diagnostic::error(Code::InvalidSetting, location, message).help(help));
    }
    let plan = |(wire, scheme): (&String, &spec_api::SecurityScheme)| {
        let (name, _) = scope.claim(&value_name(wire));
        SchemePlan {
            constant: name.to_shouty_snake_case(),
            name,
            description: scheme.description.clone(),
            scheme: scheme.scheme.clone(),
            environment: settings.environment.get(wire).map(|variable| variable.value.clone()),
            wire: wire.clone(),
        }
    };
    api.security_schemes.iter().map(plan).collect()
}

/// All operations, in the order of the document.
pub fn plan_operations(api: &Api, planner: &mut Planner<'_>) -> Vec<OperationPlan> {
    // What every client has as methods.
    let mut functions = Scope::default();
    for own in [
        "new",
        "with_base_url",
        "with_client",
        "from_env",
        "clone",
        "baseurl",
        "client",
        "inner",
        "api_version",
        "pre",
        "exec",
        "post",
    ] {
        functions.reserve(own);
    }
    for (name, _) in &api.security_schemes {
        functions.reserve(&format!("with_{}", value_name(name)));
    }
    let mut types = Scope::default();
    types.reserve("Client");
    types.reserve("Api");
    let mut named = Vec::new();
    for pinned in [true, false] {
        for (index, operation) in api.operations.iter().enumerate() {
            if operation.pinned_name.is_some() == pinned {
                named.push((index, function_name(planner, &mut functions, operation)));
            }
        }
    }
    named.sort_unstable();
    let mut plans = Vec::new();
    for (index, name) in named {
        let (type_name, _) = types.claim(&type_name(&name));
        plans.push(plan_operation(api, planner, &api.operations[index], name, type_name));
    }
    plan_routes(&mut plans, planner.diagnostics);
    plans
}

/// A path as routers take it, and whether a router can tell all that the path says. Where two paths have different names for
/// the same segment, the first name holds.
fn plan_route(path: &str, segments: &mut HashMap<String, String>) -> (String, bool) {
    let (mut route, mut prefix) = (String::new(), String::new());
    let mut is_plain = !path.contains(['?', '#']);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    for (position, segment) in path.split('/').skip(1).enumerate() {
        route.push('/');
        prefix.push('/');
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).filter(|name| !name.contains(['{', '}']));
        // Routers compare bytes, and take some signs for their own.
        let is_literal = segment.chars().all(|c| c.is_ascii_alphanumeric() || "-._~!$&'()+,;=@:%".contains(c));
        if name.is_none() && is_literal && !segment.starts_with(':') {
            prefix.push_str(segment);
            route.push_str(segment);
            continue;
        }
        is_plain &= name.is_some();
        prefix.push_str("{}");
        let wanted = name.map_or_else(|| format!("segment_{position}"), |name| value_name(name));
        let known = segments.entry(prefix.clone()).or_insert_with(|| wanted.trim_end_matches('_').to_owned());
        route.push_str(&format!("{{{known}}}"));
    }
    (route, is_plain)
}

/// The routes of all operations. Where several operations are meant by one route and method, the path tells them apart.
fn plan_routes(plans: &mut [OperationPlan], diagnostics: &mut Diagnostics) {
    let mut segments = HashMap::new();
    let mut templates: HashMap<(String, Method, Shape), Location> = HashMap::new();
    for plan in plans.iter_mut() {
        let (route, is_plain) = plan_route(&plan.path, &mut segments);
        plan.template = (!is_plain).then(|| plan.path.clone());
        plan.route = route;
        let location = plan.location.clone().key();
        match templates.entry((plan.route.clone(), plan.method, shape(&plan.path))) {
            Entry::Vacant(vacant) => {
                vacant.insert(location);
            }
            Entry::Occupied(first) => {
                let message = format!("{} {} is the same request as that of another operation", plan.method, plan.path);
                let help = "servers call the first of them; give one of them a path or method of its own";
                let diagnostic = Diagnostic::warning(Code::Unsupported, location, message).help(help);
                diagnostics.push(diagnostic.related(first.get().clone(), "the first one"));
            }
        }
    }
    let mut counts: HashMap<(String, Method), usize> = HashMap::new();
    plans.iter().for_each(|plan| *counts.entry((plan.route.clone(), plan.method)).or_default() += 1);
    for plan in plans {
        if counts.get(&(plan.route.clone(), plan.method)).is_some_and(|count| *count > 1) {
            plan.template = Some(plan.path.clone());
        }
    }
}

/// The texts of a path around its parameters, and what its query asks for.
type Shape = (Vec<String>, Vec<(String, String)>);

fn shape(path: &str) -> Shape {
    let template = Template::new(path);
    let (mut texts, mut rest) = (Vec::new(), path.split(['?', '#']).next().unwrap_or_default());
    while let Some((before, after)) = rest.split_once('{') {
        texts.push(before.to_owned());
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    texts.push(rest.to_owned());
    (texts, template.query().to_vec())
}

fn function_name(planner: &mut Planner<'_>, functions: &mut Scope, operation: &Operation) -> String {
    if let Some(pinned) = planner.pinned(operation.pinned_name.as_deref(), &operation.location) {
        if !functions.reserve(&pinned) {
            planner.collision(&operation.location, &pinned, Diagnostic::error);
        }
        return pinned;
    }
    let wanted = value_name(&operation.id);
    let (name, taken) = functions.claim(&wanted);
    if taken {
        planner.collision(&operation.location, &wanted, Diagnostic::warning);
    }
    name
}

fn plan_operation(api: &Api, planner: &mut Planner<'_>, operation: &Operation, name: String, type_name: String) -> OperationPlan {
    let mut arguments = Scope::default();
    // Methods of the builder, and what `send` needs while arguments are still in use.
    for own in ["client", "send", "new", "self_", "url", "request", "form"] {
        arguments.reserve(own);
    }
    let parameters: Vec<ParameterPlan> = operation
        .parameters
        .iter()
        .map(|parameter| {
            let argument = match planner.pinned(parameter.pinned_name.as_deref(), &parameter.location) {
                Some(pinned) => {
                    if !arguments.reserve(&pinned) {
                        planner.collision(&parameter.location, &pinned, Diagnostic::error);
                    }
                    pinned
                }
                None => arguments.claim(&value_name(&parameter.name)).0,
            };
            let hint = format!("{type_name}{}", crate::names::type_name(&parameter.name));
            ParameterPlan {
                name: argument,
                wire: parameter.name.clone(),
                docs: lines(parameter.description.as_deref().unwrap_or_default()),
                deprecated: parameter.deprecated,
                place: parameter.place,
                ty: planner.rust_type(parameter.schema, &hint),
                required: parameter.required,
                style: parameter.style,
                explode: parameter.explode,
                is_json: parameter.content.is_some(),
                assertions: planner.assertions(parameter.schema),
            }
        })
        .collect();
    let body = operation.body.as_ref().and_then(|body| plan_body(planner, body, &type_name, &mut arguments));
    let mut responses: Vec<ResponsePlan> = Vec::new();
    let mut variants = Scope::default();
    for response in &operation.responses {
        responses.push(plan_response(planner, operation, response, &type_name, &mut variants));
    }
    let (success, error) = outcomes(responses, &type_name);
    let mut security = Vec::new();
    for requirement in &operation.security {
        let indices = requirement.schemes.iter().filter_map(|(name, _)| api.security_schemes.get_index_of(name));
        security.push(indices.collect());
    }
    let mut docs = lines(operation.summary.as_deref().unwrap_or_default());
    let description = lines(operation.description.as_deref().unwrap_or_default());
    if !docs.is_empty() && !description.is_empty() {
        docs.push(String::new());
    }
    docs.extend(description);
    let rejection = rejection(api, operation);
    let mut plan = OperationPlan {
        id: operation.id.clone(),
        name,
        type_name,
        location: operation.location.clone(),
        method: operation.method,
        path: operation.path.clone(),
        route: String::new(),
        template: None,
        docs,
        deprecated: operation.deprecated,
        parameters,
        body,
        success,
        error,
        security,
        rejection,
        engine: Engine::Emitter,
    };
    if progenitor_can(planner, &plan) {
        plan.engine = Engine::Engine;
    }
    plan
}

fn plan_body(planner: &mut Planner<'_>, body: &Body, type_name: &str, arguments: &mut Scope) -> Option<BodyPlan> {
    let preferred = preferred(&body.content)?;
    let ty = media_type(planner, preferred, &format!("{type_name}Body"));
    let mut accepted = vec![(preferred.name.clone(), preferred.kind)];
    for media in &body.content {
        if std::ptr::eq(media, preferred) {
            continue;
        }
        let is_form = |kind| matches!(kind, MediaKind::Json | MediaKind::Form | MediaKind::Multipart);
        let same = match (media.schema, preferred.schema) {
            (Some(own), Some(other)) => planner.api.resolve(own) == planner.api.resolve(other),
            (own, other) => own.is_none() && other.is_none(),
        };
        if same && (media.kind == preferred.kind || (is_form(media.kind) && is_form(preferred.kind))) {
            accepted.push((media.name.clone(), media.kind));
        } else {
            not_generated(planner.diagnostics, &media.location, &format!("the request body `{}`", media.name), &preferred.name);
        }
    }
    Some(BodyPlan {
        kind: preferred.kind,
        media_type: preferred.name.clone(),
        accepted,
        ty,
        assertions: match (preferred.kind, preferred.schema) {
            (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, Some(schema)) => planner.assertions(schema),
            _ => Default::default(),
        },
        required: body.required,
        name: arguments.claim("body").0,
        description: body.description.clone(),
    })
}

fn not_generated(diagnostics: &mut Diagnostics, location: &Location, what: &str, instead: &str) {
    let message = format!("{what} is left out: only one form of a body is generated");
    let help = format!("`{instead}` is generated; remove one of them from the document, or give both the same schema");
    diagnostics.push(Diagnostic::warning(Code::Unsupported, location.clone().key(), message).help(help));
}

/// The form of a body that programs see: JSON where there is one.
fn preferred(content: &[MediaType]) -> Option<&MediaType> {
    content.iter().find(|media| media.kind == MediaKind::Json).or_else(|| content.first())
}

fn media_type(planner: &mut Planner<'_>, media: &MediaType, hint: &str) -> RustType {
    match (media.kind, media.schema) {
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, Some(schema)) => planner.nullable_type(schema, hint),
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, None) => RustType::Json,
        (MediaKind::Text, _) => RustType::String,
        (MediaKind::Bytes, _) => RustType::Bytes,
    }
}

fn plan_response(
    planner: &mut Planner<'_>,
    operation: &Operation,
    response: &Response,
    type_name: &str,
    variants: &mut Scope,
) -> ResponsePlan {
    let (variant, _) = variants.claim(&variant_name(response.status));
    let payload = match preferred(&response.content) {
        Some(media) if operation.method != Method::Head => {
            for other in response.content.iter().filter(|other| !std::ptr::eq(*other, media)) {
                let same = other.kind == media.kind
                    && other.schema.map(|s| planner.api.resolve(s)) == media.schema.map(|s| planner.api.resolve(s));
                if !same {
                    not_generated(
                        planner.diagnostics,
                        &other.location,
                        &format!("the response body `{}`", other.name),
                        &media.name,
                    );
                }
            }
            let name = media.name.clone();
            match media.kind {
                MediaKind::Json => Payload::Json(media_type(planner, media, &format!("{type_name}{variant}")), name),
                MediaKind::Text | MediaKind::Form if is_text(planner, media.schema) => Payload::Text(name),
                _ => Payload::Bytes(name),
            }
        }
        _ => Payload::Empty,
    };
    for header in &response.headers {
        let message = format!("the response header `{}` has no type of its own in generated code", header.name);
        let help = "clients read it from the headers of the response; servers can't send it yet";
        planner.diagnostics.push(Diagnostic::warning(Code::Unsupported, header.location.clone().key(), message).help(help));
    }
    ResponsePlan { status: response.status, variant, description: response.description.clone(), payload }
}

/// Text is text unless its schema says that it is bytes.
fn is_text(planner: &Planner<'_>, schema: Option<SchemaId>) -> bool {
    let Some(id) = schema else { return true };
    let schema = planner.api.schema(planner.api.resolve(id));
    !matches!(&schema.kind, Kind::String(Some(format)) if format == "binary")
}

/// The name of a status (RFC 9110, section 15, and IANA's registry).
fn variant_name(status: Status) -> String {
    match status {
        Status::Code(code) => match http::StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason()) {
            Some(reason) => type_name(&reason.replace('\'', "")),
            None => format!("Status{code}"),
        },
        Status::Range(1) => "Informational".to_owned(),
        Status::Range(2) => "Success".to_owned(),
        Status::Range(3) => "Redirection".to_owned(),
        Status::Range(4) => "ClientError".to_owned(),
        Status::Range(_) => "ServerError".to_owned(),
        Status::Default => "Default".to_owned(),
    }
}

/// Splits answers into what was hoped for and what went wrong. `default` stands for errors; where nothing else is declared
/// for success, it stands for that as well (OpenAPI 3.1, 4.8.16).
fn outcomes(responses: Vec<ResponsePlan>, type_name: &str) -> (Outcome, Outcome) {
    let (mut success, mut error): (Vec<_>, Vec<_>) = responses.into_iter().partition(|response| response.status.is_success());
    if success.is_empty()
        && let Some(default) = error.iter().find(|response| response.status == Status::Default)
    {
        success.push(ResponsePlan { status: Status::Range(2), ..default.clone() });
    }
    // Codes, then ranges, then the default, in the order in which an answer is looked up.
    success.sort_by_key(|response| response.status);
    error.sort_by_key(|response| response.status);
    (outcome(success, format!("{type_name}Success")), outcome(error, format!("{type_name}Error")))
}

fn outcome(responses: Vec<ResponsePlan>, name: String) -> Outcome {
    let several = responses.iter().any(|response| response.payload.ty() != responses[0].payload.ty());
    Outcome { enumeration: several.then_some(name), responses }
}

/// Where the document declares how a request that does not fit is answered: in that shape, if it can be filled.
fn rejection(api: &Api, operation: &Operation) -> RejectionPlan {
    for status in [Status::Code(422), Status::Code(400), Status::Range(4), Status::Default] {
        let Some(response) = operation.responses.iter().find(|response| response.status == status) else { continue };
        let code = if status == Status::Code(422) { 422 } else { 400 };
        let json = response.content.iter().find(|media| media.kind == MediaKind::Json);
        let Some((media, schema)) = json.and_then(|media| Some((media, media.schema?))) else {
            return RejectionPlan::Problem(code);
        };
        if is_detail(api, schema) {
            return RejectionPlan::Detail(code);
        }
        return match filled(api, schema, code, 0) {
            Some(value) if media.name != "application/problem+json" && value.to_string().contains(MESSAGE) => {
                RejectionPlan::Filled(code, media.name.clone(), value)
            }
            _ => RejectionPlan::Problem(code),
        };
    }
    RejectionPlan::Problem(400)
}

/// The least that a schema takes, with [`MESSAGE`] where words go; none where that can't be told.
fn filled(api: &Api, id: SchemaId, status: u16, depth: usize) -> Option<Value> {
    let schema = api.schema(api.resolve(id));
    let is_plain = schema.assertions.is_empty() && depth < 8;
    let value = match &schema.kind {
        Kind::Enum(values) => values.first().cloned(),
        Kind::Any => Some(MESSAGE.into()),
        Kind::String(None) if is_plain => Some(MESSAGE.into()),
        Kind::Integer(_) | Kind::Number(_) if is_plain => Some(status.into()),
        Kind::Boolean => Some(false.into()),
        Kind::Array(Some(items)) if is_plain => Some(filled(api, *items, status, depth + 1).into_iter().collect()),
        Kind::Object(object) if is_plain => filled_object(api, object, status, depth),
        Kind::Union { variants, .. } if depth < 8 => variants.iter().find_map(|id| filled(api, *id, status, depth + 1)),
        _ => None,
    };
    value.or(api.is_nullable(id).then_some(Value::Null))
}

/// Properties that must be there, and those whose name says that they tell what is wrong.
fn filled_object(api: &Api, object: &Object, status: u16, depth: usize) -> Option<Value> {
    const TELLING: [&str; 9] = ["message", "msg", "error", "errors", "detail", "details", "title", "description", "reason"];
    let mut members = Map::new();
    for property in &object.properties {
        match filled(api, property.schema, status, depth + 1) {
            Some(value) if property.required || TELLING.contains(&property.name.as_str()) => {
                members.insert(property.name.clone(), value);
            }
            None if property.required => return None,
            _ => {}
        }
    }
    Some(Value::Object(members))
}

/// `{"detail": [{"loc": […], "msg": "…", "type": "…"}]}`, whatever its schemas are called.
fn is_detail(api: &Api, id: SchemaId) -> bool {
    let property = |id: SchemaId, name: &str| match &api.schema(api.resolve(id)).kind {
        Kind::Object(object) => {
            object.properties.iter().find(|property| property.name == name).map(|property| api.resolve(property.schema))
        }
        _ => None,
    };
    let Some(detail) = property(id, "detail") else { return false };
    let Kind::Array(Some(entry)) = api.schema(detail).kind else { return false };
    let is_string = |name| property(entry, name).is_some_and(|id| matches!(api.schema(id).kind, Kind::String(_)));
    let is_list = property(entry, "loc").is_some_and(|id| matches!(api.schema(id).kind, Kind::Array(_)));
    is_string("msg") && is_string("type") && is_list
}

/// Whether progenitor can express an operation without losing anything, once it is lowered: scalars in the path, scalars and
/// exploded lists in the query, scalars in headers, a JSON body that is a model and must be there.
fn progenitor_can(planner: &Planner<'_>, plan: &OperationPlan) -> bool {
    let scalar = |ty: &RustType| is_scalar(planner, ty);
    let parameter = |parameter: &ParameterPlan| {
        if parameter.is_json {
            return false;
        }
        match (parameter.place, parameter.style, &parameter.ty) {
            // progenitor writes it as `Display` does, which is not RFC 3339.
            (ParameterIn::Path, _, RustType::DateTime) => false,
            (ParameterIn::Path, Style::Simple, ty) => scalar(ty),
            (ParameterIn::Query, Style::Form, RustType::Vec(item)) => parameter.explode && scalar(item),
            (ParameterIn::Query, Style::Form, ty) => scalar(ty),
            _ => false,
        }
    };
    let body = |body: &BodyPlan| body.required && body.media_type == "application/json" && matches!(body.ty, RustType::Model(_));
    let answer = |response: &ResponsePlan| match &response.payload {
        Payload::Json(_, media_type) => media_type == "application/json",
        Payload::Empty => true,
        Payload::Text(_) | Payload::Bytes(_) => false,
    };
    let has_body = |method| matches!(method, Method::Put | Method::Post | Method::Patch | Method::Delete);
    let mut names: Vec<&str> = plan.parameters.iter().map(|parameter| parameter.wire.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.len() == plan.parameters.len()
        && plan.parameters.iter().all(parameter)
        && plan.success.responses.iter().chain(&plan.error.responses).all(answer)
        && plan.body.as_ref().is_none_or(|plan_body| has_body(plan.method) && body(plan_body))
        && !matches!(plan.method, Method::Options | Method::Trace)
        && template_is_plain(&plan.path)
}

/// Each parameter is a segment of its own, and there is no query.
fn template_is_plain(path: &str) -> bool {
    !path.contains(['?', '#']) && path.split('/').all(|segment| {
        !segment.contains(['{', '}']) || (segment.starts_with('{') && segment.find('}') == Some(segment.len() - 1))
    })
}

fn is_scalar(planner: &Planner<'_>, ty: &RustType) -> bool {
    match ty {
        RustType::Bool | RustType::I32 | RustType::I64 | RustType::U64 | RustType::F64 | RustType::String => true,
        RustType::DateTime | RustType::Date | RustType::Uuid | RustType::Ipv4 | RustType::Ipv6 => true,
        RustType::Model(id) => planner.is_enumeration(*id),
        _ => false,
    }
}
