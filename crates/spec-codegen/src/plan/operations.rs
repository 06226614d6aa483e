//! Operations → what clients and servers make of them.
//!
//! Knows which of several bodies a program sees, how answers are told apart and which operations progenitor
//! can express.

use super::claims::{Renamed, claim, warn_taken};
use super::types::{Planner, lines};
use super::{
    BodyForm, BodyPlan, EncodingPlan, Engine, HeaderField, HeadersPlan, MESSAGE, OperationPlan, Outcome,
    ParameterPlan, Payload, RejectionPlan, ResponsePlan, RustType, SchemePlan, SchemeUse, ServerPlan, Stream,
    VariablePlan,
};
use crate::names::{Scope, type_name, value_name};
use crate::settings::ApiSettings;
use heck::ToShoutySnakeCase;
use serde_json::{Map, Value};
use spec_api::{
    Api, Body, Encoding, Kind, MediaKind, MediaType, Method, Object, Operation, ParameterIn, Response,
    SchemaId, Sequence, Server, ServerVariable, Status, Style,
};
use spec_document::{Code, Diagnostic, Diagnostics};
use spec_runtime::message::is_framing;
use spec_runtime::template::Template;
use std::collections::{HashMap, hash_map::Entry};

/// Security schemes, with the names of their constants and methods.
pub(super) fn plan_schemes(
    api: &Api,
    settings: &ApiSettings,
    diagnostics: &mut Diagnostics,
) -> Vec<SchemePlan> {
    // `with_base_url` and `with_client` are there already.
    let mut scope = Scope::reserving(&["base_url", "client"]);
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
        let mut plan = SchemePlan {
            constant: String::new(),
            name: String::new(),
            description: scheme.description.clone(),
            scheme: scheme.scheme.clone(),
            environment: settings.environment.get(wire).map(|variable| variable.value.clone()),
            wire: wire.clone(),
        };
        let fetches = plan.token_urls().is_some();
        // Where tokens are fetched, the methods for that have names of their own.
        loop {
            plan.name = scope.claim(&value_name(wire)).0;
            let stem = plan.name.trim_end_matches('_');
            let more = ["client_credentials", "token_url"].map(|own| format!("{stem}_{own}"));
            if !fetches {
                break;
            }
            if !more.iter().any(|own| scope.is_taken(own)) {
                for own in &more {
                    scope.reserve(own);
                }
                break;
            }
        }
        plan.constant = plan.name.to_shouty_snake_case();
        plan
    };
    api.security_schemes.iter().map(plan).collect()
}

/// The servers of the document, if there is a choice among them.
pub(super) fn plan_servers(api: &Api) -> Vec<ServerPlan> {
    let absolute: Vec<&Server> =
        api.servers.iter().filter(|server| server.template.contains("://")).collect();
    if absolute.len() < 2 && absolute.iter().all(|server| server.variables.is_empty()) {
        return Vec::new();
    }
    let mut scope = Scope::default();
    let plan = |server: &&Server| {
        // A sentence is no name.
        let described = server.description.as_deref().unwrap_or_default().trim();
        let is_short = !described.is_empty() && described.split_whitespace().count() <= 4;
        let (name, _) = scope.claim(&if is_short { type_name(described) } else { "Server".to_owned() });
        let mut fields = Scope::default();
        let variable = |(wire, variable): (&String, &ServerVariable)| {
            let values = (!variable.values.is_empty()).then(|| {
                let mut variants = Scope::default();
                let values =
                    variable.values.iter().map(|value| (variants.claim(&type_name(value)).0, value.clone()));
                (scope.claim(&format!("{name}{}", type_name(wire))).0, values.collect::<Vec<_>>())
            });
            // A default that is not listed can't be a variant.
            let values =
                values.filter(|(_, values)| values.iter().any(|(_, value)| *value == variable.default));
            VariablePlan {
                name: fields.claim(&value_name(wire)).0,
                wire: wire.clone(),
                docs: lines(variable.description.as_deref().unwrap_or_default()),
                default: variable.default.clone(),
                values,
            }
        };
        let variables = server.variables.iter().map(variable).collect();
        let template = server.template.trim_end_matches('/').to_owned();
        ServerPlan { docs: lines(described), name, template, variables }
    };
    absolute.iter().map(plan).collect()
}

