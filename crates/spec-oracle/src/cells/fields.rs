//! What bodies look like on the wire: JSON, texts, and forms with a field or part for each property (WHATWG
//! URL, 5; RFC 7578; OpenAPI 3.1.1, 4.8.15).
//!
//! A second reader, which shares nothing with the code that it judges. It takes raw bytes apart.

use super::wire::{Place, Seen, Style, Way, is_text, judge};
use super::{Encoding, JSON};
use crate::check::is_same;
use serde_json::Value;

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Vec<u8>,
}

/// The parts of a form (RFC 2046, 5.1.1; RFC 7578, 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts(Vec<Part>);

/// A form as it was on the wire.
#[derive(Clone, Debug)]
pub enum Field {
    /// `application/x-www-form-urlencoded`.
    Pairs(Seen),
    /// `multipart/form-data`.
    Parts(Parts),
}

impl Parts {
    /// Takes a body apart.
    ///
    /// # Errors
    ///
    /// When the body is not as the standards have it.
    pub fn new(content_type: &str, body: &[u8]) -> Result<Parts, String> {
        let boundary = content_type.split(';').find_map(|own| own.trim().strip_prefix("boundary="));
        let boundary = boundary.ok_or_else(|| format!("{content_type:?} has no boundary"))?.trim_matches('"');
        // A form without parts is nothing: RFC 2046 has no way to write it.
        if body.is_empty() {
            return Ok(Parts(Vec::new()));
        }
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        let whole = [b"\r\n".as_slice(), body].concat();
        let mut rest = find(&whole, &delimiter)
            .map(|at| &whole[at + delimiter.len()..])
            .ok_or("there is no boundary")?;
        let mut parts = Vec::new();
        while !rest.starts_with(b"--") {
            let end = find(rest, &delimiter).ok_or("the last part has no end")?;
            let part = rest[..end].strip_prefix(b"\r\n").ok_or("a boundary has no end of its line")?;
            parts.push(Part::new(part)?);
            rest = &rest[end + delimiter.len()..];
        }
        Ok(Parts(parts))
    }
}

fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

