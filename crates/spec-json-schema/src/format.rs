//! Formats: which texts and which integers they mean (JSON Schema 2020-12 validation, 7; OpenAPI Format
//! Registry).
//!
//! Must not know what becomes of a value that is of none.

use crate::keywords::{has_names, is_data};
use crate::validator::options;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// Returns true if a text is of a format that JSON Schema 2020-12 or OpenAPI knows; any text is of one that
/// they do not.
pub fn is_format(format: &'static str, text: &str) -> bool {
    type Validators = HashMap<&'static str, Option<Arc<jsonschema::Validator>>>;
    static KNOWN: LazyLock<RwLock<Validators>> = LazyLock::new(RwLock::default);
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(format).cloned();
    let validator = known.unwrap_or_else(|| {
        let validator = options().build(&serde_json::json!({ "format": format })).ok().map(Arc::new);
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(format, validator.clone());
        validator
    });
    validator.is_none_or(|validator| validator.is_valid(&Value::from(text)))
}

/// Returns whether a text is base64, with its padding (RFC 4648, 4).
pub(crate) fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

/// Returns whether a text is base64 for addresses, with all of its padding or without any (RFC 4648, 5).
pub(crate) fn is_base64url(text: &str) -> bool {
    URL_SAFE.decode(text).is_ok() || URL_SAFE_NO_PAD.decode(text).is_ok()
}

/// Returns whether a text is a decimal number, without an exponent.
pub(crate) fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(fraction)
}

/// Writes the bounds that the formats of integers mean, as every other bound is written (OpenAPI Format
/// Registry: `int32`, `int64`, `uint64`). Returns the pointers of the keywords that are new.
pub fn bound_integers(schema: &mut Value) -> HashSet<String> {
    let mut added = HashSet::new();
    bound_within(schema, false, &mut String::new(), &mut added);
    added
}

/// Writes the bounds within a schema. `is_named` says that the keys are names that somebody gave, and no
/// keywords.
fn bound_within(schema: &mut Value, is_named: bool, at: &mut String, added: &mut HashSet<String>) {
    let length = at.len();
    match schema {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate().filter(|(_, item)| !is_scalar(item)) {
                at.push_str(&format!("/{index}"));
                bound_within(item, false, at, added);
                at.truncate(length);
            }
        }
        Value::Object(members) => {
            let is_schema = |key: &str| is_named || !is_data(key);
            for (key, own) in members.iter_mut().filter(|(key, own)| is_schema(key) && !is_scalar(own)) {
                at.push('/');
                match key.contains(['~', '/']) {
                    true => at.push_str(&key.replace('~', "~0").replace('/', "~1")),
                    false => at.push_str(key),
                }
                bound_within(own, !is_named && has_names(key), at, added);
                at.truncate(length);
            }
            if !is_named {
                bound(members, at, added);
            }
        }
        _ => {}
    }
}

/// Adds the bounds of a schema's own format.
fn bound(members: &mut Map<String, Value>, at: &str, added: &mut HashSet<String>) {
    let bounds: Option<(Value, Value)> = match members.get("format").and_then(Value::as_str) {
        Some("int32") => Some((i32::MIN.into(), i32::MAX.into())),
        Some("int64") => Some((i64::MIN.into(), i64::MAX.into())),
        Some("uint64") => Some((0.into(), u64::MAX.into())),
        _ => None,
    };
    let is_integer =
        |own: &Value| own == "integer" || own.as_array().is_some_and(|own| own.contains(&"integer".into()));
    let Some((least, most)) = bounds.filter(|_| members.get("type").is_some_and(is_integer)) else { return };
    let mut say = |keyword: &str, own: Value, is_beyond: fn(f64, f64) -> bool| {
        let said = members.get(keyword).and_then(Value::as_f64);
        if said.is_none_or(|said| own.as_f64().is_some_and(|own| is_beyond(said, own))) {
            members.insert(keyword.to_owned(), own);
            added.insert(format!("{at}/{keyword}"));
        }
    };
    say("minimum", least, |said, least| said < least);
    say("maximum", most, |said, most| said > most);
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

#[cfg(test)]
mod tests {
    use super::{bound_integers, is_base64, is_base64url, is_format};
    use serde_json::json;

    #[test]
    fn only_schemas_have_the_bounds_of_their_format() {
        let integer = json!({ "type": "integer", "format": "int32", "maximum": 9 });
        let mut schema = json!({
            "const": integer,
            "properties": { "enum": integer, "a/b": { "type": ["integer", "null"], "format": "uint64" } },
            "enum": [integer],
        });
        let mut added: Vec<String> = bound_integers(&mut schema).into_iter().collect();
        added.sort();
        let own = ["/properties/a~1b/maximum", "/properties/a~1b/minimum", "/properties/enum/minimum"];
        assert_eq!(added, own);
        assert_eq!((&schema["const"], &schema["enum"][0]), (&integer, &integer));
    }

    #[test]
    fn base64_has_its_padding() {
        assert!(is_base64("") && is_base64("AP8hAA==") && !is_base64("no base64"));
    }

    #[test]
    fn base64_for_addresses_may_leave_out_its_padding() {
        for text in ["", "AP8hAA==", "AP8hAA", "-_-_", "YQ", "eyJhbGciOiJub25lIn0"] {
            assert!(is_base64url(text), "{text}");
        }
        for text in ["+/+/", "YQ=", "Y", "Y Q", "YR", "YQ\n", "ü"] {
            assert!(!is_base64url(text), "{text}");
        }
    }

    #[test]
    fn formats_of_openapi_count() {
        assert!(is_format("decimal", "-12.50") && !is_format("decimal", "1e5") && !is_format("byte", "?"));
        assert!(is_format("base64url", "-_-_") && !is_format("base64url", "+/+/"));
        assert!(is_format("email", "someone@example.com") && !is_format("email", "nobody"));
        assert!(is_format("a-format-of-ones-own", "anything"));
    }
}
