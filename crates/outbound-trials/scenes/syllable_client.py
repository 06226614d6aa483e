"""Plays the vendor's own SDK in a scene: `syllable_client.py syllable|syllable-retrying URL SCENE`."""

import sys

from playing import place, play
from syllable_sdk import SyllableSDK, models
from syllable_sdk.utils import BackoffStrategy, RetryConfig

who, url, scene = sys.argv[1:]
url = place(url, scene)
more = {}
if who == "syllable-retrying":
    more["retry_config"] = RetryConfig("backoff", BackoffStrategy(500, 8000, 2, 30000), True)
if scene.startswith("silent"):
    more["timeout_ms"] = 1000
sdk = SyllableSDK(api_key_header="the-secret-key", server_url=f"{url}/{who}/{scene}", **more)


def call():
    campaigns = sdk.outbound.campaigns
    if scene.endswith("-post"):
        campaigns.create(request=models.OutboundCampaignInput(
            campaign_name="a", campaign_variables={"key": "value"}, caller_id=None, active_days=["mon"]))
    else:
        campaigns.get_by_id(campaign_id=1)


play(scene, call)
