//! What the client does when all is not well: nothing is lost, and no key is shown.

use crate::support::{Service, serve, serve_routes, smallest};
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::put;
use outbound_client::models::{OutboundCampaign, OutboundCampaignInput};
use outbound_client::{Client, OutboundCampaignUpdateError, models::ValidationErrorLocItem};
use outbound_server::Api;
use serde_json::json;
use spec_runtime::client::Error;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Denied};

const PATH: &str = "/api/v1/outbound/campaigns/{id}";

async fn answering(answer: impl IntoResponse + Clone + Send + Sync + 'static) -> String {
    serve_routes(Router::new().route(PATH, put(move || async move { answer }))).await.0
}

fn client(url: &str) -> Client {
    Client::new().with_base_url(url).with_api_key("very-secret")
}

#[tokio::test]
async fn a_declared_error_is_typed() {
    let detail = json!({"detail": [{"loc": ["body", "active_days", 2], "msg": "no day", "type": "enum"}]});
    let url = answering((StatusCode::UNPROCESSABLE_ENTITY, detail.to_string())).await;
    let error =
        client(&url).outbound_campaign_update().campaign_id(1).body(smallest()).send().await.unwrap_err();
    let Error::ErrorResponse(response) = error else { panic!("{error:?}") };
    let OutboundCampaignUpdateError::UnprocessableEntity(error) = response.into_inner() else {
        panic!("it is no 422")
    };
    let detail = error.detail.as_ref().unwrap();
    assert_eq!(detail[0].msg, "no day");
    assert_eq!(detail[0].loc[1], ValidationErrorLocItem::from("active_days"));
    assert_eq!(detail[0].loc[2], ValidationErrorLocItem::from(2));
}

#[tokio::test]
async fn an_undeclared_status_keeps_everything() {
    let url = answering((StatusCode::IM_A_TEAPOT, [("x-trace", "17")], "short and stout")).await;
    let error =
        client(&url).outbound_campaign_update().campaign_id(1).body(smallest()).send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 418);
    assert_eq!(error.headers().unwrap()["x-trace"], "17");
    let Error::UnexpectedResponse(raw) = error else { panic!("{error:?}") };
    assert_eq!(raw.text(), "short and stout");
}

#[tokio::test]
async fn a_body_that_does_not_decode_keeps_everything() {
    for (body, place) in [("{\"campaign_name\": 1}", "/campaign_name"), ("no JSON", "")] {
        let url = answering((StatusCode::OK, [("x-trace", "17")], body)).await;
        let error =
            client(&url).outbound_campaign_update().campaign_id(1).body(smallest()).send().await.unwrap_err();
        assert_eq!(error.headers().unwrap()["x-trace"], "17");
        let Error::InvalidResponse(raw, reason) = error else { panic!("{error:?}") };
        assert_eq!((raw.status.as_u16(), raw.text().as_str(), reason.pointer.as_str()), (200, body, place));
    }
}

#[tokio::test]
async fn unknown_fields_of_an_answer_are_kept() {
    let mut answer = serde_json::to_value(crate::support::campaign(1, smallest())).unwrap();
    answer["webhooks"] = json!([{"url": "https://example.com"}]);
    let url = answering((StatusCode::OK, answer.to_string())).await;
    let answer =
        client(&url).outbound_campaign_update().campaign_id(1).body(smallest()).send().await.unwrap();
    let expected = crate::support::campaign(1, smallest());
    let extra = [("webhooks", json!([{"url": "https://example.com"}]))].into();
    assert_eq!(*answer, OutboundCampaign { extra, ..expected });
}

#[tokio::test]
async fn nothing_is_sent_without_what_is_needed() {
    let (url, record) = serve(Service).await;
    let no_key = Client::new().with_base_url(&url);
    let error = no_key.outbound_campaign_update().campaign_id(1).body(smallest()).send().await.unwrap_err();
    assert_eq!(error.to_string(), "the operation needs credentials for apiKey");
    let empty_key = no_key.clone().with_api_key("");
    let error =
        empty_key.outbound_campaign_update().campaign_id(1).body(smallest()).send().await.unwrap_err();
    assert!(matches!(error, Error::MissingCredentials { .. }), "{error:?}");
    let broken_key = no_key.with_api_key("two\nlines");
    let error =
        broken_key.outbound_campaign_update().campaign_id(1).body(smallest()).send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request can't be sent: the credential for `apiKey` can't be written into a header"
    );
    let error = client(&url).outbound_campaign_update().body(smallest()).send().await.unwrap_err();
    assert_eq!(error.to_string(), "the request can't be sent: campaign_id was not initialized");
    let unfinished = OutboundCampaignInput::builder().campaign_name("no days");
    let error =
        client(&url).outbound_campaign_update().campaign_id(1).body(unfinished).send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request can't be sent: conversion to `OutboundCampaignInput` for body failed: \
         OutboundCampaignInput needs campaign_variables, caller_id, active_days"
    );
    assert!(record.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_key_is_never_shown() {
    let client = client("http://127.0.0.1:9");
    let request = client.outbound_campaign_update().campaign_id(1).body(smallest());
    let error = request.clone().send().await.unwrap_err();
    assert!(matches!(error, Error::Communication(..)), "{error:?}");
    for shown in [format!("{client:?}"), format!("{request:?}"), format!("{error:?}"), error.to_string()] {
        assert!(!shown.contains("very-secret"), "{shown}");
    }
}

#[test]
fn the_server_of_the_document_is_the_default() {
    use spec_runtime::client::ClientInfo;
    assert_eq!(Client::new().baseurl(), "https://api.syllable.cloud");
}

/// Each in a process of its own, because the environment belongs to all threads.
#[test]
fn the_environment_has_a_constructor_of_its_own() {
    if std::env::var_os("OUTBOUND_CHILD").is_some() {
        match Client::from_env() {
            Ok(_) => println!("client: made"),
            Err(error) => println!("client: {error}"),
        }
        return;
    }
    let child = |key: Option<&str>| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "client::the_environment_has_a_constructor_of_its_own", "--nocapture"])
            .env("OUTBOUND_CHILD", "1");
        match key {
            Some(key) => command.env("SYLLABLESDK_API_KEY_HEADER", key),
            None => command.env_remove("SYLLABLESDK_API_KEY_HEADER"),
        };
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let missing =
        "client: the request can't be sent: the environment variable SYLLABLESDK_API_KEY_HEADER is not set";
    assert!(child(None).contains(missing));
    assert!(child(Some("")).contains(missing));
    assert!(child(Some("secret")).contains("client: made"));
}

struct Nothing;

impl Authenticate for Nothing {
    type Principal = ();

    async fn authenticate(&self, _: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        Ok(())
    }
}

impl Api for Nothing {}

#[tokio::test]
async fn what_is_not_implemented_says_so() {
    let (url, _) = serve(Nothing).await;
    let error =
        client(&url).outbound_campaign_update().campaign_id(1).body(smallest()).send().await.unwrap_err();
    let Error::UnexpectedResponse(raw) = error else { panic!("{error:?}") };
    assert_eq!(raw.status.as_u16(), 501);
    assert!(
        raw.text().contains("the operation `outbound_campaign_update` is not implemented"),
        "{}",
        raw.text()
    );
}
