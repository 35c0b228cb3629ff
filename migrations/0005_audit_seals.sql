-- Each row of the trail is sealed over the one before it (src/store/audit.rs). Rows from
-- before keep an empty seal; the first row that is sealed holds their number and digest.
ALTER TABLE audit ADD COLUMN seal TEXT NOT NULL DEFAULT '';  -- HMAC-SHA256, hexadecimal
CREATE INDEX audit_action ON audit (action);
