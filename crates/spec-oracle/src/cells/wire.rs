//! What parameters and fields look like on the wire, by the texts of the standards: what can be said in a
//! style, which values it can carry, and whether bytes say a value.
//!
//! A second reader of RFC 6570 and OpenAPI 3.1.1 ("Style Examples", appendices C to E): it shares nothing
//! with the code that it judges. It takes the raw bytes apart where a style separates, then takes away the
//! encoding of each piece.

use super::shapes::Form;
use crate::check::is_same;
use serde_json::Value;

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the part of its name")]
pub enum Place {
    Path,
    Query,
    Header,
    Cookie,
    /// A form in a body (WHATWG URL, 5: `application/x-www-form-urlencoded`).
    Form,
}

impl Place {
    /// The word that documents and reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Cookie => "cookie",
            Place::Form => "form",
        }
    }
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the style of its name in the specification")]
pub enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    Space,
    Pipe,
    Deep,
    /// `content: application/json`.
    Json,
}

impl Style {
    /// The word that documents use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Style::Simple => "simple",
            Style::Label => "label",
            Style::Matrix => "matrix",
            Style::Form => "form",
            Style::Space => "spaceDelimited",
            Style::Pipe => "pipeDelimited",
            Style::Deep => "deepObject",
            Style::Json => "application/json",
        }
    }
}

/// All that says how a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// Where it stands.
    pub place: Place,
    /// Its style.
    pub style: Style,
    /// `explode`.
    pub explode: bool,
    /// `allowReserved`.
    pub reserved: bool,
    /// `allowEmptyValue`.
    pub empty: bool,
}

/// Whether a standard says how something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defined {
    /// It does.
    Yes,
    /// It does not, but there is a plain reading.
    Hardly,
}

/// Whether a value can be told from every other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// It has to arrive.
    Must,
    /// It may arrive or be refused: readers may well take it for something else.
    May,
    /// It has to be refused: it looks like something else, or like nothing.
    Cannot,
}

/// Whether a style says how values of this form are written: scalars, lists and objects of scalars (OpenAPI
/// 3.1.1, "Style Examples"). Of what stands deeper no standard says anything; there is the plain reading that
/// it stands as JSON, or, in a `deepObject`, with names of its own.
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

/// The text of what is one text; none of null, lists and objects.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Whether the style can carry a value.
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
        // The name of a member that is a list comes again for each item.
        Value::Object(members)
            if way.explode && members.values().any(|member| member.as_array().is_some_and(Vec::is_empty)) =>
        {
            return Carried::Cannot;
        }
        // Null, an item of it, has no text.
        Value::Object(members)
            if way.explode
                && members.values().any(|member| {
                    member.as_array().is_some_and(|items| items.iter().any(Value::is_null))
                }) =>
        {
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
    let is_composed = value.is_array() || value.is_object();
    let Some(pieces) = pieces.into_iter().collect::<Option<Vec<String>>>() else { return Carried::Cannot };
    let any = |test: &dyn Fn(&str) -> bool| pieces.iter().any(|piece| test(piece));
    let has_empty_name = value.as_object().is_some_and(|members| members.contains_key(""));
    let verdict = match (way.place, way.style) {
        (Place::Path, _) => match canonical(way, &pieces, value) {
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
    };
    let is_unused = way.empty && any(&str::is_empty);
    if has_empty_name || is_unused { worse(verdict, Carried::May) } else { verdict }
}

/// The text of an item of a list or a member of an object: what is composed itself stands as JSON, which no
/// standard says.
fn piece(value: &Value) -> Option<String> {
    text(value).or_else(|| (!value.is_null()).then(|| value.to_string()))
}

/// Whether names in brackets can carry what stands in a list or an object.
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

/// What of a request matters here, as it was on the wire.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Segments of the path.
    pub segments: Vec<String>,
    /// Pairs of the query, or of a form.
    pub pairs: Vec<(String, String)>,
    /// Headers, by their names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Pairs of cookies.
    pub cookies: Vec<(String, String)>,
}

