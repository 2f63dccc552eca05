-- Whom posts in the channels of teams mention, as it was found out when they were written: names, settings and who is
-- online change. In direct and group channels every post is for the others. Booleans are 0 or 1.
CREATE TABLE post_mentions (
    post_id   TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    user_id   TEXT NOT NULL REFERENCES users (id),
    in_thread INTEGER NOT NULL, -- 0: only because it answers them, which counts in the channel alone
    PRIMARY KEY (post_id, user_id)
) STRICT;
CREATE INDEX post_mentions_user_id ON post_mentions (user_id, post_id);

-- Who saved a post is found by it.
CREATE INDEX preferences_saved_posts ON preferences (name) WHERE category = 'flagged_post';