/// All operations and webhooks, in the order of the document.
pub fn plan_operations(
    api: &Api,
    planner: &mut Planner<'_>,
    schemes: &[SchemePlan],
) -> (Vec<OperationPlan>, Vec<OperationPlan>) {
    // What every client has as methods.
    let mut functions = Scope::reserving(&[
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
    ]);
    for scheme in schemes {
        let name = scheme.name.trim_end_matches('_');
        for own in [
            format!("with_{name}"),
            format!("with_{name}_client_credentials"),
            format!("with_{name}_token_url"),
        ] {
            functions.reserve(&own);
        }
    }
    let mut types = Scope::reserving(&["Client", "Api"]);
    let mut own = Scope::reserving(&["Api", "Client", "Webhooks"]);
    let operations = plan_all(api, planner, &api.operations, &mut functions, (&mut types, &mut own));
    let webhooks = plan_all(api, planner, &api.webhooks, &mut Scope::default(), (&mut types, &mut own));
    let without =
        |operation: &&Operation| !operation.servers.is_empty() && own_base_url(api, operation).is_none();
    let mut ignored = api.operations.iter().filter(without);
    if let Some(first) = ignored.next() {
        let others = match ignored.count() {
            0 => String::new(),
            1 => ", here and in one other place".to_owned(),
            more => format!(", here and in {more} other places"),
        };
        let message = format!(
            "servers of a single path or operation are ignored, where they or those of the document have no host{others}"
        );
        let help = "give both an absolute URL: https://example.com/v2";
        let location = first.location.clone().key();
        planner.diagnostics.push(Diagnostic::warning(Code::Unsupported, location, message).help(help));
    }
    (operations, webhooks)
}

/// Where requests for an operation go that has servers of its own. Without a host in both, nobody can say.
fn own_base_url(api: &Api, operation: &Operation) -> Option<String> {
    let absolute = |servers: &[Server]| {
        servers.iter().map(|server| &server.url).find(|url| url.contains("://")).cloned()
    };
    absolute(&api.servers)?;
    absolute(&operation.servers).map(|url| url.trim_end_matches('/').to_owned())
}

/// Operations of one kind. `types` are names of builders, `own` those of what belongs to operations beside
/// them.
fn plan_all(
    api: &Api,
    planner: &mut Planner<'_>,
    operations: &[Operation],
    functions: &mut Scope,
    (types, own): (&mut Scope, &mut Scope),
) -> Vec<OperationPlan> {
    let mut named = Vec::new();
    for pinned in [true, false] {
        for (index, operation) in operations.iter().enumerate() {
            if operation.pinned_name.is_some() == pinned {
                named.push((index, function_name(planner, functions, operation)));
            }
        }
    }
    named.sort_unstable();
    let mut plans = Vec::new();
    for (index, name) in named {
        let (type_name, _) = types.claim(&type_name(&name));
        plans.push(plan_operation(api, planner, &operations[index], (name, type_name), own));
    }
    for (plan, told_by) in plans.iter_mut().zip(spec_contract::told_by(api, operations)) {
        plan.told_by = told_by;
    }
    plan_routes(&mut plans, planner.diagnostics);
    operations.iter().for_each(|operation| super::ambiguous::warn(api, operation, planner.diagnostics));
    plans
}

/// A path as routers take it, and whether a router can tell all that the path says. Where two paths have
/// different names for the same segment, the first name holds.
fn plan_route(path: &str, segments: &mut HashMap<String, String>) -> (String, bool) {
    let (mut route, mut prefix) = (String::new(), String::new());
    let mut is_plain = !path.contains(['?', '#']);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    for (position, segment) in path.split('/').skip(1).enumerate() {
        route.push('/');
        prefix.push('/');
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .filter(|name| !name.contains(['{', '}']));
        // Routers compare bytes, and take some signs for their own.
        let is_literal =
            segment.chars().all(|c| c.is_ascii_alphanumeric() || "-._~!$&'()+,;=@:%".contains(c));
        if name.is_none() && is_literal && !segment.starts_with(':') {
            prefix.push_str(segment);
            route.push_str(segment);
            continue;
        }
        is_plain &= name.is_some();
        prefix.push_str("{}");
        let wanted = name.map_or_else(|| format!("segment_{position}"), value_name);
        let known = segments.entry(prefix.clone()).or_insert_with(|| wanted.trim_end_matches('_').to_owned());
        route.push_str(&format!("{{{known}}}"));
    }
    (route, is_plain)
}

