-- Teams, channels, who is in them, and groups of accounts. Booleans are 0 or 1; JSON is text.

CREATE TABLE schemes (
    id                            TEXT NOT NULL PRIMARY KEY,
    name                          TEXT NOT NULL,
    display_name                  TEXT NOT NULL,
    description                   TEXT NOT NULL DEFAULT '',
    create_at                     INTEGER NOT NULL,
    update_at                     INTEGER NOT NULL,
    delete_at                     INTEGER NOT NULL DEFAULT 0,
    scope                         TEXT NOT NULL,
    default_team_admin_role       TEXT NOT NULL DEFAULT '',
    default_team_user_role        TEXT NOT NULL DEFAULT '',
    default_team_guest_role       TEXT NOT NULL DEFAULT '',
    default_channel_admin_role    TEXT NOT NULL DEFAULT '',
    default_channel_user_role     TEXT NOT NULL DEFAULT '',
    default_channel_guest_role    TEXT NOT NULL DEFAULT '',
    default_playbook_admin_role   TEXT NOT NULL DEFAULT '',
    default_playbook_member_role  TEXT NOT NULL DEFAULT '',
    default_run_admin_role        TEXT NOT NULL DEFAULT '',
    default_run_member_role       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX schemes_name ON schemes (name);
CREATE INDEX schemes_create_at ON schemes (create_at, id);

CREATE TABLE teams (
    id                    TEXT NOT NULL PRIMARY KEY,
    create_at             INTEGER NOT NULL,
    update_at             INTEGER NOT NULL,
    delete_at             INTEGER NOT NULL DEFAULT 0,
    name                  TEXT NOT NULL,
    display_name          TEXT NOT NULL,
    description           TEXT NOT NULL DEFAULT '',
    email                 TEXT NOT NULL DEFAULT '',
    type                  TEXT NOT NULL,
    company_name          TEXT NOT NULL DEFAULT '',
    allowed_domains       TEXT NOT NULL DEFAULT '',
    invite_id             TEXT NOT NULL,
    allow_open_invite     INTEGER NOT NULL DEFAULT 0,
    last_team_icon_update INTEGER NOT NULL DEFAULT 0,
    scheme_id             TEXT REFERENCES schemes (id),
    group_constrained     INTEGER,
    search                TEXT NOT NULL, -- name and display name folded, one a line
    members               INTEGER NOT NULL DEFAULT 0, -- who is in it, deactivated accounts included
    active_members        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX teams_name ON teams (name);
CREATE UNIQUE INDEX teams_invite_id ON teams (invite_id);
CREATE INDEX teams_display_name ON teams (display_name, id);
CREATE INDEX teams_scheme_id ON teams (scheme_id);

-- Somebody who left keeps the row, with delete_at. The username is a copy, for the order of lists.
CREATE TABLE team_members (
    team_id      TEXT NOT NULL REFERENCES teams (id),
    user_id      TEXT NOT NULL REFERENCES users (id),
    username     TEXT NOT NULL,
    roles        TEXT NOT NULL DEFAULT '', -- explicit ones
    create_at    INTEGER NOT NULL,
    delete_at    INTEGER NOT NULL DEFAULT 0,
    scheme_guest INTEGER NOT NULL DEFAULT 0,
    scheme_user  INTEGER NOT NULL DEFAULT 0,
    scheme_admin INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (team_id, user_id)
) STRICT;
CREATE INDEX team_members_user_id ON team_members (user_id, team_id);
CREATE INDEX team_members_username ON team_members (team_id, username) WHERE delete_at = 0;

CREATE TABLE channels (
    id                    TEXT NOT NULL PRIMARY KEY,
    create_at             INTEGER NOT NULL,
    update_at             INTEGER NOT NULL,
    delete_at             INTEGER NOT NULL DEFAULT 0,
    team_id               TEXT REFERENCES teams (id), -- none for direct and group channels
    type                  TEXT NOT NULL,
    display_name          TEXT NOT NULL DEFAULT '',
    name                  TEXT NOT NULL,
    header                TEXT NOT NULL DEFAULT '',
    purpose               TEXT NOT NULL DEFAULT '',
    last_post_at          INTEGER NOT NULL DEFAULT 0,
    last_root_post_at     INTEGER NOT NULL DEFAULT 0,
    total_msg_count       INTEGER NOT NULL DEFAULT 0,
    total_msg_count_root  INTEGER NOT NULL DEFAULT 0,
    creator_id            TEXT NOT NULL DEFAULT '', -- may be gone
    scheme_id             TEXT REFERENCES schemes (id),
    group_constrained     INTEGER,
    props                 TEXT,
    banner_info           TEXT,
    default_category_name TEXT NOT NULL DEFAULT '',
    search                TEXT NOT NULL, -- name, display name and purpose folded, one a line
    members               INTEGER NOT NULL DEFAULT 0,
    guests                INTEGER NOT NULL DEFAULT 0,
    pinned_posts          INTEGER NOT NULL DEFAULT 0,
    files                 INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX channels_name ON channels (COALESCE(team_id, ''), name);
CREATE INDEX channels_team_id ON channels (team_id, type, display_name);
CREATE INDEX channels_display_name ON channels (display_name, id);
CREATE INDEX channels_scheme_id ON channels (scheme_id);

CREATE TABLE channel_members (
    channel_id           TEXT NOT NULL REFERENCES channels (id),
    user_id              TEXT NOT NULL REFERENCES users (id),
    username             TEXT NOT NULL,
    roles                TEXT NOT NULL DEFAULT '', -- explicit ones
    create_at            INTEGER NOT NULL,
    last_viewed_at       INTEGER NOT NULL DEFAULT 0,
    msg_count            INTEGER NOT NULL DEFAULT 0,
    msg_count_root       INTEGER NOT NULL DEFAULT 0,
    mention_count        INTEGER NOT NULL DEFAULT 0,
    mention_count_root   INTEGER NOT NULL DEFAULT 0,
    urgent_mention_count INTEGER NOT NULL DEFAULT 0,
    notify_props         TEXT NOT NULL,
    last_update_at       INTEGER NOT NULL,
    scheme_guest         INTEGER NOT NULL DEFAULT 0,
    scheme_user          INTEGER NOT NULL DEFAULT 0,
    scheme_admin         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (channel_id, user_id)
) STRICT;
CREATE INDEX channel_members_user_id ON channel_members (user_id, channel_id);
CREATE INDEX channel_members_username ON channel_members (channel_id, username);

CREATE TABLE sidebar_categories (
    id           TEXT NOT NULL PRIMARY KEY, -- of the built-in ones: kind_account_team
    user_id      TEXT NOT NULL REFERENCES users (id),
    team_id      TEXT NOT NULL REFERENCES teams (id),
    sort_order   INTEGER NOT NULL,
    sorting      TEXT NOT NULL DEFAULT '',
    type         TEXT NOT NULL,
    display_name TEXT NOT NULL,
    muted        INTEGER NOT NULL DEFAULT 0,
    collapsed    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sidebar_categories_team_id ON sidebar_categories (team_id);
CREATE INDEX sidebar_categories_user_id ON sidebar_categories (user_id, team_id, sort_order);

CREATE TABLE sidebar_channels (
    category_id TEXT NOT NULL REFERENCES sidebar_categories (id),
    channel_id  TEXT NOT NULL REFERENCES channels (id),
    user_id     TEXT NOT NULL REFERENCES users (id),
    sort_order  INTEGER NOT NULL,
    PRIMARY KEY (category_id, channel_id)
) STRICT;
CREATE INDEX sidebar_channels_user_id ON sidebar_channels (user_id, channel_id);
CREATE INDEX sidebar_channels_channel_id ON sidebar_channels (channel_id);

CREATE TABLE user_groups (
    id              TEXT NOT NULL PRIMARY KEY,
    name            TEXT, -- what people mention; none is allowed
    display_name    TEXT NOT NULL,
    description     TEXT NOT NULL DEFAULT '',
    source          TEXT NOT NULL,
    remote_id       TEXT,
    create_at       INTEGER NOT NULL,
    update_at       INTEGER NOT NULL,
    delete_at       INTEGER NOT NULL DEFAULT 0,
    allow_reference INTEGER NOT NULL DEFAULT 0,
    search          TEXT NOT NULL, -- name and display name folded, one a line
    members         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX user_groups_name ON user_groups (name);
CREATE UNIQUE INDEX user_groups_remote_id ON user_groups (source, remote_id);
CREATE INDEX user_groups_display_name ON user_groups (display_name, id);

CREATE TABLE group_members (
    group_id  TEXT NOT NULL REFERENCES user_groups (id),
    user_id   TEXT NOT NULL REFERENCES users (id),
    username  TEXT NOT NULL,
    create_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, user_id)
) STRICT;
CREATE INDEX group_members_user_id ON group_members (user_id, group_id);
CREATE INDEX group_members_username ON group_members (group_id, username);

CREATE TABLE group_teams (
    group_id     TEXT NOT NULL REFERENCES user_groups (id),
    team_id      TEXT NOT NULL REFERENCES teams (id),
    auto_add     INTEGER NOT NULL DEFAULT 0,
    scheme_admin INTEGER NOT NULL DEFAULT 0,
    create_at    INTEGER NOT NULL,
    update_at    INTEGER NOT NULL,
    delete_at    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, team_id)
) STRICT;
CREATE INDEX group_teams_team_id ON group_teams (team_id);

CREATE TABLE group_channels (
    group_id     TEXT NOT NULL REFERENCES user_groups (id),
    channel_id   TEXT NOT NULL REFERENCES channels (id),
    auto_add     INTEGER NOT NULL DEFAULT 0,
    scheme_admin INTEGER NOT NULL DEFAULT 0,
    create_at    INTEGER NOT NULL,
    update_at    INTEGER NOT NULL,
    delete_at    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, channel_id)
) STRICT;
CREATE INDEX group_channels_channel_id ON group_channels (channel_id);
