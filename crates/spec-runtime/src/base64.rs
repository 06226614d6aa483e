//! Bytes that stand as text. Knows base64 with its padding and nothing of where it is used.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// Bytes, written as base64 (RFC 4648, 4): what `format: byte` means (OpenAPI 3.0.3, 4.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Base64(
    /// The bytes.
    pub Vec<u8>,
);

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Base64(bytes)
    }
}

impl From<&[u8]> for Base64 {
    fn from(bytes: &[u8]) -> Self {
        Base64(bytes.to_vec())
    }
}

/// Whether a text is base64, with its padding.
#[cfg(any(feature = "validation", test))]
pub(crate) fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        STANDARD.decode(&*text).map(Base64).map_err(|error| D::Error::custom(format!("no base64: {error}")))
    }
}

impl JsonSchema for Base64 {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Base64".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "byte"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let bytes: Base64 = serde_json::from_str("\"AP8h\"").unwrap();
        assert_eq!(bytes, Base64(vec![0, 255, 33]));
        assert_eq!(serde_json::to_string(&bytes).unwrap(), "\"AP8h\"");
        assert!(serde_json::from_str::<Base64>("\"AP8\"").is_err());
        assert!(is_base64("") && !is_base64("no base64"));
    }
}
