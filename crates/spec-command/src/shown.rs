//! Requests that are shown and not sent.
//!
//! Knows how a request reads for people, and for curl. A secret is never shown: where a credential would be
//! stands the name of its variable.

use crate::failure::Failure;
use spec_runtime::client::{AttemptError, BoxFuture, Transport};
use spec_runtime::http;
use spec_runtime::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use spec_runtime::reqwest::{Request, Response};
use std::sync::{Arc, Mutex, PoisonError};

/// Words of a header's name by which its value is a secret, in requests and in answers: those of RFC 9110,
/// 11.6 and 11.7, of cookies (RFC 6265), and of names that many servers use (`X-Api-Key`, `X-Auth-Token`).
const SECRET: [&str; 14] = [
    "apikey",
    "auth",
    "authentication",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "key",
    "password",
    "secret",
    "session",
    "sessionid",
    "signature",
    "token",
];

/// The sign in place of a value that may be a secret.
const HIDDEN: &str = "…";

/// Says whether the value of a header must not be shown.
pub(crate) fn is_secret(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || name.as_str().split(['-', '_']).any(|word| SECRET.contains(&word))
}

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

/// A part of what is shown.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// A text as it is.
    Text(String),
    /// The name of a variable, which stands for its value.
    Variable(String),
}

impl Part {
    fn text(text: impl Into<String>) -> Part {
        Part::Text(text.into())
    }
}

/// The names that stand for credentials.
pub(crate) struct Names(pub(crate) Vec<String>);

impl Names {
    /// Returns the variable of this name, if there is one.
    fn variable(&self, text: &str) -> Option<Part> {
        self.0.iter().find(|own| text == own.as_str()).map(|own| Part::Variable(own.clone()))
    }

    /// Returns a header's value as it may be shown.
    fn value(&self, name: &HeaderName, value: &HeaderValue) -> Vec<Part> {
        let text = value.to_str().unwrap_or(HIDDEN);
        if let Some(found) = self.variable(text) {
            return vec![found];
        }
        if !is_secret(name, value) {
            return vec![Part::text(text)];
        }
        match name.as_str() {
            "authorization" | "proxy-authorization" => self.authorization(text),
            "cookie" => self.cookies(text),
            _ => vec![Part::text(HIDDEN)],
        }
    }

    /// Returns credentials with their scheme (RFC 9110, 11.4).
    fn authorization(&self, text: &str) -> Vec<Part> {
        let Some((scheme, rest)) = text.split_once(' ') else { return vec![Part::text(HIDDEN)] };
        let is_basic = scheme.eq_ignore_ascii_case("basic");
        let only = || self.0.first().filter(|_| is_basic && self.0.len() == 1).cloned().map(Part::Variable);
        let shown = self.variable(rest).or_else(only).unwrap_or_else(|| Part::text(HIDDEN));
        vec![Part::Text(format!("{scheme} ")), shown]
    }

    /// Returns cookies: those that are credentials by name, and nothing of all others.
    fn cookies(&self, text: &str) -> Vec<Part> {
        let pairs = || text.split(';').map(|pair| pair.trim().split_once('=').unwrap_or_default());
        let mut parts = Vec::new();
        for (name, found) in pairs().filter_map(|(name, value)| Some((name, self.variable(value)?))) {
            let before = if parts.is_empty() { "" } else { "; " };
            parts.extend([Part::Text(format!("{before}{name}=")), found]);
        }
        match (parts.len() / 2, pairs().count()) {
            (0, _) => vec![Part::text(HIDDEN)],
            (shown, all) if shown < all => {
                parts.push(Part::Text(format!("; {HIDDEN}")));
                parts
            }
            _ => parts,
        }
    }

    /// Returns a URL without a user and a password, and with names for credentials in its query.
    fn url(&self, request: &Request) -> Vec<Part> {
        let mut url = request.url().clone();
        if !url.username().is_empty() || url.password().is_some() {
            // Only a URL that has no host refuses.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        let query = url.query().map(str::to_owned);
        url.set_query(None);
        let mut parts = vec![Part::text(url)];
        let mut before = '?';
        for pair in query.iter().flat_map(|query| query.split('&')) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match self.variable(value) {
                Some(found) => parts.extend([Part::Text(format!("{before}{name}=")), found]),
                None => parts.push(Part::Text(format!("{before}{pair}"))),
            }
            before = '&';
        }
        parts
    }
}

/// Writes a request as a message of HTTP.
pub(crate) fn message(request: &Request, names: &Names) -> String {
    let mut text = format!("{} {}\n", request.method(), plain(&names.url(request)));
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {}\n", plain(&names.value(name, value))));
    }
    if let Some(body) = body(request) {
        text.push_str(&format!("\n{body}\n"));
    }
    text
}

/// Writes a request as a command of curl; a body that is no text can't stand in one.
pub(crate) fn curl(request: &Request, names: &Names) -> Result<String, Failure> {
    let mut words = vec!["curl".to_owned()];
    match (request.method(), request.body()) {
        (&http::Method::GET, None) => {}
        (&http::Method::HEAD, None) => words.push("--head".to_owned()),
        (method, _) => words.push(format!("-X {method}")),
    }
    let url = names.url(request);
    if plain(&url).contains(['[', ']', '{', '}']) {
        // Otherwise curl takes them for several URLs.
        words.push("-g".to_owned());
    }
    words.push(quoted(&url));
    for (name, value) in request.headers() {
        let mut parts = vec![Part::Text(format!("{name}: "))];
        parts.extend(names.value(name, value));
        words.push(format!("-H {}", quoted(&parts)));
    }
    if let Some(body) = request.body() {
        let Some(text) = body.as_bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
            return Err(
                Failure::usage("--curl: the body is no text").help("--dry-run shows the rest of the request")
            );
        };
        if !request.headers().contains_key(CONTENT_TYPE) {
            // Otherwise curl calls it a form.
            words.push("-H 'content-type:'".to_owned());
        }
        words.push(format!("--data-raw {}", quoted(&[Part::text(text)])));
    }
    Ok(format!("{}\n", words.join(" \\\n  ")))
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

