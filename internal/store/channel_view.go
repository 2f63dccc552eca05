package store

import (
	"context"

	"muster/internal/model"
)

// ChannelView is how far somebody has read a channel.
type ChannelView struct {
	ChannelID  string
	LastPostAt int64
	ViewedAt   int64 // of the membership
	Unread     bool  // something was written, or mentions the member, since then
}

// ChannelViews tells how far an account has read those of the channels it is in, by id.
func (q Q) ChannelViews(ctx context.Context, userID string, channelIDs []string) ([]ChannelView, error) {
	return list(ctx, q, func(row scanner) (v ChannelView, err error) {
		return v, row.Scan(&v.ChannelID, &v.LastPostAt, &v.ViewedAt, &v.Unread)
	}, `SELECT c.id, c.last_post_at, m.last_viewed_at, (c.total_msg_count > m.msg_count OR c.total_msg_count_root > m.msg_count_root
			OR m.mention_count > 0 OR m.mention_count_root > 0 OR m.urgent_mention_count > 0)
		FROM channel_members m JOIN channels c ON c.id = m.channel_id
		WHERE m.user_id = ? AND `+q.d.idsIn("m.channel_id")+` ORDER BY c.id`, userID, q.d.ids(channelIDs))
}

// ViewChannels marks channels as read by an account up to their last post.
func (t *Tx) ViewChannels(ctx context.Context, userID string, channelIDs []string, at int64) error {
	_, err := exec(ctx, t.Q, `UPDATE channel_members SET msg_count = c.total_msg_count, msg_count_root = c.total_msg_count_root,
			mention_count = 0, mention_count_root = 0, urgent_mention_count = 0, last_update_at = ?,
			last_viewed_at = CASE WHEN last_viewed_at < c.last_post_at THEN c.last_post_at ELSE last_viewed_at END
		FROM channels c WHERE c.id = channel_members.channel_id AND channel_members.user_id = ?
			AND `+t.d.idsIn("channel_members.channel_id"), at, userID, t.d.ids(channelIDs))
	return err
}

// UnreadChannel notes up to when a member has read a channel, and what is unread since.
func (t *Tx) UnreadChannel(ctx context.Context, u *model.ChannelUnreadAt, at int64) error {
	return change(ctx, t.Q, `UPDATE channel_members SET last_viewed_at = ?, msg_count = ?, msg_count_root = ?, mention_count = ?,
			mention_count_root = ?, urgent_mention_count = ?, last_update_at = ? WHERE channel_id = ? AND user_id = ?`,
		u.LastViewedAt, u.MsgCount, u.MsgCountRoot, u.MentionCount, u.MentionCountRoot, u.UrgentMentionCount, at, u.ChannelID, u.UserID)
}

// MuteChannels says for channels an account is in whether it wants to hear of mentions only.
func (t *Tx) MuteChannels(ctx context.Context, userID string, channelIDs []string, muted bool, at int64) error {
	value := model.StringMap{"mark_unread": "all"}
	if muted {
		value["mark_unread"] = "mention"
	}
	_, err := exec(ctx, t.Q, `UPDATE channel_members SET notify_props = `+t.d.merged("notify_props")+`, last_update_at = ?
		WHERE user_id = ? AND `+t.d.idsIn("channel_id"), value, at, userID, t.d.ids(channelIDs))
	return err
}

// PlacesOfIn lists the places of an account in the channels ids names.
func (q Q) PlacesOfIn(ctx context.Context, userID string, channelIDs []string) ([]*model.ChannelMember, error) {
	return list(ctx, q, scanChannelMember, `SELECT `+channelMemberCols+channelMemberFrom+`
		WHERE m.user_id = ? AND `+q.d.idsIn("m.channel_id")+` ORDER BY m.channel_id`, userID, q.d.ids(channelIDs))
}
