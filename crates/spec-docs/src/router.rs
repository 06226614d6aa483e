//! The page and the document as routes of axum.
//!
//! Knows HTTP: what caches may keep, and which coding somebody takes. Must not know what is in the page.

use crate::assets::{ASSETS, Asset, fingerprint};
use crate::document::Docs;
use crate::page::{Places, html, policy};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LOCATION, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

/// The header of what may be kept, but has to be asked for again each time.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The header of what never changes.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

impl Docs {
    /// Returns routes for `/docs`, what stands below it, `/openapi.json` and `/openapi.yaml`. Merge it with
    /// the router of the API, or nest it anywhere: all URLs are relative.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let places = Places { assets: "docs/", document: "openapi.json", tries: true, carries_policy: false };
        let document = self.served();
        let page = Text::new("text/html; charset=utf-8", html(self, &places));
        // Whatever stands in a policy was looked at: it is always the value of a header.
        let page = match HeaderValue::from_str(&policy(self, true)) {
            Ok(policy) => page.with(CONTENT_SECURITY_POLICY, policy),
            Err(_) => page.with(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
        };
        // RFC 9512 for YAML; the types of OpenAPI are no registered ones yet.
        let json = Text::new("application/json", document.json);
        let yaml = Text::new("application/yaml", document.yaml);
        Router::new()
            .route("/docs", page.route())
            .route("/docs/", get(|| async { (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "../docs")]) }))
            .route("/docs/{file}", get(asset))
            .route("/openapi.json", json.route())
            .route("/openapi.yaml", yaml.route())
    }
}

/// A text that is the same for everybody.
struct Text {
    bytes: Bytes,
    headers: HeaderMap,
}

impl Text {
    fn new(media_type: &'static str, text: String) -> Text {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(CACHE_CONTROL, ASK_AGAIN);
        insert_common(&mut headers, &fingerprint(text.as_bytes()));
        Text { bytes: Bytes::from(text), headers }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Text {
        self.headers.insert(name, value);
        self
    }

    fn route<S: Clone + Send + Sync + 'static>(self) -> axum::routing::MethodRouter<S> {
        let text = Arc::new(self);
        get(move |asked: HeaderMap| {
            let text = Arc::clone(&text);
            async move { answer(&asked, text.headers.clone(), || Body::from(text.bytes.clone())) }
        })
    }
}

/// Answers with a file of the page.
async fn asset(Path(name): Path<String>, RawQuery(query): RawQuery, asked: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return (StatusCode::NOT_FOUND, [(X_CONTENT_TYPE_OPTIONS, "nosniff")]).into_response();
    };
    let fingerprint = asset.fingerprint();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(asset.name)));
    // The page names the bytes that it means: under that name there will never be others.
    let is_exact = query.is_some_and(|query| query.strip_prefix("v=") == Some(fingerprint.as_str()));
    headers.insert(CACHE_CONTROL, if is_exact { KEEP } else { ASK_AGAIN });
    insert_common(&mut headers, &fingerprint);
    let sends_gzip = asset.is_gzip && takes_gzip(&asked);
    if asset.is_gzip {
        headers.insert(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    }
    if sends_gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    answer(&asked, headers, || body(asset, sends_gzip))
}

/// Returns the media type of a file (RFC 9239 for scripts).
fn media_type(name: &str) -> &'static str {
    if name.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" }
}

fn body(asset: &'static Asset, is_gzip: bool) -> Body {
    match is_gzip || !asset.is_gzip {
        true => Body::from(asset.bytes),
        false => Body::from(asset.plain().into_owned()),
    }
}

/// Adds the headers that all answers have. The tag is a weak one (RFC 9110, 8.8.1): whatever coding the bytes
/// have, they mean the same.
fn insert_common(headers: &mut HeaderMap, fingerprint: &str) {
    if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{fingerprint}\"")) {
        headers.insert(ETAG, tag);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// Answers, or says that the asker has it already (RFC 9110, 15.4.5).
fn answer(asked: &HeaderMap, headers: HeaderMap, body: impl FnOnce() -> Body) -> Response {
    if headers.get(ETAG).is_some_and(|tag| is_known(asked, tag)) {
        let mut headers = headers;
        headers.remove(CONTENT_TYPE);
        headers.remove(CONTENT_ENCODING);
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let mut response = Response::new(body());
    *response.headers_mut() = headers;
    response
}

/// Says whether the asker has what a tag means (RFC 9110, 13.1.2): tags are compared weakly.
fn is_known(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let own = tag.to_str().map(opaque).unwrap_or_default();
    let lists = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|known| known.trim() == "*" || opaque(known) == own)
}

/// Says whether the asker takes gzip (RFC 9110, 12.5.3): by name, or as one of all; not with a weight of 0.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let (mut gzip, mut any) = (None, None);
    let lists = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    for coding in lists.flat_map(|list| list.split(',')) {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let weight =
            parameters.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.trim().strip_prefix('='));
        let is_wanted =
            weight.is_none_or(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0));
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = Some(is_wanted),
            "*" => any = Some(is_wanted),
            _ => {}
        }
    }
    gzip.or(any).unwrap_or(false)
}
