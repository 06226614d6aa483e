//! Requests that do not fit their document: every place of it is looked at, and the answer has the shape that
//! the document declares.

use serde_json::{Value, json};
use spec_goldens::{constraints, read_write_only, rejections};
use spec_runtime::Extra;
use spec_runtime::client::Error;
use spec_runtime::server::{Context, Failure};

async fn serve(routes: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

struct Constraints;

impl constraints::server::Api for Constraints {
    async fn search(
        &self,
        _: Context,
        _: constraints::server::SearchParameters,
    ) -> Result<constraints::server::SearchResponse, Failure> {
        Ok(constraints::server::SearchResponse::NoContent)
    }

    async fn put_codes(
        &self,
        _: Context,
        _: constraints::models::Codes,
    ) -> Result<constraints::server::PutCodesResponse, Failure> {
        Ok(constraints::server::PutCodesResponse::NoContent)
    }

    async fn put_limits(
        &self,
        _: Context,
        _: Option<Vec<i64>>,
    ) -> Result<constraints::server::PutLimitsResponse, Failure> {
        Ok(constraints::server::PutLimitsResponse::NoContent)
    }
}

#[tokio::test]
async fn constraints_hold_for_parameters() {
    let url = serve(constraints::server::router(Constraints)).await;
    let caller = reqwest::Client::new();
    let status = |path: &str| {
        let request = caller.get(format!("{url}/search/{path}"));
        async { request.send().await.unwrap().status().as_u16() }
    };
    for path in [
        "DE",
        "DE?limit=1",
        "DE?limit=100",
        "DE?tags=a&tags=b",
        "DE?amount=0.01",
        "DE?amount=5",
        "DE?unknown=1",
    ] {
        assert_eq!(status(path).await, 204, "{path}");
    }
    let refused = [
        "de",
        "DEU",
        "DE?limit=0",
        "DE?limit=101",
        "DE?limit=1.5",
        "DE?limit=one",
        "DE?limit=",
        "DE?limit=1&limit=2",
    ];
    for path in refused.into_iter().chain([
        "DE?tags=long",
        "DE?tags=a&tags=a",
        "DE?tags=a&tags=b&tags=c",
        "DE?amount=-1",
    ]) {
        assert_eq!(status(path).await, 400, "{path}");
    }
    for (level, expected) in [("1", 204), ("0", 400), ("x", 400)] {
        let answer = caller.get(format!("{url}/search/DE")).header("x-level", level).send().await.unwrap();
        assert_eq!(answer.status(), expected, "{level}");
    }
    // All that is wrong is said at once, each with its place.
    let answer =
        caller.get(format!("{url}/search/de?limit=0&tags=long")).header("x-level", "0").send().await.unwrap();
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let places = body["errors"].as_array().unwrap().iter().map(|e| format!("{} {}", e["in"], e["pointer"]));
    let mut places: Vec<String> = places.collect();
    places.sort();
    let expected =
        ["\"header\" \"/X-Level\"", "\"path\" \"/code\"", "\"query\" \"/limit\"", "\"query\" \"/tags/0\""];
    assert_eq!(places, expected);
}

/// Also where a body is only another name for a list, or has no name at all.
#[tokio::test]
async fn constraints_hold_for_bodies() {
    let url = serve(constraints::server::router(Constraints)).await;
    let caller = reqwest::Client::new();
    let bodies = [
        ("codes", json!(["DE", "FR"]), 204),
        ("codes", json!([]), 400),
        ("codes", json!(["DE", "DE"]), 400),
        ("codes", json!(["de"]), 400),
        ("codes", json!("DE"), 400),
        ("codes", json!(null), 400),
        ("limits", json!([1, 2]), 204),
        ("limits", json!([1.0]), 204),
        ("limits", json!([]), 204),
        ("limits", json!([1, 2, 3]), 400),
        ("limits", json!([0]), 400),
        ("limits", json!(null), 400),
    ];
    for (path, body, expected) in bodies {
        let answer = caller.put(format!("{url}/{path}")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), expected, "{path} {body}");
    }
    assert_eq!(caller.put(format!("{url}/limits")).send().await.unwrap().status(), 204);
    assert_eq!(caller.put(format!("{url}/codes")).send().await.unwrap().status(), 400);
}

struct Rejections;

impl rejections::server::Api for Rejections {
    async fn detail(
        &self,
        _: Context,
        _: rejections::server::DetailParameters,
        _: rejections::models::Order,
    ) -> Result<rejections::server::DetailResponse, Failure> {
        Ok(rejections::server::DetailResponse::NoContent)
    }
}

