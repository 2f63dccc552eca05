-- Most posts answer none and are no older version of one: they need no entry here.
DROP INDEX posts_root_id;
DROP INDEX posts_original_id;
CREATE INDEX posts_root_id ON posts (root_id, create_at, id) WHERE root_id IS NOT NULL;
CREATE INDEX posts_original_id ON posts (original_id, id) WHERE original_id IS NOT NULL;
