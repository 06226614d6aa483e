//! Single answers: which one it is, and what is in it.

use super::{ask, contract, judge, read, send};
use serde_json::json;
use spec_contract::Contract;
use spec_mock::Mock;
use std::sync::{Arc, Mutex};

fn mock() -> Mock {
    Mock::new(contract("answers.yaml"))
}

#[tokio::test]
async fn the_lowest_success_answers_with_the_first_example_that_is_right() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let mock = mock().log(move |line| log.lock().expect("a lock").push(line.to_owned()));
    for _ in 0..2 {
        let answer = ask(&mock, "GET /pets").await;
        assert_eq!((answer.status, answer.text.as_str()), (201, r#"{"name":"Tom"}"#));
        assert_eq!(answer.header("x-count"), "3");
        assert_eq!(answer.header("deprecation"), "true");
        judge(&contract("answers.yaml"), "pets", &answer);
    }
    let lines = lines.lock().expect("a lock");
    assert_eq!(lines.len(), 1, "once is enough: {lines:?}");
    assert!(lines[0].starts_with("pets: the example `wrong` of 201 is left out: "), "{lines:?}");
}

#[tokio::test]
async fn examples_may_be_passed_over() {
    let answer = ask(&mock().examples(false), "GET /pets").await;
    assert_eq!(answer.text, r#"{"name":"string","age":0}"#);
}

#[tokio::test]
async fn wishes_are_kept_and_said() {
    for (request, status, body, applied) in [
        ("GET /pets\nPrefer: code=404", 404, r#"{"message":"string","code":0}"#, "code=404"),
        ("GET /pets?__code=503", 503, r#"{"error":"string"}"#, "code=503"),
        ("GET /pets?__code=299", 299, "any", "code=299"),
        ("GET /pets\nPrefer: example=dog", 201, r#"{"name":"Rex","age":3}"#, "example=dog"),
        ("GET /pets?__example=cat&__code=201", 201, r#"{"name":"Tom"}"#, "example=cat, code=201"),
        ("GET /pets\nPrefer: respond-async, dynamic=false", 201, r#"{"name":"Tom"}"#, "dynamic=false"),
    ] {
        let answer = ask(&mock(), request).await;
        assert_eq!((answer.status, answer.text.as_str()), (status, body), "{request}");
        assert_eq!(answer.header("preference-applied"), applied, "{request}");
    }
}

#[tokio::test]
async fn wishes_that_can_not_be_kept_are_told() {
    for (request, status, words) in [
        ("GET /pets?__example=cow", 404, "no example `cow`"),
        ("GET /pets?__example=wrong", 500, "is not what its schema says"),
        ("GET /tree?__code=418", 404, "no answer with 418"),
        ("GET /pets?__code=many", 422, "`code=many` is wrong"),
        ("GET /many", 500, "more parts"),
    ] {
        let answer = ask(&mock(), request).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, "application/problem+json"),
            "{request}"
        );
        assert!(answer.text.contains(words), "{request}: {}", answer.text);
    }
}

#[tokio::test]
async fn accept_chooses_the_form() {
    for (accept, status, content_type) in [
        ("application/xml", 201, "application/xml"),
        ("application/json;q=0.1, application/xml;q=0.2", 201, "application/xml"),
        ("application/*", 201, "application/json"),
        ("text/html, */*;q=0.1", 201, "application/json"),
        ("application/json;q=0, */*", 201, "application/xml"),
        ("text/html", 406, "application/problem+json"),
    ] {
        let answer = ask(&mock(), &format!("GET /pets\nAccept: {accept}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, content_type), "{accept}");
    }
    let answer = ask(&mock(), "GET /pets?__code=404\nAccept: text/plain").await;
    assert_eq!(answer.status, 406, "as if there were no wish, and that is not acceptable either");
}

#[tokio::test]
async fn the_same_seed_and_request_give_the_same_bytes() {
    let contract = contract("answers.yaml");
    let ask_for = async |seed: u64, request: &str| {
        let answer = ask(&Mock::new(contract.clone()).dynamic(true).seed(seed), request).await;
        judge(&contract, "codes", &answer);
        answer.text
    };
    let first = ask_for(7, "GET /codes").await;
    assert_eq!(first, ask_for(7, "GET /codes").await);
    assert_ne!(first, ask_for(8, "GET /codes").await);
    assert_ne!(first, ask_for(7, "GET /codes?a=1").await);
    assert_eq!(first, ask_for(1, "GET /codes\nPrefer: seed=7").await);
    // What one version of this crate has made, the next one should make, too; a change of it is worth a line
    // in the changelog.
    let plain = ask(&Mock::new(contract.clone()), "GET /codes").await;
    judge(&contract, "codes", &plain);
    assert_eq!(plain.text, ask(&Mock::new(contract.clone()).seed(9), "GET /codes").await.text);
}

#[tokio::test]
async fn made_texts_can_be_read() {
    let document = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {operationId: a, \
                    responses: {'200': {description: d, content: {application/json: {schema: {type: object, \
                    required: [n, k], properties: {n: {type: string}, k: {const: \"\\x01\"}}, \
                    additionalProperties: {type: string}}}}}}}}}";
    let contract = read("names.yaml", document);
    for seed in 0..60 {
        let answer = ask(&Mock::new(contract.clone()).dynamic(true).seed(seed), "GET /a").await;
        judge(&contract, "a", &answer);
        let value = answer.json();
        assert_eq!(value["k"], "\u{1}");
        let members = value.as_object().expect("an object").iter().filter(|(name, _)| *name != "k");
        for (name, text) in members {
            let text = text.as_str().expect("a text");
            let is_typed = |own: char| own.is_alphanumeric() || (' '..='~').contains(&own);
            assert!(!name.is_empty() && name.chars().chain(text.chars()).all(is_typed), "{value}");
        }
    }
}

#[tokio::test]
async fn circles_end() {
    let contract = contract("answers.yaml");
    for mock in [Mock::new(contract.clone()), Mock::new(contract.clone()).dynamic(true)] {
        let answer = ask(&mock, "GET /tree").await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.len() < 20_000, "{}", answer.text.len());
        judge(&contract, "tree", &answer);
    }
}

#[tokio::test]
async fn sequences_are_written_as_such() {
    let contract = contract("answers.yaml");
    let mock = Mock::new(contract.clone());
    let answer = ask(&mock, "GET /events").await;
    assert_eq!(answer.text, "data: {\"n\":0}\n\n");
    judge(&contract, "events", &answer);
    let answer = ask(&mock, "GET /events\nAccept: application/x-ndjson").await;
    assert_eq!(answer.text, "{\"n\":0}\n");
    judge(&contract, "events", &answer);
}

#[tokio::test]
async fn other_paths_and_methods_are_told_apart() {
    let mock = mock();
    assert_eq!(ask(&mock, "GET /cats").await.status, 404);
    let answer = ask(&mock, "PUT /pets").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"));
    let answer = ask(&mock, "OPTIONS /pets").await;
    assert_eq!((answer.status, answer.header("allow")), (204, "GET, HEAD"));
    let answer = ask(&mock, "HEAD /pets").await;
    assert_eq!((answer.status, answer.header("x-count"), answer.text.as_str()), (200, "0", ""));
    assert_eq!(ask(&mock, "HEAD /tree").await.status, 405);
    assert_eq!(ask(&mock, "GET /api/v2/tree").await.status, 200, "below the path of the server");
}

#[tokio::test]
async fn pages_of_other_origins_may_ask() {
    let preflight = "OPTIONS /tree\nOrigin: http://a\nAccess-Control-Request-Method: PUT\n\
                     Access-Control-Request-Headers: x-a";
    let answer = ask(&mock(), preflight).await;
    assert_eq!((answer.status, answer.header("access-control-allow-methods")), (204, "PUT"));
    assert_eq!(answer.header("access-control-allow-headers"), "x-a");
    let answer = ask(&mock(), "GET /pets\nOrigin: http://a").await;
    assert_eq!(answer.header("access-control-allow-origin"), "http://a");
    assert!(answer.header("access-control-expose-headers").contains("x-count"));
    let answer = ask(&mock().cors(false), "GET /pets\nOrigin: http://a").await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
}

#[tokio::test]
async fn credentials_count_before_media_types_before_all_else() {
    let contract = contract("shop.yaml");
    let mock = Mock::new(contract.clone());
    let wrong = "\n\n{\"nickname\": 3, \"tags\": [\"a\", \"abcde\"]}";
    for (head, status) in
        [("", 401), ("\nX-Key: k", 415), ("\nX-Key: k\nContent-Type: application/json", 422)]
    {
        let answer = ask(&mock, &format!("POST /customers{head}{wrong}")).await;
        assert_eq!(answer.status, status);
        judge(&contract, "makeCustomer", &answer);
        assert_eq!(!answer.header("www-authenticate").is_empty(), status == 401);
        assert!(answer.header("sl-violations").starts_with(r#"[{"location":["request","#), "{head}");
        assert!(!answer.text.contains("\"k\""), "no credential is told");
    }
    let answer = send(&mock, "POST /customers", &wrong[2..]).await;
    let messages = answer.json()["detail"].as_array().expect("a list").clone();
    let places: Vec<_> = messages.iter().map(|own| own["loc"].clone()).collect();
    assert_eq!(places, [json!(["body"]), json!(["body", "nickname"]), json!(["body", "tags", 1])]);
    assert_eq!(messages[0]["type"], "missing");
}

#[tokio::test]
async fn only_good_credentials_count_where_some_are_given() {
    let document = |scheme: &str| {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\nsecurity: [{{own: []}}]\n\
             paths:\n  /a:\n    get:\n      operationId: a\n      \
             responses: {{'204': {{description: Fine}}}}\ncomponents:\n  securitySchemes:\n    \
             own: {scheme}\n"
        );
        Mock::new(read("a.yaml", &text))
    };
    for (scheme, credential, good, bad) in [
        ("{type: http, scheme: bearer}", "t", "/a\nAuthorization: bearer t", "/a\nAuthorization: Bearer u"),
        (
            "{type: http, scheme: basic}",
            "u:p",
            "/a\nAuthorization: Basic dTpw",
            "/a\nAuthorization: Basic dTpx",
        ),
        ("{type: apiKey, in: header, name: X-Key}", "k", "/a\nX-Key: k", "/a\nX-Key: l"),
        ("{type: apiKey, in: query, name: key}", "k", "/a?x=1&key=k", "/a?x=1&key=l"),
        ("{type: apiKey, in: cookie, name: key}", "k", "/a\nCookie: a=b; key=k", "/a\nCookie: a=b; key=l"),
    ] {
        let mock = document(scheme);
        for request in [good, bad] {
            assert_eq!(ask(&mock, &format!("GET {request}")).await.status, 204, "{scheme}: nothing is said");
        }
        let mock = mock.credential("own", credential);
        assert_eq!(ask(&mock, &format!("GET {good}")).await.status, 204, "{scheme}");
        assert_eq!(ask(&mock, &format!("GET {bad}")).await.status, 401, "{scheme}");
        assert_eq!(ask(&mock, "GET /a").await.status, 401, "{scheme}");
    }
    let two = document(
        "{type: http, scheme: bearer}\n    other: {type: openIdConnect, \
         openIdConnectUrl: 'https://example.com'}",
    );
    let two = two.credential("own", "t").credential("other", "u");
    for (token, status) in [("t", 204), ("u", 204), ("v", 401)] {
        assert_eq!(ask(&two, &format!("GET /a\nAuthorization: Bearer {token}")).await.status, status);
    }
    let mock = document("{type: http, scheme: basic}").credential("own", "u:p");
    for authorization in ["Basic", "Basic ?", "Bearer t", "u:p"] {
        assert_eq!(ask(&mock, &format!("GET /a\nAuthorization: {authorization}")).await.status, 401);
    }
}

#[tokio::test]
async fn a_declared_error_tells_what_is_wrong() {
    let schema = |schema: &str| {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get:\n      \
             operationId: a\n      parameters:\n      - {{name: n, in: query, required: true, \
             schema: {{type: integer}}}}\n      responses:\n        '200': {{description: Fine}}\n        \
             '400':\n          description: Wrong\n          content:\n            \
             application/json:\n              schema: {schema}\n"
        );
        read("a.yaml", &text)
    };
    let message = r#"n: "x" is not of type "integer""#;
    for (own, body) in [
        (
            "{type: object, required: [message], properties: {message: {type: string}, \
             code: {type: integer}}}",
            json!({"message": message, "code": 400}),
        ),
        (
            "{type: object, properties: {errors: {type: array, items: {type: object, \
             properties: {field: {type: string}, reason: {type: string}}}}}}",
            json!({"errors": [{"field": "n", "reason": message}]}),
        ),
        (
            "{type: object, required: [error, status], properties: {error: {type: string}, \
             message: {type: string}, status: {type: integer}, path: {type: string}}}",
            json!({"error": "Bad Request", "message": message, "status": 400, "path": "n"}),
        ),
        (
            "{type: object, additionalProperties: false, properties: {ok: {const: false}}}",
            json!({"ok": false}),
        ),
    ] {
        let contract: Contract = schema(own);
        let answer = ask(&Mock::new(contract.clone()), "GET /a?n=x").await;
        assert_eq!((answer.status, answer.json()), (400, body), "{own}");
        judge(&contract, "a", &answer);
    }
}

/// Documents name what must be there more than once; validators count.
#[tokio::test]
async fn what_must_be_there_may_be_named_twice() {
    for version in ["3.0.3", "3.1.0"] {
        let text = format!(
            "openapi: {version}\ninfo: {{title: T, version: '1'}}\n\
             paths:\n  /a:\n    get:\n      operationId: a\n      responses:\n        '200':\n          \
             description: Fine\n          content:\n            application/json:\n              \
             schema: {{type: object, required: [a, b, a, b], properties: {{a: {{type: integer}}, \
             b: {{type: integer}}}}}}\n"
        );
        let answer = ask(&Mock::new(read("a.yaml", &text)), "GET /a").await;
        assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"a":0,"b":0}"#));
    }
}

#[tokio::test]
async fn what_nobody_reads_is_no_fault() {
    let answer = ask(&mock(), "GET /tree?more=1\nX-More: 1\n\n{}").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn errors_shows_what_is_wrong_with_the_document() {
    let answer = ask(&mock().errors(true), "GET /pets?limit=1").await;
    assert_eq!(answer.status, 500);
    let told: serde_json::Value = serde_json::from_str(answer.header("sl-violations")).expect("JSON");
    assert_eq!(told[0]["location"], json!(["response", "body", "name"]));
    assert_eq!(told[0]["code"], "type");
    assert_eq!((&told[1]["severity"], &told[1]["code"]), (&json!("Warning"), &json!("deprecated")));
    let answer = ask(&mock().errors(true), "GET /pets?__example=cat").await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let mock = Mock::new(contract("shop.yaml")).body_limit(10);
    assert_eq!(send(&mock, "POST /customers", r#"{"name": "Mia"}"#).await.status, 413);
}

#[tokio::test]
async fn no_answer_lacks_what_must_be_there() {
    let mock = Mock::new(contract("answers.yaml"));
    let answer = ask(&mock, "GET /unmade").await;
    assert_eq!((answer.status, answer.header("mock-undeclared")), (500, "true"));
    assert!(answer.text.contains("the schema of the header X-Never takes"), "{}", answer.text);
    // What is declared says nothing of that.
    assert_eq!(ask(&mock, "GET /pets").await.header("mock-undeclared"), "");
    assert_eq!(ask(&mock, "GET /nowhere").await.header("mock-undeclared"), "true");
}

#[tokio::test]
async fn what_is_wrong_need_not_be_told() {
    let mock = Mock::new(contract("answers.yaml"));
    assert!(!ask(&mock, "GET /pets?limit=x").await.header("sl-violations").is_empty());
    let quiet = mock.violations_header(false);
    let refused = ask(&quiet, "GET /pets?limit=x").await;
    assert_eq!((refused.header("sl-violations"), refused.status / 100), ("", 4));
}
