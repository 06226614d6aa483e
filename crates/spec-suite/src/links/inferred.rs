//! Links that the document does not declare, but names and paths tell.

use super::words::{plain, singular, thing};
use super::{EACH, Link, Target};
use crate::case::{Place, Source};
use spec_api::{Api, Kind, MediaKind, Operation, ParameterIn, SchemaId};
use spec_http::template::lone_placeholder;

/// The depth to which the answers of a list are looked into.
const DEPTH: usize = 3;

/// A property of an answer.
struct Found {
    pointer: String,
    name: String,
    schema: SchemaId,
    /// True if it stands in an item of a list.
    is_listed: bool,
}

/// A thing that requests of an operation name.
struct Wanted {
    target: Target,
    schema: SchemaId,
    /// The name of the parameter or property.
    name: String,
    /// The thing: `customer`.
    thing: String,
    /// Of a path parameter, the path before it.
    collection: Option<String>,
}

/// Returns the links that names and paths tell.
pub(super) fn links(api: &Api) -> Vec<Link> {
    let found: Vec<Vec<Found>> = api.operations.iter().map(|own| properties(api, own)).collect();
    let mut links = Vec::new();
    for to in &api.operations {
        for wanted in wanted(api, to) {
            for (from, found) in api.operations.iter().zip(&found) {
                between(api, (from, found), (to, &wanted), &mut links);
            }
        }
    }
    links
}

/// Returns what the requests of an operation name.
fn wanted(api: &Api, operation: &Operation) -> Vec<Wanted> {
    let mut all = Vec::new();
    for parameter in &operation.parameters {
        let (named, handle) = thing(&parameter.name);
        let is_path = parameter.place == ParameterIn::Path;
        // In other places than paths, only what is called an id surely is one.
        let is_id =
            matches!(handle, Some("id" | "ids" | "uuid" | "guid" | "sid" | "slug")) && named.is_some();
        if !is_path && !is_id {
            continue;
        }
        let collection = is_path.then(|| collection(&operation.path, &parameter.name)).flatten();
        let before = collection.as_deref().and_then(last_word).map(|word| singular(&word));
        let Some(thing) = named.filter(|_| handle.is_some()).or(before) else { continue };
        all.push(Wanted {
            target: Target::Argument(parameter.place.into(), parameter.name.clone()),
            schema: parameter.schema,
            name: parameter.name.clone(),
            thing,
            collection,
        });
    }
    let media = operation.body.iter().flat_map(|body| &body.content);
    let schema = media.filter(|media| media.kind == MediaKind::Json).find_map(|media| media.schema);
    if let Some(schema) = schema {
        wanted_below(api, schema, "", 0, &mut all);
    }
    all
}

/// Adds what a value of a body names, at any depth: `lines[].item_id`, and each of `tagIds`.
fn wanted_below(api: &Api, id: SchemaId, pointer: &str, depth: usize, all: &mut Vec<Wanted>) {
    if depth > DEPTH {
        return;
    }
    let object = match &api.schema(api.resolve(id)).kind {
        Kind::Object(object) => object,
        Kind::Array(Some(items)) => {
            return wanted_below(api, *items, &format!("{pointer}/{EACH}"), depth + 1, all);
        }
        _ => return,
    };
    for property in &object.properties {
        let place = format!("{pointer}/{}", property.name.replace('~', "~0").replace('/', "~1"));
        let mut push = |target: String, schema: SchemaId, name: &str, thing: String| {
            let (target, name) = (Target::Body(target), name.to_owned());
            all.push(Wanted { target, schema, name, thing, collection: None });
        };
        let items = match &api.schema(api.resolve(property.schema)).kind {
            Kind::Array(items) => *items,
            _ => None,
        };
        match (thing(&property.name), items) {
            ((Some(thing), Some("id" | "uuid" | "guid" | "sid")), None) => {
                push(place, property.schema, &property.name, thing);
            }
            ((Some(thing), Some("ids")), Some(items)) => {
                let one = &property.name[..property.name.len() - 1];
                push(format!("{place}/{EACH}"), items, one, thing);
            }
            _ => wanted_below(api, property.schema, &place, depth + 1, all),
        }
    }
}

