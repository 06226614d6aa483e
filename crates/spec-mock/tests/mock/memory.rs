//! What requests make, and what becomes of it.

use super::{Answer, ask, contract, judge, send};
use serde_json::{Value, json};
use spec_mock::Mock;

fn shop() -> Mock {
    Mock::new(contract("shop.yaml")).state(true)
}

/// Asks, and holds the answer against the document.
async fn step(mock: &Mock, operation: &str, line: &str, body: &str) -> Answer {
    let answer = send(mock, line, body).await;
    judge(&contract("shop.yaml"), operation, &answer);
    answer
}

#[tokio::test]
async fn a_thing_lives_until_it_is_deleted() {
    let mock = shop();
    let sent = r#"{"name": "Mia", "secret": "s", "tags": ["a"]}"#;
    let made = step(&mock, "makeCustomer", "POST /customers", sent).await;
    assert_eq!(made.status, 201);
    let thing = made.json();
    let id = thing["id"].as_str().expect("an id");
    assert_eq!(
        (&thing["name"], &thing["tier"], &thing["tags"]),
        (&json!("Mia"), &json!("basic"), &json!(["a"]))
    );
    assert!(thing.get("nickname").is_none() && thing.get("secret").is_none(), "{thing}");
    let item = format!("/customers/{id}");
    assert_eq!(made.header("location"), item);

    assert_eq!(step(&mock, "customer", &format!("GET {item}"), "").await.json(), thing);
    let change = r#"{"nickname": "M"}"#;
    let changed = step(&mock, "changeCustomer", &format!("PATCH {item}"), change).await.json();
    assert_eq!((&changed["nickname"], &changed["name"]), (&json!("M"), &json!("Mia")));
    assert_eq!(step(&mock, "customer", &format!("GET {item}"), "").await.json(), changed);
    let null = r#"{"nickname": null}"#;
    assert_eq!(
        step(&mock, "changeCustomer", &format!("PATCH {item}"), null).await.json()["nickname"],
        Value::Null
    );

    let put = step(&mock, "putCustomer", &format!("PUT {item}"), r#"{"name": "Zoe", "tier": "gold"}"#).await;
    assert_eq!((put.status, put.text.as_str()), (204, ""));
    let read = step(&mock, "customer", &format!("GET {item}"), "").await.json();
    assert_eq!((&read["name"], &read["tier"], &read["id"]), (&json!("Zoe"), &json!("gold"), &json!(id)));
    assert!(read.get("tags").is_none(), "{read}");

    assert_eq!(step(&mock, "deleteCustomer", &format!("DELETE {item}"), "").await.status, 204);
    for (operation, method) in
        [("customer", "GET"), ("deleteCustomer", "DELETE"), ("changeCustomer", "PATCH")]
    {
        let gone = step(&mock, operation, &format!("{method} {item}"), "{}").await;
        assert_eq!((gone.status, gone.header("content-type")), (404, "application/problem+json"));
    }
}

#[tokio::test]
async fn lists_have_what_was_made() {
    let mock = shop();
    assert_eq!(step(&mock, "customers", "GET /customers", "").await.json(), json!({"items": [], "total": 0}));
    for (name, tier) in [("a", "basic"), ("b", "gold"), ("c", "basic")] {
        let sent = json!({"name": name, "tier": tier}).to_string();
        step(&mock, "makeCustomer", "POST /customers", &sent).await;
    }
    let names = async |query: &str| {
        let list = step(&mock, "customers", &format!("GET /customers{query}"), "").await.json();
        let names = list["items"].as_array().expect("a list").iter().map(|own| own["name"].clone());
        (names.collect::<Vec<_>>(), list["total"].clone())
    };
    assert_eq!(names("").await, (vec![json!("a"), json!("b"), json!("c")], json!(3)));
    assert_eq!(names("?limit=2").await, (vec![json!("a"), json!("b")], json!(3)));
    assert_eq!(names("?tier=gold").await, (vec![json!("b")], json!(1)));
}

#[tokio::test]
async fn answers_name_what_their_schema_names() {
    let mock = shop();
    let sent = r#"{"name": "Mia", "password": "p", "pin": "1", "address": {"city": "c", "note": "n"}}"#;
    let shown = json!({"id": 1, "name": "Mia", "address": {"city": "c"}});
    assert_eq!(step(&mock, "makeUser", "POST /users", sent).await.json(), shown);
    assert_eq!(step(&mock, "user", "GET /users/1", "").await.json(), shown);
    let list = async |query: &str| step(&mock, "users", &format!("GET /users{query}"), "").await.json();
    assert_eq!(list("").await, json!({"items": [shown], "total": 1, "limit": 20, "offset": 0}));
    let beyond = json!({"items": [], "total": 1, "limit": 7, "offset": 3});
    assert_eq!(list("?limit=7&offset=3").await, beyond);
    // Where the document asks for more, it is there: nothing was lost.
    let change = r#"{"password": "q"}"#;
    let whole = step(&mock, "changeUser", "PATCH /users/1", change).await.json();
    assert_eq!(
        (&whole["password"], &whole["address"]["note"], whole.get("pin")),
        (&json!("q"), &json!("n"), None)
    );
}

#[tokio::test]
async fn things_stand_below_others() {
    let mock = shop();
    let customer = step(&mock, "makeCustomer", "POST /customers", r#"{"name": "Mia"}"#).await.json();
    let orders = format!("/customers/{}/orders", customer["id"].as_str().expect("an id"));
    let made = step(&mock, "makeOrder", &format!("POST {orders}"), r#"{"amount": 3.5}"#).await.json();
    assert_eq!(made, json!({"data": {"id": 1, "amount": 3.5}}));
    let read = step(&mock, "order", &format!("GET {orders}/1"), "").await;
    assert_eq!(read.json(), json!({"id": 1, "amount": 3.5}));
    assert_eq!(
        step(&mock, "orders", &format!("GET {orders}"), "").await.json(),
        json!([{"id": 1, "amount": 3.5}])
    );
    let other = "/customers/095be615-a8ad-4c33-8e9c-c7612fbf6c9f/orders";
    assert_eq!(step(&mock, "makeOrder", &format!("POST {other}"), r#"{"amount": 1}"#).await.status, 404);

    let parent = orders.trim_end_matches("/orders");
    step(&mock, "deleteCustomer", &format!("DELETE {parent}"), "").await;
    assert_eq!(step(&mock, "order", &format!("GET {orders}/1"), "").await.status, 404);
    assert_eq!(step(&mock, "orders", &format!("GET {orders}"), "").await.status, 404);
}

#[tokio::test]
async fn what_is_put_is_there() {
    let mock = shop();
    assert_eq!(step(&mock, "setting", "GET /settings/a", "").await.status, 404);
    assert_eq!(step(&mock, "set", "PUT /settings/a", r#"{"value": "x"}"#).await.status, 201);
    assert_eq!(step(&mock, "setting", "GET /settings/a", "").await.json(), json!({"value": "x"}));
    assert_eq!(step(&mock, "set", "PUT /settings/a", r#"{"value": "y"}"#).await.status, 200);
    assert_eq!(step(&mock, "setting", "GET /settings/a", "").await.json(), json!({"value": "y"}));
}

#[tokio::test]
async fn a_name_is_no_id_beside_one() {
    let mock = shop();
    let made = async |body: &str| step(&mock, "makeNote", "POST /notes", body).await;
    let first = made(r#"{"name": "Mia"}"#).await.json();
    let second = made(r#"{"name": "Mia"}"#).await.json();
    assert_eq!((&first["id"], &second["id"]), (&json!("1"), &json!("2")));
    let third = made(r#"{"name": "Zoe", "id": "a/b c"}"#).await;
    assert_eq!(third.header("location"), "/notes/a%2Fb%20c");
    let read = step(&mock, "note", &format!("GET {}", third.header("location")), "").await;
    assert_eq!(read.json(), third.json());

    let names = async |query: &str| {
        let list = step(&mock, "notes", &format!("GET /notes{query}"), "").await.json();
        list.as_array().expect("a list").iter().map(|own| own["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["Mia", "Mia"]);
    assert_eq!(names("?page=2").await, ["Zoe"]);
    assert!(names("?page=3").await.is_empty());
}

#[tokio::test]
async fn the_memory_is_read_set_and_cleared() {
    let mock = shop();
    step(&mock, "set", "PUT /settings/a", r#"{"value": "x"}"#).await;
    let snapshot = ask(&mock, "GET /__state").await;
    assert_eq!(snapshot.json()["/settings"]["a"]["value"], "x");
    assert_eq!(ask(&mock, "DELETE /__state").await.status, 204);
    assert_eq!(step(&mock, "setting", "GET /settings/a", "").await.status, 404);
    assert_eq!(send(&mock, "PUT /__state", &snapshot.text).await.status, 204);
    assert_eq!(step(&mock, "setting", "GET /settings/a", "").await.status, 200);
    assert_eq!(send(&mock, "PUT /__state", "[]").await.status, 400);
    mock.reset();
    assert_eq!(ask(&mock, "GET /__state").await.text, "{}");
    // Without memory there is no such path.
    assert_eq!(ask(&Mock::new(contract("shop.yaml")), "GET /__state").await.status, 404);
}

#[tokio::test]
async fn the_same_requests_make_the_same_things() {
    let run = async || {
        let mock = shop();
        let mut texts = Vec::new();
        for name in ["a", "b"] {
            texts.push(send(&mock, "POST /customers", &json!({ "name": name }).to_string()).await.text);
        }
        texts
    };
    let first = run().await;
    assert_eq!(first, run().await);
    assert_ne!(first[0], first[1]);
}

#[tokio::test]
async fn a_wish_is_asked_for_and_not_remembered() {
    let mock = shop();
    let answer = step(&mock, "makeCustomer", "POST /customers?__code=422", r#"{"name": "Mia"}"#).await;
    assert_eq!(answer.status, 422);
    assert_eq!(ask(&mock, "GET /__state").await.text, "{}");
}

#[tokio::test]
async fn patches_change_things() {
    let mock = shop();
    let made = step(&mock, "makeNote", "POST /notes", r#"{"name": "Mia"}"#).await.json();
    let item = format!("/notes/{}", made["id"].as_str().expect("an id"));
    let patch = async |kind: &str, body: &str| {
        let request = format!("PATCH {item}\nContent-Type: application/{kind}\nX-Key: k\n\n{body}");
        let answer = ask(&mock, &request).await;
        judge(&contract("shop.yaml"), "patchNote", &answer);
        answer
    };
    let steps = r#"[
        {"op": "test", "path": "/name", "value": "Mia"}, {"op": "replace", "path": "/name", "value": "Zoe"}
    ]"#;
    assert_eq!(patch("json-patch+json", steps).await.json()["name"], "Zoe");
    // The test fails now, and nothing is changed.
    assert_eq!(patch("json-patch+json", steps).await.status, 409);
    assert_eq!(patch("merge-patch+json", r#"{"name": "Eva"}"#).await.json()["name"], "Eva");
    assert_eq!(step(&mock, "note", &format!("GET {item}"), "").await.json()["name"], "Eva");
}

#[tokio::test]
async fn pages_follow_a_cursor() {
    let mock = shop();
    for stars in 1..=5 {
        let part = |name: &str, text: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let body = format!("{}{}--b--\r\n", part("title", "p"), part("stars", &stars.to_string()));
        let head = "POST /photos\nContent-Type: multipart/form-data; boundary=b\nX-Key: k";
        let made = ask(&mock, &format!("{head}\n\n{body}")).await;
        judge(&contract("shop.yaml"), "makePhoto", &made);
        assert_eq!(made.json(), json!({"id": stars, "title": "p", "stars": stars}));
    }
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let answer = step(&mock, "photos", &format!("GET /photos{query}"), "").await;
        assert_eq!(answer.header("x-total-count"), (5 - usize::from(!seen.is_empty())).to_string());
        let page = answer.json();
        seen.extend(page["photos"].as_array().expect("a list").iter().map(|own| own["id"].clone()));
        let next = page["meta"]["next_cursor"].as_str();
        assert_eq!(page["meta"]["has_more"], next.is_some());
        let Some(next) = next else { break };
        query = format!("?cursor={next}");
        // What is gone moves no page.
        send(&mock, "DELETE /photos/2", "").await;
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_at_once_lose_nothing() {
    let mock = shop();
    let run = |line: String, body: String| {
        let mock = mock.clone();
        tokio::spawn(async move { send(&mock, &line, &body).await })
    };
    let made: Vec<_> =
        (0..40).map(|_| run("POST /notes".to_owned(), r#"{"name": "a"}"#.to_owned())).collect();
    let mut ids = Vec::new();
    for made in made {
        ids.push(made.await.expect("an answer").json()["id"].as_str().expect("an id").to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);

    let customer = send(&mock, "POST /customers", r#"{"name": "Mia"}"#).await.json();
    let item = format!("/customers/{}", customer["id"].as_str().expect("an id"));
    let changes = [r#"{"nickname": "M"}"#, r#"{"tier": "gold"}"#, r#"{"name": "Zoe"}"#];
    let changes: Vec<_> = changes.iter().map(|own| run(format!("PATCH {item}"), (*own).to_owned())).collect();
    for change in changes {
        assert_eq!(change.await.expect("an answer").status, 200);
    }
    let read = send(&mock, &format!("GET {item}"), "").await.json();
    assert_eq!(
        (&read["nickname"], &read["tier"], &read["name"]),
        (&json!("M"), &json!("gold"), &json!("Zoe"))
    );
}
