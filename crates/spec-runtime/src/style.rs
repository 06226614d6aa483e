//! Parameter values ↔ text: the styles of OpenAPI 3.1, 4.8.12.3 and 4.8.12.4.
//!
//! Both directions stand here, so that a client and a server cannot disagree. Knows JSON values, not models; percent-encoding
//! is left to those who know where the text goes.

use serde_json::{Map, Value};

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
    fn delimiter(self) -> char {
        match self {
            Style::SpaceDelimited => ' ',
            Style::PipeDelimited => '|',
            _ => ',',
        }
    }

    /// The sign that separates items in a pair, if an item of `value` holds it: such a value does not come back as it was.
    pub fn separator_within(self, value: &Value, explode: bool) -> Option<char> {
        let separator = self.delimiter();
        let holds = |item: &Value| scalar(item).contains(separator);
        let lost = match value {
            _ if explode || self == Style::DeepObject => false,
            Value::Array(items) => items.iter().any(holds),
            Value::Object(members) => members.iter().any(|(key, member)| key.contains(separator) || holds(member)),
            _ => false,
        };
        lost.then_some(separator)
    }
}

/// How one property of a form is written, where the document says so (OpenAPI 3.1, 4.8.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    pub(crate) name: &'static str,
    pub(crate) style: Style,
    pub(crate) explode: bool,
    pub(crate) is_json: bool,
    /// The media types that its part may have, with commas between them; empty where it is a pair.
    pub(crate) media_types: &'static str,
}

impl Encoding {
    /// A property in a style.
    #[must_use]
    pub const fn styled(name: &'static str, style: Style, explode: bool) -> Self {
        Encoding { name, style, explode, is_json: false, media_types: "" }
    }

    /// A property as JSON.
    #[must_use]
    pub const fn json(name: &'static str) -> Self {
        Encoding { name, style: Style::Form, explode: true, is_json: true, media_types: "" }
    }

    /// A property that is a part of its own, of one of these media types or ranges, which have commas between them.
    #[must_use]
    pub const fn part(name: &'static str, media_types: &'static str) -> Self {
        Encoding { name, style: Style::Form, explode: true, is_json: false, media_types }
    }

    /// Whether a pair of this name is one of the property's; `nested` are the names in it.
    #[cfg(feature = "server")]
    pub(crate) fn owns(&self, key: &str, nested: &[String]) -> bool {
        let is_within = || key.strip_prefix(self.name).is_some_and(|rest| rest.starts_with('['));
        let is_spread = self.style == Style::Form && self.explode && nested.iter().any(|name| name == key);
        key == self.name || is_spread || (self.style == Style::DeepObject && is_within())
    }
}

/// The pairs that a query, a cookie or a form carries for one parameter. Null and absent values have none.
pub fn to_pairs(name: &str, value: &Value, style: Style, explode: bool) -> Vec<(String, String)> {
    let own = |text: String| (name.to_owned(), text);
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) if explode => items.iter().map(|item| own(scalar(item))).collect(),
        Value::Array(items) if items.is_empty() => Vec::new(),
        Value::Array(items) => vec![own(join(items.iter().map(scalar), style.delimiter()))],
        Value::Object(members) if style == Style::DeepObject => {
            let mut pairs = Vec::new();
            for (key, member) in members {
                deep(&format!("{name}[{key}]"), member, &mut pairs);
            }
            pairs
        }
        Value::Object(members) if explode => members.iter().map(|(key, member)| (key.clone(), scalar(member))).collect(),
        Value::Object(members) => vec![own(join(flat(members), style.delimiter()))],
        other => vec![own(scalar(other))],
    }
}

fn deep(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| pairs.push((name.to_owned(), scalar(item)))),
        Value::Object(members) => members.iter().for_each(|(key, member)| deep(&format!("{name}[{key}]"), member, pairs)),
        other => pairs.push((name.to_owned(), scalar(other))),
    }
}

/// The text that a path segment or a header carries. `encode` is called for every name and value in it.
pub fn to_text(name: &str, value: &Value, style: Style, explode: bool, encode: impl Fn(&str) -> String) -> String {
    let encoded = |value: &Value| encode(&scalar(value));
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(&encoded).collect(),
        Value::Object(members) if explode => {
            members.iter().map(|(key, member)| format!("{}={}", encode(key), encoded(member))).collect()
        }
        Value::Object(members) => flat(members).map(|part| encode(&part)).collect(),
        other => vec![encoded(other)],
    };
    match style {
        Style::Label => format!(".{}", join(parts.into_iter(), if explode { '.' } else { ',' })),
        Style::Matrix if explode && value.is_array() => parts.iter().map(|part| format!(";{name}={part}")).collect(),
        Style::Matrix if explode && value.is_object() => parts.iter().map(|part| format!(";{part}")).collect(),
        Style::Matrix => format!(";{name}={}", join(parts.into_iter(), ',')),
        _ => join(parts.into_iter(), ','),
    }
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

