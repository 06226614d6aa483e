//! The document of a page: read, completed, and written as JSON and as YAML.
//!
//! Knows where an OpenAPI document has its operations and servers. Must not know the page, nor HTTP.

use crate::error::Error;
use serde_json::{Map, Value};
use spec_document::{Diagnostics, Format, Renderer, Sources, to_yaml};

/// The keys of a path item that are operations (OpenAPI 3.2, 4.9).
pub(crate) const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The key under which samples stand in an operation, as Redoc and others have it.
const SAMPLES: &str = "x-codeSamples";

/// A document with its reference page.
#[derive(Clone, Debug)]
pub struct Docs {
    pub(crate) document: Value,
    /// Where the API is, relative to the document.
    #[cfg(feature = "server")]
    pub(crate) api_path: String,
    /// Hosts that the page may ask, beside its own.
    pub(crate) origins: Vec<String>,
}

impl Docs {
    /// Reads a document: JSON or YAML, OpenAPI 3.0, 3.1 or 3.2.
    ///
    /// References to other files are left as they are: the page can follow them only where those are served,
    /// too.
    ///
    /// # Errors
    ///
    /// If the text is neither JSON nor YAML, or no OpenAPI 3 document.
    pub fn new(text: &str) -> Result<Docs, Error> {
        Docs::from_value(read("the document", text)?)
    }

    /// Takes a document that has been read already.
    ///
    /// # Errors
    ///
    /// If it is no OpenAPI 3 document.
    pub fn from_value(document: Value) -> Result<Docs, Error> {
        let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
        if !version.starts_with("3.") {
            return Err(Error::new(
                "the document has no `openapi` that begins with \"3.\": only OpenAPI 3 documents have a \
                 page; convert those of Swagger 2.0 first",
            ));
        }
        Ok(Docs {
            document,
            #[cfg(feature = "server")]
            api_path: String::new(),
            origins: Vec::new(),
        })
    }

    /// Adds samples of code to operations, as `cargo xtask codegen` writes them (the setting `samples`):
    /// paths, methods, and for each a list of objects with `lang`, `label` and `source`. They come after
    /// those that the document has itself (`x-codeSamples`).
    ///
    /// # Errors
    ///
    /// If the text is something else. Samples of operations that the document does not have are left out.
    pub fn samples(mut self, text: &str) -> Result<Docs, Error> {
        let samples = read("the samples", text)?;
        let wrong = |place: &str| {
            Error::new(format!(
                "the samples must be lists of `lang`, `label` and `source` by path and method, but {place} \
                 is not: give the file that the setting `samples` names"
            ))
        };
        for (path, methods) in samples.as_object().into_iter().flatten() {
            let methods = methods.as_object().ok_or_else(|| wrong(&format!("{path:?}")))?;
            for (method, list) in methods {
                let place = format!("{method:?} of {path:?}");
                let list = list.as_array().filter(|list| list.iter().all(is_sample));
                let list = list.ok_or_else(|| wrong(&place))?;
                let operation = self.document.get_mut("paths").and_then(|paths| paths.get_mut(path));
                let operation =
                    operation.and_then(|item| item.get_mut(method)).and_then(Value::as_object_mut);
                if let Some(operation) = operation.filter(|_| METHODS.contains(&method.as_str())) {
                    add_samples(operation, list);
                }
            }
        }
        Ok(self)
    }

    /// Lets the page ask one host more, such as the one that gives out OAuth 2.0 tokens: scheme, host and,
    /// where it has one, port.
    ///
    /// # Errors
    ///
    /// If the text is not just that.
    pub fn connect_to(mut self, origin: &str) -> Result<Docs, Error> {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        // Whatever has a meaning in a Content-Security-Policy is no host.
        let is_host = |host: &str| {
            !host.is_empty()
                && host
                    .chars()
                    .all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | ':' | '[' | ']'))
        };
        if !host.is_some_and(is_host) {
            return Err(Error::new(format!(
                "{origin:?} is no origin: write scheme and host alone, such as \"https://login.example.com\""
            )));
        }
        self.origins.push(origin.to_owned());
        Ok(self)
    }

    /// Returns the title of the API.
    pub(crate) fn title(&self) -> &str {
        let title = self.document.pointer("/info/title").and_then(Value::as_str);
        title.filter(|title| !title.is_empty()).unwrap_or("API")
    }

    /// Counts the operations.
    pub(crate) fn operations(&self) -> usize {
        let paths = self.document.get("paths").and_then(Value::as_object);
        let methods = |item: &Value| METHODS.iter().filter(|method| item.get(method).is_some()).count();
        paths.into_iter().flat_map(Map::values).map(methods).sum()
    }

    /// Returns the document with the servers that it names itself.
    pub(crate) fn written(&self) -> Written {
        Written::new(&self.document)
    }
}

/// A document as text.
pub(crate) struct Written {
    pub(crate) json: String,
    pub(crate) yaml: String,
}

impl Written {
    pub(crate) fn new(document: &Value) -> Written {
        // Alternate form: indented. A `Value` can always be written.
        Written { json: format!("{document:#}\n"), yaml: to_yaml(document) }
    }
}

/// Says whether a value is a sample of code.
fn is_sample(value: &Value) -> bool {
    ["lang", "label", "source"].iter().all(|key| value.get(key).is_some_and(Value::is_string))
}

/// Adds samples to those that an operation has.
fn add_samples(operation: &mut Map<String, Value>, samples: &[Value]) {
    match operation.get_mut(SAMPLES) {
        Some(Value::Array(own)) => own.extend(samples.iter().cloned()),
        _ => _ = operation.insert(SAMPLES.to_owned(), samples.into()),
    }
}

/// Reads JSON or YAML; `name` is what messages call it.
fn read(name: &str, text: &str) -> Result<Value, Error> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, text);
    // JSON is tried first; what is written in braces can be YAML all the same.
    let document = sources.parse(source, Some(Format::Yaml), &mut diagnostics);
    match document.filter(|_| !diagnostics.has_errors()) {
        Some(document) => Ok(document.root().to_json()),
        None => Err(Error::new(Renderer::new(&sources).render_all(&diagnostics))),
    }
}
