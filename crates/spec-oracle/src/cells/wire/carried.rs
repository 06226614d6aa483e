//! What a style can say: whether a standard defines it, and whether a value can be told from every other.
//!
//! Knows RFC 6570 and what encodings hide. Must not know bytes that were seen.

use super::{Place, Style, Way, text};
use crate::cells::shapes::Form;
use serde_json::Value;

/// The word of the standards on how something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defined {
    /// It does.
    Yes,
    /// It does not, but there is a plain reading.
    Hardly,
}

/// The chance of a value to be told from every other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// It has to arrive.
    Must,
    /// It may arrive or be refused: readers may well take it for something else.
    May,
    /// It has to be refused: it looks like something else, or like nothing.
    Cannot,
}

/// Says whether a style says how values of this form are written: scalars, lists and objects of scalars
/// (OpenAPI 3.1.1, "Style Examples"). Of what stands deeper no standard says anything; there is the plain
/// reading that it stands as JSON, or, in a `deepObject`, with names of its own.
#[must_use]
pub fn defined(way: Way, form: &Form) -> Defined {
    if way.style == Style::Json {
        return Defined::Yes;
    }
    let is_flat = |inner: &Form| inner.is_scalar() || *inner == Form::Any;
    let is_nested = match (way.style, form) {
        (_, Form::Scalar | Form::Any) => false,
        (_, Form::List(item)) => !is_flat(item),
        (Style::Deep, Form::Object(members)) => !members.iter().all(is_deep),
        (_, Form::Object(members)) => !members.iter().all(is_flat),
        (_, Form::Either(forms)) => forms.iter().any(|own| defined(way, own) != Defined::Yes),
    };
    let is_object = matches!(form, Form::Object(_));
    let is_composed = is_object || matches!(form, Form::List(_));
    let is_said = match way.style {
        Style::Deep => is_object && way.explode,
        Style::Space | Style::Pipe => is_composed && !way.explode,
        // Nothing but `&` separates what a form explodes, and cookies have none (OpenAPI 3.1.1, appendix D).
        Style::Form if way.place == Place::Cookie => form.is_scalar() || !way.explode,
        _ => true,
    };
    let is_mixed = matches!(form, Form::Either(forms) if !forms.iter().all(Form::is_scalar));
    if !is_nested && is_said && !is_mixed && !form.is_open() { Defined::Yes } else { Defined::Hardly }
}

fn is_deep(form: &Form) -> bool {
    match form {
        Form::Scalar | Form::Any => true,
        Form::List(_) => false,
        Form::Object(members) | Form::Either(members) => members.iter().all(is_deep),
    }
}

