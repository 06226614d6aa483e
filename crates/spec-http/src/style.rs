//! Parameter values ↔ text: the styles of OpenAPI 3.1, 4.8.12.3 and 4.8.12.4, which are those of RFC 6570.
//!
//! Both directions stand here, so that a client and a server cannot disagree. Knows JSON values, not models;
//! percent-encoding is left to those who know where the text goes. Where the specification leaves open how
//! something is written, the form that most servers read is taken:
//!
//! * An item of a list, or a member of an object, that is composed itself is a JSON text; in a `deepObject`
//!   it has names of its own.
//! * A list in a `deepObject` has `[]` behind its name, or the numbers of its items where these are composed.
//! * A list in an object whose members stand alone repeats the name of the member.
//! * A list or an object without items is not written (RFC 6570, 3.2.1), but for a header, which is empty
//!   then (RFC 9110, 5.6.1).
//! * Null, and what is empty inside something else, has no text.

use serde_json::{Map, Value};
use std::fmt;

/// How a value becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `a,b`: path and header.
    Simple,
    /// `.a.b`: path.
    Label,
    /// `;name=a,b`: path.
    Matrix,
    /// `name=a&name=b`, or `name=a,b`: query, cookie and forms.
    Form,
    /// `name=a b`: query.
    SpaceDelimited,
    /// `name=a|b`: query.
    PipeDelimited,
    /// `name[key]=a`: query.
    DeepObject,
}

impl Style {
    /// Returns the style of a name in a document.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Style> {
        use Style::{DeepObject, Form, Label, Matrix, PipeDelimited, Simple, SpaceDelimited};
        let all = [Simple, Label, Matrix, Form, SpaceDelimited, PipeDelimited, DeepObject];
        all.into_iter().find(|style| style.name() == name)
    }

    /// Returns the name of the style in a document (OpenAPI 3.1, 4.8.12.3).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Style::Simple => "simple",
            Style::Label => "label",
            Style::Matrix => "matrix",
            Style::Form => "form",
            Style::SpaceDelimited => "spaceDelimited",
            Style::PipeDelimited => "pipeDelimited",
            Style::DeepObject => "deepObject",
        }
    }

    fn delimiter(self) -> char {
        match self {
            Style::SpaceDelimited => ' ',
            Style::PipeDelimited => '|',
            _ => ',',
        }
    }
}

/// Why a value has no text in its style: what is read of it would be another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// Null, inside a list or an object.
    Null,
    /// A list or an object without items, inside another one or where nothing can stand for it; or an empty
    /// text, alone in a list.
    Empty,
    /// A text that holds this sign, which separates texts.
    Separator(char),
    /// A text with a space at one of its ends, which is not kept there.
    Space,
    /// A name between brackets that is empty, or holds one.
    Bracket,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwritable::Null => f.write_str("it holds null, which has no text"),
            Unwritable::Empty => {
                f.write_str("it is or holds an empty list, object or text, for which nothing can be written")
            }
            Unwritable::Separator(sign) => write!(f, "an item of it holds {sign:?}, which separates items"),
            Unwritable::Space => f.write_str("it has a space at an end, which is not kept"),
            Unwritable::Bracket => f.write_str("a name in it is empty or holds a bracket, which ends names"),
        }
    }
}

/// The pairs that a query, a cookie or a form carries for one parameter. Null, and a list or an object
/// without items, has none.
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

/// The text of a list or an object whose items stand in one, with commas between them; none where there are
/// no items. `encode` is called for each of them.
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

/// The text that a path segment or a header carries; none for null. `encode` is called for every name and
/// value in it; what it leaves of the signs that separate can't be told from them.
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

/// What a parameter's text is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One text.
    Scalar,
    /// A list of texts.
    Array,
    /// Texts by name.
    Object,
}

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

/// How many names in brackets are told apart; what is deeper is one name.
const DEPTH: usize = 32;

/// The names in brackets behind the name of a parameter: `[a][]` has `a` and nothing. None where something
/// else stands there.
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

/// The list that an object is whose names are the numbers of its items, in their order.
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
    let parts: Vec<&str> = text.split(delimiter).map(str::trim).collect();
    Some(match shape {
        Shape::Scalar => decode(text).into(),
        Shape::Array if style == Style::Simple && text.is_empty() => Vec::<Value>::new().into(),
        Shape::Object if style == Style::Simple && text.is_empty() => Map::new().into(),
        Shape::Array if style == Style::Matrix && explode => parts
            .iter()
            .map(|part| named(part).map(|text| Value::from(decode(text))))
            .collect::<Option<_>>()?,
        Shape::Array => parts.iter().map(|part| Value::from(decode(part))).collect(),
        Shape::Object
            if explode && style != Style::Matrix && parts.iter().any(|part| !part.contains('=')) =>
        {
            decode(text).into()
        }
        Shape::Object if explode => {
            let member = |part: &&str| (decode(behind(part).0), Value::from(decode(behind(part).1)));
            Value::Object(parts.iter().map(member).collect())
        }
        Shape::Object => {
            let parts: Vec<String> = parts.iter().map(|part| decode(part)).collect();
            unflat(&parts.iter().map(String::as_str).collect::<Vec<_>>())
        }
    })
}

