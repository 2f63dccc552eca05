package talk

import (
	"context"
	"encoding/json"

	"muster/internal/model"
	"muster/internal/store"
)

// attachFiles makes files that the author uploaded to the channel part of posts, and drops
// from the posts the ids of those that cannot be attached.
func (s *Service) attachFiles(_ context.Context, _ *store.Tx, posts []*model.Post) error {
	for _, p := range posts {
		p.FileIDs = nil // nothing can be uploaded yet
	}
	return nil
}

// filesOf encodes the descriptions of the files that belong to posts, by post.
func (s *Service) filesOf(_ context.Context, _ store.Q, _ []*model.Post) (map[string]json.RawMessage, error) {
	return nil, nil
}
