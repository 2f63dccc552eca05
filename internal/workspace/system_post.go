package workspace

import (
	"context"
	"encoding/json"
	"strings"

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
	// mentions are the accounts that it is meant for.
	mentions []string
}

// writeSystemPost stores posts of the server's, with two statements for any number of
// them, and tells the channel.
func (s *Service) writeSystemPost(ctx context.Context, tx *store.Tx, c *model.Channel, list ...systemPost) error {
	if len(list) == 0 {
		return nil
	}
	posts := make([]*model.Post, len(list))
	for i, sp := range list {
		props, err := json.Marshal(sp.props)
		if err != nil || sp.props == nil {
			props = []byte("{}")
		}
		now := s.now()
		posts[i] = &model.Post{
			ID: model.NewTimeID(now), CreateAt: now, UpdateAt: now, UserID: sp.author.ID, ChannelID: c.ID,
			Type: sp.kind, Message: sp.message, Props: props,
		}
	}
	if err := tx.InsertSystemPosts(ctx, c.ID, posts); err != nil {
		return err
	}
	var mentioned []string
	var kept []store.PostMention
	for i, p := range posts {
		e := event.SystemPosted(p.View(), c, list[i].author.Username)
		meant := meantFor(c, list[i])
		e.Concern("mentions", meant)
		mentioned = append(mentioned, meant...)
		for _, id := range meant {
			kept = append(kept, store.PostMention{PostID: p.ID, UserID: id, InThread: true})
		}
		tx.Emit(e)
	}
	if len(mentioned) == 0 {
		return nil
	}
	if c.InTeam() {
		if err := tx.InsertMentions(ctx, kept); err != nil {
			return err
		}
	}
	return tx.MentionInChannel(ctx, c.ID, mentioned)
}

// meantFor tells whom a post of the server's is meant for: in a direct channel the other one.
func meantFor(c *model.Channel, sp systemPost) []string {
	if c.Type != model.ChannelDirect {
		return sp.mentions
	}
	for id := range strings.SplitSeq(c.Name, "__") {
		if id != sp.author.ID {
			return []string{id}
		}
	}
	return nil
}