fn split(text: &str, delimiter: char) -> Value {
    text.split(delimiter).map(Value::from).collect()
}

/// `["a", "1", "b", "2"]` is `{"a": "1", "b": "2"}`. What has no pairs stays a text, which does not fit an
/// object.
fn unflat(parts: &[&str]) -> Value {
    if parts.len() % 2 == 1 {
        return Value::from(parts.join(","));
    }
    Value::Object(parts.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].into())).collect())
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

/// The text of an item of a list, or of a member of an object; what is composed itself stands as JSON.
///
/// # Errors
///
/// That it has none.
pub fn item_text(value: &Value) -> Result<String, Unwritable> {
    match value {
        Value::Null => Err(Unwritable::Null),
        other => Ok(scalar(other)),
    }
}

/// A value as a bare text; what is itself composed stands as JSON.
pub fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Returns the text of a text, a number or a boolean; none of anything else.
pub fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Some(scalar(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(value: &Value, style: Style, explode: bool) -> String {
        to_text("color", value, style, explode, str::to_owned).expect("a text").expect("some")
    }

    fn query(value: &Value, style: Style, explode: bool) -> String {
        let pairs = to_pairs("color", value, style, explode).expect("pairs");
        pairs.iter().map(|(key, text)| format!("{key}={text}")).collect::<Vec<_>>().join("&")
    }

    /// What the specification's own table shows (OpenAPI 3.1, 4.8.12.4).
    #[test]
    fn examples_of_the_specification() {
        let (empty, text) = (json!(""), json!("blue"));
        let list = json!(["blue", "black", "brown"]);
        let object = json!({"R": 100, "G": 200, "B": 150});
        for (value, style, explode, expected) in [
            (&empty, Style::Matrix, false, ";color"),
            (&text, Style::Matrix, true, ";color=blue"),
            (&list, Style::Matrix, false, ";color=blue,black,brown"),
            (&list, Style::Matrix, true, ";color=blue;color=black;color=brown"),
            (&object, Style::Matrix, false, ";color=R,100,G,200,B,150"),
            (&object, Style::Matrix, true, ";R=100;G=200;B=150"),
            (&empty, Style::Label, false, "."),
            (&text, Style::Label, true, ".blue"),
            (&list, Style::Label, false, ".blue,black,brown"),
            (&list, Style::Label, true, ".blue.black.brown"),
            (&object, Style::Label, true, ".R=100.G=200.B=150"),
            (&object, Style::Simple, false, "R,100,G,200,B,150"),
            (&object, Style::Simple, true, "R=100,G=200,B=150"),
        ] {
            assert_eq!(written(value, style, explode), expected);
        }
        for (value, style, explode, expected) in [
            (&empty, Style::Form, true, "color="),
            (&list, Style::Form, true, "color=blue&color=black&color=brown"),
            (&list, Style::Form, false, "color=blue,black,brown"),
            (&object, Style::Form, true, "R=100&G=200&B=150"),
            (&object, Style::Form, false, "color=R,100,G,200,B,150"),
            (&list, Style::SpaceDelimited, false, "color=blue black brown"),
            (&list, Style::PipeDelimited, false, "color=blue|black|brown"),
            (&object, Style::DeepObject, true, "color[R]=100&color[G]=200&color[B]=150"),
        ] {
            assert_eq!(query(value, style, explode), expected);
        }
    }

    /// What the specification leaves open is written as most servers read it.
    #[test]
    fn what_is_composed_in_what_is_composed() {
        let objects = json!([{"a": 1}, {"a": 2}]);
        assert_eq!(query(&objects, Style::Form, true), r#"color={"a":1}&color={"a":2}"#);
        assert_eq!(query(&json!([[1], []]), Style::Form, true), "color=[1]&color=[]");
        assert_eq!(
            query(&json!({"tags": ["a", "b"], "size": {"x": 1}}), Style::Form, true),
            r#"tags=a&tags=b&size={"x":1}"#
        );
        let deep = json!({"ids": [1], "size": {"x": 1}, "items": [{"a": 1}, {"a": 2}]});
        let text = "color[ids][]=1&color[size][x]=1&color[items][0][a]=1&color[items][1][a]=2";
        assert_eq!(query(&deep, Style::DeepObject, true), text);
        assert_eq!(query(&json!(["a", "b"]), Style::DeepObject, true), "color[]=a&color[]=b");
    }

    /// What one side writes the other reads, in every style that can carry the shape.
    #[test]
    fn both_directions_agree() {
        let list = json!(["blue", "", "black"]);
        let object = json!({"R": "100", "G": "200"});
        let is_member = |name: &str| ["R", "G"].contains(&name);
        for explode in [false, true] {
            for (value, shape) in
                [(&json!("blue"), Shape::Scalar), (&list, Shape::Array), (&object, Shape::Object)]
            {
                for style in [Style::Simple, Style::Label, Style::Matrix] {
                    let text = written(value, style, explode);
                    let read = from_text("color", &text, style, explode, shape, str::to_owned);
                    assert_eq!(read.as_ref(), Some(value), "{text} in {style:?}, explode {explode}");
                }
                for style in [Style::Form, Style::SpaceDelimited, Style::PipeDelimited] {
                    let pairs = to_pairs("color", value, style, explode).expect("pairs");
                    let read = from_pairs("color", &pairs, style, explode, shape, is_member);
                    assert_eq!(read.as_ref(), Some(value), "{pairs:?} in {style:?}, explode {explode}");
                }
            }
        }
        let nested = json!({"size": {"min": "1"}, "tags": ["a"], "more": ["b", "c"]});
        let pairs = to_pairs("filter", &nested, Style::DeepObject, true).expect("pairs");
        assert_eq!(
            from_pairs("filter", &pairs, Style::DeepObject, true, Shape::Object, |_| false),
            Some(nested)
        );
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
    }

    /// The ways in which clients of other makes write a list between brackets.
    #[test]
    fn lists_in_brackets() {
        for given in [[("f[ids]", "a"), ("f[ids]", "b")], [("f[ids][]", "a"), ("f[ids][]", "b")]] {
            let read = from_pairs("f", &pairs(&given), Style::DeepObject, true, Shape::Object, |_| false);
            assert_eq!(read, Some(json!({"ids": ["a", "b"]})));
        }
        for given in [
            [("f", "a"), ("f", "b")],
            [("f[]", "a"), ("f[]", "b")],
            [("f[0]", "a"), ("f[1]", "b")],
            [("f[1]", "b"), ("f[0]", "a")],
        ] {
            let read = from_pairs("f", &pairs(&given), Style::DeepObject, true, Shape::Array, |_| false);
            assert_eq!(read, Some(json!(["a", "b"])), "{given:?}");
        }
        let one = from_pairs("f", &pairs(&[("f", "a")]), Style::DeepObject, true, Shape::Array, |_| false);
        assert_eq!(one, Some(json!(["a"])));
    }

    /// What is not in the style of its shape stays something that the schema refuses.
    #[test]
    fn malformed_values_are_not_repaired() {
        let twice = pairs(&[("id", "1"), ("id", "2")]);
        assert_eq!(
            from_pairs("id", &twice, Style::Form, true, Shape::Scalar, |_| false),
            Some(json!(["1", "2"]))
        );
        let odd = pairs(&[("o", "a,1,b")]);
        assert_eq!(from_pairs("o", &odd, Style::Form, false, Shape::Object, |_| false), Some(json!("a,1,b")));
        assert_eq!(
            from_text("o", "a=1,b", Style::Simple, true, Shape::Object, str::to_owned),
            Some(json!("a=1,b"))
        );
        let both = pairs(&[("f[a]", "1"), ("f[a][b]", "2")]);
        let read = from_pairs("f", &both, Style::DeepObject, true, Shape::Object, |_| false);
        assert_eq!(read, Some(json!({"a": ["1", {"b": "2"}]})));
    }

    /// What would come back otherwise is not written.
    #[test]
    fn what_has_no_text_is_refused() {
        let text = |value: Value, style, explode| to_text("a", &value, style, explode, str::to_owned);
        let pairs = |value: Value, style, explode| to_pairs("a", &value, style, explode);
        assert_eq!(text(json!(["a,b"]), Style::Simple, false), Err(Unwritable::Separator(',')));
        assert_eq!(text(json!({"a=b": 1}), Style::Simple, true), Err(Unwritable::Separator('=')));
        assert_eq!(text(json!([" a"]), Style::Simple, false), Err(Unwritable::Space));
        assert_eq!(text(json!([]), Style::Simple, false), Ok(Some(String::new())));
        assert_eq!(text(json!([""]), Style::Simple, false), Err(Unwritable::Empty));
        assert_eq!(text(json!([]), Style::Label, false), Err(Unwritable::Empty));
        assert_eq!(pairs(json!(["a b"]), Style::SpaceDelimited, false), Err(Unwritable::Separator(' ')));
        assert_eq!(pairs(json!([null]), Style::Form, true), Err(Unwritable::Null));
        assert_eq!(pairs(json!({"a": null}), Style::DeepObject, true), Err(Unwritable::Null));
        assert_eq!(pairs(json!({"a": []}), Style::DeepObject, true), Err(Unwritable::Empty));
        assert_eq!(pairs(json!({"a": []}), Style::Form, true), Err(Unwritable::Empty));
        assert_eq!(pairs(json!({"a[b": 1}), Style::DeepObject, true), Err(Unwritable::Bracket));
        assert_eq!(pairs(json!({}), Style::DeepObject, true), Ok(Vec::new()));
    }
}
