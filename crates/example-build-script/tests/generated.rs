//! What the build script generated works like what the command generates.

use example_build_script::client::Client;
use example_build_script::models::{DaysOfWeek, OutboundCampaign, OutboundCampaignInput};
use example_build_script::server::{
    Api, OutboundCampaignUpdateParameters, OutboundCampaignUpdateResponse, router,
};
use spec_runtime::Field;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};

struct Service;

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
        let campaign = OutboundCampaign::builder()
            .campaign_name(body.campaign_name)
            .campaign_variables(body.campaign_variables)
            .caller_id(body.caller_id)
            .active_days(body.active_days)
            .id(parameters.campaign_id)
            .last_updated_by("someone@example.com")
            .voicemail_detection(body.voicemail_detection)
            .build()?;
        Ok(campaign.into())
    }
}

#[tokio::test]
async fn client_and_server_speak() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(Service)).await });
    let input = OutboundCampaignInput::builder()
        .campaign_name("Outbound Campaign 1")
        .campaign_variables([("key", "value")])
        .caller_id(None)
        .active_days([DaysOfWeek::Sun])
        .voicemail_detection(Field::Null);
    let client = Client::new().with_base_url(&url).with_api_key("secret");
    let answer = client.outbound_campaign_update().campaign_id(7).body(input).send().await.unwrap();
    assert_eq!((answer.id, answer.caller_id.as_ref(), answer.voicemail_detection.is_null()), (7, None, true));
}
