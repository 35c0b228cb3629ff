-- What partners dispute of their statements, and what was said about it. Times are RFC
-- 3339, UTC.
CREATE TABLE disputes (
    id             TEXT PRIMARY KEY,      -- sortable by time
    partner        TEXT NOT NULL,
    program        TEXT NOT NULL,         -- empty: of a transaction under all programs
    transaction_id TEXT NOT NULL,         -- empty: of a line of a period
    period_start   TEXT NOT NULL,         -- empty with a transaction
    period_end     TEXT NOT NULL,
    due            TEXT NOT NULL,         -- what the line came to when it was opened; empty: not counted
    state          TEXT NOT NULL CHECK (state IN ('open', 'answered', 'resolved', 'rejected')),
    opened_at      TEXT NOT NULL,
    moved_at       TEXT NOT NULL
);
CREATE INDEX disputes_partner ON disputes (partner, state);
CREATE INDEX disputes_state ON disputes (state, moved_at);
-- One that is not closed a line.
CREATE UNIQUE INDEX disputes_once ON disputes (partner, program, transaction_id, period_start, period_end)
    WHERE state IN ('open', 'answered');

CREATE TABLE dispute_words (
    dispute TEXT NOT NULL REFERENCES disputes (id),
    seq     INTEGER NOT NULL,             -- from 1
    at      TEXT NOT NULL,
    who     TEXT NOT NULL,                -- login
    act     TEXT NOT NULL CHECK (act IN ('open', 'say', 'answer', 'resolve', 'reject')),
    said    TEXT NOT NULL,
    PRIMARY KEY (dispute, seq)
);
CREATE TRIGGER dispute_words_are_never_changed BEFORE UPDATE ON dispute_words
BEGIN SELECT RAISE(ABORT, 'what was said in a dispute is never changed'); END;
CREATE TRIGGER dispute_words_are_never_removed BEFORE DELETE ON dispute_words
BEGIN SELECT RAISE(ABORT, 'what was said in a dispute is never removed'); END;
