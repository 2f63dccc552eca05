package store

import (
	"context"
	"slices"

	"muster/internal/model"
)

// ThreadState is what a reply or its removal leaves of a thread.
type ThreadState struct {
	ReplyCount  int64
	LastReplyAt int64
	RepliesEver int64
}

func scanThreadState(row scanner) (s ThreadState, err error) {
	return s, row.Scan(&s.ReplyCount, &s.LastReplyAt, &s.RepliesEver)
}

// AddReply counts a reply that was stored; the first one makes the thread. Whoever does so holds the root.
func (t *Tx) AddReply(ctx context.Context, r *model.Post) (ThreadState, error) {
	return one(ctx, t.Q, scanThreadState, `INSERT INTO threads AS t (post_id, reply_count, last_reply_at, replies_ever) VALUES (?, 1, ?, 1)
		ON CONFLICT (post_id) DO UPDATE SET reply_count = t.reply_count + 1, replies_ever = t.replies_ever + 1,
			last_reply_at = CASE WHEN t.last_reply_at < excluded.last_reply_at THEN excluded.last_reply_at ELSE t.last_reply_at END
		RETURNING reply_count, last_reply_at, replies_ever`, r.RootID, r.CreateAt)
}

// AddParticipant moves the author of a reply to the end of the participants.
func (t *Tx) AddParticipant(ctx context.Context, r *model.Post, s ThreadState) error {
	_, err := exec(ctx, t.Q, `INSERT INTO thread_participants AS p (post_id, user_id, position, replies) VALUES (?, ?, ?, 1)
		ON CONFLICT (post_id, user_id) DO UPDATE SET position = excluded.position, replies = p.replies + 1`, r.RootID, r.UserID, s.RepliesEver)
	return err
}

// AdvanceThread tells every membership of a thread about a new reply.
func (t *Tx) AdvanceThread(ctx context.Context, r *model.Post, s ThreadState) error {
	_, err := exec(ctx, t.Q, `UPDATE thread_memberships SET last_reply_at = ?,
			unread_replies = unread_replies + CASE WHEN last_viewed < ? THEN 1 ELSE 0 END
		WHERE post_id = ?`, s.LastReplyAt, r.CreateAt, r.RootID)
	return err
}

// ReplyFollowers says who follows a thread because of a reply. Of these only members of the
// channel do.
type ReplyFollowers struct {
	Reply  *model.Post
	Root   *model.Post
	TeamID string
	// AuthorReads says that the author has read the thread by writing in it.
	AuthorReads bool
	At          int64
	// Mentioned were called by the reply: they follow, whatever they had chosen, and it counts.
	Mentioned []string
	// Concerned follow unless they had chosen not to; the author is none of them.
	Concerned []string
	// AutoFollow adds those who want to follow every thread of the channel.
	AutoFollow bool
}

// FollowReply makes memberships of those who follow a thread because of a reply; it comes after
// [Tx.AdvanceThread]. Whoever is new finds every reply unread.
func (t *Tx) FollowReply(ctx context.Context, f ReplyFollowers, s ThreadState) error {
	members := `SELECT id AS user_id FROM users WHERE id = ?
		UNION SELECT user_id FROM channel_members WHERE channel_id = ? AND ` + t.d.idsIn("user_id")
	ids := slices.Concat(f.Mentioned, f.Concerned)
	args := []any{
		f.AuthorReads, f.Reply.UserID, f.At, f.At, t.d.ids(f.Mentioned), f.Reply.UserID, f.AuthorReads, f.Reply.UserID, s.ReplyCount,
		f.Root.ChannelID, f.TeamID, s.LastReplyAt, f.Root.Priority == model.PriorityUrgent, f.Root.ID,
		f.Reply.UserID, f.Root.ChannelID, t.d.ids(ids),
	}
	if f.AutoFollow { // serves from the partial index channel_members_auto_follow
		members += ` UNION SELECT user_id FROM channel_members WHERE channel_id = ? AND notify_props->>'channel_auto_follow_threads' = 'on'`
		args = append(args, f.Root.ChannelID)
	}
	_, err := exec(ctx, t.Q, `INSERT INTO thread_memberships AS m (following, last_viewed, last_updated, unread_mentions, unread_replies,
			channel_id, team_id, last_reply_at, urgent, deleted, post_id, user_id)
		SELECT TRUE, CASE WHEN ? AND c.user_id = ? THEN CAST(? AS BIGINT) ELSE 0 END, CAST(? AS BIGINT),
			CASE WHEN `+t.d.idsIn("c.user_id")+` AND c.user_id <> ? THEN 1 ELSE 0 END,
			CASE WHEN ? AND c.user_id = ? THEN 0 ELSE CAST(? AS BIGINT) END,
			?, ?, CAST(? AS BIGINT), CAST(? AS BOOLEAN), FALSE, ?, c.user_id
		FROM (`+members+`) c WHERE TRUE ORDER BY c.user_id
		ON CONFLICT (post_id, user_id) DO UPDATE SET following = TRUE, last_updated = excluded.last_updated,
			last_viewed = CASE WHEN excluded.last_viewed > 0 THEN excluded.last_viewed ELSE m.last_viewed END,
			unread_mentions = CASE WHEN excluded.last_viewed > 0 THEN 0 ELSE m.unread_mentions + excluded.unread_mentions END,
			unread_replies = CASE WHEN excluded.last_viewed > 0 THEN 0 ELSE m.unread_replies END
		WHERE excluded.unread_mentions > 0 OR excluded.user_id = ?`, append(args, f.Reply.UserID)...)
	return err
}

