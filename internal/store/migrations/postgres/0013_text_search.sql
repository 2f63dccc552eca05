-- What posts and the files of posts are found by. Ids begin with the millisecond, so that lists by id are lists by time.

CREATE TABLE post_search (
    post_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    words   TSVECTOR NOT NULL
);
CREATE TABLE file_search (
    file_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    words   TSVECTOR NOT NULL
);

-- Every search reads the list of pending changes: it is kept short.
CREATE INDEX post_search_words ON post_search USING gin (words) WITH (gin_pending_list_limit = 1024);
CREATE INDEX file_search_words ON file_search USING gin (words) WITH (gin_pending_list_limit = 1024);

-- Whatever removes a post or a file, for good or not, takes it out of the search.
CREATE FUNCTION posts_removed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM post_search WHERE post_id = NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION files_removed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM file_search WHERE file_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER posts_removed AFTER UPDATE OF delete_at ON posts FOR EACH ROW
    WHEN (NEW.delete_at <> 0 AND OLD.delete_at = 0) EXECUTE FUNCTION posts_removed();
CREATE TRIGGER files_removed AFTER UPDATE OF delete_at ON files FOR EACH ROW
    WHEN (NEW.delete_at <> 0 AND OLD.delete_at = 0) EXECUTE FUNCTION files_removed();

-- What is there already is indexed in the background.
INSERT INTO jobs (id, type, priority, status, create_at, start_at, last_activity_at, progress, data, run_at, attempts)
SELECT 'textsearchofwhatwasthere11', 'index_texts', 0, 'pending', 0, 0, 0, 0, '{}', 0, 0
WHERE EXISTS (SELECT 1 FROM posts);
