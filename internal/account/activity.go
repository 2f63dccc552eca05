package account

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"muster/internal/model"
	"muster/internal/store"
)

// activityEvery is how often the last activity of a session is stored.
const activityEvery = 5 * time.Minute

// activityGeneration is how many sessions are remembered before the older half is forgotten.
const activityGeneration = 25_000

// activity keeps when sessions, or access tokens, were last used: reading a page must not
// wait for a write, and cached sessions keep the time they were read with.
type activity struct {
	mu     sync.Mutex
	unsaid map[string]int64 // id → millisecond, still to be stored
	known  map[string]int64 // the same and what was stored lately
	former map[string]int64 // the generation before known
}

func (a *activity) of(id string) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return max(a.known[id], a.former[id])
}

// note remembers a use unless the one before it is too near.
func (a *activity) note(id string, last, now int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	last = max(last, a.known[id], a.former[id])
	if now-last < activityEvery.Milliseconds() {
		return
	}
	if a.known == nil || len(a.known) >= activityGeneration {
		a.former, a.known = a.known, map[string]int64{}
	}
	if a.unsaid == nil {
		a.unsaid = map[string]int64{}
	}
	a.known[id], a.unsaid[id] = now, now
}

// take gives what is to be stored, and forgets it.
func (a *activity) take() map[string]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.unsaid
	a.unsaid = nil
	return list
}

// giveBack keeps what could not be stored for the next time.
func (a *activity) giveBack(list map[string]int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.Copy(list, a.unsaid)
	a.unsaid = list
}

// Touch notes that a session is in use.
func (s *Service) Touch(n *model.Session) {
	if n.ID != "" {
		s.activity.note(n.ID, n.LastActivityAt, s.now())
	}
}

// Use notes that somebody does something in a session: it is in use, and where the
// settings want that it ends later. It tells whether it does; failing to is no reason to
// fail what is done.
func (s *Service) Use(ctx context.Context, n *model.Session) (extended bool) {
	s.Touch(n)
	extended, err := s.ExtendSession(ctx, n)
	if err != nil {
		s.Log.WarnContext(ctx, "session not extended", "session_id", n.ID, "error", err)
	}
	return extended
}

// FlushActivity stores which sessions and access tokens were in use.
func (s *Service) FlushActivity(ctx context.Context) error {
	sessions := s.flush(ctx, &s.activity, (*store.Tx).TouchSession)
	return errors.Join(sessions, s.flush(ctx, &s.tokensUsed, (*store.Tx).TouchAccessToken))
}

func (s *Service) flush(ctx context.Context, a *activity, touch func(*store.Tx, context.Context, string, int64) error) error {
	noted := a.take()
	if len(noted) == 0 {
		return nil
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(noted)) { // in one order, so that nodes do not wait for each other
			if err := touch(tx, ctx, id, noted[id]); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.giveBack(noted)
	}
	return err
}
