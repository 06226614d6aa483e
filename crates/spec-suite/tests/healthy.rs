//! Healthy services with manners of their own: none of them is blamed for it.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use spec_contract::Contract;
use spec_document::{Diagnostics, Sources};
use spec_suite::{Report, Suite};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const DOCUMENT: &str = include_str!("shelves.yaml");

/// What a service does in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Plain,
    /// Reads follow writes after a while.
    Lags,
    /// Texts are trimmed and in lower case.
    Normalises,
    /// What is asked for too often is put off.
    PutsOff,
    /// What has books below it is not taken away.
    KeepsParents,
    /// A member counts by itself.
    Counts,
    /// Numbers are rounded, and what is left out is filled in.
    Rounds,
    /// Lists show only some where nothing is said.
    Hides,
    /// Pages pass over an item. This is no manner, but a fault.
    Gaps,
}

#[derive(Clone, Default)]
struct Kept {
    shelves: Vec<Map<String, Value>>,
    /// What there was at which time.
    history: Vec<(Instant, Vec<Map<String, Value>>)>,
    books: Vec<(u64, u64)>,
    last: u64,
    asked: u64,
}

#[derive(Clone)]
struct Service {
    manner: Manner,
    kept: Arc<Mutex<Kept>>,
}

/// An answer that refuses, and whether it says when to come again.
struct Refused(u16, bool);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).expect("a status");
        let mut answer = (status, Json(json!({ "error": self.0 }))).into_response();
        if self.1 {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("0"));
        }
        answer
    }
}

type Answer = Result<Response, Refused>;

fn wrong(status: u16) -> Refused {
    Refused(status, false)
}

impl Service {
    fn is(&self, manner: Manner) -> bool {
        self.manner == manner
    }

    /// Puts off each seventh request.
    fn asked(&self) -> Result<(), Refused> {
        let mut kept = self.kept.lock().unwrap();
        kept.asked += 1;
        if !self.is(Manner::PutsOff) || !kept.asked.is_multiple_of(7) {
            return Ok(());
        }
        let status = if kept.asked.is_multiple_of(2) { 429 } else { 503 };
        Err(Refused(status, true))
    }

    fn seen(&self) -> Vec<Map<String, Value>> {
        let mut kept = self.kept.lock().unwrap();
        if self.is(Manner::Counts) {
            for shelf in &mut kept.shelves {
                let views = shelf["views"].as_u64().unwrap_or_default() + 1;
                shelf.insert("views".into(), json!(views));
            }
        }
        if !self.is(Manner::Lags) {
            return kept.shelves.clone();
        }
        let visible = |own: &&(Instant, Vec<Map<String, Value>>)| own.0.elapsed() > Duration::from_millis(60);
        kept.history.iter().rev().find(visible).map(|own| own.1.clone()).unwrap_or_default()
    }

    fn note(&self, kept: &mut Kept) {
        let now = kept.shelves.clone();
        kept.history.push((Instant::now(), now));
    }

    fn checked(
        &self,
        headers: &HeaderMap,
        bytes: &[u8],
        is_whole: bool,
    ) -> Result<Map<String, Value>, Refused> {
        let media_type =
            headers.get(header::CONTENT_TYPE).and_then(|own| own.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" {
            return Err(wrong(415));
        }
        let Ok(Value::Object(mut members)) = serde_json::from_slice(bytes) else { return Err(wrong(400)) };
        let is_tag = |own: &Value| own.as_str().is_some_and(|own| own.chars().count() <= 12);
        let is_fine = |(name, value): (&String, &Value)| match name.as_str() {
            "name" => value.as_str().is_some_and(|own| (1..=30).contains(&own.chars().count())),
            "kind" => ["open", "closed"].iter().any(|own| value == own),
            "width" => value.as_f64().is_some_and(|own| (0.0..=100.0).contains(&own)),
            "views" => value.as_u64().is_some_and(|own| own <= 1000),
            "tags" => value.as_array().is_some_and(|all| all.len() < 4 && all.iter().all(is_tag)),
            _ => false,
        };
        if !members.iter().all(is_fine) || is_whole && !members.contains_key("name") {
            return Err(wrong(422));
        }
        for value in members.values_mut().filter(|_| self.is(Manner::Normalises)) {
            if let Some(text) = value.as_str() {
                *value = text.trim().to_lowercase().into();
            }
        }
        if let Some(tags) = members.get_mut("tags").and_then(Value::as_array_mut) {
            tags.sort_by_key(ToString::to_string);
            tags.dedup();
        }
        if self.is(Manner::Rounds)
            && let Some(width) = members.get("width").and_then(Value::as_f64)
        {
            members.insert("width".into(), json!((width * 100.0).round() / 100.0));
        }
        Ok(members)
    }