/// Returns the path before a parameter that is a whole segment.
pub(crate) fn collection(path: &str, name: &str) -> Option<String> {
    let mut before = String::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if lone_placeholder(segment) == Some(name) {
            return Some(before);
        }
        before.push('/');
        before.push_str(segment);
    }
    None
}

/// Returns the last segment of a path that is no parameter.
pub(crate) fn last_word(path: &str) -> Option<String> {
    path.rsplit('/').find(|own| !own.is_empty() && !own.contains('{')).map(str::to_owned)
}

/// Adds the links from one operation to what another one wants.
fn between(
    api: &Api,
    (from, found): (&Operation, &[Found]),
    (to, wanted): (&Operation, &Wanted),
    links: &mut Vec<Link>,
) {
    let mut push = |source: Source, rank: u8, reason: String| {
        let (from, to, target) = (from.id.clone(), to.id.clone(), wanted.target.clone());
        links.push(Link { from, source, to, target, reason, rank });
    };
    let is_made = from.method == spec_api::Method::Post;
    let is_here = wanted.collection.as_deref() == Some(from.path.trim_end_matches('/'));
    let word = last_word(&from.path).map(|word| singular(&word));
    let is_named = word.as_deref() == Some(wanted.thing.as_str()) && lone_end(&from.path).is_none();
    let shown = format!("{} {}", from.method, from.path);
    let (thing, name) = (&wanted.thing, &wanted.name);
    if is_made && (is_here || is_named) {
        let rank = if is_here { 1 } else { 2 };
        let why = match is_here {
            true => format!("it makes what {} is the collection of", from.path),
            false => format!("its path ends in the name of such a thing: {thing}"),
        };
        for property in handles(api, found, wanted).filter(|own| !own.is_listed) {
            let reason = format!("`{}` of what {shown} answers: {why}", property.name);
            push(Source::Answer(property.pointer.clone()), rank, reason);
        }
        let has_location =
            from.responses.iter().filter(|own| own.status.is_success()).flat_map(|own| &own.headers);
        let mut has_location = has_location.filter(|own| own.name.eq_ignore_ascii_case("location"));
        if let (Some(_), Some(template)) = (has_location.next(), item(api, wanted, to)) {
            let header = "Location".to_owned();
            let reason = format!("the Location that {shown} answers leads to {template}");
            push(Source::Path { header, name: last_name(&template), template }, rank + 1, reason);
        }
        // Ids that whoever makes it gives.
        if found.is_empty()
            && let Some(source) = given(api, from, wanted)
        {
            push(source, rank + 2, format!("{shown} is told the id of what it makes"));
        }
    }
    if from.method == spec_api::Method::Put
        && from.path == to.path
        && from.id != to.id
        && let Target::Argument(place, own) = &wanted.target
    {
        let reason = format!("{shown} makes what stands at its own path");
        push(Source::Argument(*place, own.clone()), 5, reason);
    }
    if from.method == spec_api::Method::Get && (is_here || is_named) {
        for property in handles(api, found, wanted).filter(|own| own.is_listed) {
            let reason = format!("`{}` of the first that {shown} lists", property.name);
            push(Source::Answer(property.pointer.clone()), 6, reason);
        }
    } else if !(is_here || is_named) && from.method != spec_api::Method::Delete && from.id != to.id {
        let same = |own: &&Found| plain(&own.name) == plain(name) && super::words::thing(name).0.is_some();
        for property in found.iter().filter(same).filter(|own| is_like(api, own.schema, wanted.schema)) {
            let reason = format!("{shown} answers a `{}`, too", property.name);
            push(Source::Answer(property.pointer.clone()), 7, reason);
        }
    }
}

