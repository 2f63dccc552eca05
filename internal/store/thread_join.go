package store

import "context"

// FollowUnread lets accounts that were called into a channel because of a thread follow it,
// with everything in it unread.
func (t *Tx) FollowUnread(ctx context.Context, postID string, userIDs []string, at int64) error {
	_, err := exec(ctx, t.Q, `INSERT INTO thread_memberships (post_id, user_id, following, last_viewed, last_updated, unread_mentions,
			unread_replies, channel_id, team_id, last_reply_at, urgent, deleted)
		SELECT p.id, u.id, TRUE, 0, CAST(? AS BIGINT), 0, COALESCE(t.reply_count, 0), p.channel_id, COALESCE(c.team_id, ''), t.last_reply_at,
			p.priority = 'urgent', p.delete_at <> 0
		FROM posts p JOIN channels c ON c.id = p.channel_id JOIN users u ON `+t.d.idsIn("u.id")+` LEFT JOIN threads t ON t.post_id = p.id
		WHERE p.id = ?
		ON CONFLICT (post_id, user_id) DO UPDATE SET following = TRUE, last_viewed = 0, last_updated = excluded.last_updated,
			unread_replies = excluded.unread_replies`, at, t.d.ids(userIDs), postID)
	return err
}
