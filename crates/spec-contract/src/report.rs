//! Violations as JSON, and as the value of a header.
//!
//! Knows the shape that Prism gave to its header `sl-violations`, so that tools that read it can read ours.
//! Must not know how violations are found, nor what becomes of a message.

use crate::judgement::{Kind, Part, Violation};
use serde_json::{Value, json};

/// The header in which violations are told beside an answer.
pub const VIOLATIONS_HEADER: &str = "sl-violations";

/// The largest length of the header's value, in bytes: most clients and proxies refuse header sections of
/// more than 8 KiB.
const LONGEST: usize = 8 * 1024 - 100;

/// Returns a violation as JSON: `{"location": […], "severity": "Error", "code": …, "message": …}`. The
/// location begins with the message and its part; the code is the keyword of a schema, or else the kind.
///
/// ```
/// use serde_json::json;
/// use spec_contract::{Kind, Part, Side, Violation, report};
///
/// let violation = Violation {
///     side: Side::Request,
///     part: Part::Body,
///     name: None,
///     pointer: "/tags/0".to_owned(),
///     schema: "/components/schemas/Tag/maxLength".to_owned(),
///     message: "\"abc\" is longer than 2 characters".to_owned(),
///     kind: Kind::Invalid,
/// };
/// let expected = json!({
///     "location": ["request", "body", "tags", "0"],
///     "severity": "Error",
///     "code": "maxLength",
///     "message": "\"abc\" is longer than 2 characters",
/// });
/// assert_eq!(report::json(&violation), expected);
/// ```
#[must_use]
pub fn json(violation: &Violation) -> Value {
    let part = match violation.part {
        Part::ContentType => "header",
        other => other.as_str(),
    };
    let mut location = vec![violation.side.as_str().to_owned(), part.to_owned()];
    location.extend(violation.name.clone());
    let tokens = violation.pointer.split('/').skip(1);
    location.extend(tokens.map(|token| token.replace("~1", "/").replace("~0", "~")));
    let keyword = violation.schema.rsplit('/').next().unwrap_or_default();
    let code = match violation.kind {
        Kind::Invalid => keyword,
        Kind::Missing => "required",
        other => other.as_str(),
    };
    json!({"location": location, "severity": "Error", "code": code, "message": violation.message})
}

/// Writes a list of JSON values as the value of [`VIOLATIONS_HEADER`]: ASCII, and at most 8,092 bytes. Of
/// more, the last entry says how many there are.
#[must_use]
pub fn header(entries: &[Value]) -> String {
    let (mut text, mut written) = (String::from("["), 0);
    for entry in entries {
        let entry = ascii(&entry.to_string());
        // The last words need room, too.
        if text.len() + entry.len() + 60 > LONGEST {
            break;
        }
        if written > 0 {
            text.push(',');
        }
        text.push_str(&entry);
        written += 1;
    }
    if written < entries.len() {
        let comma = if written > 0 { "," } else { "" };
        text.push_str(&format!(
            "{comma}{{\"code\":\"more\",\"message\":\"{} more\"}}",
            entries.len() - written
        ));
    }
    text.push(']');
    text
}

/// Writes JSON in ASCII (RFC 8259, 7).
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            ' '..='~' => text.push(character),
            other => {
                let mut units = [0; 2];
                other
                    .encode_utf16(&mut units)
                    .iter()
                    .for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, header};
    use serde_json::{Value, json};

    #[test]
    fn the_header_is_ascii_and_bounded() {
        assert_eq!(header(&[]), "[]");
        assert_eq!(header(&[json!({"a": "é𝄞\n"})]), r#"[{"a":"\u00e9\ud834\udd1e\n"}]"#);
        let many = vec![json!({"message": "x".repeat(100)}); 200];
        let text = header(&many);
        assert!(text.len() <= LONGEST, "{}", text.len());
        let read: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            read.last(),
            Some(&json!({"code": "more", "message": format!("{} more", 201 - read.len())}))
        );
        assert!(header(&[json!("x".repeat(9_000))]).contains("1 more"));
    }
}
