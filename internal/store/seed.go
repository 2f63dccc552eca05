package store

import (
	"context"
	"fmt"
	"iter"

	"muster/internal/model"
)

// seedBatch is the number of accounts that are stored or indexed at a time.
const seedBatch = 10_000

// seeder fills a database fast, each kind in its own way.
type seeder interface {
	// insert stores the rows of accounts and nothing else about them.
	insert(ctx context.Context, users []*model.User) error
	// clear empties the search and prepares it for being filled.
	clear(ctx context.Context) error
	// index makes accounts searchable; they come by username, after done others.
	index(ctx context.Context, users []*userText, done int) error
	// finish makes what has been filled fit for use.
	finish(ctx context.Context) error
}

func (db *DB) seeder() seeder {
	if db.d.name == Postgres {
		return postgresSeeder{db}
	}
	return sqliteSeeder{db}
}

// SeedUsers stores very many new accounts, some ten thousand a second, and then
// builds the search anew for all there are. It is for filling a database that
// nobody uses yet: accounts appear batch by batch, and what was searched for before
// the end is not all found.
func (db *DB) SeedUsers(ctx context.Context, users iter.Seq[*model.User]) error {
	batch := make([]*model.User, 0, seedBatch)
	for u := range users {
		if batch = append(batch, u); len(batch) < seedBatch {
			continue
		}
		if err := db.seedBatch(ctx, batch); err != nil {
			return err
		}
		batch = batch[:0]
	}
	if err := db.seedBatch(ctx, batch); err != nil {
		return err
	}
	return db.IndexUsers(ctx)
}

func (db *DB) seedBatch(ctx context.Context, batch []*model.User) error {
	if err := db.seeder().insert(ctx, batch); err != nil {
		return fmt.Errorf("store %d accounts: %w", len(batch), err)
	}
	return db.Tx(ctx, func(tx *Tx) error {
		counts := map[UserCount]int64{}
		for _, u := range batch {
			counts[UserCount{Roles: u.Roles, IsBot: u.IsBot, Active: u.Active()}]++
		}
		for c, n := range counts {
			u := &model.User{Roles: c.Roles, IsBot: c.IsBot}
			if !c.Active {
				u.DeleteAt = 1
			}
			if err := tx.countUser(ctx, u, n); err != nil {
				return fmt.Errorf("count accounts: %w", err)
			}
		}
		return nil
	})
}

// IndexUsers builds the search anew from the accounts there are, as is needed when
// texts are to be folded in another way. Until it ends, searches do not find all, and
// accounts must not change.
func (db *DB) IndexUsers(ctx context.Context) error {
	seeder := db.seeder()
	if err := seeder.clear(ctx); err != nil {
		return fmt.Errorf("empty the search: %w", err)
	}
	counts := map[string]int64{}
	for last, done := "", 0; ; {
		batch, err := list(ctx, db.Q, scanIndexed, `SELECT id, username, nickname, first_name, last_name, email, delete_at, roles
			FROM users WHERE username > ? ORDER BY username LIMIT ?`, last, seedBatch)
		if err != nil {
			return fmt.Errorf("read accounts: %w", err)
		}
		if len(batch) == 0 {
			break
		}
		if err := seeder.index(ctx, batch, done); err != nil {
			return fmt.Errorf("index accounts: %w", err)
		}
		for _, u := range batch {
			if sampled(u.id) {
				for _, token := range u.tokens(false) {
					counts[token]++
				}
			}
		}
		last, done = batch[len(batch)-1].username(), done+len(batch)
	}
	if err := db.storeCounts(ctx, counts); err != nil {
		return fmt.Errorf("count tokens: %w", err)
	}
	if err := seeder.finish(ctx); err != nil {
		return fmt.Errorf("tidy the search: %w", err)
	}
	return nil
}

func scanIndexed(row scanner) (*userText, error) {
	u := &model.User{}
	err := row.Scan(&u.ID, &u.Username, &u.Nickname, &u.FirstName, &u.LastName, &u.Email, &u.DeleteAt, &u.Roles)
	return userTextOf(u), err
}

// storeCounts adds counts, those of the same number together.
func (db *DB) storeCounts(ctx context.Context, counts map[string]int64) error {
	byCount := map[int64][]string{}
	for token, n := range counts {
		byCount[n] = append(byCount[n], token)
	}
	return db.Tx(ctx, func(tx *Tx) error {
		for n, tokens := range byCount {
			if err := tx.addCounts(ctx, tokens, n); err != nil {
				return err
			}
		}
		return nil
	})
}
