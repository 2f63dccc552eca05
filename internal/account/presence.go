package account

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

const (
	// presencePause is how long the end of somebody's last socket may wait to be stored:
	// whoever is back by then was never away.
	presencePause = 400 * time.Millisecond
	// presenceEvery is how often the activity of somebody who is online is stored.
	presenceEvery = 2 * time.Minute
	// presenceBatch is how many accounts are stored at once.
	presenceBatch = 500
	// presenceKnown is how many accounts are remembered as online before all are forgotten.
	presenceKnown = 50_000
)

// sign is what somebody's sockets and requests tell about their presence.
type sign uint8

const (
	signIdle   sign = iota // nothing was done for a while, perhaps
	signGone               // the last socket closed
	signActive             // a socket opened, or something was done
)

// presence collects signs until they are stored together: a thousand people who
// connect at once are a few statements, not a thousand transactions.
type presence struct {
	mu    sync.Mutex
	signs map[string]sign  // by account, the latest
	known map[string]int64 // when accounts were last stored as active
	now   chan struct{}    // somebody is active, which is stored at once
}

func newPresence() presence { return presence{now: make(chan struct{}, 1)} }

func (p *presence) note(userID string, what sign, at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case what == signActive && p.signs[userID] != signGone && at-p.known[userID] < presenceEvery.Milliseconds():
		return
	case what == signIdle && p.has(userID):
		return // whatever else is known says more
	}
	if p.signs == nil {
		p.signs = map[string]sign{}
	}
	p.signs[userID] = what
	if what == signActive {
		select {
		case p.now <- struct{}{}:
		default: // it is due already
		}
	}
}

func (p *presence) has(userID string) bool {
	_, ok := p.signs[userID]
	return ok
}

// changed forgets that an account was online.
func (p *presence) changed(userID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, userID)
}

// take gives up to a batch of signs: all, or those of activity alone.
func (p *presence) take(activeOnly bool) map[string]sign {
	p.mu.Lock()
	defer p.mu.Unlock()
	batch := map[string]sign{}
	for id, what := range p.signs {
		if len(batch) == presenceBatch {
			break
		}
		if what == signActive || !activeOnly {
			batch[id] = what
			delete(p.signs, id)
		}
	}
	return batch
}

// giveBack keeps what could not be stored, unless something newer is known.
func (p *presence) giveBack(batch map[string]sign) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.Copy(batch, p.signs)
	p.signs = batch
}

// stored remembers who is online, so that their next deeds cost nothing.
func (p *presence) stored(ids []string, at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) > presenceKnown {
		p.known = map[string]int64{}
	}
	for _, id := range ids {
		p.known[id] = at
	}
}

// Connected notes that a socket of the account opened.
func (s *Service) Connected(userID string) { s.presence.note(userID, signActive, s.now()) }

// Disconnected notes that the last socket of the account closed.
func (s *Service) Disconnected(userID string) { s.presence.note(userID, signGone, s.now()) }

// NoteActive notes that the account did something that shows it is there.
func (s *Service) NoteActive(userID string) { s.presence.note(userID, signActive, s.now()) }

// NoteIdle has a look whether the account did nothing for so long that it is away.
func (s *Service) NoteIdle(userID string) { s.presence.note(userID, signIdle, s.now()) }

// SetActive is what clients tell when somebody turns to them or away. By hand it sets
// the presence whatever it was.
func (s *Service) SetActive(ctx context.Context, a perm.Actor, active, manual bool) error {
	if a.UserID == "" {
		return fault.NoSession()
	}
	switch {
	case !s.Config().ServiceSettings.EnableUserStatuses:
		return nil
	case !manual && active:
		s.NoteActive(a.UserID)
		return nil
	case !manual:
		s.NoteIdle(a.UserID)
		return nil
	}
	st := &model.Status{UserID: a.UserID, Status: model.StatusAway, Manual: true, LastActivityAt: s.now()}
	if active {
		st.Status = model.StatusOnline
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.Statuses(ctx, []string{a.UserID})
		if err != nil {
			return err
		}
		if len(was) > 0 && was[0].Status == model.StatusOOO {
			if err := s.endAutoReply(ctx, tx, a.UserID); err != nil {
				return err
			}
		}
		return s.saveStatus(ctx, tx, st)
	})
	return store.Fault(err, "app.status.save.app_error")
}

