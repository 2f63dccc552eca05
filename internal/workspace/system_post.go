package workspace

import (
	"context"
	"encoding/json"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
)

// systemPost is something the server itself writes in a channel, such as that somebody came.
type systemPost struct {
	author  *model.User // about whom, or who did it
	kind    string      // a model.Post… constant
	message string      // in English; clients translate by kind and props
	props   map[string]any
}

// writeSystemPost stores a post of the server's and tells the channel.
func (s *Service) writeSystemPost(ctx context.Context, tx *store.Tx, c *model.Channel, sp systemPost) error {
	props, err := json.Marshal(sp.props)
	if err != nil || sp.props == nil {
		props = []byte("{}")
	}
	now := s.now()
	p := &model.Post{ID: model.NewTimeID(now), CreateAt: now, UpdateAt: now, UserID: sp.author.ID, ChannelID: c.ID,
		Type: sp.kind, Message: sp.message, Props: props}
	if err := tx.InsertPost(ctx, p); err != nil {
		return err
	}
	if err := tx.CountPost(ctx, p); err != nil {
		return err
	}
	tx.Emit(event.Posted(p.View(), c, sp.author.Username, false))
	return nil
}
