package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"muster/internal/model"
)

// followed is how many threads the reader of the list of threads follows.
const followed = 10_000

// once sends n different requests, each one time, and hands every answer on.
func (s *site) once(ctx context.Context, connections, n int, request func(i int) []byte, answer func(i int, body []byte) error) (figures, error) {
	var next atomic.Int64
	var mu sync.Mutex
	var all []time.Duration
	var failure error
	var wait sync.WaitGroup
	begin := time.Now()
	one := func(c *conn, i int) (time.Duration, error) {
		at := time.Now()
		status, err := c.do(request(i))
		took := time.Since(at)
		if err == nil && status >= 300 {
			err = fmt.Errorf("status %d %s", status, c.body)
		}
		if err == nil && answer != nil {
			err = answer(i, c.body)
		}
		return took, err
	}
	for range connections {
		wait.Go(func() {
			c := newConn(s.server.address)
			defer c.close()
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				took, err := one(c, i)
				mu.Lock()
				all = append(all, took)
				failure = errors.Join(failure, err)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	f := figures{took: all, total: time.Since(begin)}
	slices.Sort(f.took)
	return f, errors.Join(failure, ctx.Err())
}

// made reads the id of what a request has made.
func (s *site) made(request []byte) (id string, err error) {
	c := newConn(s.server.address)
	defer c.close()
	status, err := c.do(request)
	if err != nil {
		return "", err
	}
	if status != 201 {
		return "", fmt.Errorf("status %d %s", status, c.body)
	}
	return idOf(c.body)
}

func idOf(body []byte) (string, error) {
	var v struct{ ID string }
	err := json.Unmarshal(body, &v)
	return v.ID, err
}

// conversation measures what people do together: joining, posting to many, and reading
// the list of threads of somebody who follows a great many.
func (s *site) conversation(ctx context.Context, o options) error {
	tokens, name := s.seeded.accessTokens, "bench-"+model.NewID()[:8]
	team, err := s.made(post("/api/v4/teams", tokens[0], map[string]any{"name": name, "display_name": name, "type": "O", "allow_open_invite": true}))
	if err != nil {
		return fmt.Errorf("team: %w", err)
	}
	channel, err := s.made(post("/api/v4/channels", tokens[0], map[string]string{"team_id": team, "name": "many", "display_name": "Many", "type": "O"}))
	if err != nil {
		return fmt.Errorf("channel: %w", err)
	}
	fmt.Println("\n| Together | a second | p50 ms | p99 ms | |")
	fmt.Println("|---|--:|--:|--:|---|")
	for _, j := range []struct{ what, path string }{{"team", "/api/v4/teams/" + team + "/members"}, {"channel", "/api/v4/channels/" + channel + "/members"}} {
		joined, err := s.once(ctx, 200, len(tokens)-1, func(i int) []byte {
			return post(j.path, tokens[i+1], map[string]string{"team_id": team, "user_id": s.seeded.ids[i+1]})
		}, nil)
		if err != nil {
			return fmt.Errorf("join %s: %w", j.what, err)
		}
		together(fmt.Sprintf("%d members joining a %s at once", len(joined.took), j.what), joined, fmt.Sprintf("%.1f s in all", joined.total.Seconds()))
	}
	posted, err := load(ctx, s.server.address, o.connections, o.seconds, func(connection, n int) []byte {
		return post("/api/v4/posts", tokens[connection%len(tokens)], map[string]string{"channel_id": channel, "message": fmt.Sprintf("message %d of connection %d", n, connection)})
	})
	if err != nil || posted.failed > 0 {
		return errors.Join(err, fmt.Errorf("posts: %d answers were errors", posted.failed))
	}
	together(fmt.Sprintf("POST posts, channel of %d members", len(tokens)), posted, fmt.Sprintf("%d connections", o.connections))
	return s.threads(ctx, o, team, channel)
}

// threads measures the list of threads of somebody who follows very many.
func (s *site) threads(ctx context.Context, o options, team, channel string) error {
	tokens := s.seeded.accessTokens
	roots := make([]string, followed)
	_, err := s.once(ctx, o.connections, followed, func(i int) []byte {
		return post("/api/v4/posts", tokens[i%len(tokens)], map[string]string{"channel_id": channel, "message": fmt.Sprintf("thread %d", i)})
	}, func(i int, body []byte) (err error) {
		roots[i], err = idOf(body)
		return err
	})
	if err != nil {
		return fmt.Errorf("roots: %w", err)
	}
	for _, replier := range []int{0, 1} { // the first follows by replying, the second makes it unread
		_, err := s.once(ctx, o.connections, followed, func(i int) []byte {
			return post("/api/v4/posts", tokens[replier], map[string]string{"channel_id": channel, "root_id": roots[i], "message": "reply"})
		}, nil)
		if err != nil {
			return fmt.Errorf("replies: %w", err)
		}
	}
	path := "/api/v4/users/me/teams/" + team + "/threads?per_page=25"
	for _, kind := range []struct{ what, query string }{{"newest 25", "&extended=true"}, {"unread only", "&unread=true"}, {"totals only", "&totalsOnly=true"}} {
		list := get(path+kind.query, tokens[0])
		read, err := load(ctx, s.server.address, 1, o.seconds, func(int, int) []byte { return list })
		if err != nil || read.failed > 0 {
			return errors.Join(err, fmt.Errorf("threads: %d answers were errors", read.failed))
		}
		together(fmt.Sprintf("GET threads, %d followed, %s", followed, kind.what), read, "1 connection")
	}
	return nil
}

func together(what string, f figures, note string) {
	fmt.Printf("| %s | %.0f | %.2f | %.2f | %s |\n", what, f.perSecond(), ms(f.percentile(50)), ms(f.percentile(99)), note)
}
