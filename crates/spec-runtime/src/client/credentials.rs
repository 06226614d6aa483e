//! The credentials that a client holds for the security schemes of a document.
//!
//! Knows where a credential goes in a request. It never shows one: not in `Debug`, not in an error.

use super::Error;
use super::secrets::shown_text;
use super::token::{Token, TokenEndpoint, TokenSource};
use super::trace::Observer;
use super::transport::Transport;
use crate::security::{CredentialPlace, SecurityScheme};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::StatusCode;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Characters that a cookie can't have (RFC 6265, 4.1.1), and the sign that says how it is encoded. All else
/// stays: a key is most often what some server once set.
const COOKIE_VALUE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');

/// The means by which a client asks for tokens.
#[derive(Clone, Copy)]
pub(super) struct TransportContext<'c> {
    /// The HTTP client.
    pub(super) http: &'c reqwest::Client,
    /// The transport in its place, if there is one.
    pub(super) transport: Option<&'c dyn Transport>,
    /// The server that relative URLs are meant for.
    pub(super) base_url: &'c str,
    /// The longest wait for an answer.
    pub(super) timeout: Option<Duration>,
    /// The trace that requests for tokens are part of.
    pub(super) observer: Observer<'c>,
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Makes a user and a password for basic authentication (RFC 7617, section 2).
    pub fn basic(user: &str, password: &str) -> Self {
        Secret(BASE64_STANDARD.encode(format!("{user}:{password}")))
    }

    /// Returns the text itself.
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
#[derive(Clone, Default)]
pub struct Credentials {
    held: Vec<(&'static str, StoredCredential)>,
    /// Token endpoints that the caller named in place of those of the document.
    token_urls: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug)]
enum StoredCredential {
    Secret(Secret),
    /// Tokens are fetched when they are needed; clones of a client share them.
    Tokens(Arc<TokenSource>),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token_urls = self.token_urls.iter().map(|(scheme, url)| (scheme, shown_text(url)));
        f.debug_struct("Credentials")
            .field("held", &self.held)
            .field("token_urls", &token_urls.collect::<Vec<_>>())
            .finish()
    }
}

impl Credentials {
    /// Sets the credential for a scheme. For basic authentication it is `user:password` in base64 (RFC 7617).
    pub fn set(&mut self, scheme: SecurityScheme, secret: impl Into<Secret>) {
        self.hold(scheme, StoredCredential::Secret(secret.into()));
    }

    /// Sets the id and secret of a client, with which tokens for a scheme are fetched (RFC 6749, 4.4).
    pub fn set_client_credentials(
        &mut self,
        scheme: SecurityScheme,
        endpoint: TokenEndpoint,
        id: impl Into<String>,
        secret: impl Into<Secret>,
    ) {
        let source = TokenSource::new(scheme.name, id.into(), secret.into(), endpoint);
        let elsewhere = self.token_urls.iter().find(|(name, _)| *name == scheme.name);
        let source = elsewhere.map(|(_, url)| source.elsewhere(url)).unwrap_or(source);
        self.hold(scheme, StoredCredential::Tokens(Arc::new(source)));
    }

    /// Names another token endpoint for a scheme than the document does.
    pub fn set_token_url(&mut self, scheme: SecurityScheme, url: impl Into<String>) {
        let url = url.into();
        if let Some(StoredCredential::Tokens(source)) = self.get(&scheme) {
            let source = source.elsewhere(&url);
            self.hold(scheme, StoredCredential::Tokens(Arc::new(source)));
        }
        self.token_urls.retain(|(name, _)| *name != scheme.name);
        self.token_urls.push((scheme.name, url));
    }

    /// Sets the credential for a scheme whose tokens can be fetched from the environment: a token in the
    /// variable itself, or else the id and secret of a client in those that end with `_CLIENT_ID` and
    /// `_CLIENT_SECRET`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] when neither is set, or empty.
    pub fn set_from_environment(
        &mut self,
        scheme: SecurityScheme,
        endpoint: TokenEndpoint,
        variable: &str,
    ) -> Result<(), Error> {
        self.set_from(scheme, endpoint, variable, |name| std::env::var(name).ok())
    }

