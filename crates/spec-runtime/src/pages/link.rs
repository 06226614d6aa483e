//! `Link` headers: the target that leads to the next page.
//!
//! Knows the grammar of RFC 8288, section 3. Must not know what is done with a target.

use http::HeaderMap;

/// Returns the target of the first link of a header whose relation is `next` (RFC 8288, section 3; relations
/// are compared without regard to case, section 2.1.1). Links about another resource than the one that was
/// asked for (`anchor`, section 3.2) are passed over, and so is what can't be read.
pub(super) fn next_target(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(name).into_iter().find_map(|value| {
        // Titles have been seen in any charset.
        let text = String::from_utf8_lossy(value.as_bytes());
        links(&text).iter().find(|link| link.is_next()).map(|link| link.target.to_owned())
    })
}

/// A link, as far as it matters here.
struct Link<'t> {
    target: &'t str,
    /// The relations of the first `rel`: others do not count (section 3.3).
    relations: Option<String>,
    is_about_another: bool,
}

impl Link<'_> {
    fn is_next(&self) -> bool {
        let mut relations = self.relations.iter().flat_map(|text| text.split_ascii_whitespace());
        !self.is_about_another && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
    }
}

/// Returns the links of a value, up to what is none.
fn links(text: &str) -> Vec<Link<'_>> {
    let (mut links, mut rest) = (Vec::new(), text);
    while let Some((link, behind)) = link(rest) {
        links.push(link);
        rest = behind;
    }
    links
}

/// Takes a link off the beginning of a text.
fn link(text: &str) -> Option<(Link<'_>, &str)> {
    let text = text.trim_start_matches([' ', '\t', ',']).strip_prefix('<')?;
    let (target, mut rest) = text.split_once('>')?;
    let mut link = Link { target: target.trim(), relations: None, is_about_another: false };
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let Some(behind) = rest.strip_prefix(';') else { break };
        let behind = behind.trim_start_matches([' ', '\t']);
        let end = behind.find([' ', '\t', '=', ';', ',']).unwrap_or(behind.len());
        let (name, behind) = behind.split_at(end);
        let (value, behind) = value(behind);
        rest = behind;
        if name.eq_ignore_ascii_case("rel") && link.relations.is_none() {
            link.relations = Some(value.unwrap_or_default());
        } else if name.eq_ignore_ascii_case("anchor") {
            link.is_about_another = true;
        }
    }
    // Whatever stands before the next link is no parameter.
    let next = rest.find(',').map_or("", |comma| &rest[comma..]);
    Some((link, next))
}

/// Takes the value of a parameter, if it has one, off the beginning of a text: a token, or a quoted string
/// (RFC 9110, section 5.6.4).
fn value(text: &str) -> (Option<String>, &str) {
    let Some(text) = text.trim_start_matches([' ', '\t']).strip_prefix('=') else { return (None, text) };
    let text = text.trim_start_matches([' ', '\t']);
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, rest) = text.split_at(text.find([' ', '\t', ';', ',']).unwrap_or(text.len()));
        return (Some(token.to_owned()), rest);
    };
    let (mut value, mut chars) = (String::new(), quoted.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => value.extend(chars.next()),
            other => value.push(other),
        }
    }
    (Some(value), chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn next(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("link", HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        next_target(&headers, "Link")
    }

    #[test]
    fn the_relation_next_is_followed() {
        let cases: [(&[&str], Option<&str>); 15] = [
            (&["</a?page=2>; rel=\"next\""], Some("/a?page=2")),
            (&["</a>; rel=next"], Some("/a")),
            (&["</p>; rel=\"prev\", </n>; rel=\"next\""], Some("/n")),
            (&["</p>; rel=\"prev\"", "</n>; REL = \"NEXT\""], Some("/n")),
            (&["</n>; rel=\"last next\""], Some("/n")),
            (&["</n>;title=\"a, b; rel=prev \\\" c\";rel=\"next\""], Some("/n")),
            (&["</a,b>; rel=next"], Some("/a,b")),
            (&["</p>; rel=prev; rel=next"], None),
            (&["</n>; anchor=\"/b\"; rel=next, </m>; rel=next"], Some("/m")),
            (&["</n>; rel=next; title=\"Nächste\""], Some("/n")),
            (&["</n>; rel=nextish"], None),
            (&["</n>"], None),
            (&["/n; rel=next"], None),
            (&["</n; rel=next"], None),
            (&[", ,</n>; preload; rel=\"next"], Some("/n")),
        ];
        for (values, expected) in cases {
            assert_eq!(next(values).as_deref(), expected, "{values:?}");
        }
        assert_eq!(next_target(&HeaderMap::new(), "Link"), None);
    }
}