    /// Fills in what is left out.
    fn filled(mut members: Map<String, Value>) -> Map<String, Value> {
        let defaults = [("kind", json!("open")), ("views", json!(0)), ("tags", json!([]))];
        for (name, value) in defaults {
            members.entry(name).or_insert(value);
        }
        members
    }

    fn find(&self, id: &str) -> Result<(u64, Map<String, Value>), Refused> {
        let id: u64 = id.parse().map_err(|_| wrong(422))?;
        let found = self.seen().into_iter().find(|own| own["id"] == json!(id));
        found.map(|own| (id, own)).ok_or_else(|| wrong(404))
    }
}

async fn create(State(own): State<Service>, headers: HeaderMap, bytes: Bytes) -> Answer {
    own.asked()?;
    let mut shelf = Service::filled(own.checked(&headers, &bytes, true)?);
    let mut kept = own.kept.lock().unwrap();
    kept.last += 1;
    shelf.insert("id".into(), json!(kept.last));
    kept.shelves.push(shelf.clone());
    own.note(&mut kept);
    Ok((StatusCode::CREATED, Json(shelf)).into_response())
}

async fn list(State(own): State<Service>, Query(query): Query<HashMap<String, String>>) -> Answer {
    own.asked()?;
    let number = |name: &str, range: std::ops::RangeInclusive<usize>, default| match query.get(name) {
        None => Ok(default),
        Some(text) => text.parse().ok().filter(|own| range.contains(own)).ok_or_else(|| wrong(422)),
    };
    let (limit, offset) = (number("limit", 1..=50, 20)?, number("offset", 0..=1000, 0)?);
    let kind = query.get("kind").map(String::as_str);
    if kind.is_some_and(|own| !["open", "closed"].contains(&own)) {
        return Err(wrong(422));
    }
    let kind = kind.or(own.is(Manner::Hides).then_some("open"));
    let mut all = own.seen();
    all.retain(|shelf| kind.is_none_or(|kind| shelf["kind"] == kind));
    // Those of one name are in no order.
    all.sort_by_key(|shelf| shelf["name"].to_string().len());
    let total = all.len();
    let gap = usize::from(own.is(Manner::Gaps) && offset > 0);
    let items: Vec<_> = all.into_iter().skip(offset + gap).take(limit).collect();
    Ok(Json(json!({ "items": items, "total": total })).into_response())
}

async fn read(State(own): State<Service>, Path(id): Path<String>) -> Answer {
    own.asked()?;
    Ok(Json(own.find(&id)?.1).into_response())
}

async fn write(own: Service, id: String, headers: HeaderMap, bytes: Bytes, is_whole: bool) -> Answer {
    own.asked()?;
    let members = own.checked(&headers, &bytes, is_whole)?;
    let id = own.find(&id)?.0;
    let mut kept = own.kept.lock().unwrap();
    let at = kept.shelves.iter().position(|own| own["id"] == json!(id)).ok_or_else(|| wrong(404))?;
    if is_whole {
        kept.shelves[at] = Service::filled(Map::new());
    }
    kept.shelves[at].extend(members);
    kept.shelves[at].insert("id".into(), json!(id));
    own.note(&mut kept);
    Ok(Json(kept.shelves[at].clone()).into_response())
}

async fn put(State(own): State<Service>, Path(id): Path<String>, headers: HeaderMap, bytes: Bytes) -> Answer {
    write(own, id, headers, bytes, true).await
}

async fn patch(
    State(own): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer {
    write(own, id, headers, bytes, false).await
}

async fn delete(State(own): State<Service>, Path(id): Path<String>) -> Answer {
    own.asked()?;
    let id = own.find(&id)?.0;
    let mut kept = own.kept.lock().unwrap();
    if own.is(Manner::KeepsParents) && kept.books.iter().any(|(_, shelf)| *shelf == id) {
        return Err(wrong(400));
    }
    kept.shelves.retain(|own| own["id"] != json!(id));
    own.note(&mut kept);
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn add_book(State(own): State<Service>, Path(id): Path<String>) -> Answer {
    own.asked()?;
    let shelf = own.find(&id)?.0;
    let mut kept = own.kept.lock().unwrap();
    kept.last += 1;
    let book = kept.last;
    kept.books.push((book, shelf));
    Ok((StatusCode::CREATED, Json(json!({ "id": book }))).into_response())
}

/// Events that never end.
async fn events() -> Response {
    let events = futures_util::stream::unfold(0_u64, |number| async move {
        tokio::time::sleep(Duration::from_millis(30)).await;
        // Parts of it come in pieces.
        let text = if number % 2 == 0 { "data: {\"num" } else { "ber\": 1}\n\n" };
        Some((Ok::<_, Infallible>(Bytes::from(text)), number + 1))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}

/// A picture that never ends.
async fn camera() -> Response {
    let bytes = futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b"bytes")), ()))
    });
    ([(header::CONTENT_TYPE, "application/octet-stream")], Body::from_stream(bytes)).into_response()
}

