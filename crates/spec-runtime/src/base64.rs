//! Bytes that stand as text. Knows base64, as it should be and as others write it, and nothing of where it is
//! used.

use crate::reading::is_strict;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// Bytes, written as base64 (RFC 4648, 4): what `format: byte` means (OpenAPI 3.0.3, 4.4).
///
/// A client reads them without their padding, in the alphabet for URLs and file names (RFC 4648, 5), and in
/// lines, too; a server does not.
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

/// Returns the bytes of base64 as others write it.
fn generously(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    const GENEROUS: GeneralPurpose =
        GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));
    let plain = text.chars().filter(|sign| !sign.is_ascii_whitespace()).map(|sign| match sign {
        '-' => '+',
        '_' => '/',
        other => other,
    });
    let plain: String = plain.collect();
    GENEROUS.decode(plain.trim_end_matches('='))
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let bytes = match STANDARD.decode(&*text) {
            Err(_) if !is_strict() => generously(&text),
            bytes => bytes,
        };
        bytes.map(Base64).map_err(|error| D::Error::custom(format!("no base64: {error}")))
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
    use crate::reading::{Reading, reading};

    #[test]
    fn bytes_come_back() {
        let bytes: Base64 = serde_json::from_str("\"AP8h\"").unwrap();
        assert_eq!(bytes, Base64(vec![0, 255, 33]));
        assert_eq!(serde_json::to_string(&bytes).unwrap(), "\"AP8h\"");
        let strictly = |text| reading(Reading::Strict, || serde_json::from_str::<Base64>(text).is_ok());
        for text in ["\"AP8hAA\"", "\"AP8h\\nAA==\\n\"", "\"-_8h\"", "\"AP8hAB==\""] {
            assert!(serde_json::from_str::<Base64>(text).is_ok() && !strictly(text), "{text}");
        }
        assert!(strictly("\"AP8hAA==\"") && serde_json::from_str::<Base64>("\"A*8h\"").is_err());
    }
}
