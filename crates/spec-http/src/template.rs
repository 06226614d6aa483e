//! Path templates (OpenAPI 3.1, 4.8.2 and 4.8.8.2) → whether a request is meant, and the values in its path.
//!
//! Knows parameters that share a segment with text (`/{name}.json`) and, because documents have them,
//! templates that end in a query (`/pets?kind=cat&name={name}`). Must not know what the values mean.

use std::borrow::Cow;
use std::hash::Hash;

/// Returns what stands before the first placeholder of a template (OpenAPI 3.1, 4.8.2), its name, and what
/// stands after it.
#[must_use]
pub fn placeholder(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// Returns the names in the braces of a template, in their order.
pub fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(placeholder(template), |(_, _, after)| placeholder(after)).map(|(_, name, _)| name)
}

/// Returns the name of the placeholder that all of a segment is.
#[must_use]
pub fn lone_placeholder(segment: &str) -> Option<&str> {
    match placeholder(segment)? {
        ("", name, "") if !name.contains('{') => Some(name),
        _ => None,
    }
}

/// A path template, taken apart.
#[derive(Clone, Debug)]
pub struct Template {
    segments: Vec<Segment>,
    query: Vec<(String, Segment)>,
}

#[derive(Clone, Debug)]
struct Segment {
    /// Texts around the parameters: one more than there are names.
    texts: Vec<String>,
    names: Vec<String>,
}

/// The values of a path: names, and texts as they stand there (percent-encoded).
pub type Values = Vec<(String, String)>;

/// The rank of a path: how concrete each of its segments is. Smaller is more concrete.
pub type PathRank = Vec<(u8, usize)>;

/// The rank of a query: how much it asks for. Smaller is more concrete.
pub type QueryRank = (usize, usize);

impl Template {
    /// Takes a template apart. What a fragment says is never sent, so it does not count.
    #[must_use]
    pub fn new(template: &str) -> Template {
        let template = template.split_once('#').map_or(template, |(template, _)| template);
        let (path, query) = template.split_once('?').unwrap_or((template, ""));
        let query = pairs(query).map(|(key, text)| (key, Segment::new(&text))).collect();
        Template { segments: path.split('/').map(Segment::new).collect(), query }
    }

    /// Returns the values in a path that the template means; none where it does not. Each value has at least
    /// one character and no slash, and is as short as the text after it allows; but what comes last in its
    /// segment and after a dot, such as `json` in `1.5.json`, begins after the last one.
    #[must_use]
    pub fn matches(&self, path: &str, query: Option<&str>) -> Option<Values> {
        let mut given = path.split('/');
        let mut values = Values::new();
        for segment in &self.segments {
            segment.matches(given.next()?, normalized, &mut values)?;
        }
        if given.next().is_some() {
            return None;
        }
        if self.query.is_empty() {
            return Some(values);
        }
        let given: Vec<_> = pairs(query.unwrap_or_default()).collect();
        for (key, segment) in &self.query {
            let mut texts = given.iter().filter(|(own, _)| own == key).map(|(_, text)| text);
            values.extend(texts.find_map(|text| {
                let mut own = Values::new();
                segment.matches(text, decoded, &mut own).map(|()| own)
            })?);
        }
        Some(values)
    }

    /// Ranks the template by how concrete it is, segment by segment: smaller is more concrete, and earlier
    /// segments count more. A text is more concrete than a text with parameters, of which the one with more
    /// text is. Of two templates that are alike, the one that asks for more in the query is the more concrete
    /// one, and then the one with fewer parameters there.
    #[must_use]
    pub fn rank(&self) -> (PathRank, QueryRank) {
        let rank = |segment: &Segment| match segment.names.is_empty() {
            true => (0, 0),
            false => match segment.texts.iter().map(String::len).sum::<usize>() {
                0 => (2, 0),
                length => (1, usize::MAX - length),
            },
        };
        let open = self.query.iter().filter(|(_, value)| !value.names.is_empty()).count();
        (self.segments.iter().map(rank).collect(), (usize::MAX - self.query.len(), open))
    }

    /// Returns what stands between the parameters of a segment, where the one of this name is one of several.
    #[must_use]
    pub fn separators(&self, name: &str) -> Option<String> {
        let segment = self.segments.iter().find(|segment| segment.names.iter().any(|own| own == name))?;
        let between = segment.texts.get(1..segment.names.len()).unwrap_or_default().concat();
        (!between.is_empty()).then_some(between)
    }

    /// Returns the names of the pairs that the query must have.
    pub fn query(&self) -> impl Iterator<Item = &str> {
        self.query.iter().map(|(name, _)| name.as_str())
    }

