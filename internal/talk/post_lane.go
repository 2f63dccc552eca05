package talk

import (
	"context"
	"errors"
	"sync"
	"time"

	"muster/internal/fault"
	"muster/internal/store"
)

// laneBatch is the number of posts that share a transaction, laneQueue that of posts that
// wait in one channel before others are turned away.
const (
	laneBatch = 64
	laneQueue = 1000
	laneTime  = 30 * time.Second
)

// lanes lets posts that wait for the same channel share a transaction. Every post moves
// the counters of its channel, so they would wait for each other anyway, each with a commit
// of its own; a channel in which nobody waits takes a post at once.
type lanes struct {
	mu sync.Mutex
	of map[string]*lane // by channel, while somebody writes there
}

type lane struct{ waiting []*draft }

// errLaneFull says why a post was not even tried.
var errLaneFull = errors.New("too many posts wait for the channel")

// write stores a draft together with those that wait beside it, and returns when it is
// on disk or refused.
func (s *Service) write(ctx context.Context, d *draft) error {
	d.done = make(chan struct{})
	if !s.enqueue(d) {
		d.ended("", errLaneFull)
		return fault.New(fault.Busy, "api.context.server_busy.app_error").With("RetryAfter", 1)
	}
	select {
	case <-d.done:
		return d.err
	case <-ctx.Done(): // it may still be stored: like after a lost answer, whoever asks again names the same pending id
		return ctx.Err()
	}
}

// enqueue puts a draft into the lane of its channel, and sets the lane going.
func (s *Service) enqueue(d *draft) bool {
	s.lanes.mu.Lock()
	defer s.lanes.mu.Unlock()
	id := d.post.ChannelID
	if l := s.lanes.of[id]; l != nil {
		if len(l.waiting) >= laneQueue {
			return false
		}
		l.waiting = append(l.waiting, d)
		return true
	}
	if s.lanes.of == nil {
		s.lanes.of = map[string]*lane{}
	}
	s.lanes.of[id] = &lane{}
	go s.run(id, []*draft{d})
	return true
}

// run writes batch after batch until nobody waits in the channel.
func (s *Service) run(channelID string, batch []*draft) {
	for len(batch) > 0 {
		s.writeBatch(batch)
		for _, d := range batch {
			d.ended(d.post.ID, d.err)
			close(d.done)
		}
		batch = s.nextBatch(channelID)
	}
}

func (s *Service) nextBatch(channelID string) []*draft {
	s.lanes.mu.Lock()
	defer s.lanes.mu.Unlock()
	l := s.lanes.of[channelID]
	n := min(len(l.waiting), laneBatch)
	if n == 0 {
		delete(s.lanes.of, channelID)
		return nil
	}
	batch := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	return batch
}

// writeBatch stores drafts in one transaction. When that fails, each is tried alone, so that
// only those fail that cannot be stored.
func (s *Service) writeBatch(batch []*draft) {
	err := s.writeTogether(batch)
	if err == nil {
		return
	}
	if len(batch) == 1 {
		batch[0].err = err
		return
	}
	for _, d := range batch {
		if err := s.writeTogether([]*draft{d}); err != nil {
			d.err = err
		}
	}
}

func (s *Service) writeTogether(batch []*draft) error {
	ctx, cancel := context.WithTimeout(context.Background(), laneTime)
	defer cancel()
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		for _, d := range batch {
			d.err, d.mentions = nil, nil
		}
		return s.store(ctx, tx, batch)
	})
}
