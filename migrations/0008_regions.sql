-- The regions whose partners alone an answer counts, as a JSON array of names; none for an
-- answer of the whole company. Who is limited to regions reads those within its own.
ALTER TABLE answers ADD COLUMN regions TEXT NOT NULL DEFAULT '[]';
