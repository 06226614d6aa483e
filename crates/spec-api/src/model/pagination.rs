//! Pagination: how a list comes in pages, as a document declares it.
//!
//! Knows no more than what was declared. Must not know whether an operation has what it speaks of.

use super::ParameterIn;
use spec_document::Location;

/// A declaration of how an operation pages. Whether its parameters and paths are there was not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// Where it stands.
    pub location: Location,
    /// The declaration: `links`, or the name of an extension.
    pub declared_by: &'static str,
    /// The way in which the next page is asked for.
    pub style: PageStyle,
    /// The number of the first page, where it is said.
    pub first: Option<i64>,
    /// A part of a request that says which page it asks for.
    pub inputs: Vec<(PageInput, RequestPlace)>,
    /// A part of an answer that says something of its page, or of the next one.
    pub outputs: Vec<(PageOutput, AnswerPlace)>,
}

/// The way in which the next page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageStyle {
    /// By its number.
    Page,
    /// By how many items come before it.
    Offset,
    /// By a value that the answer gave.
    Cursor,
    /// By a URL that the answer gave.
    Url,
    /// Not at all: all items come at once.
    Single,
}

/// A part of a request that says which page it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the value of its name")]
pub enum PageInput {
    Page,
    Offset,
    Cursor,
    /// The largest number of items of a page.
    Limit,
}

/// A part of an answer that says something of its page, or of the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageOutput {
    /// The items of the page.
    Items,
    /// The cursor, or the URL, of the next page.
    Next,
    /// The number of the page.
    Page,
    /// The number of pages.
    TotalPages,
    /// The number of items.
    TotalItems,
    /// True if there are more items.
    HasMore,
}

/// A place in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestPlace {
    /// A parameter: its name, and which part of the request carries it, if that is said.
    Parameter(String, Option<ParameterIn>),
    /// A property of the body, by the names that lead to it.
    Body(Vec<String>),
}

/// A place in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerPlace {
    /// A property of the body, by the names that lead to it; the whole body where there are none.
    Body(Vec<String>),
    /// A header. Of `Link` (RFC 8288) the target is meant whose relation is `next`.
    Header(String),
}
