//! Requests that mean harm: what they are answered is short, says where, and repeats next to nothing.

use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT_ENCODING, WWW_AUTHENTICATE};
use axum::http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use spec_goldens::attacks::models::{Campaign, CampaignInput, Form, Mode, Tree};
use spec_goldens::attacks::server::{self, *};
use spec_runtime::Extra;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
use tower::ServiceExt;

struct Service;

impl Authenticate for Service {
    type Principal = ();

    async fn authenticate(&self, _: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        Ok(())
    }
}

impl Api for Service {
    async fn put_campaign(
        &self,
        _: Context,
        parameters: PutCampaignParameters,
        body: CampaignInput,
    ) -> Result<PutCampaignResponse, Failure> {
        // What a service does naturally with what it does not know.
        Ok(Campaign { id: parameters.id, name: body.name, owner: None, extra: body.extra }.into())
    }

    async fn delete_campaign(
        &self,
        _: Context,
        _: DeleteCampaignParameters,
    ) -> Result<DeleteCampaignResponse, Failure> {
        Ok(().into())
    }

    async fn get_campaign(
        &self,
        _: Context,
        parameters: GetCampaignParameters,
    ) -> Result<GetCampaignResponse, Failure> {
        let campaign =
            || Campaign { id: parameters.id, name: "n".to_owned(), owner: None, extra: Extra::new() };
        Ok(if parameters.id == 0 { None.into() } else { campaign().into() })
    }

    async fn post_form(&self, _: Context, form: Form) -> Result<PostFormResponse, Failure> {
        let numbers = form.numbers;
        Ok(numbers.unwrap_or_default().into())
    }

    async fn post_tree(&self, _: Context, tree: Tree) -> Result<PostTreeResponse, Failure> {
        Ok(tree.into())
    }
}

/// How long an answer to a bad request may be.
const SHORT: usize = 64 * 1024;

async fn ask(request: Request<Body>) -> (Response<()>, Value) {
    let answer = server::router(Service).oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    assert!(parts.status.is_success() || body.len() < SHORT, "{} bytes: {}", body.len(), parts.status);
    let value = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    (Response::from_parts(parts, ()), value)
}

fn put(uri: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::put(uri).header("x-api-key", "k").header("content-type", "application/json");
    request.body(body.into()).unwrap()
}

async fn refused(uri: &str, body: impl Into<Body>) -> Vec<Value> {
    let (answer, body) = ask(put(uri, body)).await;
    assert_eq!(answer.status(), 422, "{body}");
    body["detail"].as_array().unwrap().clone()
}