/// The routes of all operations. Where several operations are meant by one route and method, the path tells
/// them apart, or parameters that have one value each.
fn plan_routes(plans: &mut [OperationPlan], diagnostics: &mut Diagnostics) {
    let mut segments = HashMap::new();
    for plan in plans.iter_mut() {
        let (route, is_plain) = plan_route(&plan.path, &mut segments);
        plan.template = (!is_plain).then(|| plan.path.clone());
        plan.route = route;
    }
    let mut counts: HashMap<(String, Method), usize> = HashMap::new();
    plans.iter().for_each(|plan| *counts.entry((plan.route.clone(), plan.method)).or_default() += 1);
    let mut taken = HashMap::new();
    for plan in plans {
        let (key, template) = ((plan.route.clone(), plan.method), Template::new(&plan.path));
        if counts.get(&key).is_some_and(|count| *count > 1) {
            plan.template = Some(plan.path.clone());
        }
        let location = plan.location.clone().key();
        match taken.entry((key, template.shape(), plan.told_by.clone())) {
            Entry::Vacant(vacant) => {
                vacant.insert(location);
            }
            Entry::Occupied(first) => {
                let message =
                    format!("{} {} is the same request as that of another operation", plan.method, plan.path);
                let help = "servers call the first of them; give one of them a path or method of its own";
                let diagnostic = Diagnostic::warning(Code::Unsupported, location, message).help(help);
                diagnostics.push(diagnostic.related(first.get().clone(), "the first one"));
            }
        }
    }
}

fn function_name(planner: &mut Planner<'_>, functions: &mut Scope, operation: &Operation) -> String {
    let wanted = value_name(&operation.id);
    let (pinned, location) = (operation.pinned_name.as_deref(), &operation.location);
    let (name, is_taken) = claim(planner.diagnostics, functions, pinned, &wanted, location);
    if is_taken {
        warn_taken(planner.diagnostics, &wanted, location);
    }
    name
}

/// Methods of a builder, and what `send` needs while arguments are still in use.
const ARGUMENTS: [&str; 7] = ["client", "send", "new", "self_", "url", "request", "form"];

