//! Headers of answers ↔ values (OpenAPI 3.1, 4.8.21: the style is always `simple`).
//!
//! Both directions stand here, so that a client and a server cannot disagree. Must not know any particular
//! header, but for `Set-Cookie`, which is the only one whose lines can't be joined (RFC 9110, 5.3).

#[cfg(feature = "client")]
use crate::json::DecodeError;
#[cfg(feature = "client")]
use crate::{json::from_value, texts::Schema, texts::as_it_is};
use http::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
#[cfg(feature = "client")]
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
#[cfg(feature = "client")]
use serde::de::DeserializeOwned;
#[cfg(feature = "client")]
use serde_json::Map;
use serde_json::Value;
use spec_http::style::{Style, to_text};

/// The form in which the text of a header is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderText {
    /// `a,b`, and `key,value` for objects.
    Simple,
    /// `key=value`.
    Exploded,
    /// JSON; null is as if the header was left out.
    Json,
    /// JSON of a header that is always there: null is the text `null`.
    RequiredJson,
}

#[cfg(feature = "client")]
impl HeaderText {
    fn is_json(self) -> bool {
        matches!(self, HeaderText::Json | HeaderText::RequiredJson)
    }
}

/// Reads a header of an answer.
///
/// # Errors
///
/// When the header is missing, unless `T` is an option, or is not what the document declares.
#[cfg(feature = "client")]
pub fn read_header<T: DeserializeOwned + JsonSchema>(
    headers: &HeaderMap,
    name: &str,
    text: HeaderText,
) -> Result<T, DecodeError> {
    read_header_as(headers, name, text, "{}")
}

/// Reads a header of an answer of which the document says more than its type does: `assertions` are keywords
/// of JSON Schema, as the text of an object.
///
/// # Errors
///
/// As [`read_header`].
#[cfg(feature = "client")]
pub fn read_header_as<T: DeserializeOwned + JsonSchema>(
    headers: &HeaderMap,
    name: &str,
    text: HeaderText,
    assertions: &str,
) -> Result<T, DecodeError> {
    let wrong = |message: String| DecodeError {
        pointer: String::new(),
        message: format!("{name}: {message}"),
        is_syntax: false,
    };
    let mut lines = Vec::new();
    for value in headers.get_all(name) {
        lines.push(
            std::str::from_utf8(value.as_bytes()).map_err(|_| wrong("the header is not UTF-8".to_owned()))?,
        );
    }
    let mut schema = SchemaGenerator::default().into_root_schema_for::<T>().to_value();
    if let (Some(members), Ok(more)) =
        (schema.as_object_mut(), serde_json::from_str::<Map<String, Value>>(assertions))
    {
        members.extend(more);
    }
    let missing = || wrong("the header is missing".to_owned());
    let value = if lines.is_empty() {
        if text == HeaderText::RequiredJson {
            return Err(missing());
        }
        Value::Null
    } else if name.eq_ignore_ascii_case(SET_COOKIE.as_str()) {
        lines.into_iter().map(Value::from).collect()
    } else if text.is_json() {
        serde_json::from_str(&lines.join(",")).map_err(|error| wrong(error.to_string()))?
    } else {
        let exploded = text == HeaderText::Exploded;
        let value =
            Schema::new(&schema, &schema).of_text(name, &lines.join(","), Style::Simple, exploded, as_it_is);
        value.ok_or_else(|| wrong("the header is not in its style".to_owned()))?
    };
    if value.is_null() && text != HeaderText::RequiredJson {
        return from_value(value).map_err(|_| missing());
    }
    from_value(value).map_err(|error| wrong(error.message))
}

