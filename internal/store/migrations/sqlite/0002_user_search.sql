-- What accounts are found by: folded texts, in the order of usernames.
CREATE TABLE user_search (
    key       INTEGER NOT NULL PRIMARY KEY, -- sorts like the username
    id        TEXT NOT NULL REFERENCES users (id),
    public    TEXT NOT NULL, -- username and nickname, one a line
    names     TEXT NOT NULL, -- first and last name, one a line
    email     TEXT NOT NULL,
    delete_at INTEGER NOT NULL,
    roles     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX user_search_id ON user_search (id);

-- Lists of keys by token. Each change of an account is a little segment of its own:
-- merging eight at a time costs least over a long time.
CREATE VIRTUAL TABLE user_search_grams USING fts5 (tokens, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
INSERT INTO user_search_grams (user_search_grams, rank) VALUES ('automerge', 8);

-- How many accounts of a sample have a token.
CREATE TABLE user_search_counts (
    token TEXT NOT NULL PRIMARY KEY,
    n     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
