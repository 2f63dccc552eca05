package store

import (
	"context"

	"muster/internal/model"
)

// InsertPost stores a new post; [Tx.CountPost] moves the channel's counters.
func (t *Tx) InsertPost(ctx context.Context, p *model.Post) error {
	props := p.Props
	if props == nil {
		props = model.RawJSON("{}")
	}
	_, err := exec(ctx, t.Q, `INSERT INTO posts (id, create_at, update_at, edit_at, delete_at, is_pinned, user_id, channel_id, root_id,
			original_id, message, type, props, hashtags, file_ids, has_reactions, priority, requested_ack)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, `+t.d.json+`, ?, `+t.d.json+`, ?, ?, ?)`,
		p.ID, p.CreateAt, p.UpdateAt, p.EditAt, p.DeleteAt, p.IsPinned, p.UserID, p.ChannelID, nullable(p.RootID),
		nullable(p.OriginalID), p.Message, p.Type, props, p.Hashtags, p.FileIDs, p.HasReactions, p.Priority, p.RequestedAck)
	return err
}

// CountPost moves what a channel knows about its posts: when the last was written, and
// how many there are that somebody has to read.
func (t *Tx) CountPost(ctx context.Context, p *model.Post) error {
	counted, counts := 1, 1
	if p.AboutMembership() {
		counted, counts = 0, 0
	}
	root := p.RootID == ""
	if !root {
		counts = 0
	}
	return change(ctx, t.Q, `UPDATE channels SET
			last_post_at = CASE WHEN last_post_at < ? THEN ? ELSE last_post_at END,
			last_root_post_at = CASE WHEN ? AND last_root_post_at < ? THEN ? ELSE last_root_post_at END,
			total_msg_count = total_msg_count + ?, total_msg_count_root = total_msg_count_root + ?
		WHERE id = ?`, p.CreateAt, p.CreateAt, root, p.CreateAt, p.CreateAt, counted, counts, p.ChannelID)
}