    fn set_from(
        &mut self,
        scheme: SecurityScheme,
        endpoint: TokenEndpoint,
        variable: &str,
        read: impl Fn(&str) -> Option<String>,
    ) -> Result<(), Error> {
        let read = |name: &str| read(name).filter(|text| !text.is_empty());
        let (id, secret) = (format!("{variable}_CLIENT_ID"), format!("{variable}_CLIENT_SECRET"));
        match (read(variable), read(&id), read(&secret)) {
            (Some(token), _, _) => self.set(scheme, token),
            (None, Some(id), Some(secret)) => self.set_client_credentials(scheme, endpoint, id, secret),
            _ => {
                let message =
                    format!("the environment variable {variable} is not set, nor are both {id} and {secret}");
                return Err(Error::InvalidRequest(message));
            }
        }
        Ok(())
    }

    fn hold(&mut self, scheme: SecurityScheme, held: StoredCredential) {
        self.held.retain(|(name, _)| *name != scheme.name);
        self.held.push((scheme.name, held));
    }

    fn get(&self, scheme: &SecurityScheme) -> Option<&StoredCredential> {
        let (_, held) = self.held.iter().find(|(name, _)| *name == scheme.name)?;
        Some(held)
            .filter(|held| !matches!(held, StoredCredential::Secret(secret) if secret.expose().is_empty()))
    }

    fn has(&self, scheme: &SecurityScheme) -> bool {
        scheme.place == CredentialPlace::Connection || self.get(scheme).is_some()
    }

    /// Returns the first alternative that the client has credentials for. What a parameter has brought counts
    /// as well.
    fn alternative<'s, E>(
        &self,
        request: &reqwest::Request,
        alternatives: &[&'s [SecurityScheme]],
    ) -> Result<&'s [SecurityScheme], Error<E>> {
        if alternatives.is_empty() {
            return Ok(&[]);
        }
        let has = |scheme: &SecurityScheme| self.has(scheme) || carries(request, scheme);
        // An alternative that asks for nothing is the last resort: credentials that are there are used.
        let usable = |asks_nothing: bool| {
            let fits =
                |schemes: &&&[SecurityScheme]| schemes.is_empty() == asks_nothing && schemes.iter().all(has);
            alternatives.iter().find(fits)
        };
        let missing =
            |schemes: &&[SecurityScheme]| schemes.iter().filter(|s| !has(s)).map(|s| s.name).collect();
        usable(false).or_else(|| usable(true)).copied().ok_or_else(|| Error::MissingCredentials {
            alternatives: alternatives.iter().map(missing).collect(),
        })
    }

    /// Adds to a request what the first alternative asks for that the client has credentials for. A key that
    /// is there already, because the document declares it as a parameter, too, stays as it is. A token that
    /// is asked for is fetched if it is not there. `own` is the credential of the call itself: it stands for
    /// the first scheme.
    ///
    /// # Errors
    ///
    /// [`Error::MissingCredentials`] when the client can serve no alternative, [`Error::InvalidRequest`] when
    /// a credential can't be written into a header, [`Error::TokenRefused`] when the token endpoint gives no
    /// token, and [`Error::Communication`] when it does not answer.
    pub(super) async fn authorize<'c, E>(
        &self,
        context: TransportContext<'c>,
        request: &mut reqwest::Request,
        alternatives: &[&[SecurityScheme]],
        own: Option<&Secret>,
    ) -> Result<Authorized<'c>, Error<E>> {
        let mut fetched = None;
        let replaced = own.zip(alternatives.iter().copied().flatten().next());
        if let Some((secret, scheme)) = replaced {
            apply(request, scheme, secret.expose())?;
            let schemes = alternatives.iter().find(|schemes| schemes.contains(scheme));
            let others = schemes.into_iter().copied().flatten().filter(|other| *other != scheme);
            for other in others {
                if let Some(StoredCredential::Secret(secret)) = self.get(other) {
                    apply(request, other, secret.expose())?;
                }
            }
            return Ok(Authorized { context, fetched });
        }
        for scheme in self.alternative(request, alternatives)? {
            match self.get(scheme).filter(|_| !carries(request, scheme)) {
                Some(StoredCredential::Secret(secret)) => apply(request, scheme, secret.expose())?,
                Some(StoredCredential::Tokens(source)) => {
                    let token = source.token(context, scheme.scopes).await?;
                    apply(request, scheme, token.text.expose())?;
                    fetched = Some((*scheme, Arc::clone(source), token));
                }
                None => {}
            }
        }
        Ok(Authorized { context, fetched })
    }
}

