-- Ids are never given again, not even those of campaigns that are deleted.
CREATE TABLE campaigns (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version BIGINT NOT NULL,
    -- Microseconds since 1970.
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_updated_by TEXT NOT NULL,
    -- What the owner wrote, as JSON.
    settings TEXT NOT NULL,
    -- What the list can be searched and ordered by, of the same settings.
    campaign_name TEXT COLLATE "C",
    caller_id TEXT COLLATE "C",
    daily_start_time TEXT COLLATE "C",
    daily_end_time TEXT COLLATE "C",
    source TEXT COLLATE "C",
    mode TEXT COLLATE "C",
    label TEXT COLLATE "C",
    labels TEXT COLLATE "C",
    campaign_variables TEXT COLLATE "C",
    voicemail_detection TEXT COLLATE "C"
);
-- Names may be longer than what an ordered index takes.
CREATE INDEX campaigns_name ON campaigns USING hash (campaign_name);
CREATE INDEX campaigns_created ON campaigns (created_at);

CREATE TABLE idempotency_keys (
    -- Whose key it is: callers can't see each other's.
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    campaign_id BIGINT,
    -- The campaign as it was answered, as JSON.
    answer TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, name)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
