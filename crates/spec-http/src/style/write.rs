//! Values → pairs and texts.

use super::{Style, Unwritable, item_text, scalar};
use serde_json::{Map, Value};

/// Returns the pairs that a query, a cookie or a form carries for one parameter. Null, and a list or an
/// object without items, has none.
///
/// # Errors
///
/// Why the value can't be written so that it comes back.
pub fn to_pairs(
    name: &str,
    value: &Value,
    style: Style,
    explode: bool,
) -> Result<Vec<(String, String)>, Unwritable> {
    let own = |text: String| (name.to_owned(), text);
    Ok(match value {
        Value::Null => Vec::new(),
        Value::Array(items) if items.is_empty() => Vec::new(),
        Value::Object(members) if members.is_empty() => Vec::new(),
        Value::Array(_) | Value::Object(_) if style == Style::DeepObject => {
            let mut pairs = Vec::new();
            deep(name.to_owned(), value, &mut pairs)?;
            pairs
        }
        Value::Array(items) if explode => {
            items.iter().map(|item| Ok(own(item_text(item)?))).collect::<Result<_, _>>()?
        }
        Value::Array(items) => vec![own(joined(items.iter().map(item_text), style.delimiter())?)],
        Value::Object(members) if explode => {
            let mut pairs = Vec::new();
            for (key, member) in members {
                match member {
                    Value::Array(items) if items.is_empty() => return Err(Unwritable::Empty),
                    Value::Array(items) => {
                        let item = |item| Ok((key.clone(), item_text(item)?));
                        pairs.extend(items.iter().map(item).collect::<Result<Vec<_>, _>>()?);
                    }
                    member => pairs.push((key.clone(), item_text(member)?)),
                }
            }
            pairs
        }
        Value::Object(members) => vec![own(joined(flat(members), style.delimiter())?)],
        other => vec![own(scalar(other))],
    })
}

/// Returns the text of a list or an object whose items stand in one, with commas between them; none where
/// there are no items. `encode` is called for each of them.
///
/// # Errors
///
/// Why the value can't be written so that it comes back.
pub fn to_joined(value: &Value, encode: impl Fn(&str) -> String) -> Result<Option<String>, Unwritable> {
    let parts: Vec<String> = match value {
        Value::Null => return Ok(None),
        Value::Array(items) => items.iter().map(item_text).collect::<Result<_, _>>()?,
        Value::Object(members) => flat(members).collect::<Result<_, _>>()?,
        other => vec![scalar(other)],
    };
    match parts.as_slice() {
        [] => Ok(None),
        // Most readers decode a text before they split it, so that a comma shows only among others.
        [only] if only.contains(',') && (value.is_array() || value.is_object()) => {
            Err(Unwritable::Separator(','))
        }
        parts => joined(parts.iter().map(|part| Ok(encode(part))), ',').map(Some),
    }
}

/// Writes what has names in brackets, as PHP, Rails, `qs` and others read it.
fn deep(name: String, value: &Value, pairs: &mut Vec<(String, String)>) -> Result<(), Unwritable> {
    match value {
        Value::Array(items) if items.is_empty() => return Err(Unwritable::Empty),
        Value::Object(members) if members.is_empty() => return Err(Unwritable::Empty),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                deep(format!("{name}[{index}]"), item, pairs)?;
            }
        }
        Value::Array(items) => {
            for item in items {
                pairs.push((format!("{name}[]"), item_text(item)?));
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                if key.is_empty() || key.contains(['[', ']']) {
                    return Err(Unwritable::Bracket);
                }
                deep(format!("{name}[{key}]"), member, pairs)?;
            }
        }
        other => pairs.push((name, item_text(other)?)),
    }
    Ok(())
}

/// Returns the text that a path segment or a header carries; none for null. `encode` is called for every name
/// and value in it; what it leaves of the signs that separate can't be told from them.
///
/// # Errors
///
/// Why the value can't be written so that it comes back.
pub fn to_text(
    name: &str,
    value: &Value,
    style: Style,
    explode: bool,
    encode: impl Fn(&str) -> String,
) -> Result<Option<String>, Unwritable> {
    let (delimiter, is_matrix) = match style {
        Style::Label if explode => ('.', false),
        Style::Matrix if explode => (';', true),
        Style::Matrix => (',', true),
        _ => (',', false),
    };
    // What is read is trimmed (RFC 9110, 5.6.1.2).
    let whole = |text: String| if text.trim() == text { Ok(text) } else { Err(Unwritable::Space) };
    let encoded = |text: String| whole(encode(&text));
    // RFC 6570, 3.2.7: what is empty has no sign behind its name there.
    let pair = |name: String, text: String| match text.as_str() {
        "" if is_matrix => name,
        _ => format!("{name}={text}"),
    };
    let parts: Vec<String> = match value {
        Value::Null => return Ok(None),
        Value::Array(items) if items.is_empty() && style == Style::Simple => return Ok(Some(String::new())),
        Value::Object(members) if members.is_empty() && style == Style::Simple => {
            return Ok(Some(String::new()));
        }
        Value::Array(items) if items.is_empty() => return Err(Unwritable::Empty),
        Value::Object(members) if members.is_empty() => return Err(Unwritable::Empty),
        Value::Array(items) => {
            items.iter().map(|item| encoded(item_text(item)?)).collect::<Result<_, _>>()?
        }
        Value::Object(members) if explode => {
            let member = |(key, member): (&String, &Value)| {
                let key = encoded(key.clone())?;
                if key.contains('=') {
                    return Err(Unwritable::Separator('='));
                }
                Ok(pair(key, encoded(item_text(member)?)?))
            };
            members.iter().map(member).collect::<Result<_, _>>()?
        }
        Value::Object(members) => flat(members).map(|part| encoded(part?)).collect::<Result<_, _>>()?,
        other => {
            let text = encoded(scalar(other))?;
            return Ok(Some(match style {
                Style::Label => format!(".{text}"),
                Style::Matrix => format!(";{}", pair(encode(name), text)),
                _ => text,
            }));
        }
    };
    // Which is how a list without items is written.
    if style == Style::Simple && parts.iter().all(String::is_empty) && parts.len() == 1 {
        return Err(Unwritable::Empty);
    }
    let text = match style {
        Style::Matrix if explode && value.is_array() => {
            joined(parts.into_iter().map(|part| Ok(pair(encode(name), part))), delimiter)?
        }
        _ => joined(parts.into_iter().map(Ok), delimiter)?,
    };
    Ok(Some(match style {
        Style::Label => format!(".{text}"),
        Style::Matrix if explode => format!(";{text}"),
        Style::Matrix => format!(";{}", pair(encode(name), text)),
        _ => text,
    }))
}

fn flat(members: &Map<String, Value>) -> impl Iterator<Item = Result<String, Unwritable>> {
    members.iter().flat_map(|(key, member)| [Ok(key.clone()), item_text(member)])
}

/// Joins texts none of which holds what stands between them.
fn joined(
    parts: impl Iterator<Item = Result<String, Unwritable>>,
    delimiter: char,
) -> Result<String, Unwritable> {
    let mut text = String::new();
    for (index, part) in parts.enumerate() {
        let part = part?;
        if part.contains(delimiter) {
            return Err(Unwritable::Separator(delimiter));
        }
        if index > 0 {
            text.push(delimiter);
        }
        text.push_str(&part);
    }
    Ok(text)
}