fn router(manner: Manner) -> Router {
    Router::new()
        .route("/shelves", post(create).get(list))
        .route("/shelves/{shelfId}", get(read).put(put).patch(patch).delete(delete))
        .route("/shelves/{shelfId}/books", post(add_book))
        .with_state(Service { manner, kept: Arc::default() })
}

fn contract() -> Contract {
    contract_of(DOCUMENT)
}

fn run(suite: Suite, router: Router) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(suite.router(router))
}

#[test]
fn manners_are_no_findings() {
    let all = [
        Manner::Plain,
        Manner::Lags,
        Manner::Normalises,
        Manner::PutsOff,
        Manner::KeepsParents,
        Manner::Counts,
        Manner::Rounds,
        Manner::Hides,
    ];
    for manner in all {
        for seed in 1..=2 {
            let suite = Suite::new(contract()).budget(300).seed(seed).only(["shelves"]);
            let report = run(suite, router(manner));
            assert!(report.is_clean(), "{manner:?}, seed {seed}:\n{}", report.text());
            assert!(report.requests > 250, "{}", report.requests);
        }
    }
}

/// What a page passes over is found.
#[test]
fn pages_pass_nothing_over() {
    let suite = Suite::new(contract()).budget(400).only(["shelves"]);
    let report = run(suite, router(Manner::Gaps));
    let found: Vec<_> = report.findings.iter().map(|own| (own.check, own.kind.as_str())).collect();
    assert_eq!(found, [(spec_suite::Check::ListConformance, "gap")], "{}", report.text());
}

/// What never ends is read for a while, and what came is judged.
#[test]
fn endless_bodies_are_read_for_a_while() {
    let routes = Router::new().route("/events", get(events)).route("/camera", get(camera));
    let suite = || Suite::new(contract()).budget(6).timeout(Duration::from_secs(1)).only(["streams"]);
    let report = run(suite(), routes);
    assert!(report.is_clean(), "{}", report.text());
    let is_read = |own: &Arc<spec_suite::Exchange>| {
        own.answer.as_ref().is_ok_and(|answer| answer.body().ends_with(b"1}\n\n"))
    };
    assert!(report.exchanges.iter().any(is_read));

    let broken = || async {
        let event = Bytes::from_static(b"data: {\"number\": \"one\"}\n\n");
        let first = futures_util::stream::iter([Ok::<_, Infallible>(event)]);
        let all = futures_util::StreamExt::chain(first, futures_util::stream::pending());
        ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(all)).into_response()
    };
    let report = run(suite(), Router::new().route("/events", get(broken)).route("/camera", get(camera)));
    let found: Vec<_> = report.findings.iter().map(|own| own.check).collect();
    assert_eq!(found, [spec_suite::Check::ResponseSchemaConformance], "{}", report.text());
}

fn contract_of(text: &str) -> Contract {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("document.yaml", text);
    let document = sources.parse(source, None, &mut diagnostics).expect("a document");
    let api = spec_api::read(&document, &mut diagnostics).expect("an API");
    assert!(!diagnostics.has_errors());
    Contract::new(api)
}

