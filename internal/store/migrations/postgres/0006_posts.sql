-- What people write. Ids begin with the millisecond, so indexes grow at the end.

CREATE TABLE posts (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    create_at     BIGINT NOT NULL,
    update_at     BIGINT NOT NULL,
    edit_at       BIGINT NOT NULL DEFAULT 0,
    delete_at     BIGINT NOT NULL DEFAULT 0,
    is_pinned     BOOLEAN NOT NULL DEFAULT FALSE,
    user_id       TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    channel_id    TEXT COLLATE "C" NOT NULL REFERENCES channels (id),
    root_id       TEXT COLLATE "C" REFERENCES posts (id), -- none for a root
    original_id   TEXT COLLATE "C" REFERENCES posts (id), -- of the post this is an older version of
    message       TEXT COLLATE "C" NOT NULL,
    type          TEXT COLLATE "C" NOT NULL DEFAULT '',
    props         JSONB NOT NULL,
    hashtags      TEXT COLLATE "C" NOT NULL DEFAULT '',
    file_ids      JSONB,
    has_reactions BOOLEAN NOT NULL DEFAULT FALSE,
    priority      TEXT COLLATE "C" NOT NULL DEFAULT '',
    requested_ack BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX posts_channel_id ON posts (channel_id, create_at, id) WHERE delete_at = 0 AND original_id IS NULL;
CREATE INDEX posts_roots ON posts (channel_id, create_at, id) WHERE delete_at = 0 AND original_id IS NULL AND root_id IS NULL;
CREATE INDEX posts_update_at ON posts (channel_id, update_at);
CREATE INDEX posts_root_id ON posts (root_id, create_at, id);
CREATE INDEX posts_original_id ON posts (original_id, id);
CREATE INDEX posts_pinned ON posts (channel_id, create_at, id) WHERE is_pinned AND delete_at = 0 AND original_id IS NULL;
CREATE INDEX posts_user_id ON posts (user_id, id);

CREATE TABLE reactions (
    post_id    TEXT COLLATE "C" NOT NULL REFERENCES posts (id),
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    emoji_name TEXT COLLATE "C" NOT NULL,
    create_at  BIGINT NOT NULL,
    channel_id TEXT COLLATE "C" NOT NULL REFERENCES channels (id),
    PRIMARY KEY (post_id, user_id, emoji_name)
);
CREATE INDEX reactions_user_id ON reactions (user_id, post_id);
CREATE INDEX reactions_channel_id ON reactions (channel_id);