impl Part {
    fn new(bytes: &[u8]) -> Result<Part, String> {
        let whole = [b"\r\n".as_slice(), bytes].concat();
        let end = find(&whole, b"\r\n\r\n").ok_or("the headers of a part have no end")?;
        let (headers, content) =
            (String::from_utf8_lossy(&whole[..end]).into_owned(), whole[end + 4..].to_vec());
        let header = |name: &str| {
            headers
                .split("\r\n")
                .filter_map(|line| line.split_once(':'))
                .find(|(own, _)| own.eq_ignore_ascii_case(name))
        };
        let (_, disposition) = header("content-disposition").ok_or("a part has no Content-Disposition")?;
        let quoted = |name: &str| {
            let (_, rest) = disposition.split_once(&format!("; {name}=\""))?;
            rest.split_once('"')
                .map(|(text, _)| text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
        };
        let name = quoted("name").ok_or_else(|| format!("a part has no name in {disposition:?}"))?;
        let content_type = header("content-type").map(|(_, text)| text.trim().to_owned());
        Ok(Part { name, file_name: quoted("filename"), content_type, content })
    }
}

impl Field {
    /// Checks whether a form says a value of a property, or nothing where there is none.
    ///
    /// # Errors
    ///
    /// When something else is there.
    pub fn judge(
        &self,
        name: &str,
        encoding: Encoding,
        is_file: bool,
        value: Option<&Value>,
    ) -> Result<(), String> {
        match self {
            Field::Pairs(seen) => in_pairs(seen, name, encoding, value),
            Field::Parts(parts) => in_parts(parts, name, encoding, is_file, value),
        }
    }
}

fn in_pairs(seen: &Seen, name: &str, encoding: Encoding, value: Option<&Value>) -> Result<(), String> {
    let way = |style, explode| Way { place: Place::Form, style, explode, reserved: false, empty: false };
    let as_json = |value: Option<&Value>| judge(way(Style::Json, false), name, 0, value, seen).map(drop);
    let each_as_json = |items: &[Value]| {
        let pairs: Vec<&(String, String)> = seen.pairs.iter().filter(|(own, _)| own == name).collect();
        if pairs.len() != items.len() {
            return Err(format!("there are {} pairs of it in {:?}", pairs.len(), seen.pairs));
        }
        pairs.into_iter().zip(items).try_for_each(|(pair, item)| {
            let alone = Seen { pairs: vec![pair.clone()], ..Seen::default() };
            judge(way(Style::Json, false), name, 0, Some(item), &alone).map(drop)
        })
    };
    let is_composed = |value: &Value| value.is_object() || value.is_array();
    match (encoding, value) {
        (Encoding::Styled(style, explode), value) => {
            judge(way(style, explode), name, 0, value, seen).map(drop)
        }
        (Encoding::Typed(JSON), Some(Value::Array(items))) => {
            as_json(value).or_else(|why| each_as_json(items).map_err(|_| why))
        }
        (Encoding::Typed(JSON), _) | (_, Some(Value::Object(_))) => as_json(value),
        (_, Some(Value::Array(items))) if items.iter().any(is_composed) => each_as_json(items),
        _ => judge(way(Style::Form, true), name, 0, value, seen).map(drop),
    }
}

fn in_parts(
    parts: &Parts,
    name: &str,
    encoding: Encoding,
    is_file: bool,
    value: Option<&Value>,
) -> Result<(), String> {
    let own: Vec<&Part> = parts.0.iter().filter(|part| part.name == name).collect();
    let shown = || own.iter().map(|part| part.shown()).collect::<Vec<_>>();
    let one = |part: &&Part, value: &Value| part.says(encoding, is_file, value);
    let several = |items: &[Value]| {
        if own.len() != items.len() {
            return Err(format!("there are {} parts of it, and not {}", own.len(), items.len()));
        }
        own.iter().zip(items).try_for_each(|(part, item)| one(part, item))
    };
    let judged = match (value, own.as_slice()) {
        (None | Some(Value::Null), []) => Ok(()),
        (Some(Value::Array(items)), [only]) if encoding == Encoding::Typed(JSON) => {
            one(only, &Value::Array(items.clone())).or_else(|why| several(items).map_err(|_| why))
        }
        (Some(Value::Array(items)), _) => several(items),
        (Some(value), [only]) => one(only, value),
        (_, other) => Err(format!("there are {} parts of it", other.len())),
    };
    judged.map_err(|why| format!("{why} in {:?}", shown()))
}

impl Part {
    fn shown(&self) -> String {
        let content = String::from_utf8_lossy(&self.content);
        format!(
            "{}; {}; {content:?}",
            self.file_name.as_deref().unwrap_or("-"),
            self.content_type.as_deref().unwrap_or("-")
        )
    }