/// A server that closes its connections without a word, right after each answer: no request is blamed for it.
#[test]
fn connections_may_be_closed_between_requests() {
    use std::io::{BufRead, BufReader, Read, Write};
    let text = "{openapi: 3.1.0, info: {title: Pets, version: '1'}, paths: {/pets: {\
        post: {operationId: make, requestBody: {required: true, content: {application/json: {schema: \
        {type: object, properties: {name: {type: string}}}}}}, \
        responses: {'201': {description: made}, '500': {description: broken}, 4XX: {description: refused}}}, \
        get: {operationId: all, responses: {'200': {description: pets}, 4XX: {description: refused}}}}}}";
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let mut reader = BufReader::new(stream);
            // One or two requests a connection.
            for _ in 0..=number % 2 {
                let (mut first, mut length) = (String::new(), 0);
                let _ = reader.read_line(&mut first);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or_default() < 3 {
                        break;
                    }
                    let line = line.to_ascii_lowercase();
                    length = line
                        .strip_prefix("content-length: ")
                        .and_then(|own| own.trim().parse().ok())
                        .unwrap_or(length);
                }
                let mut body = Vec::new();
                let _ = reader.by_ref().take(length).read_to_end(&mut body);
                let is_fine = serde_json::from_slice::<Value>(&body).is_ok_and(|own| {
                    own.as_object().is_some_and(|own| own.get("name").is_none_or(Value::is_string))
                });
                let status = match first.split(' ').next().unwrap_or_default() {
                    "POST" if is_fine => "201 Created",
                    "POST" => "422 Wrong",
                    "GET" => "200 OK",
                    _ => "404 None",
                };
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                let _ = reader.get_mut().write_all(answer.as_bytes());
            }
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let suite = Suite::new(contract_of(text)).budget(120);
    let report = runtime.block_on(suite.url(&url));
    let lost = report.exchanges.iter().filter(|own| own.answer.is_err()).count();
    assert_eq!(lost, 0, "{}", report.text());
    let is_told = |own: &&spec_suite::Finding| own.check == spec_suite::Check::NotAServerError;
    assert_eq!(report.findings.iter().find(is_told).map(|own| &own.message), None, "{}", report.text());
}

const ACCOUNTS: &str = include_str!("accounts.yaml");

/// Nobody can make a password up: a login that refuses all is fine, and who takes most must take all.
#[test]
fn logins_may_refuse_what_is_made_up() {
    fn checked(headers: &HeaderMap, bytes: &[u8], longest: usize) -> Result<(), StatusCode> {
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|own| own.to_str().ok());
        if !media_type.is_some_and(|own| own.to_ascii_lowercase().starts_with("application/json")) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let members = value.as_object().ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
        let is_text = |name: &str, range: std::ops::RangeInclusive<usize>| {
            members[name].as_str().is_some_and(|own| range.contains(&own.chars().count()))
        };
        let has_all = members.len() == 2 && members.contains_key("name") && members.contains_key("password");
        match has_all && is_text("name", 1..=20) && is_text("password", 4..=longest) {
            true => Ok(()),
            false => Err(StatusCode::UNPROCESSABLE_ENTITY),
        }
    }
    let service = |longest: usize| {
        let login = move |headers: HeaderMap, bytes: Bytes| async move {
            checked(&headers, &bytes, 30).map_or_else(|own| own, |()| StatusCode::BAD_REQUEST)
        };
        let sign_up = move |headers: HeaderMap, bytes: Bytes| async move {
            checked(&headers, &bytes, longest).map_or_else(|own| own, |()| StatusCode::CREATED)
        };
        Router::new().route("/login", post(login)).route("/accounts", post(sign_up))
    };
    let suite = || Suite::new(contract_of(ACCOUNTS)).budget(200);
    run(suite(), service(30)).assert_clean();
    let report = run(suite(), service(29));
    let is_meant = |own: &spec_suite::Finding| {
        (own.check, own.operation.as_str()) == (spec_suite::Check::PositiveDataAcceptance, "signUp")
    };
    assert!(!report.findings.is_empty() && report.findings.iter().all(is_meant), "{}", report.text());
}

/// A condition is kept: by who looks at all of it, and not by who knows every tag that there ever was.
#[test]
fn conditions_of_old_are_not_met() {
    let service = |takes_old: bool| {
        let kept = Arc::new(Mutex::new((1_u64, Map::new())));
        let shown = Arc::clone(&kept);
        let read = move || async move {
            let (version, profile) = shown.lock().unwrap().clone();
            ([(header::ETAG, format!("\"{version}\""))], Json(profile)).into_response()
        };
        let change = move |headers: HeaderMap, bytes: Bytes| async move {
            let text = |name| headers.get(name).and_then(|own| own.to_str().ok()).unwrap_or_default();
            if !text(header::CONTENT_TYPE).to_ascii_lowercase().starts_with("application/json") {
                return Err(wrong(415));
            }
            let Ok(Value::Object(members)) = serde_json::from_slice(&bytes) else { return Err(wrong(400)) };
            let is_fine = |(name, value): (&String, &Value)| match name.as_str() {
                "motto" => value.as_str().is_some_and(|own| (1..=20).contains(&own.chars().count())),
                "age" => value.as_f64().is_some_and(|own| own.fract() == 0.0 && (0.0..=200.0).contains(&own)),
                _ => false,
            };
            if !members.iter().all(is_fine) {
                return Err(wrong(422));
            }
            let mut kept = kept.lock().unwrap();
            let tag = text(header::IF_MATCH).trim_matches('"').to_owned();
            let is_met = tag.parse().is_ok_and(|own: u64| own == kept.0 || takes_old && own < kept.0);
            if !tag.is_empty() && !is_met {
                return Err(wrong(412));
            }
            kept.0 += 1;
            kept.1.extend(members);
            Ok(Json(kept.1.clone()).into_response())
        };
        Router::new().route("/profile", get(read).patch(change))
    };
    let suite = || Suite::new(contract_of(include_str!("profile.yaml"))).budget(200);
    run(suite(), service(false)).assert_clean();
    let report = run(suite(), service(true));
    let found: Vec<_> = report.findings.iter().map(|own| (own.check, own.is_reproduced)).collect();
    assert_eq!(found, [(spec_suite::Check::ConditionalRequests, true)], "{}", report.text());
}

