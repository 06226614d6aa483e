//! Pages, and their items, for those who do not wait asynchronously.
//!
//! Must not know how pages are found.

use super::{PageError, PagedCall, Pager};
use std::fmt;
use std::iter::FusedIterator;
use std::vec;

/// An iterator over pages, which waits for each. It ends after the last one, and after an error;
/// [`into_pager`](BlockingPages::into_pager) then goes on.
#[derive(Clone)]
#[must_use = "iterators do nothing unless they are asked for something"]
pub struct BlockingPages<C: PagedCall> {
    pager: Pager<C>,
    is_done: bool,
}

impl<C: PagedCall> BlockingPages<C> {
    pub(super) fn new(pager: Pager<C>) -> Self {
        BlockingPages { pager, is_done: false }
    }

    /// Returns what goes on after the pages that came.
    pub fn into_pager(self) -> Pager<C> {
        self.pager
    }
}

impl<C: PagedCall> Iterator for BlockingPages<C> {
    type Item = Result<C::Page, PageError<C::Error>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let outcome = self.pager.next_blocking().transpose();
        self.is_done = !matches!(outcome, Some(Ok(_)));
        outcome
    }
}

impl<C: PagedCall> FusedIterator for BlockingPages<C> {}

impl<C: PagedCall> fmt::Debug for BlockingPages<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingPages").field("position", &self.pager.position()).finish_non_exhaustive()
    }
}

/// An iterator over the items of all pages, in order, which waits for each page. It ends after the last one,
/// and after an error.
#[must_use = "iterators do nothing unless they are asked for something"]
pub struct BlockingItems<C: PagedCall> {
    pages: BlockingPages<C>,
    /// The rest of the page that came last.
    items: vec::IntoIter<C::Item>,
}

impl<C: PagedCall> BlockingItems<C> {
    pub(super) fn new(pager: Pager<C>) -> Self {
        BlockingItems { pages: BlockingPages::new(pager), items: Vec::new().into_iter() }
    }
}

impl<C: PagedCall> Iterator for BlockingItems<C> {
    type Item = Result<C::Item, PageError<C::Error>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.next() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(page) => self.items = C::items_of(page).into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<C: PagedCall> FusedIterator for BlockingItems<C> {}

impl<C: PagedCall> fmt::Debug for BlockingItems<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingItems").field("pages", &self.pages).finish_non_exhaustive()
    }
}
