//! A service on the generated trait, a server on loopback, and a record of everything that goes over the
//! wire.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use outbound_client::models::{OutboundCampaign, OutboundCampaignInput};
use outbound_server::{Api, OutboundCampaignUpdateParameters, OutboundCampaignUpdateResponse, router};
use spec_contract::{Contract, Judgement};
use spec_document::{Diagnostics, Sources};
use spec_runtime::Extra;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
use std::sync::{Arc, LazyLock, Mutex};

/// The document that everything is held against.
pub static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let text = include_str!("../../../../openapi/outbound-campaigns.yaml");
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("outbound-campaigns.yaml", text);
    let document = sources.parse(source, None, &mut diagnostics).expect("the document can be parsed");
    let api = spec_api::read(&document, &mut diagnostics).expect("the document can be read");
    assert!(diagnostics.is_empty());
    Contract::new(api)
});

/// Answers with the campaign that the input describes.
pub struct Service;

/// Lets whatever key in.
impl Authenticate for Service {
    type Principal = ();

    async fn authenticate(&self, _: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        Ok(())
    }
}

impl Api for Service {
    async fn outbound_campaign_update(
        &self,
        _: Context,
        parameters: OutboundCampaignUpdateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignUpdateResponse, Failure> {
        Ok(campaign(parameters.campaign_id, body).into())
    }
}

/// The campaign that an input describes.
#[allow(deprecated)]
pub fn campaign(id: i64, input: OutboundCampaignInput) -> OutboundCampaign {
    OutboundCampaign {
        campaign_name: input.campaign_name,
        campaign_variables: input.campaign_variables,
        caller_id: input.caller_id,
        active_days: input.active_days,
        id,
        last_updated_by: "someone@example.com".to_owned(),
        description: input.description,
        mode: input.mode,
        sms_session_ttl: input.sms_session_ttl,
        label: input.label,
        labels: input.labels,
        daily_start_time: input.daily_start_time,
        daily_end_time: input.daily_end_time,
        source: input.source,
        hourly_rate: input.hourly_rate,
        retry_count: input.retry_count,
        retry_interval: input.retry_interval,
        voicemail_detection: input.voicemail_detection,
        agent_id: Default::default(),
        created_at: None,
        updated_at: None,
        extra: Extra::new(),
    }
}

/// One request and its answer, bodies and all.
#[derive(Clone)]
pub struct Exchange {
    pub request: Arc<http::Request<Bytes>>,
    pub response: Arc<http::Response<Bytes>>,
}

impl Exchange {
    pub fn judgement(&self) -> Judgement {
        CONTRACT.exchange(&self.request, &self.response)
    }

    pub fn sent(&self) -> serde_json::Value {
        serde_json::from_slice(self.request.body()).expect("the request is JSON")
    }

    pub fn answered(&self) -> serde_json::Value {
        serde_json::from_slice(self.response.body()).expect("the answer is JSON")
    }
}

pub type Record = Arc<Mutex<Vec<Exchange>>>;

/// Serves `router`'s routes on a loopback port, and keeps what goes over the wire.
pub async fn serve(api: impl Api) -> (String, Record) {
    serve_routes(router(api)).await
}

pub async fn serve_routes(routes: axum::Router) -> (String, Record) {
    let record = Record::default();
    let routes = routes.layer(from_fn_with_state(Arc::clone(&record), keep));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a loopback port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (format!("http://{address}"), record)
}

async fn keep(State(record): State<Record>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the request's body");
    let request = http::Request::from_parts(parts.clone(), body.clone());
    let (answer, answer_body) = next.run(Request::from_parts(parts, Body::from(body))).await.into_parts();
    let answer_body = to_bytes(answer_body, usize::MAX).await.expect("the answer's body");
    let response = http::Response::from_parts(answer.clone(), answer_body.clone());
    record
        .lock()
        .expect("the record")
        .push(Exchange { request: Arc::new(request), response: Arc::new(response) });
    Response::from_parts(answer, Body::from(answer_body))
}

/// The last exchange of a record.
pub fn last(record: &Record) -> Exchange {
    record.lock().expect("the record").last().expect("an exchange").clone()
}

/// The smallest input that is valid.
pub fn smallest() -> OutboundCampaignInput {
    OutboundCampaignInput::builder()
        .campaign_name("Outbound Campaign 1")
        .campaign_variables([("key", "value")])
        .caller_id("19995551234")
        .active_days([outbound_client::models::DaysOfWeek::Mon])
        .build()
        .expect("everything required is set")
}
