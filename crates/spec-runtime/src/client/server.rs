//! Base URLs: where a server is, as callers say it.
//!
//! Knows what can be one. Must not know which server a document names.

use super::Error;
use super::secrets::shown_text;
use reqwest::Url;
use std::env::VarError;
use std::fmt;
use std::ops::Deref;

/// The base URL of a client. `Debug` shows it without user, password and query.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Makes a base URL of one that may end with slashes.
    #[must_use]
    pub fn new(url: &str) -> Self {
        BaseUrl(url.trim_end_matches('/').to_owned())
    }
}

impl Deref for BaseUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&shown_text(self), f)
    }
}

/// Reads a base URL from an environment variable; none where that is not set, or empty.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when it is no URL of HTTP.
pub fn base_url_from(variable: &str) -> Result<Option<String>, Error> {
    let unusable = |what: &str| Error::InvalidRequest(format!("the environment variable {variable} {what}"));
    match std::env::var(variable) {
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(unusable("is no text")),
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => {
            match Url::parse(&text).map_err(|error| error.to_string()).and_then(|url| check(&text, &url)) {
                Ok(()) => Ok(Some(text)),
                Err(what) => Err(unusable(&format!("is no base URL: {what}"))),
            }
        }
    }
}

/// Says what is wrong with a base URL, or with a URL that begins with it, if requests can't be sent there.
pub(super) fn check(base_url: &str, url: &Url) -> Result<(), String> {
    // Slashes at its end are taken off, and the first word of the path would be taken for a host.
    if base_url.ends_with(':') {
        return Err("it has no host".to_owned());
    }
    match url.scheme() {
        "http" | "https" => Ok(()),
        other => Err(format!("it begins with `{other}:`, not with `http:` or `https:`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_go_by_http() {
        for (url, expected) in [
            ("http://localhost:8080", true),
            ("https://api.example.com/v1", true),
            ("localhost:8080", false),
            ("ftp://api.example.com", false),
            ("file:///tmp", false),
        ] {
            assert_eq!(check(url, &Url::parse(url).unwrap()).is_ok(), expected, "{url}");
        }
    }

    #[test]
    fn what_is_not_set_names_no_server() {
        assert_eq!(base_url_from("SPEC_RUNTIME_NEVER_SET_BASE_URL").unwrap(), None);
        // Whatever it is here, it is a list of folders.
        let error = base_url_from("PATH").unwrap_err().to_string();
        assert!(error.contains("the environment variable PATH is no base URL"), "{error}");
    }
}