    /// Makes the template ask for a pair in the query, too.
    #[must_use]
    pub fn asking(mut self, name: impl Into<String>, value: &str) -> Template {
        // As it stands in a query, where no text is a parameter.
        let text = value.replace('%', "%25");
        self.query.push((name.into(), Segment { texts: vec![text], names: Vec::new() }));
        self
    }

    /// Returns the template without the names of its parameters: templates of one shape match the same
    /// requests.
    #[must_use]
    pub fn shape(&self) -> impl Eq + Hash + use<> {
        // A text without parameters is compared in one of its spellings.
        let texts = |segment: &Segment, spelling: Spelling| match segment.names.as_slice() {
            [] => segment.texts.iter().map(|text| spelling(text).into_owned()).collect(),
            _ => segment.texts.clone(),
        };
        let mut query: Vec<_> =
            self.query.iter().map(|(name, value)| (name.clone(), texts(value, decoded))).collect();
        query.sort_unstable();
        (self.segments.iter().map(|segment| texts(segment, normalized)).collect::<Vec<_>>(), query)
    }
}

/// Returns the pairs of a query: names, decoded, and values as they could stand in a path.
fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let spaced = |text: &str| text.replace('+', "%20");
        (decoded(&spaced(key)).into_owned(), spaced(value))
    })
}

/// One spelling for all texts that mean the same.
type Spelling = fn(&str) -> Cow<'_, str>;

/// Returns a text without its percent-encoding (RFC 3986, 2.1); what is none stays as it is.
fn decoded(text: &str) -> Cow<'_, str> {
    respelled(text, |_| true)
}

/// Returns a text of a path without the percent-encoding that says nothing: that of a character with a
/// meaning of its own does, `/$next` and `/%24next` are two paths (RFC 3986, 2.2 and 6.2.2.2).
fn normalized(text: &str) -> Cow<'_, str> {
    respelled(text, |byte| !b"%:/?#[]@!$&'()*+,;=".contains(&byte))
}

/// A text of a path as a URI can have it: other signs are percent-encoded (RFC 3986, 2.1 and 3.3). What is
/// encoded already says the same afterwards, and stays told apart from what is not.
fn escaped(text: &str) -> Cow<'_, str> {
    let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte);
    if text.bytes().all(is_of_path) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits =
            after.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        rest = digits.map_or(after, |_| &after[2..]);
        match digits {
            Some(digits) => {
                let digits = digits.iter().map(|digit| char::from(digit.to_ascii_uppercase()));
                escaped.extend(std::iter::once('%').chain(digits));
            }
            None if is_of_path(*first) => escaped.push(char::from(*first)),
            None => escaped.push_str(&format!("%{first:02X}")),
        }
    }
    Cow::Owned(escaped)
}

fn respelled(text: &str, is_plain: impl Fn(u8) -> bool) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits =
            after.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let code = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match code {
            Some(byte) if is_plain(byte) => bytes.push(byte),
            Some(byte) => bytes.extend(format!("%{byte:02X}").bytes()),
            None if *first == b'%' && !is_plain(b'%') => bytes.extend(b"%25"),
            None => bytes.push(*first),
        }
        rest = if code.is_some() { &after[2..] } else { after };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

impl Segment {
    fn new(text: &str) -> Segment {
        let (mut texts, mut names) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some((before, name, after)) = placeholder(rest) {
            texts.push(before.to_owned());
            names.push(name.to_owned());
            rest = after;
        }
        texts.push(rest.to_owned());
        Segment { texts, names }
    }

