-- What people write. Ids begin with the millisecond, so indexes grow at the end. Booleans are 0 or 1; JSON is text.

CREATE TABLE posts (
    id            TEXT NOT NULL PRIMARY KEY,
    create_at     INTEGER NOT NULL,
    update_at     INTEGER NOT NULL,
    edit_at       INTEGER NOT NULL DEFAULT 0,
    delete_at     INTEGER NOT NULL DEFAULT 0,
    is_pinned     INTEGER NOT NULL DEFAULT 0,
    user_id       TEXT NOT NULL REFERENCES users (id),
    channel_id    TEXT NOT NULL REFERENCES channels (id),
    root_id       TEXT REFERENCES posts (id), -- none for a root
    original_id   TEXT REFERENCES posts (id), -- of the post this is an older version of
    message       TEXT NOT NULL,
    type          TEXT NOT NULL DEFAULT '',
    props         TEXT NOT NULL,
    hashtags      TEXT NOT NULL DEFAULT '',
    file_ids      TEXT,
    has_reactions INTEGER NOT NULL DEFAULT 0,
    priority      TEXT NOT NULL DEFAULT '',
    requested_ack INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX posts_channel_id ON posts (channel_id, create_at, id) WHERE delete_at = 0 AND original_id IS NULL;
CREATE INDEX posts_roots ON posts (channel_id, create_at, id) WHERE delete_at = 0 AND original_id IS NULL AND root_id IS NULL;
CREATE INDEX posts_update_at ON posts (channel_id, update_at);
CREATE INDEX posts_root_id ON posts (root_id, create_at, id);
CREATE INDEX posts_original_id ON posts (original_id, id);
CREATE INDEX posts_pinned ON posts (channel_id, create_at, id) WHERE is_pinned AND delete_at = 0 AND original_id IS NULL;
CREATE INDEX posts_user_id ON posts (user_id, id);

CREATE TABLE reactions (
    post_id    TEXT NOT NULL REFERENCES posts (id),
    user_id    TEXT NOT NULL REFERENCES users (id),
    emoji_name TEXT NOT NULL,
    create_at  INTEGER NOT NULL,
    channel_id TEXT NOT NULL REFERENCES channels (id),
    PRIMARY KEY (post_id, user_id, emoji_name)
) STRICT;
CREATE INDEX reactions_user_id ON reactions (user_id, post_id);
CREATE INDEX reactions_channel_id ON reactions (channel_id);