async fn get(uri: &str) -> (Response<()>, Value) {
    ask(Request::get(uri).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_request_is_not_answered_at_greater_length() {
    let many = |item: &str| {
        format!(r#"{{"name": "n", "webhooks": [{}]}}"#, vec![item; 2_000_000 / (item.len() + 1)].join(","))
    };
    let all = refused("/campaigns/1", many("{}")).await;
    assert_eq!(
        (all.len(), &all[0]["loc"], &all[32]["type"]),
        (33, &json!(["body", "webhooks", 0, "url"]), &json!("more"))
    );
    for item in ["[]", "1", r#"{"url":""}"#, r#"{"url":"u","event":"fax","secret":1,"retries":1e30}"#] {
        assert!(refused("/campaigns/1", many(item)).await.len() <= 33, "{item}");
    }
    // Names are repeated in part.
    let name = "\u{1}\\\"é".repeat(50_000);
    let named = |body: Value| body.to_string();
    for body in [
        json!({"name": "n", "counts": {name.clone(): "x"}}),
        json!({"name": "n", "closed": {name.clone(): "x"}}),
        json!({"name": "n", "webhooks": [{"url": name.clone(), "event": name.clone()}]}),
    ] {
        refused("/campaigns/1", named(body)).await;
    }
    let closed: Vec<String> = (0..100_000).map(|number| format!("\"x{number}\":1")).collect();
    assert_eq!(
        refused("/campaigns/1", format!(r#"{{"name":"n","closed":{{{}}}}}"#, closed.join(","))).await.len(),
        33
    );
    let twice = vec!["\"x\":1"; 300_000].join(",");
    assert_eq!(refused("/campaigns/1", format!(r#"{{"name":"n",{twice}}}"#)).await.len(), 33);
}

#[tokio::test]
async fn what_may_be_many_things_is_not_tried_forever() {
    let tree =
        |depth: usize, leaf: &str| format!("{}{leaf}{}", r#"{"left":"#.repeat(depth), "}".repeat(depth));
    let leaf = format!(r#"{{"leaf":[{}]}}"#, vec!["1"; 50_000].join(","));
    let broken = format!(r#"{{"leaf":[{}]}}"#, vec!["\"x\""; 50_000].join(","));
    let post = |text: String| {
        Request::post("/trees").header("content-type", "application/json").body(text.into()).unwrap()
    };
    assert_eq!(ask(post(tree(3, r#"{"leaf":[1]}"#))).await.0.status(), 200);
    for text in [tree(12, &leaf), tree(12, &broken), tree(60, &broken), tree(125, "{}")] {
        assert!([200, 400].contains(&ask(post(text)).await.0.status().as_u16()));
    }
}

#[tokio::test]
async fn paths_are_repeated_in_part() {
    for method in ["GET", "A-METHOD-OF-ITS-OWN"] {
        for path in [format!("/{}", "x".repeat(60_000)), format!("/campaigns/{}", "%22".repeat(20_000))] {
            let request = Request::builder().method(method).uri(&path).body(Body::empty()).unwrap();
            let (answer, body) = ask(request).await;
            assert!(answer.status().is_client_error() && body.to_string().len() < 1024, "{body}");
        }
    }
}

#[tokio::test]
async fn what_came_does_not_become_what_the_service_says() {
    let body = json!({"name": "n", "id": 999, "owner": "root", "other": 1});
    let (_, written) = ask(put("/campaigns/35", body.to_string())).await;
    assert_eq!(written, json!({"id": 35, "name": "n", "other": 1}));
}

#[tokio::test]
async fn places_are_where_the_request_has_them() {
    let all = refused("/campaigns/1", r#"{"name": "n", "counts": {"06": "x", "1": 1.5}}"#).await;
    let places: Vec<&Value> = all.iter().map(|own| &own["loc"]).collect();
    assert_eq!(places, [&json!(["body", "counts", "06"]), &json!(["body", "counts", "1"])]);
    let all = refused("/campaigns/1?filter[06]=x", r#"{"name": "n"}"#).await;
    assert_eq!(all[0]["loc"], json!(["query", "filter", "06"]));
}

#[tokio::test]
async fn what_was_meant_is_what_is_said() {
    let all =
        refused("/campaigns/1?mode=fax", r#"{"name": "n", "mode": "fax", "webhooks": [{"url": "u"}]}"#).await;
    let said = |own: &Value| format!("{} {}", own["loc"], own["msg"].as_str().unwrap());
    let said: Vec<String> = all.iter().map(said).collect();
    assert_eq!(said[0], r#"["query","mode"] the value must be one of "voice", "sms""#);
    assert_eq!(said[1], r#"["body","mode"] the value must be one of "voice", "sms""#);
    assert_eq!(said[2..].len(), 3, "{said:?}");
    assert!(said[2].starts_with(r#"["body","webhooks",0,""#), "{said:?}");
}

#[tokio::test]
async fn encoded_bodies_are_refused() {
    for coding in ["gzip", "identity, br", "x"] {
        let mut request = put("/campaigns/1", "\u{1f}");
        request.headers_mut().insert("content-encoding", coding.parse().unwrap());
        let (answer, _) = ask(request).await;
        assert_eq!(
            (answer.status(), &answer.headers()[ACCEPT_ENCODING]),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, &"identity".parse().unwrap())
        );
    }
    let mut request = put("/campaigns/1", r#"{"name": "n"}"#);
    request.headers_mut().insert("content-encoding", "Identity".parse().unwrap());
    assert_eq!(ask(request).await.0.status(), 200);
}

#[tokio::test]
async fn what_is_given_twice_is_refused() {
    for (name, value) in [("x-api-key", "bad"), ("x-trace", "a")] {
        let mut request = put("/campaigns/1", r#"{"name": "n"}"#);
        request.headers_mut().append("x-trace", "b".parse().unwrap());
        request.headers_mut().append(name, value.parse().unwrap());
        let (answer, body) = ask(request).await;
        assert!(
            [400, 422].contains(&answer.status().as_u16()) && body.to_string().contains("given"),
            "{body}"
        );
    }
    let bearer =
        Request::put("/campaigns/1").header("authorization", "Bearer a").header("authorization", "Bearer b");
    assert_eq!(ask(bearer.body(Body::empty()).unwrap()).await.0.status(), 400);
    for (query, place) in [("limit=1&limit=1", "limit"), ("mode=sms&mode=voice", "mode")] {
        let all = refused(&format!("/campaigns/1?{query}"), r#"{"name": "n"}"#).await;
        let message = "the parameter is given more than once";
        let expected = json!({"loc": ["query", place], "msg": message, "type": "duplicate"});
        assert_eq!(all, [expected]);
    }
    assert_eq!(
        ask(put("/campaigns/1?tags=a&tags=b&other=1&other=2", r#"{"name": "n"}"#)).await.0.status(),
        200
    );
}

#[tokio::test]
async fn what_is_no_text_is_refused_where_it_is_read() {
    for query in ["mode=%FF", "tags=a&tags=%C3", "filter[a]=%FF", "filter[%FF]=1"] {
        let all = refused(&format!("/campaigns/1?{query}"), r#"{"name": "n"}"#).await;
        assert_eq!((all.len(), &all[0]["type"]), (1, &json!("encoding")), "{query}: {all:?}");
    }
    let mut request = put("/campaigns/1", r#"{"name": "n"}"#);
    request.headers_mut().insert("cookie", "note=%FF".parse().unwrap());
    assert_eq!(ask(request).await.1["detail"][0]["loc"], json!(["cookie", "note"]));
    // What nobody asks for nobody reads.
    assert_eq!(ask(put("/campaigns/1?other=%FF", r#"{"name": "n"}"#)).await.0.status(), 200);
}

#[tokio::test]
async fn integers_are_said_to_be_out_of_range() {
    for number in ["9223372036854775808", "100000000000000000000", "1e300", "-9223372036854775809"] {
        let all = refused(
            &format!("/campaigns/1?limit={number}"),
            format!(r#"{{"name": "n", "counts": {{"a": {number}}}}}"#),
        )
        .await;
        for own in &all {
            let said = own["msg"].as_str().unwrap();
            assert!(
                (said.contains("imum of") || said.contains("out of range"))
                    && said.contains("922337203685477580")
                    && !said.contains("i64"),
                "{said}"
            );
        }
        assert_eq!(all.len(), 2, "{all:?}");
    }
    let (answer, _) =
        ask(put("/campaigns/1?limit=1e18", r#"{"name": "n", "counts": {"a": 1e18, "b": 1.0}}"#)).await;
    assert_eq!(answer.status(), 200);
    let all = refused("/campaigns/1", r#"{"name": "n", "counts": {"a": 1e400}}"#).await;
    assert!(all[0]["msg"].as_str().unwrap().starts_with("a number out of range"), "{all:?}");
}

/// One resource, one URL.
#[tokio::test]
async fn integers_in_a_path_are_written_in_one_way() {
    for id in ["1", "-1", "9223372036854775807"] {
        assert_eq!(get(&format!("/campaigns/{id}")).await.0.status(), 200, "{id}");
    }
    for id in ["1.0", "1e0", "-0", "+1", "01", "1e18", "0x1", "%201", "1%20", "9223372036854775808"] {
        let (answer, body) = get(&format!("/campaigns/{id}")).await;
        assert_eq!(
            (answer.status().as_u16(), &body["errors"][0]["pointer"]),
            (400, &json!("/id")),
            "{id}: {body}"
        );
    }
}

/// `OPTIONS *` asks whether there is a server (RFC 9110, 9.3.7); no other method has such a target.
#[tokio::test]
async fn the_server_as_a_whole_has_options() {
    for (method, uri, status) in [("OPTIONS", "*", 204), ("OPTIONS", "/nowhere", 404), ("GET", "*", 404)] {
        let request = Request::builder().method(method).uri(uri).body(Body::empty()).unwrap();
        assert_eq!(ask(request).await.0.status(), status, "{method} {uri}");
    }
}

#[tokio::test]
async fn all_that_lets_in_is_said_once() {
    let (answer, _) = ask(Request::put("/campaigns/1").body(Body::empty()).unwrap()).await;
    let challenges: Vec<&str> =
        answer.headers().get_all(WWW_AUTHENTICATE).iter().map(|own| own.to_str().unwrap()).collect();
    assert_eq!((answer.status().as_u16(), challenges), (401, vec!["ApiKey", "Bearer"]));
}

#[tokio::test]
async fn answers_of_one_meaning_convert() {
    assert_eq!(get("/campaigns/0").await.1, Value::Null);
    assert_eq!(get("/campaigns/7").await.1["id"], 7);
    let (answer, _) = ask(Request::delete("/campaigns/7").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), 204);
    assert_eq!((Mode::Sms.as_str(), Mode::Voice.to_string().as_str()), ("sms", "voice"));
}
