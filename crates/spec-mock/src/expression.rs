//! Runtime expressions: what a message says, in the place of a text (OpenAPI 3.1, 4.8.20.4).
//!
//! Must not know what the texts are for.

use http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use spec_http::style::scalar;

/// The messages that expressions look into.
pub(crate) struct Messages<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    /// Values of the path by name, as they stand there.
    pub(crate) path: &'a [(String, String)],
    pub(crate) request: (&'a HeaderMap, &'a Value),
    pub(crate) response: (&'a HeaderMap, &'a Value),
    pub(crate) status: u16,
}

/// Writes what expressions in braces mean, or what the whole text means where it is one; none where a message
/// does not say it.
pub(crate) fn fill(text: &str, messages: &Messages<'_>) -> Option<String> {
    if text.starts_with('$') {
        return messages.value(text);
    }
    let (mut filled, mut rest) = (String::new(), text);
    while let Some(start) = rest.find("{$") {
        let end = start + rest[start..].find('}')?;
        filled.push_str(&rest[..start]);
        filled.push_str(&messages.value(&rest[start + 1..end])?);
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    Some(filled)
}

impl Messages<'_> {
    fn value(&self, expression: &str) -> Option<String> {
        match expression {
            "$url" => return Some(self.uri.to_string()),
            "$method" => return Some(self.method.to_string()),
            "$statusCode" => return Some(self.status.to_string()),
            _ => {}
        }
        let (message, part) = expression.strip_prefix('$')?.split_once('.')?;
        let (headers, body) = match message {
            "request" => self.request,
            "response" => self.response,
            _ => return None,
        };
        if let Some(pointer) = part.strip_prefix("body") {
            let value = match pointer {
                "" => Some(body),
                pointer => body.pointer(&percent_decode_str(pointer.strip_prefix('#')?).decode_utf8_lossy()),
            };
            return value.filter(|value| !value.is_null()).map(scalar);
        }
        let (place, name) = part.split_once('.')?;
        match place {
            "header" => headers.get(name)?.to_str().ok().map(str::to_owned),
            "query" if message == "request" => {
                let pairs = self.uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
                let decoded =
                    |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
                pairs
                    .map(|(name, text)| (decoded(name), decoded(text)))
                    .find(|(own, _)| own == name)
                    .map(|(_, text)| text)
            }
            "path" if message == "request" => {
                let text = self.path.iter().find(|(own, _)| own == name).map(|(_, text)| text)?;
                Some(percent_decode_str(text).decode_utf8_lossy().into_owned())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Messages, fill};
    use http::{HeaderMap, HeaderValue, Method};
    use serde_json::json;

    #[test]
    fn messages_fill_expressions() {
        let mut headers = HeaderMap::new();
        headers.insert("x-id", HeaderValue::from_static("7"));
        let uri = "/a/b%20c?to=http%3A%2F%2Fx".parse().expect("a URI");
        let path = [("name".to_owned(), "b%20c".to_owned())];
        let (request, response) = (json!({"url": "http://y", "list": [{"a/b": 3}]}), json!("text"));
        let messages = Messages {
            method: &Method::POST,
            uri: &uri,
            path: &path,
            request: (&headers, &request),
            response: (&headers, &response),
            status: 201,
        };
        for (text, filled) in [
            ("$request.query.to", Some("http://x")),
            ("{$request.body#/url}/data?id={$request.header.X-Id}", Some("http://y/data?id=7")),
            ("{$request.body#/list/0/a~1b}", Some("3")),
            ("{$response.body}/{$method}/{$statusCode}/{$request.path.name}", Some("text/POST/201/b c")),
            ("http://plain", Some("http://plain")),
            ("{$request.body#/missing}", None),
            ("{$request.body", None),
            ("$response.query.to", None),
        ] {
            assert_eq!(fill(text, &messages).as_deref(), filled, "{text}");
        }
    }
}