/// `own` are the names of what belongs to operations, beside their builders.
fn plan_operation(
    api: &Api,
    planner: &mut Planner<'_>,
    operation: &Operation,
    (name, type_name): (String, String),
    own: &mut Scope,
) -> OperationPlan {
    let mut arguments = Scope::reserving(&ARGUMENTS);
    let mut parameters: Vec<ParameterPlan> = operation
        .parameters
        .iter()
        .map(|parameter| {
            let wanted = value_name(&parameter.name);
            let (pinned, location) = (parameter.pinned_name.as_deref(), &parameter.location);
            let (argument, is_taken) = claim(planner.diagnostics, &mut arguments, pinned, &wanted, location);
            if is_taken && !ARGUMENTS.contains(&wanted.as_str()) {
                planner.renames.add(
                    Renamed::Parameter,
                    location,
                    &format!("{:?}", parameter.name),
                    &argument,
                );
            }
            let hint = format!("{type_name}{}", crate::names::type_name(&parameter.name));
            let (ty, assertions) = planner.parameter_type(parameter.schema, &hint);
            let is_json =
                parameter.content.as_deref().is_some_and(|name| MediaKind::of(name) == MediaKind::Json);
            // JSON has a word for null, which no style has; where the parameter can be left out, that says it
            // as well.
            let ty = if is_json && parameter.required { planner.with_null(parameter.schema, ty) } else { ty };
            ParameterPlan {
                name: argument,
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
        })
        .collect();
    parameters.extend(negotiated(api, operation, &mut arguments));
    let body =
        operation.body.as_ref().and_then(|body| plan_body(planner, body, &type_name, own, &mut arguments));
    let mut responses: Vec<ResponsePlan> = Vec::new();
    let mut variants = Scope::default();
    for response in &operation.responses {
        responses.push(plan_response(planner, operation, response, &type_name, own, &mut variants));
    }
    let (success, error) = outcomes(responses, &type_name, own);
    let mut security: Vec<Vec<SchemeUse>> = Vec::new();
    for requirement in &operation.security {
        let used = requirement.schemes.iter().filter_map(|(name, scopes)| {
            Some(SchemeUse { scheme: api.security_schemes.get_index_of(name)?, scopes: scopes.clone() })
        });
        security.push(used.collect());
    }
    // Who may come without credentials, and has none to come with, is asked for nothing (OpenAPI 3.1,
    // 4.8.30).
    if security.iter().all(Vec::is_empty) {
        security.clear();
    }
    let mut docs = lines(operation.summary.as_deref().unwrap_or_default());
    let description = lines(operation.description.as_deref().unwrap_or_default());
    if !docs.is_empty() && !description.is_empty() {
        docs.push(String::new());
    }
    docs.extend(description);
    let rejection = rejection(api, operation);
    let base_url = own_base_url(api, operation);
    let mut plan = OperationPlan {
        id: operation.id.clone(),
        name,
        type_name,
        location: operation.location.clone(),
        method: operation.method,
        path: operation.path.clone(),
        sent_to: operation.sent_to.clone(),
        route: String::new(),
        template: None,
        told_by: Vec::new(),
        docs,
        deprecated: operation.deprecated,
        parameters,
        body,
        success,
        error,
        base_url,
        security,
        rejection,
        group: None,
        engine: Engine::Emitter,
    };
    if progenitor_can(planner, &plan) {
        plan.engine = Engine::Engine;
    }
    plan
}

fn plan_body(
    planner: &mut Planner<'_>,
    body: &Body,
    type_name: &str,
    own: &mut Scope,
    arguments: &mut Scope,
) -> Option<BodyPlan> {
    let mut forms: Vec<(&MediaType, BodyForm)> = Vec::new();
    let mut variants = Scope::default();
    let several = body.content.len() > 1;
    for media in by_preference(&body.content) {
        let is_form = |kind| matches!(kind, MediaKind::Json | MediaKind::Form | MediaKind::Multipart);
        let alike = |known: &MediaType| {
            is_same_schema(planner.api, known, media)
                && (is_same_syntax(known, media) || (is_form(known.kind) && is_form(media.kind)))
                && known.sequence() == media.sequence()
                && known.encoding.is_empty()
                && media.encoding.is_empty()
        };
        if let Some((_, form)) = forms.iter_mut().find(|(known, _)| alike(known)) {
            form.accepted.push((media.name.clone(), media.kind));
            continue;
        }
        let (variant, _) = variants.claim(&form_name(&media.name));
        let hint = if several { format!("{type_name}{variant}Body") } else { format!("{type_name}Body") };
        let encoding = |(wire, encoding): (&String, &Encoding)| EncodingPlan {
            wire: wire.clone(),
            content_type: encoding.content_type.clone(),
            style: encoding.style,
        };
        let ty = sent(planner, media, &hint);
        let form = BodyForm {
            variant,
            kind: media.kind,
            media_type: media.name.clone(),
            accepted: vec![(media.name.clone(), media.kind)],
            assertions: match (media.kind, media.schema) {
                // Of what comes piece by piece, each piece is asked.
                _ if matches!(ty, RustType::Stream(Stream::Lines(_))) => {
                    planner.api.item(media).map(|item| planner.assertions(item)).unwrap_or_default()
                }
                _ if media.sequence().is_some() => Default::default(),
                (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, Some(schema)) => {
                    planner.assertions(schema)
                }
                (MediaKind::Text, Some(schema)) if says_more(planner.api, media) => {
                    planner.assertions(schema)
                }
                _ => Default::default(),
            },
            ty,
            encodings: media.encoding.iter().map(encoding).collect(),
        };
        forms.push((media, form));
    }
    let forms: Vec<BodyForm> = forms.into_iter().map(|(_, form)| form).collect();
    let enumeration = (forms.len() > 1).then(|| own.claim(&format!("{type_name}Body")).0);
    (!forms.is_empty()).then(|| BodyPlan {
        forms,
        enumeration,
        required: body.required,
        name: arguments.claim("body").0,
        description: body.description.clone(),
    })
}

/// The forms of a body: plain JSON first, then other JSON, then the rest; a range after what it is a range
/// of.
fn by_preference(content: &[MediaType]) -> Vec<&MediaType> {
    let mut content: Vec<&MediaType> = content.iter().collect();
    content.sort_by_key(|media| {
        let essence = media.name.split([';', ',']).next().unwrap_or_default().trim();
        let is_plain = essence.eq_ignore_ascii_case("application/json");
        let is_other = MediaKind::of(&media.name) != MediaKind::Json;
        (media.kind != MediaKind::Json, !is_plain, media.name.contains('*'), is_other)
    });
    content
}

/// Whether a plain text has a schema that says more than that it is one.
fn says_more(api: &Api, media: &MediaType) -> bool {
    let Some(id) = media.schema.filter(|_| media.kind == MediaKind::Text && media.essence() == "text/plain")
    else {
        return false;
    };
    let schema = api.schema(api.resolve(id));
    match &schema.kind {
        Kind::Any | Kind::Never | Kind::Opaque => false,
        Kind::String(None) => !schema.assertions.is_empty(),
        _ => true,
    }
}

/// Whether a body of one media type is as good as one of another. A text alone is JSON as well as plain text.
fn is_same_syntax(known: &MediaType, media: &MediaType) -> bool {
    let is_text =
        known.kind == MediaKind::Json && media.kind == MediaKind::Text && media.essence() == "text/plain";
    known.kind == media.kind || (is_text && media.schema.is_some())
}

/// Whether two bodies hold the same: one schema, or two that say the same in the same words.
fn is_same_schema(api: &Api, left: &MediaType, right: &MediaType) -> bool {
    if left.is_item != right.is_item {
        return false;
    }
    match (left.schema, right.schema) {
        (Some(left), Some(right)) => {
            api.resolve(left) == api.resolve(right) || api.json_schema(left) == api.json_schema(right)
        }
        (left, right) => left.is_none() && right.is_none(),
    }
}

/// The name of a form of a body, after its media type.
fn form_name(media_type: &str) -> String {
    let essence = media_type.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/').unwrap_or((&essence, "*"));
    match subtype {
        "x-www-form-urlencoded" => "Form".to_owned(),
        "form-data" => "Multipart".to_owned(),
        "plain" => "Text".to_owned(),
        "octet-stream" => "Bytes".to_owned(),
        "*" if kind == "*" => "Any".to_owned(),
        "*" => type_name(kind),
        subtype => type_name(subtype.strip_prefix("x-").unwrap_or(subtype)),
    }
}

fn media_type(planner: &mut Planner<'_>, media: &MediaType, hint: &str) -> RustType {
    match (media.kind, media.schema) {
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, Some(schema)) => {
            planner.nullable_type(schema, hint)
        }
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, None) => RustType::Json,
        (MediaKind::Text, Some(schema)) if says_more(planner.api, media) => planner.rust_type(schema, hint),
        (MediaKind::Text, _) => RustType::String,
        (MediaKind::Bytes, _) => RustType::Bytes,
    }
}