/// Writes a header of an answer; a value that is absent, or has no items, writes none. False where no header
/// can have the text.
#[cfg_attr(not(feature = "server"), allow(dead_code, reason = "servers write headers, and tests"))]
pub(crate) fn write_header(
    headers: &mut HeaderMap,
    name: &'static str,
    value: &impl Serialize,
    text: HeaderText,
) -> bool {
    let Ok(value) = serde_json::to_value(value) else { return false };
    if value.is_null() && text != HeaderText::RequiredJson {
        headers.remove(name);
        return true;
    }
    let Ok(key) = HeaderName::from_bytes(name.as_bytes()) else { return false };
    let line = |value: &Value| -> Option<Option<HeaderValue>> {
        let text = match text {
            HeaderText::Json if value.is_null() => None,
            HeaderText::Json | HeaderText::RequiredJson => Some(value.to_string()),
            other => {
                to_text(name, value, Style::Simple, other == HeaderText::Exploded, str::to_owned).ok()?
            }
        };
        // What stands at the ends of a header is not kept (RFC 9110, 5.5).
        text.map(|text| HeaderValue::from_str(&text).ok().filter(|_| text.trim() == text))
            .map_or(Some(None), |line| line.map(Some))
    };
    let lines = match &value {
        Value::Array(items) if key == SET_COOKIE => items.iter().map(line).collect::<Option<Vec<_>>>(),
        value => line(value).map(|line| vec![line]),
    };
    let Some(lines) = lines else { return false };
    headers.remove(&key);
    for line in lines.into_iter().flatten() {
        headers.append(&key, line);
    }
    true
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::{HeaderText, read_header, read_header_as, write_header};
    use http::HeaderMap;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[test]
    fn what_is_written_is_read() {
        let mut headers = HeaderMap::new();
        assert!(write_header(&mut headers, "X-Number", &-7_i64, HeaderText::Simple));
        assert_eq!(read_header::<i64>(&headers, "x-number", HeaderText::Simple).unwrap(), -7);
        assert!(write_header(&mut headers, "X-List", &["a", "b"], HeaderText::Simple));
        assert_eq!(read_header::<Vec<String>>(&headers, "X-List", HeaderText::Simple).unwrap(), ["a", "b"]);
        let tuple = r#"{"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}"#;
        assert!(write_header(&mut headers, "X-Tuple", &json!(["1", 2]), HeaderText::Simple));
        let read = read_header_as::<Vec<Value>>(&headers, "X-Tuple", HeaderText::Simple, tuple).unwrap();
        assert_eq!(read, [json!("1"), json!(2)]);
        let map = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]);
        for text in [HeaderText::Simple, HeaderText::Exploded] {
            assert!(write_header(&mut headers, "X-Map", &map, text));
            assert_eq!(read_header::<BTreeMap<String, i64>>(&headers, "X-Map", text).unwrap(), map);
        }
        let value = json!({"a": [1, null]});
        assert!(write_header(&mut headers, "X-Json", &value, HeaderText::Json));
        assert_eq!(read_header::<Value>(&headers, "X-Json", HeaderText::Json).unwrap(), value);
        assert!(write_header(&mut headers, "X-Json", &None::<i64>, HeaderText::RequiredJson));
        assert_eq!(headers["X-Json"], "null");
        assert_eq!(read_header::<Option<i64>>(&headers, "X-Json", HeaderText::RequiredJson).unwrap(), None);
        assert!(write_header(&mut headers, "Set-Cookie", &["a=1, 2", "b=3"], HeaderText::Simple));
        assert_eq!(
            read_header::<Vec<String>>(&headers, "Set-Cookie", HeaderText::Simple).unwrap(),
            ["a=1, 2", "b=3"]
        );
    }

    #[test]
    fn what_is_missing_or_wrong_is_said() {
        let mut headers = HeaderMap::new();
        assert_eq!(read_header::<Option<i64>>(&headers, "X-A", HeaderText::Simple).unwrap(), None);
        let error = read_header::<i64>(&headers, "X-A", HeaderText::Simple).unwrap_err();
        assert_eq!(error.message, "X-A: the header is missing");
        let error = read_header::<Option<i64>>(&headers, "X-A", HeaderText::RequiredJson).unwrap_err();
        assert_eq!(error.message, "X-A: the header is missing");
        headers.insert("X-A", "many".parse().unwrap());
        let error = read_header::<i64>(&headers, "X-A", HeaderText::Simple).unwrap_err();
        assert!(error.message.starts_with("X-A: "), "{error}");
        assert!(!write_header(&mut headers, "X-A", &"a\nb", HeaderText::Simple));
        assert!(write_header(&mut headers, "X-A", &None::<i64>, HeaderText::Simple));
    }
}
