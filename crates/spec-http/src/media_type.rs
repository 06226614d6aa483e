//! Media types: what they are, what their syntax is, and which of several ranges means one (RFC 9110, 8.3.1
//! and 12.5.1).
//!
//! Must not know bodies, nor any document.

/// Returns a media type without its parameters, which some documents separate with a comma; the case is kept
/// (RFC 9110, 8.3.1).
#[must_use]
pub fn essence(media_type: &str) -> &str {
    media_type.split([';', ',']).next().unwrap_or_default().trim()
}

/// Returns the charset that a media type names, without its quotes (RFC 9110, 8.3.2).
#[must_use]
pub fn charset(media_type: &str) -> Option<&str> {
    let parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    Some(charsets.next()?.1.trim().trim_matches('"'))
}

/// The syntax of a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// `application/json` and every `+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `text/*`, and XML as text.
    Text,
    /// Anything else, and texts that the schema calls binary: bytes.
    Bytes,
}

impl MediaKind {
    /// Returns the syntax behind a media type's name; parameters do not count, nor does the case (RFC 9110,
    /// 8.3.1).
    #[must_use]
    pub fn of(name: &str) -> MediaKind {
        let essence = essence(name).to_ascii_lowercase();
        match essence.as_str() {
            "application/json" | "text/json" => MediaKind::Json,
            "application/x-www-form-urlencoded" => MediaKind::Form,
            "multipart/form-data" => MediaKind::Multipart,
            "application/xml" | "application/yaml" => MediaKind::Text,
            other if other.ends_with("+json") => MediaKind::Json,
            other if other.ends_with("+xml") || other.starts_with("text/") => MediaKind::Text,
            _ => MediaKind::Bytes,
        }
    }
}

/// Media types of several texts one after another (OpenAPI 3.2, 4.14.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// Server-sent events (HTML Living Standard, 9.2).
    Events,
    /// A JSON text in each line.
    Lines,
    /// JSON texts, each behind a record separator (RFC 7464).
    Records,
}

impl Sequence {
    /// Returns the sequence that a media type names.
    #[must_use]
    pub fn of(name: &str) -> Option<Sequence> {
        const LINES: [&str; 9] = [
            "application/jsonl",
            "application/x-jsonl",
            "application/jsonlines",
            "application/x-jsonlines",
            "application/json-lines",
            "application/ndjson",
            "application/x-ndjson",
            "application/stream+json",
            "application/x-json-stream",
        ];
        let essence = essence(name).to_ascii_lowercase();
        match essence.as_str() {
            "text/event-stream" => Some(Sequence::Events),
            "application/json-seq" => Some(Sequence::Records),
            other if LINES.contains(&other) => Some(Sequence::Lines),
            other => other.ends_with("+json-seq").then_some(Sequence::Records),
        }
    }
}

/// Returns which of several media types and ranges means a media type most exactly, and of those that do the
/// first. Parameters do not count, nor does the case.
#[must_use]
pub fn most_exact<'a>(ranges: impl Iterator<Item = &'a str>, essence: &str) -> Option<usize> {
    let mut best: Option<(u8, usize)> = None;
    for (index, range) in ranges.enumerate() {
        let own = exactness(range, essence);
        if let Some(own) = own.filter(|own| best.is_none_or(|(known, _)| *own > known)) {
            best = Some((own, index));
        }
    }
    best.map(|(_, index)| index)
}

/// Returns how exactly a range means a media type, or none if it does not. Documents have ranges of a suffix,
/// too (`application/*+json`, RFC 6839), which HTTP does not.
#[must_use]
pub fn exactness(range: &str, essence: &str) -> Option<u8> {
    let range = self::essence(range);
    if essence.eq_ignore_ascii_case(range) {
        return Some(3);
    }
    // Even where nothing is said.
    if range == "*/*" {
        return Some(0);
    }
    let ((kind, subtype), (own_kind, own_subtype)) = (range.split_once('/')?, essence.split_once('/')?);
    let suffix = subtype.strip_prefix('*')?;
    let is_kind = kind == "*" || kind.eq_ignore_ascii_case(own_kind);
    let ends = |end: &str| {
        own_subtype.len() > end.len() && own_subtype.to_ascii_lowercase().ends_with(&end.to_ascii_lowercase())
    };
    match suffix {
        "" => is_kind.then_some(1),
        _ => (is_kind && suffix.starts_with('+') && ends(suffix)).then_some(2),
    }
}

#[cfg(test)]
mod tests {
    use super::{MediaKind, Sequence, charset, essence, most_exact};

    #[test]
    fn parameters_and_case_are_no_part_of_a_media_type() {
        for name in ["Application/JSON", " application/json ; charset=utf-8", "application/json,a=b"] {
            assert!(essence(name).eq_ignore_ascii_case("application/json"), "{name}");
            assert_eq!(MediaKind::of(name), MediaKind::Json, "{name}");
        }
        assert_eq!(Sequence::of("Text/Event-Stream; charset=utf-8"), Some(Sequence::Events));
        assert_eq!(Sequence::of("application/x+json-seq"), Some(Sequence::Records));
        assert_eq!(Sequence::of("application/json"), None);
        assert_eq!(charset("text/plain; a=b; Charset=\"x\""), Some("x"));
        assert_eq!(charset("text/plain"), None);
    }

    #[test]
    fn the_most_exact_range_is_meant() {
        let ranges = [
            "*/*",
            "application/*",
            "application/*+json",
            "Application/Problem+JSON; charset=utf-8",
            "text/*",
        ];
        let found = |essence: &str| most_exact(ranges.into_iter(), essence).map(|index| ranges[index]);
        assert_eq!(found("application/problem+json"), Some(ranges[3]));
        assert_eq!(found("application/x+Json"), Some("application/*+json"));
        assert_eq!(found("application/json"), Some("application/*"));
        assert_eq!(found("application/+json"), Some("application/*"));
        assert_eq!(found("TEXT/x+json"), Some("text/*"));
        assert_eq!(found("image/png"), Some("*/*"));
        assert_eq!(most_exact(["a/b"].into_iter(), ""), None);
        assert_eq!(most_exact(["a/b", "*/*"].into_iter(), ""), Some(1));
    }
}
