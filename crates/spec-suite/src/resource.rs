//! Things that a service keeps: what makes one, shows it, changes it, takes it away and lists it.
//!
//! Must not send anything.

use crate::links::{Link, Target, collection, last_name};
use spec_api::{Api, Method, Operation};
use spec_http::template::placeholders;

/// A thing that a service keeps, by the operations on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resource {
    pub(crate) path: String,
    pub(crate) create: Option<String>,
    pub(crate) get: Option<String>,
    pub(crate) put: Option<String>,
    pub(crate) patch: Option<String>,
    pub(crate) delete: Option<String>,
    pub(crate) list: Option<String>,
    /// Operations below the path of one.
    pub(crate) children: Vec<String>,
}

/// The highest rank of links by which a thing is what was made.
const SURE: u8 = 4;

/// Returns the things of an API, in the order of its paths.
pub(crate) fn resources(api: &Api, links: &[Link]) -> Vec<Resource> {
    let mut paths: Vec<&str> = Vec::new();
    for operation in &api.operations {
        if !paths.contains(&operation.path.as_str()) {
            paths.push(&operation.path);
        }
    }
    let mut found = Vec::new();
    for path in paths {
        let own = |method: Method| {
            let mut all = api.operations.iter();
            all.find(|own| own.path == path && own.method == method).map(|own| own.id.clone())
        };
        let mut resource = Resource {
            path: path.to_owned(),
            get: own(Method::Get),
            put: own(Method::Put),
            patch: own(Method::Patch),
            delete: own(Method::Delete),
            ..Resource::default()
        };
        let changes = resource.put.is_some() || resource.patch.is_some() || resource.delete.is_some();
        match last_name(path) {
            Some(name) => {
                resource.create = created(api, links, &resource, name);
                resource.list = listed(api, path, name);
            }
            // What there is one of: the settings of an account, say.
            None if resource.get.is_some() && changes && own(Method::Post).is_none() => {}
            None => continue,
        }
        if resource.create.is_none() && !changes {
            continue;
        }
        resource.children = below(api, path);
        found.push(resource);
    }
    found
}

/// Returns the operation that makes one: by the link for its last parameter.
fn created(api: &Api, links: &[Link], resource: &Resource, name: &str) -> Option<String> {
    let users = [&resource.get, &resource.delete, &resource.patch, &resource.put];
    let users: Vec<&String> = users.into_iter().flatten().collect();
    let is_own = |link: &&Link| {
        link.rank <= SURE
            && users.contains(&&link.to)
            && matches!(&link.target, Target::Argument(_, own) if own == name)
    };
    let makes =
        |link: &&Link| api.operations.iter().any(|own| own.id == link.from && own.method == Method::Post);
    links.iter().filter(is_own).find(makes).map(|link| link.from.clone())
}

fn listed(api: &Api, path: &str, name: &str) -> Option<String> {
    let before = collection(path, name)?;
    let is_list = |own: &&Operation| own.method == Method::Get && own.path.trim_end_matches('/') == before;
    api.operations.iter().find(is_list).map(|own| own.id.clone())
}

/// Returns the operations on paths below one, those that need nothing else first.
fn below(api: &Api, path: &str) -> Vec<String> {
    let prefix = format!("{path}/");
    let mut own: Vec<&Operation> =
        api.operations.iter().filter(|own| own.path.starts_with(&prefix)).collect();
    own.sort_by_key(|own| placeholders(&own.path).count());
    own.into_iter().map(|own| own.id.clone()).collect()
}
