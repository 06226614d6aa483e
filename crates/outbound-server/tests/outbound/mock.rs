//! The generated mock, between the generated client and the generated router.

use crate::support::{campaign, smallest};
use axum::http::StatusCode;
use outbound_client::Client;
use outbound_client::models::OutboundCampaign;
use outbound_server::models::Problem;
use outbound_server::{Mock, OutboundCampaignUpdateResponse, router};
use spec_runtime::client::{Configure, Error, InProcess};
use spec_runtime::server::Failure;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

fn in_process(mock: &Mock) -> Client {
    Client::new().with_api_key("secret").with_transport(InProcess::new(router(mock.clone())))
}

fn over_a_socket(url: &str) -> Client {
    Client::new().with_base_url(url).with_api_key("secret")
}

/// A mock that expects an update, and answers with what is sent and this editor.
fn updates(mock: Mock, editor: &'static str) -> Mock {
    mock.outbound_campaign_update(move |_, parameters, body| async move {
        let answer = campaign(parameters.campaign_id, body);
        Ok(OutboundCampaign { last_updated_by: editor.to_owned(), ..answer }.into())
    })
}

/// Returns who made an update, as the answer has it.
async fn update(client: &Client) -> String {
    let call = client.outbound_campaign_update().campaign_id(7).body(smallest());
    call.send().await.unwrap().into_inner().last_updated_by
}

/// Returns the status of an update that fails, and what is said of it.
async fn refused(client: &Client) -> (u16, String) {
    let call = client.outbound_campaign_update().campaign_id(7).body(smallest());
    let error = call.send().await.unwrap_err();
    (error.status().unwrap().as_u16(), error.to_string())
}

/// Returns what something panics with.
fn panics(act: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(act)).expect_err("it does not panic");
    let constant = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    constant.or_else(|| payload.downcast_ref::<String>().cloned()).expect("a message")
}

#[tokio::test]
async fn a_mock_answers_in_process_and_over_a_socket() {
    let mock = updates(Mock::new(), "a").times(2);
    assert_eq!(update(&in_process(&mock)).await, "a");
    let server = mock.serve().unwrap();
    assert_eq!(update(&over_a_socket(server.url())).await, "a");
    let calls = mock.calls();
    assert_eq!(calls, ["outbound_campaign_update", "outbound_campaign_update"]);
    assert_eq!((calls.count("outbound_campaign_update"), calls.count("outbound_campaign_list")), (2, 0));
}

#[tokio::test]
async fn calls_that_are_missing_fail_when_the_mock_is_dropped() {
    let mock = updates(Mock::new(), "a").times(2);
    let mock = mock.outbound_campaign_delete(|_, _| async { Ok(serde_json::Value::Null.into()) }).times(1..);
    update(&in_process(&mock)).await;
    let said = panics(|| drop(mock));
    let line = |text: &str| said.lines().find(|line| line.contains(text)).unwrap_or_default().to_owned();
    assert!(said.starts_with("a mock of `Api` was not called as expected:\n"), "{said}");
    let missing = line("`outbound_campaign_update` is expected");
    assert!(missing.ends_with("and had 1 call"), "{said}");
    assert!(missing.contains("to have 2 calls (crates/outbound-server/tests/outbound/mock.rs:"), "{said}");
    assert!(
        line("`outbound_campaign_delete` is expected to have at least 1 call").ends_with("no call"),
        "{said}"
    );
    assert_eq!(line("calls:"), "  calls: outbound_campaign_update", "{said}");
}

#[tokio::test]
async fn expectations_of_an_operation_are_met_in_their_order() {
    let mock = updates(Mock::new(), "first").times(1);
    let mock = updates(mock, "then").times(1..=2);
    let mock = mock.outbound_campaign_list(|_, _| async { Err(Failure::new(StatusCode::GONE, "none")) });
    let mock = updates(mock, "at last");
    let client = in_process(&mock);
    let mut editors = Vec::new();
    for _ in 0..5 {
        editors.push(update(&client).await);
    }
    assert_eq!(editors, ["first", "then", "then", "at last", "at last"]);
    let error = client.outbound_campaign_list().send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 410);
}

#[tokio::test]
async fn a_call_that_nothing_expects_is_refused_once_and_fails_the_mock() {
    let mock = Mock::new();
    let client = in_process(&mock);
    let call = client.outbound_campaign_get_by_id().campaign_id(7);
    let error = call.send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 501);
    let expected = "`outbound_campaign_get_by_id` is not expected, but \
                    `GET /api/v1/outbound/campaigns/7` came";
    assert!(error.to_string().contains(expected), "{error}");
    // It may be repeated, but is not.
    assert_eq!(mock.calls(), ["outbound_campaign_get_by_id"]);
    drop((client, error));
    let said = panics(|| drop(mock));
    assert!(said.contains(&format!("  * {expected}\n")), "{said}");
}