#[tokio::test]
async fn refusals_have_the_declared_shape() {
    use rejections::models::Order;
    let client = rejections::client::Client::new(&serve(rejections::server::router(Rejections)).await);
    let order = || Order { item: String::new(), count: 0, extra: Extra::new() };
    let Err(Error::ErrorResponse(refusal)) = client.detail().limit(0).body(order()).send().await else {
        panic!("detail")
    };
    assert_eq!(refusal.status(), 422);
    let entries = refusal.detail.as_ref().unwrap();
    let places: Vec<Value> = entries.iter().map(|entry| serde_json::to_value(&entry.loc).unwrap()).collect();
    assert_eq!(places, [json!(["query", "limit"]), json!(["body", "item"]), json!(["body", "count"])]);

    let Err(Error::ErrorResponse(problem)) = client.problem().body(order()).send().await else {
        panic!("problem")
    };
    assert_eq!((problem.status().as_u16(), problem.status), (400, Some(400)));
    let places =
        problem.errors.iter().flatten().map(|error| (error.in_.as_deref(), error.pointer.as_deref()));
    assert_eq!(places.collect::<Vec<_>>(), [(Some("body"), Some("/item")), (Some("body"), Some("/count"))]);

    let Err(Error::UnexpectedResponse(raw)) = client.none().body(order()).send().await else {
        panic!("none")
    };
    assert_eq!(
        (raw.status.as_u16(), raw.headers["content-type"].to_str().unwrap()),
        (400, "application/problem+json")
    );
    // What was sent is never repeated.
    let order = Order { item: "x".repeat(9), count: -123_456, extra: Extra::new() };
    let Err(Error::UnexpectedResponse(raw)) = client.none().body(order).send().await else { panic!("none") };
    assert!(!raw.text().contains("123456"), "{}", raw.text());
}

struct Accounts;

impl read_write_only::server::Api for Accounts {
    async fn create(
        &self,
        _: Context,
        body: read_write_only::models::Account,
    ) -> Result<read_write_only::server::CreateResponse, Failure> {
        // An answer has what a request has not, and the other way round.
        Ok(read_write_only::models::Account { id: Some(1), password: None, ..body }.into())
    }

    async fn group(
        &self,
        _: Context,
        body: read_write_only::models::Group,
    ) -> Result<read_write_only::server::GroupResponse, Failure> {
        Ok(body.into())
    }

    async fn key(
        &self,
        _: Context,
        _: read_write_only::models::Key,
    ) -> Result<read_write_only::server::KeyResponse, Failure> {
        Ok(read_write_only::models::Key::default().into())
    }
}

/// Also where a model serves both directions, and however deep it stands.
#[tokio::test]
async fn what_only_requests_have_is_asked_of_them() {
    let url = serve(read_write_only::server::router(Accounts)).await;
    let client = read_write_only::client::Client::new(&url);
    let account = read_write_only::models::Account::builder().name("n").password("p");
    let back = client.create().body(account).send().await.unwrap();
    assert_eq!((back.id, back.password.as_deref()), (Some(1), None));
    let caller = reqwest::Client::new();
    let key = json!({ "secret": "s", "hint": null });
    let bodies = [
        ("accounts", json!({ "name": "n", "password": "p" }), &[][..]),
        ("accounts", json!({ "name": "n" }), &["/password"]),
        ("accounts", json!({ "name": "n", "id": 1 }), &["/password"]),
        (
            "groups",
            json!({ "owner": key, "members": [{ "name": "n", "password": "p" }], "keys": { "a": key } }),
            &[],
        ),
        (
            "groups",
            json!({ "owner": key, "members": [{ "name": "n" }, {}] }),
            &["/members/0/password", "/members/1/name", "/members/1/password"],
        ),
        (
            "groups",
            json!({ "owner": key, "members": [], "keys": { "a": { "uses": 1, "hint": null } } }),
            &["/keys/a/secret"],
        ),
        ("groups", json!({ "owner": { "uses": 1 }, "members": [] }), &["/owner"]),
    ];
    for (path, body, expected) in bodies {
        let answer = caller.post(format!("{url}/{path}")).json(&body).send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, if expected.is_empty() { 200 } else { 400 }, "{path} {body}: {text}");
        let said: Value = serde_json::from_str(&text).unwrap();
        let errors = said["errors"].as_array().into_iter().flatten();
        let mut places: Vec<&str> = errors.filter_map(|error| error["pointer"].as_str()).collect();
        places.sort_unstable();
        assert_eq!(places, expected, "{path} {body}: {text}");
    }
    for (form, expected) in [("secret=s&hint=h&uses=1", 200), ("secret=s", 400), ("hint=h&uses=1", 400)] {
        let request =
            caller.post(format!("{url}/keys")).header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(request.body(form).send().await.unwrap().status(), expected, "{form}");
    }
}
