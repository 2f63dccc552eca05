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
