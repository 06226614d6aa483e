//! Links that the document declares: Link Objects and their runtime expressions (OpenAPI 3.1, 4.8.20).

use super::{Link, Target};
use crate::case::{Place, Source};
use serde_json::Value;
use spec_api::{Api, Operation, ParameterIn};
use spec_document::{Place as DocumentPlace, Pointer};

/// The number of references that are followed.
const DEPTH: usize = 8;

/// Returns the links that the answers of each operation declare.
pub(super) fn links(api: &Api) -> Vec<Link> {
    let mut links = Vec::new();
    for from in &api.operations {
        for response in from.responses.iter().filter(|response| response.status.is_success()) {
            let DocumentPlace::Pointer { pointer, .. } = &response.location.place else { continue };
            let declared = api.json.pointer(pointer.as_str()).map(|own| resolve(&api.json, own));
            let Some(declared) = declared.and_then(|own| own.get("links")?.as_object()) else { continue };
            for (name, link) in declared {
                let link = resolve(&api.json, link);
                if let Some(to) = target(api, link) {
                    read(from, to, name, link, &mut links);
                }
            }
        }
    }
    links
}

fn resolve<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..DEPTH {
        let reference = value.get("$ref").and_then(Value::as_str).and_then(Pointer::from_fragment);
        match reference.and_then(|pointer| root.pointer(pointer.as_str())) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// Returns the operation that a link leads to.
fn target<'a>(api: &'a Api, link: &Value) -> Option<&'a Operation> {
    if let Some(id) = link.get("operationId").and_then(Value::as_str) {
        return api.operations.iter().find(|own| own.id == id);
    }
    let reference = link.get("operationRef").and_then(Value::as_str)?;
    let pointer = Pointer::from_fragment(&reference[reference.find('#')?..])?;
    let is_own = |own: &&Operation| match &own.location.place {
        DocumentPlace::Pointer { pointer: own, .. } => *own == pointer,
        _ => false,
    };
    api.operations.iter().find(is_own)
}

fn read(from: &Operation, to: &Operation, name: &str, link: &Value, links: &mut Vec<Link>) {
    let mut push = |target: Target, expression: &Value| {
        let Some(source) = expression.as_str().and_then(source) else { return };
        links.push(Link {
            from: from.id.clone(),
            source,
            to: to.id.clone(),
            target,
            reason: format!("the document has the link `{name}`"),
            rank: 0,
        });
    };
    for (written, expression) in link.get("parameters").and_then(Value::as_object).into_iter().flatten() {
        let (place, own) = match written.split_once('.') {
            Some(("path", own)) => (Some(ParameterIn::Path), own),
            Some(("query", own)) => (Some(ParameterIn::Query), own),
            Some(("header", own)) => (Some(ParameterIn::Header), own),
            Some(("cookie", own)) => (Some(ParameterIn::Cookie), own),
            _ => (None, written.as_str()),
        };
        let mut all = to.parameters.iter();
        let meant =
            all.find(|parameter| parameter.name == own && place.is_none_or(|place| place == parameter.place));
        if let Some(parameter) = meant {
            push(Target::Argument(parameter.place.into(), parameter.name.clone()), expression);
        }
    }
    // The whole body, or a value in which expressions stand at any depth.
    let mut open: Vec<(Pointer, &Value)> =
        link.get("requestBody").map(|own| (Pointer::root(), own)).into_iter().collect();
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                open.extend(members.iter().map(|(name, own)| (pointer.join(name), own)));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(index, own)| (pointer.join(index.to_string()), own)));
            }
            expression => push(Target::Body(pointer.as_str().to_owned()), expression),
        }
    }
}

/// Reads a runtime expression (OpenAPI 3.1, 4.8.20.4).
fn source(expression: &str) -> Option<Source> {
    let inner = expression.strip_prefix('{').and_then(|own| own.strip_suffix('}')).unwrap_or(expression);
    let body = |rest: &str| rest.strip_prefix('#').unwrap_or(rest).to_owned();
    if let Some(rest) = inner.strip_prefix("$response.body") {
        return Some(Source::Answer(body(rest)));
    }
    if let Some(rest) = inner.strip_prefix("$request.body") {
        return Some(Source::Request(body(rest)));
    }
    if let Some(name) = inner.strip_prefix("$response.header.") {
        return Some(Source::Header(name.to_owned()));
    }
    let (place, name) = inner.strip_prefix("$request.")?.split_once('.')?;
    let place = match place {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return None,
    };
    Some(Source::Argument(place, name.to_owned()))
}