impl Seen {
    /// Takes a request apart: its target, and its headers.
    #[must_use]
    pub fn new<'a>(target: &str, headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: Vec<(String, Vec<u8>)> =
            headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec())).collect();
        let cookies = headers.iter().filter(|(name, _)| name == "cookie");
        let cookies = cookies.flat_map(|(_, value)| split(&String::from_utf8_lossy(value), "; ")).collect();
        Seen {
            segments: path.split('/').skip(1).map(str::to_owned).collect(),
            pairs: split(query, "&"),
            headers,
            cookies,
        }
    }

    /// The same with the segments of the path that a sign separates for its own.
    #[must_use]
    pub fn split(&self, sign: char) -> Self {
        let segments = self.segments.iter().flat_map(|own| own.split(sign)).map(str::to_owned).collect();
        Seen { segments, ..self.clone() }
    }

    /// Takes the body of a form apart.
    #[must_use]
    pub fn form(body: &str) -> Self {
        Seen { pairs: split(body, "&"), ..Seen::default() }
    }
}

fn split(text: &str, separator: &str) -> Vec<(String, String)> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    text.split(separator).filter(|text| !text.is_empty()).map(pair).collect()
}

/// What stands in one place.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    One(String),
    Several(Vec<String>),
    Named(Vec<(String, String)>),
}

/// Whether what was seen says a value, or nothing where there is none; how many pairs of the query and of
/// cookies do so.
///
/// `position` is the segment of the path that it stands in.
///
/// # Errors
///
/// What is there instead.
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
            let mut flat = Vec::new();
            spread(name, value, &mut flat);
            let mut there: Vec<(String, String)> = Vec::new();
            for (key, text) in keyed.iter().filter(|(key, _)| within(key)) {
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
            return if left.is_empty() { Ok(there.len()) } else { Err(format!("there is {left:?}, too")) };
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
            let pieces: Vec<String> = match way.style {
                // Encoded like any other character (OpenAPI 3.1.1, "Style Examples"), or as they are.
                Style::Space => decoded(raw, is_form, &|c| may_stand(c) || c == '|')?
                    .split(' ')
                    .map(str::to_owned)
                    .collect(),
                Style::Pipe => decoded(raw, is_form, &|c| may_stand(c) || c == '|')?
                    .split('|')
                    .map(str::to_owned)
                    .collect(),
                // What separates in a form or a cookie, may be encoded there; in a query it may not (RFC
                // 6570, 3.2.8).
                _ if way.place == Place::Query => raw.split(',').map(plain).collect::<Result<_, _>>()?,
                _ => {
                    let raw = raw.replace("%2C", ",").replace("%2c", ",");
                    raw.split(',').map(plain).collect::<Result<_, _>>()?
                }
            };
            (if value.is_array() { Said::Several(pieces) } else { paired(pieces)? }, 1)
        }
        _ => (Said::One(plain(only()?)?), 1),
    };
    is_said(&said, value).map(|()| count).map_err(|why| format!("{why} in {:?}", pairs))
}

/// What `deepObject` makes of an object: `f[a][b]=1`, and `f[ids]=1` repeated.
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

/// Whether a text is that of a value.
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

#[cfg(test)]
mod tests {
    use super::{Carried, Defined, Place, Seen, Style, Way, carried, defined, judge};
    use crate::cells::shapes::Form;
    use serde_json::{Value, json};

    fn way(place: Place, style: Style, explode: bool) -> Way {
        Way { place, style, explode, reserved: false, empty: false }
    }

    fn said(way: Way, raw: &str, value: &Value) -> Result<usize, String> {
        let seen = match way.place {
            Place::Path => Seen::new(&format!("/{raw}"), std::iter::empty()),
            Place::Query | Place::Form => Seen::new(&format!("/?{raw}"), std::iter::empty()),
            Place::Header => Seen::new("/", [("color", raw.as_bytes())].into_iter()),
            Place::Cookie => Seen::new("/", [("cookie", raw.as_bytes())].into_iter()),
        };
        judge(way, "color", 0, Some(value), &seen)
    }

