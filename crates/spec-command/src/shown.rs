//! Requests that are shown and not sent.
//!
//! Knows how a request reads for people, and for curl. A secret is never shown: where a credential would be
//! stands the name of its variable.

use crate::failure::Failure;
use spec_runtime::client::{AttemptError, BoxFuture, Transport};
use spec_runtime::http::{self, HeaderName, HeaderValue};
use spec_runtime::reqwest::{Request, Response};
use std::sync::{Arc, Mutex, PoisonError};

/// Headers that hold credentials wherever they are from.
const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// What stands in place of a value that may be a secret.
const HIDDEN: &str = "…";

/// A transport that keeps the request, and sends nothing.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Option<Request>>>);

impl Capture {
    /// Returns the request, if one was made.
    pub(crate) fn take(&self) -> Option<Request> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Transport for Capture {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, AttemptError>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        Box::pin(async { Ok(Response::from(http::Response::new(Vec::new()))) })
    }
}

/// The names that stand for credentials.
pub(crate) struct Names(pub(crate) Vec<String>);

impl Names {
    /// Returns a header's value as it may be shown, and whether a variable stands in it.
    fn value(&self, name: &HeaderName, value: &HeaderValue) -> (String, bool) {
        let is_secret = value.is_sensitive() || SECRET.contains(&name.as_str());
        let text = value.to_str().unwrap_or(HIDDEN);
        if let Some(found) = self.0.iter().find(|own| text == own.as_str()) {
            return (format!("${found}"), true);
        }
        if let Some((scheme, rest)) = text.split_once(' ').filter(|_| is_secret) {
            let is_basic = scheme.eq_ignore_ascii_case("basic");
            let names = self.0.iter().find(|own| rest == own.as_str());
            return match names.or_else(|| self.0.first().filter(|_| is_basic && self.0.len() == 1)) {
                Some(found) => (format!("{scheme} ${found}"), true),
                None => (format!("{scheme} {HIDDEN}"), false),
            };
        }
        (if is_secret { HIDDEN.to_owned() } else { text.to_owned() }, false)
    }
}

/// Writes a request as a message of HTTP.
pub(crate) fn message(request: &Request, names: &Names) -> String {
    let mut text = format!("{} {}\n", request.method(), url(request));
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {}\n", names.value(name, value).0));
    }
    if let Some(body) = body(request) {
        text.push_str(&format!("\n{body}\n"));
    }
    text
}

/// Writes a request as a command of curl; a body that is no text can't stand in one.
pub(crate) fn curl(request: &Request, names: &Names) -> Result<String, Failure> {
    let mut words = vec!["curl".to_owned()];
    if request.method() != http::Method::GET {
        words.push(format!("-X {}", request.method()));
    }
    words.push(quoted(&url(request)));
    for (name, value) in request.headers() {
        let (shown, has_variable) = names.value(name, value);
        words.push(match has_variable {
            // The shell puts the value in.
            true => format!("-H \"{name}: {shown}\""),
            false => format!("-H {}", quoted(&format!("{name}: {shown}"))),
        });
    }
    if let Some(body) = request.body() {
        let Some(text) = body.as_bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
            return Err(
                Failure::usage("--curl: the body is no text").help("--dry-run shows the rest of the request")
            );
        };
        words.push(format!("--data-binary {}", quoted(text)));
    }
    Ok(format!("{}\n", words.join(" \\\n  ")))
}

/// Returns the URL, without a user and a password.
fn url(request: &Request) -> String {
    let mut url = request.url().clone();
    if !url.username().is_empty() || url.password().is_some() {
        // Only a URL that has no host refuses.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    url.into()
}

/// Returns the body, if there is one; what is no text is only counted.
fn body(request: &Request) -> Option<String> {
    let text = match request.body()?.as_bytes() {
        Some(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => format!("({} bytes)", bytes.len()),
        },
        None => "(a body that is sent piece by piece)".to_owned(),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Quotes a word for a shell of POSIX.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use spec_runtime::http::Method;

    fn request() -> Request {
        let mut request = Request::new(Method::POST, "http://me:hush@127.0.0.1/a?b=c".parse().unwrap());
        let mut secret = HeaderValue::from_static("hush");
        secret.set_sensitive(true);
        for (name, value) in [
            ("accept", HeaderValue::from_static("it's")),
            ("authorization", HeaderValue::from_static("Bearer TOKEN")),
            ("x-key", HeaderValue::from_static("KEY")),
            ("x-other", secret),
            ("cookie", HeaderValue::from_static("session=hush")),
        ] {
            request.headers_mut().insert(name, value);
        }
        *request.body_mut() = Some("{\"a\": 1}".into());
        request
    }

    #[test]
    fn a_message_has_names_in_place_of_secrets() {
        let names = Names(vec!["KEY".to_owned(), "TOKEN".to_owned()]);
        let expected = "POST http://127.0.0.1/a?b=c\naccept: it's\nauthorization: Bearer $TOKEN\nx-key: $KEY\n\
                        x-other: …\ncookie: …\n\n{\"a\": 1}\n";
        assert_eq!(message(&request(), &names), expected);
    }

    #[test]
    fn a_command_of_curl_is_quoted_for_a_shell() {
        let names = Names(vec!["KEY".to_owned()]);
        let expected = "curl \\\n  -X POST \\\n  'http://127.0.0.1/a?b=c' \\\n  -H 'accept: it'\\''s' \\\n  \
                        -H 'authorization: Bearer …' \\\n  -H \"x-key: $KEY\" \\\n  -H 'x-other: …' \\\n  \
                        -H 'cookie: …' \\\n  --data-binary '{\"a\": 1}'\n";
        assert_eq!(curl(&request(), &names).unwrap(), expected);
        let mut bytes = request();
        *bytes.body_mut() = Some(vec![0xff].into());
        assert!(curl(&bytes, &names).is_err());
        assert!(message(&bytes, &names).ends_with("\n(1 bytes)\n"));
    }

    /// The name of a user is in the base64 of basic authentication, where no shell would find it.
    #[test]
    fn basic_authentication_is_the_only_credential_or_hidden() {
        let (name, value) =
            (HeaderName::from_static("authorization"), HeaderValue::from_static("Basic VVNFUjo="));
        let shown =
            |names: &[&str]| Names(names.iter().map(|own| (*own).to_owned()).collect()).value(&name, &value);
        assert_eq!(shown(&["USER"]), ("Basic $USER".to_owned(), true));
        assert_eq!(shown(&["USER", "KEY"]), ("Basic …".to_owned(), false));
    }
}
