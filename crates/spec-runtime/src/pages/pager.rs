//! One page after the other, and where it went on.
//!
//! Knows what becomes of errors. Must not know what a page holds.

#[cfg(feature = "blocking")]
use super::blocking::{BlockingItems, BlockingPages};
use super::next::Astray;
use super::{FetchedPage, Items, PagedCall, Pages, Position};
use std::collections::HashSet;
use std::fmt;

/// The pages of a list, one after the other.
///
/// After an error [`next`](Pager::next) may be called again: it fetches the same page. With
/// [`position`](Pager::position) and [`from_position`](Pager::from_position) another process goes on where
/// this one ended.
#[derive(Clone, Debug)]
pub struct Pager<C> {
    call: C,
    state: State,
    /// Where it has been.
    visited: HashSet<Position>,
    /// The number of pages that it still gives.
    left: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    /// Nothing was fetched.
    Start,
    /// The next page is there.
    At(Position),
    /// The answer before led to nowhere.
    Astray(Astray),
    /// It led to where it had been.
    Circle(Position),
    /// There are no more pages.
    End,
}

/// The next act of a pager.
pub(super) enum Step {
    /// It fetches the page at a position; the first one where there is none.
    Fetch(Option<Position>),
    /// It ends.
    End,
}

impl<C: PagedCall> Pager<C> {
    /// Begins with the page that a call asks for.
    pub fn new(call: C) -> Self {
        Pager { call, state: State::Start, visited: HashSet::new(), left: None }
    }

    /// Goes on where another pager of the same call was.
    pub fn from_position(call: C, position: Position) -> Self {
        let visited = HashSet::from([position.clone()]);
        Pager { call, state: State::At(position), visited, left: None }
    }

    /// Ends after this many pages, even if there are more; [`position`](Pager::position) then says where the
    /// next one is.
    #[must_use]
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.left = Some(pages);
        self
    }

    /// Returns the position of the page that comes next; none before the first page, and after the last one.
    pub fn position(&self) -> Option<&Position> {
        match &self.state {
            State::At(position) => Some(position),
            _ => None,
        }
    }

    /// Fetches the next page; none at the end of the list. If the future is dropped, the page is not lost: it
    /// is fetched again.
    ///
    /// # Errors
    ///
    /// [`PageError::Call`] if there is no answer: called again, it asks for the same page. Others say that
    /// the answer before does not lead to a page, and are given again and again.
    pub async fn next(&mut self) -> Result<Option<C::Page>, PageError<C::Error>> {
        match self.step()? {
            Step::Fetch(position) => {
                let fetched = self.call.fetch(position.as_ref()).await;
                self.arrive(fetched).map(Some)
            }
            Step::End => Ok(None),
        }
    }

    /// Returns what comes next.
    pub(super) fn step(&self) -> Result<Step, PageError<C::Error>> {
        match &self.state {
            State::End => Ok(Step::End),
            State::Astray(astray) => Err(astray.clone().into()),
            State::Circle(position) => Err(PageError::Repeated(position.clone())),
            _ if self.left == Some(0) => Ok(Step::End),
            State::Start => Ok(Step::Fetch(None)),
            State::At(position) => Ok(Step::Fetch(Some(position.clone()))),
        }
    }

    /// Returns the call that fetches a page.
    pub(super) fn call(&self) -> &C {
        &self.call
    }

    /// Takes what came of the last step, and goes on to the next page.
    pub(super) fn arrive(
        &mut self,
        fetched: Result<FetchedPage<C::Page>, C::Error>,
    ) -> Result<C::Page, PageError<C::Error>> {
        let FetchedPage { page, count, has_more, next } = fetched.map_err(PageError::Call)?;
        let state = match next.position(self.position(), count, has_more) {
            // What came is not what was asked for, so nobody gets it.
            Err(astray @ Astray::OtherPage { .. }) => {
                self.state = State::Astray(astray.clone());
                return Err(astray.into());
            }
            Err(astray) => State::Astray(astray),
            Ok(None) => State::End,
            Ok(Some(position)) if self.visited.insert(position.clone()) => State::At(position),
            Ok(Some(position)) => State::Circle(position),
        };
        self.state = state;
        self.left = self.left.map(|left| left.saturating_sub(1));
        Ok(page)
    }

    /// Returns a stream of the pages that are left.
    pub fn pages<'c>(self) -> Pages<'c, C>
    where
        C: 'c,
    {
        Pages::new(self)
    }

    /// Returns a stream of the items of the pages that are left.
    pub fn items<'c>(self) -> Items<'c, C>
    where
        C: 'c,
    {
        Items::new(self)
    }

    /// Fetches the next page like [`next`](Pager::next), and waits for it, within an asynchronous runtime,
    /// too.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Pager::next), and [`PageError::NoRuntime`].
    #[cfg(feature = "blocking")]
    pub fn next_blocking(&mut self) -> Result<Option<C::Page>, PageError<C::Error>> {
        match crate::client::block_on(self.next()) {
            Ok(outcome) => outcome,
            Err(error) => Err(PageError::NoRuntime(error.to_string())),
        }
    }

    /// Returns an iterator over the pages that are left, which waits for each.
    #[cfg(feature = "blocking")]
    pub fn pages_blocking(self) -> BlockingPages<C> {
        BlockingPages::new(self)
    }

    /// Returns an iterator over the items of the pages that are left, which waits for each page.
    #[cfg(feature = "blocking")]
    pub fn items_blocking(self) -> BlockingItems<C> {
        BlockingItems::new(self)
    }
}

