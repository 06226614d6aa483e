//! Media types and ranges (RFC 9110, 8.3.1 and 12.5.1).

/// Whether a media type is meant by a media range; parameters do not count, nor does the case.
pub(crate) fn media_type_matches(range: &str, essence: &str) -> bool {
    let range = range.split([';', ',']).next().unwrap_or_default().trim();
    match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => essence.split('/').next().is_some_and(|own| own.eq_ignore_ascii_case(kind)),
        _ => essence.eq_ignore_ascii_case(range),
    }
}
