-- Accounts, sessions and what belongs to them. Booleans are 0 or 1; JSON is text.

CREATE TABLE users (
    id                   TEXT NOT NULL PRIMARY KEY,
    create_at            INTEGER NOT NULL,
    update_at            INTEGER NOT NULL,
    delete_at            INTEGER NOT NULL DEFAULT 0,
    username             TEXT NOT NULL,
    email                TEXT NOT NULL,
    email_verified       INTEGER NOT NULL DEFAULT 0,
    password             TEXT NOT NULL DEFAULT '',
    auth_service         TEXT NOT NULL DEFAULT '',
    auth_data            TEXT,
    nickname             TEXT NOT NULL DEFAULT '',
    first_name           TEXT NOT NULL DEFAULT '',
    last_name            TEXT NOT NULL DEFAULT '',
    "position"           TEXT NOT NULL DEFAULT '',
    roles                TEXT NOT NULL DEFAULT '',
    locale               TEXT NOT NULL DEFAULT '',
    timezone             TEXT,
    props                TEXT,
    notify_props         TEXT,
    allow_marketing      INTEGER NOT NULL DEFAULT 0,
    last_password_update INTEGER NOT NULL DEFAULT 0,
    last_picture_update  INTEGER NOT NULL DEFAULT 0,
    last_login           INTEGER NOT NULL DEFAULT 0,
    failed_attempts      INTEGER NOT NULL DEFAULT 0,
    mfa_active           INTEGER NOT NULL DEFAULT 0,
    mfa_secret           TEXT NOT NULL DEFAULT '',
    mfa_last_step        INTEGER NOT NULL DEFAULT 0,
    is_bot               INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX users_username ON users (username);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_auth_data ON users (auth_data);
CREATE INDEX users_roles ON users (roles, username);
CREATE INDEX users_inactive ON users (username) WHERE delete_at > 0;
CREATE INDEX users_update_at ON users (update_at);

-- How many accounts there are of each kind: counted once, at the change.
CREATE TABLE user_counts (
    roles  TEXT NOT NULL,
    is_bot INTEGER NOT NULL,
    active INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (roles, is_bot, active)
) STRICT;

CREATE TABLE bots (
    user_id          TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    description      TEXT NOT NULL DEFAULT '',
    owner_id         TEXT NOT NULL, -- an account or a plug-in, so not a reference
    last_icon_update INTEGER NOT NULL DEFAULT 0,
    create_at        INTEGER NOT NULL,
    update_at        INTEGER NOT NULL,
    delete_at        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX bots_owner_id ON bots (owner_id);
CREATE INDEX bots_create_at ON bots (create_at, user_id);

CREATE TABLE sessions (
    id               TEXT NOT NULL PRIMARY KEY,
    token_hash       BLOB NOT NULL,
    create_at        INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL,
    user_id          TEXT NOT NULL REFERENCES users (id),
    device_id        TEXT NOT NULL DEFAULT '',
    is_oauth         INTEGER NOT NULL DEFAULT 0,
    expired_notify   INTEGER NOT NULL DEFAULT 0,
    props            TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash);
CREATE INDEX sessions_user_id ON sessions (user_id, last_activity_at);
CREATE INDEX sessions_expires_at ON sessions (expires_at) WHERE expires_at > 0;

CREATE TABLE audits (
    id         TEXT NOT NULL PRIMARY KEY,
    create_at  INTEGER NOT NULL,
    user_id    TEXT REFERENCES users (id),
    action     TEXT NOT NULL,
    extra_info TEXT NOT NULL DEFAULT '',
    ip_address TEXT NOT NULL DEFAULT '',
    session_id TEXT NOT NULL DEFAULT '' -- outlives the session
) STRICT;
CREATE INDEX audits_user_id ON audits (user_id, id);

CREATE TABLE roles (
    id             TEXT NOT NULL PRIMARY KEY,
    name           TEXT NOT NULL,
    display_name   TEXT NOT NULL DEFAULT '',
    description    TEXT NOT NULL DEFAULT '',
    create_at      INTEGER NOT NULL,
    update_at      INTEGER NOT NULL,
    delete_at      INTEGER NOT NULL DEFAULT 0,
    permissions    TEXT NOT NULL DEFAULT '', -- ids separated by blanks
    scheme_managed INTEGER NOT NULL DEFAULT 0,
    built_in       INTEGER NOT NULL DEFAULT 0,
    scheme_id      TEXT
) STRICT;
CREATE UNIQUE INDEX roles_name ON roles (name);

CREATE TABLE preferences (
    user_id  TEXT NOT NULL REFERENCES users (id),
    category TEXT NOT NULL,
    name     TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (user_id, category, name)
) STRICT;

CREATE TABLE statuses (
    user_id          TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    status           TEXT NOT NULL,
    manual           INTEGER NOT NULL DEFAULT 0,
    last_activity_at INTEGER NOT NULL DEFAULT 0,
    dnd_end_time     INTEGER NOT NULL DEFAULT 0, -- seconds
    prev_status      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX statuses_dnd_end_time ON statuses (dnd_end_time) WHERE dnd_end_time > 0;

CREATE TABLE jobs (
    id               TEXT NOT NULL PRIMARY KEY,
    type             TEXT NOT NULL,
    priority         INTEGER NOT NULL DEFAULT 0,
    status           TEXT NOT NULL,
    create_at        INTEGER NOT NULL,
    start_at         INTEGER NOT NULL DEFAULT 0,
    last_activity_at INTEGER NOT NULL DEFAULT 0,
    progress         INTEGER NOT NULL DEFAULT 0,
    data             TEXT NOT NULL,
    run_at           INTEGER NOT NULL DEFAULT 0, -- not before
    lease_until      INTEGER NOT NULL DEFAULT 0, -- a node works on it until then
    attempts         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE status IN ('pending', 'in_progress');
CREATE INDEX jobs_type ON jobs (type, id);

-- One row: what administrators changed at run time.
CREATE TABLE configuration (
    id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    document  TEXT NOT NULL,
    version   INTEGER NOT NULL,
    update_at INTEGER NOT NULL
) STRICT;

-- Facts about the installation, such as when it was made.
CREATE TABLE systems (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
