package hub

import (
	"context"
	"time"
)

// pulse looks at the times of every socket until the context ends: one ticker for all
// of them instead of a timer for each.
func (h *Hub) pulse(ctx context.Context) {
	tick := time.NewTicker(h.Limits.Pulse)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, s := range h.beat() {
				go func() {
					defer h.lines.Done()
					h.ping(s)
				}()
			}
		}
	}
}

// beat closes what is too old and gives the sockets that are to be pinged, each of which has
// joined the lines.
func (h *Hub) beat() (quiet []*socket) {
	now := h.now()
	ago := func(at int64, d time.Duration) bool { return now-at >= d.Milliseconds() }
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return nil
	}
	for s := range h.pending {
		if ago(s.opened, h.Limits.Challenge) {
			h.unawait(s)
			go s.wire.Close(notSignedIn)
		}
	}
	for _, s := range h.sockets {
		switch {
		case s.ended != 0:
			if ago(s.ended, h.Limits.Resumable) {
				h.discard(s)
			}
		case ago(s.heard.Load(), h.Limits.Silence):
			go s.wire.Close(cutOff)
		case ago(max(s.opened, s.pinged), h.Limits.PingEvery):
			s.pinged = now
			h.look(s.person, sessions) // one that was left alone ends by itself
			h.lines.Add(1)
			quiet = append(quiet, s)
		}
	}
	return quiet
}

// ping asks whether a client is still there. The answer says nothing of its person,
// who may be away meanwhile.
func (h *Hub) ping(s *socket) {
	if s.wire.Ping(h.Limits.Silence-h.Limits.PingEvery) != nil {
		return // the pulse closes the socket in time; a broken wire ends its reader
	}
	s.heard.Store(h.now())
	h.Accounts.NoteIdle(s.userID)
}
