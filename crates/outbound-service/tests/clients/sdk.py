"""The vendor's own SDK against a running service: sync, then async.

Arguments: the URL of the service, and a key. Every step asserts; the number of checks is printed.
"""

import asyncio
import sys
import uuid
import warnings

import httpx

from syllable_sdk import SyllableSDK, errors, models
from syllable_sdk.types import UNSET

DEFAULTS = {
    "voicemail_detection_overall_timeout": 30.0,
    "voicemail_detection_pre_speech_timeout": 3.5,
    "voicemail_detection_post_speech_timeout": 1.75,
}
TIMEOUT = "voicemail_detection_overall_timeout"
url, key = sys.argv[1:]
checks = 0


def check(condition, *said):
    """Counts a check, and ends the run where it does not hold."""
    global checks
    checks += 1
    if not condition:
        raise AssertionError(said)


def detection(campaign):
    """Returns the voicemail detection of a campaign as it came."""
    own = campaign.voicemail_detection
    return own if own is None or own == UNSET else own.model_dump()


def sent(name, **more):
    return models.OutboundCampaignInput(
        campaign_name=name,
        campaign_variables={"key": "value"},
        caller_id="19995551234",
        active_days=[models.DaysOfWeek.MON, models.DaysOfWeek.TUE],
        **more,
    )


async def walk(call, sdk, stranger):
    """Walks through all operations; `call` calls a method of the SDK by name, sync or async."""
    run = uuid.uuid4().hex
    campaigns = sdk.outbound.campaigns

    # Create: values, nulls and what is left out.
    made = await call(campaigns, "create", request=sent(run, hourly_rate=25, labels=["a", "b"], mode=None))
    check(made.campaign_name == run and made.hourly_rate == 25 and made.labels == ["a", "b"], made)
    check(made.retry_count == 0 and made.last_updated_by == "sdk@example.com", made)
    check(detection(made) == DEFAULTS, made.voicemail_detection)
    check(made.mode is None and made.source == UNSET, made)
    check(made.created_at == made.updated_at and made.created_at.tzinfo is not None, made)
    # The SDK sends only what differs from its own defaults; null is what differs here.
    off = await call(campaigns, "create", request=sent(run, voicemail_detection=None))
    check(detection(off) is None, off)

    # Get.
    got = await call(campaigns, "get_by_id", campaign_id=made.id)
    check(got == made, got, made)

    # Update: values, then nulls, then nothing.
    for more, labels, expected in [
        ({"labels": ["c"], "hourly_rate": 7}, ["c"], DEFAULTS),
        ({"voicemail_detection": None, "labels": None}, None, None),
        ({"description": "a\u0000b \U0001f600"}, UNSET, DEFAULTS),
    ]:
        updated = await call(
            campaigns, "update", campaign_id=made.id, outbound_campaign_input=sent(run, **more)
        )
        check(detection(updated) == expected and updated.labels == labels, more, updated)
        check(updated.hourly_rate == more.get("hourly_rate", 1), more, updated)
        check(updated.id == made.id and updated.created_at == made.created_at, updated)
        check(updated.updated_at > made.updated_at, updated)
        check(await call(campaigns, "get_by_id", campaign_id=made.id) == updated)
    check(updated.description == "a\u0000b \U0001f600", updated)

    # This version of the SDK drops objects that may be null from what it sends, so they are sent without it.
    raw = sent(run).model_dump(mode="json") | {"voicemail_detection": {TIMEOUT: 20.5}}
    answer = httpx.put(f"{url}/api/v1/outbound/campaigns/{made.id}", json=raw, headers={"Syllable-API-Key": key})
    check(answer.status_code == 200, answer.text)
    check(detection(await call(campaigns, "get_by_id", campaign_id=made.id)) == {TIMEOUT: 20.5})

    # List: pages, searches, orders, fields.
    more = [await call(campaigns, "create", request=sent(f"{run} {n}", source=run)) for n in range(5)]
    by_source = {"search_fields": [models.CampaignProperties.SOURCE], "search_field_values": [run]}
    page = await call(campaigns, "list", page=1, limit=2, **by_source,
                      order_by=models.CampaignProperties.CAMPAIGN_NAME,
                      order_by_direction=models.OrderByDirection.DESC)
    check([one.id for one in page.items] == [more[2].id, more[1].id], page)
    check((page.page, page.page_size, page.total_pages, page.total_count) == (1, 2, 3, 5), page)
    both = await call(campaigns, "list",
                      search_fields=[*by_source["search_fields"], models.CampaignProperties.CAMPAIGN_NAME],
                      search_field_values=[run, f"{run} 3"])
    check([one.id for one in both.items] == [more[3].id], both)
    none = await call(campaigns, "list", **by_source, end_datetime="2001-01-01T00:00:00Z")
    check(none.items == [] and none.total_count == 0, none)
    since = await call(campaigns, "list", **by_source, start_datetime="2001-01-01T00:00:00Z",
                       fields=[models.CampaignProperties.ID])
    check(len(since.items) == 5 and all(one.source == UNSET for one in since.items), since)

    # Delete, and what is not there.
    for one in [made, off, *more]:
        check(await call(campaigns, "delete", campaign_id=one.id) is None)
    for method, arguments in [
        ("get_by_id", {}),
        ("update", {"outbound_campaign_input": sent(run)}),
        ("delete", {}),
    ]:
        try:
            await call(campaigns, method, campaign_id=made.id, **arguments)
            check(False, "there is nothing to find", method)
        except errors.APIError as error:
            check(error.status_code == 404, error)
            check(error.headers["content-type"] == "application/problem+json", error.headers)

    # What does not fit arrives as the SDK's own error, with its details.
    wrong = sent(run)
    wrong.active_days = ["mon", "someday"]
    try:
        await call(campaigns, "create", request=wrong)
        check(False, "a day that is none was taken")
    except errors.HTTPValidationError as error:
        check(error.status_code == 422, error)
        [detail] = error.data.detail
        check(detail.loc == ["body", "active_days", 1] and detail.msg and detail.type, detail)

    # A key that nobody has.
    try:
        await call(stranger.outbound.campaigns, "list")
        check(False, "a key that nobody has was taken")
    except errors.APIError as error:
        check(error.status_code == 401, error)


async def sync(target, method, **arguments):
    return getattr(target, method)(**arguments)


async def asynchronous(target, method, **arguments):
    return await getattr(target, f"{method}_async")(**arguments)


def main():
    # Days that are none are sent on purpose.
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings")
    for call in [sync, asynchronous]:
        with SyllableSDK(server_url=url, api_key_header=key) as sdk:
            with SyllableSDK(server_url=url, api_key_header=f"{key}?") as stranger:
                asyncio.run(walk(call, sdk, stranger))
    print(f"{checks} checks held")


main()
