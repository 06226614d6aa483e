//! Client and server, held against the document: what goes over the wire is what it says.

use crate::support::{CONTRACT, Service, campaign, last, serve, smallest};
use indexmap::IndexMap;
use outbound_client::Client;
use outbound_client::models::{DaysOfWeek, OutboundCampaignInput};
use proptest::prelude::*;
use serde_json::{Value, json};
use spec_runtime::Extra;
use spec_runtime::Field;

fn client(url: &str) -> Client {
    Client::new().with_base_url(url).with_api_key("secret")
}

#[tokio::test]
async fn the_vendors_example() {
    let (url, record) = serve(Service).await;
    let input = OutboundCampaignInput::builder()
        .campaign_name("Outbound Campaign 1")
        .description("This is a test campaign")
        .mode("voice")
        .sms_session_ttl(720)
        .labels(["test", "demo"])
        .campaign_variables([("key", "value"), ("key2", "value2")])
        .daily_start_time("09:00:00")
        .daily_end_time("17:00:00")
        .source("+19032900844")
        .caller_id("19995551234")
        .hourly_rate(25)
        .retry_count(1)
        .retry_interval("30m")
        .active_days([DaysOfWeek::Mon, DaysOfWeek::Tue, DaysOfWeek::Wed, DaysOfWeek::Thu, DaysOfWeek::Fri])
        .voicemail_detection([
            ("voicemail_detection_overall_timeout", 30.0),
            ("voicemail_detection_post_speech_timeout", 1.75),
            ("voicemail_detection_pre_speech_timeout", 3.5),
        ]);
    let answer = client(&url)
        .outbound_campaign_update()
        .campaign_id(679_645)
        .body(input.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(*answer, campaign(679_645, input.build().unwrap()));
    let exchange = last(&record);
    assert!(exchange.judgement().is_ok(), "{}", exchange.judgement());
    assert_eq!(exchange.request.uri().path(), "/api/v1/outbound/campaigns/679645");
    assert_eq!(exchange.request.headers()["syllable-api-key"], "secret");
    // The keys stand in the order of the document, and only those that were set.
    let sent = exchange.sent();
    let keys: Vec<&String> = sent.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "campaign_name",
            "campaign_variables",
            "caller_id",
            "active_days",
            "description",
            "mode",
            "sms_session_ttl",
            "labels",
            "daily_start_time",
            "daily_end_time",
            "source",
            "hourly_rate",
            "retry_count",
            "retry_interval",
            "voicemail_detection",
        ]
    );
}

/// The optional fields that may be null, each with a value for the third state.
fn nullable_fields() -> Vec<(&'static str, Value)> {
    vec![
        ("description", json!("This is a test campaign")),
        ("mode", json!("voice")),
        ("sms_session_ttl", json!(720)),
        ("label", json!("test")),
        ("labels", json!([])),
        ("daily_start_time", json!("09:00:00")),
        ("daily_end_time", json!("17:00:00")),
        ("source", json!("+19032900844")),
        ("retry_interval", json!("30m")),
        ("voicemail_detection", json!({"voicemail_detection_overall_timeout": 30.5})),
    ]
}

/// Every combination of absent, null and a value over all of them: the model gives back what it was given.
#[test]
fn every_combination_of_states_survives_the_model() {
    let fields = nullable_fields();
    let base = serde_json::to_value(smallest()).unwrap();
    let combinations = 3_usize.pow(fields.len() as u32);
    for combination in 0..combinations {
        let mut value = base.clone();
        let mut rest = combination;
        for (name, some) in &fields {
            match rest % 3 {
                0 => {}
                1 => value[*name] = Value::Null,
                _ => value[*name] = some.clone(),
            }
            rest /= 3;
        }
        let text = value.to_string();
        let model: OutboundCampaignInput = spec_runtime::from_slice(text.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&model).unwrap(), text);
    }
    assert_eq!(combinations, 59_049);
}

/// Every combination of states over each pair of fields goes over the wire and comes back, through client and
/// server alike.
#[tokio::test]
async fn every_pair_of_states_survives_the_wire() {
    let (url, record) = serve(Service).await;
    let client = client(&url);
    let fields = nullable_fields();
    let base = serde_json::to_value(smallest()).unwrap();
    let states = |some: &Value| [None, Some(Value::Null), Some(some.clone())];
    for (index, (first, first_value)) in fields.iter().enumerate() {
        for (second, second_value) in &fields[index + 1..] {
            for first_state in states(first_value) {
                for second_state in states(second_value) {
                    let mut value = base.clone();
                    for (name, state) in [(first, &first_state), (second, &second_state)] {
                        if let Some(state) = state {
                            value[*name] = state.clone();
                        }
                    }
                    let input: OutboundCampaignInput = serde_json::from_value(value.clone()).unwrap();
                    let answer = client
                        .outbound_campaign_update()
                        .campaign_id(1)
                        .body(input.clone())
                        .send()
                        .await
                        .unwrap();
                    assert_eq!(*answer, campaign(1, input));
                    let exchange = last(&record);
                    assert_eq!(exchange.sent(), value);
                    let answered = exchange.answered();
                    for (name, state) in [(first, &first_state), (second, &second_state)] {
                        assert_eq!(answered.get(*name), state.as_ref(), "{name} in {answered}");
                    }
                }
            }
        }
    }
    let record = record.lock().unwrap();
    assert_eq!(record.len(), 45 * 9);
    for exchange in record.iter() {
        assert!(exchange.judgement().is_ok(), "{}", exchange.judgement());
    }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ]{0,8}", "\\PC{0,12}", Just(String::new())]
}

