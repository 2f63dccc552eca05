-- What people and programs prove themselves with, besides the password. Of every secret only the SHA-256 is here.

CREATE TABLE user_access_tokens (
    id           TEXT NOT NULL PRIMARY KEY,
    token_hash   BLOB NOT NULL,
    user_id      TEXT NOT NULL REFERENCES users (id),
    description  TEXT NOT NULL,
    is_active    INTEGER NOT NULL DEFAULT 1,
    create_at    INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL DEFAULT 0, -- 0 = never
    last_used_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX user_access_tokens_token_hash ON user_access_tokens (token_hash);
CREATE INDEX user_access_tokens_user_id ON user_access_tokens (user_id, id);

-- Tokens that work once. What a token is for stands in extra, which never holds a secret.
CREATE TABLE tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    type       TEXT NOT NULL,
    create_at  INTEGER NOT NULL,
    user_id    TEXT REFERENCES users (id), -- the account it is about, if there is one
    extra      TEXT NOT NULL
) STRICT;
CREATE INDEX tokens_user_id ON tokens (user_id, type);
CREATE INDEX tokens_create_at ON tokens (create_at);

CREATE TABLE mfa_recovery_codes (
    user_id   TEXT NOT NULL REFERENCES users (id),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) STRICT;

CREATE TABLE terms_of_service (
    id        TEXT NOT NULL PRIMARY KEY,
    create_at INTEGER NOT NULL,
    user_id   TEXT, -- who wrote them; they outlive the account
    text      TEXT NOT NULL
) STRICT;
CREATE INDEX terms_of_service_create_at ON terms_of_service (create_at, id);

CREATE TABLE user_terms_of_service (
    user_id             TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    terms_of_service_id TEXT NOT NULL REFERENCES terms_of_service (id),
    create_at           INTEGER NOT NULL
) STRICT;
CREATE INDEX user_terms_of_service_terms_of_service_id ON user_terms_of_service (terms_of_service_id);