/// The type of a request's body: bytes and lines of JSON come piece by piece.
fn sent(planner: &mut Planner<'_>, media: &MediaType, hint: &str) -> RustType {
    let streams = match media.sequence() {
        Some(Sequence::Lines | Sequence::Records) => true,
        Some(Sequence::Events) => false,
        None => media.kind == MediaKind::Bytes,
    };
    let stream = if streams { stream(planner, media, hint) } else { None };
    stream.map_or_else(|| media_type(planner, media, hint), RustType::Stream)
}

fn plan_response(
    planner: &mut Planner<'_>,
    operation: &Operation,
    response: &Response,
    type_name: &str,
    own: &mut Scope,
    variants: &mut Scope,
) -> ResponsePlan {
    let (variant, _) = variants.claim(&variant_name(response.status));
    let mut payloads: Vec<(&MediaType, String, Payload)> = Vec::new();
    let content =
        if operation.method == Method::Head { Vec::new() } else { by_preference(&response.content) };
    let mut forms = Scope::default();
    // As `outcomes` has it.
    let stands_for_success = response.status.is_success()
        || (response.status == Status::Default
            && !operation.responses.iter().any(|other| other.status.is_success()));
    for media in &content {
        let is_known = |known: &MediaType| {
            let is_same = is_same_syntax(known, media) && known.sequence() == media.sequence();
            is_same && is_same_schema(planner.api, known, media)
        };
        if payloads.iter().any(|(known, ..)| is_known(known)) {
            continue;
        }
        let (form, _) = forms.claim(&form_name(&media.name));
        let hint = if payloads.is_empty() {
            format!("{type_name}{variant}")
        } else {
            format!("{type_name}{variant}{form}")
        };
        let name = media.name.clone();
        let stream = stands_for_success.then(|| stream(planner, media, &hint)).flatten();
        let payload = match (stream, media.kind) {
            (Some(stream), _) => Payload::Stream(stream, name),
            (None, MediaKind::Json) => Payload::Json(media_type(planner, media, &hint), name),
            (None, MediaKind::Text) => Payload::Text(media_type(planner, media, &hint), name),
            (None, MediaKind::Form) => Payload::Text(RustType::String, name),
            (None, _) => Payload::Bytes(name),
        };
        payloads.push((media, form, payload));
    }
    let mut payloads: Vec<(String, Payload)> =
        payloads.into_iter().map(|(_, form, payload)| (form, payload)).collect();
    let payload = match payloads.len() {
        0 => Payload::Empty,
        1 => payloads.remove(0).1,
        _ => Payload::OneOf(own.claim(&format!("{type_name}{variant}Body")).0, payloads),
    };
    let headers = plan_headers(planner, response, &payload, &format!("{type_name}{variant}"), own);
    ResponsePlan {
        status: response.status,
        variant,
        description: response.description.clone(),
        payload,
        media_types: content.iter().map(|media| media.name.clone()).collect(),
        headers,
    }
}

