package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
)

// members is how many accounts hold a personal access token that the run knows.
const members = 1000

// giveTokens stores personal access tokens of accounts that the run knows and remembers
// their secrets.
func (s *seeded) giveTokens(ctx context.Context, o store.Options) (err error) {
	o.Bus = event.NewLocal()
	db, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	now := time.Now().UnixMilli()
	err = db.Tx(ctx, func(tx *store.Tx) error {
		for _, id := range s.ids[:min(members, len(s.ids))] {
			secret := model.NewToken().Reveal()
			t := &model.UserAccessToken{ID: model.NewTimeID(now), UserID: id, Description: "bench", IsActive: true, CreateAt: now}
			if err := tx.InsertAccessToken(ctx, t, model.HashToken(secret)); err != nil {
				return err
			}
			s.accessTokens = append(s.accessTokens, secret)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store access tokens: %w", err)
	}
	return nil
}

// credentials compares reading with a personal access token with reading with a session:
// both are asked in turns, and the ratio is the median of the turns.
func (s *site) credentials(ctx context.Context, o options) error {
	const turnsEach = 7
	session, program := get("/api/v4/users/me", s.seeded.tokens[0]), get("/api/v4/users/me", s.seeded.accessTokens[0])
	if err := errors.Join(s.answered(session), s.answered(program)); err != nil {
		return err
	}
	var bySession, byToken []time.Duration
	var ratios []float64
	for range turnsEach {
		one, err := s.times(ctx, o.connections, o.seconds/turnsEach, session)
		if err != nil {
			return err
		}
		other, err := s.times(ctx, o.connections, o.seconds/turnsEach, program)
		if err != nil {
			return err
		}
		bySession, byToken = append(bySession, one...), append(byToken, other...)
		ratios = append(ratios, float64(len(other))/float64(len(one)))
	}
	slices.Sort(ratios)
	slices.Sort(bySession)
	slices.Sort(byToken)
	line := func(name string, list []time.Duration, ratio string) {
		fmt.Printf("| %s | %.0f | %.2f | %.2f | %s |\n", name, float64(len(list))/o.seconds.Seconds(), ms(list[len(list)/2]), ms(list[len(list)*99/100]), ratio)
	}
	fmt.Println("\n| GET users/me with | a second | p50 ms | p99 ms | Ratio |")
	fmt.Println("|---|--:|--:|--:|--:|")
	line("a session", bySession, "")
	line("a personal access token", byToken, fmt.Sprintf("%.2f", ratios[turnsEach/2]))
	return nil
}

// answered makes sure that a request is answered as it should be.
func (s *site) answered(request []byte) error {
	c := newConn(s.server.address)
	defer c.close()
	status, err := c.do(request)
	if err == nil && status != 200 {
		err = fmt.Errorf("status %d %s", status, c.body)
	}
	return err
}

// times tells how long each of the same requests took that fit into a while.
func (s *site) times(ctx context.Context, connections int, d time.Duration, request []byte) (all []time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var mu sync.Mutex
	var wait sync.WaitGroup
	for range connections {
		wait.Go(func() {
			c := newConn(s.server.address)
			defer c.close()
			var took []time.Duration
			for ctx.Err() == nil {
				at := time.Now()
				if _, e := c.do(request); e != nil {
					mu.Lock()
					defer mu.Unlock()
					err = errors.Join(err, e)
					return
				}
				took = append(took, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	wait.Wait()
	return all, err
}
