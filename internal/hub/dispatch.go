package hub

import (
	"context"
	"slices"
	"sync"

	"muster/internal/event"
)

// inbox keeps events until the hub gets to them, so that whoever publishes does not wait.
type inbox struct {
	mu    sync.Mutex
	list  []event.Event
	first int64 // the number of the first of the list, counted from the start
	ready chan struct{}
}

// inboxMax is how many events may wait. When there are more the clients of this node
// are told to resynchronise instead.
const inboxMax = 100_000

func (b *inbox) put(e event.Event) {
	b.mu.Lock()
	if len(b.list) >= inboxMax {
		b.first += int64(len(b.list)) - 1
		b.list = []event.Event{event.Lost()}
	}
	b.list = append(b.list, e)
	b.mu.Unlock()
	remind(b.ready)
}

// take gives the events that wait, and the number of the first.
func (b *inbox) take() ([]event.Event, int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	list, first := b.list, b.first
	b.list, b.first = nil, b.first+int64(len(b.list))
	return list, first
}

// next is the number of the event that comes next.
func (b *inbox) next() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.first + int64(len(b.list))
}

// remind makes sure that a look is due.
func remind(due chan struct{}) {
	select {
	case due <- struct{}{}:
	default: // it is already
	}
}

// dispatch hands events to sockets until the context ends.
func (h *Hub) dispatch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.inbox.ready:
		}
		list, first := h.inbox.take()
		for i, e := range list {
			h.handle(e, first+int64(i))
		}
	}
}

// handle takes note of what an event says is stale, then delivers it.
func (h *Hub) handle(e event.Event, number int64) {
	var m *message
	if e.Name != "" {
		var err error
		if m, err = encode(e); err != nil {
			h.Log.Error("event not delivered", "event", e.Name, "error", err)
		} else {
			m.number = number
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.note(e.Stale)
	if m != nil && !h.contradicts(e.Stale.Left) {
		h.deliver(m)
	}
	for _, id := range e.Stale.Closed {
		h.close(id)
	}
}

// close ends the audience of a channel. Whoever is being looked at is looked at once more:
// they may have been found in it just before.
func (h *Hub) close(channelID string) {
	if there := h.places[channelID]; there != nil {
		for p := range there.people {
			p.places = slices.DeleteFunc(p.places, func(x *place) bool { return x == there })
		}
		delete(h.places, channelID)
	}
	for p := range h.unsettled {
		h.look(p, places)
	}
}

// contradicts tells whether somebody is here who was just found off line, and says so: their
// last socket on another node closed, and that node cannot know of those on this one.
func (h *Hub) contradicts(userID string) bool {
	p := h.people[userID]
	if p == nil || p.live() == 0 {
		return false
	}
	h.Accounts.Connected(p.id)
	return true
}

// note has a look at whoever may see something else from now on.
func (h *Hub) note(s event.Stale) {
	switch {
	case s.Everything:
		h.dismissAll(resynchronise)
	case s.AllSessions:
		h.dismissAll(sessionEnded)
	case s.Roles:
		for _, p := range h.people {
			h.look(p, sessions)
		}
	}
	mark := func(ids []string, what due) {
		for _, id := range ids {
			if p := h.people[id]; p != nil {
				h.look(p, what)
			}
		}
	}
	mark(s.SessionsOf, sessions)
	mark(s.Users, sessions) // the role or the second factor may be another
	mark(s.MembershipsOf, places)
	if len(s.Opened) > 0 { // which seldom happens
		for _, p := range h.people {
			h.look(p, places)
		}
	}
}

func (h *Hub) dismissAll(why reason) {
	for _, s := range h.sockets {
		h.dismiss(s, why)
	}
}

// deliver gives a message to those who may see it, in the order of the contract:
// what is set first in the audience decides. Whoever is being looked at gets it later.
func (h *Hub) deliver(m *message) {
	switch {
	case m.to.ConnectionID != "":
		if s := h.sockets[m.to.ConnectionID]; s != nil {
			h.reach(s.person, m)
		}
		return
	case m.to.UserID != "":
		if p := h.people[m.to.UserID]; p != nil {
			h.reach(p, m)
		}
		return
	case placeOf(m.to) != "":
		if there := h.places[placeOf(m.to)]; there != nil {
			for p := range there.people {
				if p.due == 0 {
					h.pass(p, m)
				}
			}
		}
	default:
		for _, p := range h.people {
			if p.due == 0 {
				h.pass(p, m)
			}
		}
	}
	for p := range h.unsettled {
		if !m.last || h.concerns(p, m) {
			h.hold(p, m)
		}
	}
}

// placeOf is the team or channel whose members an event is for.
func placeOf(to event.Audience) string {
	if to.ChannelID != "" {
		return to.ChannelID
	}
	return to.TeamID
}

func (h *Hub) reach(p *person, m *message) {
	if p.due == 0 {
		h.pass(p, m)
	} else {
		h.hold(p, m)
	}
}

// concerns tells whether somebody is in the audience of a message.
func (h *Hub) concerns(p *person, m *message) bool {
	switch {
	case m.to.ConnectionID != "":
		return true // pass looks at each socket
	case m.to.UserID != "":
		return m.to.UserID == p.id
	case placeOf(m.to) != "":
		there := h.places[placeOf(m.to)]
		if there == nil {
			return false
		}
		_, in := there.people[p]
		return in
	}
	return true
}

// pass gives a message to those sockets of somebody in its audience that may have it.
func (h *Hub) pass(p *person, m *message) {
	to := &m.to
	switch {
	case to.AdminsOnly && !p.admin, to.OthersOnly && p.admin, to.GuestsOnly && !p.guest, to.NoGuests && p.guest:
		return
	case to.UserID == "" && slices.Contains(to.OmitUsers, p.id):
		return
	case to.About != "" && p.guest && to.About != p.id && to.UserID == "":
		h.meetings = append(h.meetings, meeting{p, m})
		remind(h.due)
		return
	}
	h.give(p, m)
}

// give queues a message; sockets that cannot keep up are cut.
func (h *Hub) give(p *person, m *message) {
	if p.outlived(h.now()) {
		h.look(p, sessions)
		h.hold(p, m)
		return
	}
	var slow []*socket
	for _, s := range p.sockets {
		if s.blocked || m.number < s.since || m.to.ConnectionID != "" && s.id != m.to.ConnectionID || m.to.OmitConnectionID != "" && s.id == m.to.OmitConnectionID {
			continue
		}
		if !s.push(m) {
			slow = append(slow, s)
		}
	}
	for _, s := range slow {
		h.dismiss(s, cutOff)
	}
}

// outlived tells whether the session of a socket may have ended by itself.
func (p *person) outlived(now int64) bool {
	return slices.ContainsFunc(p.sockets, func(s *socket) bool { return s.expires > 0 && now > s.expires })
}
