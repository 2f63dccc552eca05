package store

import (
	"context"

	"muster/internal/model"
)

// systemPostRow is a post of the server's on its way into the database.
type systemPostRow struct {
	ID       string        `json:"id"`
	CreateAt int64         `json:"create_at"`
	UserID   string        `json:"user_id"`
	Message  string        `json:"message"`
	Type     string        `json:"type"`
	Props    model.RawJSON `json:"props"`
}

// InsertSystemPosts stores posts of the server's in one channel and moves its counters.
func (t *Tx) InsertSystemPosts(ctx context.Context, channelID string, posts []*model.Post) error {
	list := make([]systemPostRow, len(posts))
	var last, counted int64
	for i, p := range posts {
		list[i] = systemPostRow{ID: p.ID, CreateAt: p.CreateAt, UserID: p.UserID, Message: p.Message, Type: p.Type, Props: p.Props}
		if p.Props == nil {
			list[i].Props = model.RawJSON("{}")
		}
		last = max(last, p.CreateAt)
		if !p.AboutMembership() {
			counted++
		}
	}
	if _, err := exec(ctx, t.Q, `INSERT INTO posts (id, create_at, update_at, user_id, channel_id, message, type, props)
		SELECT r.value->>'id', CAST(r.value->>'create_at' AS BIGINT), CAST(r.value->>'create_at' AS BIGINT), r.value->>'user_id', ?,
			r.value->>'message', r.value->>'type', `+t.d.asJSON(`r.value->>'props'`)+`
		FROM `+t.d.rows+` WHERE TRUE`, channelID, jsonRows(list)); err != nil {
		return err
	}
	return change(ctx, t.Q, `UPDATE channels SET
			last_post_at = CASE WHEN last_post_at < ? THEN ? ELSE last_post_at END,
			last_root_post_at = CASE WHEN last_root_post_at < ? THEN ? ELSE last_root_post_at END,
			total_msg_count = total_msg_count + ?, total_msg_count_root = total_msg_count_root + ?
		WHERE id = ?`, last, last, last, last, counted, counted, channelID)
}
