package account

import (
	"context"

	"muster/internal/store"
)

// removeFiles removes the content of every file an account sent, and of every upload it
// did not complete; their rows are traces.
func (s *Service) removeFiles(ctx context.Context, userID string) error {
	for {
		files, err := s.DB.FilesOf(ctx, userID, purgeBatch)
		if err != nil || len(files) == 0 {
			return s.removeUploads(ctx, userID, err)
		}
		for _, f := range files {
			if err := s.Files.DeletePrefix(ctx, f.Folder()); err != nil {
				return err
			}
		}
		err = s.DB.Tx(ctx, func(tx *store.Tx) error {
			for _, f := range files {
				if err := tx.DeleteFile(ctx, f.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func (s *Service) removeUploads(ctx context.Context, userID string, err error) error {
	if err != nil {
		return err
	}
	uploads, err := s.DB.UploadsOf(ctx, userID, purgeBatch)
	if err != nil {
		return err
	}
	for _, u := range uploads {
		if err := s.Files.DeletePrefix(ctx, u.Folder()); err != nil {
			return err
		}
	}
	return nil
}
