//! References in answers that would lead past the proxy, and where they lead through it.
//!
//! Knows which headers of answers have references (RFC 9110, 8.7 and 10.2.2; RFC 8288; HTML, 4.2.5.3). Must
//! not know bodies.

use http::header::{CONTENT_LOCATION, HOST, LINK, LOCATION, REFRESH};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

/// Where the service is.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) authority: Authority,
    /// What stands before the path of each request.
    pub(super) path: String,
}

/// Where the caller found the proxy.
#[derive(Debug)]
pub(super) struct Own {
    /// Scheme and authority; nothing where the caller does not say them.
    prefix: String,
    authority: Option<Authority>,
}

impl Own {
    pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Own {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let authority = text(&HOST).and_then(|host| host.parse().ok()).or_else(|| uri.authority().cloned());
        let is_https = text(&HeaderName::from_static("x-forwarded-proto")) == Some("https");
        let scheme = if is_https { "https" } else { "http" };
        let prefix = authority.as_ref().map(|own| format!("{scheme}://{own}"));
        Own { prefix: prefix.unwrap_or_default(), authority }
    }
}

impl Origin {
    /// Makes references to the service in the headers of an answer lead to the proxy.
    pub(super) fn rewrite(&self, headers: &mut HeaderMap, own: &Own) {
        let whole = |text: &str| self.through(text, own);
        for name in [LOCATION, CONTENT_LOCATION] {
            change(headers, &name, &whole);
        }
        change(headers, &LINK, &|text| self.links(text, own));
        change(headers, &REFRESH, &|text| self.refresh(text, own));
    }

