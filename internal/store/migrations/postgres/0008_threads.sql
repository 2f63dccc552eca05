-- Threads: a root with replies, who follows it, and who wrote in it.

CREATE TABLE threads (
    post_id       TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, -- the root; made by the first reply
    reply_count   BIGINT NOT NULL, -- replies that were not deleted, or only with the root
    last_reply_at BIGINT NOT NULL, -- of the newest of these, 0 without one
    replies_ever  BIGINT NOT NULL, -- orders the participants
    delete_at     BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE thread_participants (
    post_id  TEXT COLLATE "C" NOT NULL REFERENCES threads (post_id) ON DELETE CASCADE,
    user_id  TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    position BIGINT NOT NULL, -- replies_ever when they last wrote
    replies  BIGINT NOT NULL,
    PRIMARY KEY (post_id, user_id)
);
CREATE INDEX thread_participants_user_id ON thread_participants (user_id, post_id);

-- Who follows a thread, or did. What comes after unread_replies is a copy of what the lists
-- sort and filter by; channel and team ('' for direct and group channels) go with the post.
CREATE TABLE thread_memberships (
    post_id         TEXT COLLATE "C" NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    user_id         TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    following       BOOLEAN NOT NULL,
    last_viewed     BIGINT NOT NULL,
    last_updated    BIGINT NOT NULL,
    unread_mentions BIGINT NOT NULL DEFAULT 0,
    unread_replies  BIGINT NOT NULL DEFAULT 0,
    channel_id      TEXT COLLATE "C" NOT NULL,
    team_id         TEXT COLLATE "C" NOT NULL,
    last_reply_at   BIGINT, -- none before the first reply: it is no thread yet
    urgent          BOOLEAN NOT NULL,
    deleted         BOOLEAN NOT NULL,
    PRIMARY KEY (post_id, user_id)
);
CREATE INDEX thread_memberships_user_id ON thread_memberships (user_id, last_updated);
CREATE INDEX thread_memberships_channel ON thread_memberships (user_id, channel_id);
CREATE INDEX thread_memberships_list ON thread_memberships (user_id, team_id, deleted, last_reply_at, post_id)
    WHERE following AND last_reply_at IS NOT NULL;
CREATE INDEX thread_memberships_unread ON thread_memberships (user_id, team_id, deleted, last_reply_at, post_id)
    WHERE following AND last_viewed < last_reply_at;
CREATE INDEX thread_memberships_mentions ON thread_memberships (user_id, team_id, channel_id)
    WHERE following AND unread_mentions > 0;

CREATE INDEX channel_members_auto_follow ON channel_members (channel_id, user_id)
    WHERE notify_props->>'channel_auto_follow_threads' = 'on';

-- Totals of the followed threads of a user in a team, or ('') in direct and group channels.
CREATE TABLE thread_counts (
    user_id         TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    team_id         TEXT COLLATE "C" NOT NULL,
    deleted         BOOLEAN NOT NULL,
    followed        BIGINT NOT NULL,
    unread          BIGINT NOT NULL,
    mentions        BIGINT NOT NULL,
    urgent_mentions BIGINT NOT NULL,
    PRIMARY KEY (user_id, team_id, deleted)
);

-- Whatever changes memberships moves the totals with them, once for each statement. The order
-- of the rows is the order of their locks, so that two statements never wait for each other.
CREATE FUNCTION thread_memberships_came() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO thread_counts AS c (user_id, team_id, deleted, followed, unread, mentions, urgent_mentions)
    SELECT user_id, team_id, deleted, COUNT(*), COUNT(*) FILTER (WHERE last_viewed < last_reply_at), SUM(unread_mentions),
        COALESCE(SUM(unread_mentions) FILTER (WHERE urgent), 0)
    FROM came WHERE following AND last_reply_at IS NOT NULL
    GROUP BY user_id, team_id, deleted ORDER BY user_id, team_id, deleted
    ON CONFLICT (user_id, team_id, deleted) DO UPDATE SET followed = c.followed + excluded.followed, unread = c.unread + excluded.unread,
        mentions = c.mentions + excluded.mentions, urgent_mentions = c.urgent_mentions + excluded.urgent_mentions;
    RETURN NULL;
END $$;

CREATE FUNCTION thread_memberships_gone() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO thread_counts AS c (user_id, team_id, deleted, followed, unread, mentions, urgent_mentions)
    SELECT user_id, team_id, deleted, -COUNT(*), -COUNT(*) FILTER (WHERE last_viewed < last_reply_at), -SUM(unread_mentions),
        -COALESCE(SUM(unread_mentions) FILTER (WHERE urgent), 0)
    FROM gone WHERE following AND last_reply_at IS NOT NULL
    GROUP BY user_id, team_id, deleted ORDER BY user_id, team_id, deleted
    ON CONFLICT (user_id, team_id, deleted) DO UPDATE SET followed = c.followed + excluded.followed, unread = c.unread + excluded.unread,
        mentions = c.mentions + excluded.mentions, urgent_mentions = c.urgent_mentions + excluded.urgent_mentions;
    RETURN NULL;
END $$;

CREATE FUNCTION thread_memberships_moved() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO thread_counts AS c (user_id, team_id, deleted, followed, unread, mentions, urgent_mentions)
    SELECT user_id, team_id, deleted, SUM(n), COALESCE(SUM(n) FILTER (WHERE last_viewed < last_reply_at), 0), SUM(n * unread_mentions),
        COALESCE(SUM(n * unread_mentions) FILTER (WHERE urgent), 0)
    FROM (SELECT 1 AS n, came.* FROM came UNION ALL SELECT -1, gone.* FROM gone) m
    WHERE following AND last_reply_at IS NOT NULL
    GROUP BY user_id, team_id, deleted
    HAVING SUM(n) <> 0 OR COALESCE(SUM(n) FILTER (WHERE last_viewed < last_reply_at), 0) <> 0 OR SUM(n * unread_mentions) <> 0
        OR COALESCE(SUM(n * unread_mentions) FILTER (WHERE urgent), 0) <> 0
    ORDER BY user_id, team_id, deleted
    ON CONFLICT (user_id, team_id, deleted) DO UPDATE SET followed = c.followed + excluded.followed, unread = c.unread + excluded.unread,
        mentions = c.mentions + excluded.mentions, urgent_mentions = c.urgent_mentions + excluded.urgent_mentions;
    RETURN NULL;
END $$;

CREATE TRIGGER thread_memberships_came AFTER INSERT ON thread_memberships
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION thread_memberships_came();
CREATE TRIGGER thread_memberships_gone AFTER DELETE ON thread_memberships
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION thread_memberships_gone();
CREATE TRIGGER thread_memberships_moved AFTER UPDATE ON thread_memberships
    REFERENCING NEW TABLE AS came OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION thread_memberships_moved();