/// Why there is no next page, though the list is not at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageError<E> {
    /// The call failed. The same page can be asked for again.
    Call(E),
    /// The last answer leads to a page that was there before.
    Repeated(Position),
    /// Another page came than was asked for: the two count differently.
    OtherPage {
        /// The number of the page that was asked for.
        asked: i64,
        /// The number of the page that came.
        answered: i64,
    },
    /// The last answer leads to a server of another origin, which is not asked: it would be shown the
    /// credentials.
    OtherOrigin(String),
    /// The last answer leads to an address that is none; without what may be a query.
    InvalidUrl(String),
    /// Neither the document nor the answer says which number the page has that came, so that the next one is
    /// not known.
    Uncounted,
    /// The last answer says that there are more items, but not where.
    NoNext,
    /// The runtime that calls of those who do not wait asynchronously are made on can't be started.
    NoRuntime(String),
}

impl<E> From<Astray> for PageError<E> {
    fn from(astray: Astray) -> Self {
        match astray {
            Astray::OtherPage { asked, answered } => PageError::OtherPage { asked, answered },
            Astray::OtherOrigin(origin) => PageError::OtherOrigin(origin),
            Astray::NoUrl(text) => PageError::InvalidUrl(text),
            Astray::Uncounted => PageError::Uncounted,
            Astray::NoNext => PageError::NoNext,
        }
    }
}

impl<E: fmt::Display> fmt::Display for PageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PageError::Call(error) => error.fmt(f),
            PageError::Repeated(position) => {
                write!(f, "the answer leads back to the page at {}, which was there before", position.shown())
            }
            PageError::OtherPage { asked, answered } => {
                write!(f, "page {asked} was asked for, but the answer says that it is page {answered}")
            }
            PageError::OtherOrigin(origin) => {
                write!(f, "the answer leads to {origin}, which is not the server that was asked")
            }
            PageError::InvalidUrl(text) => write!(f, "the answer leads to {text:?}, which is no URL"),
            PageError::Uncounted => f.write_str(
                "neither the document nor the answer says which number the page has: \
                 ask for one by its number",
            ),
            PageError::NoNext => f.write_str("the answer says that there are more items, but not where"),
            PageError::NoRuntime(error) => write!(f, "no runtime can be started: {error}"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for PageError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // Its message is that of the call.
            PageError::Call(error) => error.source(),
            _ => None,
        }
    }
}
