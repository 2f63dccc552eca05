package store

import (
	"context"

	"muster/internal/model"
)

// threadFrom joins what somebody knows of a thread (m) with the thread itself (t).
const threadFrom = ` FROM thread_memberships m LEFT JOIN threads t ON t.post_id = m.post_id `

const threadCols = `m.post_id, m.user_id, m.following, m.last_viewed, m.unread_mentions, m.unread_replies,
	t.post_id IS NOT NULL, COALESCE(t.reply_count, 0), COALESCE(t.last_reply_at, 0), COALESCE(t.delete_at, 0), m.urgent`

func scanThread(row scanner) (*model.Thread, error) {
	t := &model.Thread{}
	return t, row.Scan(&t.PostID, &t.UserID, &t.Following, &t.LastViewed, &t.UnreadMentions, &t.UnreadReplies,
		&t.Replied, &t.ReplyCount, &t.LastReplyAt, &t.DeleteAt, &t.Urgent)
}

// ThreadOf reads a thread as somebody finds it who has a membership of it.
func (q Q) ThreadOf(ctx context.Context, userID, postID string) (*model.Thread, error) {
	return one(ctx, q, scanThread, `SELECT `+threadCols+threadFrom+`WHERE m.post_id = ? AND m.user_id = ?`, postID, userID)
}

