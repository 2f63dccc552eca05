-- Files that belong to posts, and those that are still being sent.

CREATE TABLE files (
    id                TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id           TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    post_id           TEXT COLLATE "C" REFERENCES posts (id), -- none until it is posted
    channel_id        TEXT COLLATE "C" NOT NULL REFERENCES channels (id),
    create_at         BIGINT NOT NULL,
    update_at         BIGINT NOT NULL,
    delete_at         BIGINT NOT NULL DEFAULT 0,
    name              TEXT COLLATE "C" NOT NULL,
    extension         TEXT COLLATE "C" NOT NULL DEFAULT '',
    size              BIGINT NOT NULL,
    mime_type         TEXT COLLATE "C" NOT NULL,
    width             BIGINT NOT NULL DEFAULT 0,
    height            BIGINT NOT NULL DEFAULT 0,
    has_preview_image BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX files_post_id ON files (post_id, id);
CREATE INDEX files_channel_id ON files (channel_id, id);
CREATE INDEX files_user_id ON files (user_id, id);
CREATE INDEX files_lost ON files (create_at) WHERE post_id IS NULL;

-- Uploads that are not complete. Whoever writes holds the lease; parts are blobs of their own.
CREATE TABLE uploads (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    type        TEXT COLLATE "C" NOT NULL,
    create_at   BIGINT NOT NULL,
    user_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    channel_id  TEXT COLLATE "C" REFERENCES channels (id),
    filename    TEXT COLLATE "C" NOT NULL,
    file_size   BIGINT NOT NULL,
    file_offset BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX uploads_user_id ON uploads (user_id, create_at);
CREATE INDEX uploads_channel_id ON uploads (channel_id);
CREATE INDEX uploads_create_at ON uploads (create_at);
