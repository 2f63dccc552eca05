-- Accounts, sessions and what belongs to them. Text is compared byte by byte (COLLATE "C"), as in SQLite.

CREATE TABLE users (
    id                   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    create_at            BIGINT NOT NULL,
    update_at            BIGINT NOT NULL,
    delete_at            BIGINT NOT NULL DEFAULT 0,
    username             TEXT COLLATE "C" NOT NULL,
    email                TEXT COLLATE "C" NOT NULL,
    email_verified       BOOLEAN NOT NULL DEFAULT FALSE,
    password             TEXT COLLATE "C" NOT NULL DEFAULT '',
    auth_service         TEXT COLLATE "C" NOT NULL DEFAULT '',
    auth_data            TEXT COLLATE "C",
    nickname             TEXT COLLATE "C" NOT NULL DEFAULT '',
    first_name           TEXT COLLATE "C" NOT NULL DEFAULT '',
    last_name            TEXT COLLATE "C" NOT NULL DEFAULT '',
    "position"           TEXT COLLATE "C" NOT NULL DEFAULT '',
    roles                TEXT COLLATE "C" NOT NULL DEFAULT '',
    locale               TEXT COLLATE "C" NOT NULL DEFAULT '',
    timezone             JSONB,
    props                JSONB,
    notify_props         JSONB,
    allow_marketing      BOOLEAN NOT NULL DEFAULT FALSE,
    last_password_update BIGINT NOT NULL DEFAULT 0,
    last_picture_update  BIGINT NOT NULL DEFAULT 0,
    last_login           BIGINT NOT NULL DEFAULT 0,
    failed_attempts      BIGINT NOT NULL DEFAULT 0,
    mfa_active           BOOLEAN NOT NULL DEFAULT FALSE,
    mfa_secret           TEXT COLLATE "C" NOT NULL DEFAULT '',
    mfa_last_step        BIGINT NOT NULL DEFAULT 0,
    is_bot               BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX users_username ON users (username);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_auth_data ON users (auth_data);
CREATE INDEX users_roles ON users (roles, username);
CREATE INDEX users_inactive ON users (username) WHERE delete_at > 0;
CREATE INDEX users_update_at ON users (update_at);

-- How many accounts there are of each kind: counted once, at the change.
CREATE TABLE user_counts (
    roles  TEXT COLLATE "C" NOT NULL,
    is_bot BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (roles, is_bot, active)
);

CREATE TABLE bots (
    user_id          TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id),
    description      TEXT COLLATE "C" NOT NULL DEFAULT '',
    owner_id         TEXT COLLATE "C" NOT NULL, -- an account or a plug-in, so not a reference
    last_icon_update BIGINT NOT NULL DEFAULT 0,
    create_at        BIGINT NOT NULL,
    update_at        BIGINT NOT NULL,
    delete_at        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX bots_owner_id ON bots (owner_id);
CREATE INDEX bots_create_at ON bots (create_at, user_id);

CREATE TABLE sessions (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_hash       BYTEA NOT NULL,
    create_at        BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    user_id          TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    device_id        TEXT COLLATE "C" NOT NULL DEFAULT '',
    is_oauth         BOOLEAN NOT NULL DEFAULT FALSE,
    expired_notify   BOOLEAN NOT NULL DEFAULT FALSE,
    props            JSONB NOT NULL
);
CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash);
CREATE INDEX sessions_user_id ON sessions (user_id, last_activity_at);
CREATE INDEX sessions_expires_at ON sessions (expires_at) WHERE expires_at > 0;

CREATE TABLE audits (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    create_at  BIGINT NOT NULL,
    user_id    TEXT COLLATE "C" REFERENCES users (id),
    action     TEXT COLLATE "C" NOT NULL,
    extra_info TEXT COLLATE "C" NOT NULL DEFAULT '',
    ip_address TEXT COLLATE "C" NOT NULL DEFAULT '',
    session_id TEXT COLLATE "C" NOT NULL DEFAULT '' -- outlives the session
);
CREATE INDEX audits_user_id ON audits (user_id, id);

CREATE TABLE roles (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name           TEXT COLLATE "C" NOT NULL,
    display_name   TEXT COLLATE "C" NOT NULL DEFAULT '',
    description    TEXT COLLATE "C" NOT NULL DEFAULT '',
    create_at      BIGINT NOT NULL,
    update_at      BIGINT NOT NULL,
    delete_at      BIGINT NOT NULL DEFAULT 0,
    permissions    TEXT COLLATE "C" NOT NULL DEFAULT '', -- ids separated by blanks
    scheme_managed BOOLEAN NOT NULL DEFAULT FALSE,
    built_in       BOOLEAN NOT NULL DEFAULT FALSE,
    scheme_id      TEXT COLLATE "C"
);
CREATE UNIQUE INDEX roles_name ON roles (name);

CREATE TABLE preferences (
    user_id  TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    category TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    value    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, category, name)
);

CREATE TABLE statuses (
    user_id          TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id),
    status           TEXT COLLATE "C" NOT NULL,
    manual           BOOLEAN NOT NULL DEFAULT FALSE,
    last_activity_at BIGINT NOT NULL DEFAULT 0,
    dnd_end_time     BIGINT NOT NULL DEFAULT 0, -- seconds
    prev_status      TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX statuses_dnd_end_time ON statuses (dnd_end_time) WHERE dnd_end_time > 0;

CREATE TABLE jobs (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    type             TEXT COLLATE "C" NOT NULL,
    priority         BIGINT NOT NULL DEFAULT 0,
    status           TEXT COLLATE "C" NOT NULL,
    create_at        BIGINT NOT NULL,
    start_at         BIGINT NOT NULL DEFAULT 0,
    last_activity_at BIGINT NOT NULL DEFAULT 0,
    progress         BIGINT NOT NULL DEFAULT 0,
    data             JSONB NOT NULL,
    run_at           BIGINT NOT NULL DEFAULT 0, -- not before
    lease_until      BIGINT NOT NULL DEFAULT 0, -- a node works on it until then
    attempts         BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE status IN ('pending', 'in_progress');
CREATE INDEX jobs_type ON jobs (type, id);

-- One row: what administrators changed at run time.
CREATE TABLE configuration (
    id        BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    document  TEXT COLLATE "C" NOT NULL,
    version   BIGINT NOT NULL,
    update_at BIGINT NOT NULL
);

-- Facts about the installation, such as when it was made.
CREATE TABLE systems (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);