// MentionFollowers counts a mention for those of the accounts that follow a thread.
func (t *Tx) MentionFollowers(ctx context.Context, postID string, userIDs []string) error {
	_, err := exec(ctx, t.Q, `UPDATE thread_memberships SET unread_mentions = unread_mentions + 1
		WHERE post_id = ? AND following AND `+t.d.idsIn("user_id"), postID, t.d.ids(userIDs))
	return err
}

// Follower is somebody who follows a thread and is in its channel.
type Follower struct {
	model.ThreadMembership
	// Collapsed is what they chose about seeing threads as such; empty when they did not.
	Collapsed string
	// Auto says that they want to follow every thread of the channel.
	Auto bool
}

// ThreadFollowers lists who follows a thread and is in its channel, or of these only some
// accounts, unless they are nil. Others who once were, or never, hear nothing of it.
func (q Q) ThreadFollowers(ctx context.Context, root *model.Post, among []string) ([]Follower, error) {
	w := &where{}
	w.add(`m.post_id = ? AND m.following`, root.ID)
	if among != nil {
		w.add(q.d.idsIn("m.user_id"), q.d.ids(among))
	}
	return list(ctx, q, func(row scanner) (f Follower, err error) {
		return f, row.Scan(&f.PostID, &f.UserID, &f.Following, &f.LastViewed, &f.UnreadMentions, &f.UnreadReplies, &f.Collapsed, &f.Auto)
	}, `SELECT m.post_id, m.user_id, m.following, m.last_viewed, m.unread_mentions, m.unread_replies, COALESCE(s.value, ''),
			COALESCE(c.notify_props->>'channel_auto_follow_threads', '') = 'on'
		FROM thread_memberships m
			JOIN channel_members c ON c.channel_id = ? AND c.user_id = m.user_id
			LEFT JOIN preferences s ON s.user_id = m.user_id AND s.category = 'display_settings' AND s.name = 'collapsed_reply_threads'
		`+w.text()+` ORDER BY m.user_id`, append([]any{root.ChannelID}, w.args...)...)
}

// ThreadMemberships reads how far those have read a thread who follow it, and one account even
// if it does not.
func (q Q) ThreadMemberships(ctx context.Context, postID, userID string) ([]model.ThreadMembership, error) {
	return list(ctx, q, func(row scanner) (m model.ThreadMembership, err error) {
		return m, row.Scan(&m.PostID, &m.UserID, &m.Following, &m.LastViewed, &m.UnreadMentions, &m.UnreadReplies)
	}, `SELECT post_id, user_id, following, last_viewed, unread_mentions, unread_replies FROM thread_memberships
		WHERE post_id = ? AND (following OR user_id = ?)`, postID, userID)
}

// Unmention takes one mention from those of the accounts that follow a thread and have unread ones.
func (t *Tx) Unmention(ctx context.Context, postID string, userIDs []string) error {
	_, err := exec(ctx, t.Q, `UPDATE thread_memberships SET unread_mentions = unread_mentions - 1
		WHERE post_id = ? AND unread_mentions > 0 AND `+t.d.idsIn("user_id"), postID, t.d.ids(userIDs))
	return err
}

