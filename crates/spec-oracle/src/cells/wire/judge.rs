//! Whether bytes say a value: in a segment, a header, a query, a form or cookies.
//!
//! Takes raw bytes apart where a style separates, then takes away the encoding of each piece. Must not know
//! whether a style can say the value at all.

use super::{Place, Seen, Style, Way};
use crate::check::is_same;
use serde_json::Value;

/// The texts of one place.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    One(String),
    Several(Vec<String>),
    Named(Vec<(String, String)>),
}

/// Checks whether what was seen says a value, or nothing where there is none; how many pairs of the query and
/// of cookies do so.
///
/// `position` is the segment of the path that it stands in.
///
/// # Errors
///
/// When something else is there.
pub fn judge(
    way: Way,
    name: &str,
    position: usize,
    value: Option<&Value>,
    seen: &Seen,
) -> Result<usize, String> {
    match way.place {
        Place::Path => {
            let raw = seen.segments.get(position).map(String::as_str).unwrap_or_default();
            let Some(value) = value else { return Err(format!("there is a segment {raw:?}")) };
            segment(way, name, raw, value).map(|()| 0).map_err(|why| format!("the segment {raw:?}: {why}"))
        }
        Place::Header => {
            let name = name.to_ascii_lowercase();
            let lines: Vec<&[u8]> = seen
                .headers
                .iter()
                .filter(|(own, _)| *own == name)
                .map(|(_, line)| line.as_slice())
                .collect();
            match (lines.as_slice(), value) {
                ([], None) => Ok(0),
                ([], Some(_)) => Err("there is no such header".to_owned()),
                (lines, None) => {
                    Err(format!("there is a header {:?}", String::from_utf8_lossy(&lines.join(&b','))))
                }
                (lines, Some(value)) => {
                    let raw = String::from_utf8_lossy(&lines.join(&b',')).into_owned();
                    header(way, &raw, value).map(|()| 0).map_err(|why| format!("the header {raw:?}: {why}"))
                }
            }
        }
        Place::Query | Place::Form => in_pairs(way, name, value, &seen.pairs),
        Place::Cookie => in_pairs(way, name, value, &seen.cookies),
    }
}

fn segment(way: Way, name: &str, raw: &str, value: &Value) -> Result<(), String> {
    let plain = |piece: &str| decoded(piece, false, &|_| false);
    if way.style == Style::Json {
        return is_json(&plain(raw)?, value);
    }
    let (body, separator) = match way.style {
        Style::Label => (
            raw.strip_prefix('.').ok_or("it does not begin with a dot")?,
            if way.explode { '.' } else { ',' },
        ),
        Style::Matrix => (
            raw.strip_prefix(';').ok_or("it does not begin with a semicolon")?,
            if way.explode { ';' } else { ',' },
        ),
        _ => (raw, ','),
    };
    // RFC 6570, 3.2.7: `;name=value`, and `;name` where the value is empty.
    let of_matrix = |piece: &str| -> Result<(String, String), String> {
        match piece.split_once('=') {
            Some((_, "")) => Err("`=` stands before nothing (RFC 6570, 3.2.7)".to_owned()),
            Some((key, value)) => Ok((plain(key)?, plain(value)?)),
            None => Ok((plain(piece)?, String::new())),
        }
    };
    let named = |piece: &str| -> Result<String, String> {
        let (key, value) = of_matrix(piece)?;
        if key == name { Ok(value) } else { Err(format!("it is called {key:?}")) }
    };
    let of_pair = |piece: &str| -> Result<(String, String), String> {
        let (key, value) = piece.split_once('=').ok_or("a member has no `=`")?;
        Ok((plain(key)?, plain(value)?))
    };
    let said = match (value, way.style, way.explode) {
        (Value::Array(_), Style::Matrix, true) => {
            Said::Several(body.split(';').map(named).collect::<Result<_, _>>()?)
        }
        (Value::Object(_), Style::Matrix, true) => {
            Said::Named(body.split(';').map(of_matrix).collect::<Result<_, _>>()?)
        }
        (Value::Array(_) | Value::Object(_), Style::Matrix, false) => {
            let (key, body) = body.split_once('=').unwrap_or((body, ""));
            if plain(key)? != name {
                return Err(format!("it is called {key:?}"));
            }
            let pieces: Vec<String> = body.split(',').map(plain).collect::<Result<_, _>>()?;
            if value.is_array() { Said::Several(pieces) } else { paired(pieces)? }
        }
        (Value::Array(_), _, _) => Said::Several(body.split(separator).map(plain).collect::<Result<_, _>>()?),
        (Value::Object(_), _, true) => {
            Said::Named(body.split(separator).map(of_pair).collect::<Result<_, _>>()?)
        }
        (Value::Object(_), _, false) => paired(body.split(',').map(plain).collect::<Result<_, _>>()?)?,
        (_, Style::Matrix, _) => Said::One(named(body)?),
        _ => Said::One(plain(body)?),
    };
    is_said(&said, value)
}

