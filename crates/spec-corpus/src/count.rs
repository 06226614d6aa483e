//! What a document has, and what became of it, each counted in its text.
//!
//! What vanishes on the way from one to the other can't be seen by whoever does the work; so this knows
//! nothing of the reader, of the `Api` and of the `Plan`: documents are plain JSON here, and generated code
//! is what `syn` makes of it.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use spec_document::{Diagnostics, Sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, ReturnType, TraitItem, Type, Visibility};

/// The methods of a path item (OpenAPI 3.1, 4.8.9), each the key of an operation.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// How far references lead to references, before that counts as a circle.
const FAR: usize = 32;

/// What a document has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCounts {
    /// The version of OpenAPI that it says; empty where it says none.
    pub openapi: String,
    /// Operations of `paths`.
    pub operations: usize,
    /// Operations of `webhooks`.
    pub webhooks: usize,
    /// Operations of callbacks, each counted where it stands, however often it is referred to.
    pub callbacks: usize,
    /// Entries of `components/schemas`.
    pub schemas: usize,
}

/// An operation of `paths`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The method in capitals, a space, and the path.
    pub request: String,
    /// Pointers to the operation and to the path items that lead there.
    pub places: Vec<String>,
}

/// What a document has, operation by operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The numbers.
    pub counts: DocumentCounts,
    /// The operations of `paths`, in the order of the document.
    pub operations: Vec<Operation>,
}

/// Operations of generated code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// How many methods there are.
    pub methods: usize,
    /// What their documentation says that they send or answer: the method in capitals, a space, and the path.
    pub named: BTreeSet<String>,
    /// Methods for what the API sends itself: webhooks and callbacks.
    pub received: usize,
}

/// A value, by the file that it stands in and its pointer there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    file: PathBuf,
    pointer: String,
}

/// Files as plain JSON.
#[derive(Default)]
struct Files {
    read: BTreeMap<PathBuf, Option<Rc<Value>>>,
}

/// Counts what a document has. `None` where it can't be read as JSON or YAML.
pub fn document(path: &Path) -> Option<Counted> {
    let mut files = Files::default();
    let root = files.file(path)?;
    let place = |pointer: String| Place { file: path.to_owned(), pointer };
    let members = |name: &str| -> Vec<String> {
        let members = root.get(name).and_then(Value::as_object);
        members.into_iter().flat_map(Map::keys).filter(|key| !key.starts_with("x-")).cloned().collect()
    };
    let mut counted = Counted::default();
    let mut all = Vec::new();
    for name in members("paths") {
        for (method, places) in files.operations(place(format!("/paths/{}", token(&name)))) {
            all.extend(places.first().cloned());
            let places = places.into_iter().map(|place| place.pointer).collect();
            counted
                .operations
                .push(Operation { request: format!("{} {name}", method.to_ascii_uppercase()), places });
        }
    }
    counted.counts.operations = counted.operations.len();
    for name in members("webhooks") {
        for (_, places) in files.operations(place(format!("/webhooks/{}", token(&name)))) {
            all.extend(places.into_iter().next());
            counted.counts.webhooks += 1;
        }
    }
    counted.counts.callbacks = files.callbacks(all);
    counted.counts.openapi = root.get("openapi").and_then(Value::as_str).unwrap_or_default().to_owned();
    let schemas = root.pointer("/components/schemas").and_then(Value::as_object);
    counted.counts.schemas = schemas.map(Map::len).unwrap_or_default();
    Some(counted)
}

impl Files {
    /// A file. JSON is read by `serde_json` alone, YAML by the parser of this workspace.
    fn file(&mut self, path: &Path) -> Option<Rc<Value>> {
        if let Some(read) = self.read.get(path) {
            return read.clone();
        }
        let parse = || {
            let text = fs::read_to_string(path).ok()?;
            if let Ok(value) = serde_json::from_str(text.trim_start_matches('\u{feff}')) {
                return Some(value);
            }
            let mut sources = Sources::new();
            let source = sources.add(path.to_string_lossy(), text);
            Some(sources.parse(source, None, &mut Diagnostics::new())?.root().to_json())
        };
        let value: Option<Rc<Value>> = parse().map(Rc::new);
        self.read.insert(path.to_owned(), value.clone());
        value
    }

