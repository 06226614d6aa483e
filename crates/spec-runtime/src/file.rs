//! A file in a form.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// A file in a form: its content, and what the sender says about it.
///
/// In JSON, where files do not belong, it is a text of its content (`type: string`, `format: binary`); what is not UTF-8 is
/// replaced there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct File {
    /// The name that the sender gives it.
    pub name: Option<String>,
    /// Its media type.
    pub content_type: Option<String>,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl File {
    /// A file of this content, without a name.
    pub fn new(content: impl Into<Vec<u8>>) -> Self {
        File { name: None, content_type: None, content: content.into() }
    }

    /// The same file under a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same file with a media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }
}

impl From<Vec<u8>> for File {
    fn from(content: Vec<u8>) -> Self {
        File::new(content)
    }
}

impl From<&[u8]> for File {
    fn from(content: &[u8]) -> Self {
        File::new(content)
    }
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(&self.content))
    }
}

/// A file on its way from the parts of a form into a model: each byte of the content is one character.
#[derive(Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) content: String,
}

#[cfg(feature = "server")]
impl Upload {
    pub(crate) fn new(name: Option<String>, content_type: Option<String>, content: &[u8]) -> Self {
        Upload { name, content_type, content: content.iter().copied().map(char::from).collect() }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Handed {
    Text(String),
    Upload(Upload),
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Handed::deserialize(deserializer)? {
            Handed::Text(text) => File::new(text),
            Handed::Upload(Upload { name, content_type, content }) => {
                let bytes: Result<Vec<u8>, _> = content.chars().map(u8::try_from).collect();
                File { name, content_type, content: bytes.map_err(D::Error::custom)? }
            }
        })
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