/// Says whether the style can carry a value.
#[must_use]
pub fn carried(way: Way, value: &Value) -> Carried {
    if way.style == Style::Json {
        return match way.place {
            Place::Header if value.to_string().bytes().any(|byte| !(0x20..0x7f).contains(&byte)) => {
                Carried::May
            }
            _ => Carried::Must,
        };
    }
    let pieces: Vec<Option<String>> = match value {
        // RFC 6570, 2.3: a variable that is undefined, and so is a list or an object without members.
        Value::Null => return Carried::Cannot,
        Value::Array(items) if items.is_empty() => return Carried::Cannot,
        Value::Object(members) if members.is_empty() => return Carried::Cannot,
        Value::Array(items) if way.style == Style::Deep => {
            return items.iter().map(|item| inside(way, item)).fold(Carried::Must, worse);
        }
        Value::Object(members) if way.style == Style::Deep => {
            let is_key = |key: &String| key.is_empty() || key.contains(['[', ']']);
            let worst = members.values().map(|member| inside(way, member)).fold(Carried::Must, worse);
            return if members.keys().any(is_key) { worse(worst, Carried::May) } else { worst };
        }
        Value::Array(items) => items.iter().map(piece).collect(),
        Value::Object(members) if way.explode && members.values().any(is_lost_item) => {
            return Carried::Cannot;
        }
        Value::Object(members) => {
            members.iter().flat_map(|(key, member)| [Some(key.clone()), piece(member)]).collect()
        }
        other => vec![text(other)],
    };
    // RFC 6265, 4.1.1: the name of a cookie is a token (RFC 9110, 5.6.2).
    let is_token = |key: &String| {
        !key.is_empty()
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    if let (Place::Cookie, true, Value::Object(members)) = (way.place, way.explode, value)
        && !members.keys().all(is_token)
    {
        return Carried::Cannot;
    }
    let Some(pieces) = pieces.into_iter().collect::<Option<Vec<String>>>() else { return Carried::Cannot };
    let has_empty_name = value.as_object().is_some_and(|members| members.contains_key(""));
    let is_unused = way.empty && pieces.iter().any(String::is_empty);
    let verdict = separated(way, &pieces, value);
    if has_empty_name || is_unused { worse(verdict, Carried::May) } else { verdict }
}

/// Returns true if a member of an exploded object is a list that leaves no trace: its name comes again for
/// each item, and null, an item of it, has no text.
fn is_lost_item(member: &Value) -> bool {
    member.as_array().is_some_and(|items| items.is_empty() || items.iter().any(Value::is_null))
}

/// Says whether pieces can be told apart where they stand, by what separates them.
fn separated(way: Way, pieces: &[String], value: &Value) -> Carried {
    let is_composed = value.is_array() || value.is_object();
    let any = |test: &dyn Fn(&str) -> bool| pieces.iter().any(|piece| test(piece));
    match (way.place, way.style) {
        (Place::Path, _) => match canonical(way, pieces, value) {
            // RFC 3986, 5.2.4: these are no segments that are kept.
            segment if matches!(segment.as_str(), "" | "." | "..") => Carried::Cannot,
            // A dot is not encoded (RFC 6570, 3.2.5), so that it can't be told from what separates.
            _ if way.style == Style::Label
                && way.explode
                && is_composed
                && any(&|piece| piece.contains('.')) =>
            {
                Carried::May
            }
            _ => Carried::Must,
        },
        (Place::Header, _) => {
            let is_outside =
                |text: &str| text.bytes().any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7f);
            let is_trimmed = |text: &str| text.trim_matches([' ', '\t']) != text;
            // RFC 9110, 5.5 and 5.6.1.
            match is_composed {
                _ if any(&is_outside) || any(&is_trimmed) => Carried::Cannot,
                _ if any(&|text| !text.is_ascii()) => Carried::May,
                true if any(&|text| text.is_empty() || text.contains([',', '=', '\t'])) => Carried::May,
                _ => Carried::Must,
            }
        }
        (_, Style::Space | Style::Pipe) if !way.explode && is_composed => {
            let separator = if way.style == Style::Space { ' ' } else { '|' };
            let is_lost = any(&|text| text.contains(separator)) || pieces.len() == 1 && pieces[0].is_empty();
            if is_lost { Carried::May } else { Carried::Must }
        }
        // Most readers decode a text before they split it, so that a comma shows only among others.
        (Place::Query, Style::Form)
            if !way.explode && is_composed && pieces.len() == 1 && any(&|text| text.contains(',')) =>
        {
            Carried::May
        }
        // RFC 6265, 4.1.1 has no comma in a cookie, OpenAPI 3.1.1 (appendix D) no way to write one.
        (Place::Cookie | Place::Form, Style::Form)
            if !way.explode && is_composed && any(&|text| text.contains(',')) =>
        {
            Carried::May
        }
        _ => Carried::Must,
    }
}

/// The text of an item of a list or a member of an object: what is composed itself stands as JSON, which no
/// standard says.
fn piece(value: &Value) -> Option<String> {
    text(value).or_else(|| (!value.is_null()).then(|| value.to_string()))
}

/// Says whether names in brackets can carry what stands in a list or an object.
fn inside(way: Way, value: &Value) -> Carried {
    match value {
        Value::Array(_) | Value::Object(_) => carried(way, value),
        Value::Null => Carried::Cannot,
        _ => Carried::Must,
    }
}

fn worse(left: Carried, right: Carried) -> Carried {
    match (left, right) {
        (Carried::Cannot, _) | (_, Carried::Cannot) => Carried::Cannot,
        (Carried::May, _) | (_, Carried::May) => Carried::May,
        _ => Carried::Must,
    }
}

/// A segment of a path as RFC 6570 writes it, as far as it tells whether it is kept.
fn canonical(way: Way, pieces: &[String], value: &Value) -> String {
    match way.style {
        Style::Label => format!(".{}", pieces.join(if way.explode && value.is_array() { "." } else { "," })),
        Style::Matrix => ";".to_owned(),
        _ => pieces.join(","),
    }
}
