package hub

import (
	"context"
	"slices"
	"time"

	"muster/internal/account"
	"muster/internal/fault"
)

// due is what has to be looked at again before somebody gets further events.
type due uint8

const (
	sessions due = 1 << iota // whether the sessions still are valid, and what they allow
	places                   // in which teams and channels the account is
)

// Bounds of looking again.
const (
	settleBatch = 500                    // accounts asked about at once
	heldMax     = queueMax               // messages kept for somebody meanwhile
	settleAgain = 100 * time.Millisecond // after the database did not answer
)

// meeting is a message about an account, and a guest who may not know it.
type meeting struct {
	guest *person
	m     *message
}

// look makes somebody wait for events until what is due has been looked at: they are
// kept, so that nothing is missed by who enters and nothing is seen by who leaves.
func (h *Hub) look(p *person, what due) {
	p.due |= what
	p.version++
	h.unsettled[p] = struct{}{}
	remind(h.due)
}

func (h *Hub) settleEverybody() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.people {
		h.look(p, sessions)
	}
}

// hold keeps a message for somebody who is being looked at.
func (h *Hub) hold(p *person, m *message) {
	if len(p.held) < heldMax {
		p.held = append(p.held, m)
		return
	}
	p.held = nil
	for _, s := range slices.Clone(p.sockets) {
		h.dismiss(s, cutOff)
	}
}

// settle looks at whoever is due until the context ends.
func (h *Hub) settle(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.due:
		}
		for {
			list, met := h.unsettledOnes()
			if len(list)+len(met) == 0 {
				break
			}
			err := h.settleThese(ctx, list)
			if len(met) > 0 {
				h.introduce(ctx, met)
			}
			if err == nil {
				continue
			}
			if ctx.Err() == nil {
				h.Log.ErrorContext(ctx, "rights of sockets not read", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(settleAgain):
			}
		}
	}
}

// look-ups of one account.
type inspection struct {
	person  *person
	due     due
	version int
	sockets []*socket
	callers []account.Caller // by socket; without a session for one that ended
}

func (h *Hub) unsettledOnes() ([]*inspection, []meeting) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []*inspection
	for p := range h.unsettled {
		if len(list) == settleBatch {
			break
		}
		list = append(list, &inspection{person: p, due: p.due, version: p.version, sockets: slices.Clone(p.sockets)})
	}
	met := h.meetings
	h.meetings = nil
	return list, met
}

// settleThese asks about accounts and gives them what was kept for them.
func (h *Hub) settleThese(ctx context.Context, list []*inspection) error {
	var ids []string
	for _, i := range list {
		if err := h.inspect(ctx, i); err != nil {
			return err
		}
		if i.due&places != 0 {
			ids = append(ids, i.person.id)
		}
	}
	var where map[string][]string
	if len(ids) > 0 {
		var err error
		if where, err = h.Places.PlacesOf(ctx, ids); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, i := range list {
		h.conclude(i, where[i.person.id])
	}
	return nil
}

// inspect reads the sessions of an account's sockets anew. They are cached, so it asks
// the database about those only that changed.
func (h *Hub) inspect(ctx context.Context, i *inspection) error {
	if i.due&sessions == 0 {
		return nil
	}
	for _, s := range i.sockets {
		c, err := h.Accounts.Authenticate(ctx, s.token)
		if err != nil && fault.KindOf(err) != fault.Unauthenticated {
			return err
		}
		if c.Session != nil && c.Record.ID != i.person.id {
			c = account.Caller{}
		}
		i.callers = append(i.callers, c)
	}
	return nil
}

// conclude puts to use what was read about somebody. When there was another reason to
// look meanwhile it is looked at once more.
func (h *Hub) conclude(i *inspection, where []string) {
	p := i.person
	for n, c := range i.callers {
		s := i.sockets[n]
		switch {
		case h.sockets[s.id] != s:
		case c.Session == nil:
			h.dismiss(s, sessionEnded)
		default:
			h.judge(s, c)
		}
	}
	if h.people[p.id] != p || p.version != i.version {
		return
	}
	if i.due&places != 0 {
		h.moveTo(p, where)
	}
	for _, s := range p.sockets {
		h.greet(s)
	}
	held := p.held
	p.due, p.held = 0, nil
	delete(h.unsettled, p)
	for _, m := range held {
		if m.last || h.concerns(p, m) {
			h.pass(p, m)
		}
	}
}

// moveTo puts somebody in these teams and channels, and in no others.
func (h *Hub) moveTo(p *person, ids []string) {
	for _, there := range p.places {
		if delete(there.people, p); len(there.people) == 0 {
			delete(h.places, there.id)
		}
	}
	p.places = nil
	if len(ids) > 0 {
		p.places = make([]*place, 0, len(ids))
	}
	for _, id := range ids {
		there := h.places[id]
		if there == nil {
			there = &place{id: id, people: map[*person]struct{}{}}
			h.places[id] = there
		}
		there.people[p] = struct{}{}
		p.places = append(p.places, there)
	}
}

// introduce gives guests the messages about accounts they know.
func (h *Hub) introduce(ctx context.Context, met []meeting) {
	for len(met) > 0 {
		m := met[0].m
		n := slices.IndexFunc(met, func(x meeting) bool { return x.m != m })
		if n < 0 {
			n = len(met)
		}
		h.introduceTo(ctx, m, met[:n])
		met = met[n:]
	}
}

func (h *Hub) introduceTo(ctx context.Context, m *message, met []meeting) {
	ids := make([]string, len(met))
	for i, x := range met {
		ids[i] = x.guest.id
	}
	for batch := range slices.Chunk(ids, settleBatch) {
		know, err := h.Places.Acquainted(ctx, batch, m.to.About)
		if err != nil {
			if ctx.Err() == nil {
				h.Log.ErrorContext(ctx, "event not delivered to guests", "event", m.name, "error", err)
			}
			return
		}
		h.mu.Lock()
		for _, id := range know {
			if p := h.people[id]; p != nil && p.due == 0 {
				h.give(p, m)
			} else if p != nil {
				h.hold(p, m)
			}
		}
		h.mu.Unlock()
	}
}
