//! Updates a campaign three times against a server on loopback, and prints what goes over the wire: with
//! voicemail detection set, switched off, and left alone.
//!
//! `cargo run -p outbound-server --example update_campaign`

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use indexmap::IndexMap;
use outbound_client::Client;
use outbound_client::models::{DaysOfWeek, OutboundCampaign, OutboundCampaignInput};
use outbound_server::{Api, OutboundCampaignUpdateParameters, OutboundCampaignUpdateResponse, router};
use spec_runtime::Field;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
use std::error::Error;

/// A service: what the trait leaves to its author.
struct Campaigns;

impl Authenticate for Campaigns {
    type Principal = ();

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        let is_known =
            attempt.credential("apiKey").is_some_and(|credential| credential.verify("not-a-real-key"));
        if is_known { Ok(()) } else { Err(Denied::Unauthorized) }
    }
}

impl Api for Campaigns {
    async fn outbound_campaign_update(
        &self,
        _context: Context,
        parameters: OutboundCampaignUpdateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignUpdateResponse, Failure> {
        // Left out, the platform's own settings hold; null is kept, because it switches detection off.
        let voicemail_detection = match body.voicemail_detection {
            Field::Absent => Field::Value(platform_defaults()),
            said => said,
        };
        let campaign = OutboundCampaign::builder()
            .campaign_name(body.campaign_name)
            .campaign_variables(body.campaign_variables)
            .caller_id(body.caller_id)
            .active_days(body.active_days)
            .id(parameters.campaign_id)
            .last_updated_by("someone@example.com")
            .voicemail_detection(voicemail_detection)
            .build()?;
        Ok(campaign.into())
    }
}

fn platform_defaults() -> IndexMap<String, f64> {
    IndexMap::from([
        ("voicemail_detection_overall_timeout".to_owned(), 30.0),
        ("voicemail_detection_pre_speech_timeout".to_owned(), 3.5),
        ("voicemail_detection_post_speech_timeout".to_owned(), 1.75),
    ])
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router(Campaigns).layer(from_fn(print))).await });

    let client = Client::new().with_base_url(&url).with_api_key("not-a-real-key");
    let input = OutboundCampaignInput::builder()
        .campaign_name("Outbound Campaign 1")
        .campaign_variables([("key", "value")])
        .caller_id("19995551234")
        .active_days([DaysOfWeek::Mon, DaysOfWeek::Tue]);

    println!("--- voicemail detection set");
    let set = input.clone().voicemail_detection([("voicemail_detection_overall_timeout", 20.0)]);
    client.outbound_campaign_update().campaign_id(679_645).body(set).send().await?;

    println!("--- voicemail detection switched off");
    let off = input.clone().voicemail_detection(Field::Null);
    client.outbound_campaign_update().campaign_id(679_645).body(off).send().await?;

    println!("--- voicemail detection left alone");
    client.outbound_campaign_update().campaign_id(679_645).body(input).send().await?;

    println!("--- a request that does not fit");
    let wrong = serde_json::json!({"campaign_name": 1, "active_days": ["mon", "someday"]});
    let request = reqwest::Client::new().put(format!("{url}/api/v1/outbound/campaigns/679645"));
    request.header("syllable-api-key", "not-a-real-key").json(&wrong).send().await?;
    Ok(())
}

/// Prints a request and its answer, without the key.
async fn print(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    println!("> {} {}\n> {}", parts.method, parts.uri, String::from_utf8_lossy(&body));
    let (parts, body) = next.run(Request::from_parts(parts, Body::from(body))).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    println!("< {}\n< {}\n", parts.status, String::from_utf8_lossy(&body));
    Response::from_parts(parts, Body::from(body))
}
