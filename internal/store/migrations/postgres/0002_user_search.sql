-- What accounts are found by: folded texts and the tokens made of them.
CREATE TABLE user_search (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id),
    public    TEXT COLLATE "C" NOT NULL, -- username and nickname, one a line; sorts like the username
    names     TEXT COLLATE "C" NOT NULL, -- first and last name, one a line
    email     TEXT COLLATE "C" NOT NULL,
    delete_at BIGINT NOT NULL,
    roles     TEXT COLLATE "C" NOT NULL,
    grams     TSVECTOR NOT NULL
);

-- Common texts are looked for by reading accounts by username, from this index alone.
CREATE UNIQUE INDEX user_search_public ON user_search (public) INCLUDE (id, names, email, delete_at, roles);

-- A list of pending changes would have to be read for each bucket of each search.
CREATE INDEX user_search_grams ON user_search USING gin (grams) WITH (fastupdate = off);

-- How many accounts of a sample have a token.
CREATE TABLE user_search_counts (
    token TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    n     BIGINT NOT NULL
);