/// A body that comes piece by piece; none where it is one text.
fn stream(planner: &mut Planner<'_>, media: &MediaType, hint: &str) -> Option<Stream> {
    let item =
        planner.api.item(media).map(|item| Box::new(planner.nullable_type(item, &format!("{hint}Item"))));
    Some(match (media.sequence(), item) {
        (Some(Sequence::Events), Some(item)) => Stream::Events(item),
        (Some(Sequence::Events), None) => Stream::Texts,
        (Some(Sequence::Lines | Sequence::Records), item) => {
            Stream::Lines(item.unwrap_or_else(|| Box::new(RustType::Json)))
        }
        (None, _) => {
            let is_bytes = match media.kind {
                MediaKind::Bytes | MediaKind::Multipart => true,
                MediaKind::Json | MediaKind::Text | MediaKind::Form => false,
            };
            return is_bytes.then_some(Stream::Bytes);
        }
    })
}

/// What the header field of a body's media type is called.
const CONTENT_TYPE: &str = "Content-Type";

/// Declared headers, and the media type where the document only gives a range.
fn plan_headers(
    planner: &mut Planner<'_>,
    response: &Response,
    payload: &Payload,
    hint: &str,
    own: &mut Scope,
) -> Option<HeadersPlan> {
    let mut names = Scope::default();
    let mut fields = Vec::new();
    let ranges: Vec<&str> =
        response.content.iter().filter(|own| own.is_chosen()).map(|own| own.name.as_str()).collect();
    if payload.media_types().iter().any(|name| ranges.contains(name)) {
        fields.push(HeaderField {
            name: names.claim("content_type").0,
            wire: CONTENT_TYPE.to_owned(),
            docs: vec!["The media type of the body.".to_owned()],
            ty: RustType::String,
            // Nothing that goes without saying is of a range of a suffix, nor of a range of JSON beside JSON
            // that holds something else.
            required: matches!(payload, Payload::Bytes(_) | Payload::Stream(Stream::Bytes, _))
                || response.content.iter().any(|own| own.beside_json)
                || payload.media_types().iter().any(|name| name.contains("*+")),
            explode: false,
            is_json: false,
            assertions: Map::new(),
        });
    }
    for header in &response.headers {
        let frames = is_framing(&header.name);
        let (required, hint_of_type) =
            (header.required && !frames, format!("{hint}{}", type_name(&header.name)));
        let ty = match header.is_json && required {
            true => planner.nullable_type(header.schema, &hint_of_type),
            false => planner.rust_type(header.schema, &hint_of_type),
        };
        // Each cookie is a line of its own (RFC 9110, 5.3).
        let is_cookie = header.name.eq_ignore_ascii_case("set-cookie");
        let ty = if is_cookie && !matches!(ty, RustType::Vec(_)) { RustType::Vec(Box::new(ty)) } else { ty };
        let mut docs = lines(header.description.as_deref().unwrap_or_default());
        if header.deprecated {
            // An attribute would warn of the code that writes it, too.
            docs.extend(
                [String::new(), "Deprecated.".to_owned()].into_iter().skip(usize::from(docs.is_empty())),
            );
        }
        if frames {
            let words = [String::new(), "A server need not say it: the connection does.".to_owned()];
            docs.extend(words.into_iter().skip(usize::from(docs.is_empty())));
        }
        fields.push(HeaderField {
            name: names.claim(&value_name(&header.name)).0,
            wire: header.name.clone(),
            docs,
            ty,
            required,
            explode: header.explode,
            is_json: header.is_json,
            assertions: if header.is_json { Map::new() } else { told_apart(planner, header.schema) },
        });
    }
    (!fields.is_empty()).then(|| HeadersPlan { name: own.claim(&format!("{hint}Headers")).0, fields })
}

