//! Forms → objects: `application/x-www-form-urlencoded` and `multipart/form-data`.
//!
//! Knows both syntaxes and how OpenAPI writes properties into them (3.1, 4.8.14.4 and 4.8.15). Must not know
//! the message that the form came in.

use crate::media::{Media, split_outside_quotes, unquote};
use crate::parameters::pairs;
use crate::texts::{self, How, Parts};
use serde_json::{Map, Value};
use spec_api::{Encoding, MediaKind, MediaType};
use spec_http::media_type::most_exact;
use spec_http::message::plain_name;
use spec_http::style::{Shape, Style};

/// The fields and parts of a form.
pub(crate) struct Form {
    /// The fields: names, values, and whether a value has types of its own, as JSON has. The others are
    /// texts.
    fields: Vec<(String, Value, bool)>,
    /// Fields that the schema neither names nor leaves open.
    pub(crate) undeclared: Vec<String>,
    /// Fields that are files: they are there, but what is in them is not looked at.
    pub(crate) files: Vec<String>,
    /// Fields that can't be read.
    pub(crate) malformed: Vec<(String, String)>,
}

impl Form {
    /// Returns all fields as one object, with the types that the schema asks for as far as the texts allow. A
    /// name that comes again makes a list, and so does one whose property is a list.
    pub(crate) fn value(&self, schema: &Parts<'_>, how: How) -> Value {
        let mut fields: Map<String, Value> = Map::new();
        for (index, (name, ..)) in self.fields.iter().enumerate() {
            if fields.contains_key(name) {
                continue;
            }
            let property = schema.property(name);
            let own: Vec<&(String, Value, bool)> =
                self.fields[index..].iter().filter(|(other, ..)| other == name).collect();
            let is_list = property.shapes().first() == Some(&Shape::Array);
            // In a list of lists, a list that has none in it is an item.
            let is_of_lists = property.item(0).shapes().first() == Some(&Shape::Array);
            let is_whole = |value: &Value| match value {
                Value::Array(items) => !is_of_lists || items.iter().any(Value::is_array),
                value => value.is_null() && property.says("null"),
            };
            let read = |property: &Parts<'_>, (_, value, is_typed): &(String, Value, bool)| {
                if *is_typed { value.clone() } else { property.coerce(value.clone(), how) }
            };
            let value = match own.as_slice() {
                [one] => {
                    let whole = read(&property, one);
                    if is_list && !is_whole(&whole) {
                        vec![read(&property.item(0), one)].into()
                    } else {
                        whole
                    }
                }
                several if is_list => {
                    several.iter().enumerate().map(|(index, one)| read(&property.item(index), one)).collect()
                }
                several => several.iter().map(|one| read(&property, one)).collect(),
            };
            fields.insert(name.clone(), value);
        }
        Value::Object(fields)
    }

    fn new() -> Form {
        Form { fields: Vec::new(), undeclared: Vec::new(), files: Vec::new(), malformed: Vec::new() }
    }

    /// Reads a property from the pairs that it claims: those of its name, and what an object spreads.
    fn read_field<'a>(
        &mut self,
        pairs: &'a [(String, String)],
        claimed: &mut Vec<&'a str>,
        encoding: Option<&Encoding>,
        property: Parts<'_>,
        (name, declared): (String, &[String]),
    ) {
        let (style, explode) = encoding.and_then(|encoding| encoding.style).unwrap_or((Style::Form, true));
        let shapes = property.shapes();
        let is_object = shapes.contains(&Shape::Object);
        // Without a style, an object is written as JSON, and so is what has that media type (OpenAPI 3.1,
        // 4.8.15.1).
        let media_type = encoding.and_then(|encoding| encoding.content_type.as_deref());
        let is_json = encoding.is_none_or(|encoding| encoding.style.is_none())
            && (is_object || media_type.is_some_and(|name| MediaKind::of(name) == MediaKind::Json));
        let nested = property.names();
        let prefix = format!("{name}[");
        let is_deep = style == Style::DeepObject;
        let is_spread = is_object && !is_json && explode && style != Style::DeepObject;
        // What no property has the name of may belong to an object that takes names of all sorts, unless that
        // can't begin so.
        let is_begun = !property.requires() || pairs.iter().any(|(key, _)| nested.contains(key));
        let is_loose = |key: &str| {
            is_spread
                && is_begun
                && property.is_open()
                && !declared.iter().any(|own| own == key)
                && !claimed.contains(&key)
        };
        let nested: Vec<String> = match is_spread {
            true => nested
                .iter()
                .cloned()
                .chain(pairs.iter().map(|(key, _)| key.clone()).filter(|key| is_loose(key)))
                .collect(),
            false => nested,
        };
        for (key, _) in pairs {
            let own =
                *key == name || (is_deep && key.starts_with(&prefix)) || (is_spread && nested.contains(key));
            if own && !claimed.contains(&key.as_str()) {
                claimed.push(key);
            }
        }
        let text = pairs.iter().rfind(|(key, _)| *key == name).map(|(_, text)| text.as_str());
        if let (true, Some(text)) = (is_json, text) {
            match serde_json::from_str::<Value>(text) {
                Ok(value) => self.fields.push((name, value, true)),
                Err(_) if shapes == [Shape::Object] => {
                    self.malformed.push((name, "the field is not JSON".to_owned()))
                }
                Err(_) => self.fields.push((name, text.into(), false)),
            }
            return;
        }
        let values = texts::read_pairs(&name, pairs, style, explode, &shapes, |key| {
            nested.iter().any(|own| own == key)
        });
        match values.into_iter().next() {
            Some(value) => self.fields.push((name, value, false)),
            None if text.is_some() => self.malformed.push((name, "the field is not in its style".to_owned())),
            None => {}
        }
    }
}

