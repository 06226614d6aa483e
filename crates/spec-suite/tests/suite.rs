//! Small services with planted defects, in this process: each is found, and without it nothing is.

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use spec_contract::Contract;
use spec_document::{Diagnostics, Sources};
use spec_suite::{Check, Report, Suite};
use std::sync::{Arc, Mutex};

const NOTES: &str = include_str!("notes.yaml");

/// What the service does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    None,
    Panic,
    FieldsUnchecked,
    LongestRefused,
    WrongStatus,
    WrongType,
    OpenToAll,
    OpenToOthers,
    AnyMediaType,
    NeverThere,
    NeverGone,
    PatchWipes,
    WriteLost,
    FilterIgnored,
    LimitIgnored,
    AnyMethod,
    ChildOutlives,
    ChangedStays,
    ChangesAll,
    TakesAll,
}

type Notes = Arc<Mutex<Vec<Map<String, Value>>>>;

#[derive(Clone)]
struct Service {
    notes: Notes,
    defect: Defect,
}

/// An answer that refuses.
struct Refused(StatusCode, &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

fn problem(status: StatusCode, message: &'static str) -> Refused {
    Refused(status, message)
}

/// The note of whoever asks.
fn who(headers: &HeaderMap) -> Option<String> {
    let key = headers.get("x-key")?.to_str().ok()?;
    ["one-secret", "two-secret"].contains(&key).then(|| key.to_owned())
}

impl Service {
    fn is(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    /// Says what is wrong with a body, whose members are as they should be but for `required`.
    fn checked(
        &self,
        headers: &HeaderMap,
        bytes: &[u8],
        is_whole: bool,
    ) -> Result<Map<String, Value>, Refused> {
        let media_type =
            headers.get(header::CONTENT_TYPE).and_then(|own| own.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" && !self.is(Defect::AnyMediaType) {
            return Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media type"));
        }
        let value: Result<Value, _> = serde_json::from_slice(bytes);
        let Ok(Value::Object(members)) = value else {
            return Err(problem(StatusCode::BAD_REQUEST, "no object"));
        };
        let longest = if self.is(Defect::LongestRefused) { 19 } else { 20 };
        let is_text =
            |value: &Value| value.as_str().is_some_and(|text| (1..=longest).contains(&text.chars().count()));
        let is_kind = |value: &Value| ["work", "home"].iter().any(|kind| value == kind);
        let is_fine = |(name, value): (&String, &Value)| match name.as_str() {
            "text" => is_text(value),
            "kind" => is_kind(value),
            "stars" => {
                value.as_i64().is_some_and(|stars| (0..=5).contains(&stars))
                    || self.is(Defect::FieldsUnchecked)
            }
            _ => false,
        };
        let is_enough = if is_whole { members.contains_key("text") } else { !members.is_empty() };
        match members.iter().all(is_fine) && is_enough {
            true => Ok(members),
            false => Err(problem(StatusCode::UNPROCESSABLE_ENTITY, "a member")),
        }
    }

    fn shown(&self, note: &Map<String, Value>) -> Json<Value> {
        let mut note = note.clone();
        note.remove("owner");
        note.remove("changed");
        if self.is(Defect::WrongType) && note.get("kind") == Some(&json!("home")) {
            note.insert("id".into(), json!("one"));
        }
        Json(Value::Object(note))
    }

    fn find(&self, headers: &HeaderMap, id: &str) -> Result<usize, Refused> {
        let owner = who(headers);
        let Ok(id) = id.parse::<u64>() else { return Err(problem(StatusCode::UNPROCESSABLE_ENTITY, "id")) };
        if id > 1_000_000 {
            return Err(problem(StatusCode::UNPROCESSABLE_ENTITY, "id"));
        }
        let is_own = |note: &Map<String, Value>| {
            note["id"] == json!(id)
                && (note.get("owner") == Some(&json!(owner)) || self.is(Defect::OpenToOthers))
        };
        let notes = self.notes.lock().unwrap();
        notes.iter().position(is_own).ok_or_else(|| problem(StatusCode::NOT_FOUND, "no note"))
    }
}

async fn create(State(own): State<Service>, headers: HeaderMap, bytes: Bytes) -> Result<Response, Refused> {
    let mut note = own.checked(&headers, &bytes, true)?;
    assert!(!(own.is(Defect::Panic) && note.get("stars") == Some(&json!(5))), "five stars");
    let mut notes = own.notes.lock().unwrap();
    let id = notes.iter().filter_map(|note| note["id"].as_u64()).max().unwrap_or(100) + 1;
    note.insert("id".into(), json!(id));
    note.insert("owner".into(), json!(who(&headers)));
    if own.is(Defect::WriteLost) {
        note.remove("stars");
    }
    let shown = own.shown(&note);
    if !own.is(Defect::NeverThere) {
        notes.push(note);
    }
    let status = if own.is(Defect::WrongStatus) { StatusCode::ACCEPTED } else { StatusCode::CREATED };
    Ok((status, [(header::LOCATION, format!("/notes/{id}"))], shown).into_response())
}

async fn list(State(own): State<Service>, headers: HeaderMap, request: Request) -> Result<Response, Refused> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let mut limit = 10;
    let mut kind = None;
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let number = value.parse::<usize>().ok().filter(|own| (1..=50).contains(own));
        match (name, number) {
            ("limit", Some(number)) => limit = number,
            ("kind", _) if ["work", "home"].contains(&value) => kind = Some(json!(value)),
            _ => return Err(problem(StatusCode::UNPROCESSABLE_ENTITY, "query")),
        }
    }
    if own.is(Defect::LimitIgnored) {
        limit = 50;
    }
    if own.is(Defect::FilterIgnored) {
        kind = None;
    }
    let notes = own.notes.lock().unwrap();
    let is_meant = |note: &&Map<String, Value>| {
        note.get("owner") == Some(&json!(who(&headers)))
            && kind.as_ref().is_none_or(|kind| note.get("kind") == Some(kind))
    };
    let shown: Vec<Value> = notes.iter().filter(is_meant).take(limit).map(|note| own.shown(note).0).collect();
    Ok(Json(shown).into_response())
}