fn state<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Field<T>> {
    prop_oneof![Just(Field::Absent), Just(Field::Null), value.prop_map(Field::Value)].boxed()
}

fn days() -> impl Strategy<Value = Vec<DaysOfWeek>> {
    let day = proptest::sample::select(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    proptest::collection::vec(day.prop_map(|day| day.parse().unwrap()), 0..8)
}

fn map<V: std::fmt::Debug + 'static>(
    value: impl Strategy<Value = V> + 'static,
) -> impl Strategy<Value = IndexMap<String, V>> {
    proptest::collection::vec((texts(), value), 0..5).prop_map(|entries| entries.into_iter().collect())
}

#[allow(deprecated)]
fn inputs() -> impl Strategy<Value = OutboundCampaignInput> {
    let required = (texts(), map(texts()), proptest::option::of(texts()), days());
    let some = (
        state(texts()),
        state(texts()),
        state(0..=i64::from(i32::MAX)),
        state(texts()),
        state(proptest::collection::vec(texts(), 0..4)),
    );
    let more = (state(texts()), state(texts()), state(texts()), state(texts()), state(map(-1e9..1e9)));
    let rate = || proptest::option::of(0..=i64::from(i32::MAX));
    let rates = (rate(), rate());
    (required, some, more, rates).prop_map(|(required, some, more, rates)| OutboundCampaignInput {
        campaign_name: required.0,
        campaign_variables: required.1,
        caller_id: required.2,
        active_days: required.3,
        description: some.0,
        mode: some.1,
        sms_session_ttl: some.2,
        label: some.3,
        labels: some.4,
        daily_start_time: more.0,
        daily_end_time: more.1,
        source: more.2,
        retry_interval: more.3,
        voicemail_detection: more.4,
        hourly_rate: rates.0,
        retry_count: rates.1,
        extra: Extra::new(),
    })
}

/// Any input, for any campaign, arrives as it was sent and fits the document on both ways.
#[test]
fn any_input_arrives() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (url, record) = runtime.block_on(serve(Service));
    let client = client(&url);
    let config = ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(id in 1..=9_007_199_254_740_991_i64, input in inputs())| {
        let call = client.outbound_campaign_update().campaign_id(id).body(input.clone());
        let answer = runtime.block_on(call.send()).unwrap();
        prop_assert_eq!(&*answer, &campaign(id, input));
        let exchange = last(&record);
        prop_assert!(exchange.judgement().is_ok(), "{}", exchange.judgement());
    });
}

/// A request by hand, past the client.
async fn put(
    url: &str,
    body: impl Into<reqwest::Body>,
    change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
) -> (u16, Value) {
    let request = reqwest::Client::new()
        .put(format!("{url}/api/v1/outbound/campaigns/1"))
        .header("syllable-api-key", "secret")
        .header("content-type", "application/json")
        .body(body);
    let answer = change(request).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}

/// The places and kinds of what a 422 lists.
fn details(answer: &Value) -> Vec<(Value, &str)> {
    let detail = answer["detail"].as_array().unwrap();
    detail.iter().map(|entry| (entry["loc"].clone(), entry["type"].as_str().unwrap())).collect()
}

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::to_value(smallest()).unwrap();
    change(&mut value);
    value.to_string()
}

