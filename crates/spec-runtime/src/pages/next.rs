//! What an answer says → the position of the next page.
//!
//! Knows when a list is at its end. Must not know where in an answer anything stands.

use super::position::{At, Position, without_query};
use reqwest::Url;
use serde_json::Value;

/// The page after an answer, as the answer says it, by the way in which its operation pages.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Pages have numbers. The list ends with the last of `total_pages`, or else when all of `total_items`
    /// are there, or else with an empty page.
    Page {
        /// The number that the call itself asks for where no position is given.
        asked: Option<i64>,
        /// The number of the page, as the answer says it. Where nothing was asked for, it is that of the
        /// first page.
        answered: Option<i64>,
        /// The number of the first page, as the document says it.
        first: Option<i64>,
        /// The number of pages.
        total_pages: Option<u64>,
        /// The number of items.
        total_items: Option<u64>,
    },
    /// Pages begin at an offset, which advances by as many items as came. The list ends with the last item of
    /// `total`, and with an empty page.
    Offset {
        /// The offset that the call itself asks for where no position is given.
        asked: Option<u64>,
        /// The number of items.
        total: Option<u64>,
    },
    /// The answer gives what the next request asks for. The list ends where it is null or an empty text.
    Cursor(Option<Value>),
    /// The answer gives the URL of the next page. The list ends where there is none.
    Url {
        /// The URL that was asked.
        asked: Url,
        /// The URL of the next page, which may be relative.
        next: Option<String>,
    },
}

/// Why an answer is not followed to the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Astray {
    /// Another page came than was asked for.
    OtherPage { asked: i64, answered: i64 },
    /// The next page is not where this one was.
    OtherOrigin(String),
    /// The next page has an address that is none.
    NoUrl(String),
    /// Nobody says which number the page has.
    Uncounted,
    /// There are more items, but it is not said where.
    NoNext,
}

impl Next {
    /// Returns the position of the next page; none at the end of the list. `asked` is the position of the
    /// page that came.
    pub(super) fn position(
        self,
        asked: Option<&Position>,
        count: usize,
        has_more: Option<bool>,
    ) -> Result<Option<Position>, Astray> {
        let count = count as u64;
        let is_last = has_more == Some(false);
        match self {
            Next::Page { asked: own, answered, first, total_pages, total_items } => {
                let (number, first, before) = match asked.map(|position| &position.0) {
                    Some(At::Page { number, first, before }) => {
                        if let Some(answered) = answered.filter(|answered| answered != number) {
                            return Err(Astray::OtherPage { asked: *number, answered });
                        }
                        (*number, *first, *before)
                    }
                    _ => match begin(own, answered, first)? {
                        Some(begun) => begun,
                        // Whichever number it has, it is the last one.
                        None if is_last || count == 0 || total_pages.is_some_and(|pages| pages <= 1) => {
                            return Ok(None);
                        }
                        None => return Err(Astray::Uncounted),
                    },
                };
                let next = number.saturating_add(1);
                let before = before.map(|before| before.saturating_add(count));
                let is_end = match (total_pages, total_items, before) {
                    _ if is_last => true,
                    _ if has_more == Some(true) => false,
                    (Some(pages), ..) => {
                        let beyond = first.unwrap_or(1).saturating_add_unsigned(pages);
                        // Of pages that begin with an unknown number, an empty one is the last one, too.
                        next >= beyond || (first.is_none() && count == 0)
                    }
                    (None, Some(items), Some(before)) => before >= items || count == 0,
                    (None, ..) => count == 0,
                };
                Ok((!is_end).then_some(Position(At::Page { number: next, first, before })))
            }
            Next::Offset { asked: own, total } => {
                let offset = asked.and_then(Position::offset).or(own).unwrap_or(0);
                let next = offset.saturating_add(count);
                match has_more {
                    // The total may be that of something else.
                    Some(true) if count == 0 => Err(Astray::NoNext),
                    Some(true) => Ok(Some(Position(At::Offset(next)))),
                    _ => {
                        let is_end = is_last || count == 0 || total.is_some_and(|total| next >= total);
                        Ok((!is_end).then_some(Position(At::Offset(next))))
                    }
                }
            }
            Next::Cursor(cursor) => {
                let is_empty = |cursor: &Value| cursor.is_null() || cursor.as_str() == Some("");
                match cursor.filter(|cursor| !is_last && !is_empty(cursor)) {
                    Some(cursor) => Ok(Some(Position(At::Cursor(cursor)))),
                    None if has_more == Some(true) => Err(Astray::NoNext),
                    None => Ok(None),
                }
            }
            Next::Url { asked, next } => match next.filter(|next| !is_last && !next.is_empty()) {
                Some(next) => followed(&asked, &next).map(Some),
                None if has_more == Some(true) => Err(Astray::NoNext),
                None => Ok(None),
            },
        }
    }
}

/// The number of a page, that of the first page, and how many items are before the page, as far as they are
/// known.
type Begun = (i64, Option<i64>, Option<u64>);

/// Returns where a page is that came without a position; none where nobody says its number.
fn begin(asked: Option<i64>, answered: Option<i64>, first: Option<i64>) -> Result<Option<Begun>, Astray> {
    match (asked, answered) {
        (None, _) => Ok(answered.or(first).map(|first| (first, Some(first), Some(0)))),
        (Some(asked), Some(answered)) if asked != answered => Err(Astray::OtherPage { asked, answered }),
        (Some(number), _) => {
            let first = if number == 0 { Some(0) } else { first };
            Ok(Some((number, first, (first == Some(number)).then_some(0))))
        }
    }
}

/// Returns the position of a URL that an answer gave.
fn followed(asked: &Url, next: &str) -> Result<Position, Astray> {
    let Ok(url) = asked.join(next) else { return Err(Astray::NoUrl(without_query(next))) };
    if url.origin() != asked.origin() {
        return Err(Astray::OtherOrigin(url.origin().ascii_serialization()));
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(Position(At::Url(format!("{}{query}", url.path()))))
}
