//! Which parts of an exchange are secret, and what stands in their place.
//!
//! Where the document says that a credential stands, there is none left; nor in what is secret by its nature
//! (`Authorization`, cookies, all that is sent for a token). A secret that was seen in such a place is taken
//! out of every other one, too: some servers repeat what they were sent. Must not know how exchanges are
//! kept.

use super::super::credentials::Secret;
use super::super::operation::CalledOperation;
use super::super::secrets::{is_secret_header, schemes};
use super::exchange::bare;
use crate::security::{CredentialPlace, SecurityScheme};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::{Request, Url};
use serde_json::{Map, Value};
use spec_http::media_type::essence;
use std::borrow::Cow;

/// What stands in the place of a secret: the same in texts, forms and URLs.
const REDACTED: &str = "REDACTED";

/// Parameters of queries that are secret by their nature: small letters without what stands between them.
const QUERY: [&str; 8] =
    ["accesstoken", "apikey", "clientsecret", "password", "sig", "signature", "token", "xamzsignature"];

/// What a request for a token has in its form that is no secret (RFC 6749, 4.4.2 and 6; RFC 8707, 2).
const FORM: [&str; 5] = ["grant_type", "scope", "client_id", "audience", "resource"];

/// What the answer to it has in its object that is no secret (RFC 6749, 5.1 and 5.2).
const ANSWER: [&str; 6] = ["token_type", "expires_in", "scope", "error", "error_description", "error_uri"];

/// Characters that a form writes as they are.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// Credentials that are shorter are not looked for in other places: they may stand there by chance.
const SHORTEST: usize = 6;

/// Texts that stand nowhere in a cassette.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<Secret>);

impl Secrets {
    /// Adds a text, however short it is.
    pub(super) fn add(&mut self, secret: Secret) {
        if !["", REDACTED].contains(&secret.expose()) && !self.0.contains(&secret) {
            self.0.push(secret);
            // What has another one in it goes first.
            self.0.sort_by_key(|secret| usize::MAX - secret.expose().len());
        }
    }

    /// Adds the credentials of a request.
    fn learn(&mut self, operation: Option<&CalledOperation>, request: &Request) {
        let header = |name: &str| {
            let values = request.headers().get_all(name).iter();
            values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>()
        };
        let pairs = request.url().query_pairs().filter(|(name, _)| is_secret(operation, name));
        let mut found: Vec<Cow<'_, str>> = pairs.map(|(_, value)| value).collect();
        for scheme in schemes(operation) {
            match scheme.place {
                CredentialPlace::Header(name) => found.extend(header(name)),
                CredentialPlace::Cookie(name) => {
                    for line in header(COOKIE.as_str()) {
                        let pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
                        let own = pairs.filter(|(own, _)| *own == name);
                        found.extend(own.map(|(_, value)| Cow::from(value.to_owned())));
                    }
                }
                // Those are looked for whatever the document says.
                CredentialPlace::Query(_) | CredentialPlace::Authorization(_) => {}
                CredentialPlace::Connection => {}
            }
        }
        for text in [AUTHORIZATION, PROXY_AUTHORIZATION].iter().flat_map(|name| header(name.as_str())) {
            let (scheme, secret) = text.split_once(' ').unwrap_or(("", &text));
            found.push(secret.trim().to_owned().into());
            if scheme.eq_ignore_ascii_case("basic")
                && let Ok(pair) = BASE64_STANDARD.decode(secret.trim())
                && let Some((_, password)) = String::from_utf8_lossy(&pair).split_once(':')
            {
                found.push(password.to_owned().into());
            }
        }
        for text in found {
            let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
            for text in [text.into_owned(), decoded] {
                if text.len() >= SHORTEST {
                    self.add(text.into());
                }
            }
        }
    }

    /// Takes all secrets out of a text, as they are and as JSON, forms and URLs write them.
    fn hide(&self, bytes: &[u8]) -> Vec<u8> {
        let mut hidden = bytes.to_vec();
        for secret in &self.0 {
            let plain = secret.expose();
            let json = Value::from(plain).to_string();
            let encoded = utf8_percent_encode(plain, PLAIN).to_string();
            for text in [plain, &json[1..json.len() - 1], &encoded, &encoded.replace("%20", "+")] {
                hidden = replaced(&hidden, text.as_bytes(), REDACTED.as_bytes());
            }
        }
        hidden
    }
}

