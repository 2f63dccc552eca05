package store

import (
	"context"

	"muster/internal/model"
)

type sqliteSeeder struct{ db *DB }

func (s sqliteSeeder) insert(ctx context.Context, users []*model.User) error {
	return s.db.Tx(ctx, func(tx *Tx) error {
		for _, u := range users {
			if err := tx.insertUserRow(ctx, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// clear lets FTS5 gather 64 MB before it writes a segment, so that there are few to merge.
func (s sqliteSeeder) clear(ctx context.Context) error {
	return s.run(ctx, `DELETE FROM user_search_counts`, `DELETE FROM user_search`,
		`INSERT INTO user_search_grams (user_search_grams) VALUES ('delete-all')`,
		`INSERT INTO user_search_grams (user_search_grams, rank) VALUES ('hashsize', 67108864)`)
}

func (s sqliteSeeder) index(ctx context.Context, users []*userText, done int) error {
	return s.db.Tx(ctx, func(tx *Tx) error {
		for i, u := range users {
			if err := (sqliteUsers{}).insert(ctx, tx, keyFirst+int64(done+i)*keyStep, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// finish restores the usual size and merges all segments into one.
func (s sqliteSeeder) finish(ctx context.Context) error {
	return s.run(ctx, `INSERT INTO user_search_grams (user_search_grams, rank) VALUES ('hashsize', 1048576)`,
		`INSERT INTO user_search_grams (user_search_grams) VALUES ('optimize')`)
}

func (s sqliteSeeder) run(ctx context.Context, texts ...string) error {
	return s.db.Tx(ctx, func(tx *Tx) error {
		for _, text := range texts {
			if _, err := exec(ctx, tx.Q, text); err != nil {
				return err
			}
		}
		return nil
	})
}