/// The keywords that say what the items and members of a value are, where its type does not.
fn told_apart(planner: &mut Planner<'_>, schema: SchemaId) -> Map<String, Value> {
    let assertions = planner.assertions(schema);
    if !["prefixItems", "patternProperties"].iter().any(|keyword| assertions.contains_key(*keyword)) {
        return Map::new();
    }
    let is_one = |keyword: &str| {
        ["prefixItems", "items", "patternProperties", "additionalProperties"].contains(&keyword)
    };
    assertions.into_iter().filter(|(keyword, _)| is_one(keyword)).collect()
}

/// What a program may say of the media types of a request, where the document leaves it open: which one the
/// body has, and which one the answer should have.
fn negotiated(api: &Api, operation: &Operation, arguments: &mut Scope) -> Vec<ParameterPlan> {
    let ranges = operation.body.iter().flat_map(|body| &body.content).any(MediaType::is_chosen);
    let only_range = operation.body.as_ref().is_some_and(|body| {
        body.required && body.content.iter().all(|media| media.is_chosen() && !media.name.starts_with("*/"))
    });
    // Where all say the same as JSON, there is nothing to choose.
    let answers = |response: &Response| {
        let content = by_preference(&response.content);
        let first = content.first();
        let is_first = |media: &&MediaType| {
            first.is_some_and(|first| {
                first.kind == MediaKind::Json
                    && is_same_syntax(first, media)
                    && is_same_schema(api, first, media)
            })
        };
        response.status.is_success() && response.content.len() > 1 && !content.iter().all(is_first)
    };
    let mut parameter = |is_wanted: bool, wire: &str, required: bool, docs: &str| {
        let is_declared = |own: &spec_api::Parameter| {
            own.place == ParameterIn::Header && own.name.eq_ignore_ascii_case(wire)
        };
        let is_wanted = is_wanted && !operation.parameters.iter().any(is_declared);
        is_wanted.then(|| ParameterPlan {
            name: arguments.claim(&value_name(wire)).0,
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
        })
    };
    let content_type = parameter(ranges, CONTENT_TYPE, only_range, "The media type of the body.");
    let accept = operation.method != Method::Head && operation.responses.iter().any(answers);
    let accept = parameter(
        accept,
        "Accept",
        false,
        "The media type that the answer should have; all that the document names, if absent.",
    );
    content_type.into_iter().chain(accept).collect()
}

/// The name of a status (RFC 9110, section 15, and IANA's registry).
fn variant_name(status: Status) -> String {
    match status {
        Status::Code(code) => {
            match http::StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason()) {
                Some(reason) => type_name(&reason.replace('\'', "")),
                None => format!("Status{code}"),
            }
        }
        Status::Range(1) => "Informational".to_owned(),
        Status::Range(2) => "Success".to_owned(),
        Status::Range(3) => "Redirection".to_owned(),
        Status::Range(4) => "ClientError".to_owned(),
        Status::Range(_) => "ServerError".to_owned(),
        Status::Default => "Default".to_owned(),
    }
}

/// Splits answers into what was hoped for and what went wrong. `default` stands for errors; where nothing
/// else is declared for success, it stands for that as well (OpenAPI 3.1, 4.8.16).
fn outcomes(responses: Vec<ResponsePlan>, type_name: &str, own: &mut Scope) -> (Outcome, Outcome) {
    let (mut success, mut error): (Vec<_>, Vec<_>) =
        responses.into_iter().partition(|response| response.status.is_success());
    if success.is_empty()
        && let Some(default) = error.iter().find(|response| response.status == Status::Default)
    {
        success.push(ResponsePlan { status: Status::Range(2), ..default.clone() });
    }
    // Codes, then ranges, then the default, in the order in which an answer is looked up.
    success.sort_by_key(|response| response.status);
    error.sort_by_key(|response| response.status);
    let mut outcome = |responses: Vec<ResponsePlan>, what: &str| {
        let several = responses.iter().any(|response| response.payload.ty() != responses[0].payload.ty());
        Outcome { enumeration: several.then(|| own.claim(&format!("{type_name}{what}")).0), responses }
    };
    (outcome(success, "Success"), outcome(error, "Error"))
}

