//! Positions: where a page is, as a text that can be kept.
//!
//! Must not know how a position is found, nor what becomes of it in a request.

use reqwest::Url;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// The position of a page in its list. It can be kept as text (by `Display`), or in JSON, and be read again.
///
/// The text has whatever the server gave for the next request, the query of a URL included. `Debug` shows no
/// query.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Position(pub(super) At);

/// The content of a position.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum At {
    /// The number of a page.
    Page {
        number: i64,
        /// The number of the first page, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first: Option<i64>,
        /// The number of items of the pages before it, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
    },
    /// The number of items before the page.
    Offset(u64),
    /// The value that an answer gave for the next request.
    Cursor(Value),
    /// Path and query of the next request; its origin is always that of the client.
    Url(String),
}

impl Position {
    /// Returns the number of the page.
    #[must_use]
    pub fn page(&self) -> Option<i64> {
        match self.0 {
            At::Page { number, .. } => Some(number),
            _ => None,
        }
    }

    /// Returns the number of items before the page.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        match self.0 {
            At::Offset(offset) => Some(offset),
            _ => None,
        }
    }

    /// Returns what the answer before it gave to ask for the page.
    ///
    /// # Errors
    ///
    /// [`InvalidPosition`] if it is of another kind, or no `T`.
    pub fn cursor<T: DeserializeOwned>(&self) -> Result<T, InvalidPosition> {
        match &self.0 {
            At::Cursor(value) => {
                let as_text = || match value {
                    Value::Number(_) | Value::Bool(_) => Some(Value::String(value.to_string())),
                    Value::String(text) => serde_json::from_str(text).ok(),
                    _ => None,
                };
                let own = T::deserialize(value);
                // A number in an answer may be a text in a request, and the other way round.
                own.or_else(|error| as_text().map_or(Err(error), T::deserialize))
                    .map_err(InvalidPosition::value)
            }
            _ => Err(self.of_another_kind("cursor")),
        }
    }

    /// Returns the number of the page as an argument of a call.
    pub(super) fn page_argument<T: DeserializeOwned>(&self) -> Result<T, InvalidPosition> {
        let number = self.page().ok_or_else(|| self.of_another_kind("page"))?;
        T::deserialize(Value::from(number)).map_err(InvalidPosition::value)
    }

    /// Returns the offset of the page as an argument of a call.
    pub(super) fn offset_argument<T: DeserializeOwned>(&self) -> Result<T, InvalidPosition> {
        let offset = self.offset().ok_or_else(|| self.of_another_kind("offset"))?;
        T::deserialize(Value::from(offset)).map_err(InvalidPosition::value)
    }

    /// Returns the position without the query of a URL, as others may see it.
    pub(super) fn shown(&self) -> String {
        match &self.0 {
            At::Url(url) => Position(At::Url(without_query(url))).to_string(),
            _ => self.to_string(),
        }
    }

    /// Returns the error of an operation that asks for pages in another way.
    pub(super) fn of_another_kind(&self, wanted: &str) -> InvalidPosition {
        let own = match self.0 {
            At::Page { .. } => "the number of a page",
            At::Offset(_) => "an offset",
            At::Cursor(_) => "a cursor",
            At::Url(_) => "a URL",
        };
        InvalidPosition(format!("it is {own}; this operation asks for pages by {wanted}"))
    }

    /// Returns the URL of the page at the origin (scheme, host and port; RFC 6454) of another URL.
    #[must_use]
    pub fn url(&self, origin: &Url) -> Option<Url> {
        let At::Url(text) = &self.0 else { return None };
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text.as_str(), None),
        };
        let mut url = origin.clone();
        // Not joined: a path that begins with two slashes would be another host.
        url.set_path(path);
        url.set_query(query);
        url.set_fragment(None);
        Some(url)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Position({})", self.shown())
    }
}

/// Returns what stands before the query of a URL: a query may hold a credential.
pub(super) fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

impl FromStr for Position {
    type Err = InvalidPosition;

    /// Reads the text that a position was written as.
    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        serde_json::from_str(text).map(Position).map_err(|error| InvalidPosition(error.to_string()))
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        At::deserialize(deserializer).map(Position)
    }
}

/// Why a text is no position, or none of the operation that it was given to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPosition(String);

impl InvalidPosition {
    fn value(error: serde_json::Error) -> Self {
        InvalidPosition(format!("it is not what the operation takes: {error}"))
    }
}

impl fmt::Display for InvalidPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = &self.0;
        write!(
            f,
            "the position can't be used: {message}; take one that `Pager::position` gave, or begin anew"
        )
    }
}

impl std::error::Error for InvalidPosition {}
