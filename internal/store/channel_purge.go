package store

import (
	"context"
)

// ChannelTraces are the tables that are emptied before a channel's row goes.
var ChannelTraces = []Trace{
	{Table: "files", key: "id", of: "channel_id = ?"},
	{Table: "uploads", key: "id", of: "channel_id = ?"},
	{Table: "reactions", key: "post_id, user_id, emoji_name", of: "post_id IN (SELECT id FROM posts WHERE channel_id = ?)"},
	{Table: "posts", key: "id", of: "channel_id = ? AND original_id IS NOT NULL"},
	{Table: "posts", key: "id", of: "channel_id = ? AND root_id IS NOT NULL"},
	{Table: "posts", key: "id", of: "channel_id = ?"},
	{Table: "sidebar_channels", key: "category_id, channel_id", of: "channel_id = ?"},
	{Table: "channel_members", key: "channel_id, user_id", of: "channel_id = ?"},
	{Table: "group_channels", key: "group_id, channel_id", of: "channel_id = ?"},
}

// DeleteChannel removes the row of a channel whose traces are gone already.
func (t *Tx) DeleteChannel(ctx context.Context, id string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM channels WHERE id = ?`, id)
	return err
}

// OutsidersOf lists up to n members of a channel, bots excepted, who are in none of its groups.
func (q Q) OutsidersOf(ctx context.Context, channelID string, n int) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT u.id FROM users u JOIN channel_members m ON m.user_id = u.id
		WHERE m.channel_id = ? AND NOT u.is_bot AND NOT EXISTS (
			SELECT 1 FROM group_members gm JOIN group_channels gc ON gc.group_id = gm.group_id AND gc.delete_at = 0
				JOIN user_groups g ON g.id = gm.group_id AND g.delete_at = 0
			WHERE gm.user_id = u.id AND gc.channel_id = m.channel_id)
		ORDER BY u.id LIMIT ?`, channelID, n)
}