#[tokio::test]
async fn a_call_too_many_is_refused() {
    let mock = updates(Mock::new(), "a").times(..=1);
    let client = in_process(&mock);
    update(&client).await;
    let (status, said) = refused(&client).await;
    assert_eq!(status, 501);
    assert!(
        said.contains("`outbound_campaign_update` is expected no more after 1 call, but `PUT /"),
        "{said}"
    );
    assert!(panics(|| mock.verify()).contains("is expected no more after 1 call"));
    drop(client);
    panics(|| drop(mock));
}

#[tokio::test]
async fn a_request_that_breaks_the_document_never_reaches_the_mock() {
    let mock = updates(Mock::new(), "a").times(0);
    let server = mock.serve().unwrap();
    let put = |body: serde_json::Value| {
        let url = format!("{}/api/v1/outbound/campaigns/7", server.url());
        reqwest::Client::new().put(url).json(&body)
    };
    let answer = put(serde_json::json!({"campaign_name": 1})).header("syllable-api-key", "secret");
    assert_eq!(answer.send().await.unwrap().status(), 422);
    let answer = put(serde_json::to_value(smallest()).unwrap());
    assert_eq!(answer.send().await.unwrap().status(), 401);
    assert!(mock.calls().is_empty());
}

#[tokio::test]
async fn answers_are_those_of_the_document() {
    let mock = Mock::new().outbound_campaign_update(|context, _, _| async move {
        assert_eq!(context.credentials.len(), 1);
        Ok(OutboundCampaignUpdateResponse::NotFound(Problem { status: Some(404), ..Problem::default() }))
    });
    let error = in_process(&mock).outbound_campaign_update().campaign_id(7).body(smallest()).send().await;
    assert!(matches!(error, Err(Error::ErrorResponse(answer)) if answer.status() == 404));
}

#[tokio::test]
async fn calls_at_once_are_all_counted() {
    let mock = Mock::new().outbound_campaign_update(|_, parameters, body| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(campaign(parameters.campaign_id, body).into())
    });
    let mock = mock.times(20);
    let server = mock.serve().unwrap();
    let (near, far) = (in_process(&mock), over_a_socket(server.url()));
    let mut tasks = tokio::task::JoinSet::new();
    for client in [near, far].into_iter().cycle().take(20) {
        tasks.spawn(async move { update(&client).await });
    }
    assert_eq!(tasks.join_all().await.len(), 20);
    assert_eq!(mock.calls().count("outbound_campaign_update"), 20);
}

#[tokio::test]
async fn clones_are_one_mock() {
    let mock = Mock::new();
    let client = in_process(&mock);
    let other = updates(mock.clone(), "a").times(2);
    update(&client).await;
    drop(other);
    assert_eq!(mock.calls().len(), 1);
    drop(client);
    assert!(panics(|| drop(mock)).contains("2 calls"));
}

/// The mock is nobody's but the server's, and is still judged by the test.
#[tokio::test]
async fn a_server_ends_with_its_guard() {
    let server = updates(Mock::new(), "a").times(2).serve().unwrap();
    let (url, client) = (server.url().to_owned(), over_a_socket(server.url()));
    update(&client).await;
    assert!(panics(|| drop(server)).contains("and had 1 call"));
    // The connection is no longer answered either.
    let call = client.outbound_campaign_update().campaign_id(7).body(smallest());
    let error = call.with_attempts(1).send().await.unwrap_err();
    assert!(matches!(error, Error::Communication(..)), "{error:?}");
    let port = url.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

/// A panic in a server's task is seen by nobody else.
#[tokio::test]
async fn a_handler_that_panics_fails_the_mock() {
    let mock = Mock::new().outbound_campaign_update(|_, parameters, body| async move {
        assert_eq!(parameters.campaign_id, 8, "this is the panic that is looked for");
        Ok(campaign(parameters.campaign_id, body).into())
    });
    let server = mock.serve().unwrap();
    let client = over_a_socket(server.url()).with_attempts(1);
    let error = client.outbound_campaign_update().campaign_id(7).body(smallest()).send().await.unwrap_err();
    assert!(matches!(error, Error::Communication(..)), "{error:?}");
    drop(server);
    assert!(panics(|| drop(mock)).contains("the handler of `outbound_campaign_update` panicked"));
}

/// A panic while another one is under way would abort the process.
#[test]
fn a_mock_does_not_panic_twice() {
    let said = panics(|| {
        let _mock = updates(Mock::new(), "a").times(1);
        panic!("{}", "the first");
    });
    assert_eq!(said, "the first");
}

#[test]
fn what_can_never_be_is_refused_at_once() {
    let two = || updates(updates(Mock::new(), "a"), "b");
    let said = panics(|| drop(two()));
    assert!(
        said.starts_with("this expectation of `outbound_campaign_update` would never be reached"),
        "{said}"
    );
    let said = panics(|| drop(Mock::new().times(1)));
    assert!(said.contains("there is none: name an operation first"), "{said}");
    let said = panics(|| drop(updates(Mock::new(), "a").times(2..2)));
    assert!(said.contains("empty range"), "{said}");
}
