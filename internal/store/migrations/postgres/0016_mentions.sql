-- Whom posts in the channels of teams mention, as it was found out when they were written: names, settings and who is
-- online change. In direct and group channels every post is for the others.
CREATE TABLE post_mentions (
    post_id   TEXT COLLATE "C" NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    user_id   TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    in_thread BOOLEAN NOT NULL, -- false: only because it answers them, which counts in the channel alone
    PRIMARY KEY (post_id, user_id)
);
CREATE INDEX post_mentions_user_id ON post_mentions (user_id, post_id);

-- Who saved a post is found by it.
CREATE INDEX preferences_saved_posts ON preferences (name) WHERE category = 'flagged_post';
