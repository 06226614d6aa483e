//! The generated server under the tester of contracts: whatever it is sent, it answers as the document says.

use crate::support::campaign;
use outbound_client::models::OutboundCampaignInput;
use outbound_server::{Api, OutboundCampaignUpdateParameters, OutboundCampaignUpdateResponse, router};
use spec_contract::Contract;
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure};
use spec_suite::Suite;

/// Answers with the campaign that the input describes, if it is asked with the key.
struct Locked;

impl Authenticate for Locked {
    type Principal = ();

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        match attempt.credential("apiKey") {
            Some(credential) if credential.verify("secret") => Ok(()),
            _ => Err(Denied::Unauthorized),
        }
    }
}

impl Api for Locked {
    async fn outbound_campaign_update(
        &self,
        _: Context,
        parameters: OutboundCampaignUpdateParameters,
        body: OutboundCampaignInput,
    ) -> Result<OutboundCampaignUpdateResponse, Failure> {
        Ok(campaign(parameters.campaign_id, body).into())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_generated_server_keeps_its_document() {
    let document = include_str!("../../../../openapi/outbound-campaigns.yaml");
    let contract = Contract::read("outbound-campaigns.yaml", document).unwrap();
    let suite = Suite::new(contract).only(["outbound_campaign_update"]).credential("apiKey", "secret");
    let report = suite.seed_from_env().budget(600).router(router(Locked)).await;
    report.assert_clean();
}
