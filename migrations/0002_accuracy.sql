-- How forecasts did: computed track records, and the ledger of forecasts given.
CREATE TABLE track_records (
    digest     TEXT NOT NULL,             -- of data, rules, settings and engine
    origins    INTEGER NOT NULL,          -- past days forecast from
    months     INTEGER NOT NULL,          -- longest look at a change
    made_at    TEXT NOT NULL,             -- RFC 3339, UTC
    record     TEXT NOT NULL,             -- JSON
    PRIMARY KEY (digest, origins, months)
);

CREATE TABLE ledger (
    answer      TEXT PRIMARY KEY REFERENCES answers (id),
    ends        TEXT NOT NULL,            -- last day that the forecast speaks of
    data        TEXT NOT NULL,            -- digest of the data it was made from
    forecast    TEXT NOT NULL,            -- digest of the forecast
    given       TEXT NOT NULL,            -- what was said, JSON
    score       TEXT,                     -- what came, JSON; null until the period is over
    scored_data TEXT,                     -- digest of the data it was scored with
    scored_at   TEXT,
    whole       INTEGER NOT NULL DEFAULT 0  -- 1: wholly reported, never scored again
);
CREATE INDEX ledger_open ON ledger (whole, ends);
