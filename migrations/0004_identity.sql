-- Who may come in, and who did what. Times are seconds since 1970, UTC; of tokens and
-- keys only the SHA-256 is kept, of passwords only the argon2id hash.
CREATE TABLE users (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    login       TEXT NOT NULL UNIQUE,     -- lower case
    name        TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('manager', 'designer', 'partner', 'finance', 'auditor', 'administrator')),
    partner     TEXT,                     -- identifier, of role partner alone
    regions     TEXT NOT NULL DEFAULT '[]', -- JSON list; empty: all
    password    TEXT,                     -- PHC string; null: no password leads in
    must_change INTEGER NOT NULL DEFAULT 0,
    persona     INTEGER NOT NULL DEFAULT 0, -- 1: of the demo, does not exist elsewhere
    disabled    INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    CHECK ((role = 'partner') = (partner IS NOT NULL))
);

CREATE TABLE sessions (
    digest     TEXT PRIMARY KEY,          -- of the token in the cookie
    id         TEXT NOT NULL UNIQUE,      -- its name in lists
    user       INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,          -- whatever is done with it
    agent      TEXT NOT NULL              -- what the browser says it is
);
CREATE INDEX sessions_user ON sessions (user);

CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    digest     TEXT NOT NULL UNIQUE,
    user       INTEGER NOT NULL REFERENCES users (id),
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,             -- permissions, a space between
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at    INTEGER,
    revoked_at INTEGER
);
CREATE INDEX api_keys_user ON api_keys (user);

-- Failed sign-ins in a row, by the login that was typed and by address.
CREATE TABLE sign_in_attempts (
    counted       TEXT NOT NULL,          -- login, address
    subject       TEXT NOT NULL,          -- SHA-256 of it: somebody may have typed a password there
    failures      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    PRIMARY KEY (counted, subject)
);

ALTER TABLE answers ADD COLUMN who TEXT NOT NULL DEFAULT '';  -- login; empty: from before sign-in
ALTER TABLE audit ADD COLUMN who TEXT NOT NULL DEFAULT '';
