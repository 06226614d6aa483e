//! The service with one thing wrong, as services have it: each defect is one that was shipped somewhere.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use axum::middleware::{Next, from_fn};
use outbound_server::models::{OrderByDirection, OutboundCampaign, OutboundCampaignInput};
use outbound_server::{
    Api, OutboundCampaignCreateParameters, OutboundCampaignCreateResponse, OutboundCampaignDeleteParameters,
    OutboundCampaignDeleteResponse, OutboundCampaignGetByIdOkHeaders, OutboundCampaignGetByIdParameters,
    OutboundCampaignGetByIdResponse, OutboundCampaignListParameters, OutboundCampaignListResponse,
    OutboundCampaignUpdateParameters, OutboundCampaignUpdateResponse, router,
};
use outbound_service::keys::Principal;
use outbound_service::service::Service;
use serde_json::Value;
use spec_runtime::Field;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
use std::collections::BTreeMap;
use std::sync::Mutex;

const KEY: HeaderName = HeaderName::from_static("syllable-api-key");

/// A thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// A campaign that was deleted is still answered.
    AnswersWhatIsGone,
    /// A deletion deletes nothing.
    DeletesNothing,
    /// A null is kept as if nothing had been said.
    NullIsNothing,
    /// An update leaves as it was what it does not name, instead of forgetting it.
    UpdateMerges,
    /// A value that must not be is dropped, instead of refused.
    DropsWhatIsWrong,
    /// An update of a campaign that is not there makes one.
    UpdateCreates,
    /// The size of a page is not looked at.
    LimitIsIgnored,
    /// The total counts this page alone.
    TotalOfThePage,
    /// The order is always ascending.
    OrderIsIgnored,
    /// Any key will do.
    AnyKey,
    /// A request without a key is that of Ada.
    NoKey,
    /// A number is answered as a text, in lists alone.
    NumberAsText,
    /// A name with signs beyond the first 65,536 is too much.
    FailsAtEmoji,
    /// The body is read as JSON, whatever it says it is.
    AnyMediaType,
    /// A deletion is answered with 204.
    NoContent,
}

impl Defect {
    /// All of them.
    pub const ALL: [Defect; 15] = [
        Defect::AnswersWhatIsGone,
        Defect::DeletesNothing,
        Defect::NullIsNothing,
        Defect::UpdateMerges,
        Defect::DropsWhatIsWrong,
        Defect::UpdateCreates,
        Defect::LimitIsIgnored,
        Defect::TotalOfThePage,
        Defect::OrderIsIgnored,
        Defect::AnyKey,
        Defect::NoKey,
        Defect::NumberAsText,
        Defect::FailsAtEmoji,
        Defect::AnyMediaType,
        Defect::NoContent,
    ];
}

/// The service with one thing wrong.
pub struct Flawed {
    service: Service,
    defect: Defect,
    /// Campaigns as they were deleted.
    gone: Mutex<BTreeMap<i64, OutboundCampaign>>,
}

/// Returns the routes of a service with one thing wrong.
pub fn routes(service: Service, defect: Defect) -> Router {
    let flawed = Flawed { service, defect, gone: Mutex::default() };
    router(flawed).layer(from_fn(move |request, next| around(defect, request, next)))
}

/// Does wrong what the handlers do not see.
async fn around(defect: Defect, mut request: Request<Body>, next: Next) -> Response<Body> {
    let method = request.method().clone();
    let headers = request.headers_mut();
    match defect {
        Defect::AnyKey if headers.contains_key(KEY) => {
            drop(headers.insert(KEY, HeaderValue::from_static("key-a")))
        }
        Defect::NoKey if !headers.contains_key(KEY) => {
            drop(headers.insert(KEY, HeaderValue::from_static("key-a")))
        }
        Defect::AnyMediaType if headers.contains_key(CONTENT_TYPE) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Defect::DropsWhatIsWrong => request = repaired(request).await,
        _ => {}
    }
    let answer = next.run(request).await;
    let is_ok = answer.status() == StatusCode::OK;
    match defect {
        Defect::NumberAsText if is_ok && method == Method::GET => {
            changed(answer, |body| {
                let items = body.get_mut("items").and_then(Value::as_array_mut);
                for number in items.into_iter().flatten().filter_map(|own| own.get_mut("retry_count")) {
                    *number = number.to_string().into();
                }
            })
            .await
        }
        Defect::NoContent if is_ok && method == Method::DELETE => {
            let mut empty = Response::new(Body::empty());
            *empty.status_mut() = StatusCode::NO_CONTENT;
            empty
        }
        _ => answer,
    }
}

/// Takes negative rates out of a body.
async fn repaired(request: Request<Body>) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&bytes) else {
        return Request::from_parts(parts, bytes.into());
    };
    if body.get("hourly_rate").and_then(Value::as_i64).is_none_or(|rate| rate >= 0) {
        return Request::from_parts(parts, bytes.into());
    }
    body.remove("hourly_rate");
    parts.headers.remove(CONTENT_LENGTH);
    Request::from_parts(parts, Value::Object(body).to_string().into())
}

