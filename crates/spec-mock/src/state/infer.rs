//! What a document says of things: which operations make, list, read, change and delete them.
//!
//! Knows paths: `/things` is a collection and `/things/{id}` a thing in it. Must not know what was made.

use spec_api::{Api, Kind, Method, Operation, SchemaId};
use spec_http::template::lone_placeholder;
use std::collections::HashMap;

/// What an operation does to things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Create,
    List,
    Read,
    Replace,
    Update,
    Delete,
    /// Something else, on a thing or below it.
    Other,
}

/// An operation on things.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) act: Act,
    /// The number of segments of the collection's path.
    pub(crate) depth: usize,
    /// The template of the collection.
    pub(crate) collection: String,
    /// Depths and templates of the collections around it, whose things have to be there.
    pub(crate) parents: Vec<(usize, String)>,
}

/// The collections of a document, and what operations do to them.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    roles: HashMap<String, Role>,
    collections: HashMap<String, Collection>,
}

/// What a document says of a collection.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    /// The name of the parameter that tells one thing from others.
    pub(crate) parameter: Option<String>,
    /// The schema of that parameter.
    pub(crate) schema: Option<SchemaId>,
    /// True if things can be made by asking the collection.
    pub(crate) creates: bool,
    /// True if a thing can be put where there is none.
    pub(crate) replaces: bool,
}

impl Resources {
    pub(crate) fn of(api: &Api) -> Resources {
        let mut resources = Resources::default();
        for operation in &api.operations {
            resources.collect(operation);
        }
        // Of what is only listed and made, nothing tells one from another, but lists still have it.
        let methods = |path: &str, method| {
            api.operations.iter().any(|own| plain(&own.path) == path && own.method == method)
        };
        for operation in api.operations.iter().filter(|own| own.method == Method::Post) {
            let path = plain(&operation.path);
            let is_thing = path.rsplit('/').next().is_some_and(|last| lone_placeholder(last).is_some());
            if !is_thing && (methods(&path, Method::Get) || resources.collections.contains_key(&path)) {
                resources.collections.entry(path).or_default().creates = true;
            }
        }
        for operation in &api.operations {
            if let Some(role) = resources.role_of(operation, api) {
                resources.roles.insert(operation.id.clone(), role);
            }
        }
        resources
    }

    pub(crate) fn role(&self, operation: &Operation) -> Option<&Role> {
        self.roles.get(&operation.id)
    }

    pub(crate) fn collection(&self, template: &str) -> Option<&Collection> {
        self.collections.get(template)
    }

    /// Notes the collection that a thing belongs to.
    fn collect(&mut self, operation: &Operation) {
        let path = plain(&operation.path);
        let Some((collection, name)) = thing(&path) else { return };
        let own = self.collections.entry(collection.to_owned()).or_default();
        own.replaces |= operation.method == Method::Put;
        if own.parameter.is_none() {
            own.parameter = Some(name.to_owned());
            own.schema = operation.parameters.iter().find(|own| own.name == name).map(|own| own.schema);
        }
    }

    fn role_of(&self, operation: &Operation, api: &Api) -> Option<Role> {
        let path = plain(&operation.path);
        let depth = |path: &str| path.split('/').count();
        let parents = |path: &str| {
            let mut parents = Vec::new();
            for (end, _) in path.match_indices('/').skip(1).chain([(path.len(), "")]) {
                if let Some((collection, _)) = thing(&path[..end]).filter(|_| end < path.len()) {
                    parents.push((depth(collection), collection.to_owned()));
                }
            }
            parents
        };
        let role = |act, collection: &str| Role {
            act,
            depth: depth(collection),
            collection: collection.to_owned(),
            parents: parents(&path),
        };
        if let Some((collection, _)) = thing(&path) {
            let has =
                |method| api.operations.iter().any(|own| plain(&own.path) == path && own.method == method);
            let act = match operation.method {
                Method::Get | Method::Head => Act::Read,
                Method::Put => Act::Replace,
                Method::Patch => Act::Update,
                Method::Delete => Act::Delete,
                // Some change by POST what others change by PATCH.
                Method::Post if !has(Method::Put) && !has(Method::Patch) => Act::Update,
                _ => Act::Other,
            };
            return Some(role(act, collection));
        }
        let is_collection = self.collections.contains_key(&path);
        match operation.method {
            Method::Post if is_collection => Some(role(Act::Create, &path)),
            Method::Get | Method::Head if is_collection => Some(role(Act::List, &path)),
            _ if !parents(&path).is_empty() => Some(role(Act::Other, &path)),
            _ => None,
        }
    }
}

/// Returns a path without what some documents write behind it, and without a slash at its end.
fn plain(path: &str) -> String {
    path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned()
}

