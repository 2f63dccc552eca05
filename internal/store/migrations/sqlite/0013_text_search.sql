-- What posts and the files of posts are found by. A key is the millisecond with 20 bits for what shares it, so
-- that lists by key are lists by time.

CREATE TABLE post_search (
    key     INTEGER NOT NULL PRIMARY KEY,
    post_id TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX post_search_post_id ON post_search (post_id);

CREATE TABLE file_search (
    key     INTEGER NOT NULL PRIMARY KEY,
    file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX file_search_file_id ON file_search (file_id);

-- Lists of keys by token. Merging eight segments at a time costs least over a long time.
CREATE VIRTUAL TABLE post_search_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii');
INSERT INTO post_search_words (post_search_words, rank) VALUES ('automerge', 8);
CREATE VIRTUAL TABLE file_search_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii');
INSERT INTO file_search_words (file_search_words, rank) VALUES ('automerge', 8);

-- Whatever removes a post or a file, for good or not, takes it out of the search.
CREATE TRIGGER post_search_gone AFTER DELETE ON post_search
BEGIN
    DELETE FROM post_search_words WHERE rowid = OLD.key;
END;
CREATE TRIGGER file_search_gone AFTER DELETE ON file_search
BEGIN
    DELETE FROM file_search_words WHERE rowid = OLD.key;
END;
CREATE TRIGGER posts_removed AFTER UPDATE OF delete_at ON posts WHEN NEW.delete_at <> 0 AND OLD.delete_at = 0
BEGIN
    DELETE FROM post_search WHERE post_id = NEW.id;
END;
CREATE TRIGGER files_removed AFTER UPDATE OF delete_at ON files WHEN NEW.delete_at <> 0 AND OLD.delete_at = 0
BEGIN
    DELETE FROM file_search WHERE file_id = NEW.id;
END;

-- What is there already is indexed in the background.
INSERT INTO jobs (id, type, priority, status, create_at, start_at, last_activity_at, progress, data, run_at, attempts)
SELECT 'textsearchofwhatwasthere11', 'index_texts', 0, 'pending', 0, 0, 0, 0, '{}', 0, 0
WHERE EXISTS (SELECT 1 FROM posts);