/// Changes the body of an answer.
async fn changed(answer: Response<Body>, change: impl FnOnce(&mut Value)) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(mut value) = serde_json::from_slice(&bytes) else {
        return Response::from_parts(parts, bytes.into());
    };
    change(&mut value);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Bytes::from(value.to_string()).into())
}

impl Flawed {
    /// Returns the settings as they are kept.
    fn kept(&self, mut body: OutboundCampaignInput) -> Result<OutboundCampaignInput, Failure> {
        let is_null = matches!(body.voicemail_detection, Field::Null);
        if self.defect == Defect::NullIsNothing && is_null {
            body.voicemail_detection = Field::Absent;
        }
        if self.defect == Defect::FailsAtEmoji && body.campaign_name.chars().any(|sign| sign > '\u{ffff}') {
            return Err(std::io::Error::other("Incorrect string value").into());
        }
        Ok(body)
    }

    async fn campaign(&self, context: &Context<Principal>, campaign_id: i64) -> Option<OutboundCampaign> {
        let parameters = OutboundCampaignGetByIdParameters { campaign_id };
        let found = self.service.outbound_campaign_get_by_id(context.clone(), parameters).await.ok()?;
        let OutboundCampaignGetByIdResponse::Ok(campaign, _) = found else { return None };
        Some(campaign)
    }
}

impl Authenticate for Flawed {
    type Principal = Principal;

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<Principal, Denied> {
        self.service.authenticate(attempt).await
    }
}

impl Api for Flawed {
    async fn outbound_campaign_list(
        &self,
        context: Context<Principal>,
        mut parameters: OutboundCampaignListParameters,
    ) -> Result<OutboundCampaignListResponse, Failure> {
        match self.defect {
            Defect::LimitIsIgnored => parameters.limit = Some(1000),
            Defect::OrderIsIgnored => parameters.order_by_direction = Some(OrderByDirection::Asc),
            _ => {}
        }
        let answer = self.service.outbound_campaign_list(context, parameters).await?;
        Ok(match answer {
            OutboundCampaignListResponse::Ok(mut page) if self.defect == Defect::TotalOfThePage => {
                page.total_count = Field::Value(page.items.len() as i64);
                OutboundCampaignListResponse::Ok(page)
            }
            answer => answer,
        })
    }

    async fn outbound_campaign_create(
        &self,
        context: Context<Principal>,
        parameters: OutboundCampaignCreateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignCreateResponse, Failure> {
        self.service.outbound_campaign_create(context, parameters, self.kept(body)?).await
    }

    async fn outbound_campaign_get_by_id(
        &self,
        context: Context<Principal>,
        parameters: OutboundCampaignGetByIdParameters,
    ) -> Result<OutboundCampaignGetByIdResponse, Failure> {
        let gone = self.gone.lock().unwrap().get(&parameters.campaign_id).cloned();
        if let Some(gone) = gone {
            return Ok(OutboundCampaignGetByIdResponse::Ok(
                gone,
                OutboundCampaignGetByIdOkHeaders { etag: None },
            ));
        }
        self.service.outbound_campaign_get_by_id(context, parameters).await
    }

    async fn outbound_campaign_update(
        &self,
        context: Context<Principal>,
        mut parameters: OutboundCampaignUpdateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignUpdateResponse, Failure> {
        let mut body = self.kept(body)?;
        let before = self.campaign(&context, parameters.campaign_id).await;
        match (before, self.defect) {
            (Some(before), Defect::UpdateMerges) => {
                body.description = body.description.into_value().map_or(before.description, Field::Value);
                body.source = body.source.into_value().map_or(before.source, Field::Value);
                body.mode = body.mode.into_value().map_or(before.mode, Field::Value);
            }
            (None, Defect::UpdateCreates) => {
                let create = OutboundCampaignCreateParameters { idempotency_key: None };
                let made =
                    self.service.outbound_campaign_create(context.clone(), create, body.clone()).await?;
                if let OutboundCampaignCreateResponse::Ok(made, _) = made {
                    parameters.campaign_id = made.id;
                }
            }
            _ => {}
        }
        self.service.outbound_campaign_update(context, parameters, body).await
    }

    async fn outbound_campaign_delete(
        &self,
        context: Context<Principal>,
        parameters: OutboundCampaignDeleteParameters,
    ) -> Result<OutboundCampaignDeleteResponse, Failure> {
        let id = parameters.campaign_id;
        let before = self.campaign(&context, id).await;
        match (before, self.defect) {
            (Some(_), Defect::DeletesNothing) => return Ok(Value::Null.into()),
            (Some(before), Defect::AnswersWhatIsGone) => drop(self.gone.lock().unwrap().insert(id, before)),
            _ => {}
        }
        self.service.outbound_campaign_delete(context, parameters).await
    }
}