    fn matches(&self, text: &str, spelling: Spelling, values: &mut Values) -> Option<()> {
        if let ([first], []) = (self.texts.as_slice(), self.names.as_slice()) {
            return (first == text || spelling(text) == spelling(first)).then_some(());
        }
        let text = escaped(text);
        let texts: Vec<Cow<'_, str>> = self.texts.iter().map(|text| escaped(text)).collect();
        let [first, others @ ..] = texts.as_slice() else { return None };
        let mut rest = text.strip_prefix(&**first)?;
        let (mut names, mut others) = (self.names.as_slice(), others);
        let mut last = None;
        // `archive.tar.gz`: what follows the last dot is the ending.
        if let ([before @ .., name], [between @ .., separator, end]) = (names, others)
            && separator.ends_with('.')
        {
            let inner = rest.strip_suffix(&**end)?;
            let at = inner.rfind(&**separator)?;
            let value = &inner[at + separator.len()..];
            if value.is_empty() {
                return None;
            }
            last = Some((name.clone(), value.to_owned()));
            (names, others) = (before, &others[..=between.len()]);
            rest = &rest[..at + separator.len()];
        }
        for (index, (name, after)) in names.iter().zip(others).enumerate() {
            let end = if index + 1 == others.len() {
                rest.strip_suffix(&**after)?.len()
            } else {
                let mut ends = rest.char_indices().skip(1).map(|(at, _)| at);
                ends.find(|at| rest[*at..].starts_with(&**after))?
            };
            if end == 0 {
                return None;
            }
            values.push((name.clone(), rest[..end].to_owned()));
            rest = &rest[end + after.len()..];
        }
        values.extend(last);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn templates_take_paths_apart() {
        let values = |template: &str, path: &str| {
            let (path, query) =
                path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
            let values = Template::new(template).matches(path, query)?;
            Some(
                values
                    .into_iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        };
        for (template, path, expected) in [
            ("/pets", "/pets", Some("")),
            ("/pets", "/pets/", None),
            ("/pets/{id}", "/pets/7", Some("id=7")),
            ("/pets/{id}", "/pets/", None),
            ("/pets/{id}", "/pets/7/8", None),
            ("/pets/{id}", "/pets/a%2Fb", Some("id=a%2Fb")),
            ("/a b", "/a%20b", Some("")),
            ("/100%", "/100%", Some("")),
            ("/100%", "/100%25", Some("")),
            ("/a/$next", "/a/$next", Some("")),
            ("/a/$next", "/a/%24next", None),
            ("/a/%2fb", "/a/%2Fb", Some("")),
            ("/a/next", "/a/%6Eext", Some("")),
            ("/a?b=$c", "/a?b=%24c", Some("")),
            ("/{a}.{b}", "/x.y.z", Some("a=x.y b=z")),
            ("/{a}.{b}", "/-1.5.json", Some("a=-1.5 b=json")),
            ("/{a}.{b}", "/x.", None),
            ("/{a}-{b}.{c}", "/x-y-z.1.js", Some("a=x b=y-z.1 c=js")),
            ("/{a}-{b}px.{c}!", "/x-1px.2px.js!", Some("a=x b=1px.2 c=js")),
            ("/{a}-{b}", "/x-y-z", Some("a=x b=y-z")),
            ("/{a}.{b}", "/.y", None),
            ("/{a}{b}", "/xy", Some("a=x b=y")),
            ("/v{n}:run", "/v12:run", Some("n=12")),
            ("/v{n}:run", "/v:run", None),
            ("/é{n}é", "/ééé", Some("n=%C3%A9")),
            ("/é{n}é", "/%c3%A9%C3%A9%C3%a9", Some("n=%C3%A9")),
            ("/%c3%a9{n}", "/é1", Some("n=1")),
            ("/50%{n}^", "/50%%2d^", Some("n=%2D")),
            ("/50%{n}^", "/50%25-%5E", Some("n=-")),
            ("/{a}-{b}", "/x%2dy-z", Some("a=x%2Dy b=z")),
            ("/a{n}", "/%61b", None),
            ("/a?b=c%20d", "/a", None),
            ("/a?b=c%20d", "/a?x=1&b=c+d", Some("")),
            ("/a#B", "/a", Some("")),
            ("/a/{b}?c={d}&e=f{g}", "/a/1?e=f%2B3&c=2+", Some("b=1 d=2%20 g=%2B3")),
            ("/a/{b}?c={d}", "/a/1?d=2", None),
            ("/a?b={c}", "/a?b=&b=1", Some("c=1")),
        ] {
            assert_eq!(values(template, path).as_deref(), expected, "{path} in {template}");
        }
    }

    #[test]
    fn names_are_no_part_of_a_shape() {
        let shape = |text: &str| Template::new(text).shape();
        assert!(shape("/a/{b}?c=1#x") == shape("/a/{d}?c=1"));
        assert!(shape("/a/{b}") != shape("/a/{b}.json"));
        assert!(Template::new("/a").asking("b", "c").shape() == shape("/a?b=c"));
        assert!(shape("/a?b={c}") == shape("/a?b={d}"));
        assert!(shape("/a?b=%63+d") == shape("/a?b=c%20d"));
        assert!(Template::new("/a").asking("b", "c d").shape() == shape("/a?b=c+d"));
        assert!(Template::new("/a").asking("b", "5%+{c}").matches("/a", Some("b=5%25%2B%7Bc%7D")).is_some());
    }

    #[test]
    fn concrete_templates_come_first() {
        let mut templates = ["/{a}", "/{a}.{b}", "/{a}.json", "/a", "/a?b={b}", "/a?b=1"]
            .map(|text| (Template::new(text).rank(), text));
        templates.sort();
        assert_eq!(
            templates.map(|(_, text)| text),
            ["/a?b=1", "/a?b={b}", "/a", "/{a}.json", "/{a}.{b}", "/{a}"]
        );
    }
}