/// Writes parts for people.
fn plain(parts: &[Part]) -> String {
    let shown = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Variable(name) => format!("${name}"),
    };
    parts.iter().map(shown).collect()
}

/// Quotes a word for a shell of POSIX, which puts in the values of variables.
fn quoted(parts: &[Part]) -> String {
    if let [Part::Text(text)] = parts {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    if parts.iter().all(|part| matches!(part, Part::Text(_))) {
        return quoted(&[Part::Text(plain(parts))]);
    }
    let inside = |part: &Part| match part {
        Part::Text(text) => text.chars().fold(String::new(), |text, sign| match sign {
            '\\' | '"' | '$' | '`' => format!("{text}\\{sign}"),
            // A shell that people type into takes it for an earlier command.
            '!' => format!("{text}\"'!'\""),
            _ => format!("{text}{sign}"),
        }),
        Part::Variable(name) => format!("${name}"),
    };
    format!("\"{}\"", parts.iter().map(inside).collect::<String>())
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
        let expected = "POST http://127.0.0.1/a?b=c\naccept: it's\n\
                        authorization: Bearer $TOKEN\nx-key: $KEY\nx-other: …\ncookie: …\n\n{\"a\": 1}\n";
        assert_eq!(message(&request(), &names), expected);
    }

    #[test]
    fn a_command_of_curl_is_quoted_for_a_shell() {
        let names = Names(vec!["KEY".to_owned()]);
        let expected = "curl \\\n  -X POST \\\n  'http://127.0.0.1/a?b=c' \\\n  \
                        -H 'accept: it'\\''s' \\\n  \
                        -H 'authorization: Bearer …' \\\n  -H \"x-key: $KEY\" \\\n  -H 'x-other: …' \\\n  \
                        -H 'cookie: …' \\\n  -H 'content-type:' \\\n  --data-raw '{\"a\": 1}'\n";
        assert_eq!(curl(&request(), &names).unwrap(), expected);
        let mut bytes = request();
        *bytes.body_mut() = Some(vec![0xff].into());
        assert!(curl(&bytes, &names).is_err());
        assert!(message(&bytes, &names).ends_with("\n(1 bytes)\n"));
    }

    #[test]
    fn curl_is_told_what_it_would_take_for_something_else() {
        let names = Names(vec!["KEY".to_owned()]);
        let mut request = Request::new(Method::HEAD, "http://127.0.0.1/$a!?b[]=1&key=KEY".parse().unwrap());
        let url = "\"http://127.0.0.1/\\$a\"'!'\"?b[]=1&key=$KEY\"";
        assert_eq!(curl(&request, &names).unwrap(), format!("curl \\\n  --head \\\n  -g \\\n  {url}\n"));
        assert_eq!(message(&request, &names), "HEAD http://127.0.0.1/$a!?b[]=1&key=$KEY\n");
        *request.url_mut() = "http://127.0.0.1/".parse().unwrap();
        *request.method_mut() = Method::GET;
        *request.body_mut() = Some("@a".into());
        let expected = "curl \\\n  -X GET \\\n  \
                        'http://127.0.0.1/' \\\n  -H 'content-type:' \\\n  --data-raw '@a'\n";
        assert_eq!(curl(&request, &names).unwrap(), expected);
    }

    #[test]
    fn a_header_is_shown_as_far_as_it_is_no_secret() {
        let names = Names(vec!["KEY".to_owned(), "USER".to_owned()]);
        for (name, value, expected) in [
            ("cookie", "session=hush; theme=dark", "…"),
            ("cookie", "a=KEY", "a=$KEY"),
            ("cookie", "theme=dark; a=KEY; b=USER", "a=$KEY; b=$USER; …"),
            ("authorization", "hush", "…"),
            ("authorization", "Digest hush", "Digest …"),
            ("authorization", "Basic VVNFUjo=", "Basic …"),
            ("x-auth-token", "two words", "…"),
            ("authentication-info", "two words", "…"),
            ("x-api-key", "hush", "…"),
            ("idempotency-key", "1", "…"),
            ("x-author", "two words", "two words"),
            ("www-authenticate", "Bearer", "Bearer"),
        ] {
            let shown = names.value(&HeaderName::from_static(name), &HeaderValue::from_static(value));
            assert_eq!(plain(&shown), expected, "{name}: {value}");
        }
        let mut words = HeaderValue::from_static("two words");
        words.set_sensitive(true);
        assert_eq!(plain(&names.value(&HeaderName::from_static("x-any"), &words)), "…");
    }

    /// The name of a user is in the base64 of basic authentication, where no shell would find it.
    #[test]
    fn basic_authentication_is_the_only_credential_or_hidden() {
        let name = HeaderName::from_static("authorization");
        let value = HeaderValue::from_static("Basic VVNFUjo=");
        assert_eq!(plain(&Names(vec!["USER".to_owned()]).value(&name, &value)), "Basic $USER");
    }
}