// FollowPresence stores what sockets tell until the context ends: activity at once,
// everything else after a pause.
func (s *Service) FollowPresence(ctx context.Context) {
	pause := time.NewTicker(presencePause)
	defer pause.Stop()
	for {
		activeOnly := false
		select {
		case <-ctx.Done():
			return
		case <-s.presence.now:
			activeOnly = true
		case <-pause.C:
		}
		if err := s.storePresence(ctx, activeOnly); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "presence not stored", "error", err)
		}
	}
}

// storePresence stores the signs collected so far.
func (s *Service) storePresence(ctx context.Context, activeOnly bool) error {
	for {
		batch := s.presence.take(activeOnly)
		if len(batch) == 0 || !s.Config().ServiceSettings.EnableUserStatuses {
			return nil
		}
		if err := s.storeSigns(ctx, batch); err != nil {
			s.presence.giveBack(batch)
			return err
		}
	}
}

// storeSigns reads first and writes only what changes: most signs change nothing.
func (s *Service) storeSigns(ctx context.Context, batch map[string]sign) error {
	ids := slices.Sorted(maps.Keys(batch))
	list, err := s.DB.Statuses(ctx, ids)
	if err != nil {
		return err
	}
	known := make(map[string]*model.Status, len(list))
	for _, st := range list {
		known[st.UserID] = st
	}
	now, away := s.now(), int64(s.Config().TeamSettings.UserStatusAwayTimeout)*1000
	var changed []*model.Status
	var events []event.Event
	for _, id := range ids {
		was := known[id]
		if was == nil {
			was = &model.Status{UserID: id, Status: model.StatusOffline}
		}
		st := after(*was, batch[id], now, away)
		if st == *was {
			continue
		}
		changed = append(changed, &st)
		if st.Status != was.Status {
			events = append(events, event.StatusChange(id, st.Status))
		}
	}
	if len(changed) > 0 {
		err = s.DB.Tx(ctx, func(tx *store.Tx) error {
			tx.Emit(events...)
			return tx.SaveSigns(ctx, changed)
		})
	}
	if err == nil {
		s.presence.stored(slices.DeleteFunc(ids, func(id string) bool { return batch[id] != signActive }), now)
	}
	return err
}

// after is the presence of an account after a sign. What was chosen by hand stays.
func after(st model.Status, what sign, now, away int64) model.Status {
	if st.Manual {
		return st
	}
	switch what {
	case signActive:
		if st.Status != model.StatusOnline || now-st.LastActivityAt >= presenceEvery.Milliseconds() {
			st.Status, st.LastActivityAt = model.StatusOnline, now
		}
	case signGone:
		st.Status = model.StatusOffline
	case signIdle:
		if st.Status == model.StatusOnline && now-st.LastActivityAt >= away {
			st.Status = model.StatusAway
		}
	}
	return st
}

// aroundMax is how many accounts anybody is told the presence of unasked.
const aroundMax = 2000

// StatusesAround gives the presence of those who share a channel with the actor and are
// not offline, as far as they are not too many.
func (s *Service) StatusesAround(ctx context.Context, a perm.Actor) ([]*model.Status, error) {
	switch {
	case a.UserID == "":
		return nil, fault.NoSession()
	case !s.Config().ServiceSettings.EnableUserStatuses:
		return nil, nil
	}
	list, err := s.DB.StatusesAround(ctx, a.UserID, aroundMax)
	return list, store.Fault(err, "app.status.get.app_error")
}
