//! Streams of pages, and of their items.
//!
//! Knows when a stream is at its end: after the last page, and after an error. Must not know how pages are
//! found.

use super::pager::Step;
use super::{FetchedPage, PageError, PagedCall, Pager};
use futures_util::Stream;
use futures_util::stream::FusedStream;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

/// A page, or why there is none.
type Outcome<C> = Result<<C as PagedCall>::Page, PageError<<C as PagedCall>::Error>>;

/// A page that is being fetched.
type Fetching<'c, C> = Pin<
    Box<
        dyn Future<Output = Result<FetchedPage<<C as PagedCall>::Page>, <C as PagedCall>::Error>> + Send + 'c,
    >,
>;

/// A stream of pages. It ends after the last one, and after an error; [`into_pager`](Pages::into_pager) then
/// goes on.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<'c, C: PagedCall> {
    pager: Pager<C>,
    state: State<'c, C>,
}

enum State<'c, C: PagedCall> {
    Idle,
    Fetching(Fetching<'c, C>),
    Done,
}

impl<'c, C: PagedCall + 'c> Pages<'c, C> {
    pub(super) fn new(pager: Pager<C>) -> Self {
        Pages { pager, state: State::Idle }
    }

    /// Returns what goes on after the pages that came.
    pub fn into_pager(self) -> Pager<C> {
        self.pager
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Outcome<C>>> {
        let outcome = loop {
            match &mut self.state {
                State::Idle => match self.pager.step() {
                    Ok(Step::Fetch(position)) => {
                        let call = self.pager.call().clone();
                        let fetch = async move { call.fetch(position.as_ref()).await };
                        self.state = State::Fetching(Box::pin(fetch));
                    }
                    Ok(Step::End) => break None,
                    Err(error) => break Some(Err(error)),
                },
                State::Fetching(fetch) => {
                    let fetched = ready!(fetch.as_mut().poll(context));
                    break Some(self.pager.arrive(fetched));
                }
                State::Done => break None,
            }
        };
        self.state = if matches!(outcome, Some(Ok(_))) { State::Idle } else { State::Done };
        Poll::Ready(outcome)
    }
}

// Nothing in it is pinned but what a box holds.
impl<C: PagedCall> Unpin for Pages<'_, C> {}

impl<'c, C: PagedCall + 'c> Stream for Pages<'c, C> {
    type Item = Result<C::Page, PageError<C::Error>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<'c, C: PagedCall + 'c> FusedStream for Pages<'c, C> {
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Done)
    }
}

impl<C: PagedCall> fmt::Debug for Pages<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("position", &self.pager.position()).finish_non_exhaustive()
    }
}

/// A stream of the items of all pages, in order. It ends after the last one, and after an error.
#[must_use = "streams do nothing unless polled"]
pub struct Items<'c, C: PagedCall> {
    pages: Pages<'c, C>,
    /// The rest of the page that came last.
    items: vec::IntoIter<C::Item>,
}

impl<'c, C: PagedCall + 'c> Items<'c, C> {
    pub(super) fn new(pager: Pager<C>) -> Self {
        Items { pages: Pages::new(pager), items: Vec::new().into_iter() }
    }
}

impl<C: PagedCall> Unpin for Items<'_, C> {}

impl<'c, C: PagedCall + 'c> Stream for Items<'c, C> {
    type Item = Result<C::Item, PageError<C::Error>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let own = self.get_mut();
        loop {
            if let Some(item) = own.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(own.pages.poll(context)) {
                Some(Ok(page)) => own.items = C::items_of(page).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<'c, C: PagedCall + 'c> FusedStream for Items<'c, C> {
    fn is_terminated(&self) -> bool {
        self.items.as_slice().is_empty() && self.pages.is_terminated()
    }
}

impl<C: PagedCall> fmt::Debug for Items<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).finish_non_exhaustive()
    }
}