    /// The table of OpenAPI 3.1.1, "Style Examples".
    #[test]
    fn examples_of_the_specification() {
        let (text, list) = (json!("blue"), json!(["blue", "black", "brown"]));
        let object = json!({ "R": 100, "G": 200, "B": 150 });
        let rows: &[(Place, Style, bool, [&str; 3])] = &[
            (
                Place::Path,
                Style::Matrix,
                false,
                [";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"],
            ),
            (
                Place::Path,
                Style::Matrix,
                true,
                [";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"],
            ),
            (Place::Path, Style::Label, false, [".blue", ".blue,black,brown", ".R,100,G,200,B,150"]),
            (Place::Path, Style::Label, true, [".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
            (Place::Path, Style::Simple, false, ["blue", "blue,black,brown", "R,100,G,200,B,150"]),
            (Place::Path, Style::Simple, true, ["blue", "blue,black,brown", "R=100,G=200,B=150"]),
            (Place::Header, Style::Simple, true, ["blue", "blue, black, brown", "R=100,G=200,B=150"]),
            (
                Place::Query,
                Style::Form,
                false,
                ["color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
            ),
            (
                Place::Query,
                Style::Form,
                true,
                ["color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
            ),
            (
                Place::Query,
                Style::Space,
                false,
                ["color=blue", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"],
            ),
            (
                Place::Query,
                Style::Pipe,
                false,
                ["color=blue", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"],
            ),
        ];
        for (place, style, explode, raws) in rows {
            for (raw, value) in raws.iter().zip([&text, &list, &object]) {
                assert!(
                    said(way(*place, *style, *explode), raw, value).is_ok(),
                    "{raw}: {:?}",
                    said(way(*place, *style, *explode), raw, value)
                );
                assert!(said(way(*place, *style, *explode), raw, &json!("red")).is_err(), "{raw}");
            }
        }
        let deep = way(Place::Query, Style::Deep, true);
        assert_eq!(said(deep, "color%5BR%5D=100&color[G]=200&color%5BB%5D=150", &object), Ok(3));
        assert_eq!(
            said(deep, "color[a][b]=1&color[c]=2&color[c]=3", &json!({ "a": { "b": 1 }, "c": [2, 3] })),
            Ok(3)
        );
        assert!(said(deep, "color[R]=100", &object).is_err());
    }

    #[test]
    fn what_separates_is_not_encoded_and_all_else_is() {
        let list = json!(["a,b", "c"]);
        assert!(said(way(Place::Query, Style::Form, false), "color=a%2Cb,c", &list).is_ok());
        assert!(said(way(Place::Query, Style::Form, false), "color=a%2Cb%2Cc", &list).is_err());
        assert!(said(way(Place::Path, Style::Simple, false), "a%2Cb,c", &list).is_ok());
        assert!(said(way(Place::Path, Style::Simple, false), "a:b", &json!("a:b")).is_err());
        let reserved = Way { reserved: true, ..way(Place::Query, Style::Form, true) };
        assert!(said(reserved, "color=a:b", &json!("a:b")).is_ok());
        assert!(said(way(Place::Query, Style::Form, true), "color=a:b", &json!("a:b")).is_err());
        assert!(said(way(Place::Query, Style::Form, true), "color=a+b", &json!("a b")).is_ok());
        assert!(said(way(Place::Path, Style::Matrix, false), ";color", &json!("")).is_ok());
        assert!(said(way(Place::Path, Style::Matrix, false), ";color=", &json!("")).is_err());
    }

    #[test]
    fn some_values_are_like_others() {
        let query = way(Place::Query, Style::Form, true);
        assert_eq!(carried(query, &json!("")), Carried::Must);
        assert_eq!(carried(query, &json!([])), Carried::Cannot);
        assert_eq!(carried(query, &json!([""])), Carried::Must);
        assert_eq!(carried(way(Place::Path, Style::Simple, false), &json!("..")), Carried::Cannot);
        assert_eq!(carried(way(Place::Path, Style::Label, false), &json!("")), Carried::Cannot);
        assert_eq!(carried(way(Place::Header, Style::Simple, false), &json!(" a")), Carried::Cannot);
        assert_eq!(carried(way(Place::Query, Style::Pipe, false), &json!(["a|b"])), Carried::May);
        assert_eq!(carried(way(Place::Query, Style::Form, false), &json!(["a,b", "c"])), Carried::Must);
        assert_eq!(carried(way(Place::Query, Style::Form, false), &json!(["a,b"])), Carried::May);
        assert_eq!(carried(way(Place::Cookie, Style::Form, true), &json!({"a b": 1})), Carried::Cannot);
    }

    #[test]
    fn what_stands_deeper_is_not_defined() {
        let nested = Form::List(Box::new(Form::List(Box::new(Form::Scalar))));
        assert_eq!(defined(way(Place::Query, Style::Form, true), &nested), Defined::Hardly);
        assert_eq!(defined(way(Place::Query, Style::Json, true), &nested), Defined::Yes);
        let filter = Form::Object(vec![Form::List(Box::new(Form::Scalar)), Form::Object(vec![Form::Scalar])]);
        assert_eq!(defined(way(Place::Query, Style::Deep, true), &filter), Defined::Hardly);
        assert_eq!(defined(way(Place::Query, Style::Form, true), &filter), Defined::Hardly);
        assert_eq!(defined(way(Place::Query, Style::Deep, true), &Form::Scalar), Defined::Hardly);
    }
}
