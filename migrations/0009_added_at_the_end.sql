-- What is in the trail keeps its number, also from INSERT OR REPLACE, which deletes
-- without a trigger of its own.
CREATE TRIGGER audit_rows_are_added_at_the_end BEFORE INSERT ON audit
WHEN NEW.seq > 0 AND NEW.seq <= (SELECT coalesce(max(seq), 0) FROM audit)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- Of a draft that was decided nothing changes, its decision least of all.
DROP TRIGGER decided_drafts_stay;
CREATE TRIGGER decided_drafts_stay BEFORE UPDATE ON drafts WHEN OLD.state IN ('approved', 'rejected', 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'what was decided is never changed'); END;

-- Of an answer that was given only what people say about it: note, tags, shelf. The trail
-- holds its digest.
CREATE TRIGGER answers_stay BEFORE UPDATE OF id, created_at, title, status, headline, answer, made_from, who, regions ON answers
BEGIN SELECT RAISE(ABORT, 'an answer that was given is never changed'); END;
CREATE TRIGGER answers_are_never_removed BEFORE DELETE ON answers
BEGIN SELECT RAISE(ABORT, 'an answer that was given is never removed'); END;