/// Reads a form as pairs. `media` is how the document declares it.
pub(crate) fn urlencoded(text: &str, media: &MediaType, schema: Option<&Parts<'_>>) -> Form {
    let pairs = pairs(text);
    let mut form = Form::new();
    let Some(schema) = schema else { return form };
    let mut claimed: Vec<&str> = Vec::new();
    let declared = schema.names();
    for name in declared.clone() {
        form.read_field(
            &pairs,
            &mut claimed,
            media.encoding.get(&name),
            schema.property(&name),
            (name, &declared),
        );
    }
    for (name, text) in &pairs {
        if claimed.contains(&name.as_str()) {
            continue;
        }
        if !schema.is_open() && !form.undeclared.contains(name) {
            form.undeclared.push(name.clone());
        }
        form.fields.push((name.clone(), text.as_str().into(), false));
    }
    form
}

/// Reads a form in parts (RFC 7578). `media` is how the document declares it. An error is a sentence.
///
/// Its limits: parts of `multipart/mixed` inside a part (RFC 7578, 4.3), `Content-Transfer-Encoding` (4.7,
/// deprecated) and names in an encoding other than UTF-8 are not read; a part with a file name, or with a
/// media type that is neither text nor JSON, is a file. Per-part headers other than `Content-Disposition` and
/// `Content-Type` are not looked at.
pub(crate) fn multipart(
    body: &[u8],
    content_type: &Media,
    media: &MediaType,
    schema: Option<&Parts<'_>>,
) -> Result<Form, String> {
    let boundary =
        content_type.parameter("boundary").filter(|boundary| !boundary.is_empty() && boundary.len() <= 70);
    let boundary = boundary.ok_or("the media type has no boundary of 1 to 70 characters")?;
    let mut form = Form::new();
    for part in split(body, boundary)? {
        let part = Part::read(part)?;
        let declared = media.encoding.get(&part.name).and_then(|encoding| encoding.content_type.as_deref());
        if let (Some(given), Some(declared)) = (&part.media_type, declared)
            && most_exact(declared.split(','), given).is_none()
        {
            form.malformed.push((part.name.clone(), format!("the part is {given}, and must be {declared}")));
        }
        let property = schema.map(|schema| schema.property(&part.name));
        let shapes = property.map(|property| property.shapes()).unwrap_or_default();
        let (value, is_typed) = if part.is_file {
            if !form.files.contains(&part.name) {
                form.files.push(part.name.clone());
            }
            (Value::from(String::from_utf8_lossy(part.content).into_owned()), false)
        } else {
            let text = std::str::from_utf8(part.content)
                .map_err(|_| format!("the part `{}` is not UTF-8", part.name))?;
            match serde_json::from_str(text) {
                Ok(value) if part.is_json => (value, true),
                Err(_) if part.is_json || shapes == [Shape::Object] => {
                    form.malformed.push((part.name, "the part is not JSON".to_owned()));
                    continue;
                }
                _ => (Value::from(text), false),
            }
        };
        if schema.is_some_and(|schema| !schema.is_open() && !schema.names().contains(&part.name))
            && !form.undeclared.contains(&part.name)
        {
            form.undeclared.push(part.name.clone());
        }
        form.fields.push((part.name, value, is_typed));
    }
    Ok(form)
}

