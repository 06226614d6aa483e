//! Credentials in requests: where each security scheme has its own.
//!
//! Knows places of credentials and challenges. Must not know whose a credential is.

use super::problem::Problem;
use crate::security::{CredentialPlace, SecurityScheme};
use http::header::{AUTHORIZATION, COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use std::fmt;
use subtle::ConstantTimeEq as _;

/// The credential that a request brought for a security scheme. It is there; whether it is good, the service
/// decides.
#[derive(Clone)]
pub struct Credential {
    /// The name of the scheme in the document.
    pub scheme: &'static str,
    /// The credential; `Debug` does not show it.
    pub secret: String,
    /// The scopes or roles that the document asks for with it. Whether the credential has them, the service
    /// decides.
    pub scopes: &'static [&'static str],
}

impl Credential {
    /// Says whether the secret is an expected one, in a time that does not tell where they differ, but only
    /// whether they are as long as each other. An empty secret is never the expected one.
    ///
    /// A service with more than a few keys had better know none of them: let it keep a hash of each, look
    /// that of [`secret`](Credential::secret) up, and leave nothing to steal. SHA-256 is good for keys that
    /// are random and long; passwords need a slow one, such as Argon2.
    #[must_use]
    pub fn verify(&self, expected: impl AsRef<[u8]>) -> bool {
        let expected = expected.as_ref();
        !expected.is_empty() && bool::from(self.secret.as_bytes().ct_eq(expected))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("scheme", &self.scheme)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Returns the credential in a request; empty ones do not count.
///
/// # Errors
///
/// When there are two: whoever looks at one of them might not look at the one that the service does.
pub(super) fn find(scheme: &SecurityScheme, parts: &Parts) -> Result<Option<Credential>, Problem> {
    let credential = |secret| Credential { scheme: scheme.name, secret, scopes: scheme.scopes };
    let header = |name: &str| {
        let mut values = parts.headers.get_all(name).into_iter();
        let first = values.next().and_then(|value| value.to_str().ok()).map(str::to_owned);
        // Neither header is a list (RFC 9110, 5.3).
        values.next().map_or(Ok(first), |_| Err(twice("header", name)))
    };
    let text = match scheme.place {
        CredentialPlace::Header(name) => header(name)?,
        CredentialPlace::Authorization(kind) => header(AUTHORIZATION.as_str())?.and_then(|text| {
            let (given, secret) = text.split_once(' ')?;
            // RFC 9110, 11.1: the name of the scheme is case-insensitive.
            given.eq_ignore_ascii_case(kind).then(|| secret.trim().to_owned())
        }),
        CredentialPlace::Query(name) => {
            let query = parts.uri.query().unwrap_or_default().replace('+', " ");
            value_of(query.split('&'), name).map_err(|()| twice("query parameter", name))?
        }
        CredentialPlace::Cookie(name) => {
            let headers = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
            value_of(headers.flat_map(|header| header.split(';')), name)
                .map_err(|()| twice("cookie", name))?
        }
        CredentialPlace::Connection => return Ok(Some(credential(String::new()))),
    };
    Ok(text.filter(|text| !text.trim().is_empty()).map(credential))
}

fn twice(what: &str, name: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, format!("the {what} `{name}` is given twice"))
}

/// Returns the challenge of a 401 (RFC 9110, 11.6.1). `Basic` says for what a name and a password are asked
/// (`realm`, RFC 7617, 2): the name of the scheme in the document.
pub(super) fn challenge(scheme: &SecurityScheme) -> HeaderValue {
    match scheme.place {
        CredentialPlace::Authorization(kind) if kind.eq_ignore_ascii_case("basic") => {
            let is_plain = |c: &char| (c.is_ascii_graphic() || *c == ' ') && !['"', '\\'].contains(c);
            let realm: String = scheme.name.chars().filter(is_plain).collect();
            HeaderValue::from_str(&format!("Basic realm=\"{realm}\", charset=\"UTF-8\""))
                .unwrap_or(HeaderValue::from_static("Basic realm=\"\""))
        }
        CredentialPlace::Authorization(kind) => HeaderValue::from_static(kind),
        _ => HeaderValue::from_static("ApiKey"),
    }
}

/// Returns the value of a name in pairs, if it is there once.
fn value_of<'a>(pairs: impl Iterator<Item = &'a str>, name: &str) -> Result<Option<String>, ()> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
    let mut values =
        pairs.filter(|(key, _)| *key == name || decoded(key) == name).map(|(_, value)| decoded(value));
    let first = values.next();
    values.next().map_or(Ok(first), |_| Err(()))
}