    /// A value and those that its references lead to, in this order.
    fn follow(&mut self, place: Place) -> Vec<(Place, Map<String, Value>)> {
        let mut found: Vec<(Place, Map<String, Value>)> = Vec::new();
        let mut next = Some(place);
        while let Some(place) =
            next.take().filter(|place| found.len() < FAR && found.iter().all(|(seen, _)| seen != place))
        {
            let Some(file) = self.file(&place.file) else { break };
            let Some(Value::Object(object)) = file.pointer(&place.pointer) else { break };
            next = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| target(&place.file, reference));
            found.push((place, object.clone()));
        }
        found
    }

    /// The operations of a path item, each with where it and the path items on the way stand; the operation
    /// is the first of these.
    fn operations(&mut self, item: Place) -> Vec<(&'static str, Vec<Place>)> {
        let items = self.follow(item);
        let mut operations = Vec::new();
        for method in METHODS {
            let Some(depth) =
                items.iter().position(|(_, item)| item.get(method).is_some_and(Value::is_object))
            else {
                continue;
            };
            let place = &items[depth].0;
            let mut places =
                vec![Place { file: place.file.clone(), pointer: format!("{}/{method}", place.pointer) }];
            places.extend(items[..=depth].iter().map(|(place, _)| place.clone()));
            operations.push((method, places));
        }
        // As the document has them.
        operations.sort_by_key(|(method, places)| {
            let depth = places.len();
            let at = items.get(depth - 2).and_then(|(_, item)| item.keys().position(|key| key == method));
            (depth, at)
        });
        operations
    }

    /// How many operations the callbacks of operations have, and the callbacks of these.
    fn callbacks(&mut self, operations: Vec<Place>) -> usize {
        let (mut seen, mut left) = (BTreeSet::new(), operations);
        while let Some(operation) = left.pop() {
            let Some((_, object)) = self.follow(operation.clone()).pop() else { continue };
            let names = object.get("callbacks").and_then(Value::as_object).into_iter().flat_map(Map::keys);
            for name in names {
                let pointer = format!("{}/callbacks/{}", operation.pointer, token(name));
                let callbacks = self.follow(Place { file: operation.file.clone(), pointer });
                let Some((place, callback)) = callbacks.into_iter().last() else { continue };
                for expression in callback.keys().filter(|key| !key.starts_with("x-")) {
                    let pointer = format!("{}/{}", place.pointer, token(expression));
                    for (_, places) in self.operations(Place { file: place.file.clone(), pointer }) {
                        let Some(own) = places.into_iter().next() else { continue };
                        if seen.insert(own.clone()) {
                            left.push(own);
                        }
                    }
                }
            }
        }
        seen.len()
    }
}

/// What a reference leads to, in the same file or in one beside it.
fn target(file: &Path, reference: &str) -> Option<Place> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).ok();
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let file = match decode(path)?.as_str() {
        "" => file.to_owned(),
        path if path.contains("://") => return None,
        path => file.parent()?.join(path),
    };
    Some(Place { file, pointer: decode(fragment)? })
}

/// A key as a pointer has it (RFC 6901, 3).
fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The operations of a generated client: public methods of `Client` that return a builder. `None` where the
/// text is no Rust.
pub fn client(text: &str) -> Option<Requests> {
    let mut requests = Requests::default();
    visit(&syn::parse_file(text).ok()?.items, &mut |item| {
        let Item::Impl(item) = item else { return };
        if item.trait_.is_some() || last(&item.self_ty, 0).as_deref() != Some("Client") {
            return;
        }
        for method in &item.items {
            let ImplItem::Fn(method) = method else { continue };
            let ReturnType::Type(_, answer) = &method.sig.output else { continue };
            if matches!(method.vis, Visibility::Public(_)) && last(answer, 1).as_deref() == Some("builder") {
                requests.methods += 1;
                requests.named.extend(documented(&method.attrs, "Sends a `", "` request to `"));
            }
        }
    });
    Some(requests)
}

