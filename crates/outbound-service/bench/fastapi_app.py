"""The update as FastAPI and pydantic serve it: what the vendor's own page is made with.

    uvicorn fastapi_app:app --port PORT --no-access-log --log-level warning
"""

from datetime import datetime, timezone
from enum import Enum

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field

app = FastAPI()
header = APIKeyHeader(name="Syllable-API-Key")
DETECTION = {
    "voicemail_detection_overall_timeout": 30.0,
    "voicemail_detection_pre_speech_timeout": 3.5,
    "voicemail_detection_post_speech_timeout": 1.75,
}


class Day(str, Enum):
    mon = "mon"
    tue = "tue"
    wed = "wed"
    thu = "thu"
    fri = "fri"
    sat = "sat"
    sun = "sun"


class OutboundCampaignInput(BaseModel):
    campaign_name: str
    campaign_variables: dict[str, str]
    caller_id: str | None
    active_days: list[Day]
    description: str | None = None
    mode: str | None = None
    sms_session_ttl: int | None = Field(None, ge=0, le=2147483647)
    label: str | None = None
    labels: list[str] | None = None
    daily_start_time: str | None = None
    daily_end_time: str | None = None
    source: str | None = None
    hourly_rate: int = Field(1, ge=0, le=2147483647)
    retry_count: int = Field(0, ge=0, le=2147483647)
    retry_interval: str | None = None
    voicemail_detection: dict[str, float] | None = DETECTION


class OutboundCampaign(OutboundCampaignInput):
    id: int
    last_updated_by: str
    agent_id: int | None = None
    created_at: datetime
    updated_at: datetime


@app.put("/api/v1/outbound/campaigns/{campaign_id}")
async def update(campaign_id: int, body: OutboundCampaignInput, key: str = Depends(header)) -> OutboundCampaign:
    if key != "key":
        raise HTTPException(401)
    now = datetime.now(timezone.utc)
    return OutboundCampaign(
        **body.model_dump(), id=campaign_id, last_updated_by="someone", created_at=now, updated_at=now
    )
