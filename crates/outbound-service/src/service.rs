//! The operations of the document, on a database.
//!
//! Knows what each operation means. Must not know SQL, or how a request is read.

use crate::keys::{Keys, Principal, Refused, text_digest};
use crate::store::{Idempotency, Order, Search, Store, StoreError, Stored, Versions};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, StatusCode};
use indexmap::IndexMap;
use outbound_server::models::{
    CampaignProperties, OrderByDirection, OutboundCampaign, OutboundCampaignBuilder, OutboundCampaignInput,
    OutboundCampaignPage,
};
use outbound_server::{
    Api, OutboundCampaignCreateOkHeaders, OutboundCampaignCreateParameters, OutboundCampaignCreateResponse,
    OutboundCampaignDeleteParameters, OutboundCampaignDeleteResponse, OutboundCampaignGetByIdOkHeaders,
    OutboundCampaignGetByIdParameters, OutboundCampaignGetByIdResponse, OutboundCampaignListParameters,
    OutboundCampaignListResponse, OutboundCampaignUpdateOkHeaders, OutboundCampaignUpdateParameters,
    OutboundCampaignUpdateResponse,
};
use spec_runtime::Field;
use spec_runtime::serde_json::Value;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure, ServiceError};
use std::time::Duration;

/// The time after which a caller may try again when the database does not answer.
const DATABASE_RETRY: Duration = Duration::from_secs(5);

/// The service of outbound campaigns.
#[derive(Debug)]
pub struct Service {
    store: Store,
    keys: Keys,
}

impl Service {
    /// Makes a service of a database, for whoever has one of these keys.
    pub fn new(store: Store, keys: Keys) -> Self {
        Service { store, keys }
    }
}

impl Authenticate for Service {
    type Principal = Principal;

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<Principal, Denied> {
        let key = attempt.credential("apiKey").ok_or(Denied::Unauthorized)?;
        match self.keys.authenticate(&key.secret) {
            Ok(principal) => Ok(principal),
            Err(Refused::Unknown) => Err(Denied::Unauthorized),
            Err(too_often) => Err(too_often.into()),
        }
    }
}

impl Api for Service {
    async fn outbound_campaign_list(
        &self,
        _: Context<Principal>,
        parameters: OutboundCampaignListParameters,
    ) -> Result<OutboundCampaignListResponse, Failure> {
        let search = search(&parameters);
        let page = self.store.list(&search).await?;
        let fields = parameters.fields();
        let items = page.items.into_iter().map(|stored| Ok(only(campaign(stored)?, fields)));
        let pages = (search.limit > 0).then(|| (page.total + search.limit - 1) / search.limit);
        let answer = OutboundCampaignPage::builder()
            .items(items.collect::<Result<Vec<_>, Failure>>()?)
            .page(parameters.page() as i64)
            .page_size(search.limit)
            .total_pages(pages.map_or(Field::Null, Field::Value))
            .total_count(page.total)
            .build()?;
        Ok(answer.into())
    }

