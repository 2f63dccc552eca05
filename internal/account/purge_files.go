package account

import (
	"context"

	"muster/internal/store"
)

// RemoveFiles removes, in batches, the content and the rows of all files and unfinished uploads
// that go with something. The content goes first, so that none is left that nobody knows of.
func (s *Service) RemoveFiles(ctx context.Context, what store.Whole, id string) error {
	for {
		files, err := s.DB.FilesOf(ctx, what, id, purgeBatch)
		if err != nil || len(files) == 0 {
			return s.removeUploads(ctx, what, id, err)
		}
		ids := make([]string, len(files))
		for i, f := range files {
			ids[i] = f.ID
			if err := s.Files.DeletePrefix(ctx, f.Folder()); err != nil {
				return err
			}
		}
		if err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteFiles(ctx, ids) }); err != nil {
			return err
		}
	}
}

func (s *Service) removeUploads(ctx context.Context, what store.Whole, id string, err error) error {
	for err == nil {
		uploads, err := s.DB.UploadsWith(ctx, what, id, purgeBatch)
		if err != nil || len(uploads) == 0 {
			return err
		}
		ids := make([]string, len(uploads))
		for i, u := range uploads {
			ids[i] = u.ID
			if err := s.Files.DeletePrefix(ctx, u.Folder()); err != nil {
				return err
			}
		}
		if err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteUploads(ctx, ids) }); err != nil {
			return err
		}
	}
	return err
}
