"""Plays the vendor's own SDK in a scene: `syllable_client.py syllable|syllable-retrying URL SCENE`."""

import json
import sys
import time
import urllib.request

from syllable_sdk import SyllableSDK, models
from syllable_sdk.utils import BackoffStrategy, RetryConfig

who, url, scene = sys.argv[1:]
if scene == "late-post":
    url = urllib.request.urlopen(f"{url}/late").read().decode()
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


failed, message, begun = 0, None, time.time()
calls = 20 if scene == "idle-get" else 1
for _ in range(calls):
    try:
        call()
    except Exception as error:
        failed += 1
        message = message or f"{type(error).__name__}: {error}"
    if calls > 1:
        time.sleep(0.15)
print(json.dumps({"failed": failed, "elapsed": time.time() - begun, "message": message}))