/// The operations of a generated server: methods of public traits; those of `Webhooks` take what the API
/// sends itself. `None` where the text is no Rust.
pub fn server(text: &str) -> Option<Requests> {
    let mut requests = Requests::default();
    visit(&syn::parse_file(text).ok()?.items, &mut |item| {
        let Item::Trait(item) = item else { return };
        if !matches!(item.vis, Visibility::Public(_)) {
            return;
        }
        for method in &item.items {
            let TraitItem::Fn(method) = method else { continue };
            if item.ident == "Webhooks" {
                requests.received += 1;
            } else {
                requests.methods += 1;
                requests.named.extend(documented(&method.attrs, "Answers `", "` requests to `"));
            }
        }
    });
    Some(requests)
}

/// The public types of generated models, builders aside. `None` where the text is no Rust.
pub fn models(text: &str) -> Option<usize> {
    let mut names = BTreeSet::new();
    visit(&syn::parse_file(text).ok()?.items, &mut |item| {
        let (vis, name) = match item {
            Item::Struct(item) => (&item.vis, &item.ident),
            Item::Enum(item) => (&item.vis, &item.ident),
            Item::Type(item) => (&item.vis, &item.ident),
            _ => return,
        };
        if matches!(vis, Visibility::Public(_)) {
            names.insert(name.to_string());
        }
    });
    let is_builder = |name: &String| name.strip_suffix("Builder").is_some_and(|of| names.contains(of));
    Some(names.iter().filter(|name| !is_builder(name)).count())
}

/// Every item, those of modules included.
fn visit<'a>(items: &'a [Item], each: &mut impl FnMut(&'a Item)) {
    for item in items {
        each(item);
        if let Item::Mod(module) = item
            && let Some((_, items)) = &module.content
        {
            visit(items, each);
        }
    }
}

/// A part of the path of a type, counted from its end.
fn last(ty: &Type, back: usize) -> Option<String> {
    let Type::Path(ty) = ty else { return None };
    ty.path.segments.iter().rev().nth(back).map(|segment| segment.ident.to_string())
}

/// The request that a line of documentation speaks of: `before`, the method, `between`, the path.
fn documented(attributes: &[Attribute], before: &str, between: &str) -> Option<String> {
    attributes.iter().rev().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        let Expr::Lit(value) = &pair.value else { return None };
        let Lit::Str(text) = &value.lit else { return None };
        let text = text.value();
        let (method, path) = text.trim().strip_prefix(before)?.split_once(between)?;
        Some(format!("{method} {}", path.strip_suffix("`.")?))
    })
}

/// The operations of a document that generated code lacks, other than those of which a diagnostic speaks.
/// `said` are the places of diagnostics.
pub fn lost(counted: &Counted, requests: &Requests, said: &[String]) -> Vec<String> {
    let is_said = |operation: &Operation| {
        let Some(own) = operation.places.first() else { return false };
        let is_below =
            |pointer: &String| pointer.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('/'));
        said.iter().any(|pointer| operation.places.contains(pointer) || is_below(pointer))
    };
    let named: BTreeSet<String> = requests.named.iter().map(|request| plain(request)).collect();
    let missing = counted.operations.iter().filter(|operation| !named.contains(&plain(&operation.request)));
    let missing: Vec<String> = missing.filter(|own| !is_said(own)).map(|own| own.request.clone()).collect();
    // Methods whose documentation says something else must be some of them.
    if missing.len() <= requests.methods - requests.named.len() { Vec::new() } else { missing }
}