/// Reads what pairs say of one parameter, as texts. `properties` are the names that an exploded object may have.
pub fn from_pairs(
    name: &str,
    pairs: &[(String, String)],
    style: Style,
    explode: bool,
    shape: Shape,
    properties: &[String],
) -> Option<Value> {
    let mut own = pairs.iter().filter(|(key, _)| key == name).map(|(_, text)| text.as_str());
    match shape {
        Shape::Scalar => match own.collect::<Vec<_>>().as_slice() {
            [] => None,
            [only] => Some(Value::from(*only)),
            // A list where one value is asked for does not fit, and is refused as that.
            several => Some(several.iter().copied().map(Value::from).collect()),
        },
        Shape::Array if explode => {
            let items: Vec<Value> = own.map(Value::from).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Shape::Array => own.next_back().map(|text| split(text, style.delimiter())),
        Shape::Object if style == Style::DeepObject => {
            let mut members = Map::new();
            for (key, text) in pairs {
                let Some(path) = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']')) else {
                    continue;
                };
                insert_deep(&mut members, &path.split("][").collect::<Vec<_>>(), text);
            }
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Shape::Object if explode => {
            let known = pairs.iter().filter(|(key, _)| properties.contains(key));
            let members: Map<String, Value> = known.map(|(key, text)| (key.clone(), Value::from(text.as_str()))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Shape::Object => own.next_back().map(|text| unflat(&text.split(style.delimiter()).collect::<Vec<_>>())),
    }
}

fn insert_deep(members: &mut Map<String, Value>, path: &[&str], text: &str) {
    match path {
        [] => {}
        [key] => match members.get_mut(*key) {
            // A name that comes again makes a list.
            Some(Value::Array(items)) => items.push(text.into()),
            Some(first) => *first = Value::from(vec![first.take(), text.into()]),
            None => {
                members.insert((*key).to_owned(), text.into());
            }
        },
        [key, rest @ ..] => {
            let inner = members.entry((*key).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert_deep(inner, rest, text);
            }
        }
    }
}

/// Reads the text of a path segment or a header, as texts; `decode` is called for every name and value in it. `None` where
/// the style's own signs are missing.
pub fn from_text(
    name: &str,
    text: &str,
    style: Style,
    explode: bool,
    shape: Shape,
    decode: impl Fn(&str) -> String,
) -> Option<Value> {
    let (text, delimiter) = match style {
        Style::Label => (text.strip_prefix('.')?, if explode { '.' } else { ',' }),
        Style::Matrix if explode && shape != Shape::Scalar => (text.strip_prefix(';')?, ';'),
        Style::Matrix => (text.strip_prefix(';')?.strip_prefix(name)?.strip_prefix('=')?, ','),
        _ => (text, ','),
    };
    let parts: Vec<&str> = text.split(delimiter).map(str::trim).collect();
    Some(match shape {
        Shape::Scalar => decode(text).into(),
        Shape::Array => {
            let prefix = format!("{name}=");
            let strip = |part: &&str| decode(part.strip_prefix(prefix.as_str()).unwrap_or(part));
            let exploded_matrix = style == Style::Matrix && explode;
            parts.iter().map(|part| Value::from(if exploded_matrix { strip(part) } else { decode(part) })).collect()
        }
        Shape::Object if explode && parts.iter().any(|part| !part.contains('=')) => decode(text).into(),
        Shape::Object if explode => {
            let members = parts.iter().filter_map(|part| part.split_once('='));
            Value::Object(members.map(|(key, member)| (decode(key), decode(member).into())).collect())
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

/// `["a", "1", "b", "2"]` is `{"a": "1", "b": "2"}`. What has no pairs stays a text, which does not fit an object.
fn unflat(parts: &[&str]) -> Value {
    if parts.len() % 2 == 1 {
        return Value::from(parts.join(","));
    }
    Value::Object(parts.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].into())).collect())
}

fn flat(members: &Map<String, Value>) -> impl Iterator<Item = String> {
    members.iter().flat_map(|(key, member)| [key.clone(), scalar(member)])
}

fn join(parts: impl Iterator<Item = String>, delimiter: char) -> String {
    parts.collect::<Vec<_>>().join(&delimiter.to_string())
}

/// A value as a bare text; what is itself composed stands as JSON.
pub fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What the specification's own table shows (OpenAPI 3.1, 4.8.12.4).
    #[test]
    fn examples_of_the_specification() {
        let list = json!(["blue", "black", "brown"]);
        let object = json!({"R": 100, "G": 200, "B": 150});
        let text = |value, style, explode| to_text("color", value, style, explode, str::to_owned);
        assert_eq!(text(&list, Style::Matrix, false), ";color=blue,black,brown");
        assert_eq!(text(&list, Style::Matrix, true), ";color=blue;color=black;color=brown");
        assert_eq!(text(&object, Style::Matrix, false), ";color=R,100,G,200,B,150");
        assert_eq!(text(&object, Style::Matrix, true), ";R=100;G=200;B=150");
        assert_eq!(text(&list, Style::Label, false), ".blue,black,brown");
        assert_eq!(text(&list, Style::Label, true), ".blue.black.brown");
        assert_eq!(text(&object, Style::Label, true), ".R=100.G=200.B=150");
        assert_eq!(text(&object, Style::Simple, false), "R,100,G,200,B,150");
        assert_eq!(text(&object, Style::Simple, true), "R=100,G=200,B=150");
        let query = |value, style, explode| {
            let pairs = to_pairs("color", value, style, explode);
            pairs.iter().map(|(key, text)| format!("{key}={text}")).collect::<Vec<_>>().join("&")
        };
        assert_eq!(query(&list, Style::Form, true), "color=blue&color=black&color=brown");
        assert_eq!(query(&list, Style::Form, false), "color=blue,black,brown");
        assert_eq!(query(&object, Style::Form, true), "R=100&G=200&B=150");
        assert_eq!(query(&object, Style::Form, false), "color=R,100,G,200,B,150");
        assert_eq!(query(&list, Style::SpaceDelimited, false), "color=blue black brown");
        assert_eq!(query(&list, Style::PipeDelimited, false), "color=blue|black|brown");
        assert_eq!(query(&object, Style::DeepObject, true), "color[R]=100&color[G]=200&color[B]=150");
    }

    /// What one side writes the other reads, in every style that can carry the shape.
    #[test]
    fn both_directions_agree() {
        let list = json!(["blue", "black"]);
        let object = json!({"R": "100", "G": "200"});
        let names = ["R".to_owned(), "G".to_owned()];
        for explode in [false, true] {
            for (value, shape) in [(&json!("blue"), Shape::Scalar), (&list, Shape::Array), (&object, Shape::Object)] {
                for style in [Style::Simple, Style::Label, Style::Matrix] {
                    let text = to_text("color", value, style, explode, str::to_owned);
                    let read = from_text("color", &text, style, explode, shape, str::to_owned);
                    assert_eq!(read.as_ref(), Some(value), "{text} in {style:?}, explode {explode}");
                }
                for style in [Style::Form, Style::SpaceDelimited, Style::PipeDelimited] {
                    let pairs = to_pairs("color", value, style, explode);
                    let read = from_pairs("color", &pairs, style, explode, shape, &names);
                    assert_eq!(read.as_ref(), Some(value), "{pairs:?} in {style:?}, explode {explode}");
                }
            }
        }
        let nested = json!({"size": {"min": "1"}, "tags": ["a", "b"]});
        let pairs = to_pairs("filter", &nested, Style::DeepObject, true);
        assert_eq!(from_pairs("filter", &pairs, Style::DeepObject, true, Shape::Object, &[]), Some(nested));
    }

    /// What is not in the style of its shape stays something that the schema refuses.
    #[test]
    fn malformed_values_are_not_repaired() {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        let twice = pairs(&[("id", "1"), ("id", "2")]);
        assert_eq!(from_pairs("id", &twice, Style::Form, true, Shape::Scalar, &[]), Some(json!(["1", "2"])));
        let odd = pairs(&[("o", "a,1,b")]);
        assert_eq!(from_pairs("o", &odd, Style::Form, false, Shape::Object, &[]), Some(json!("a,1,b")));
        assert_eq!(from_text("o", "a=1,b", Style::Simple, true, Shape::Object, str::to_owned), Some(json!("a=1,b")));
    }
}
