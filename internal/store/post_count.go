package store

import (
	"context"

	"muster/internal/model"
)

// PostTotals are what a channel counts of its posts.
type PostTotals struct {
	Msgs, MsgsRoot int64
	LastPostAt     int64
}

// CountPost moves what a channel knows about its posts by one.
func (t *Tx) CountPost(ctx context.Context, p *model.Post) error {
	_, err := t.CountPosts(ctx, p.ChannelID, []*model.Post{p})
	return err
}

// CountPosts moves what a channel knows about its posts: when the last was written, and
// how many there are that somebody has to read. It gives what the channel counts now.
func (t *Tx) CountPosts(ctx context.Context, channelID string, posts []*model.Post) (PostTotals, error) {
	var last, lastRoot, counted, roots int64
	for _, p := range posts {
		last = max(last, p.CreateAt)
		if p.RootID == "" {
			lastRoot = max(lastRoot, p.CreateAt)
		}
		msgs, root := p.Counts()
		counted, roots = counted+msgs, roots+root
	}
	return one(ctx, t.Q, func(row scanner) (n PostTotals, err error) {
		return n, row.Scan(&n.Msgs, &n.MsgsRoot, &n.LastPostAt)
	}, `UPDATE channels SET
			last_post_at = CASE WHEN last_post_at < ? THEN ? ELSE last_post_at END,
			last_root_post_at = CASE WHEN last_root_post_at < ? THEN ? ELSE last_root_post_at END,
			total_msg_count = total_msg_count + ?, total_msg_count_root = total_msg_count_root + ?
		WHERE id = ? RETURNING total_msg_count, total_msg_count_root, last_post_at`,
		last, last, lastRoot, lastRoot, counted, roots, channelID)
}

// PostEffect is what new posts of a channel do to a member of it.
type PostEffect struct {
	UserID string `json:"user_id"`
	// Read says that the member has read the channel up to these counts.
	Read     bool  `json:"read"`
	Msgs     int64 `json:"msgs"`
	MsgsRoot int64 `json:"msgs_root"`
	ViewedAt int64 `json:"viewed_at"`
	// Mentions came since then.
	Mentions     int64 `json:"mentions"`
	MentionsRoot int64 `json:"mentions_root"`
	Urgent       int64 `json:"urgent"`
}

// MarkMembers brings members of a channel in step with new posts.
func (t *Tx) MarkMembers(ctx context.Context, channelID string, at int64, effects []PostEffect) error {
	if len(effects) == 0 {
		return nil
	}
	ids := make([]string, len(effects))
	for i, e := range effects {
		ids[i] = e.UserID
	}
	_, err := exec(ctx, t.Q, `UPDATE channel_members SET
			msg_count = CASE WHEN x.read THEN x.msgs ELSE msg_count END,
			msg_count_root = CASE WHEN x.read THEN x.msgs_root ELSE msg_count_root END,
			last_viewed_at = CASE WHEN x.read AND last_viewed_at < x.viewed_at THEN x.viewed_at ELSE last_viewed_at END,
			mention_count = CASE WHEN x.read THEN 0 ELSE mention_count END + x.mentions,
			mention_count_root = CASE WHEN x.read THEN 0 ELSE mention_count_root END + x.mentions_root,
			urgent_mention_count = CASE WHEN x.read THEN 0 ELSE urgent_mention_count END + x.urgent,
			last_update_at = ?
		FROM `+t.d.records("user_id text", "read boolean", "msgs bigint", "msgs_root bigint", "viewed_at bigint", "mentions bigint",
		"mentions_root bigint", "urgent bigint")+`
		WHERE channel_members.channel_id = ? AND channel_members.user_id = x.user_id AND `+t.d.idsIn("channel_members.user_id"),
		at, jsonRows(effects), channelID, t.d.ids(ids))
	return err
}

// CountPinned changes how many posts are pinned to a channel.
func (t *Tx) CountPinned(ctx context.Context, channelID string, by int) error {
	return change(ctx, t.Q, `UPDATE channels SET pinned_posts = pinned_posts + ? WHERE id = ?`, by, channelID)
}
