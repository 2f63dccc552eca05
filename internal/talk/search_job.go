package talk

import (
	"context"
	"strings"

	"muster/internal/model"
	"muster/internal/store"
)

// indexBatch is how many texts one transaction makes known to the search.
const indexBatch = 200

// IndexTextsJob makes known to the search what was written before there was one.
const IndexTextsJob = "index_texts"

// IndexTexts does the job, the newest first. What is known already stays as it is, so it may be
// done again.
func (s *Service) IndexTexts(ctx context.Context, _ *model.Job) error {
	err := inBatches(func(before string) (string, error) {
		posts, err := s.DB.UnindexedPosts(ctx, before, indexBatch)
		if err != nil || len(posts) == 0 {
			return "", err
		}
		ids := make([]string, len(posts))
		for i, p := range posts {
			ids[i] = p.ID
		}
		return ids[len(ids)-1], s.DB.Tx(ctx, func(tx *store.Tx) error {
			current, err := tx.LockPosts(ctx, ids) // somebody may have changed them
			if err != nil {
				return err
			}
			return tx.IndexPosts(ctx, current)
		})
	})
	if err != nil {
		return err
	}
	return inBatches(func(before string) (string, error) {
		files, err := s.DB.UnindexedFiles(ctx, before, indexBatch)
		if err != nil || len(files) == 0 {
			return "", err
		}
		return files[len(files)-1].ID, s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.IndexFiles(ctx, files) })
	})
}

// inBatches goes on from where the batch before ended, until one is empty.
func inBatches(batch func(before string) (last string, err error)) error {
	last, err := batch(strings.Repeat("~", model.IDLength)) // behind every id
	for err == nil && last != "" {
		last, err = batch(last)
	}
	return err
}