#[tokio::test]
async fn bad_bodies_are_answered_in_the_declared_shape() {
    let (url, record) = serve(Service).await;
    let remove =
        |name: &'static str| changed(move |value| drop(value.as_object_mut().unwrap().shift_remove(name)));
    let set = |name: &'static str, new: Value| changed(move |value| value[name] = new);
    let cases: Vec<(String, Vec<(Value, &str)>)> = vec![
        (
            "{}".to_owned(),
            vec![
                (json!(["body", "campaign_name"]), "missing"),
                (json!(["body", "campaign_variables"]), "missing"),
                (json!(["body", "caller_id"]), "missing"),
                (json!(["body", "active_days"]), "missing"),
            ],
        ),
        (remove("caller_id"), vec![(json!(["body", "caller_id"]), "missing")]),
        (set("campaign_name", Value::Null), vec![(json!(["body", "campaign_name"]), "type")]),
        (set("caller_id", json!(19_995_551_234_i64)), vec![(json!(["body", "caller_id"]), "type")]),
        (
            set("active_days", json!(["mon", "tue", "someday"])),
            vec![(json!(["body", "active_days", 2]), "enum")],
        ),
        (set("active_days", json!("mon")), vec![(json!(["body", "active_days"]), "type")]),
        (set("hourly_rate", Value::Null), vec![(json!(["body", "hourly_rate"]), "type")]),
        (set("hourly_rate", json!(1.5)), vec![(json!(["body", "hourly_rate"]), "type")]),
        (set("retry_count", json!(1e30)), vec![(json!(["body", "retry_count"]), "maximum")]),
        (
            set("campaign_variables", json!({"key": 1})),
            vec![(json!(["body", "campaign_variables", "key"]), "type")],
        ),
        (
            set("voicemail_detection", json!({"overall": "30"})),
            vec![(json!(["body", "voicemail_detection", "overall"]), "type")],
        ),
        (
            changed(|value| {
                value["active_days"] = json!([1, "mon", null]);
                value["mode"] = json!(true);
            }),
            vec![
                (json!(["body", "active_days", 0]), "type"),
                (json!(["body", "active_days", 2]), "type"),
                (json!(["body", "mode"]), "type"),
            ],
        ),
        ("[]".to_owned(), vec![(json!(["body"]), "type")]),
        ("null".to_owned(), vec![(json!(["body"]), "type")]),
        ("{\"campaign_name\":".to_owned(), vec![(json!(["body"]), "json_invalid")]),
        (String::new(), vec![(json!(["body"]), "json_invalid")]),
    ];
    for (body, mut expected) in cases {
        let (status, answer) = put(&url, body.clone(), |request| request).await;
        assert_eq!(status, 422, "{body}: {answer}");
        let mut found = details(&answer);
        found.sort_by_key(|(loc, _)| loc.to_string());
        expected.sort_by_key(|(loc, _)| loc.to_string());
        assert_eq!(found, expected, "{body}: {answer}");
        let response = last(&record).response;
        let judgement = CONTRACT.response("outbound_campaign_update", &response);
        assert!(judgement.is_ok(), "{judgement}");
    }
}

#[tokio::test]
async fn whole_numbers_may_be_written_with_a_fraction() {
    let (url, record) = serve(Service).await;
    let (status, answer) =
        put(&url, changed(|value| value["sms_session_ttl"] = json!(720.0)), |request| request).await;
    assert_eq!((status, &answer["sms_session_ttl"]), (200, &json!(720)));
    assert!(last(&record).judgement().is_ok());
}

#[tokio::test]
async fn bad_requests_are_answered_before_the_service() {
    let (url, _) = serve(Service).await;
    let good = serde_json::to_string(&smallest()).unwrap();
    let content_type = |value: &'static str| {
        move |request: reqwest::RequestBuilder| {
            let (client, request) = request.build_split();
            let mut request = request.unwrap();
            request.headers_mut().insert("content-type", value.parse().unwrap());
            reqwest::RequestBuilder::from_parts(client, request)
        }
    };
    let (status, answer) = put(&url, good.clone(), content_type("text/plain")).await;
    assert_eq!((status, &answer["status"]), (415, &json!(415)), "{answer}");
    let (status, _) = put(&url, good.clone(), content_type("application/json; charset=utf-8")).await;
    assert_eq!(status, 200);
    let (status, answer) = put(&url, vec![b'"', 0xff, b'"'], |request| request).await;
    assert_eq!((status, details(&answer)), (422, vec![(json!(["body"]), "json_invalid")]));
    let (status, answer) = put(&url, vec![b' '; 3 << 20], |request| request).await;
    assert_eq!((status, &answer["title"]), (413, &json!("Payload Too Large")), "{answer}");
}

#[tokio::test]
async fn a_path_that_does_not_fit_is_answered_in_the_declared_shape() {
    let (url, _) = serve(Service).await;
    for (segment, kind) in
        [("one", "type"), ("1.5", "type"), ("99999999999999999999", "maximum"), ("%20", "type")]
    {
        let answer = reqwest::Client::new()
            .put(format!("{url}/api/v1/outbound/campaigns/{segment}"))
            .header("syllable-api-key", "secret")
            .json(&json!({}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 422, "{segment}");
        let answer: Value = answer.json().await.unwrap();
        // What is wrong with the body is said in the same answer.
        assert_eq!(details(&answer)[0], (json!(["path", "campaign_id"]), kind), "{segment}: {answer}");
        assert_eq!(details(&answer).len(), 5, "{segment}: {answer}");
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_looked_at() {
    let (url, _) = serve(Service).await;
    for key in [None, Some(""), Some("  ")] {
        let mut request =
            reqwest::Client::new().put(format!("{url}/api/v1/outbound/campaigns/none")).body("no JSON");
        if let Some(key) = key {
            request = request.header("syllable-api-key", key);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert!(answer.headers().contains_key("www-authenticate"));
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["detail"], "credentials are missing: apiKey");
    }
}

#[tokio::test]
async fn what_is_not_in_the_document_is_a_problem() {
    let (url, _) = serve(Service).await;
    let caller = reqwest::Client::new();
    let answer = caller.get(format!("{url}/nowhere")).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (404, "application/problem+json")
    );
    let answer = caller.patch(format!("{url}/api/v1/outbound/campaigns/1")).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (405, "application/problem+json")
    );
    let mut allowed: Vec<&str> = answer.headers()["allow"].to_str().unwrap().split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["DELETE", "GET", "HEAD", "PUT"]);
}
