package talk

import (
	"context"
	"encoding/json"
	"slices"

	"muster/internal/model"
	"muster/internal/store"
)

// reserveFiles drops from posts that are about to be written the ids of files that cannot
// be attached, and holds the files.
func (s *Service) reserveFiles(ctx context.Context, tx *store.Tx, posts []*model.Post) error {
	for _, p := range posts {
		if len(p.FileIDs) == 0 {
			continue
		}
		free, err := tx.LockFreeFiles(ctx, p, p.FileIDs)
		if err != nil {
			return err
		}
		p.FileIDs = slices.DeleteFunc(unique(p.FileIDs), func(id string) bool { return !slices.Contains(free, id) })
		if len(p.FileIDs) == 0 {
			p.FileIDs = nil
		}
	}
	return nil
}

// attachFiles makes the files that posts name part of them.
func (s *Service) attachFiles(ctx context.Context, tx *store.Tx, posts []*model.Post) error {
	for _, p := range posts {
		if len(p.FileIDs) == 0 {
			continue
		}
		if _, err := tx.AttachFiles(ctx, p, p.FileIDs); err != nil {
			return err
		}
		if err := tx.CountFiles(ctx, p.ChannelID, len(p.FileIDs)); err != nil {
			return err
		}
	}
	return nil
}

// filesOf encodes the descriptions of the files that belong to posts, by post.
func (s *Service) filesOf(ctx context.Context, q store.Q, posts []*model.Post) (map[string]json.RawMessage, error) {
	var ids []string
	for _, p := range posts {
		if len(p.FileIDs) > 0 {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	files, err := q.FilesOfPosts(ctx, ids, false)
	if err != nil {
		return nil, err
	}
	of := map[string][]*model.FileInfo{}
	for _, f := range files {
		of[f.PostID] = append(of[f.PostID], f)
	}
	out := make(map[string]json.RawMessage, len(of))
	for id, list := range of {
		if out[id], err = json.Marshal(list); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// removeFiles marks the files of deleted posts as removed.
func (s *Service) removeFiles(ctx context.Context, tx *store.Tx, gone []*model.Post) error {
	var ids []string
	channelID := ""
	for _, p := range gone {
		if len(p.FileIDs) > 0 {
			ids, channelID = append(ids, p.ID), p.ChannelID
		}
	}
	if len(ids) == 0 {
		return nil
	}
	n, err := tx.RemoveFilesOfPosts(ctx, ids, s.now())
	if err != nil || n == 0 {
		return err
	}
	return tx.CountFiles(ctx, channelID, int(-n))
}
