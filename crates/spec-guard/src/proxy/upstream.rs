//! The service behind a proxy: requests go there, and its answers come back.
//!
//! Knows which headers are for one connection only (RFC 9110, 7.6). Must not know any document.

use super::origin::Origin;
use crate::exchange::Unjudged;
use crate::problem;
use axum::body::Body;
use axum::extract::ConnectInfo;
use futures_util::future::BoxFuture;
use http::header::{ACCEPT_ENCODING, CONNECTION, HOST, TE, TRANSFER_ENCODING, UPGRADE, VIA};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

/// How long a connection may take to be there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A service at a URL, as a service of tower: whatever it is asked, it asks there. Answers that it can't get
/// are a 502.
#[derive(Clone)]
pub struct Upstream {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    scheme: Scheme,
    authority: Authority,
    /// What stands before the path of each request.
    path: String,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Upstream")
            .field(&format!("{}://{}{}", self.scheme, self.authority, self.path))
            .finish()
    }
}

/// A URL that no service can be asked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableUrl(String);

impl fmt::Display for UnusableUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for UnusableUrl {}

impl Upstream {
    /// Makes a service of a URL that begins with `http://` or `https://`. Its path stands before that of each
    /// request.
    ///
    /// # Errors
    ///
    /// When it is no such URL, it has a user, a query or a fragment, or no certificates of authorities can be
    /// had.
    pub fn new(url: &str) -> Result<Upstream, UnusableUrl> {
        let wrong = |why: &str| UnusableUrl(format!("`{}` can't be asked: {why}", shown(url)));
        if url.contains(['?', '#']) {
            return Err(wrong("leave out what begins with `?` or `#`"));
        }
        let parts = url.parse::<Uri>().map_err(|error| wrong(&error.to_string()))?.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(wrong("write a whole URL, as http://127.0.0.1:8080"));
        };
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(wrong("it must begin with http:// or https://"));
        }
        if authority.as_str().contains('@') {
            return Err(wrong("leave out name and password: callers send their own"));
        }
        let path = parts.path_and_query.as_ref().map_or("", PathAndQuery::path);
        let client = client().map_err(|error| wrong(&error.to_string()))?;
        Ok(Upstream { client, scheme, authority, path: path.trim_end_matches('/').to_owned() })
    }

    /// Returns where the service is, as references in its answers name it.
    pub(super) fn origin(&self) -> Origin {
        Origin { authority: self.authority.clone(), path: self.path.clone() }
    }

    /// Returns where a request goes.
    fn target(&self, uri: &Uri) -> Result<Uri, http::Error> {
        let own = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        // `OPTIONS *` is about all that is there.
        let own = if own.starts_with('/') { own } else { "/" };
        let path = format!("{}{own}", self.path);
        let authority = self.authority.clone();
        Uri::builder().scheme(self.scheme.clone()).authority(authority).path_and_query(path).build()
    }

    async fn ask(self, mut request: Request<Body>) -> Response<Body> {
        if request.method() == Method::CONNECT {
            // A tunnel would lead past the guard, to whatever the caller names (RFC 9110, 9.3.6).
            return refused(StatusCode::NOT_IMPLEMENTED, "this proxy opens no tunnels");
        }
        let target = match self.target(request.uri()) {
            Ok(target) => target,
            Err(error) => return failed(&error),
        };
        let caller = has_upgrade(request.headers()).then(|| hyper::upgrade::on(&mut request));
        let client = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        *request.uri_mut() = target;
        *request.version_mut() = Version::HTTP_11;
        forwarded(request.headers_mut(), client);
        *request.extensions_mut() = http::Extensions::new();
        let mut response = match self.client.request(request).await {
            Ok(response) => response,
            Err(error) => return failed(&error),
        };
        // Each connection has a version of its own (RFC 9110, 2.5).
        *response.version_mut() = Version::HTTP_11;
        let is_switching = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        match caller {
            Some(caller) if is_switching => {
                let service = hyper::upgrade::on(&mut response);
                tokio::spawn(tunnel(caller, service));
            }
            None if is_switching => {
                // RFC 9110, 15.2.2: it is for who asked for that alone.
                let detail = "the service switched to a protocol that nobody asked for";
                return refused(StatusCode::BAD_GATEWAY, detail);
            }
            _ => without_connection(response.headers_mut()),
        }
        response.map(Body::new)
    }
}

/// Returns a URL without what may be a secret.
fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

fn client() -> Result<Client<HttpsConnector<HttpConnector>, Body>, Box<dyn Error>> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let builder = HttpsConnectorBuilder::new().with_provider_and_platform_verifier(Arc::new(provider))?;
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let connector = builder.https_or_http().enable_http1().wrap_connector(http);
    Ok(Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector))
}

/// Answers that the service can't be asked. That is no answer of the service, so nobody judges it.
fn failed(error: &dyn Error) -> Response<Body> {
    let mut detail = format!("the service can't be asked: {error}");
    let mut source = error.source();
    while let Some(own) = source {
        detail.push_str(&format!(": {own}"));
        source = own.source();
    }
    refused(StatusCode::BAD_GATEWAY, &detail)
}

/// Answers in place of the service.
fn refused(status: StatusCode, detail: &str) -> Response<Body> {
    let mut response = problem::plain(status, detail, &[]);
    response.extensions_mut().insert(Unjudged);
    response
}

fn has_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(UPGRADE) && connection_options(headers).contains(&UPGRADE)
}

