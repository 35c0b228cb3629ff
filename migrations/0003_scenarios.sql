-- What people keep of answers: notes, tags, what is put away; and from what an answer
-- was made, so that it can be told when data or rules are others now.
ALTER TABLE answers ADD COLUMN made_from TEXT NOT NULL DEFAULT '';  -- digests of data, rules and priors
ALTER TABLE answers ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE answers ADD COLUMN tags TEXT NOT NULL DEFAULT '';       -- ' q3 budget ': lower case, a space around each
ALTER TABLE answers ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
UPDATE answers SET made_from = json_extract(answer, '$.bundle.data') || ' ' || json_extract(answer, '$.bundle.rules')
    || ' ' || json_extract(answer, '$.bundle.priors');
CREATE INDEX answers_shelf ON answers (archived, id);