    async fn outbound_campaign_create(
        &self,
        context: Context<Principal>,
        parameters: OutboundCampaignCreateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignCreateResponse, Failure> {
        let by = context.principal.name;
        let settings = known(body);
        let digest = text_digest(serde_json::to_string(&settings)?.as_bytes());
        let name = parameters.idempotency_key.as_deref();
        let idempotency = name.map(|name| Idempotency { name, digest: &digest });
        let stored = self.store.create(settings, &by, idempotency).await?;
        let headers = OutboundCampaignCreateOkHeaders { etag: etag(&stored) };
        Ok(OutboundCampaignCreateResponse::Ok(campaign(stored)?, headers))
    }

    async fn outbound_campaign_get_by_id(
        &self,
        _: Context<Principal>,
        parameters: OutboundCampaignGetByIdParameters,
    ) -> Result<OutboundCampaignGetByIdResponse, Failure> {
        let stored = self.store.get(parameters.campaign_id).await?;
        let headers = OutboundCampaignGetByIdOkHeaders { etag: etag(&stored) };
        Ok(OutboundCampaignGetByIdResponse::Ok(campaign(stored)?, headers))
    }

    async fn outbound_campaign_update(
        &self,
        context: Context<Principal>,
        parameters: OutboundCampaignUpdateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignUpdateResponse, Failure> {
        let by = context.principal.name;
        let (id, versions) = (parameters.campaign_id, versions(&context.headers));
        let stored = self.store.update(id, &versions, known(body), &by).await?;
        let headers = OutboundCampaignUpdateOkHeaders { etag: etag(&stored) };
        Ok(OutboundCampaignUpdateResponse::Ok(campaign(stored)?, headers))
    }

    async fn outbound_campaign_delete(
        &self,
        context: Context<Principal>,
        parameters: OutboundCampaignDeleteParameters,
    ) -> Result<OutboundCampaignDeleteResponse, Failure> {
        self.store.delete(parameters.campaign_id, &versions(&context.headers)).await?;
        Ok(Value::Null.into())
    }
}

/// Leaves out what the document does not name: it is not kept.
fn known(mut settings: OutboundCampaignInput) -> OutboundCampaignInput {
    settings.extra = Default::default();
    settings
}

/// Returns what a list is asked for. A field without a value, and a value without a field, say nothing.
fn search(parameters: &OutboundCampaignListParameters) -> Search {
    let values = parameters.search_field_values().iter().cloned();
    let limit = parameters.limit() as i64;
    Search {
        having: parameters.search_fields().iter().cloned().zip(values).collect(),
        from: parameters.start_datetime,
        until: parameters.end_datetime,
        order: parameters.order_by.clone().map(|by| Order {
            by,
            descending: parameters.order_by_direction == Some(OrderByDirection::Desc),
        }),
        offset: (parameters.page() as i64).saturating_mul(limit),
        limit,
    }
}

/// Returns a campaign as it is answered. What its owner left out is as it was left, and voicemail detection
/// as the platform has it.
fn campaign(stored: Stored) -> Result<OutboundCampaign, Failure> {
    let mut settings = stored.settings;
    settings.hourly_rate = Some(settings.hourly_rate());
    settings.retry_count = Some(settings.retry_count());
    if settings.voicemail_detection.is_absent() {
        settings.voicemail_detection = Field::Value(default_voicemail_detection());
    }
    let campaign =
        OutboundCampaignBuilder::from(settings).id(stored.id).last_updated_by(stored.last_updated_by);
    Ok(campaign.created_at(stored.created_at).updated_at(stored.updated_at).build()?)
}

/// Returns how voicemail is recognized where the owner said nothing, in seconds.
fn default_voicemail_detection() -> IndexMap<String, f64> {
    IndexMap::from([
        ("voicemail_detection_overall_timeout".to_owned(), 30.0),
        ("voicemail_detection_pre_speech_timeout".to_owned(), 3.5),
        ("voicemail_detection_post_speech_timeout".to_owned(), 1.75),
    ])
}

/// Leaves out what is not asked for and need not be there; nothing, where nothing is asked for.
#[expect(deprecated, reason = "`label` can be asked for as long as the document has it")]
fn only(campaign: OutboundCampaign, fields: &[CampaignProperties]) -> OutboundCampaign {
    if fields.is_empty() {
        return campaign;
    }
    fn kept<T: Default>(is_kept: bool, value: T) -> T {
        if is_kept { value } else { T::default() }
    }
    let has = |field: CampaignProperties| fields.contains(&field);
    OutboundCampaign {
        daily_start_time: kept(has(CampaignProperties::DailyStartTime), campaign.daily_start_time),
        daily_end_time: kept(has(CampaignProperties::DailyEndTime), campaign.daily_end_time),
        source: kept(has(CampaignProperties::Source), campaign.source),
        mode: kept(has(CampaignProperties::Mode), campaign.mode),
        updated_at: kept(has(CampaignProperties::UpdatedAt), campaign.updated_at),
        label: kept(has(CampaignProperties::Label), campaign.label),
        labels: kept(has(CampaignProperties::Labels), campaign.labels),
        voicemail_detection: kept(has(CampaignProperties::VoicemailDetection), campaign.voicemail_detection),
        description: Field::Absent,
        sms_session_ttl: Field::Absent,
        hourly_rate: None,
        retry_count: None,
        retry_interval: Field::Absent,
        agent_id: Field::Absent,
        created_at: None,
        ..campaign
    }
}

/// Returns the tag of a version (RFC 9110, 8.8.3).
fn etag(stored: &Stored) -> Option<String> {
    Some(format!("\"{}\"", stored.version))
}

/// Returns the versions that `If-Match` names (RFC 9110, 13.1.1). Tags that are weak, or none of ours, match
/// nothing.
fn versions(headers: &HeaderMap) -> Versions {
    let mut values = headers.get_all(IF_MATCH).into_iter().peekable();
    if values.peek().is_none() {
        return Versions::Any;
    }
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    if texts.iter().any(|text| text.trim() == "*") {
        return Versions::Any;
    }
    let tags = texts.iter().flat_map(|text| text.split(','));
    let version = |tag: &str| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok();
    // More tags than anybody has read versions say nothing more.
    Versions::OneOf(tags.filter_map(version).take(100).collect())
}

impl ServiceError for Refused {
    fn status(&self) -> StatusCode {
        match self {
            Refused::Unknown => StatusCode::UNAUTHORIZED,
            Refused::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Refused::Unknown => None,
            Refused::TooOften(wait) => Some(*wait),
        }
    }
}

impl ServiceError for StoreError {
    fn status(&self) -> StatusCode {
        match self {
            StoreError::NotFound(_) => StatusCode::NOT_FOUND,
            StoreError::Changed(_) => StatusCode::PRECONDITION_FAILED,
            StoreError::NameTaken => StatusCode::CONFLICT,
            StoreError::Unavailable(_) | StoreError::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        (self.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(DATABASE_RETRY)
    }
}
