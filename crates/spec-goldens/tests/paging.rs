//! Lists that come in pages: generated clients fetch all of a list, once and in order, in each way in which a
//! server can cut it.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use spec_goldens::pages::client::Client;
use spec_goldens::pages::models::{Search, Thing};
use spec_runtime::client::{Configure, Error, InProcess, Retry};
use spec_runtime::pages::{PageError, PagedCall, Pager, Position};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request, as far as pages depend on it.
struct Asked {
    query: HashMap<String, String>,
    body: Value,
    headers: HeaderMap,
}

impl Asked {
    fn number(&self, name: &str) -> Option<usize> {
        self.query.get(name).map(|text| text.parse().unwrap())
    }
}

type Answer = (StatusCode, Vec<(&'static str, String)>, Value);

/// Answers a request, which so many others came before.
type Rule = dyn Fn(usize, &Asked) -> Answer + Send + Sync;

/// Answers requests by a rule, and keeps the queries and bodies that it was asked for.
#[derive(Clone)]
struct Server {
    rule: Arc<Rule>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(rule: impl Fn(usize, &Asked) -> Answer + Send + Sync + 'static) -> Self {
        Server { rule: Arc::new(rule), log: Arc::default() }
    }

    fn client(&self) -> Client {
        let router: Router = Router::new().fallback(answer).with_state(self.clone());
        let retry = Retry::new().with_first_wait(Duration::from_millis(1));
        Client::new("http://pages.test").with_transport(InProcess::new(router)).with_retry(retry)
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

async fn answer(State(server): State<Server>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (query, body) = (parts.uri.query().unwrap_or_default(), to_bytes(body, 1000).await.unwrap());
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let asked = Asked {
        query: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        headers: parts.headers,
    };
    let before = {
        let mut log = server.log.lock().unwrap();
        log.push(if body.is_empty() { query.to_owned() } else { asked.body.to_string() });
        log.len() - 1
    };
    let (status, named, body) = (server.rule)(before, &asked);
    let mut response = (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response();
    for (name, value) in named {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

fn ok(body: Value) -> Answer {
    (StatusCode::OK, Vec::new(), body)
}

/// Things with these numbers.
fn things(ids: std::ops::Range<usize>) -> Value {
    ids.map(|id| json!({"id": id})).collect()
}

/// The things of a list of 250 from a place on: as many as are asked for, but never more than 100.
fn slice(start: usize, limit: Option<usize>) -> Value {
    things(start.min(250)..(start + limit.unwrap_or(25).min(100)).min(250))
}

fn ids(things: &[Thing]) -> Vec<i64> {
    things.iter().map(|thing| thing.id).collect()
}

fn all() -> Vec<i64> {
    (0..250).collect()
}

/// A list that counts pages from 0, and cuts what it is asked for to 100.
fn from_zero(before: usize, asked: &Asked, failing: &[usize]) -> Answer {
    if failing.contains(&before) {
        return (StatusCode::SERVICE_UNAVAILABLE, Vec::new(), Value::Null);
    }
    let page = asked.number("page").unwrap_or(0);
    let size = asked.number("limit").unwrap_or(25).min(100);
    let body = json!({
        "items": slice(page * size, Some(size)), "page": page, "page_size": size,
        "total_pages": 250_usize.div_ceil(size), "total_count": null,
    });
    ok(body)
}

#[tokio::test]
async fn numbers_from_0_whatever_the_limit() {
    for (limit, pages) in [(None, 10), (Some(1000), 3), (Some(100), 3), (Some(50), 5)] {
        let server = Server::new(|before, asked| from_zero(before, asked, &[]));
        let client = server.client();
        let mut list = client.list_from_zero();
        if let Some(limit) = limit {
            list = list.limit(limit);
        }
        let found: Vec<Thing> = list.items().try_collect().await.unwrap();
        assert_eq!(ids(&found), all());
        assert_eq!(server.log().len(), pages, "{limit:?}");
    }
}

#[tokio::test]
async fn a_page_that_fails_is_tried_again() {
    let server = Server::new(|before, asked| from_zero(before, asked, &[2, 3]));
    let found: Vec<Thing> = server.client().list_from_zero().items().try_collect().await.unwrap();
    assert_eq!(ids(&found), all());
    assert_eq!(server.log().len(), 12);
}

#[tokio::test]
async fn a_pager_goes_on_where_another_failed() {
    // All attempts at the third page fail.
    let server = Server::new(|before, asked| from_zero(before, asked, &[2, 3, 4]));
    let client = server.client();
    let mut pager = client.list_from_zero().limit(50).pager();
    let mut found = Vec::new();
    let error = loop {
        match pager.next().await {
            Ok(page) => found.extend(page.expect("a third page").items),
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, PageError::Call(error) if error.status().unwrap() == 503), "{error}");
    let kept = serde_json::to_string(pager.position().unwrap()).unwrap();
    let position: Position = serde_json::from_str(&kept).unwrap();
    let rest = Pager::from_position(client.list_from_zero().limit(50), position);
    found.extend(rest.items().try_collect::<Vec<Thing>>().await.unwrap());
    assert_eq!(ids(&found), all());
}

#[tokio::test]
#[allow(deprecated)]
async fn numbers_from_1_until_a_page_is_empty() {
    let server = Server::new(|_, asked| {
        let page = asked.number("page").unwrap();
        let found = slice((page - 1) * 100, Some(100));
        // The last page says nothing at all.
        ok(if found == json!([]) { json!({"result": null}) } else { json!({"result": {"found": found}}) })
    });
    let client = server.client();
    let found: Vec<Thing> = client.list_from_one().page(1).items().try_collect().await.unwrap();
    assert_eq!(
        (ids(&found), server.log()),
        (all(), ["page=1", "page=2", "page=3", "page=4"].map(Into::into).into())
    );
}

#[tokio::test]
async fn offsets_advance_by_what_came() {
    let server = Server::new(|before, asked| {
        let start = asked.number("offset").unwrap_or(0);
        // Pages of different sizes.
        ok(json!({"items": slice(start, Some(100 - before)), "total": 250.0}))
    });
    let client = server.client();
    let found: Vec<Thing> = client.list_by_offset().items().try_collect().await.unwrap();
    assert_eq!((ids(&found), server.log()), (all(), ["", "offset=100", "offset=199"].map(Into::into).into()));
    let found: Vec<Thing> = client.list_by_offset().offset(240).items().try_collect().await.unwrap();
    assert_eq!(ids(&found), (240..250).collect::<Vec<i64>>());
}

#[tokio::test]
async fn cursors_go_on_over_empty_pages() {
    let server = Server::new(|_, asked| {
        ok(match asked.query.get("cursor").map(String::as_str) {
            None => json!({"items": things(0..2), "meta": {"next_cursor": "b"}}),
            Some("b") => json!({"items": null, "meta": {"next_cursor": "c", "has_more": true}}),
            Some("c") => json!({"meta": {"next_cursor": "d"}}),
            Some("d") => json!({"items": things(2..3), "meta": null}),
            other => panic!("{other:?}"),
        })
    });
    let found: Vec<Thing> = server.client().list_by_cursor().items().try_collect().await.unwrap();
    assert_eq!((ids(&found), server.log().len()), (vec![0, 1, 2], 4));

    let server = Server::new(|_, _| {
        ok(json!({"items": things(0..1), "meta": {"next_cursor": "b", "has_more": false}}))
    });
    let found: Vec<Thing> = server.client().list_by_cursor().items().try_collect().await.unwrap();
    assert_eq!((ids(&found), server.log().len()), (vec![0], 1));
}

#[tokio::test]
async fn a_cursor_that_comes_again_is_an_error() {
    let server = Server::new(|_, _| ok(json!({"items": things(0..1), "meta": {"next_cursor": "same"}})));
    let client = server.client();
    let mut pager = client.list_by_cursor().pager();
    pager.next().await.unwrap().unwrap();
    pager.next().await.unwrap().unwrap();
    let error = pager.next().await.unwrap_err();
    assert!(matches!(error, PageError::Repeated(_)), "{error}");
    assert_eq!(server.log(), ["", "cursor=same"]);
}

#[tokio::test]
async fn cursors_and_offsets_stand_in_bodies() {
    let server = Server::new(|_, asked| {
        ok(match asked.body["after"].as_str() {
            None => json!({"items": things(0..1), "meta": {"next_cursor": "x"}}),
            Some(_) => json!({"items": things(1..2), "meta": {"next_cursor": ""}}),
        })
    });
    let search = Search { name: Some("a".to_owned()), ..Search::default() };
    let found: Vec<Thing> = server.client().search().body(search).items().try_collect().await.unwrap();
    assert_eq!(ids(&found), [0, 1]);
    assert_eq!(server.log(), [r#"{"name":"a"}"#, r#"{"name":"a","after":"x"}"#]);

    let server = Server::new(|_, asked| {
        let start = asked.body["skip"].as_u64().unwrap_or(0);
        ok(json!({"items": slice(usize::try_from(start).unwrap(), Some(100))}))
    });
    let client = server.client();
    let search = Search { skip: Some(100), ..Search::default() };
    let found: Vec<Thing> = client.scan().body(search).items().try_collect().await.unwrap();
    assert_eq!(ids(&found), (100..250).collect::<Vec<i64>>());
    // Without a body there is a first page, but nowhere to ask for the second.
    let mut pager = client.scan().pager();
    pager.next().await.unwrap().unwrap();
    let error = pager.next().await.unwrap_err();
    assert!(error.to_string().contains("give one for the first page"), "{error}");
}

#[tokio::test]
async fn links_are_followed() {
    let server = Server::new(|_, asked| {
        let page = asked.number("p").unwrap_or(0);
        let next = format!(r#"</link?p=0>; rel="first", </link?p={}>; rel="next""#, page + 1);
        let links = if page < 2 { vec![("link", next)] } else { Vec::new() };
        (StatusCode::OK, links, slice(page * 100, Some(100)))
    });
    let found: Vec<Thing> = server.client().list_by_link().items().try_collect().await.unwrap();
    assert_eq!((ids(&found), server.log()), (all(), ["", "p=1", "p=2"].map(Into::into).into()));
}

#[tokio::test]
async fn urls_are_followed_with_the_key_to_the_same_server_only() {
    let server = Server::new(|before, asked| {
        assert_eq!(asked.headers["x-key"], "secret");
        let next = match before {
            0 => json!("http://pages.test/url?c=1"),
            1 => json!("?c=2"),
            _ => json!("http://elsewhere.test/url?c=3"),
        };
        ok(json!({"items": things(before..before + 1), "next": next}))
    });
    let client = server.client().with_key("secret");
    let mut pager = client.list_by_url().name("a").pager();
    for _ in 0..3 {
        pager.next().await.unwrap().unwrap();
    }
    let error = pager.next().await.unwrap_err();
    assert!(matches!(&error, PageError::OtherOrigin(origin) if origin.contains("elsewhere")), "{error}");
    assert_eq!(server.log(), ["name=a", "c=1", "c=2"]);
}

#[tokio::test]
async fn a_position_of_another_list_is_refused() {
    let server = Server::new(|_, _| panic!("nothing is sent"));
    let client = server.client();
    let position = |text: &str| text.parse::<Position>().unwrap();
    let mut pager = Pager::from_position(client.list_by_cursor(), position(r#"{"offset":5}"#));
    let error = pager.next().await.unwrap_err();
    assert!(matches!(&error, PageError::Call(Error::InvalidRequest(_))), "{error}");
    assert!(
        error.to_string().contains("it is an offset; this operation asks for pages by cursor"),
        "{error}"
    );
    let mut pager = Pager::from_position(client.list_by_url(), position(r#"{"cursor":"a"}"#));
    assert!(pager.next().await.unwrap_err().to_string().contains("it is a cursor"));
}

#[tokio::test]
async fn parameters_may_have_the_names_of_paging() {
    let server = Server::new(|_, asked| {
        let page = asked.number("page").unwrap_or(1);
        ok(json!({"rows": [{"id": page}], "page": page, "total_pages": 3}))
    });
    let client = server.client();
    let call =
        client.position().items("i").pages("p").fetch("f").clone("c").answer("a").paged("b").paging("d");
    let found: Vec<_> = Pager::new(call).items().try_collect().await.unwrap();
    assert_eq!(found.iter().map(|row| row.id.unwrap()).collect::<Vec<i64>>(), [1, 2, 3]);
    assert!(server.log().iter().all(|query| query.contains("items=i&pages=p")), "{:?}", server.log());
}