/// Where the document declares how a request that does not fit is answered: in that shape, if it can be
/// filled.
fn rejection(api: &Api, operation: &Operation) -> RejectionPlan {
    for status in [Status::Code(422), Status::Code(400), Status::Range(4), Status::Default] {
        let Some(response) = operation.responses.iter().find(|response| response.status == status) else {
            continue;
        };
        let code = if status == Status::Code(422) { 422 } else { 400 };
        let json = response.content.iter().find(|media| media.kind == MediaKind::Json);
        let Some((media, schema)) = json.and_then(|media| Some((media, media.schema?))) else {
            return RejectionPlan::Problem(code);
        };
        if is_detail(api, schema) {
            return RejectionPlan::Detail(code);
        }
        return match filled(api, schema, code, 0) {
            Some(value)
                if media.name != "application/problem+json" && value.to_string().contains(MESSAGE) =>
            {
                // Of a range, the plain one.
                let name = if media.name.contains('*') { "application/json" } else { &media.name };
                RejectionPlan::Filled(code, name.to_owned(), value)
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
        Kind::Array(Some(items)) if is_plain => {
            Some(filled(api, *items, status, depth + 1).into_iter().collect())
        }
        Kind::Object(object) if is_plain => filled_object(api, object, status, depth),
        Kind::Union { variants, .. } if depth < 8 => {
            variants.iter().find_map(|id| filled(api, *id, status, depth + 1))
        }
        _ => None,
    };
    value.or(api.is_nullable(id).then_some(Value::Null))
}

/// Properties that must be there, and those whose name says that they tell what is wrong.
fn filled_object(api: &Api, object: &Object, status: u16, depth: usize) -> Option<Value> {
    const TELLING: [&str; 9] =
        ["message", "msg", "error", "errors", "detail", "details", "title", "description", "reason"];
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
        Kind::Object(object) => object
            .properties
            .iter()
            .find(|property| property.name == name)
            .map(|property| api.resolve(property.schema)),
        _ => None,
    };
    let Some(detail) = property(id, "detail") else { return false };
    let Kind::Array(Some(entry)) = api.schema(detail).kind else { return false };
    let is_string =
        |name| property(entry, name).is_some_and(|id| matches!(api.schema(id).kind, Kind::String(_)));
    let is_list = property(entry, "loc").is_some_and(|id| matches!(api.schema(id).kind, Kind::Array(_)));
    is_string("msg") && is_string("type") && is_list
}

/// Whether progenitor can express an operation without losing anything, once it is lowered: scalars in the
/// path, scalars and exploded lists that may be left out in the query, scalars in headers, a JSON body that
/// is a model and must be there.
fn progenitor_can(planner: &Planner<'_>, plan: &OperationPlan) -> bool {
    let scalar = |ty: &RustType| is_scalar(planner, ty);
    let parameter = |parameter: &ParameterPlan| {
        if parameter.is_json || parameter.allow_reserved {
            return false;
        }
        match (parameter.place, parameter.style, &parameter.ty) {
            // progenitor writes it as `Display` does, which is not RFC 3339.
            (ParameterIn::Path, _, RustType::DateTime) => false,
            (ParameterIn::Path, Style::Simple, ty) => scalar(ty),
            // That a list has items, we ask before it is written.
            (ParameterIn::Query, Style::Form, RustType::Vec(item)) => {
                !parameter.required && parameter.explode && scalar(item)
            }
            (ParameterIn::Query, Style::Form, ty) => scalar(ty),
            _ => false,
        }
    };
    let body = |body: &BodyPlan| {
        let form = body.only().filter(|_| body.required);
        form.is_some_and(|form| {
            form.media_type == "application/json" && matches!(form.ty, RustType::Model(_))
        })
    };
    let answer = |response: &ResponsePlan| match &response.payload {
        Payload::Json(_, media_type) => media_type == "application/json",
        Payload::Empty => true,
        Payload::Text(..) | Payload::Bytes(_) | Payload::Stream(..) | Payload::OneOf(..) => false,
    };
    let has_body = |method| matches!(method, Method::Put | Method::Post | Method::Patch | Method::Delete);
    let mut names: Vec<&str> = plan.parameters.iter().map(|parameter| parameter.wire.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.len() == plan.parameters.len()
        && plan.base_url.is_none()
        && plan.parameters.iter().all(parameter)
        && plan.success.responses.iter().chain(&plan.error.responses).all(answer)
        && plan.body.as_ref().is_none_or(|plan_body| has_body(plan.method) && body(plan_body))
        && !matches!(plan.method, Method::Options | Method::Trace)
        && template_is_plain(&plan.path)
}

/// Each parameter is a segment of its own, and there is no query.
fn template_is_plain(path: &str) -> bool {
    !path.contains(['?', '#'])
        && path.split('/').all(|segment| {
            !segment.contains(['{', '}'])
                || (segment.starts_with('{') && segment.find('}') == Some(segment.len() - 1))
        })
}

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
        RustType::Model(id) => planner.is_enumeration(*id),
        _ => false,
    }
}
