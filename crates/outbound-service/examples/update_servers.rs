//! Servers of the update alone, without a database, to be measured beside each other: `bench/update`.
//!
//! `update_servers VARIANT PORT` serves on one thread. `generated` is the generated server; `by-hand` an axum
//! handler with what serde derives, and no validation; `by-hand-validated` one that has `jsonschema` look at
//! the body first.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use chrono::{DateTime, Utc};
use outbound_server::models::{OutboundCampaignBuilder, OutboundCampaignInput};
use outbound_server::{Api, OutboundCampaignUpdateParameters, OutboundCampaignUpdateResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

const KEY: &str = "key";

/// The generated server.
struct Generated;

impl Authenticate for Generated {
    type Principal = ();

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        let key = attempt.credential("apiKey").ok_or(Denied::Unauthorized)?;
        if key.secret == KEY { Ok(()) } else { Err(Denied::Unauthorized) }
    }
}

impl Api for Generated {
    async fn outbound_campaign_update(
        &self,
        _: Context<()>,
        parameters: OutboundCampaignUpdateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignUpdateResponse, Failure> {
        let campaign =
            OutboundCampaignBuilder::from(body).id(parameters.campaign_id).last_updated_by("someone");
        let now = Utc::now();
        Ok(campaign.created_at(now).updated_at(now).build()?.into())
    }
}

/// Settings as somebody writes them by hand. What is left out and what is null are one.
#[derive(Deserialize)]
struct Settings {
    campaign_name: String,
    campaign_variables: HashMap<String, String>,
    caller_id: Option<String>,
    active_days: Vec<Day>,
    description: Option<String>,
    mode: Option<String>,
    sms_session_ttl: Option<u32>,
    label: Option<String>,
    labels: Option<Vec<String>>,
    daily_start_time: Option<String>,
    daily_end_time: Option<String>,
    source: Option<String>,
    hourly_rate: Option<u32>,
    retry_count: Option<u32>,
    retry_interval: Option<String>,
    voicemail_detection: Option<HashMap<String, f64>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A campaign, with all its fields in one object: serde writes that faster than what is flattened.
#[derive(Serialize)]
struct Campaign {
    campaign_name: String,
    campaign_variables: HashMap<String, String>,
    caller_id: Option<String>,
    active_days: Vec<Day>,
    description: Option<String>,
    mode: Option<String>,
    sms_session_ttl: Option<u32>,
    label: Option<String>,
    labels: Option<Vec<String>>,
    daily_start_time: Option<String>,
    daily_end_time: Option<String>,
    source: Option<String>,
    hourly_rate: Option<u32>,
    retry_count: Option<u32>,
    retry_interval: Option<String>,
    voicemail_detection: Option<HashMap<String, f64>>,
    id: i64,
    last_updated_by: &'static str,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn answer(id: i64, settings: Settings) -> Response {
    let now = Utc::now();
    let campaign = Campaign {
        campaign_name: settings.campaign_name,
        campaign_variables: settings.campaign_variables,
        caller_id: settings.caller_id,
        active_days: settings.active_days,
        description: settings.description,
        mode: settings.mode,
        sms_session_ttl: settings.sms_session_ttl,
        label: settings.label,
        labels: settings.labels,
        daily_start_time: settings.daily_start_time,
        daily_end_time: settings.daily_end_time,
        source: settings.source,
        hourly_rate: settings.hourly_rate,
        retry_count: settings.retry_count,
        retry_interval: settings.retry_interval,
        voicemail_detection: settings.voicemail_detection,
        id,
        last_updated_by: "someone",
        created_at: now,
        updated_at: now,
    };
    Json(campaign).into_response()
}

fn may_not(headers: &HeaderMap) -> bool {
    headers.get("Syllable-API-Key").is_none_or(|key| key != KEY)
}

async fn by_hand(Path(id): Path<i64>, headers: HeaderMap, Json(settings): Json<Settings>) -> Response {
    if may_not(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    answer(id, settings)
}

async fn by_hand_validated(
    State(validator): State<Arc<jsonschema::Validator>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    if may_not(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let errors: Vec<String> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
    if !errors.is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(errors)).into_response();
    }
    match serde_json::from_value(body) {
        Ok(settings) => answer(id, settings),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

/// The schema of the body, as the document has it.
fn validator() -> Result<jsonschema::Validator, Box<dyn Error>> {
    let schema = serde_json::to_value(schemars::schema_for!(OutboundCampaignInput))?;
    Ok(jsonschema::validator_for(&schema)?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    const PATH: &str = "/api/v1/outbound/campaigns/{campaign_id}";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [variant, port] = &arguments[..] else { return Err("update_servers VARIANT PORT".into()) };
    let router = match &**variant {
        "generated" => outbound_server::router(Generated),
        "by-hand" => Router::new().route(PATH, routing::put(by_hand)),
        "by-hand-validated" => {
            Router::new().route(PATH, routing::put(by_hand_validated)).with_state(Arc::new(validator()?))
        }
        _ => return Err("there are generated, by-hand and by-hand-validated".into()),
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