/// A request's credentials, of which a token may turn out to be spent.
#[must_use]
pub(super) struct Authorized<'c> {
    context: TransportContext<'c>,
    fetched: Option<(SecurityScheme, Arc<TokenSource>, Token)>,
}

impl Authorized<'_> {
    /// Sends the request. If a token was fetched earlier, and the answer is 401, it is sent once more with a
    /// new one; what can't be sent twice, such as a body that is a stream, is not. Where there is no new
    /// token, the answer stands.
    ///
    /// # Errors
    ///
    /// Those of `send`.
    pub(super) async fn send<F, E>(
        self,
        request: reqwest::Request,
        send: impl Fn(reqwest::Request) -> F,
    ) -> Result<reqwest::Response, E>
    where
        F: Future<Output = Result<reqwest::Response, E>>,
    {
        let again = self
            .fetched
            .filter(|(_, _, token)| token.is_earlier)
            .and_then(|fetched| Some((fetched, request.try_clone()?)));
        let Some(((scheme, source, token), mut again)) = again else { return send(request).await };
        let response = send(request).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let Ok(token) = source.renew(self.context, token.number).await else { return Ok(response) };
        if apply::<()>(&mut again, &scheme, token.text.expose()).is_err() {
            return Ok(response);
        }
        send(again).await
    }
}

impl fmt::Debug for Authorized<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorized(…)")
    }
}

/// Returns true if a request has a key that is not empty. Other credentials are no parameters (OpenAPI 3.1,
/// 4.8.12.2.1).
fn carries(request: &reqwest::Request, scheme: &SecurityScheme) -> bool {
    match scheme.place {
        CredentialPlace::Header(name) => request.headers().get(name).is_some_and(|value| !value.is_empty()),
        CredentialPlace::Query(name) => {
            request.url().query_pairs().any(|(own, value)| own == name && !value.is_empty())
        }
        CredentialPlace::Cookie(name) => {
            let cookies = request.headers().get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
            cookies.flat_map(|line| line.split(';')).any(|pair| {
                pair.trim().split_once('=').is_some_and(|(own, value)| own == name && !value.is_empty())
            })
        }
        CredentialPlace::Authorization(_) | CredentialPlace::Connection => false,
    }
}

fn apply<E>(request: &mut reqwest::Request, scheme: &SecurityScheme, secret: &str) -> Result<(), Error<E>> {
    let unusable = || {
        Error::InvalidRequest(format!("the credential for `{}` can't be written into a header", scheme.name))
    };
    let sensitive = |text: &str| -> Result<HeaderValue, Error<E>> {
        let mut value = HeaderValue::from_str(text).map_err(|_| unusable())?;
        value.set_sensitive(true);
        Ok(value)
    };
    match scheme.place {
        CredentialPlace::Header(name) => {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
            request.headers_mut().insert(name, sensitive(secret)?);
        }
        CredentialPlace::Authorization(kind) => {
            request.headers_mut().insert(AUTHORIZATION, sensitive(&format!("{kind} {secret}"))?);
        }
        CredentialPlace::Cookie(name) => {
            let before =
                request.headers().get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
            // An empty one is none.
            let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
            let own = format!("{name}={}", utf8_percent_encode(secret, COOKIE_VALUE));
            let pairs = before.split(';').map(str::trim).filter(is_other).chain([own.as_str()]);
            let text = pairs.collect::<Vec<_>>().join("; ");
            request.headers_mut().insert(COOKIE, sensitive(&text)?);
        }
        CredentialPlace::Query(name) => {
            let url = request.url_mut();
            // An empty one is none.
            if url.query_pairs().any(|(own, _)| own == name) {
                // The others stay as they are written.
                let is_other = |pair: &&str| {
                    let own = pair.split('=').next().unwrap_or_default().replace('+', " ");
                    percent_decode_str(&own).decode_utf8_lossy() != name
                };
                let others =
                    url.query().unwrap_or_default().split('&').filter(is_other).collect::<Vec<_>>().join("&");
                url.set_query(Some(&others).filter(|others| !others.is_empty()).map(String::as_str));
            }
            url.query_pairs_mut().append_pair(name, secret);
        }
        CredentialPlace::Connection => {}
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
