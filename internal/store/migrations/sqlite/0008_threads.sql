-- Threads: a root with replies, who follows it, and who wrote in it. Booleans are 0 or 1.

CREATE TABLE threads (
    post_id       TEXT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, -- the root; made by the first reply
    reply_count   INTEGER NOT NULL, -- replies that were not deleted, or only with the root
    last_reply_at INTEGER NOT NULL, -- of the newest of these, 0 without one
    replies_ever  INTEGER NOT NULL, -- orders the participants
    delete_at     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE thread_participants (
    post_id  TEXT NOT NULL REFERENCES threads (post_id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL REFERENCES users (id),
    position INTEGER NOT NULL, -- replies_ever when they last wrote
    replies  INTEGER NOT NULL,
    PRIMARY KEY (post_id, user_id)
) STRICT;
CREATE INDEX thread_participants_user_id ON thread_participants (user_id, post_id);

-- Who follows a thread, or did. What comes after unread_replies is a copy of what the lists
-- sort and filter by; channel and team ('' for direct and group channels) go with the post.
CREATE TABLE thread_memberships (
    post_id         TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    user_id         TEXT NOT NULL REFERENCES users (id),
    following       INTEGER NOT NULL,
    last_viewed     INTEGER NOT NULL,
    last_updated    INTEGER NOT NULL,
    unread_mentions INTEGER NOT NULL DEFAULT 0,
    unread_replies  INTEGER NOT NULL DEFAULT 0,
    channel_id      TEXT NOT NULL,
    team_id         TEXT NOT NULL,
    last_reply_at   INTEGER, -- none before the first reply: it is no thread yet
    urgent          INTEGER NOT NULL,
    deleted         INTEGER NOT NULL,
    PRIMARY KEY (post_id, user_id)
) STRICT;
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
    user_id         TEXT NOT NULL REFERENCES users (id),
    team_id         TEXT NOT NULL,
    deleted         INTEGER NOT NULL,
    followed        INTEGER NOT NULL,
    unread          INTEGER NOT NULL,
    mentions        INTEGER NOT NULL,
    urgent_mentions INTEGER NOT NULL,
    PRIMARY KEY (user_id, team_id, deleted)
) STRICT;

-- Whatever changes a membership moves the totals with it.
CREATE TRIGGER thread_memberships_came AFTER INSERT ON thread_memberships
WHEN NEW.following AND NEW.last_reply_at IS NOT NULL
BEGIN
    INSERT INTO thread_counts (user_id, team_id, deleted, followed, unread, mentions, urgent_mentions)
    VALUES (NEW.user_id, NEW.team_id, NEW.deleted, 1, NEW.last_viewed < NEW.last_reply_at, NEW.unread_mentions, NEW.urgent * NEW.unread_mentions)
    ON CONFLICT (user_id, team_id, deleted) DO UPDATE SET followed = followed + 1, unread = unread + excluded.unread,
        mentions = mentions + excluded.mentions, urgent_mentions = urgent_mentions + excluded.urgent_mentions;
END;

CREATE TRIGGER thread_memberships_gone AFTER DELETE ON thread_memberships
WHEN OLD.following AND OLD.last_reply_at IS NOT NULL
BEGIN
    UPDATE thread_counts SET followed = followed - 1, unread = unread - (OLD.last_viewed < OLD.last_reply_at),
        mentions = mentions - OLD.unread_mentions, urgent_mentions = urgent_mentions - OLD.urgent * OLD.unread_mentions
    WHERE user_id = OLD.user_id AND team_id = OLD.team_id AND deleted = OLD.deleted;
END;

-- The frequent change moves a thread that was read to unread, or one that was unread not at all.
CREATE TRIGGER thread_memberships_moved AFTER UPDATE ON thread_memberships
WHEN OLD.following AND OLD.last_reply_at IS NOT NULL AND NEW.following AND NEW.last_reply_at IS NOT NULL
    AND OLD.team_id = NEW.team_id AND OLD.deleted = NEW.deleted AND OLD.urgent = NEW.urgent
    AND ((OLD.last_viewed < OLD.last_reply_at) <> (NEW.last_viewed < NEW.last_reply_at) OR OLD.unread_mentions <> NEW.unread_mentions)
BEGIN
    UPDATE thread_counts SET unread = unread + (NEW.last_viewed < NEW.last_reply_at) - (OLD.last_viewed < OLD.last_reply_at),
        mentions = mentions + NEW.unread_mentions - OLD.unread_mentions,
        urgent_mentions = urgent_mentions + NEW.urgent * (NEW.unread_mentions - OLD.unread_mentions)
    WHERE user_id = NEW.user_id AND team_id = NEW.team_id AND deleted = NEW.deleted;
END;

CREATE TRIGGER thread_memberships_left AFTER UPDATE ON thread_memberships
WHEN OLD.following AND OLD.last_reply_at IS NOT NULL AND (NOT NEW.following OR NEW.last_reply_at IS NULL
    OR OLD.team_id <> NEW.team_id OR OLD.deleted <> NEW.deleted OR OLD.urgent <> NEW.urgent)
BEGIN
    UPDATE thread_counts SET followed = followed - 1, unread = unread - (OLD.last_viewed < OLD.last_reply_at),
        mentions = mentions - OLD.unread_mentions, urgent_mentions = urgent_mentions - OLD.urgent * OLD.unread_mentions
    WHERE user_id = OLD.user_id AND team_id = OLD.team_id AND deleted = OLD.deleted;
END;

CREATE TRIGGER thread_memberships_entered AFTER UPDATE ON thread_memberships
WHEN NEW.following AND NEW.last_reply_at IS NOT NULL AND (NOT OLD.following OR OLD.last_reply_at IS NULL
    OR OLD.team_id <> NEW.team_id OR OLD.deleted <> NEW.deleted OR OLD.urgent <> NEW.urgent)
BEGIN
    INSERT INTO thread_counts (user_id, team_id, deleted, followed, unread, mentions, urgent_mentions)
    VALUES (NEW.user_id, NEW.team_id, NEW.deleted, 1, NEW.last_viewed < NEW.last_reply_at, NEW.unread_mentions, NEW.urgent * NEW.unread_mentions)
    ON CONFLICT (user_id, team_id, deleted) DO UPDATE SET followed = followed + 1, unread = unread + excluded.unread,
        mentions = mentions + excluded.mentions, urgent_mentions = urgent_mentions + excluded.urgent_mentions;
END;
