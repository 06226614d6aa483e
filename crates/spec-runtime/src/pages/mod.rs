//! Lists that come in pages: an operation is called again and again until all of them are there.
//!
//! [`Pager`] gives page after page, [`PagedCall::pages`] and [`PagedCall::items`] are streams of pages and of
//! their items. Generated builders of operations that page implement [`PagedCall`]. Must not know how a
//! request is sent, nor any particular API: what an answer says of the next page is told by
//! [`FetchedPage`].

#[cfg(feature = "blocking")]
mod blocking;
pub(crate) mod call;
mod link;
mod next;
mod pager;
mod position;
mod streams;

#[cfg(feature = "blocking")]
pub use blocking::{BlockingItems, BlockingPages};
pub use next::Next;
pub use pager::{PageError, Pager};
pub use position::{InvalidPosition, Position};
pub use streams::{Items, Pages};

/// A call that gives one page of a list.
///
/// ```
/// use spec_runtime::pages::{FetchedPage, Next, PagedCall, Pager, Position};
///
/// /// Gives the numbers below 5, two at a time.
/// #[derive(Clone)]
/// struct Numbers;
///
/// impl PagedCall for Numbers {
///     type Page = Vec<u64>;
///     type Item = u64;
///     type Error = std::convert::Infallible;
///
///     async fn fetch(&self, position: Option<&Position>) -> Result<FetchedPage<Vec<u64>>, Self::Error> {
///         let offset = position.and_then(Position::offset).unwrap_or(0);
///         let page: Vec<u64> = (offset..5).take(2).collect();
///         let next = Next::Offset { asked: None, total: Some(5) };
///         Ok(FetchedPage { count: page.len(), has_more: None, next, page })
///     }
///
///     fn items_of(page: Vec<u64>) -> Vec<u64> {
///         page
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut pager = Pager::new(Numbers);
/// let mut all = Vec::new();
/// while let Some(page) = pager.next().await? {
///     all.extend(page);
/// }
/// assert_eq!(all, [0, 1, 2, 3, 4]);
/// # Ok::<(), spec_runtime::pages::PageError<std::convert::Infallible>>(())
/// # }).unwrap();
/// ```
pub trait PagedCall: Clone + Send + Sync + Sized {
    /// The answer that holds a page.
    type Page: Send;
    /// One item of a page.
    type Item: Send;
    /// Why there is no answer.
    type Error: Send;

    /// Fetches the page at a position; the first one, or the one that the call itself asks for, where there
    /// is none.
    fn fetch(
        &self,
        position: Option<&Position>,
    ) -> impl Future<Output = Result<FetchedPage<Self::Page>, Self::Error>> + Send;

    /// Returns the items of a page, in order.
    fn items_of(page: Self::Page) -> Vec<Self::Item>;

    /// Returns what gives page after page, and says where it is.
    fn pager(self) -> Pager<Self> {
        Pager::new(self)
    }

    /// Returns a stream of all pages.
    fn pages<'c>(self) -> Pages<'c, Self>
    where
        Self: 'c,
    {
        Pager::new(self).pages()
    }

    /// Returns a stream of the items of all pages.
    fn items<'c>(self) -> Items<'c, Self>
    where
        Self: 'c,
    {
        Pager::new(self).items()
    }

    /// Returns an iterator over all pages, which waits for each.
    #[cfg(feature = "blocking")]
    fn pages_blocking(self) -> BlockingPages<Self> {
        Pager::new(self).pages_blocking()
    }

    /// Returns an iterator over the items of all pages, which waits for each page.
    #[cfg(feature = "blocking")]
    fn items_blocking(self) -> BlockingItems<Self> {
        Pager::new(self).items_blocking()
    }
}

/// A page, and what its answer says of the next one.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchedPage<P> {
    /// The page.
    pub page: P,
    /// The number of its items.
    pub count: usize,
    /// True if there are more, where the answer says it in so many words.
    pub has_more: Option<bool>,
    /// Where the next page is.
    pub next: Next,
}
