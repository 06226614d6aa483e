//! What is secret in a message by its nature, and URLs and requests as they can be shown.
//!
//! Must not know which credentials a client has.

#[cfg(any(feature = "testing", feature = "tracing"))]
use super::operation::CalledOperation;
use super::redirect::without_user;
#[cfg(any(feature = "testing", feature = "tracing"))]
use crate::security::{CredentialPlace, SecurityScheme};
#[cfg(any(feature = "testing", feature = "tracing"))]
use http::HeaderValue;
use http::{HeaderMap, HeaderName};
use reqwest::{Request, Url};
use std::fmt;

/// Headers that are secret by their nature, in requests and in answers.
const HEADERS: [&str; 9] = [
    "authentication-info",
    "authorization",
    "cookie",
    "proxy-authentication-info",
    "proxy-authorization",
    "set-cookie",
    "set-cookie2",
    "x-api-key",
    "x-auth-token",
];

/// Returns the security schemes of an operation.
#[cfg(any(feature = "testing", feature = "tracing"))]
pub(super) fn schemes(operation: Option<&CalledOperation>) -> impl Iterator<Item = &'static SecurityScheme> {
    operation.map_or(&[][..], |operation| operation.security).iter().copied().flatten()
}

/// Returns true if the value of a header must not be shown: it is marked so, or secret by its nature, or the
/// document has a credential there.
#[cfg(any(feature = "testing", feature = "tracing"))]
pub(super) fn is_secret_header(
    operation: Option<&CalledOperation>,
    name: &HeaderName,
    value: &HeaderValue,
) -> bool {
    let is_credential = |scheme: &SecurityScheme| match scheme.place {
        CredentialPlace::Header(own) => name.as_str().eq_ignore_ascii_case(own),
        _ => false,
    };
    value.is_sensitive() || HEADERS.contains(&name.as_str()) || schemes(operation).any(is_credential)
}

/// Returns the headers of an answer, with those marked that are secret by their nature: cookies, say.
pub(super) fn marked(mut headers: HeaderMap) -> HeaderMap {
    for (name, value) in &mut headers {
        if HEADERS.contains(&name.as_str()) {
            value.set_sensitive(true);
        }
    }
    headers
}

/// Returns a URL without all that may be secret.
pub(super) fn shown(url: &Url) -> String {
    if !url.has_host() {
        return shown_text(url.as_str());
    }
    let mut url = url.clone();
    without_user(&mut url);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// Returns a text that may be no URL without all that may be secret if it is one. A password may have any
/// sign in it, so all is left out up to the last `@`.
pub(super) fn shown_text(text: &str) -> String {
    let is_scheme =
        |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let scheme = text.split_once("://").map(|(name, _)| name).filter(is_scheme);
    let rest = scheme.map_or(text, |name| &text[name.len() + "://".len()..]);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    scheme.map_or_else(|| rest.to_owned(), |name| format!("{name}://{rest}"))
}

/// A request that is shown: its method, its URL without user, password and query, and the names of its
/// headers.
pub(super) struct ShownRequest<'r>(pub(super) &'r Request);

impl fmt::Debug for ShownRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ShownRequest(request) = self;
        f.debug_struct("Request")
            .field("method", request.method())
            .field("url", &shown(request.url()))
            .field("headers", &request.headers().keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{marked, shown_text};
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn texts_lose_what_may_be_a_password() {
        for (text, expected) in [
            ("https://api.example.com/v1", "https://api.example.com/v1"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://user:password@api.example.com/v1?key=1#a", "https://api.example.com/v1"),
            ("https://user:pa/ss?wo@rd#@api.example.com", "https://api.example.com"),
            ("user:password@api.example.com", "api.example.com"),
            ("user:pass://word@api.example.com", "api.example.com"),
            ("nowhere", "nowhere"),
            ("?key=1", ""),
            ("@", ""),
        ] {
            assert_eq!(shown_text(text), expected, "{text}");
        }
    }

    #[test]
    fn cookies_are_marked() {
        let mut headers = HeaderMap::new();
        for cookie in ["a=first-secret", "b=second-secret"] {
            headers.append("set-cookie", HeaderValue::from_static(cookie));
        }
        headers.append("x-plain", HeaderValue::from_static("plain"));
        let shown = format!("{:?}", marked(headers));
        assert!(!shown.contains("-secret") && shown.contains("plain"), "{shown}");
    }
}
