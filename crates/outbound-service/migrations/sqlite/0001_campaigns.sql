-- Ids are never given again, not even those of campaigns that are deleted.
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL,
    -- Microseconds since 1970.
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_updated_by TEXT NOT NULL,
    -- What the owner wrote, as JSON.
    settings TEXT NOT NULL,
    -- What the list can be searched and ordered by, of the same settings.
    campaign_name TEXT,
    caller_id TEXT,
    daily_start_time TEXT,
    daily_end_time TEXT,
    source TEXT,
    mode TEXT,
    label TEXT,
    labels TEXT,
    campaign_variables TEXT,
    voicemail_detection TEXT
);
CREATE INDEX campaigns_name ON campaigns (campaign_name);
CREATE INDEX campaigns_created ON campaigns (created_at);

CREATE TABLE idempotency_keys (
    -- Whose key it is: callers can't see each other's.
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    campaign_id INTEGER,
    -- The campaign as it was answered, as JSON.
    answer TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (owner, name)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
