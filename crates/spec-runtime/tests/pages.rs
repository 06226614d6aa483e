//! Pages: lists that servers cut in all kinds of ways come whole, once, and in order; and what leads nowhere
//! is an error.

use futures_util::stream::FusedStream;
use futures_util::{Stream, StreamExt, TryStreamExt};
use reqwest::Url;
use serde_json::{Value, json};
use spec_runtime::pages::{FetchedPage, Next, PageError, PagedCall, Pager, Position};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

/// The answer of a server for a position.
type Answer = dyn Fn(Option<&Position>) -> FetchedPage<Vec<u64>> + Send + Sync;

/// A server in memory: answers by position, and a log of what it was asked.
#[derive(Clone)]
struct Server {
    answer: Arc<Answer>,
    asked: Arc<Mutex<Vec<String>>>,
    /// The requests that fail, by how many came before them.
    failing: Arc<Mutex<VecDeque<usize>>>,
}

impl Server {
    fn new(answer: impl Fn(Option<&Position>) -> FetchedPage<Vec<u64>> + Send + Sync + 'static) -> Self {
        Server { answer: Arc::new(answer), asked: Arc::default(), failing: Arc::default() }
    }

    fn failing(self, requests: impl IntoIterator<Item = usize>) -> Self {
        self.failing.lock().unwrap().extend(requests);
        self
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl PagedCall for Server {
    type Page = Vec<u64>;
    type Item = u64;
    type Error = String;

    async fn fetch(&self, position: Option<&Position>) -> Result<FetchedPage<Vec<u64>>, String> {
        // Not ready at once, as no server is.
        let mut is_asked = false;
        poll_fn(|context| {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut is_asked, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let mut asked = self.asked.lock().unwrap();
        let number = asked.len();
        asked.push(position.map_or("first".to_owned(), Position::to_string));
        let mut failing = self.failing.lock().unwrap();
        if failing.front() == Some(&number) {
            failing.pop_front();
            return Err("503".to_owned());
        }
        Ok((self.answer)(position))
    }

    fn items_of(page: Vec<u64>) -> Vec<u64> {
        page
    }
}

fn fetched(page: impl IntoIterator<Item = u64>, next: Next) -> FetchedPage<Vec<u64>> {
    let page: Vec<u64> = page.into_iter().collect();
    FetchedPage { count: page.len(), page, has_more: None, next }
}

/// The facts that a server says of its numbered pages.
#[derive(Clone, Copy)]
struct Numbered {
    /// The number of the first page.
    first: i64,
    says_number: bool,
    says_pages: bool,
    says_items: bool,
}

/// A server of items from 0, a hundred a page at most, whatever it is asked for.
fn numbered(items: u64, server: Numbered) -> Server {
    Server::new(move |position| {
        let number = position.map_or(server.first, |position| position.page().unwrap());
        let start = u64::try_from(number - server.first).unwrap() * 100;
        let next = Next::Page {
            asked: None,
            answered: server.says_number.then_some(number),
            first: (!server.says_number).then_some(server.first),
            total_pages: server.says_pages.then_some(items.div_ceil(100)),
            total_items: server.says_items.then_some(items),
        };
        fetched(start.min(items)..(start + 100).min(items), next)
    })
}

fn all(items: u64) -> Vec<u64> {
    (0..items).collect()
}

fn position(value: Value) -> Position {
    value.to_string().parse().unwrap()
}

#[tokio::test]
async fn numbered_pages_come_whole_from_0_and_from_1() {
    for first in [0, 1] {
        for says in 0..8 {
            let [says_number, says_pages, says_items] = [1, 2, 4].map(|bit| says & bit != 0);
            let server = Numbered { first, says_number, says_pages, says_items };
            for items in [0, 1, 100, 250, 300] {
                let call = numbered(items, server);
                let found: Vec<u64> = call.clone().items().try_collect().await.unwrap();
                assert_eq!(found, all(items), "from {first}, says {says}, {items} items");
                // Where nothing is said, only an empty page is the end.
                let needed = match says_pages || says_items {
                    true => items.div_ceil(100).max(1),
                    false => items / 100 + u64::from(items % 100 != 0) + u64::from(items > 0),
                };
                let needed = usize::try_from(needed.max(1)).unwrap();
                assert_eq!(call.asked().len(), needed, "from {first}, says {says}, {items} items");
            }
        }
    }
}

/// A call that asks for a page itself does not say whether that is the first one.
#[tokio::test]
async fn numbered_pages_from_the_middle() {
    for (first, asked, from) in [(0, 1, 100), (1, 2, 100), (0, 0, 0), (1, 1, 0)] {
        for says in 0..4 {
            let [says_pages, says_items] = [1, 2].map(|bit| says & bit != 0);
            let call = Server::new(move |position| {
                let number = position.map_or(asked, |position| position.page().unwrap());
                let start = u64::try_from(number - first).unwrap() * 100;
                let next = Next::Page {
                    asked: Some(asked),
                    answered: Some(number),
                    first: None,
                    total_pages: says_pages.then_some(3),
                    total_items: says_items.then_some(250),
                };
                fetched(start.min(250)..(start + 100).min(250), next)
            });
            let found: Vec<u64> = call.items().try_collect().await.unwrap();
            assert_eq!(found, (from..250).collect::<Vec<_>>(), "from {first}, asked {asked}, says {says}");
        }
    }
}

#[tokio::test]
async fn an_empty_page_in_the_middle_of_a_known_number_goes_on() {
    let call = Server::new(|position| {
        let number = position.map_or(1, |position| position.page().unwrap());
        let items = if number == 2 { 0 } else { 1 };
        let next = Next::Page {
            asked: None,
            answered: Some(number),
            first: None,
            total_pages: Some(3),
            total_items: None,
        };
        fetched((0..items).map(|_| number as u64), next)
    });
    assert_eq!(call.items().try_collect::<Vec<_>>().await.unwrap(), [1, 3]);
}

#[tokio::test]
async fn another_page_than_asked_for_is_an_error_and_is_not_given() {
    // It counts from 1, and tells from 0.
    let call = Server::new(|position| {
        let number = position.map_or(1, |position| position.page().unwrap());
        let next = Next::Page {
            asked: None,
            answered: Some(number - 1),
            first: None,
            total_pages: Some(3),
            total_items: None,
        };
        fetched([number as u64], next)
    });
    let mut pager = Pager::new(call);
    assert_eq!(pager.next().await, Ok(Some(vec![1])));
    let error = PageError::OtherPage { asked: 1, answered: 0 };
    assert_eq!(pager.next().await, Err(error.clone()));
    assert_eq!(pager.next().await, Err(error));
}

fn offset(items: u64, total: Option<u64>, most: u64) -> Server {
    Server::new(move |position| {
        let offset = position.map_or(0, |position| position.offset().unwrap());
        let next = Next::Offset { asked: None, total };
        fetched(offset.min(items)..(offset + most).min(items), next)
    })
}

#[tokio::test]
async fn offsets_advance_by_what_came() {
    for (total, requests) in [(Some(250), 3), (None, 4), (Some(900), 4)] {
        let call = offset(250, total, 100);
        assert_eq!(call.clone().items().try_collect::<Vec<_>>().await.unwrap(), all(250));
        assert_eq!(call.asked().len(), requests, "{total:?}");
        assert_eq!(call.asked()[1..3], [r#"{"offset":100}"#, r#"{"offset":200}"#]);
    }
    // The call itself begins later.
    let call = Server::new(|position| {
        let offset = position.map_or(240, |position| position.offset().unwrap());
        let next = Next::Offset { asked: Some(240), total: Some(250) };
        fetched(offset..(offset + 5).min(250), next)
    });
    assert_eq!(call.items().try_collect::<Vec<_>>().await.unwrap(), (240..250).collect::<Vec<_>>());
}

/// A server that gives, for each cursor, items and the next cursor.
fn cursors(pages: &'static [(&'static str, &'static [u64], Option<&'static str>)]) -> Server {
    Server::new(move |position| {
        let cursor = position.map_or(String::new(), |position| position.cursor().unwrap());
        let (_, items, next) = pages.iter().find(|(own, ..)| *own == cursor).unwrap();
        fetched(items.iter().copied(), Next::Cursor(next.map(Value::from)))
    })
}

#[tokio::test]
async fn cursors_go_on_over_an_empty_page_and_end_without_one() {
    for end in [None, Some("")] {
        let call = Server::new(move |position| {
            let cursor = position.map_or(String::new(), |position| position.cursor().unwrap());
            let (items, next): (&[u64], _) = match cursor.as_str() {
                "" => (&[1, 2], Some("a")),
                "a" => (&[], Some("b")),
                _ => (&[3], end),
            };
            fetched(items.iter().copied(), Next::Cursor(next.map(Value::from)))
        });
        assert_eq!(call.clone().items().try_collect::<Vec<_>>().await.unwrap(), [1, 2, 3]);
        assert_eq!(call.asked().len(), 3);
    }
}

#[tokio::test]
async fn a_cursor_that_leads_back_is_an_error() {
    let call = cursors(&[("", &[1], Some("a")), ("a", &[2], Some("a"))]);
    let mut pager = Pager::new(call.clone());
    assert_eq!(pager.next().await, Ok(Some(vec![1])));
    assert_eq!(pager.next().await, Ok(Some(vec![2])));
    let error = PageError::Repeated(position(json!({ "cursor": "a" })));
    assert_eq!(pager.next().await, Err(error.clone()));
    assert_eq!(pager.next().await, Err(error));
    assert_eq!(call.asked().len(), 2);
    // A longer circle, too.
    let call = cursors(&[("", &[1], Some("a")), ("a", &[2], Some("b")), ("b", &[3], Some("a"))]);
    let found: Vec<_> = call.clone().items().collect().await;
    assert_eq!(found[..3], [Ok(1), Ok(2), Ok(3)]);
    assert!(matches!(found[3..], [Err(PageError::Repeated(_))]), "{found:?}");
    assert_eq!(call.asked().len(), 3);
}

#[tokio::test]
async fn what_says_whether_there_is_more_is_believed() {
    // The last page has a cursor, too.
    let call = Server::new(|position| {
        let number = position.map_or(0, |position| position.cursor::<u64>().unwrap());
        let next = Next::Cursor(Some(json!(number + 1)));
        FetchedPage { has_more: Some(number < 2), ..fetched([number], next) }
    });
    assert_eq!(call.items().try_collect::<Vec<_>>().await.unwrap(), [0, 1, 2]);
    // More than the total says.
    let call = Server::new(|position| {
        let offset = position.map_or(0, |position| position.offset().unwrap());
        let next = Next::Offset { asked: None, total: Some(1) };
        FetchedPage { has_more: Some(offset < 2), ..fetched([offset], next) }
    });
    assert_eq!(call.items().try_collect::<Vec<_>>().await.unwrap(), [0, 1, 2]);
}

#[tokio::test]
async fn after_an_error_the_same_page_is_fetched_again() {
    let server = Numbered { first: 1, says_number: true, says_pages: true, says_items: false };
    let call = numbered(250, server).failing([0, 3]);
    let mut pager = Pager::new(call.clone());
    let (mut found, mut errors) = (Vec::new(), 0);
    loop {
        match pager.next().await {
            Ok(Some(page)) => found.extend(page),
            Ok(None) => break,
            Err(error) => {
                assert_eq!(error, PageError::Call("503".to_owned()));
                errors += 1;
            }
        }
    }
    assert_eq!((found, errors), (all(250), 2));
    let asked = call.asked();
    assert_eq!((asked.len(), &asked[0], &asked[2]), (5, &asked[1], &asked[2]));
    assert_eq!(asked[3], asked[4]);
}

/// Page 3 fails; another process goes on by the position, which was kept as text.
#[tokio::test]
async fn resuming_loses_nothing_and_repeats_nothing() {
    let server = Numbered { first: 0, says_number: true, says_pages: false, says_items: true };
    for call in [numbered(250, server), offset(250, Some(250), 100)] {
        let call = call.failing([2]);
        let mut pages = call.clone().pages();
        let mut found = Vec::new();
        let error = loop {
            match pages.next().await.unwrap() {
                Ok(page) => found.extend(page),
                Err(error) => break error,
            }
        };
        assert_eq!(error.to_string(), "503");
        assert!(pages.is_terminated() && pages.next().await.is_none());
        assert_eq!(found, all(200));
        let kept = pages.into_pager().position().unwrap().to_string();
        let resumed = Pager::from_position(call.clone(), kept.parse().unwrap());
        let rest: Vec<u64> = resumed.items().try_collect().await.unwrap();
        found.extend(rest);
        assert_eq!(found, all(250));
        assert_eq!(call.asked().len(), 4);
    }
}

#[tokio::test]
async fn a_circle_is_seen_after_resuming() {
    let call = cursors(&[("a", &[2], Some("a"))]);
    let mut pager = Pager::from_position(call, position(json!({ "cursor": "a" })));
    assert_eq!(pager.next().await, Ok(Some(vec![2])));
    assert!(matches!(pager.next().await, Err(PageError::Repeated(_))));
}

#[tokio::test]
async fn a_bound_on_pages_ends_where_it_can_go_on() {
    let call = offset(250, None, 100);
    let mut pager = Pager::new(call.clone()).max_pages(2);
    assert!(pager.next().await.unwrap().is_some() && pager.next().await.unwrap().is_some());
    assert_eq!(pager.next().await, Ok(None));
    assert_eq!((pager.position().unwrap().offset(), call.asked().len()), (Some(200), 2));
    let items: Vec<u64> = Pager::new(call.clone()).max_pages(1).items().try_collect().await.unwrap();
    assert_eq!(items, all(100));
    assert!(Pager::new(call).max_pages(0).pages().next().await.is_none());
}

#[tokio::test]
async fn streams_stay_at_their_end() {
    let mut items = offset(3, Some(3), 2).items();
    assert!(!items.is_terminated());
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        found.push(item.unwrap());
    }
    assert_eq!(found, [0, 1, 2]);
    assert!(items.is_terminated() && items.next().await.is_none());
}

/// A future that is dropped takes no page with it.
#[tokio::test]
async fn a_dropped_future_loses_no_page() {
    let call = offset(3, Some(3), 2);
    let mut pager = Pager::new(call.clone());
    {
        let mut next = Box::pin(pager.next());
        poll_fn(|context| {
            assert!(next.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    assert_eq!(pager.next().await, Ok(Some(vec![0, 1])));
    let mut pages = call.pages();
    poll_fn(|context| {
        assert!(std::pin::Pin::new(&mut pages).poll_next(context).is_pending());
        Poll::Ready(())
    })
    .await;
    assert_eq!(pages.into_pager().next().await, Ok(Some(vec![0, 1])));
}

/// Returns the next URL, as the answer at `https://a.example/v1/pets?key=k` says it.
async fn follow(next: &'static str) -> Result<Option<String>, PageError<String>> {
    let asked = Url::parse("https://a.example/v1/pets?key=k").unwrap();
    let base = asked.clone();
    let call = Server::new(move |position| {
        let next = position.is_none().then(|| next.to_owned());
        fetched([1], Next::Url { asked: asked.clone(), next })
    });
    let mut pager = Pager::new(call);
    pager.next().await?;
    let url = pager.position().and_then(|position| position.url(&base)).map(|url| url.to_string());
    pager.next().await?;
    Ok(url)
}

#[tokio::test]
async fn urls_are_followed_on_the_same_origin_only() {
    let good = [
        ("https://a.example/v1/pets?page=2", "https://a.example/v1/pets?page=2"),
        ("https://a.example:443/x#y", "https://a.example/x"),
        ("https://u:p@a.example/x", "https://a.example/x"),
        ("/x?a=%2F&b=c+d", "https://a.example/x?a=%2F&b=c+d"),
        ("?page=2", "https://a.example/v1/pets?page=2"),
        ("https://a.example//b.example/x", "https://a.example//b.example/x"),
    ];
    for (next, url) in good {
        assert_eq!(follow(next).await, Ok(Some(url.to_owned())), "{next}");
    }
    assert_eq!(follow("").await, Ok(None));
    let other = [
        ("https://b.example/v1/pets", "https://b.example"),
        ("http://a.example/v1/pets", "http://a.example"),
        ("https://a.example:444/v1/pets", "https://a.example:444"),
        ("//b.example/x", "https://b.example"),
        ("file:///etc/passwd", "null"),
    ];
    for (next, origin) in other {
        assert_eq!(follow(next).await, Err(PageError::OtherOrigin(origin.to_owned())), "{next}");
    }
    assert!(matches!(follow("https://[").await, Err(PageError::InvalidUrl(_))));
}

/// A position that someone else wrote does not lead away, either.
#[test]
fn positions_stay_at_their_server() {
    let origin = Url::parse("https://a.example/v1?key=k").unwrap();
    let cases = [
        ("//b.example/x", "https://a.example//b.example/x"),
        ("https://b.example/x", "https://a.example/https://b.example/x"),
        ("\\\\b.example/x", "https://a.example//b.example/x"),
        ("@b.example/x?y", "https://a.example/@b.example/x?y"),
    ];
    for (text, url) in cases {
        let position = position(json!({ "url": text }));
        assert_eq!(position.url(&origin).unwrap().as_str(), url);
    }
}

#[test]
fn positions_are_texts() {
    let kinds = [
        json!({ "page": { "number": 3, "first": 0, "before": 200 } }),
        json!({ "page": { "number": 3 } }),
        json!({ "offset": 200 }),
        json!({ "cursor": "a" }),
        json!({ "cursor": 7 }),
        json!({ "url": "/pets?page=2" }),
    ];
    for value in kinds {
        let text = value.to_string();
        let read: Position = text.parse().unwrap();
        assert_eq!(read.to_string(), text);
        assert_eq!(serde_json::to_value(&read).unwrap(), value);
        assert_eq!(serde_json::from_value::<Position>(value).unwrap(), read);
    }
    for text in ["", "3", "{}", "{\"offset\":-1}", "{\"page\":{}}", "{\"other\":1}"] {
        let error = text.parse::<Position>().unwrap_err().to_string();
        assert!(error.starts_with("the position can't be used: "), "{error}");
    }
}

#[test]
fn cursors_are_what_the_parameter_takes() {
    let cursor = |value: Value| position(json!({ "cursor": value }));
    assert_eq!(cursor(json!("a")).cursor::<String>(), Ok("a".to_owned()));
    assert_eq!(cursor(json!("12")).cursor::<String>(), Ok("12".to_owned()));
    assert_eq!(cursor(json!(12)).cursor::<String>(), Ok("12".to_owned()));
    assert_eq!(cursor(json!("12")).cursor::<u32>(), Ok(12));
    assert!(cursor(json!("x")).cursor::<u32>().is_err());
    assert!(cursor(json!({})).cursor::<String>().is_err());
    assert!(position(json!({ "offset": 1 })).cursor::<String>().is_err());
}

/// Within an asynchronous runtime, too.
#[cfg(feature = "blocking")]
#[tokio::test]
async fn those_who_wait_get_the_same() {
    let server = Numbered { first: 0, says_number: true, says_pages: true, says_items: true };
    let found: Result<Vec<u64>, _> = numbered(250, server).items_blocking().collect();
    assert_eq!(found.unwrap(), all(250));
    let pages: Result<Vec<_>, _> = numbered(250, server).pages_blocking().collect();
    assert_eq!(pages.unwrap().iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);

    // An iterator ends after an error, and its pager goes on.
    let mut pages = numbered(250, server).failing([1]).pages_blocking();
    assert_eq!(pages.next().unwrap().unwrap().len(), 100);
    assert_eq!(pages.next().unwrap(), Err(PageError::Call("503".to_owned())));
    assert!(pages.next().is_none());
    let rest: Result<Vec<u64>, _> = pages.into_pager().items_blocking().collect();
    assert_eq!(rest.unwrap(), (100..250).collect::<Vec<u64>>());
}

/// A server that gives an answer of one item, and says this of the next page.
async fn said(has_more: Option<bool>, next: Next) -> Result<Option<Vec<u64>>, PageError<String>> {
    let server = Server::new(move |_| FetchedPage { page: vec![1], count: 1, has_more, next: next.clone() });
    let mut pager = server.pager();
    pager.next().await?;
    pager.next().await
}

#[tokio::test]
async fn a_list_never_ends_where_it_can_not_be_known() {
    let page = |asked, answered, total_pages| Next::Page {
        asked,
        answered,
        first: None,
        total_pages,
        total_items: None,
    };
    // It may be counted from 0 or from 1.
    assert_eq!(said(None, page(None, None, None)).await, Err(PageError::Uncounted));
    assert_eq!(said(None, page(None, None, Some(1))).await, Ok(None));
    assert_eq!(said(Some(false), page(None, None, None)).await, Ok(None));
    let other = PageError::OtherPage { asked: 3, answered: 0 };
    assert_eq!(said(None, page(Some(3), Some(0), None)).await, Err(other));
    // There are more, but nobody says where.
    let asked = Url::parse("http://a.test/").unwrap();
    for next in [Next::Cursor(None), Next::Cursor(Some(json!(""))), Next::Url { asked, next: None }] {
        assert_eq!(said(Some(true), next.clone()).await, Err(PageError::NoNext));
        assert_eq!(said(None, next).await, Ok(None));
    }
    let empty = Server::new(|_| FetchedPage {
        has_more: Some(true),
        ..fetched([], Next::Offset { asked: None, total: None })
    });
    let mut pager = empty.pager();
    pager.next().await.unwrap();
    assert_eq!(pager.next().await, Err(PageError::NoNext));
}

#[test]
fn queries_are_not_shown() {
    let url = position(json!({"url": "/list?key=hush"}));
    assert!(url.to_string().contains("hush"));
    let repeated = PageError::<String>::Repeated(url.clone());
    for shown in [format!("{url:?}"), format!("{repeated:?}"), repeated.to_string()] {
        assert!(shown.contains("/list") && !shown.contains("hush"), "{shown}");
    }
}
