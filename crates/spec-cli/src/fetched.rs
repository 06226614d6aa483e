//! A document at a URL → its text.
//!
//! Only what the command line names is asked for, never what a document refers to. Must not know what a text
//! is.

use axum::body::{Body, to_bytes};
use http::header::{ACCEPT, LOCATION};
use http::uri::PathAndQuery;
use http::{Request, Uri};
use spec_guard::Unjudged;
use spec_guard::proxy::Upstream;
use std::time::Duration;
use tower::ServiceExt as _;

/// The largest number of bytes of a document.
const LIMIT: usize = 64 * 1024 * 1024;

/// The longest time until all of it is there.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Asks for a document.
///
/// # Errors
///
/// Returns why there is none, and what to do.
pub(crate) fn text(url: &str) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("nothing can be asked for: {error}"))?;
    let asked = runtime.block_on(async { tokio::time::timeout(TIMEOUT, ask(url)).await });
    let late = || Err(format!("it took longer than {} s", TIMEOUT.as_secs()));
    asked.unwrap_or_else(|_| late()).map_err(|why| {
        let url = shown(url);
        format!("{url} can't be read: {why}\nhelp: write the document to a file, and name the file instead")
    })
}

/// Returns a URL without what may be a secret.
fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

async fn ask(url: &str) -> Result<String, String> {
    let uri: Uri = url.split('#').next().unwrap_or_default().parse().map_err(|error| format!("{error}"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return Err("it is no whole URL".to_owned());
    };
    let service = Upstream::new(&format!("{scheme}://{authority}")).map_err(|error| error.to_string())?;
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let request = Request::get(path)
        .header(ACCEPT, "application/json, application/yaml;q=0.9, */*;q=0.5")
        .body(Body::empty())
        .map_err(|error| error.to_string())?;
    let Ok(response) = service.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LIMIT).await;
    let bytes = bytes.map_err(|_| format!("it breaks off, or has more than {} MiB", LIMIT >> 20))?;
    if parts.extensions.get::<Unjudged>().is_some() {
        // The answer is no one's but our own, and says why there is none.
        let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        return Err(problem["detail"].as_str().unwrap_or("it can't be asked").to_owned());
    }
    if !parts.status.is_success() {
        let other = parts.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let other = other.map(|other| format!(", and leads to {other}")).unwrap_or_default();
        return Err(format!("the answer is {}{other}", parts.status));
    }
    String::from_utf8(bytes.into()).map_err(|_| "it is not UTF-8".to_owned())
}
