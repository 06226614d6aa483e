//! The credentials that a client holds for the security schemes of a document.
//!
//! Knows where a credential goes in a request. It never shows one: not in `Debug`, not in an error.

use super::Error;
use crate::security::{Place, SecurityScheme};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use std::fmt;

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A user and a password for basic authentication (RFC 7617, section 2).
    pub fn basic(user: &str, password: &str) -> Self {
        Secret(BASE64_STANDARD.encode(format!("{user}:{password}")))
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Secret(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The credentials of a client, by security scheme.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    secrets: Vec<(&'static str, Secret)>,
}

impl Credentials {
    /// Sets the credential for a scheme. For basic authentication it is `user:password` in base64 (RFC 7617).
    pub fn set(&mut self, scheme: SecurityScheme, secret: impl Into<Secret>) {
        self.secrets.retain(|(name, _)| *name != scheme.name);
        self.secrets.push((scheme.name, secret.into()));
    }

    fn get(&self, scheme: &SecurityScheme) -> Option<&str> {
        let (_, secret) = self.secrets.iter().find(|(name, _)| *name == scheme.name)?;
        Some(secret.expose()).filter(|text| !text.is_empty())
    }

    fn has(&self, scheme: &SecurityScheme) -> bool {
        scheme.place == Place::Connection || self.get(scheme).is_some()
    }

    /// Adds to a request what the first alternative asks for that the client has credentials for.
    ///
    /// # Errors
    ///
    /// [`Error::MissingCredentials`] when the client can serve no alternative, [`Error::InvalidRequest`] when a credential
    /// can't be written into a header.
    pub fn authorize<E>(&self, request: &mut reqwest::Request, alternatives: &[&[SecurityScheme]]) -> Result<(), Error<E>> {
        if alternatives.is_empty() {
            return Ok(());
        }
        // An alternative that asks for nothing is the last resort: credentials that are there are used.
        let usable = |asks_nothing: bool| {
            let fits = |schemes: &&&[SecurityScheme]| schemes.is_empty() == asks_nothing && schemes.iter().all(|s| self.has(s));
            alternatives.iter().find(fits)
        };
        let Some(schemes) = usable(false).or_else(|| usable(true)) else {
            let missing = |schemes: &&[SecurityScheme]| schemes.iter().filter(|s| !self.has(s)).map(|s| s.name).collect();
            return Err(Error::MissingCredentials { alternatives: alternatives.iter().map(missing).collect() });
        };
        for scheme in *schemes {
            if let Some(secret) = self.get(scheme) {
                apply(request, scheme, secret)?;
            }
        }
        Ok(())
    }
}

fn apply<E>(request: &mut reqwest::Request, scheme: &SecurityScheme, secret: &str) -> Result<(), Error<E>> {
    let unusable = || Error::InvalidRequest(format!("the credential for `{}` can't be written into a header", scheme.name));
    let sensitive = |text: &str| -> Result<HeaderValue, Error<E>> {
        let mut value = HeaderValue::from_str(text).map_err(|_| unusable())?;
        value.set_sensitive(true);
        Ok(value)
    };
    match scheme.place {
        Place::Header(name) => {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
            request.headers_mut().insert(name, sensitive(secret)?);
        }
        Place::Authorization(kind) => {
            request.headers_mut().insert(AUTHORIZATION, sensitive(&format!("{kind} {secret}"))?);
        }
        Place::Cookie(name) => {
            let before = request.headers().get(COOKIE).and_then(|value| value.to_str().ok());
            let text = match before {
                Some(before) => format!("{before}; {name}={secret}"),
                None => format!("{name}={secret}"),
            };
            request.headers_mut().insert(COOKIE, sensitive(&text)?);
        }
        Place::Query(name) => {
            request.url_mut().query_pairs_mut().append_pair(name, secret);
        }
        Place::Connection => {}
    }
    Ok(())
}

/// Reads a credential from an environment variable.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the variable is not set or empty.
pub fn environment(variable: &str) -> Result<Secret, Error> {
    match std::env::var(variable) {
        Ok(text) if !text.is_empty() => Ok(Secret(text)),
        _ => Err(Error::InvalidRequest(format!("the environment variable {variable} is not set"))),
    }
}
