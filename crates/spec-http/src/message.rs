//! Rules of messages that clients, servers and contracts share: names of the parts of a form, the headers
//! that are the connection's, which answers have no body, and the methods that everybody knows.
//!
//! Must not know bodies, nor any document.

/// Returns true if a header says where a message ends, or if others follow: the connection writes it,
/// and no service (RFC 9112, 6 and 9.6).
#[must_use]
pub fn is_framing(header: &str) -> bool {
    ["connection", "content-length", "transfer-encoding"].iter().any(|own| header.eq_ignore_ascii_case(own))
}

/// Returns true if an answer with this status never has a body (RFC 9110, 6.4.1 and 15.3.6).
#[must_use]
pub fn is_bodiless(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 205 | 304)
}

/// Returns a method as it may be counted or named in a trace: itself if everybody knows it (RFC 9110, 9; RFC
/// 5789; the `QUERY` of OpenAPI 3.2), else `_OTHER`, so that nobody makes up names (semantic conventions of
/// OpenTelemetry for `http.request.method`).
#[must_use]
pub fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 10] =
        ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}

/// Returns the name of a part or of its file as it stands in quotes: without the signs that would end them,
/// or the line (HTML, 4.10.22.8).
#[must_use]
pub fn quoted_name(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns the name that [`quoted_name`] was given.
#[must_use]
pub fn plain_name(quoted: &str) -> String {
    quoted.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

#[cfg(test)]
mod tests {
    use super::{known_method, plain_name, quoted_name};

    #[test]
    fn names_of_parts_end_no_line() {
        let name = "a \"b\"\r\nc";
        assert_eq!(quoted_name(name), "a %22b%22%0D%0Ac");
        assert_eq!(plain_name(&quoted_name(name)), name);
    }

    #[test]
    fn nobody_makes_up_methods() {
        assert_eq!(
            [known_method("PUT"), known_method("put"), known_method("SPY")],
            ["PUT", "_OTHER", "_OTHER"]
        );
    }
}