/// Returns the collection of a thing, and the name of the parameter that tells it from others; none where the
/// path is not that of a thing.
fn thing(path: &str) -> Option<(&str, &str)> {
    let (collection, last) = path.rsplit_once('/')?;
    let name = lone_placeholder(last)?;
    let above = collection.rsplit('/').next().filter(|own| !own.is_empty())?;
    (!above.contains('{')).then_some((collection, name))
}

/// The number of those names of [`id_names`] that can mean nothing else.
pub(crate) const SURE: usize = 5;

/// Returns the names that a thing's id may have as a property, the likeliest first.
pub(crate) fn id_names(parameter: &str, collection: &str) -> Vec<String> {
    let last = collection.rsplit('/').next().unwrap_or_default();
    let single = last.strip_suffix("ies").map(|own| format!("{own}y"));
    let single =
        single.or_else(|| last.strip_suffix('s').map(str::to_owned)).unwrap_or_else(|| last.to_owned());
    let mut names = vec![parameter.to_owned(), "id".to_owned()];
    names.extend([format!("{single}Id"), format!("{single}_id"), format!("{single}ID")]);
    names.extend(["uuid", "_id", "key", "slug", "code", "name"].map(str::to_owned));
    names
}

/// Returns the property that holds an id: by its name, whatever the case and the signs between its words.
pub(crate) fn id_property<'a>(
    names: &[String],
    properties: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let letters = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    names.iter().find_map(|name| properties.clone().find(|own| letters(own) == letters(name)))
}

/// Returns where a thing stands in a body, and its schema: the body itself, or a member of it.
pub(crate) fn thing_place(api: &Api, schema: SchemaId, names: &[String]) -> Option<(Vec<String>, SchemaId)> {
    let has_id = |id: SchemaId| {
        let properties = properties(api, id);
        id_property(names, properties.iter().map(|(name, _)| *name)).is_some()
    };
    if has_id(schema) {
        return Some((Vec::new(), schema));
    }
    let inner = properties(api, schema).into_iter().find(|(_, id)| has_id(*id));
    inner.map(|(name, id)| (vec![name.to_owned()], id))
}

/// Returns where a list of things stands in a body, and the schema of each.
pub(crate) fn list_place(api: &Api, schema: SchemaId, collection: &str) -> Option<(Vec<String>, SchemaId)> {
    const NAMES: [&str; 6] = ["data", "items", "results", "values", "records", "content"];
    let items = |id: SchemaId| match &api.schema(api.resolve(id)).kind {
        Kind::Array(Some(item)) => Some(*item),
        _ => None,
    };
    if let Some(item) = items(schema) {
        return Some((Vec::new(), item));
    }
    let last = collection.rsplit('/').next().unwrap_or_default();
    let is_object = |id: &SchemaId| !properties(api, *id).is_empty();
    let lists: Vec<(&str, SchemaId)> = properties(api, schema)
        .into_iter()
        .filter_map(|(name, id)| Some((name, items(id)?)))
        .filter(|(_, item)| is_object(item))
        .collect();
    let named = lists.iter().find(|(name, _)| *name == last || NAMES.contains(name));
    named.or(lists.first()).map(|(name, item)| (vec![(*name).to_owned()], *item))
}

/// Returns the properties of an object; of a union, those of the first variant that is one.
pub(crate) fn properties(api: &Api, schema: SchemaId) -> Vec<(&str, SchemaId)> {
    match &api.schema(api.resolve(schema)).kind {
        Kind::Object(object) => object.properties.iter().map(|own| (own.name.as_str(), own.schema)).collect(),
        Kind::Union { variants, .. } => variants
            .iter()
            .find_map(|id| match &api.schema(api.resolve(*id)).kind {
                Kind::Object(object) => {
                    Some(object.properties.iter().map(|own| (own.name.as_str(), own.schema)).collect())
                }
                _ => None,
            })
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{id_names, id_property, thing};

    #[test]
    fn things_end_in_a_parameter() {
        assert_eq!(thing("/a/{x}/b/{y}"), Some(("/a/{x}/b", "y")));
        assert_eq!(thing("/a/{x}/{y}"), None);
        assert_eq!(thing("/{x}"), None);
        assert_eq!(thing("/a/b"), None);
    }

    #[test]
    fn ids_have_names() {
        let found = |parameter, collection, own: &[&'static str]| {
            id_property(&id_names(parameter, collection), own.iter().copied())
        };
        assert_eq!(found("petId", "/pets", &["name", "pet_id"]), Some("pet_id"));
        assert_eq!(found("x", "/companies", &["name", "companyId"]), Some("companyId"));
        assert_eq!(found("x", "/pets", &["other"]), None);
    }
}
