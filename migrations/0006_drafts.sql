-- Drafts of program versions, from an answer to a decision. What was approved is never
-- changed again, and what was said about a draft stays.
CREATE TABLE drafts (
    id         TEXT PRIMARY KEY,          -- sortable by time
    created_at TEXT NOT NULL,             -- RFC 3339, UTC
    author     TEXT NOT NULL,             -- login
    answer     TEXT NOT NULL REFERENCES answers (id),
    option_no  INTEGER NOT NULL,          -- which option of it, from 0
    title      TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'rejected', 'withdrawn')),
    revision   INTEGER NOT NULL,          -- one more with every change: who decides names the one seen
    content    TEXT NOT NULL,             -- files with their texts, JSON
    revises    TEXT REFERENCES drafts (id),
    decided_by TEXT,                      -- login
    decided_at TEXT
);
CREATE INDEX drafts_state ON drafts (state, id);

-- The programs that a draft changes, and the rules of each that it was made from.
CREATE TABLE draft_programs (
    draft   TEXT NOT NULL REFERENCES drafts (id),
    program TEXT NOT NULL,
    base    TEXT NOT NULL,                -- digest over the versions of the program
    PRIMARY KEY (draft, program)
);
CREATE INDEX draft_programs_base ON draft_programs (program, base);

-- What was done with a draft and said about it, in order.
CREATE TABLE draft_events (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    draft TEXT NOT NULL REFERENCES drafts (id),
    at    TEXT NOT NULL,
    who   TEXT NOT NULL,
    what  TEXT NOT NULL,                  -- drafted, edited, submitted, approved, rejected, withdrawn, revised, comment
    words TEXT NOT NULL
);
CREATE INDEX draft_events_draft ON draft_events (draft, seq);

CREATE TRIGGER decided_drafts_stay BEFORE UPDATE ON drafts WHEN OLD.state IN ('approved', 'rejected', 'withdrawn')
    AND (NEW.state <> OLD.state OR NEW.content <> OLD.content OR NEW.answer <> OLD.answer OR NEW.author <> OLD.author)
BEGIN SELECT RAISE(ABORT, 'what was decided is never changed'); END;
CREATE TRIGGER drafts_are_never_removed BEFORE DELETE ON drafts
BEGIN SELECT RAISE(ABORT, 'drafts are never removed'); END;
CREATE TRIGGER draft_events_stay BEFORE UPDATE ON draft_events
BEGIN SELECT RAISE(ABORT, 'what was said about a draft stays'); END;
CREATE TRIGGER draft_events_are_never_removed BEFORE DELETE ON draft_events
BEGIN SELECT RAISE(ABORT, 'what was said about a draft stays'); END;
