-- Teams, channels, who is in them, and groups of accounts.

CREATE TABLE schemes (
    id                            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name                          TEXT COLLATE "C" NOT NULL,
    display_name                  TEXT COLLATE "C" NOT NULL,
    description                   TEXT COLLATE "C" NOT NULL DEFAULT '',
    create_at                     BIGINT NOT NULL,
    update_at                     BIGINT NOT NULL,
    delete_at                     BIGINT NOT NULL DEFAULT 0,
    scope                         TEXT COLLATE "C" NOT NULL,
    default_team_admin_role       TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_team_user_role        TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_team_guest_role       TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_channel_admin_role    TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_channel_user_role     TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_channel_guest_role    TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_playbook_admin_role   TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_playbook_member_role  TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_run_admin_role        TEXT COLLATE "C" NOT NULL DEFAULT '',
    default_run_member_role       TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX schemes_name ON schemes (name);
CREATE INDEX schemes_create_at ON schemes (create_at, id);

CREATE TABLE teams (
    id                    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    create_at             BIGINT NOT NULL,
    update_at             BIGINT NOT NULL,
    delete_at             BIGINT NOT NULL DEFAULT 0,
    name                  TEXT COLLATE "C" NOT NULL,
    display_name          TEXT COLLATE "C" NOT NULL,
    description           TEXT COLLATE "C" NOT NULL DEFAULT '',
    email                 TEXT COLLATE "C" NOT NULL DEFAULT '',
    type                  TEXT COLLATE "C" NOT NULL,
    company_name          TEXT COLLATE "C" NOT NULL DEFAULT '',
    allowed_domains       TEXT COLLATE "C" NOT NULL DEFAULT '',
    invite_id             TEXT COLLATE "C" NOT NULL,
    allow_open_invite     BOOLEAN NOT NULL DEFAULT FALSE,
    last_team_icon_update BIGINT NOT NULL DEFAULT 0,
    scheme_id             TEXT COLLATE "C" REFERENCES schemes (id),
    group_constrained     BOOLEAN,
    search                TEXT COLLATE "C" NOT NULL, -- name and display name folded, one a line
    members               BIGINT NOT NULL DEFAULT 0, -- who is in it, deactivated accounts included
    active_members        BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX teams_name ON teams (name);
CREATE UNIQUE INDEX teams_invite_id ON teams (invite_id);
CREATE INDEX teams_display_name ON teams (display_name, id);
CREATE INDEX teams_scheme_id ON teams (scheme_id);

-- Somebody who left keeps the row, with delete_at. The username is a copy, for the order of lists.
CREATE TABLE team_members (
    team_id      TEXT COLLATE "C" NOT NULL REFERENCES teams (id),
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    username     TEXT COLLATE "C" NOT NULL,
    roles        TEXT COLLATE "C" NOT NULL DEFAULT '', -- explicit ones
    create_at    BIGINT NOT NULL,
    delete_at    BIGINT NOT NULL DEFAULT 0,
    scheme_guest BOOLEAN NOT NULL DEFAULT FALSE,
    scheme_user  BOOLEAN NOT NULL DEFAULT FALSE,
    scheme_admin BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_user_id ON team_members (user_id, team_id);
CREATE INDEX team_members_username ON team_members (team_id, username) WHERE delete_at = 0;

CREATE TABLE channels (
    id                    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    create_at             BIGINT NOT NULL,
    update_at             BIGINT NOT NULL,
    delete_at             BIGINT NOT NULL DEFAULT 0,
    team_id               TEXT COLLATE "C" REFERENCES teams (id), -- none for direct and group channels
    type                  TEXT COLLATE "C" NOT NULL,
    display_name          TEXT COLLATE "C" NOT NULL DEFAULT '',
    name                  TEXT COLLATE "C" NOT NULL,
    header                TEXT COLLATE "C" NOT NULL DEFAULT '',
    purpose               TEXT COLLATE "C" NOT NULL DEFAULT '',
    last_post_at          BIGINT NOT NULL DEFAULT 0,
    last_root_post_at     BIGINT NOT NULL DEFAULT 0,
    total_msg_count       BIGINT NOT NULL DEFAULT 0,
    total_msg_count_root  BIGINT NOT NULL DEFAULT 0,
    creator_id            TEXT COLLATE "C" NOT NULL DEFAULT '', -- may be gone
    scheme_id             TEXT COLLATE "C" REFERENCES schemes (id),
    group_constrained     BOOLEAN,
    props                 JSONB,
    banner_info           JSONB,
    default_category_name TEXT COLLATE "C" NOT NULL DEFAULT '',
    search                TEXT COLLATE "C" NOT NULL, -- name, display name and purpose folded, one a line
    members               BIGINT NOT NULL DEFAULT 0,
    guests                BIGINT NOT NULL DEFAULT 0,
    pinned_posts          BIGINT NOT NULL DEFAULT 0,
    files                 BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX channels_name ON channels (COALESCE(team_id, ''), name);
CREATE INDEX channels_team_id ON channels (team_id, type, display_name);
CREATE INDEX channels_display_name ON channels (display_name, id);
CREATE INDEX channels_scheme_id ON channels (scheme_id);

CREATE TABLE channel_members (
    channel_id           TEXT COLLATE "C" NOT NULL REFERENCES channels (id),
    user_id              TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    username             TEXT COLLATE "C" NOT NULL,
    roles                TEXT COLLATE "C" NOT NULL DEFAULT '', -- explicit ones
    create_at            BIGINT NOT NULL,
    last_viewed_at       BIGINT NOT NULL DEFAULT 0,
    msg_count            BIGINT NOT NULL DEFAULT 0,
    msg_count_root       BIGINT NOT NULL DEFAULT 0,
    mention_count        BIGINT NOT NULL DEFAULT 0,
    mention_count_root   BIGINT NOT NULL DEFAULT 0,
    urgent_mention_count BIGINT NOT NULL DEFAULT 0,
    notify_props         JSONB NOT NULL,
    last_update_at       BIGINT NOT NULL,
    scheme_guest         BOOLEAN NOT NULL DEFAULT FALSE,
    scheme_user          BOOLEAN NOT NULL DEFAULT FALSE,
    scheme_admin         BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (channel_id, user_id)
);
CREATE INDEX channel_members_user_id ON channel_members (user_id, channel_id);
CREATE INDEX channel_members_username ON channel_members (channel_id, username);

CREATE TABLE sidebar_categories (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- of the built-in ones: kind_account_team
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    team_id      TEXT COLLATE "C" NOT NULL REFERENCES teams (id),
    sort_order   BIGINT NOT NULL,
    sorting      TEXT COLLATE "C" NOT NULL DEFAULT '',
    type         TEXT COLLATE "C" NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    muted        BOOLEAN NOT NULL DEFAULT FALSE,
    collapsed    BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX sidebar_categories_team_id ON sidebar_categories (team_id);
CREATE INDEX sidebar_categories_user_id ON sidebar_categories (user_id, team_id, sort_order);

CREATE TABLE sidebar_channels (
    category_id TEXT COLLATE "C" NOT NULL REFERENCES sidebar_categories (id),
    channel_id  TEXT COLLATE "C" NOT NULL REFERENCES channels (id),
    user_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    sort_order  BIGINT NOT NULL,
    PRIMARY KEY (category_id, channel_id)
);
CREATE INDEX sidebar_channels_user_id ON sidebar_channels (user_id, channel_id);
CREATE INDEX sidebar_channels_channel_id ON sidebar_channels (channel_id);

CREATE TABLE user_groups (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name            TEXT COLLATE "C", -- what people mention; none is allowed
    display_name    TEXT COLLATE "C" NOT NULL,
    description     TEXT COLLATE "C" NOT NULL DEFAULT '',
    source          TEXT COLLATE "C" NOT NULL,
    remote_id       TEXT COLLATE "C",
    create_at       BIGINT NOT NULL,
    update_at       BIGINT NOT NULL,
    delete_at       BIGINT NOT NULL DEFAULT 0,
    allow_reference BOOLEAN NOT NULL DEFAULT FALSE,
    search          TEXT COLLATE "C" NOT NULL, -- name and display name folded, one a line
    members         BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX user_groups_name ON user_groups (name);
CREATE UNIQUE INDEX user_groups_remote_id ON user_groups (source, remote_id);
CREATE INDEX user_groups_display_name ON user_groups (display_name, id);

CREATE TABLE group_members (
    group_id  TEXT COLLATE "C" NOT NULL REFERENCES user_groups (id),
    user_id   TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    username  TEXT COLLATE "C" NOT NULL,
    create_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user_id ON group_members (user_id, group_id);
CREATE INDEX group_members_username ON group_members (group_id, username);

CREATE TABLE group_teams (
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES user_groups (id),
    team_id      TEXT COLLATE "C" NOT NULL REFERENCES teams (id),
    auto_add     BOOLEAN NOT NULL DEFAULT FALSE,
    scheme_admin BOOLEAN NOT NULL DEFAULT FALSE,
    create_at    BIGINT NOT NULL,
    update_at    BIGINT NOT NULL,
    delete_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, team_id)
);
CREATE INDEX group_teams_team_id ON group_teams (team_id);

CREATE TABLE group_channels (
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES user_groups (id),
    channel_id   TEXT COLLATE "C" NOT NULL REFERENCES channels (id),
    auto_add     BOOLEAN NOT NULL DEFAULT FALSE,
    scheme_admin BOOLEAN NOT NULL DEFAULT FALSE,
    create_at    BIGINT NOT NULL,
    update_at    BIGINT NOT NULL,
    delete_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, channel_id)
);
CREATE INDEX group_channels_channel_id ON group_channels (channel_id);
