package store

import (
	"context"

	"muster/internal/model"
)

func scanReaction(row scanner) (*model.Reaction, error) {
	r := &model.Reaction{}
	err := row.Scan(&r.UserID, &r.PostID, &r.EmojiName, &r.CreateAt, &r.ChannelID)
	r.UpdateAt = r.CreateAt
	return r, err
}

// Reactions lists the reactions to posts, oldest first.
func (q Q) Reactions(ctx context.Context, postIDs []string) ([]*model.Reaction, error) {
	if len(postIDs) == 0 {
		return nil, nil
	}
	return list(ctx, q, scanReaction, `SELECT user_id, post_id, emoji_name, create_at, channel_id FROM reactions
		WHERE `+q.d.idsIn("post_id")+` ORDER BY create_at, user_id, emoji_name`, q.d.ids(postIDs))
}

// InsertReaction stores a reaction unless it is there already, and tells whether it was new.
func (t *Tx) InsertReaction(ctx context.Context, r *model.Reaction) (bool, error) {
	n, err := exec(ctx, t.Q, `INSERT INTO reactions (post_id, user_id, emoji_name, create_at, channel_id) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (post_id, user_id, emoji_name) DO NOTHING`, r.PostID, r.UserID, r.EmojiName, r.CreateAt, r.ChannelID)
	return n > 0, err
}

// DeleteReaction removes a reaction and tells whether it was there.
func (t *Tx) DeleteReaction(ctx context.Context, r *model.Reaction) (bool, error) {
	n, err := exec(ctx, t.Q, `DELETE FROM reactions WHERE post_id = ? AND user_id = ? AND emoji_name = ?`, r.PostID, r.UserID, r.EmojiName)
	return n > 0, err
}

// CountEmojis tells with how many different emojis people reacted to a post, and whether one
// of them is among these.
func (q Q) CountEmojis(ctx context.Context, postID, emoji string) (n int, among bool, err error) {
	type count struct {
		n, same int
	}
	c, err := one(ctx, q, func(row scanner) (c count, err error) { return c, row.Scan(&c.n, &c.same) },
		`SELECT COUNT(DISTINCT emoji_name), COUNT(DISTINCT CASE WHEN emoji_name = ? THEN emoji_name END) FROM reactions WHERE post_id = ?`,
		emoji, postID)
	return c.n, c.same > 0, err
}
