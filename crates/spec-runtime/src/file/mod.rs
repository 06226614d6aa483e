//! A file in a form.
//!
//! JSON has no place for files: while a form is written or read, a placeholder stands for each, and the files
//! are kept beside. The placeholders never leave this crate. Must not know how forms are written on the wire.

mod content;
#[cfg(feature = "server")]
mod spool;

pub use content::FileContent;
#[cfg(feature = "server")]
pub(crate) use spool::Spool;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

/// A file in a form: its content, and what the sender says about it.
///
/// In JSON, where files do not belong, it is a text of its content (`type: string`, `format: binary`); what
/// is not UTF-8 is replaced there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct File {
    /// The name that the sender gives it.
    pub name: Option<String>,
    /// Its media type.
    pub content_type: Option<String>,
    /// Its bytes, in memory or not.
    pub content: FileContent,
}

impl File {
    /// Makes a file of this content, without a name.
    pub fn new(content: impl Into<FileContent>) -> Self {
        File { name: None, content_type: None, content: content.into() }
    }

    /// Sets the name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }
}

impl<C: Into<FileContent>> From<C> for File {
    fn from(content: C) -> Self {
        File::new(content)
    }
}

/// The only member of the placeholder of a file; no text of a form begins so.
const PLACEHOLDER: &str = "\u{0}file";

thread_local! {
    /// Files that placeholders stand for, while a form is read.
    static FILES_TO_READ: RefCell<Vec<File>> = const { RefCell::new(Vec::new()) };
    /// Files that placeholders stand for, while a form is written.
    static COLLECTED_FILES: RefCell<Option<Vec<File>>> = const { RefCell::new(None) };
}

/// Reads a model in which placeholders stand for these files.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) fn with_files<T>(files: Vec<File>, read: impl FnOnce() -> T) -> T {
    struct Before(Vec<File>);
    impl Drop for Before {
        fn drop(&mut self) {
            FILES_TO_READ.replace(std::mem::take(&mut self.0));
        }
    }
    let _before = Before(FILES_TO_READ.replace(files));
    read()
}

/// Reads a form some of whose members are files: each takes the place of the member of its name, or is added
/// to the list that stands there.
///
/// # Errors
///
/// Returns the first fault, with its place.
#[cfg(feature = "client")]
pub fn read_form<T: serde::de::DeserializeOwned>(
    mut form: serde_json::Value,
    named: Vec<(String, File)>,
) -> Result<T, crate::DecodeError> {
    let mut files = Vec::new();
    for (number, (name, file)) in named.into_iter().enumerate() {
        files.push(file);
        let Some(members) = form.as_object_mut() else { continue };
        match members.get_mut(&name) {
            Some(serde_json::Value::Array(items)) => items.push(placeholder(number)),
            _ => drop(members.insert(name, placeholder(number))),
        }
    }
    with_files(files, || crate::from_value(form))
}

/// Returns whether placeholders stand for files in what is being read.
pub(crate) fn has_files() -> bool {
    FILES_TO_READ.with_borrow(|files| !files.is_empty())
}

/// Writes a model with placeholders for its files; returns these, too.
#[cfg(feature = "client")]
pub(crate) fn collect_files<T>(write: impl FnOnce() -> T) -> (T, Vec<File>) {
    struct Before(Option<Vec<File>>);
    impl Drop for Before {
        fn drop(&mut self) {
            COLLECTED_FILES.replace(self.0.take());
        }
    }
    let _before = Before(COLLECTED_FILES.replace(Some(Vec::new())));
    let written = write();
    (written, COLLECTED_FILES.take().unwrap_or_default())
}

/// Makes the placeholder of the file of this number.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) fn placeholder(number: usize) -> serde_json::Value {
    serde_json::json!({ PLACEHOLDER: number })
}

/// Returns the number of the file that a value is the placeholder of.
pub(crate) fn placeholder_number(value: &serde_json::Value) -> Option<usize> {
    let number = value.as_object().filter(|members| members.len() == 1)?.get(PLACEHOLDER)?;
    number.as_u64().and_then(|number| usize::try_from(number).ok())
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = COLLECTED_FILES.with_borrow_mut(|files| {
            files.as_mut().map(|files| {
                files.push(self.clone());
                files.len() - 1
            })
        });
        // What is looked at while a form is read need not read its files.
        let number =
            number.or_else(|| FILES_TO_READ.with_borrow(|files| files.iter().position(|own| own == self)));
        if let Some(number) = number {
            let mut placeholder = serializer.serialize_map(Some(1))?;
            placeholder.serialize_entry(PLACEHOLDER, &number)?;
            return placeholder.end();
        }
        let bytes = self.content.read().map_err(S::Error::custom)?;
        serializer.serialize_str(&String::from_utf8_lossy(&bytes))
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Content;
        impl<'de> Visitor<'de> for Content {
            type Value = File;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<File, E> {
                Ok(File::new(text))
            }

            fn visit_string<E: serde::de::Error>(self, text: String) -> Result<File, E> {
                Ok(File::new(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<File, A::Error> {
                let unexpected = || A::Error::invalid_type(serde::de::Unexpected::Map, &Content);
                match members.next_entry::<String, usize>().ok().flatten() {
                    Some((name, number)) if name == PLACEHOLDER => {
                        FILES_TO_READ.with_borrow(|files| files.get(number).cloned()).ok_or_else(unexpected)
                    }
                    _ => Err(unexpected()),
                }
            }
        }
        deserializer.deserialize_any(Content)
    }
}

impl JsonSchema for File {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "File".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "binary"})
    }
}
