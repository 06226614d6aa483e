//! Bodies and files of requests: what `--body` and `@FILE` name.
//!
//! Knows files and standard input. Must not know what a body means.

use crate::failure::Failure;
use serde_json::Value;
use spec_document::{Diagnostics, Format, Renderer, Sources};
use spec_runtime::{File, FileContent};
use std::fs;
use std::io::Read;
use std::path::Path;

/// The bytes of a body, and where they are from.
#[derive(Debug)]
pub(crate) struct BodyText {
    name: String,
    bytes: Vec<u8>,
}

impl BodyText {
    /// Reads what `--body` names: `@FILE`, `-` for standard input, or the text itself; `@@` begins a text
    /// with one `@`.
    pub(crate) fn read(text: &str) -> Result<BodyText, Failure> {
        let unreadable = |name: &str, error: std::io::Error| {
            Failure::usage(format!("--body: {name} can't be read: {error}"))
        };
        if text == "-" {
            let mut bytes = Vec::new();
            let name = "standard input";
            std::io::stdin().read_to_end(&mut bytes).map_err(|error| unreadable(name, error))?;
            return Ok(BodyText { name: name.to_owned(), bytes });
        }
        match text.strip_prefix('@') {
            Some(rest) if rest.starts_with('@') => Ok(BodyText::given(rest)),
            Some(path) => {
                let bytes = fs::read(path).map_err(|error| unreadable(path, error))?;
                Ok(BodyText { name: path.to_owned(), bytes })
            }
            None => Ok(BodyText::given(text)),
        }
    }

    fn given(text: &str) -> BodyText {
        BodyText { name: "--body".to_owned(), bytes: text.as_bytes().to_vec() }
    }

    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the text.
    pub(crate) fn text(&self) -> Result<&str, Failure> {
        std::str::from_utf8(&self.bytes)
            .map_err(|error| Failure::usage(format!("--body: {} is no text in UTF-8: {error}", self.name)))
    }

    /// Reads it as one value: as JSON, or as YAML where its file is called so.
    pub(crate) fn value(&self) -> Result<Value, Failure> {
        let text = self.text()?;
        let ending = Path::new(&self.name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml") {
            let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
            let source = sources.add(self.name.as_str(), text);
            let document = sources.parse(source, Some(Format::Yaml), &mut diagnostics);
            return match document.filter(|_| !diagnostics.has_errors()) {
                Some(document) => Ok(document.root().to_json()),
                None => Err(Failure::usage(Renderer::new(&sources).render_all(&diagnostics))),
            };
        }
        serde_json::from_str(text)
            .map_err(|error| Failure::usage(format!("--body: {} is no JSON: {error}", self.name)))
    }

    /// Reads it as items: those of a list, or values one after another.
    pub(crate) fn items(&self) -> Result<Vec<Value>, Failure> {
        let values = serde_json::Deserializer::from_str(self.text()?).into_iter::<Value>();
        let mut items = values
            .collect::<Result<Vec<Value>, _>>()
            .map_err(|error| Failure::usage(format!("--body: {} is no JSON: {error}", self.name)))?;
        match items.as_mut_slice() {
            [Value::Array(only)] => Ok(std::mem::take(only)),
            _ => Ok(items),
        }
    }
}

/// Makes the file that a flag names: `@FILE`, which is read when it is sent, or the content itself.
pub(crate) fn file(text: &str) -> Result<File, String> {
    match text.strip_prefix('@') {
        Some(rest) if rest.starts_with('@') => Ok(File::new(rest)),
        Some(path) => {
            let unreadable = |error: std::io::Error| format!("{path} can't be read: {error}");
            let content =
                FileContent::from_file(fs::File::open(path).map_err(unreadable)?).map_err(unreadable)?;
            let file = File::new(content);
            Ok(match Path::new(path).file_name() {
                Some(name) => file.named(name.to_string_lossy()),
                None => file,
            })
        }
        None => Ok(File::new(text)),
    }
}