/// Returns the headers that are for this connection only.
fn connection_options(headers: &HeaderMap) -> Vec<HeaderName> {
    let lines = headers.get_all(CONNECTION).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}

/// Takes away what is for one connection only (RFC 9110, 7.6.1).
fn without_connection(headers: &mut HeaderMap) {
    let own = ["keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"];
    let own = own.map(HeaderName::from_static).into_iter().chain([TE, TRANSFER_ENCODING, UPGRADE]);
    for name in connection_options(headers).into_iter().chain(own).chain([CONNECTION]) {
        headers.remove(name);
    }
}

/// Makes headers of a request those of one that a proxy sends.
fn forwarded(headers: &mut HeaderMap, client: Option<SocketAddr>) {
    let upgrade = headers.get(UPGRADE).cloned().filter(|_| has_upgrade(headers));
    let takes_trailers = headers.get_all(TE).iter().filter_map(|line| line.to_str().ok());
    let takes_trailers = takes_trailers
        .flat_map(|line| line.split(','))
        .any(|coding| coding.trim().eq_ignore_ascii_case("trailers"));
    without_connection(headers);
    // These are meant for whoever answers in the end, so each connection says them anew.
    if let Some(protocol) = upgrade {
        headers.insert(UPGRADE, protocol);
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    } else if takes_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(CONNECTION, HeaderValue::from_static("te"));
    }
    let names = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"].map(HeaderName::from_static);
    let [of, host_name, proto] = names;
    if let Some(address) = client {
        let before = headers.get_all(&of).iter().filter_map(|value| value.to_str().ok());
        let all: Vec<String> = before.map(str::to_owned).chain([address.ip().to_string()]).collect();
        if let Ok(all) = HeaderValue::from_str(&all.join(", ")) {
            headers.insert(of, all);
        }
    }
    // The client writes the name of the service.
    if let Some(host) = headers.remove(HOST) {
        headers.entry(host_name).or_insert(host);
    }
    headers.entry(proto).or_insert(HeaderValue::from_static("http"));
    headers.append(VIA, HeaderValue::from_static("1.1 spec"));
    // What is encoded can't be judged.
    if headers.contains_key(ACCEPT_ENCODING) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
}

/// Passes on what follows an upgrade, until one side ends.
async fn tunnel(caller: hyper::upgrade::OnUpgrade, service: hyper::upgrade::OnUpgrade) {
    let (Ok(caller), Ok(service)) = tokio::join!(caller, service) else { return };
    let (mut caller, mut service) = (TokioIo::new(caller), TokioIo::new(service));
    // Whoever breaks off has told the other one so.
    let _ = tokio::io::copy_bidirectional(&mut caller, &mut service).await;
}

impl Service<Request<Body>> for Upstream {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let own = self.clone();
        Box::pin(async move { Ok(own.ask(request).await) })
    }
}

#[cfg(test)]
mod tests {
    use super::{Upstream, forwarded, without_connection};
    use http::{HeaderMap, HeaderName, HeaderValue, Uri};

    fn headers(rows: &[(&'static str, &'static str)]) -> HeaderMap {
        let row = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        rows.iter().map(row).collect()
    }

    fn text(headers: &HeaderMap) -> Vec<String> {
        let line =
            |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
        let mut lines: Vec<String> = headers.iter().map(line).collect();
        lines.sort();
        lines
    }

    #[test]
    fn what_is_for_one_connection_stays_there() {
        let mut own = headers(&[
            ("host", "proxy"),
            ("connection", "close, X-Own"),
            ("x-own", "1"),
            ("keep-alive", "timeout=5"),
            ("te", "deflate;q=0.5, Trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("accept", "*/*"),
            ("x-forwarded-for", "10.0.0.1"),
        ]);
        forwarded(&mut own, Some(([127, 0, 0, 1], 9).into()));
        assert_eq!(
            text(&own),
            [
                "accept: */*",
                "connection: te",
                "te: trailers",
                "via: 1.1 spec",
                "x-forwarded-for: 10.0.0.1, 127.0.0.1",
                "x-forwarded-host: proxy",
                "x-forwarded-proto: http",
            ]
        );
        let mut answer =
            headers(&[("connection", "keep-alive"), ("keep-alive", "1"), ("etag", "a"), ("trailer", "b")]);
        without_connection(&mut answer);
        assert_eq!(text(&answer), ["etag: a", "trailer: b"]);
    }

    #[test]
    fn paths_stand_below_that_of_the_url() {
        let rows = [
            ("http://a:1", "/pets?x=%20", "http://a:1/pets?x=%20"),
            ("https://a/v1/", "/pets", "https://a/v1/pets"),
            ("http://a/v1", "*", "http://a/v1/"),
        ];
        for (url, path, target) in rows {
            let path = Uri::from_static(path);
            assert_eq!(Upstream::new(url).unwrap().target(&path).unwrap().to_string(), target);
        }
        for (url, why) in [
            ("pets.example.com", "write a whole URL"),
            ("ftp://a", "begin with http"),
            ("http://user:secret@a", "`http://…@a` can't be asked: leave out name and password"),
            ("http://a?b", "leave out what begins"),
            ("http://a b", "invalid"),
        ] {
            let error = Upstream::new(url).unwrap_err().to_string();
            assert!(error.contains(why) && !error.contains("secret"), "{error}");
        }
    }
}
