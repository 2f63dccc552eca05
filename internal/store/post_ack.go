package store

import (
	"context"

	"muster/internal/model"
)

func scanAck(row scanner) (*model.PostAck, error) {
	a := &model.PostAck{}
	return a, row.Scan(&a.UserID, &a.PostID, &a.AcknowledgedAt)
}

// Acks lists who acknowledged posts, the first first.
func (q Q) Acks(ctx context.Context, postIDs []string) ([]*model.PostAck, error) {
	if len(postIDs) == 0 {
		return nil, nil
	}
	return list(ctx, q, scanAck, `SELECT user_id, post_id, acknowledged_at FROM post_acknowledgements
		WHERE `+q.d.idsIn("post_id")+` ORDER BY acknowledged_at, user_id`, q.d.ids(postIDs))
}

// SaveAck stores that somebody acknowledged a post, and gives when they did so first.
func (t *Tx) SaveAck(ctx context.Context, a model.PostAck) (*model.PostAck, error) {
	return one(ctx, t.Q, scanAck, `INSERT INTO post_acknowledgements AS a (post_id, user_id, acknowledged_at) VALUES (?, ?, ?)
		ON CONFLICT (post_id, user_id) DO UPDATE SET acknowledged_at = a.acknowledged_at
		RETURNING user_id, post_id, acknowledged_at`, a.PostID, a.UserID, a.AcknowledgedAt)
}

// DeleteAck takes an acknowledgement back.
func (t *Tx) DeleteAck(ctx context.Context, postID, userID string) error {
	return change(ctx, t.Q, `DELETE FROM post_acknowledgements WHERE post_id = ? AND user_id = ?`, postID, userID)
}

// Ack reads when somebody acknowledged a post.
func (q Q) Ack(ctx context.Context, postID, userID string) (*model.PostAck, error) {
	return one(ctx, q, scanAck, `SELECT user_id, post_id, acknowledged_at FROM post_acknowledgements WHERE post_id = ? AND user_id = ?`, postID, userID)
}
