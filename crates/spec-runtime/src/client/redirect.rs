//! Redirections (RFC 9110, 15.4): followed by the client itself, so that nothing that was meant for one
//! server is shown to another.
//!
//! `reqwest` takes all headers but a few of its own choice to wherever it is led, and tells where it came
//! from, keys in the query included. Must not know operations, nor which headers are credentials: of another
//! server's business are only a few.

use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RANGE,
    TRANSFER_ENCODING, USER_AGENT,
};
use http::{Method, StatusCode};
use reqwest::{Request, Response, Url};

/// The largest number of redirections that are followed, one after another.
const MOST: usize = 10;

/// Sends a request, and follows redirections, save those that are `declared` to be answers.
///
/// A server of another origin (scheme, host and port; RFC 6454) gets no header but those that say what is
/// wanted: no credentials, no cookies, no parameters. A redirection is an answer where it can't be followed:
/// from `https` to `http`, after ten others, with a body that is a stream and would have to be sent again, or
/// without a `Location`.
///
/// # Errors
///
/// Those of `send`.
pub async fn following<F, E>(
    request: Request,
    declared: &[u16],
    send: impl Fn(Request) -> F,
) -> Result<Response, E>
where
    F: Future<Output = Result<Response, E>>,
{
    let mut earlier = Earlier::of(&request);
    let mut response = send(request).await?;
    // Only what the operation itself is answered is declared, not what comes after.
    if declared.contains(&response.status().as_u16()) {
        return Ok(response);
    }
    for _ in 0..MOST {
        let Some(next) = earlier.redirected(&response) else { break };
        earlier = Earlier::of(&next);
        response = send(next).await?;
    }
    Ok(response)
}

/// A request that was sent, as far as it can be sent again.
struct Earlier {
    request: Request,
    /// True if its body is there.
    is_whole: bool,
}

impl Earlier {
    fn of(request: &Request) -> Self {
        let whole = request.try_clone();
        let is_whole = whole.is_some();
        let without_body = || {
            let mut bare = Request::new(request.method().clone(), request.url().clone());
            bare.headers_mut().clone_from(request.headers());
            *bare.timeout_mut() = request.timeout().copied();
            #[cfg(not(target_arch = "wasm32"))]
            {
                *bare.version_mut() = request.version();
            }
            bare
        };
        Earlier { request: whole.unwrap_or_else(without_body), is_whole }
    }

    /// Returns the request that an answer asks for instead; none where it asks for none, or for one that
    /// can't be sent.
    fn redirected(self, response: &Response) -> Option<Request> {
        let Earlier { mut request, is_whole } = self;
        let method = match (response.status(), request.method()) {
            // RFC 9110, 15.4.2 and 15.4.3: for reasons of history.
            (StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND, &Method::POST) => Method::GET,
            (StatusCode::SEE_OTHER, method) if *method != Method::HEAD => Method::GET,
            (
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT,
                method,
            ) => method.clone(),
            _ => return None,
        };
        let from = response.url();
        let location = std::str::from_utf8(response.headers().get(LOCATION)?.as_bytes()).ok()?;
        let mut to = from.join(location).ok()?;
        to.set_fragment(None);
        if !matches!(to.scheme(), "http" | "https") || (from.scheme() == "https" && to.scheme() == "http") {
            return None;
        }
        if method != *request.method() {
            *request.body_mut() = None;
            for header in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING] {
                request.headers_mut().remove(header);
            }
        } else if !is_whole {
            return None;
        }
        if to.origin() != request.url().origin() {
            only_wishes(&mut request);
        }
        without_user(&mut to);
        *request.method_mut() = method;
        *request.url_mut() = to;
        Some(request)
    }
}

/// Takes all headers out of a request that may be meant for one server alone.
fn only_wishes(request: &mut Request) {
    const WISHES: [http::HeaderName; 6] =
        [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, CONTENT_ENCODING, RANGE, USER_AGENT];
    let headers = std::mem::take(request.headers_mut());
    let kept = WISHES.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    request.headers_mut().extend(kept);
}

/// Removes user and password from a URL: a server gives the client no credentials.
pub(super) fn without_user(url: &mut Url) {
    // It fails where there can be none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

#[cfg(test)]
mod tests {
    use super::Earlier;
    use reqwest::{Method, Request, Response, ResponseBuilderExt, Url};

    #[test]
    fn origins_are_scheme_host_and_port() {
        let url = |text: &str| Url::parse(text).unwrap();
        let cases = [
            ("https://a.example/x", "/y#z", Some(("https://a.example/y", true))),
            ("https://a.example/x", "https://a.example:443/y", Some(("https://a.example/y", true))),
            ("https://a.example/x", "https://a.example:444/y", Some(("https://a.example:444/y", false))),
            ("https://a.example/x", "https://b.a.example/y", Some(("https://b.a.example/y", false))),
            ("https://a.example/x", "//u:p@b.example", Some(("https://b.example/", false))),
            ("http://a.example/x", "https://a.example/x", Some(("https://a.example/x", false))),
            ("https://a.example/x", "http://a.example/x", None),
        ];
        for (from, location, expected) in cases {
            let mut request = Request::new(Method::GET, url(from));
            request.headers_mut().insert("x-key", "k".parse().unwrap());
            let response = http::Response::builder()
                .status(302)
                .url(url(from))
                .header("location", location)
                .body("")
                .unwrap();
            let next = Earlier::of(&request).redirected(&Response::from(response));
            let next = next.as_ref().map(|next| (next.url().as_str(), next.headers().contains_key("x-key")));
            assert_eq!(next, expected, "{from} {location}");
        }
    }
}
