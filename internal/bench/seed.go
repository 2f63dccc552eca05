package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/password"
	"muster/internal/seed"
	"muster/internal/store"
)

// seedPassword is the one of every account.
const seedPassword = "bench-Passw0rd"

// known is how many accounts a run remembers to ask for.
const known = 20_000

// seeded is what a run knows of the accounts in the database.
type seeded struct {
	users     int
	ids       []string
	usernames []string
	terms     []string // what people type to find somebody
	tokens    []string // of sessions
	// accessTokens are personal access tokens of the first accounts.
	accessTokens []string
}

// fill stores the accounts unless an earlier run did, and remembers some of them.
func fill(ctx context.Context, o store.Options, users int) (_ *seeded, err error) {
	o.Bus = event.NewLocal()
	db, err := store.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	have, err := db.Humans(ctx)
	if err != nil {
		return nil, err
	}
	if have == 0 {
		begin := time.Now()
		accounts, err := withPassword(ctx, seed.Users(users))
		if err != nil {
			return nil, err
		}
		if err := db.SeedUsers(ctx, accounts); err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
		fmt.Printf("%d accounts stored and indexed in %s\n", users, time.Since(begin).Round(time.Second/10))
	}
	return remember(ctx, db, users)
}

// withPassword gives every account the same hash: it costs as much to check as any.
func withPassword(ctx context.Context, users iter.Seq[*model.User]) (iter.Seq[*model.User], error) {
	h, err := password.New(password.Options{})
	if err != nil {
		return nil, err
	}
	hash, err := h.Hash(ctx, seedPassword)
	if err != nil {
		return nil, err
	}
	secret := model.NewSecret(hash)
	return func(yield func(*model.User) bool) {
		for u := range users {
			if u.Active() && !u.IsBot {
				u.Password = secret
			}
			if !yield(u) {
				return
			}
		}
	}, nil
}

// remember reads accounts from all over the list.
func remember(ctx context.Context, db *store.DB, users int) (*seeded, error) {
	s := &seeded{users: users}
	const page = 2000
	pages := max(1, min(known, users)/page)
	for i := range pages {
		ids, err := db.UserIDs(ctx, store.UserFilter{Active: true, Offset: i * (users / pages) * 9 / 10, Limit: page})
		if err != nil {
			return nil, err
		}
		list, err := db.Users(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, u := range list {
			if u.IsBot || u.IsGuest() || u.Password.Empty() {
				continue // guests may neither sign in by default nor see the others
			}
			s.ids = append(s.ids, u.ID)
			s.usernames = append(s.usernames, u.Username)
			s.terms = append(s.terms, u.Username, u.FirstName, u.LastName, u.FirstName+" "+u.LastName, strings.SplitN(u.Email, "@", 2)[0])
		}
	}
	if len(s.ids) == 0 {
		return nil, errors.New("the database holds no account with a password")
	}
	return s, nil
}

func (s *seeded) anyID() string { return s.ids[rand.IntN(len(s.ids))] }

// anyTerm is a name or the beginning of one, as people type it.
func (s *seeded) anyTerm() string {
	for {
		if term := s.anyPrefix(); term != "" {
			return term
		}
	}
}

// anyPrefix is the beginning of a name, of one character to all of it.
func (s *seeded) anyPrefix() string {
	term := []rune(s.terms[rand.IntN(len(s.terms))])
	if len(term) == 0 || !utf8.ValidString(string(term)) {
		return ""
	}
	return strings.TrimSpace(string(term[:1+rand.IntN(len(term))]))
}
