package hub

import (
	"slices"
	"strconv"

	"muster/internal/account"
	"muster/internal/model"
)

// enter ties a socket to the account of a caller and starts sending. It tells the
// reason when the socket must be closed instead.
func (h *Hub) enter(s *socket, c account.Caller, token string, o *Opening) (reason, bool) {
	resume, ok := wanted(o)
	if !ok {
		return badResume, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.people[c.Record.ID]
	switch {
	case h.stopped:
		return stopping, false
	case p != nil && p.live() >= h.Limits.SocketsPerUser:
		return tooMany, false
	case p == nil:
		p = &person{id: c.Record.ID}
		h.people[p.id] = p
		h.look(p, places)
	}
	h.look(p, sessions) // the session may have ended since it was read
	h.unawait(s)
	s.person, s.userID, s.token = p, p.id, token
	h.judge(s, c)
	p.sockets = append(p.sockets, s)
	s.since = h.inbox.next()
	queue := h.resume(s, resume)
	h.sockets[s.id] = s
	s.mu.Lock()
	s.live = true
	s.queue = append(s.queue, queue...)
	if len(s.queue) > 0 {
		s.writing = true
		go s.send()
	}
	s.mu.Unlock()
	h.greet(s)
	h.Accounts.Connected(p.id)
	return reason{}, true
}

// judge notes what the session and the account of a socket allow it to see.
func (h *Hub) judge(s *socket, c account.Caller) {
	actor, err := h.Accounts.Actor(c)
	s.person.admin = err == nil && actor.IsAdmin()
	s.person.guest = c.Record.IsGuest()
	s.blocked = h.Accounts.MFARequired(c)
	s.expires = c.Session.ExpiresAt
}

// greet sends hello once, as soon as the socket may get events.
func (h *Hub) greet(s *socket) {
	if !s.greeted && !s.blocked {
		s.greeted = true
		s.push(h.hello(s))
	}
}

// resumption is what a client that was here before asks for.
type resumption struct {
	id   string
	next int64 // the number it waits for
}

// wanted reads what a client asks for; one that cannot be understood is refused.
func wanted(o *Opening) (resumption, bool) {
	if o == nil || o.ConnectionID == "" {
		return resumption{}, true
	}
	next, err := strconv.ParseInt(o.Sequence, 10, 64)
	return resumption{o.ConnectionID, next}, err == nil && next >= 0 && model.ValidID(o.ConnectionID)
}

// resume gives a socket the state of the one it replaces, as far as it is known here,
// and returns what is to be sent first. A client whose place in the sequence is lost
// begins anew: it gets another connection id, by which it sees that it missed
// something, and what still waited.
func (h *Hub) resume(s *socket, r resumption) []*message {
	s.id = newConnectionID()
	old := h.sockets[r.id]
	if old == nil || old.userID != s.userID {
		return nil
	}
	h.forget(old)
	s.since = old.since
	queue, sent, seq := old.stop()
	if old.ended == 0 { // the client noticed before us that the wire broke
		go old.wire.Close(cutOff)
	}
	again := seq - r.next
	switch {
	case r.next == 0: // it waits for the hello of a connection it knows: it was here all the time
		again = 0
	case again < 0 || again > int64(len(sent)):
		return h.anew(s, queue)
	}
	s.id, s.greeted = r.id, old.greeted
	s.seq = seq - again
	kept := len(sent) - int(again)
	s.sent = slices.Clone(sent[:kept])
	return append(slices.Clone(sent[kept:]), queue...)
}

// anew puts hello before what waited.
func (h *Hub) anew(s *socket, queue []*message) []*message {
	if s.blocked {
		return nil
	}
	s.greeted = true
	return append([]*message{h.hello(s)}, queue...)
}

// listen reads from a socket until the wire breaks.
func (h *Hub) listen(s *socket) {
	for {
		text, binary, err := s.wire.Read()
		if err != nil {
			break
		}
		s.heard.Store(h.now())
		if why, keep := h.receive(s, text, binary); !keep {
			go s.wire.Close(why)
		}
	}
	h.leave(s)
	s.wire.Close(cutOff)
}

// leave notes that the wire of a socket broke. What was sent to it is kept for a
// while, unless it was closed for good.
func (h *Hub) leave(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unawait(s)
	p := s.person
	if p == nil {
		return
	}
	if s.rest() && h.sockets[s.id] == s && !h.stopped {
		s.ended = h.now()
		h.keepFew(p)
	} else {
		h.forget(s)
	}
	if now := h.people[p.id]; now != nil && now.live() > 0 {
		h.Accounts.NoteIdle(p.id)
	} else {
		h.Accounts.Disconnected(p.id)
	}
}

// keepFew forgets the longest broken socket of an account when there are too many.
func (h *Hub) keepFew(p *person) {
	broken, oldest := 0, (*socket)(nil)
	for _, s := range p.sockets {
		if s.ended == 0 {
			continue
		}
		broken++
		if oldest == nil || s.ended < oldest.ended {
			oldest = s
		}
	}
	if broken > h.Limits.BrokenPerUser {
		h.discard(oldest)
	}
}

// discard ends a socket without a wire for good.
func (h *Hub) discard(s *socket) {
	s.stop()
	h.forget(s)
}

// dismiss ends a socket for good and tells its client why.
func (h *Hub) dismiss(s *socket, why reason) {
	h.discard(s)
	if s.ended == 0 {
		go s.wire.Close(why)
	}
}

// forget takes a socket out of the hub, and its account with the last one.
func (h *Hub) forget(s *socket) {
	if h.sockets[s.id] == s {
		delete(h.sockets, s.id)
	}
	p := s.person
	p.sockets = slices.DeleteFunc(p.sockets, func(x *socket) bool { return x == s })
	if len(p.sockets) == 0 && h.people[p.id] == p {
		h.moveTo(p, nil)
		delete(h.unsettled, p)
		delete(h.people, p.id)
	}
}
