//! Header fields: their texts, and which of them need no declaration.
//!
//! Knows HTTP (RFC 9110). Must not know any Api.

use http::HeaderMap;

/// Request headers that any client or intermediary may send without the document saying so, in lower case.
///
/// They are the request fields of HTTP itself (RFC 9110, RFC 9111, RFC 9112, RFC 6265, RFC 7239, RFC 9218),
/// those that browsers add (Fetch, Client Hints, WebSocket), those that proxies add, and W3C Trace Context
/// and Baggage. Names that begin with `sec-` belong to browsers alone and need no declaration either. Any
/// other header is a custom one and has to be declared.
pub const STANDARD_HEADERS: &[&str] = &[
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "baggage",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-type",
    "cookie",
    "date",
    "dnt",
    "expect",
    "forwarded",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "max-forwards",
    "origin",
    "pragma",
    "priority",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "referer",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// Returns true if a header, by its lower-case name, needs no declaration.
pub(crate) fn is_standard(name: &str) -> bool {
    name.starts_with("sec-") || STANDARD_HEADERS.binary_search(&name).is_ok()
}

/// Returns a header's value, several lines as one list (RFC 9110, 5.3); `None` where it is absent, an error
/// where it is no text.
pub(crate) fn text(headers: &HeaderMap, name: &str) -> Option<Result<String, ()>> {
    let lines: Vec<_> =
        headers.get_all(name).iter().map(|value| std::str::from_utf8(value.as_bytes())).collect();
    if lines.is_empty() {
        return None;
    }
    let lines: Result<Vec<_>, _> = lines.into_iter().collect();
    Some(lines.map(|lines| lines.join(",")).map_err(|_| ()))
}

/// Returns all cookies of a request (RFC 6265, 4.2.1), names and values as they stand.
pub(crate) fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
    let cookie = |text: &str| {
        let (name, value) = text.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    lines.flat_map(|line| line.split(';')).filter_map(cookie).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_in_lower_case() {
        assert!(STANDARD_HEADERS.is_sorted());
        assert!(STANDARD_HEADERS.iter().all(|name| http::HeaderName::from_static(name) == **name));
    }
}
