package store

import "context"

// ThreadStart says how often somebody is mentioned in what a thread has unread for them.
type ThreadStart struct {
	UserID   string `json:"user_id"`
	Mentions int64  `json:"mentions"`
}

// FollowUnread lets accounts follow a post with everything unread that was answered to it
// after a time, whatever they had read or chosen before. Whoever does so holds the post.
func (t *Tx) FollowUnread(ctx context.Context, postID string, starts []ThreadStart, viewed, at int64) error {
	_, err := exec(ctx, t.Q, `INSERT INTO thread_memberships (post_id, user_id, following, last_viewed, last_updated, unread_mentions,
			unread_replies, channel_id, team_id, last_reply_at, urgent, deleted)
		SELECT p.id, x.user_id, TRUE, CAST(? AS BIGINT), CAST(? AS BIGINT), x.mentions, (SELECT COUNT(*) FROM posts r
				WHERE r.root_id = p.id AND r.create_at > ? AND r.delete_at = 0 AND r.original_id IS NULL),
			p.channel_id, COALESCE(c.team_id, ''), t.last_reply_at, p.priority = 'urgent', p.delete_at <> 0
		FROM `+t.d.records("user_id text", "mentions bigint")+`
			JOIN posts p ON p.id = ? JOIN channels c ON c.id = p.channel_id LEFT JOIN threads t ON t.post_id = p.id
		WHERE TRUE ORDER BY x.user_id
		ON CONFLICT (post_id, user_id) DO UPDATE SET following = TRUE, last_viewed = excluded.last_viewed,
			last_updated = excluded.last_updated, unread_mentions = excluded.unread_mentions, unread_replies = excluded.unread_replies`,
		viewed, at, viewed, jsonRows(starts), postID)
	return err
}