/// Headers are written as they are, or as RFC 6570 encodes them (OpenAPI 3.1.1, appendix D leaves it open).
fn header(way: Way, raw: &str, value: &Value) -> Result<(), String> {
    if way.style == Style::Json {
        return is_json(raw, value);
    }
    let bare = |piece: &str| piece.trim_matches([' ', '\t']).to_owned();
    let said = |plain: &dyn Fn(&str) -> String| -> Result<Said, String> {
        Ok(match value {
            Value::Array(_) => Said::Several(raw.split(',').map(plain).collect()),
            Value::Object(_) if way.explode => {
                let pair = |piece: &str| piece.split_once('=').map(|(key, value)| (plain(key), plain(value)));
                Said::Named(raw.split(',').map(pair).collect::<Option<_>>().ok_or("a member has no `=`")?)
            }
            Value::Object(_) => paired(raw.split(',').map(plain).collect())?,
            _ => Said::One(plain(raw)),
        })
    };
    let encoded = |piece: &str| decoded(&bare(piece), false, &|_| true).unwrap_or_else(|_| piece.to_owned());
    let as_it_is = said(&bare).and_then(|said| is_said(&said, value));
    as_it_is.or_else(|why| said(&encoded).and_then(|said| is_said(&said, value)).map_err(|_| why))
}

fn in_pairs(
    way: Way,
    name: &str,
    value: Option<&Value>,
    pairs: &[(String, String)],
) -> Result<usize, String> {
    let is_form = way.place != Place::Cookie;
    // RFC 6570, 2.3; where reserved characters are allowed, all that do not end a value (RFC 3986, 3.4). A
    // star is left by the URL Standard (5.2), and encoded by RFC 6570.
    let may_stand = |character: char| match way.place {
        Place::Cookie => "!#$&'()*+-./:<=>?@[]^_`{|}~".contains(character),
        _ => character == '*' || way.reserved && ":/?@!$'(),;".contains(character),
    };
    let plain = |piece: &str| decoded(piece, is_form, &may_stand);
    let key =
        |piece: &str| decoded(piece, is_form, &|character| may_stand(character) || "[]".contains(character));
    let mut keyed = Vec::new();
    for (raw, text) in pairs {
        // What is not a name is nobody's.
        keyed.push((key(raw).unwrap_or_default(), text.as_str()));
    }
    let own: Vec<&str> = keyed.iter().filter(|(key, _)| key == name).map(|(_, text)| *text).collect();
    let within = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
    let shown = |count: usize| format!("there are {count} pairs of it: {:?}", pairs);
    let Some(value) = value.filter(|value| !value.is_null() || way.style == Style::Json) else {
        let count = own.len() + keyed.iter().filter(|(key, _)| within(key)).count();
        return if count == 0 { Ok(0) } else { Err(shown(count)) };
    };
    let only = || match own.as_slice() {
        [only] => Ok(*only),
        other => Err(shown(other.len())),
    };
    if way.style == Style::Json {
        return is_json(&plain(only()?)?, value).map(|()| 1);
    }
    let is_composed = value.is_array() || value.is_object();
    let (said, count) = match (value, way.style) {
        (Value::Object(_), Style::Deep) => {
            let own = keyed.iter().filter(|(key, _)| within(key));
            return deep(name, value, own, &plain);
        }
        (Value::Array(_), _) if way.explode || way.style == Style::Deep => {
            (Said::Several(own.iter().map(|text| plain(text)).collect::<Result<_, _>>()?), own.len())
        }
        (Value::Object(members), _) if way.explode => {
            let mut named = Vec::new();
            for (key, text) in keyed.iter().filter(|(key, _)| members.contains_key(key)) {
                named.push((key.clone(), plain(text)?));
            }
            let count = named.len();
            (Said::Named(named), count)
        }
        (_, _) if is_composed => {
            let raw = only()?;
            let pieces = joined(way, raw, is_form, &may_stand)?;
            (if value.is_array() { Said::Several(pieces) } else { paired(pieces)? }, 1)
        }
        _ => (Said::One(plain(only()?)?), 1),
    };
    is_said(&said, value).map(|()| count).map_err(|why| format!("{why} in {:?}", pairs))
}