/// Returns true if a parameter of the query is a credential.
fn is_secret(operation: Option<&CalledOperation>, name: &str) -> bool {
    let mut plain = name.to_ascii_lowercase();
    plain.retain(|c| c.is_ascii_alphanumeric());
    let is_own = |scheme: &SecurityScheme| matches!(scheme.place, CredentialPlace::Query(own) if own == name);
    QUERY.contains(&plain.as_str()) || schemes(operation).any(is_own)
}

/// Replaces a text wherever it stands.
fn replaced(bytes: &[u8], text: &[u8], by: &[u8]) -> Vec<u8> {
    let mut rest = bytes;
    let mut all = Vec::with_capacity(bytes.len());
    while let Some(start) = rest.windows(text.len().max(1)).position(|window| window == text) {
        all.extend_from_slice(&rest[..start]);
        all.extend_from_slice(by);
        rest = &rest[start + text.len()..];
    }
    all.extend_from_slice(rest);
    all
}

/// What is secret in one exchange.
pub(super) struct Redaction<'s> {
    secrets: &'s Secrets,
    operation: Option<&'s CalledOperation>,
}

impl<'s> Redaction<'s> {
    /// Finds out what is secret in a request and its answer, and keeps it in mind.
    pub(super) fn of(
        secrets: &'s mut Secrets,
        operation: Option<&'s CalledOperation>,
        request: &Request,
    ) -> Self {
        secrets.learn(operation, request);
        Redaction { secrets, operation }
    }

    /// Returns the operation; none of a request for a token.
    pub(super) fn operation(&self) -> Option<&'s CalledOperation> {
        self.operation
    }

    /// Returns a URL without secrets, and without user, password and fragment.
    pub(super) fn url(&self, url: &Url) -> String {
        let mut shown = bare(url);
        let is_secret = |name: &str| is_secret(self.operation, name);
        if url.query_pairs().any(|(name, _)| is_secret(&name)) {
            let pairs = url.query_pairs().map(|(name, value)| match is_secret(&name) {
                true => (name, REDACTED.into()),
                false => (name, value),
            });
            shown.query_pairs_mut().clear().extend_pairs(pairs);
        }
        String::from_utf8_lossy(&self.secrets.hide(shown.as_str().as_bytes())).into_owned()
    }

    /// Returns the value of a header without secrets.
    pub(super) fn header(&self, name: &HeaderName, value: &HeaderValue) -> Vec<u8> {
        if is_secret_header(self.operation, name, value) {
            return REDACTED.into();
        }
        let text = value.to_str().unwrap_or_default();
        match boundary(text) {
            Some(boundary) => replaced(value.as_bytes(), boundary.as_bytes(), b"boundary"),
            None => self.secrets.hide(value.as_bytes()),
        }
    }

    /// Returns a body without secrets, and without what is chance in it: the boundary of a form.
    pub(super) fn body(&self, content_type: &str, body: &[u8]) -> Vec<u8> {
        let body = match (boundary(content_type), self.operation) {
            (Some(boundary), _) => Cow::from(replaced(body, boundary.as_bytes(), b"boundary")),
            (None, None) => token_body(content_type, body).into(),
            (None, Some(_)) => Cow::from(body),
        };
        self.secrets.hide(&body)
    }
}

/// Returns the boundary that a media type names (RFC 2046, 5.1.1).
fn boundary(content_type: &str) -> Option<&str> {
    if !essence(content_type).to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let mut named = parameters.filter(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    named.next().map(|(_, value)| value.trim_matches('"')).filter(|value| !value.is_empty())
}

/// Returns the body of a request for a token, or of the answer to it, with only that left which is known to
/// be no secret.
fn token_body(content_type: &str, body: &[u8]) -> Vec<u8> {
    if body.is_empty() {
        return Vec::new();
    }
    if essence(content_type).eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let Ok(mut form) = Url::parse("http://form.invalid") else { return REDACTED.into() };
        form.set_query(Some(&String::from_utf8_lossy(body)));
        let pairs: Vec<(String, String)> = form.query_pairs().into_owned().collect();
        let shown = pairs.iter().map(|(name, value)| match FORM.contains(&name.as_str()) {
            true => (name.as_str(), value.as_str()),
            false => (name.as_str(), REDACTED),
        });
        form.query_pairs_mut().clear().extend_pairs(shown);
        return form.query().unwrap_or_default().into();
    }
    let Ok(object) = serde_json::from_slice::<Map<String, Value>>(body) else { return REDACTED.into() };
    let shown = object.into_iter().map(|(name, value)| {
        let is_shown = ANSWER.contains(&name.as_str());
        let value = if is_shown { value } else { REDACTED.into() };
        (name, value)
    });
    Value::Object(shown.collect()).to_string().into()
}