/// Returns the parts between boundaries, each with its headers (RFC 2046, 5.1.1). A form without parts, which
/// is not foreseen there, is written as nothing.
fn split<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<&'a [u8]>, String> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let delimiter = format!("--{boundary}");
    let mut lines = Vec::new();
    let mut from = 0;
    while let Some(at) = find(&body[from..], delimiter.as_bytes()).map(|at| at + from) {
        from = at + delimiter.len();
        if at > 0 && !body[..at].ends_with(b"\r\n") {
            continue;
        }
        let rest = &body[from..];
        let is_last = rest.starts_with(b"--");
        let padding = rest
            .iter()
            .skip(if is_last { 2 } else { 0 })
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let after = from + padding + if is_last { 2 } else { 0 };
        if is_last && (body.len() == after || body[after..].starts_with(b"\r\n")) {
            lines.push((at, after));
            let parts = lines.windows(2).map(|pair| {
                let (start, end) = (pair[0].1, pair[1].0);
                // The line break before a delimiter belongs to the delimiter.
                body.get(start..end.saturating_sub(2)).unwrap_or_default()
            });
            return Ok(parts.collect());
        }
        if !is_last && body[after..].starts_with(b"\r\n") {
            lines.push((at, after + 2));
        }
    }
    let message = if lines.is_empty() {
        "the boundary does not occur in the body"
    } else {
        "the last boundary is missing"
    };
    Err(message.to_owned())
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

struct Part<'a> {
    name: String,
    is_file: bool,
    is_json: bool,
    /// Without its parameters; none where the part does not say it.
    media_type: Option<String>,
    content: &'a [u8],
}

impl<'a> Part<'a> {
    fn read(part: &'a [u8]) -> Result<Part<'a>, String> {
        let (head, content) = match part.strip_prefix(b"\r\n") {
            Some(content) => (&part[..0], content),
            None => {
                let end = find(part, b"\r\n\r\n").ok_or("a part has no empty line after its headers")?;
                (&part[..end], &part[end + 4..])
            }
        };
        let head = std::str::from_utf8(head).map_err(|_| "the headers of a part are not UTF-8")?;
        let header = |name: &str| {
            let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
            lines.find(|(own, _)| own.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        let disposition = header("content-disposition").ok_or("a part has no Content-Disposition")?;
        let mut pieces = split_outside_quotes(disposition).into_iter();
        if !pieces.next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("form-data")) {
            return Err("the Content-Disposition of a part is not form-data".to_owned());
        }
        let parameters: Vec<(&str, &str)> = pieces.filter_map(|piece| piece.split_once('=')).collect();
        let parameter = |name: &str| {
            parameters.iter().find(|(own, _)| own.trim().eq_ignore_ascii_case(name)).map(|(_, v)| v)
        };
        let name =
            parameter("name").map(|name| plain_name(&unquote(name.trim()))).ok_or("a part has no name")?;
        let kind = header("content-type").map(MediaKind::of);
        let media_type = header("content-type").and_then(Media::parse).map(|media| media.essence);
        let has_file_name = parameter("filename").is_some() || parameter("filename*").is_some();
        let is_file =
            has_file_name || kind.is_some_and(|kind| !matches!(kind, MediaKind::Text | MediaKind::Json));
        Ok(Part { name, is_file, is_json: !is_file && kind == Some(MediaKind::Json), media_type, content })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_split_at_whole_delimiters() {
        let texts = |body: &str| {
            let parts = split(body.as_bytes(), "x").map_err(|message| message.to_owned())?;
            Ok::<_, String>(
                parts.into_iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect::<Vec<_>>(),
            )
        };
        assert_eq!(texts("--x\r\na\r\n--x--"), Ok(vec!["a".to_owned()]));
        assert_eq!(
            texts("before\r\n--x \t\r\na\r\n--x\r\nb\r\n--x-- \r\nafter"),
            Ok(vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(texts("--x\r\na --x\r\n--xy\r\n--x--\r\n"), Ok(vec!["a --x\r\n--xy".to_owned()]));
        assert_eq!(texts("--x--"), Ok(Vec::new()));
        assert_eq!(texts("--x\r\n--x--"), Ok(vec![String::new()]));
        assert_eq!(texts(""), Ok(Vec::new()));
        for broken in ["a", "--x", "--x\r\na", "--x\r\na\n--x--", "--y\r\n--y--"] {
            assert!(texts(broken).is_err(), "{broken:?}");
        }
    }
}