/// Takes apart what stands in one pair: what separates there, and whether that is encoded.
fn joined(
    way: Way,
    raw: &str,
    is_form: bool,
    may_stand: &dyn Fn(char) -> bool,
) -> Result<Vec<String>, String> {
    let plain = |piece: &str| decoded(piece, is_form, may_stand);
    Ok(match way.style {
        // Encoded like any other character (OpenAPI 3.1.1, "Style Examples"), or as they are.
        Style::Space => {
            decoded(raw, is_form, &|c| may_stand(c) || c == '|')?.split(' ').map(str::to_owned).collect()
        }
        Style::Pipe => {
            decoded(raw, is_form, &|c| may_stand(c) || c == '|')?.split('|').map(str::to_owned).collect()
        }
        // What separates in a form or a cookie, may be encoded there; in a query it may not (RFC
        // 6570, 3.2.8).
        _ if way.place == Place::Query => raw.split(',').map(plain).collect::<Result<_, _>>()?,
        _ => {
            let raw = raw.replace("%2C", ",").replace("%2c", ",");
            raw.split(',').map(plain).collect::<Result<_, _>>()?
        }
    })
}

/// Holds pairs against what `deepObject` makes of an object; how many there are.
fn deep<'a>(
    name: &str,
    value: &Value,
    own: impl Iterator<Item = &'a (String, &'a str)>,
    plain: &dyn Fn(&str) -> Result<String, String>,
) -> Result<usize, String> {
    let mut flat = Vec::new();
    spread(name, value, &mut flat);
    let mut there: Vec<(String, String)> = Vec::new();
    for (key, text) in own {
        there.push((key.clone(), plain(text)?));
    }
    let mut left = there.clone();
    for (key, value) in &flat {
        let found = left.iter().position(|(own, text)| own == key && is_text(value, text));
        match found {
            Some(found) => drop(left.remove(found)),
            None => return Err(format!("there is no `{key}` that is {value} among {there:?}")),
        }
    }
    if left.is_empty() { Ok(there.len()) } else { Err(format!("there is {left:?}, too")) }
}

/// Spreads an object as `deepObject` does: `f[a][b]=1`, and `f[ids]=1` repeated.
fn spread(name: &str, value: &Value, pairs: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, member)| spread(&format!("{name}[{key}]"), member, pairs))
        }
        Value::Array(items) => items.iter().for_each(|item| pairs.push((name.to_owned(), item.clone()))),
        other => pairs.push((name.to_owned(), other.clone())),
    }
}

/// `a,1,b,2` by names.
fn paired(pieces: Vec<String>) -> Result<Said, String> {
    if pieces.len() % 2 == 1 {
        return Err(format!("{pieces:?} are no pairs"));
    }
    Ok(Said::Named(pieces.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()))
}

/// A piece without its encoding; in it only unreserved characters stand as they are (RFC 3986, 2.3), and
/// those that `may_stand`.
fn decoded(piece: &str, is_form: bool, may_stand: &dyn Fn(char) -> bool) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut rest = piece.chars();
    while let Some(character) = rest.next() {
        match character {
            '%' => {
                let hex: String = rest.by_ref().take(2).collect();
                let byte = u8::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == 2);
                bytes.push(byte.ok_or_else(|| format!("`%{hex}` is no encoding in {piece:?}"))?);
            }
            '+' if is_form => bytes.push(b' '),
            own if own.is_ascii_alphanumeric() || "-._~".contains(own) || may_stand(own) => {
                bytes.extend(own.to_string().bytes());
            }
            other => return Err(format!("{other:?} is not encoded in {piece:?}")),
        }
    }
    String::from_utf8(bytes).map_err(|_| format!("{piece:?} is not UTF-8"))
}

/// Returns true if a text is that of a value.
#[must_use]
pub fn is_text(value: &Value, said: &str) -> bool {
    match value {
        Value::String(text) => text == said || is_same(value, &Value::from(said), false),
        Value::Number(number) => serde_json::from_str::<Value>(said).is_ok_and(|own| {
            own.as_number().is_some_and(|own| own == number || own.as_f64() == number.as_f64())
        }),
        Value::Bool(own) => said == own.to_string(),
        _ => false,
    }
}

fn is_json(text: &str, value: &Value) -> Result<(), String> {
    let said: Value = serde_json::from_str(text).map_err(|_| format!("{text:?} is not JSON"))?;
    if is_same(value, &said, false) { Ok(()) } else { Err(format!("{said} is not {value}")) }
}

fn is_said(said: &Said, value: &Value) -> Result<(), String> {
    let wrong = || Err(format!("{said:?} is not {value}"));
    match (said, value) {
        (Said::One(said), value) if is_text(value, said) => Ok(()),
        (Said::Several(said), Value::Array(items)) if said.len() == items.len() => {
            if items.iter().zip(said).all(|(item, said)| is_text(item, said)) { Ok(()) } else { wrong() }
        }
        (Said::Named(said), Value::Object(members)) if said.len() == members.len() => {
            let is_there = |(key, member): (&String, &Value)| {
                said.iter().any(|(own, text)| own == key && is_text(member, text))
            };
            if members.iter().all(is_there) { Ok(()) } else { wrong() }
        }
        _ => wrong(),
    }
}