/// Returns the properties that may name the thing, the likeliest first.
fn handles<'a>(api: &'a Api, found: &'a [Found], wanted: &'a Wanted) -> impl Iterator<Item = &'a Found> {
    let rank = |own: &Found| {
        let (thing, handle) = thing(&own.name);
        let asked = super::words::thing(&wanted.name).1;
        if own.name == wanted.name {
            return Some(0);
        }
        match (thing, handle) {
            (None, handle) if handle == asked.or(Some("id")) => Some(1),
            (Some(thing), handle) if thing == wanted.thing && handle == asked.or(Some("id")) => Some(2),
            (None, Some("id" | "uuid" | "guid" | "sid")) if asked.is_none_or(|own| own == "id") => Some(3),
            (Some(_), None) if plain(&own.name) == plain(&wanted.name) => Some(4),
            _ => None,
        }
    };
    let mut ranked: Vec<(u8, &Found)> = found
        .iter()
        .filter(|own| is_like(api, own.schema, wanted.schema))
        .filter_map(|own| Some((rank(own)?, own)))
        .collect();
    ranked.sort_by_key(|(rank, own)| (own.pointer.matches('/').count(), *rank));
    ranked.into_iter().map(|(_, own)| own).take(1)
}

/// Returns where a request that makes something gives its id.
fn given(api: &Api, from: &Operation, wanted: &Wanted) -> Option<Source> {
    let schema = from.body.as_ref()?.content.iter().find_map(|media| media.schema)?;
    let Kind::Object(object) = &api.schema(api.resolve(schema)).kind else { return None };
    let mut all = object.properties.iter();
    let own = all.find(|own| own.name == wanted.name || thing(&own.name) == (None, Some("id")))?;
    Some(Source::Request(format!("/{}", own.name)))
}

/// Returns the template of a single thing: the path up to the parameter that names it.
fn item(api: &Api, wanted: &Wanted, to: &Operation) -> Option<String> {
    let Target::Argument(Place::Path, name) = &wanted.target else { return None };
    let path = format!("{}/{{{name}}}", collection(&to.path, name)?);
    api.operations.iter().any(|own| own.path == path).then_some(path)
}

fn last_name(template: &str) -> String {
    lone_end(template).unwrap_or_default().to_owned()
}

/// Returns the parameter that a path ends in.
pub(crate) fn lone_end(path: &str) -> Option<&str> {
    lone_placeholder(path.rsplit('/').next()?)
}

/// Returns whether values of two schemas may be the same.
fn is_like(api: &Api, one: SchemaId, other: SchemaId) -> bool {
    let kind = |id| &api.schema(api.resolve(id)).kind;
    match (kind(one), kind(other)) {
        (Kind::String(one), Kind::String(other)) => match (one, other) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        },
        (Kind::Integer(_), Kind::Integer(_)) => true,
        // In a path everything is a text.
        (Kind::Integer(_), Kind::String(None)) | (Kind::Any | Kind::Opaque, _) => true,
        (_, Kind::Any | Kind::Opaque) => true,
        (Kind::Enum(_), _) | (_, Kind::Enum(_)) => false,
        _ => false,
    }
}

/// Returns the properties of what an operation answers when all is well.
fn properties(api: &Api, operation: &Operation) -> Vec<Found> {
    let mut found = Vec::new();
    let well = operation.responses.iter().filter(|own| own.status.is_success());
    let schema = well
        .flat_map(|own| &own.content)
        .filter(|own| own.kind == MediaKind::Json)
        .find_map(|own| own.schema);
    if let Some(schema) = schema {
        walk(api, schema, (String::new(), false), 0, &mut found);
    }
    found
}

fn walk(api: &Api, id: SchemaId, (pointer, is_listed): (String, bool), depth: usize, found: &mut Vec<Found>) {
    if depth > DEPTH {
        return;
    }
    match &api.schema(api.resolve(id)).kind {
        Kind::Object(object) => {
            for property in &object.properties {
                let token = property.name.replace('~', "~0").replace('/', "~1");
                let pointer = format!("{pointer}/{token}");
                found.push(Found {
                    pointer: pointer.clone(),
                    name: property.name.clone(),
                    schema: property.schema,
                    is_listed,
                });
                walk(api, property.schema, (pointer, is_listed), depth + 1, found);
            }
        }
        Kind::Array(Some(item)) => walk(api, *item, (format!("{pointer}/0"), true), depth + 1, found),
        Kind::Union { variants, .. } => {
            variants.iter().for_each(|own| walk(api, *own, (pointer.clone(), is_listed), depth + 1, found));
        }
        _ => {}
    }
}