    /// Checks whether the part says a value.
    fn says(&self, encoding: Encoding, is_file: bool, value: &Value) -> Result<(), String> {
        let essence =
            self.content_type.as_deref().map(|text| text.split(';').next().unwrap_or_default().trim());
        let is_composed = value.is_object() || value.is_array();
        match (encoding, essence) {
            (Encoding::Typed(wanted), other) if other != Some(wanted) => {
                return Err(format!("its media type is {}, and not {wanted}", other.unwrap_or("absent")));
            }
            (Encoding::Typed(_), _) => {}
            (_, other) if is_composed && other != Some(JSON) => {
                return Err(format!("its media type is {}, and not {JSON}", other.unwrap_or("absent")));
            }
            (_, Some(other)) if !is_composed && !is_file && other != "text/plain" => {
                return Err(format!("its media type is {other}, and not text/plain"));
            }
            _ => {}
        }
        if is_file && self.file_name.is_none() {
            return Err("a file has no name (RFC 7578, 4.2)".to_owned());
        }
        let text = String::from_utf8_lossy(&self.content);
        let is_json = !is_file && (is_composed || encoding == Encoding::Typed(JSON));
        let is_said = match is_json {
            true => serde_json::from_str(&text).is_ok_and(|said: Value| is_same(value, &said, false)),
            false => is_text(value, &text),
        };
        if is_said { Ok(()) } else { Err(format!("{text:?} is not {value}")) }
    }
}

/// Checks whether a whole body says a value.
///
/// # Errors
///
/// When it is something else.
pub fn is_body(media: &str, content_type: Option<&str>, body: &[u8], value: &Value) -> Result<(), String> {
    let said =
        content_type.map(|text| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let said = said.unwrap_or_default();
    if !fits(media, &said) {
        return Err(format!("the media type is {said:?}, and not {media}"));
    }
    let text = String::from_utf8_lossy(body);
    let is_said = match said == JSON || said.ends_with("+json") {
        true => serde_json::from_str(&text).is_ok_and(|said: Value| is_same(value, &said, false)),
        false => is_text(value, &text),
    };
    if is_said { Ok(()) } else { Err(format!("the body is {text:?}, and not {value}")) }
}

/// Returns true if a media type is within a range (RFC 9110, 12.5.1), or one with a star before its suffix.
fn fits(range: &str, said: &str) -> bool {
    match range.split_once('*') {
        Some((before, after)) if !range.starts_with("*/") => {
            said.starts_with(before) && said.ends_with(after)
        }
        Some(_) => said.contains('/'),
        None => range == said,
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Parts, is_body};
    use crate::cells::{Encoding, Seen};
    use serde_json::{Value, json};

    #[test]
    fn parts_are_taken_apart() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b\r\n\
                    content-disposition: form-data; name=\"f\"; filename=\"n\"\r\nContent-Type: image/png\r\n\
                    \r\n\r\n--y\r\n--b--\r\n";
        let parts = Parts::new("multipart/form-data; boundary=b", body.as_bytes()).unwrap();
        let form = Field::Parts(parts);
        let says = |name, encoding, is_file, value: Option<&Value>| {
            form.judge(name, encoding, is_file, value).is_ok()
        };
        assert!(says("a", Encoding::Plain, false, Some(&json!("x"))));
        assert!(!says("a", Encoding::Plain, false, Some(&json!("y"))));
        assert!(!says("a", Encoding::Plain, false, None));
        assert!(!says("a", Encoding::Typed("application/json"), false, Some(&json!("x"))));
        assert!(!says("a", Encoding::Plain, true, Some(&json!("x"))));
        assert!(says("f", Encoding::Plain, true, Some(&json!("\r\n--y"))));
        assert!(says("f", Encoding::Typed("image/png"), true, Some(&json!(["\r\n--y"]))));
        assert!(says("g", Encoding::Plain, false, None));
    }

    #[test]
    fn pairs_are_json_where_they_are_composed() {
        let form = Field::Pairs(Seen::form("a=%7B%22b%22%3A1%7D&c=x&c=y+z"));
        let says = |name, value: &Value| form.judge(name, Encoding::Plain, false, Some(value)).is_ok();
        assert!(says("a", &json!({ "b": 1 })));
        assert!(!says("a", &json!({ "b": 2 })));
        assert!(says("c", &json!(["x", "y z"])));
        assert!(!says("c", &json!(["x"])));
    }

    #[test]
    fn bodies_are_of_their_media_type() {
        assert!(
            is_body("application/*+json", Some("application/x+json"), b"{\"a\":1}", &json!({ "a": 1 }))
                .is_ok()
        );
        assert!(is_body("text/plain", Some("text/plain; charset=utf-8"), b"a", &json!("a")).is_ok());
        assert!(is_body("text/plain", Some("text/html"), b"a", &json!("a")).is_err());
        assert!(is_body("*/*", Some("image/png"), b"a", &json!("b")).is_err());
    }
}
