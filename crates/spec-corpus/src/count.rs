//! What a document has, counted in its text.
//!
//! What vanishes on the way to generated code can't be seen by whoever does the work. So this knows nothing
//! of the reader, of the `Api` and of the `Plan`: documents are plain JSON here.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use spec_document::{Diagnostics, Sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The methods of a path item (OpenAPI 3.1, 4.8.9), each the key of an operation.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The number of references that may lead to references, before that counts as a circle.
const MAX_REFERENCES: usize = 32;

/// The counts of a document.
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

/// The counts of a document, operation by operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The numbers.
    pub counts: DocumentCounts,
    /// The operations of `paths`, in the order of the document.
    pub operations: Vec<Operation>,
}

/// A value, by the file that it stands in and its pointer there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct FilePointer {
    file: PathBuf,
    pointer: String,
}

/// Files as plain JSON.
#[derive(Default)]
struct Files {
    read: BTreeMap<PathBuf, Option<Rc<Value>>>,
}

/// Counts what a document has; `None` where it can't be read as JSON or YAML.
pub fn document(path: &Path) -> Option<Counted> {
    let mut files = Files::default();
    let root = files.file(path)?;
    let place = |pointer: String| FilePointer { file: path.to_owned(), pointer };
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
    /// Reads a file. JSON is read by `serde_json` alone, YAML by the parser of this workspace.
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

    /// Returns a value and those that its references lead to, in this order.
    fn follow(&mut self, place: FilePointer) -> Vec<(FilePointer, Map<String, Value>)> {
        let mut found: Vec<(FilePointer, Map<String, Value>)> = Vec::new();
        let mut next = Some(place);
        while let Some(place) = next
            .take()
            .filter(|place| found.len() < MAX_REFERENCES && found.iter().all(|(seen, _)| seen != place))
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

    /// Returns the operations of a path item, each with where it and the path items on the way stand; the
    /// operation is the first of these.
    fn operations(&mut self, item: FilePointer) -> Vec<(&'static str, Vec<FilePointer>)> {
        let items = self.follow(item);
        let mut operations = Vec::new();
        for method in METHODS {
            let Some(depth) =
                items.iter().position(|(_, item)| item.get(method).is_some_and(Value::is_object))
            else {
                continue;
            };
            let place = &items[depth].0;
            let mut places = vec![FilePointer {
                file: place.file.clone(),
                pointer: format!("{}/{method}", place.pointer),
            }];
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

    /// Counts the operations of the callbacks of operations, and of the callbacks of these.
    fn callbacks(&mut self, operations: Vec<FilePointer>) -> usize {
        let (mut seen, mut left) = (BTreeSet::new(), operations);
        while let Some(operation) = left.pop() {
            let Some((_, object)) = self.follow(operation.clone()).pop() else { continue };
            let names = object.get("callbacks").and_then(Value::as_object).into_iter().flat_map(Map::keys);
            for name in names {
                let pointer = format!("{}/callbacks/{}", operation.pointer, token(name));
                let callbacks = self.follow(FilePointer { file: operation.file.clone(), pointer });
                let Some((place, callback)) = callbacks.into_iter().last() else { continue };
                for expression in callback.keys().filter(|key| !key.starts_with("x-")) {
                    let pointer = format!("{}/{}", place.pointer, token(expression));
                    for (_, places) in self.operations(FilePointer { file: place.file.clone(), pointer }) {
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

/// Returns what a reference leads to, in the same file or in one beside it.
fn target(file: &Path, reference: &str) -> Option<FilePointer> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).ok();
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let file = match decode(path)?.as_str() {
        "" => file.to_owned(),
        path if path.contains("://") => return None,
        path => file.parent()?.join(path),
    };
    Some(FilePointer { file, pointer: decode(fragment)? })
}

/// Escapes a key as pointers have it (RFC 6901, section 3).
fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::{DocumentCounts, document};
    use std::path::Path;

    #[test]
    fn operations_are_counted_where_references_lead() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counts/openapi.yaml");
        let counted = document(&path).expect("a document");
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
}
