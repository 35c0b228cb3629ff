-- Answers that were given, and the trail of what was done.
CREATE TABLE answers (
    id         TEXT PRIMARY KEY,          -- sortable by time
    created_at TEXT NOT NULL,             -- RFC 3339, UTC
    title      TEXT NOT NULL,             -- the question, or the scenario's label
    status     TEXT NOT NULL,             -- ready, needs_clarification, unsupported, failed
    headline   TEXT,
    answer     TEXT NOT NULL              -- the whole answer as JSON
);

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    at      TEXT NOT NULL,
    action  TEXT NOT NULL,                -- answer, import
    subject TEXT NOT NULL,                -- identifier of what it is about
    detail  TEXT NOT NULL                 -- JSON
);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
