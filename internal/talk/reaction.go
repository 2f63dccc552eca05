package talk

import (
	"context"

	"muster/internal/model"
	"muster/internal/store"
)

// reactionsOf reads the reactions to posts, by post.
func (s *Service) reactionsOf(ctx context.Context, q store.Q, posts []*model.Post) (map[string][]*model.Reaction, error) {
	var ids []string
	for _, p := range posts {
		if p.HasReactions {
			ids = append(ids, p.ID)
		}
	}
	list, err := q.Reactions(ctx, ids)
	out := make(map[string][]*model.Reaction, len(ids))
	for _, r := range list {
		out[r.PostID] = append(out[r.PostID], r)
	}
	return out, err
}
