//! Access tokens that a client fetches by itself: the client credentials grant of OAuth 2.0 (RFC 6749, 4.4).
//!
//! Knows a token endpoint and when a token is due. It never shows a secret or a token: not in `Debug`, not in
//! an error. Must not know operations.

use super::browser::{Clock, staying, timeout};
use super::credentials::{Secret, TransportContext};
use super::error::without_query;
use super::evidence::Evidence;
use super::secrets::shown_text;
use super::trace::RequestTrace;
use super::transport::{AttemptError, TimeoutKind};
use crate::stream::ByteStream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use tokio::sync::Mutex;

/// The time before its end from which a token counts as spent; of short ones, a quarter of their time at
/// most.
const MARGIN: Duration = Duration::from_secs(30);

/// More than any answer of a token endpoint has, in bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// Characters that `application/x-www-form-urlencoded` does not write as they are.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// Where tokens of a security scheme are fetched: URLs of the document. What is relative is meant beside the
/// operations, within the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenEndpoint {
    token: &'static str,
    refresh: Option<&'static str>,
}

impl TokenEndpoint {
    /// Makes a token endpoint.
    #[must_use]
    pub const fn new(token: &'static str) -> Self {
        TokenEndpoint { token, refresh: None }
    }

    /// Sets another URL for refresh tokens.
    #[must_use]
    pub const fn with_refresh(mut self, refresh: &'static str) -> Self {
        self.refresh = Some(refresh);
        self
    }
}

/// The error of a token endpoint (RFC 6749, 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRefusal {
    /// The name of the security scheme in the document.
    pub scheme: &'static str,
    /// The status of the answer.
    pub status: StatusCode,
    /// The code of the error, such as `invalid_client`.
    pub code: Option<String>,
    /// The server's description of it, or what is wrong with its answer.
    pub description: Option<String>,
}

impl fmt::Display for TokenRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no token for `{}`: the token endpoint answered {}", self.scheme, self.status)?;
        let said = [&self.code, &self.description];
        said.into_iter().flatten().try_for_each(|text| write!(f, ": {text}"))
    }
}

/// Why there is no token.
#[derive(Debug)]
pub(super) enum TokenError {
    /// The token endpoint can't be asked.
    Request(String),
    /// The token endpoint did not answer.
    Communication(AttemptError, Box<Evidence>),
    /// The token endpoint answered something else.
    Refused(TokenRefusal),
}

/// Tokens for one scheme. All clones of a client share it, and one of them fetches at a time.
pub(super) struct TokenSource {
    scheme: &'static str,
    token_url: String,
    refresh_url: Option<String>,
    id: String,
    secret: Secret,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The scopes of all operations so far.
    scopes: Vec<&'static str>,
    token: Option<StoredToken>,
    refresh: Option<Secret>,
    fetched: u64,
}

struct StoredToken {
    text: Secret,
    spent_at: Option<Clock>,
}

/// A token in use.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) text: Secret,
    /// Which of the tokens that were fetched it is.
    pub(super) number: u64,
    /// True if it was there before it was asked for.
    pub(super) is_earlier: bool,
}

/// RFC 6749, 5.1. Some servers write numbers as texts.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    token_type: Option<String>,
    expires_in: Option<Value>,
    refresh_token: Option<String>,
}

/// RFC 6749, 5.2.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Option<String>,
    error_description: Option<String>,
}

impl State {
    fn held(&self, is_earlier: bool) -> Option<Token> {
        let held = self.token.as_ref()?;
        let is_spent = held.spent_at.is_some_and(|at| at <= Clock::now());
        (!is_spent).then(|| Token { text: held.text.clone(), number: self.fetched, is_earlier })
    }
}

impl TokenSource {
    pub(super) fn new(scheme: &'static str, id: String, secret: Secret, endpoint: TokenEndpoint) -> Self {
        let (token_url, refresh_url) = (endpoint.token.to_owned(), endpoint.refresh.map(str::to_owned));
        TokenSource { scheme, token_url, refresh_url, id, secret, state: Mutex::default() }
    }

    /// Returns the same credentials for a token endpoint elsewhere.
    pub(super) fn elsewhere(&self, token_url: &str) -> Self {
        let (id, secret) = (self.id.clone(), self.secret.clone());
        let (token_url, refresh_url) = (token_url.to_owned(), None);
        TokenSource { scheme: self.scheme, token_url, refresh_url, id, secret, state: Mutex::default() }
    }

