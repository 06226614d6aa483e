//! Media types: which of the declared ones a message has.
//!
//! Knows parameters of media types (RFC 9110, 8.3.1). It reads them by itself, on purpose: `spec-http` is
//! lenient with what clients and servers are sent, and a judge must not be. What a range means it has from
//! there. Must not look at bodies.

use spec_api::MediaType;

/// A media type or range, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Media {
    /// Type and subtype in lower case.
    pub(crate) essence: String,
    /// Names in lower case, values without quotes.
    parameters: Vec<(String, String)>,
}

impl Media {
    /// Reads a media type; `None` unless it has a type and a subtype.
    pub(crate) fn parse(text: &str) -> Option<Media> {
        let mut pieces = split_outside_quotes(text).into_iter();
        let essence = pieces.next()?.trim().to_ascii_lowercase();
        let is_token = |token: &str| {
            !token.is_empty() && !token.contains(|c: char| c.is_whitespace() || "/,;\"".contains(c))
        };
        let (kind, subtype) = essence.split_once('/')?;
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let parameter = |text: &str| {
            let (name, value) = text.split_once('=')?;
            Some((name.trim().to_ascii_lowercase(), unquote(value.trim())))
        };
        Some(Media { parameters: pieces.filter_map(parameter).collect(), essence })
    }

    /// Returns the value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Returns how exactly this range means a media type, or none if it does not. A declared parameter that
    /// differs does not rule the media type out, but one that agrees decides between two of the same essence.
    fn matches(&self, given: &Media) -> Option<(u8, bool, usize)> {
        let exactness = spec_http::media_type::exactness(&self.essence, &given.essence)?;
        let agrees = |(name, value): &&(String, String)| {
            given.parameter(name).is_some_and(|own| own.eq_ignore_ascii_case(value))
        };
        let agreeing = self.parameters.iter().filter(agrees).count();
        Some((exactness, agreeing == self.parameters.len(), agreeing))
    }
}

/// Returns the declared media type that a message has: the most exact one, and of several the first.
pub(crate) fn find<'a>(declared: &'a [MediaType], given: &Media) -> Option<&'a MediaType> {
    // Most documents declare one, and without parameters.
    if let [only] = declared
        && only.name == given.essence
    {
        return Some(only);
    }
    let mut best = None;
    for media in declared {
        let range = Media::parse(&media.name).or_else(|| Media::parse(&media.name.replace(',', ";")));
        let score = range.and_then(|range| range.matches(given));
        if let Some(score) = score
            && best.as_ref().is_none_or(|(known, _)| score > *known)
        {
            best = Some((score, media));
        }
    }
    best.map(|(_, media)| media)
}

/// Returns the pieces between semicolons, save those inside quotes.
pub(crate) fn split_outside_quotes(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// Returns the text of a quoted string (RFC 9110, 5.6.4), or the token as it is.
pub(crate) fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        plain.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_taken_apart() {
        let media =
            Media::parse("Multipart/Form-Data; Boundary=\"a;\\\"b\"; charset=UTF-8").expect("a media type");
        assert_eq!(media.essence, "multipart/form-data");
        assert_eq!(media.parameter("boundary"), Some("a;\"b"));
        assert_eq!(media.parameter("charset"), Some("UTF-8"));
        for text in ["", "json", "application/", "/json", "a b/c", "a/b/c", "a/b, c/d"] {
            assert_eq!(Media::parse(text), None, "{text}");
        }
    }
}
