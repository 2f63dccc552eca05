-- Files that belong to posts, and those that are still being sent. Booleans are 0 or 1.

CREATE TABLE files (
    id                TEXT NOT NULL PRIMARY KEY,
    user_id           TEXT NOT NULL REFERENCES users (id),
    post_id           TEXT REFERENCES posts (id), -- none until it is posted
    channel_id        TEXT NOT NULL REFERENCES channels (id),
    create_at         INTEGER NOT NULL,
    update_at         INTEGER NOT NULL,
    delete_at         INTEGER NOT NULL DEFAULT 0,
    name              TEXT NOT NULL,
    extension         TEXT NOT NULL DEFAULT '',
    size              INTEGER NOT NULL,
    mime_type         TEXT NOT NULL,
    width             INTEGER NOT NULL DEFAULT 0,
    height            INTEGER NOT NULL DEFAULT 0,
    has_preview_image INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX files_post_id ON files (post_id, id);
CREATE INDEX files_channel_id ON files (channel_id, id);
CREATE INDEX files_user_id ON files (user_id, id);
CREATE INDEX files_lost ON files (create_at) WHERE post_id IS NULL;

-- Uploads that are not complete. Whoever writes holds the lease; parts are blobs of their own.
CREATE TABLE uploads (
    id          TEXT NOT NULL PRIMARY KEY,
    type        TEXT NOT NULL,
    create_at   INTEGER NOT NULL,
    user_id     TEXT NOT NULL REFERENCES users (id),
    channel_id  TEXT REFERENCES channels (id),
    filename    TEXT NOT NULL,
    file_size   INTEGER NOT NULL,
    file_offset INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX uploads_user_id ON uploads (user_id, create_at);
CREATE INDEX uploads_channel_id ON uploads (channel_id);
CREATE INDEX uploads_create_at ON uploads (create_at);