    /// Returns a token with at least these scopes: the one that is there, or a new one.
    pub(super) async fn token(
        &self,
        context: TransportContext<'_>,
        scopes: &[&'static str],
    ) -> Result<Token, TokenError> {
        let mut state = self.state.lock().await;
        let mut all = state.scopes.clone();
        for scope in scopes {
            if !all.contains(scope) {
                all.push(*scope);
            }
        }
        if all.len() == state.scopes.len()
            && let Some(token) = state.held(true)
        {
            return Ok(token);
        }
        self.fetch(&mut state, context, all).await
    }

    /// Returns a token in place of one that a server did not take: a new one, unless someone else was given
    /// one since.
    pub(super) async fn renew(
        &self,
        context: TransportContext<'_>,
        number: u64,
    ) -> Result<Token, TokenError> {
        let mut state = self.state.lock().await;
        if state.fetched == number {
            state.token = None;
        } else if let Some(token) = state.held(true) {
            return Ok(token);
        }
        let scopes = state.scopes.clone();
        self.fetch(&mut state, context, scopes).await
    }

    async fn fetch(
        &self,
        state: &mut State,
        context: TransportContext<'_>,
        scopes: Vec<&'static str>,
    ) -> Result<Token, TokenError> {
        let begun = Clock::now();
        let mut answer = None;
        // RFC 6749, 6: a refresh token is for no more than was granted with it.
        if scopes.len() == state.scopes.len()
            && let Some(refresh) = &state.refresh
        {
            let url = self.refresh_url.as_ref().unwrap_or(&self.token_url);
            let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
            match self.post(context, url, &pairs).await {
                Ok(mut renewed) => {
                    renewed.refresh_token =
                        renewed.refresh_token.or_else(|| Some(refresh.expose().to_owned()));
                    answer = Some(renewed);
                }
                // It is spent or taken back; the client still has its own credentials.
                Err(TokenError::Refused(_)) => state.refresh = None,
                Err(error) => return Err(error),
            }
        }
        let answer = match answer {
            Some(answer) => answer,
            None => {
                let scope = scopes.join(" ");
                let mut pairs = vec![("grant_type", "client_credentials")];
                pairs.extend((!scope.is_empty()).then_some(("scope", &*scope)));
                self.post(context, &self.token_url, &pairs).await?
            }
        };
        let lifetime = answer.expires_in.as_ref().and_then(seconds);
        let spent_at = lifetime
            .and_then(|lifetime| begun.checked_add(lifetime.saturating_sub(MARGIN.min(lifetime / 4))));
        let text = Secret::from(answer.access_token);
        state.token = Some(StoredToken { text: text.clone(), spent_at });
        state.refresh = answer.refresh_token.map(Secret::from);
        state.scopes = scopes;
        state.fetched += 1;
        // Used even if it is spent already: there is no better one.
        Ok(Token { text, number: state.fetched, is_earlier: false })
    }

    async fn post(
        &self,
        context: TransportContext<'_>,
        url: &str,
        pairs: &[(&str, &str)],
    ) -> Result<Answer, TokenError> {
        let url = resolve(context.base_url, url).ok_or_else(|| {
            let (scheme, url) = (self.scheme, shown_text(url));
            TokenError::Request(format!("the URL of the tokens for `{scheme}` is none: {url:?}"))
        })?;
        // RFC 6749, 2.3.1: as in a form, and then as any user and password.
        let basic = Secret::basic(&encode(&self.id), &encode(self.secret.expose()));
        let mut authorization = HeaderValue::try_from(format!("Basic {}", basic.expose())).map_err(|_| {
            TokenError::Request(format!(
                "the credentials for `{}` can't be written into a header",
                self.scheme
            ))
        })?;
        authorization.set_sensitive(true);
        let unusable = |error: reqwest::Error| {
            TokenError::Request(format!(
                "the request for a token for `{}` can't be built: {error}",
                self.scheme
            ))
        };
        let request =
            context.http.post(url).header(AUTHORIZATION, authorization).header(ACCEPT, "application/json");
        let mut request = request.form(pairs).build().map_err(|error| unusable(without_query(error)))?;
        let mut evidence = Box::new(Evidence::new("(token)", "(token endpoint)", &request));
        let mut trace = RequestTrace::of_token(context.observer, &mut request);
        let asked = staying(trace.inside().around(async {
            let answered = match context.transport {
                Some(transport) => transport.call(request).await,
                None => context.http.execute(request).await.map_err(AttemptError::from),
            };
            trace.answered(context.observer, &answered);
            Ok(self.read(answered?).await)
        }));
        let begun = Clock::now();
        let answered = match context.timeout {
            Some(limit) => {
                timeout(limit, asked).await.unwrap_or_else(|_| Err(AttemptError::timeout(TimeoutKind::Head)))
            }
            None => asked.await,
        };
        answered.unwrap_or_else(|error| {
            trace.failed(&error);
            (evidence.attempts, evidence.elapsed) = (1, begun.elapsed());
            // The operation itself was not asked.
            Err(TokenError::Communication(error, evidence))
        })
    }

    async fn read(&self, response: Response) -> Result<Answer, TokenError> {
        let status = response.status();
        let refused = |code: Option<String>, description: Option<String>| {
            // A server might repeat what it was sent.
            let shown = |text: String| match self.secret.expose() {
                "" => text,
                secret => text.replace(secret, "…"),
            };
            TokenError::Refused(TokenRefusal {
                scheme: self.scheme,
                status,
                code: code.map(shown),
                description: description.map(shown),
            })
        };
        let text = match ByteStream::from(response).collect_within(ANSWER_LIMIT).await {
            Ok(text) => text,
            Err(error) => return Err(refused(None, Some(error.to_string()))),
        };
        if !status.is_success() {
            let Refusal { error, error_description } = serde_json::from_slice(&text).unwrap_or_default();
            return Err(refused(error, error_description));
        }
        // What is wrong is not told with the answer's own words: there may be a token among them.
        let Ok(answer) = serde_json::from_slice::<Answer>(&text) else {
            return Err(refused(None, Some("the answer has no `access_token`".to_owned())));
        };
        match &answer.token_type {
            // RFC 6749, 7.1: a token of a type that is not understood must not be used.
            Some(other) if !other.eq_ignore_ascii_case("bearer") => {
                Err(refused(None, Some(format!("the token is of type {other:?}, not `Bearer`"))))
            }
            _ => Ok(answer),
        }
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// Reads a time in seconds, as a number or a text; nothing else tells anything.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds.max(0.0)).ok()
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string().replace("%20", "+")
}

/// Returns a URL, or a reference within the server (RFC 3986, 5).
fn resolve(base_url: &str, url: &str) -> Option<Url> {
    match Url::parse(url) {
        Ok(url) => Some(url),
        Err(_) => Url::parse(&format!("{}/", base_url.trim_end_matches('/'))).ok()?.join(url).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn urls_within_the_server() {
        let cases = [
            ("https://a.example/v1", "https://b.example/token", "https://b.example/token"),
            ("https://a.example/v1", "/token", "https://a.example/token"),
            ("https://a.example/v1", "token", "https://a.example/v1/token"),
            ("https://a.example/v1/", "./token?x=1", "https://a.example/v1/token?x=1"),
            ("https://a.example", "token", "https://a.example/token"),
            ("https://a.example/v1", "//b.example/token", "https://b.example/token"),
        ];
        for (base, url, expected) in cases {
            assert_eq!(resolve(base, url).map(String::from).as_deref(), Some(expected), "{base} {url}");
        }
        assert_eq!(resolve("/v1", "token"), None);
        assert_eq!(resolve("https://a.example", "https://"), None);
    }

    #[test]
    fn times_of_any_making() {
        let cases = [
            (json!(60), Some(60.0)),
            (json!("60"), Some(60.0)),
            (json!(1.5), Some(1.5)),
            (json!(-1), Some(0.0)),
        ];
        for (value, expected) in cases {
            assert_eq!(seconds(&value).map(|time| time.as_secs_f64()), expected, "{value}");
        }
        for value in [json!("soon"), json!(1e300), json!(null), json!([60])] {
            assert_eq!(seconds(&value), None, "{value}");
        }
    }

    #[test]
    fn names_as_in_a_form() {
        assert_eq!(encode("a b:c%ü*-._~+"), "a+b%3Ac%25%C3%BC*-._%7E%2B");
    }
}