    /// Returns where a reference leads through the proxy; none where it does not lead to the service, or to
    /// what the proxy has no path for.
    fn through(&self, reference: &str, own: &Own) -> Option<String> {
        let reference = reference.trim();
        if reference.starts_with('/') && !reference.starts_with("//") {
            // Without a path before each request, it is the same here and there.
            return self.below(reference).filter(|_| !self.path.is_empty());
        }
        let (scheme, rest) = match reference.strip_prefix("//") {
            Some(rest) => ("http", rest),
            None => reference.split_once("://")?,
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let authority: Authority = authority.parse().ok()?;
        let is_ours = is_same(scheme, &authority, &self.authority)
            || own.authority.as_ref().is_some_and(|own| is_same(scheme, &authority, own));
        let tail = self.below(tail).filter(|_| is_ours)?;
        Some(format!("{}{tail}", own.prefix))
    }

    /// Returns what of a path stands below that of the service's URL.
    fn below(&self, tail: &str) -> Option<String> {
        let rest = tail.strip_prefix(self.path.as_str())?;
        match rest.chars().next() {
            Some('/') => Some(rest.to_owned()),
            None | Some('?' | '#') => Some(format!("/{rest}")),
            Some(_) => None,
        }
    }

    /// Rewrites the targets of links (RFC 8288, 3.1).
    fn links(&self, text: &str, own: &Own) -> Option<String> {
        let (mut written, mut rest, mut is_changed) = (String::new(), text, false);
        let mut is_quoted = false;
        while let Some(at) = rest.find(['<', '"', '\\']) {
            let (before, from) = rest.split_at(at);
            written.push_str(before);
            let end = from.find('>').filter(|_| from.starts_with('<') && !is_quoted);
            let length = match end {
                Some(end) => {
                    let target = self.through(&from[1..end], own);
                    is_changed |= target.is_some();
                    written.push_str(&format!("<{}>", target.as_deref().unwrap_or(&from[1..end])));
                    end + 1
                }
                None => {
                    is_quoted ^= from.starts_with('"');
                    // A sign after a backslash stands for itself (RFC 9110, 5.6.4).
                    let length =
                        from.chars().take(1 + usize::from(from.starts_with('\\'))).map(char::len_utf8).sum();
                    written.push_str(&from[..length]);
                    length
                }
            };
            rest = &from[length..];
        }
        written.push_str(rest);
        is_changed.then_some(written)
    }

    /// Rewrites the URL of a `Refresh`: `5; url=…`.
    fn refresh(&self, text: &str, own: &Own) -> Option<String> {
        let at = text.to_ascii_lowercase().find("url")?;
        let url = text[at + 3..].trim_start().strip_prefix('=')?.trim();
        let quote = url.chars().next().filter(|sign| ['"', '\''].contains(sign));
        let bare = quote.map_or(url, |quote| url[1..].split(quote).next().unwrap_or_default());
        let target = self.through(bare, own)?;
        let quote = quote.map(String::from).unwrap_or_default();
        Some(format!("{}={quote}{target}{quote}", &text[..at + 3]))
    }
}

/// Says whether two authorities mean the same host and port. A service behind a gateway may take `https` for
/// `http`.
fn is_same(scheme: &str, left: &Authority, right: &Authority) -> bool {
    let is_http = ["http", "https"].iter().any(|own| own.eq_ignore_ascii_case(scheme));
    let port = |own: &Authority| own.port_u16().filter(|port| ![80, 443].contains(port));
    is_http
        && !left.as_str().contains('@')
        && left.host().eq_ignore_ascii_case(right.host())
        && port(left) == port(right)
}

/// Changes the values of a header, as far as there is something else to be said.
fn change(headers: &mut HeaderMap, name: &HeaderName, other: &dyn Fn(&str) -> Option<String>) {
    let values: Vec<HeaderValue> = headers.get_all(name).iter().cloned().collect();
    let changed = |value: &HeaderValue| {
        let text = other(value.to_str().ok()?)?;
        HeaderValue::from_str(&text).ok()
    };
    if !values.iter().any(|value| changed(value).is_some()) {
        return;
    }
    headers.remove(name);
    for value in values {
        let new = changed(&value).unwrap_or(value);
        headers.append(name, new);
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Own};
    use http::{HeaderMap, HeaderName, HeaderValue, Uri};

    /// Rewrites one header of an answer of `http://Pets.test:8080/v1`, asked as `proxy:4010`.
    fn through(name: &'static str, text: &str, path: &str) -> String {
        let origin = Origin { authority: "Pets.test:8080".parse().unwrap(), path: path.to_owned() };
        let host = HeaderMap::from_iter([(http::header::HOST, HeaderValue::from_static("proxy:4010"))]);
        let own = Own::of(&Uri::from_static("/a"), &host);
        let name = HeaderName::from_static(name);
        let mut headers = HeaderMap::from_iter([(name.clone(), text.parse().unwrap())]);
        origin.rewrite(&mut headers, &own);
        headers[&name].to_str().unwrap().to_owned()
    }

    #[test]
    fn references_lead_through_the_proxy() {
        for (text, other) in [
            ("http://pets.test:8080/v1/pets?a=b#c", "http://proxy:4010/pets?a=b#c"),
            ("HTTPS://pets.test:8080/v1", "http://proxy:4010/"),
            ("//pets.test:8080/v1?a", "http://proxy:4010/?a"),
            ("http://proxy:4010/v1/pets", "http://proxy:4010/pets"),
            ("/v1/pets", "/pets"),
        ] {
            assert_eq!(through("location", text, "/v1"), other);
            assert_eq!(through("content-location", text, "/v1"), other);
        }
        assert_eq!(through("location", "http://pets.test:8080/pets", ""), "http://proxy:4010/pets");
    }

    #[test]
    fn what_leads_elsewhere_stays() {
        for text in [
            "http://pets.test/v1/pets",
            "http://other.test:8080/v1/pets",
            "http://a@pets.test:8080/v1/pets",
            "ftp://pets.test:8080/v1/pets",
            "http://pets.test:8080/v1x",
            "/other",
            "pets/1",
            "",
        ] {
            assert_eq!(through("location", text, "/v1"), text);
        }
        assert_eq!(through("location", "/v1/pets", ""), "/v1/pets");
    }

    #[test]
    fn links_and_refresh_have_references_within() {
        let link =
            r#"<http://pets.test:8080/p?a=1,2>; rel="next"; title="<http://pets.test:8080/\"", </b>; rel=x"#;
        let other =
            r#"<http://proxy:4010/p?a=1,2>; rel="next"; title="<http://pets.test:8080/\"", </b>; rel=x"#;
        assert_eq!(through("link", link, ""), other);
        assert_eq!(
            through("refresh", "5; URL='http://pets.test:8080/a'", ""),
            "5; URL='http://proxy:4010/a'"
        );
        assert_eq!(through("refresh", "5;url=http://pets.test:8080/a", ""), "5;url=http://proxy:4010/a");
        assert_eq!(through("refresh", "5", ""), "5");
    }
}