async fn read(
    State(own): State<Service>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let at = own.find(&headers, &id)?;
    let notes = own.notes.lock().unwrap();
    Ok(own.shown(&notes[at]).into_response())
}

async fn change(
    State(own): State<Service>,
    headers: HeaderMap,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Response, Refused> {
    let changes = own.checked(&headers, &bytes, false)?;
    let at = own.find(&headers, &id)?;
    let mut notes = own.notes.lock().unwrap();
    if own.is(Defect::PatchWipes) {
        notes[at].remove("stars");
    }
    if own.is(Defect::ChangesAll) {
        notes.iter_mut().for_each(|own| own.extend(changes.clone()));
    }
    notes[at].extend(changes);
    if own.is(Defect::ChangedStays) {
        notes[at].insert("changed".into(), json!(true));
    }
    Ok(own.shown(&notes[at]).into_response())
}

async fn delete(
    State(own): State<Service>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let at = own.find(&headers, &id)?;
    let mut notes = own.notes.lock().unwrap();
    if notes[at].contains_key("changed") {
        return Err(problem(StatusCode::INTERNAL_SERVER_ERROR, "changed"));
    }
    if own.is(Defect::TakesAll) {
        notes.clear();
    } else if !own.is(Defect::NeverGone) {
        notes.remove(at);
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn words(
    State(own): State<Service>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    match own.find(&headers, &id) {
        Ok(at) => {
            let notes = own.notes.lock().unwrap();
            Ok(Json(json!({ "count": notes[at]["text"].as_str().unwrap_or_default().split(' ').count() }))
                .into_response())
        }
        Err(wrong) if wrong.0 == StatusCode::NOT_FOUND && own.is(Defect::ChildOutlives) => {
            Ok(Json(json!({ "count": 0 })).into_response())
        }
        Err(wrong) => Err(wrong),
    }
}

fn router(defect: Defect) -> Router {
    let service = Service { notes: Notes::default(), defect };
    let guard = move |request: Request, next: Next| async move {
        let is_known = who(request.headers()).is_some();
        let is_open = defect == Defect::OpenToAll && request.method() == "GET";
        if !is_known && !is_open {
            return problem(StatusCode::UNAUTHORIZED, "key").into_response();
        }
        if defect == Defect::AnyMethod && request.method() == "PUT" {
            return StatusCode::OK.into_response();
        }
        next.run(request).await
    };
    Router::new()
        .route("/notes", post(create).get(list))
        .route("/notes/{noteId}", get(read).patch(change).delete(delete))
        .route("/notes/{noteId}/words", get(words))
        .with_state(service)
        .layer(from_fn(guard))
}

fn contract(text: &str) -> Contract {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("notes.yaml", text);
    let document = sources.parse(source, None, &mut diagnostics).expect("a document");
    let api = spec_api::read(&document, &mut diagnostics).expect("an API");
    assert!(!diagnostics.has_errors());
    Contract::new(api)
}

fn suite() -> Suite {
    let suite = Suite::new(contract(NOTES)).credential("key", "one-secret").budget(400);
    suite.identity("two", "key", "two-secret")
}

fn run(suite: Suite, defect: Defect) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(suite.router(router(defect)))
}

#[test]
fn a_healthy_service_has_no_findings() {
    for seed in 1..=3 {
        let report = run(suite().seed(seed), Defect::None);
        report.assert_clean();
        assert!(report.requests > 300, "{}", report.requests);
        let [operations, statuses, parameters, _] = report.coverage.summary();
        assert_eq!((operations.1, parameters.1), (operations.2, parameters.2));
        assert_eq!(statuses.1, statuses.2, "{:#?}", report.coverage);
    }
}

#[test]
fn each_defect_is_found_by_its_check() {
    let all = [
        (Defect::Panic, Check::Panics, "createNote"),
        (Defect::FieldsUnchecked, Check::NegativeDataRejection, "createNote"),
        (Defect::LongestRefused, Check::PositiveDataAcceptance, "createNote"),
        (Defect::WrongStatus, Check::StatusCodeConformance, "createNote"),
        (Defect::WrongType, Check::ResponseSchemaConformance, "createNote"),
        (Defect::OpenToAll, Check::IgnoredAuth, "listNotes"),
        (Defect::OpenToOthers, Check::ObjectLevelAuthorization, "getNote"),
        (Defect::AnyMediaType, Check::UndeclaredMediaType, "createNote"),
        (Defect::NeverThere, Check::EnsureResourceAvailability, "getNote"),
        (Defect::NeverGone, Check::UseAfterFree, "getNote"),
        (Defect::ChildOutlives, Check::UseAfterFree, "countWords"),
        (Defect::PatchWipes, Check::ReadYourWrites, "getNote"),
        (Defect::WriteLost, Check::ReadYourWrites, "getNote"),
        (Defect::FilterIgnored, Check::ListConformance, "listNotes"),
        (Defect::LimitIgnored, Check::ListConformance, "listNotes"),
        (Defect::ChangesAll, Check::ReadYourWrites, "getNote"),
        (Defect::TakesAll, Check::EnsureResourceAvailability, "getNote"),
        (Defect::AnyMethod, Check::UnsupportedMethod, "createNote"),
    ];
    for (defect, check, operation) in all {
        let report = run(suite(), defect);
        let found = report.findings.iter().find(|own| own.check == check && own.operation == operation);
        let Some(found) = found else { panic!("{defect:?} is not found:\n{}", report.text()) };
        assert!(found.is_reproduced, "{defect:?}: {}", report.text());
        let text = report.text();
        assert!(text.contains(check.name()), "{text}");
        assert!(!text.contains("one-secret") && !text.contains("two-secret"), "{text}");
    }
}

/// What is not looked at is told once, whatever could be said of it.
#[test]
fn findings_of_one_place_are_one() {
    let report = run(suite(), Defect::FieldsUnchecked);
    let is_stars = |own: &&spec_suite::Finding| {
        (own.check, own.operation.as_str()) == (Check::NegativeDataRejection, "createNote")
            && own.pointer.contains("/stars/")
    };
    let found: Vec<_> = report.findings.iter().filter(is_stars).collect();
    let [one] = found.as_slice() else { panic!("{}", report.text()) };
    assert!(!one.also.is_empty() && report.text().contains("the same place breaks"), "{}", report.text());
}

/// Filters that are not named as a member is are known by the member in their name.
#[test]
fn filters_ask_something_of_a_member() {
    use axum::extract::Query;
    use std::collections::HashMap;
    let service = |ignored: &'static str| {
        let list = move |Query(query): Query<HashMap<String, String>>| async move {
            let all = [(0.0, "red"), (50.0, "green"), (100.0, "Red")];
            let number = |name: &str| query.get(name).map(|own| own.parse::<f64>().unwrap_or(f64::NAN));
            let (least, most) = (number("minPrice"), number("max_price"));
            let tag = query.get("tag").map(String::as_str);
            let is_price = |own: Option<f64>| own.is_none_or(|own| (0.0..=100.0).contains(&own));
            if !is_price(least) || !is_price(most) || tag.is_some_and(|own| !["red", "green"].contains(&own))
            {
                return StatusCode::UNPROCESSABLE_ENTITY.into_response();
            }
            let is_kept = |(price, own): &(f64, &str)| {
                (ignored == "minPrice" || least.is_none_or(|least| *price >= least))
                    && (ignored == "max_price" || most.is_none_or(|most| *price < most || *price == 0.0))
                    && (ignored == "tag" || tag.is_none_or(|tag| own.to_lowercase() == tag))
            };
            let shown =
                all.into_iter().filter(is_kept).map(|(price, tag)| json!({"price": price, "tags": [tag]}));
            Json(shown.collect::<Vec<_>>()).into_response()
        };
        Router::new().route("/wares", get(list))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let suite = || Suite::new(contract(include_str!("wares.yaml"))).budget(150);
    runtime.block_on(suite().router(service(""))).assert_clean();
    for ignored in ["minPrice", "max_price", "tag"] {
        let report = runtime.block_on(suite().router(service(ignored)));
        let found: Vec<_> = report.findings.iter().map(|own| own.kind.as_str()).collect();
        assert_eq!(found, [format!("filter {ignored}")], "{}", report.text());
    }
}

#[test]
fn findings_are_as_small_as_they_can_be() {
    let of = |defect, check| {
        let report = run(suite(), defect);
        let found = report.findings.into_iter().find(|own| own.check == check).expect("a finding");
        found.steps.iter().map(|own| own.case.clone()).collect::<Vec<_>>()
    };
    let panic = of(Defect::Panic, Check::Panics);
    let [one] = panic.as_slice() else { panic!("{panic:?}") };
    let body = one.value().and_then(Value::as_object).expect("a body");
    assert_eq!(body.len(), 2, "the text, which must be there, and the stars: {body:?}");
    assert_eq!(body["stars"], 5);

    let gone = of(Defect::NeverGone, Check::UseAfterFree);
    assert_eq!(gone.len(), 3, "made, deleted, read: {gone:?}");
    let wiped = of(Defect::PatchWipes, Check::ReadYourWrites);
    assert!(wiped.len() <= 4, "made, read, changed, read: {wiped:?}");
}

/// What is asked only to set things up is named, and nothing is said against it.
#[test]
fn only_what_is_chosen_is_judged() {
    let report = run(suite().only(["getNote"]).budget(150), Defect::WrongStatus);
    report.assert_clean();
    assert!(report.text().contains("and not judged: createNote"), "{}", report.text());
    let report = run(suite().only(["getNote"]).budget(150), Defect::NeverGone);
    let found: Vec<_> = report.findings.iter().map(|own| (own.check, own.operation.as_str())).collect();
    assert_eq!(found, [(Check::UseAfterFree, "getNote")], "{}", report.text());
}

/// Many workers find what one finds, and nothing else.
#[test]
fn workers_do_not_disturb_each_other() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let slow = |defect| {
        router(defect).layer(from_fn(|request: Request, next: Next| async {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            next.run(request).await
        }))
    };
    for seed in 1..=2 {
        let report = runtime.block_on(suite().workers(8).seed(seed).router(slow(Defect::None)));
        report.assert_clean();
        assert!(report.requests > 300, "{}", report.requests);
    }
    for (defect, check) in
        [(Defect::NeverGone, Check::UseAfterFree), (Defect::PatchWipes, Check::ReadYourWrites)]
    {
        let report = runtime.block_on(suite().workers(8).budget(800).router(slow(defect)));
        assert!(report.findings.iter().any(|own| own.check == check), "{defect:?}: {}", report.text());
    }
}

/// What nothing is taken from, and yet has to be done before, is among the steps, and nothing else is.
#[test]
fn findings_have_the_steps_that_they_hang_on() {
    let report = run(suite(), Defect::ChangedStays);
    let is_meant = |own: &&spec_suite::Finding| own.check == Check::NotAServerError;
    let found = report.findings.iter().find(is_meant).unwrap_or_else(|| panic!("{}", report.text()));
    let steps: Vec<&str> = found.steps.iter().map(|own| own.case.operation.as_str()).collect();
    assert!(found.is_reproduced, "{}", report.text());
    assert_eq!(steps, ["createNote", "changeNote", "deleteNote"], "{}", report.text());
}

#[test]
fn the_same_seed_asks_the_same() {
    let asked = |seed| {
        let report = run(suite().budget(200).seed(seed), Defect::None);
        let line = |own: &Arc<spec_suite::Exchange>| {
            format!("{} {} {:?}", own.request.method(), own.request.uri(), own.request.body())
        };
        report.exchanges.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(asked(3), asked(3));
    assert_ne!(asked(3), asked(4));
}

/// What is sent as a violation is one, in one thing, and what is sent as right is right.
#[test]
fn what_is_sent_is_what_it_is_sent_for() {
    use spec_suite::case::Expect;
    let contract = contract(NOTES);
    let report = run(suite().seed(9), Defect::None);
    let (mut wrong, mut right) = (0, 0);
    for exchange in &report.exchanges {
        let mut violations = contract.request(&exchange.request).violations;
        violations.retain(|own| own.part != spec_contract::Part::Security);
        match &exchange.case.expect {
            Expect::Refused(fault) => {
                wrong += 1;
                assert!(violations.iter().any(|own| own.schema == fault.schema), "{violations:?}");
                let first = (violations[0].part, violations[0].name.clone(), violations[0].pointer.clone());
                assert!(
                    violations.iter().all(|own| (own.part, own.name.clone(), own.pointer.clone()) == first)
                );
            }
            Expect::NoMethod | Expect::Methods | Expect::NoMediaType => assert_eq!(violations.len(), 1),
            _ => {
                right += 1;
                assert!(violations.is_empty(), "{violations:?}");
            }
        }
    }
    assert!(wrong > 50 && right > 100, "{wrong} {right}");
}

#[test]
fn settings_that_mean_nothing_are_said() {
    let report = run(suite().only(["lisstNotes"]), Defect::None);
    assert!(report.error.as_deref().is_some_and(|own| own.contains("`lisstNotes`")), "{:?}", report.error);
    assert!(report.exchanges.is_empty() && !report.is_clean());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let report = runtime.block_on(suite().url("notes.example"));
    assert!(report.error.as_deref().is_some_and(|own| own.contains("no scheme")), "{:?}", report.error);
}

#[test]
fn reports_have_formats() {
    let report = run(suite().budget(400), Defect::NeverGone);
    let json = report.json();
    let finding =
        json["findings"].as_array().and_then(|all| all.iter().find(|own| own["check"] == "use_after_free"));
    let finding = finding.expect("a finding");
    assert_eq!(finding["requests"].as_array().map(Vec::len), Some(3));
    assert_eq!(finding["requests"][1]["method"], "DELETE");
    let junit = report.junit();
    assert!(
        junit.contains("<testsuite name=\"getNote\"") && junit.contains("<failure type=\"use_after_free\"")
    );
    let har = report.har();
    assert_eq!(har["log"]["entries"].as_array().map(Vec::len), Some(report.exchanges.len()));
    let lines: Vec<Value> =
        report.ndjson().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.iter().filter(|own| own["type"] == "exchange").count(), report.exchanges.len());
    for text in [json.to_string(), junit, har.to_string(), report.ndjson()] {
        assert!(!text.contains("one-secret") && !text.contains("two-secret"));
    }
}

#[test]
fn a_baseline_accepts_what_is_there_and_nothing_else() {
    let report = run(suite().budget(300), Defect::NeverThere);
    let mut findings = report.findings.clone();
    let entry = |own: &spec_suite::Finding| {
        format!(
            "[[finding]]\ncheck = '{}'\noperation = '{}'\nreason = 'known'\n",
            own.check.name(),
            own.operation
        )
    };
    let text: String = findings.iter().map(entry).collect();
    let stale = "[[finding]]\ncheck = 'panics'\noperation = 'getNote'\nreason = 'known'\n";
    let baseline = spec_suite::Baseline::read(&(text + stale)).expect("a baseline");
    let (accepted, stale) = baseline.apply(&mut findings);
    assert_eq!((findings.len(), accepted.len()), (0, report.findings.len()));
    assert!(stale.len() == 1 && stale[0].contains("`panics`"), "{stale:?}");
}

/// A report alone is enough to see that a finding is there still, and that it is mended.
#[test]
fn findings_are_sent_again() {
    let serve = |defect| async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router(defect)).await });
        url
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let (broken, mended) = (serve(Defect::NeverGone).await, serve(Defect::None).await);
        let report = suite().budget(300).url(&broken).await;
        assert!(report.findings.iter().any(|own| own.check == Check::UseAfterFree), "{}", report.text());
        let text = report.json().to_string();
        let replay = || spec_suite::Replay::read(&text).expect("a report").credential("key", "one-secret");
        let still = replay().url(None).await.expect("outcomes");
        let fails =
            |own: &(Check, String, spec_suite::Outcome)| matches!(own.2, spec_suite::Outcome::Fails(_));
        // Which notes are on a page hangs on all the others, but each is found by its id.
        let of_one = |own: &&(Check, String, spec_suite::Outcome)| own.1 == "getNote";
        assert!(still.iter().filter(of_one).all(fails) && still.iter().any(fails), "{still:?}");
        let unsigned = spec_suite::Replay::read(&text).expect("a report");
        let unsigned = unsigned.url(Some(&mended)).await.expect("outcomes");
        let is_unclear = |own: &(Check, String, spec_suite::Outcome)| match &own.2 {
            spec_suite::Outcome::Unclear(why) => why.contains("--credential key=VALUE"),
            _ => false,
        };
        assert!(unsigned.iter().all(is_unclear), "nothing is said without credentials: {unsigned:?}");
        let wrong = spec_suite::Replay::read(&text).expect("a report").credential("key", "three-secret");
        let wrong = wrong.url(Some(&mended)).await.expect("outcomes");
        assert!(wrong.iter().all(|own| own.2 != spec_suite::Outcome::Passes), "{wrong:?}");
        let now = replay().url(Some(&mended)).await.expect("outcomes");
        assert!(now.iter().all(|own| own.2 == spec_suite::Outcome::Passes), "{now:?}");
        let nowhere = replay().url(Some("http://127.0.0.1:1")).await;
        assert!(nowhere.is_err() || nowhere.is_ok_and(|all| all.iter().all(|own| !fails(own))));
    });
}