// ReplyCount tells how many replies a root has.
func (q Q) ReplyCount(ctx context.Context, postID string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COALESCE((SELECT reply_count FROM threads WHERE post_id = ?), 0)`, postID)
}

// PostThread is what a page of posts tells about the thread of a root.
type PostThread struct {
	PostID      string
	ReplyCount  int64
	LastReplyAt int64
	Following   bool // by whoever reads the page
}

// PostThreads reads what a page of posts tells about those of them that are roots of threads.
func (q Q) PostThreads(ctx context.Context, userID string, postIDs []string) ([]PostThread, error) {
	if len(postIDs) == 0 {
		return nil, nil
	}
	return list(ctx, q, func(row scanner) (t PostThread, err error) {
		return t, row.Scan(&t.PostID, &t.ReplyCount, &t.LastReplyAt, &t.Following)
	}, `SELECT t.post_id, t.reply_count, t.last_reply_at, COALESCE(m.following, FALSE)
		FROM threads t LEFT JOIN thread_memberships m ON m.post_id = t.post_id AND m.user_id = ?
		WHERE `+q.d.idsIn("t.post_id"), userID, q.d.ids(postIDs))
}

// ThreadParticipants lists by thread who wrote the replies that are there; who wrote last comes last.
func (q Q) ThreadParticipants(ctx context.Context, postIDs []string) (map[string][]string, error) {
	out := make(map[string][]string, len(postIDs))
	if len(postIDs) == 0 {
		return out, nil
	}
	_, err := list(ctx, q, func(row scanner) (none struct{}, err error) {
		var postID, userID string
		err = row.Scan(&postID, &userID)
		out[postID] = append(out[postID], userID)
		return none, err
	}, `SELECT post_id, user_id FROM thread_participants WHERE `+q.d.idsIn("post_id")+` AND replies > 0 ORDER BY post_id, position`, q.d.ids(postIDs))
	return out, err
}

// SaveThreadFollow lets somebody follow a post, or no longer. Who follows has read everything;
// who stops keeps how far they had read. Whoever does so holds the post.
func (t *Tx) SaveThreadFollow(ctx context.Context, userID, postID string, following bool, at int64) error {
	return change(ctx, t.Q, `INSERT INTO thread_memberships AS m (post_id, user_id, following, last_viewed, last_updated, unread_mentions,
			unread_replies, channel_id, team_id, last_reply_at, urgent, deleted)
		SELECT p.id, ?, CAST(? AS BOOLEAN), CASE WHEN ? THEN CAST(? AS BIGINT) ELSE 0 END, CAST(? AS BIGINT), 0, CASE WHEN ? OR p.delete_at <> 0 THEN 0 ELSE COALESCE(t.reply_count, 0) END, p.channel_id,
			COALESCE(c.team_id, ''), t.last_reply_at, p.priority = 'urgent', p.delete_at <> 0
		FROM posts p JOIN channels c ON c.id = p.channel_id LEFT JOIN threads t ON t.post_id = p.id WHERE p.id = ?
		ON CONFLICT (post_id, user_id) DO UPDATE SET following = excluded.following, last_updated = excluded.last_updated,
			last_viewed = CASE WHEN excluded.following THEN excluded.last_viewed ELSE m.last_viewed END,
			unread_mentions = CASE WHEN excluded.following THEN 0 ELSE m.unread_mentions END,
			unread_replies = CASE WHEN excluded.following THEN 0 ELSE m.unread_replies END`,
		userID, following, following, at, at, following, postID)
}

// ThreadRead says up to when somebody has read a thread, and how often they were mentioned since.
type ThreadRead struct {
	UserID, PostID string
	LastViewed     int64
	Mentions       int64
	At             int64
}

// ReadThread notes how far somebody has read a thread. Replies that came since are counted:
// none, when everything was read.
func (t *Tx) ReadThread(ctx context.Context, r ThreadRead) error {
	return change(ctx, t.Q, `UPDATE thread_memberships SET last_viewed = ?, unread_mentions = ?, last_updated = ?, unread_replies = (
			SELECT COUNT(*) FROM posts r WHERE r.root_id = thread_memberships.post_id AND r.create_at > ?
				AND r.delete_at = 0 AND r.original_id IS NULL)
		WHERE post_id = ? AND user_id = ?`, r.LastViewed, r.Mentions, r.At, r.LastViewed, r.PostID, r.UserID)
}

// ReadThreads notes that somebody has read all their threads in a team and in direct and group channels.
func (t *Tx) ReadThreads(ctx context.Context, userID, teamID string, at int64) error {
	_, err := exec(ctx, t.Q, `UPDATE thread_memberships SET last_viewed = ?, unread_mentions = 0, unread_replies = 0, last_updated = ?
		WHERE user_id = ? AND team_id IN (?, '')`, at, at, userID, teamID)
	return err
}

// ReadThreadsOfChannels notes that somebody has read all their threads in the channels.
func (t *Tx) ReadThreadsOfChannels(ctx context.Context, userID string, channelIDs []string, at int64) error {
	_, err := exec(ctx, t.Q, `UPDATE thread_memberships SET last_viewed = ?, unread_mentions = 0, unread_replies = 0, last_updated = ?
		WHERE user_id = ? AND `+t.d.idsIn("channel_id"), at, at, userID, t.d.ids(channelIDs))
	return err
}

// LeaveThreadsOfChannel ends what accounts have to do with the threads of a channel.
func (t *Tx) LeaveThreadsOfChannel(ctx context.Context, channelID string, userIDs ...string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM thread_memberships WHERE `+t.d.idsIn("user_id")+` AND channel_id = ?`, t.d.ids(userIDs), channelID)
	return err
}

// byStranger keeps memberships of threads by who is not in the channel.
const byStranger = `NOT EXISTS (SELECT 1 FROM channel_members c
	WHERE c.channel_id = thread_memberships.channel_id AND c.user_id = thread_memberships.user_id)`

// StrangersLeaveThreads ends what those have to do with the threads of a channel who are not in it, and could follow them
// while it was open.
func (t *Tx) StrangersLeaveThreads(ctx context.Context, channelID string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM thread_memberships WHERE post_id IN (SELECT id FROM posts WHERE channel_id = ?) AND `+byStranger, channelID)
	return err
}

// LeaveThreadsOfTeam ends what somebody has to do with the threads of a team.
func (t *Tx) LeaveThreadsOfTeam(ctx context.Context, userID, teamID string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM thread_memberships WHERE user_id = ? AND team_id = ?`, userID, teamID)
	return err
}

// MoveThreads lets the threads of a channel go with it into another team.
func (t *Tx) MoveThreads(ctx context.Context, channelID, teamID string) error {
	_, err := exec(ctx, t.Q, `UPDATE thread_memberships SET team_id = ? WHERE post_id IN (
		SELECT id FROM posts WHERE channel_id = ?)`, teamID, channelID)
	return err
}
