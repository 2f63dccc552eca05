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

// deed is a sign, and the channel somebody looks at when that is what they did.
type deed struct {
	what    sign
	at      int64
	looks   bool
	channel string
}

// attendance is what is stored of somebody who is there.
type attendance struct {
	at      int64
	channel string
}

// presence collects signs until they are stored together: a thousand people who
// connect at once are a few statements, not a thousand transactions.
type presence struct {
	mu    sync.Mutex
	signs map[string]deed       // by account, the latest
	known map[string]attendance // of accounts that were stored as active
	now   chan struct{}         // somebody is active, which is stored at once
}

func newPresence() presence { return presence{now: make(chan struct{}, 1)} }

func (p *presence) note(userID string, d deed, at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d.at = at
	was, known := p.signs[userID], p.known[userID]
	news := was.what == signGone || at-known.at >= presenceEvery.Milliseconds() // of their being there
	switch {
	case d.what == signActive && !news && (!d.looks || !was.looks && d.channel == known.channel):
		return
	case d.what == signIdle && p.has(userID):
		return // whatever else is known says more
	case d.what == signActive && !d.looks:
		d.looks, d.channel = was.looks, was.channel
	}
	if p.signs == nil {
		p.signs = map[string]deed{}
	}
	p.signs[userID] = d
	if d.what == signActive && news {
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
func (p *presence) take(activeOnly bool) map[string]deed {
	p.mu.Lock()
	defer p.mu.Unlock()
	batch := map[string]deed{}
	for id, d := range p.signs {
		if len(batch) == presenceBatch {
			break
		}
		if d.what == signActive || !activeOnly {
			batch[id] = d
			delete(p.signs, id)
		}
	}
	return batch
}

// giveBack keeps what could not be stored, unless something newer is known.
func (p *presence) giveBack(batch map[string]deed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.Copy(batch, p.signs)
	p.signs = batch
}

// stored remembers who is there, so that their next deeds cost nothing, and forgets who
// left.
func (p *presence) stored(there map[string]attendance, batch map[string]deed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) > presenceKnown {
		p.known = make(map[string]attendance, len(there))
	}
	maps.Copy(p.known, there)
	for id, d := range batch {
		if d.what == signGone {
			delete(p.known, id)
		}
	}
}

// Connected notes that a socket of the account opened.
func (s *Service) Connected(userID string) { s.presence.note(userID, deed{what: signActive}, s.now()) }

// Disconnected notes that the last socket of the account closed.
func (s *Service) Disconnected(userID string) { s.presence.note(userID, deed{what: signGone}, s.now()) }

// NoteActive notes that the account did something that shows it is there.
func (s *Service) NoteActive(userID string) { s.presence.note(userID, deed{what: signActive}, s.now()) }

// NoteViewing notes that the account looks at a channel, or at none.
func (s *Service) NoteViewing(userID, channelID string) {
	s.presence.note(userID, deed{what: signActive, looks: true, channel: channelID}, s.now())
}

// NoteIdle has a look whether the account did nothing for so long that it is away.
func (s *Service) NoteIdle(userID string) { s.presence.note(userID, deed{what: signIdle}, s.now()) }

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
func (s *Service) storeSigns(ctx context.Context, batch map[string]deed) error {
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
	there := make(map[string]attendance, len(batch))
	var changed []*model.Status
	var events []event.Event
	for _, id := range ids {
		was := known[id]
		if was == nil {
			was = &model.Status{UserID: id, Status: model.StatusOffline}
		}
		st := after(*was, batch[id], now, away)
		if batch[id].what == signActive {
			there[id] = attendance{now, st.ActiveChannel}
		}
		if st == *was {
			continue
		}
		changed = append(changed, &st)
		if st.Status != was.Status {
			events = append(events, event.StatusFound(id, st.Status))
		}
	}
	if len(changed) > 0 {
		err = s.DB.Tx(ctx, func(tx *store.Tx) error {
			tx.Emit(events...)
			return tx.SaveSigns(ctx, s.nodeID, changed)
		})
	}
	if err == nil {
		s.presence.stored(there, batch)
	}
	return err
}

// after is the presence of an account after a sign. What was chosen by hand stays.
func after(st model.Status, d deed, now, away int64) model.Status {
	switch {
	case d.what == signGone:
		st.ActiveChannel = ""
	case d.looks:
		st.ActiveChannel = d.channel
	}
	if st.Manual || d.what == signGone && st.LastActivityAt > d.at { // what was chosen or done since counts
		return st
	}
	switch d.what {
	case signActive:
		if st.Status != model.StatusOnline || now-st.LastActivityAt >= presenceEvery.Milliseconds() {
			st.Status, st.LastActivityAt = model.StatusOnline, d.at // not now: they may have left meanwhile
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
