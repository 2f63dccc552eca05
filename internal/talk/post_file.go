package talk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"muster/internal/model"
	"muster/internal/perm"
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

// exchangeFiles attaches the files that an edited post has besides those it had, as far as its editor may
// attach them, and removes those it has no longer.
func (s *Service) exchangeFiles(ctx context.Context, tx *store.Tx, a perm.Actor, was *store.PostAccess, next *model.Post) error {
	added, gone := without(next.FileIDs, was.Post.FileIDs), without(was.Post.FileIDs, next.FileIDs)
	if len(added) > 0 {
		if err := a.NeedInChannel(perm.UploadFile, was.Roles, was.TeamRoles); err != nil {
			return err
		}
		edited := &model.Post{ID: next.ID, ChannelID: next.ChannelID, UserID: a.UserID, CreateAt: next.UpdateAt}
		files, err := tx.AttachFiles(ctx, edited, added)
		if err != nil {
			return err
		}
		free := make([]string, len(files))
		for i, f := range files {
			free[i] = f.ID
		}
		next.FileIDs = without(next.FileIDs, without(added, free))
		added = free
	}
	if len(gone) > 0 {
		if err := tx.RemoveFiles(ctx, gone, next.UpdateAt); err != nil {
			return err
		}
	}
	if len(added) == len(gone) {
		return nil
	}
	return tx.CountFiles(ctx, next.ChannelID, len(added)-len(gone))
}

// without gives those of a list that are not in another.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(v string) bool { return slices.Contains(others, v) })
}

// postFiles are the descriptions of the files of a post, encoded.
type postFiles struct {
	text    json.RawMessage
	picture bool // one of them is
}

// filesOf reads what files belong to posts, by post.
func (s *Service) filesOf(ctx context.Context, q store.Q, posts []*model.Post) (map[string]postFiles, error) {
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
	out := make(map[string]postFiles, len(of))
	for id, list := range of {
		text, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		picture := slices.ContainsFunc(list, func(f *model.FileInfo) bool { return strings.HasPrefix(f.MimeType, "image/") })
		out[id] = postFiles{text: text, picture: picture}
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