/// A request without what its path only says of parameters in the query (`?name={name}`), which they say
/// themselves.
fn plain(request: &str) -> String {
    let Some((path, query)) = request.split_once('?') else { return request.to_owned() };
    let says_something = |pair: &&str| {
        !pair.split_once('=').is_some_and(|(_, value)| value.starts_with('{') && value.ends_with('}'))
    };
    let kept: Vec<&str> = query.split('&').filter(says_something).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// The same for what the API sends itself, which has no request to be known by: how many are lost of how
/// many.
pub fn lost_received(counted: &Counted, requests: &Requests, said: &[String]) -> Option<String> {
    let all = counted.counts.webhooks + counted.counts.callbacks;
    let is_said =
        said.iter().any(|pointer| pointer.starts_with("/webhooks") || pointer.contains("/callbacks"));
    let lost = all.saturating_sub(requests.received);
    (lost > 0 && !is_said).then(|| format!("{lost} of {all} webhooks and callbacks"))
}

#[cfg(test)]
mod tests {
    use super::{Counted, DocumentCounts, client, document, lost, lost_received, models, server};
    use std::path::Path;

    fn counted(name: &str) -> Counted {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
        document(&path).unwrap_or_else(|| panic!("{} is no document", path.display()))
    }

    #[test]
    fn operations_are_counted_where_references_lead() {
        let counted = counted("counts/openapi.yaml");
        let requests: Vec<&str> =
            counted.operations.iter().map(|operation| operation.request.as_str()).collect();
        assert_eq!(requests, ["POST /a", "GET /a", "GET /b~c/{id}", "DELETE /shared", "PUT /elsewhere"]);
        assert_eq!(counted.operations[2].places[0], "/paths/~1b~0c~1{id}/get");
        assert_eq!(
            counted.operations[3].places,
            ["/components/pathItems/Shared/delete", "/paths/~1shared", "/components/pathItems/Shared"]
        );
        let counts = DocumentCounts {
            openapi: "3.1.0".to_owned(),
            operations: 5,
            webhooks: 2,
            callbacks: 2,
            schemas: 3,
        };
        assert_eq!(counted.counts, counts);
    }

    const CLIENT: &str = r#"
        impl Client {
            pub fn new() -> Self { loop {} }
            /// Words.
            ///
            /// Sends a `POST` request to `/a`.
            pub fn add(&self) -> builder::Add<'_> { loop {} }
            /// Sends a `GET` request to `/a`.
            pub fn all(&self) -> builder::All<'_> { loop {} }
        }
        pub mod builder {
            impl<'a> Add<'a> { pub fn new(client: &'a Client) -> Self { loop {} } }
        }
    "#;

    #[test]
    fn what_vanishes_without_a_word_is_lost() {
        let (counted, requests) = (counted("counts/openapi.yaml"), client(CLIENT).expect("Rust"));
        assert_eq!((requests.methods, requests.named.len()), (2, 2));
        assert_eq!(lost(&counted, &requests, &[]), ["GET /b~c/{id}", "DELETE /shared", "PUT /elsewhere"]);
        let said =
            ["/paths/~1b~0c~1{id}/get/parameters/0", "/components/pathItems/Shared", "/paths/~1elsewhere"]
                .map(str::to_owned);
        assert_eq!(lost(&counted, &requests, &said), [""; 0]);
        assert_eq!(lost(&counted, &requests, &["/paths/~1b~0c~1{id}/getter".to_owned()]).len(), 3);
        let queried = ["GET /a?b={b}", "GET /a?c=1", "GET /a"].map(super::plain);
        assert_eq!(queried, ["GET /a", "GET /a?c=1", "GET /a"]);
        let unnamed = client(&CLIENT.replace("Sends a `POST` request", "Posts")).expect("Rust");
        assert_eq!((unnamed.methods, unnamed.named.len()), (2, 1));
        assert_eq!(lost(&counted, &unnamed, &said), [""; 0]);
    }

    #[test]
    fn servers_answer_and_receive() {
        let text = r#"
            pub trait Api {
                /// Answers `GET` requests to `/a`.
                fn all(&self) -> impl Future<Output = ()> + Send { async {} }
            }
            pub trait Webhooks {
                /// Answers `POST` requests to `/event`.
                fn event(&self) -> impl Future<Output = ()> + Send { async {} }
            }
            trait Own { fn not(&self); }
        "#;
        let requests = server(text).expect("Rust");
        assert_eq!((requests.methods, requests.received), (1, 1));
        assert!(requests.named.contains("GET /a"), "{requests:?}");
        assert_eq!(server("pub trait {"), None);
        let counted = counted("counts/openapi.yaml");
        assert_eq!(lost_received(&counted, &requests, &[]), Some("3 of 4 webhooks and callbacks".to_owned()));
        assert_eq!(lost_received(&counted, &requests, &["/webhooks/event/put".to_owned()]), None);
    }

    #[test]
    fn builders_are_no_models() {
        let text = "pub struct Pet {} pub struct PetBuilder {} pub struct HouseBuilder {} pub enum Kind {} struct Own; \
             mod pets { pub type Names = u8; }";
        assert_eq!(models(text), Some(4));
    }
}
