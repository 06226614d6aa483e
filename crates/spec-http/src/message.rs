//! What clients, servers and contracts must see alike in a message: media types and ranges (RFC 9110, 8.3.1
//! and 12.5.1), names of the parts of a form, and the headers that are the connection's.
//!
//! Must not know bodies, nor any document.

/// Whether a header says where a message ends, or whether others follow: the connection writes it, and no
/// service (RFC 9112, 6 and 9.6).
#[must_use]
pub fn is_framing(header: &str) -> bool {
    ["connection", "content-length", "transfer-encoding"].iter().any(|own| header.eq_ignore_ascii_case(own))
}

/// Whether an answer with this status never has a body (RFC 9110, 6.4.1 and 15.3.6).
#[must_use]
pub fn is_bodiless(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 205 | 304)
}

/// The name of a part or of its file as it stands in quotes: without the signs that would end them, or the
/// line (HTML, 4.10.22.8).
#[must_use]
pub fn quoted_name(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// What [`quoted_name`] was made of.
#[must_use]
pub fn plain_name(quoted: &str) -> String {
    quoted.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// Which of several media types and ranges means a media type most exactly, and of those that do the first.
/// Parameters do not count, nor does the case.
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

/// How exactly a range means a media type; none where it does not. Documents have ranges of a suffix, too
/// (`application/*+json`, RFC 6839), which HTTP does not.
#[must_use]
pub fn exactness(range: &str, essence: &str) -> Option<u8> {
    let range = range.split([';', ',']).next().unwrap_or_default().trim();
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
    use super::{most_exact, plain_name, quoted_name};

    #[test]
    fn names_of_parts_end_no_line() {
        let name = "a \"b\"\r\nc";
        assert_eq!(quoted_name(name), "a %22b%22%0D%0Ac");
        assert_eq!(plain_name(&quoted_name(name)), name);
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
