package talk

import (
	"context"
	"encoding/json"

	"muster/internal/model"
	"muster/internal/store"
)

// mentionedIn are the members that a root calls by their names or by words they chose. That
// it calls the whole channel lets nobody follow its thread.
func (s *Service) mentionedIn(ctx context.Context, tx *store.Tx, root *model.Post) ([]string, error) {
	text := read(root.Message)
	words, err := s.keywords.of(ctx, tx.Q, root.ChannelID)
	if err != nil {
		return nil, err
	}
	out := words.heard(text)
	if len(text.names) == 0 {
		return out, nil
	}
	found, err := tx.MembersNamed(ctx, root.ChannelID, text.names)
	for _, f := range found {
		out = append(out, f.UserID)
	}
	return out, err
}

// byWebhook tells whether a webhook wrote a post.
func byWebhook(p *model.Post) bool {
	var props struct {
		From any `json:"from_webhook"`
	}
	return json.Unmarshal(p.Props, &props) == nil && props.From == "true"
}