// RemoveReply takes a reply that was deleted out of its thread. Whoever does so holds the root.
func (t *Tx) RemoveReply(ctx context.Context, r *model.Post) (ThreadState, error) {
	return one(ctx, t.Q, scanThreadState, `UPDATE threads SET reply_count = reply_count - 1, last_reply_at = COALESCE((
			SELECT r.create_at FROM posts r WHERE r.root_id = threads.post_id AND r.delete_at = 0 AND r.original_id IS NULL
			ORDER BY r.create_at DESC LIMIT 1), 0)
		WHERE post_id = ? RETURNING reply_count, last_reply_at, replies_ever`, r.RootID)
}

// RemoveParticipant takes one reply from what its author wrote in the thread.
func (t *Tx) RemoveParticipant(ctx context.Context, r *model.Post) error {
	_, err := exec(ctx, t.Q, `UPDATE thread_participants SET replies = replies - 1 WHERE post_id = ? AND user_id = ?`, r.RootID, r.UserID)
	return err
}

// RetreatThread tells every membership of a thread that a reply is gone. Who has nothing
// unread left was not mentioned in it either.
func (t *Tx) RetreatThread(ctx context.Context, r *model.Post, s ThreadState) error {
	_, err := exec(ctx, t.Q, `UPDATE thread_memberships SET last_reply_at = ?,
			unread_replies = unread_replies - CASE WHEN last_viewed < ? THEN 1 ELSE 0 END,
			unread_mentions = CASE WHEN last_viewed >= ? THEN 0 ELSE unread_mentions END
		WHERE post_id = ?`, s.LastReplyAt, r.CreateAt, s.LastReplyAt, r.RootID)
	return err
}

// DeleteThread marks the thread of a root that was deleted. Its replies went with it: nothing is left to read.
func (t *Tx) DeleteThread(ctx context.Context, postID string, at int64) error {
	if _, err := exec(ctx, t.Q, `UPDATE threads SET delete_at = ? WHERE post_id = ?`, at, postID); err != nil {
		return err
	}
	_, err := exec(ctx, t.Q, `UPDATE thread_memberships SET deleted = TRUE, unread_replies = 0 WHERE post_id = ?`, postID)
	return err
}

// ForgetReplies takes what an account wrote out of up to n threads, as if it had never been
// there, and tells how many these were. It comes before the posts of the account go for good.
func (t *Tx) ForgetReplies(ctx context.Context, userID string, n int) (int, error) {
	ids, err := list(ctx, t.Q, scanValue[string], `SELECT p.id FROM posts p JOIN thread_participants x ON x.post_id = p.id
		WHERE x.user_id = ? ORDER BY x.post_id LIMIT ?`+t.d.forChange("p"), userID, n)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	threads := t.d.ids(ids)
	for _, s := range []struct {
		text string
		args []any
	}{
		{`UPDATE threads SET reply_count = reply_count - (SELECT x.replies FROM thread_participants x
				WHERE x.post_id = threads.post_id AND x.user_id = ?),
			last_reply_at = COALESCE((SELECT r.create_at FROM posts r WHERE r.root_id = threads.post_id AND r.user_id <> ?
				AND r.delete_at = threads.delete_at AND r.original_id IS NULL ORDER BY r.create_at DESC LIMIT 1), 0)
			WHERE ` + t.d.idsIn("post_id"), []any{userID, userID, threads}},
		{`UPDATE thread_memberships SET last_reply_at = t.last_reply_at,
			unread_mentions = CASE WHEN last_viewed >= t.last_reply_at THEN 0 ELSE unread_mentions - (SELECT COUNT(*)
				FROM posts r JOIN post_mentions m ON m.post_id = r.id AND m.user_id = thread_memberships.user_id AND m.in_thread
				WHERE r.root_id = thread_memberships.post_id AND r.user_id = ? AND r.create_at > last_viewed AND r.delete_at = 0) END,
			unread_replies = (SELECT COUNT(*) FROM posts r WHERE r.root_id = thread_memberships.post_id AND r.user_id <> ?
				AND r.create_at > last_viewed AND r.delete_at = 0 AND r.original_id IS NULL)
			FROM threads t WHERE t.post_id = thread_memberships.post_id AND ` + t.d.idsIn("t.post_id"), []any{userID, userID, threads}},
		{`DELETE FROM thread_participants WHERE user_id = ? AND ` + t.d.idsIn("post_id"), []any{userID, threads}},
	} {
		if _, err := exec(ctx, t.Q, s.text, s.args...); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}