const ORDERS: &str = include_str!("orders.yaml");

/// What a body names at any depth is taken from where it was made.
#[test]
fn bodies_name_what_is_there() {
    let made = |id: u64| move || async move { (StatusCode::CREATED, Json(json!({ "id": id }))) };
    async fn order(headers: HeaderMap, bytes: Bytes) -> StatusCode {
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|own| own.to_str().ok());
        if !media_type.is_some_and(|own| own.to_ascii_lowercase().starts_with("application/json")) {
            return StatusCode::UNSUPPORTED_MEDIA_TYPE;
        }
        let order: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let numbers = |value: &Value, least: usize, name: Option<&str>| {
            let items = value.as_array().filter(|own| own.len() >= least)?;
            let one = |own: &Value| name.map_or(Some(own), |name| own.get(name)).and_then(Value::as_i64);
            items.iter().map(one).collect::<Option<Vec<_>>>()
        };
        let buyer = order["buyer"]["number"].as_i64();
        let (ids, lines) =
            (numbers(&order["itemIds"], 1, None), numbers(&order["lines"], 2, Some("item_id")));
        match (buyer, ids.filter(|own| own.len() < 4), lines) {
            (Some(8_001), Some(ids), Some(lines)) if ids.iter().chain(&lines).all(|own| *own == 7_001) => {
                StatusCode::CREATED
            }
            (Some(_), Some(_), Some(_)) => StatusCode::NOT_FOUND,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    let routes = Router::new().route("/items", post(made(7_001))).route("/persons", post(made(8_001)));
    let report = run(Suite::new(contract_of(ORDERS)).budget(150), routes.route("/orders", post(order)));
    report.assert_clean();
    assert!(report.coverage.operations["makeOrder"].statuses["201"] > 10, "{}", report.text());
}

const FILES: &str = "
openapi: 3.1.0
info: {title: Files, version: 1.0.0}
paths:
  /files:
    post:
      operationId: upload
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [old, new, many, title]
              properties:
                old: {type: string, format: binary}
                new: {type: string, contentMediaType: application/octet-stream}
                photo: {anyOf: [{type: string, contentMediaType: image/png}, {type: 'null'}]}
                many: {type: array, minItems: 1, items: {$ref: '#/components/schemas/Bytes'}}
                title: {type: string, minLength: 1}
      responses: {'204': {description: kept}, '422': {description: refused}}
components: {schemas: {Bytes: {type: string, contentMediaType: application/octet-stream}}}
";

/// Most servers take a part for a file only where it has a file name, and then for nothing else.
#[test]
fn files_are_sent_with_their_names() {
    async fn upload(bytes: Bytes) -> StatusCode {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let head = |name: &str| {
            let at = text.find(&format!("name=\"{name}\""))?;
            text[at..].split("\r\n\r\n").next()
        };
        let is_file = |name: &str| head(name).map(|own| own.contains("filename=\"file\""));
        let has_type = |name: &str, own: &str| head(name).is_none_or(|head| head.ends_with(own));
        let is_fine = ["old", "new", "many"].iter().all(|name| is_file(name) == Some(true))
            && is_file("photo").is_none_or(|own| own)
            && is_file("title") == Some(false)
            && has_type("new", "Content-Type: application/octet-stream")
            && has_type("photo", "Content-Type: image/png")
            && has_type("title", "name=\"title\"")
            && !text.contains("name=\"title\"\r\n\r\n\r\n");
        if is_fine { StatusCode::NO_CONTENT } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
    let suite = Suite::new(contract_of(FILES)).budget(80);
    let report = run(suite, Router::new().route("/files", post(upload)));
    report.assert_clean();
    assert!(report.coverage.operations["upload"].statuses["204"] > 5, "{:?}", report.coverage);
}
