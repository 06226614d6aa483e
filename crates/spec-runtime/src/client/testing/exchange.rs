//! Exchanges as cassettes keep them: a line of JSON for each, in which nothing is secret.
//!
//! Knows which request an answer is for. Must not know what is secret: see `redact`.

use super::redact::Redaction;
use crate::Base64;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use reqwest::{Request, Url};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A request and its answer.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Exchange {
    pub(super) request: Asked,
    pub(super) answer: Answered,
}

/// A request.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Asked {
    /// The `operationId`; none of a request for a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    method: String,
    /// The path template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    url: String,
    headers: Vec<(String, String)>,
    /// The hash of the body, in hexadecimal digits.
    sha256: String,
    body: Content,
}

/// An answer.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Answered {
    status: u16,
    headers: Vec<(String, String)>,
    body: Content,
}

/// A body.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Content {
    Text(String),
    Base64(Base64),
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Content::Text(text),
            Err(error) => Content::Base64(error.into_bytes().into()),
        }
    }
}

impl Content {
    fn bytes(&self) -> Bytes {
        match self {
            Content::Text(text) => text.clone().into(),
            Content::Base64(bytes) => bytes.0.clone().into(),
        }
    }
}

/// Returns the `Content-Type`; an empty text where there is none that can be read.
pub(super) fn content_type(headers: &HeaderMap) -> &str {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Returns headers without what is secret. Each byte of a value becomes one sign.
fn shown(redaction: &Redaction<'_>, headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect();
    let shown = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), text(&redaction.header(name, value)))
    };
    headers.iter().map(shown).collect()
}

impl Asked {
    pub(super) fn of(redaction: &Redaction<'_>, request: &Request, body: &[u8]) -> Self {
        let body = redaction.body(content_type(request.headers()), body);
        let digest = Sha256::digest(&body);
        Asked {
            operation: redaction.operation().map(|operation| operation.id().to_owned()),
            method: request.method().to_string(),
            template: redaction.operation().map(|operation| operation.path().to_owned()),
            url: redaction.url(request.url()),
            headers: shown(redaction, request.headers()),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            body: body.into(),
        }
    }

    /// Returns path and query: the server may be another one.
    fn target(&self) -> &str {
        let after = self.url.split_once("://").map_or(self.url.as_str(), |(_, after)| after);
        after.find('/').map_or("/", |start| &after[start..])
    }

    /// Returns true if the answer to another request is one to this.
    pub(super) fn is_like(&self, other: &Asked) -> bool {
        let sides = [self, other].map(|side| (&side.method, &side.template, side.target(), &side.sha256));
        sides[0] == sides[1]
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target())?;
        let is_empty = matches!(&self.body, Content::Text(text) if text.is_empty());
        match self.sha256.get(..8) {
            Some(start) if !is_empty => write!(f, " (body {start}…)"),
            _ => Ok(()),
        }
    }
}

impl Answered {
    pub(super) fn of(redaction: &Redaction<'_>, parts: &Parts, body: &[u8]) -> Self {
        let shown_body = redaction.body(content_type(&parts.headers), body);
        let mut headers = parts.headers.clone();
        // What was hidden may be shorter or longer.
        let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        if length == Some(body.len()) {
            headers.insert(CONTENT_LENGTH, shown_body.len().into());
        }
        Answered {
            status: parts.status.as_u16(),
            headers: shown(redaction, &headers),
            body: shown_body.into(),
        }
    }

    /// Returns head and body, or a message where there can be no such answer.
    pub(super) fn parts(&self) -> Result<(Parts, Bytes), String> {
        let (mut parts, ()) = http::Response::new(()).into_parts();
        parts.status = StatusCode::from_u16(self.status).map_err(|error| error.to_string())?;
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
            let bytes: Result<Vec<u8>, _> = value.chars().map(u8::try_from).collect();
            let value = bytes.ok().and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
            parts.headers.append(&name, value.ok_or_else(|| format!("`{name}` has no value of a header"))?);
        }
        Ok((parts, self.body.bytes()))
    }
}

/// Returns a URL without what was never sent in it.
pub(super) fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    super::super::redirect::without_user(&mut url);
    url.set_fragment(None);
    url
}
