package store

import (
	"context"

	"muster/internal/model"
)

// PostMention is an account that a post mentions.
type PostMention struct {
	PostID string `json:"post_id"`
	UserID string `json:"user_id"`
	// InThread is false when it only answers them, which counts in the channel and not in the thread.
	InThread bool `json:"in_thread"`
}

// InsertMentions stores whom posts in the channel of a team mention, as far as it is not known.
func (t *Tx) InsertMentions(ctx context.Context, list []PostMention) error {
	if len(list) == 0 {
		return nil
	}
	_, err := exec(ctx, t.Q, `INSERT INTO post_mentions (post_id, user_id, in_thread) SELECT x.post_id, x.user_id, x.in_thread
		FROM `+t.d.records("post_id text", "user_id text", "in_thread boolean")+` WHERE TRUE ON CONFLICT (post_id, user_id) DO NOTHING`, jsonRows(list))
	return err
}

// MentionedIn lists whom a reply mentions in its thread.
func (q Q) MentionedIn(ctx context.Context, postID string) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT user_id FROM post_mentions WHERE post_id = ? AND in_thread ORDER BY user_id`, postID)
}

// repliesSince are up to so many replies to a root from a time on, the newest first.
const repliesSince = `(SELECT p.id, p.user_id FROM posts p WHERE p.root_id = ? AND p.create_at >= ? AND p.delete_at = 0 AND p.original_id IS NULL
	ORDER BY p.create_at DESC, p.id DESC LIMIT ?) r`

// MentionsInReplies counts how often the n newest replies to a root, from a time on, mention accounts.
func (q Q) MentionsInReplies(ctx context.Context, rootID string, userIDs []string, since int64, n int) (map[string]int64, error) {
	return counts(ctx, q, `SELECT m.user_id, COUNT(*) FROM `+repliesSince+` JOIN post_mentions m ON m.post_id = r.id
		WHERE m.in_thread AND `+q.d.idsIn("m.user_id")+` GROUP BY m.user_id`, rootID, since, n, q.d.ids(userIDs))
}

// RepliesByAuthor counts who wrote how many of the n newest replies to a root, from a time on.
func (q Q) RepliesByAuthor(ctx context.Context, rootID string, since int64, n int) (map[string]int64, error) {
	return counts(ctx, q, `SELECT r.user_id, COUNT(*) FROM `+repliesSince+` GROUP BY r.user_id`, rootID, since, n)
}

// counts reads numbers by the id they belong to.
func counts(ctx context.Context, q Q, query string, args ...any) (map[string]int64, error) {
	out := map[string]int64{}
	_, err := list(ctx, q, func(row scanner) (n int64, err error) {
		var id string
		err = row.Scan(&id, &n)
		out[id] = n
		return n, err
	}, query, args...)
	return out, err
}

// Unread is what somebody has not read of a channel.
type Unread struct{ Msgs, Roots, Mentions, MentionsRoot, Urgent int64 }

// UnreadSince counts what there is for somebody among the n newest posts of a channel, from a time on.
func (q Q) UnreadSince(ctx context.Context, c *model.Channel, userID string, since int64, n int) (Unread, error) {
	mentions, args := `m.user_id IS NOT NULL`, []any{q.d.ids(model.MembershipPosts)}
	switch c.Type {
	case model.ChannelDirect:
		mentions, args = `p.user_id <> ?`, append(args, userID)
	case model.ChannelGroup: // of what the server itself says nobody is told there
		mentions, args = `p.user_id <> ? AND p.type NOT LIKE 'system%'`, append(args, userID)
	}
	return one(ctx, q, func(row scanner) (u Unread, err error) {
		return u, row.Scan(&u.Msgs, &u.Roots, &u.Mentions, &u.MentionsRoot, &u.Urgent)
	}, `SELECT COUNT(*) FILTER (WHERE counts), COUNT(*) FILTER (WHERE counts AND root), COUNT(*) FILTER (WHERE mentions),
			COUNT(*) FILTER (WHERE mentions AND root), COUNT(*) FILTER (WHERE mentions AND root AND urgent)
		FROM (SELECT p.root_id IS NULL AS root, p.priority = 'urgent' AS urgent, NOT (`+q.d.idsIn("p.type")+`) AS counts, `+mentions+` AS mentions
			FROM posts p LEFT JOIN post_mentions m ON m.post_id = p.id AND m.user_id = ?
			WHERE p.channel_id = ? AND p.delete_at = 0 AND p.original_id IS NULL AND p.create_at >= ?
			ORDER BY p.create_at DESC, p.id DESC LIMIT ?) x`, append(args, userID, c.ID, since, n)...)
}
