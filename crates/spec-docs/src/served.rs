//! The document as a service has it that serves it: its server is where it is served.
//!
//! Knows where a document has servers. Must not know HTTP.

use crate::document::{Docs, METHODS, Written};
use serde_json::{Map, Value, json};

impl Docs {
    /// Says where the API is, relative to the document: `"v1"` where the router of the API is nested at `/v1`
    /// and this one is not. If not said, the API is where the document is.
    #[must_use]
    pub fn api_path(mut self, path: &str) -> Docs {
        self.api_path = path.trim_start_matches('/').to_owned();
        self
    }

    /// Returns the document with one server: where it is served.
    ///
    /// A server's URL is relative to the document (OpenAPI 3.1, 4.8.5).
    pub(crate) fn served(&self) -> Written {
        let mut document = self.document.clone();
        let url = if self.api_path.is_empty() { "." } else { &self.api_path };
        if let Some(fields) = document.as_object_mut() {
            let servers = json!([{ "url": url }]);
            match fields.get_mut("servers") {
                Some(own) => *own = servers,
                None => _ = fields.insert("servers".to_owned(), servers),
            }
        }
        drop_own_servers(&mut document);
        Written::new(&document)
    }
}

/// Removes the servers of single paths and operations: they are others than the one that serves the page.
fn drop_own_servers(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        item.shift_remove("servers");
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                operation.shift_remove("servers");
            }
        }
    }
}
