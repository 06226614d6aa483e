//! Pairs and texts → values, as texts.
//!
//! What is not in the style of its shape is not repaired: it becomes a value that no schema of that shape
//! takes.

use super::{Shape, Style};
use serde_json::{Map, Value};

/// Reads what pairs say of one parameter, as texts. `is_member` says of a name whether it is one of an object
/// whose members stand alone. A lone text may be a list of one; what has numbers for names may be a list,
/// too: see [`numbered`].
pub fn from_pairs(
    name: &str,
    pairs: &[(String, String)],
    style: Style,
    explode: bool,
    shape: Shape,
    is_member: impl Fn(&str) -> bool,
) -> Option<Value> {
    let mut own = pairs.iter().filter(|(key, _)| key == name).map(|(_, text)| text.as_str());
    match shape {
        Shape::Scalar => match own.collect::<Vec<_>>().as_slice() {
            [] => None,
            [only] => Some(Value::from(*only)),
            // A list where one value is asked for does not fit, and is refused as that.
            several => Some(several.iter().copied().map(Value::from).collect()),
        },
        Shape::Array if style == Style::DeepObject => {
            let mut members = Map::new();
            for (key, text) in pairs {
                let Some(path) = key.strip_prefix(name).and_then(brackets) else { continue };
                insert_deep(&mut members, &[&[""], path.as_slice()].concat(), text);
            }
            match members.remove("")? {
                Value::Object(members) => Some(numbered(&members).unwrap_or(Value::Object(members))),
                Value::Array(items) => Some(Value::Array(items)),
                one => Some(vec![one].into()),
            }
        }
        Shape::Array if explode => {
            let items: Vec<Value> = own.map(Value::from).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Shape::Array => own.next_back().map(|text| split(text, style.delimiter())),
        Shape::Object if style == Style::DeepObject => {
            let mut members = Map::new();
            for (key, text) in pairs {
                let path = key.strip_prefix(name).and_then(brackets).filter(|path| !path.is_empty());
                insert_deep(&mut members, &path.unwrap_or_default(), text);
            }
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Shape::Object if explode => {
            let mut members = Map::new();
            for (key, text) in pairs.iter().filter(|(key, _)| is_member(key)) {
                insert_deep(&mut members, &[key.as_str()], text);
            }
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Shape::Object => {
            own.next_back().map(|text| unflat(&text.split(style.delimiter()).collect::<Vec<_>>()))
        }
    }
}

/// Number of names in brackets that are told apart; what is deeper is one name.
const DEPTH: usize = 32;

/// Returns the names in brackets behind the name of a parameter: `[a][]` has `a` and nothing. None where
/// something else stands there.
fn brackets(rest: &str) -> Option<Vec<&str>> {
    match rest {
        "" => Some(Vec::new()),
        rest => Some(rest.strip_prefix('[')?.strip_suffix(']')?.splitn(DEPTH, "][").collect()),
    }
}

fn insert_deep(members: &mut Map<String, Value>, path: &[&str], text: &str) {
    match path {
        [] => {}
        // What ends in nothing is an item of a list, and so is what comes again.
        [key] | [key, ""] => match members.get_mut(*key) {
            Some(Value::Array(items)) => items.push(text.into()),
            Some(first) => *first = Value::from(vec![first.take(), text.into()]),
            None if path.len() > 1 => drop(members.insert((*key).to_owned(), vec![text].into())),
            None => drop(members.insert((*key).to_owned(), text.into())),
        },
        [key, rest @ ..] => {
            let inner = members.entry((*key).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            match inner {
                Value::Object(inner) => insert_deep(inner, rest, text),
                // A text and a member cannot both be: nothing fits both.
                other => {
                    let mut deeper = Map::new();
                    insert_deep(&mut deeper, rest, text);
                    *other = Value::from(vec![other.take(), deeper.into()]);
                }
            }
        }
    }
}

/// Returns the list that an object is whose names are the numbers of its items, in their order.
#[must_use]
pub fn numbered(members: &Map<String, Value>) -> Option<Value> {
    let number = |(name, item): (&String, &Value)| Some((name.parse::<usize>().ok()?, item.clone()));
    let mut items: Vec<(usize, Value)> = members.iter().map(number).collect::<Option<_>>()?;
    items.sort_by_key(|(number, _)| *number);
    Some(items.into_iter().map(|(_, item)| item).collect())
}

/// Reads the text of a path segment or a header, as texts; `decode` is called for every name and value in it.
/// `None` where the style's own signs are missing.
pub fn from_text(
    name: &str,
    text: &str,
    style: Style,
    explode: bool,
    shape: Shape,
    decode: impl Fn(&str) -> String,
) -> Option<Value> {
    // What stands behind a name: nothing, too, without a sign between them (RFC 6570, 3.2.7).
    fn behind(part: &str) -> (&str, &str) {
        part.split_once('=').unwrap_or((part, ""))
    }
    let named = |part| Some(behind(part)).filter(|(key, _)| decode(key) == name).map(|(_, text)| text);
    let (text, delimiter) = match style {
        Style::Label => (text.strip_prefix('.')?, if explode { '.' } else { ',' }),
        Style::Matrix if explode && shape != Shape::Scalar => (text.strip_prefix(';')?, ';'),
        Style::Matrix => (named(text.strip_prefix(';')?)?, ','),
        _ => (text, ','),
    };
    let parts = || text.split(delimiter).map(str::trim);
    Some(match shape {
        Shape::Scalar => decode(text).into(),
        Shape::Array if style == Style::Simple && text.is_empty() => Vec::<Value>::new().into(),
        Shape::Object if style == Style::Simple && text.is_empty() => Map::new().into(),
        Shape::Array if style == Style::Matrix && explode => {
            parts().map(|part| named(part).map(|text| Value::from(decode(text)))).collect::<Option<_>>()?
        }
        Shape::Array => parts().map(|part| Value::from(decode(part))).collect(),
        Shape::Object if explode && style != Style::Matrix && parts().any(|part| !part.contains('=')) => {
            decode(text).into()
        }
        Shape::Object if explode => {
            let member = |part: &str| (decode(behind(part).0), Value::from(decode(behind(part).1)));
            Value::Object(parts().map(member).collect())
        }
        Shape::Object => {
            let parts: Vec<String> = parts().map(&decode).collect();
            unflat(&parts.iter().map(String::as_str).collect::<Vec<_>>())
        }
    })
}

fn split(text: &str, delimiter: char) -> Value {
    text.split(delimiter).map(Value::from).collect()
}

/// Makes an object of a flat list: `["a", "1", "b", "2"]` is `{"a": "1", "b": "2"}`. What has no pairs stays
/// a text, which does not fit an object.
fn unflat(parts: &[&str]) -> Value {
    if parts.len() % 2 == 1 {
        return Value::from(parts.join(","));
    }
    Value::Object(parts.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].into())).collect())
}
