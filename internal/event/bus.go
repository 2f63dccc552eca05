package event

import (
	"slices"
	"sync"
)

// Bus carries events from the use case that committed them to the subscribers of
// every node.
type Bus interface {
	// Publish returns when the subscribers of this node have been called, so that
	// a caller who gets its answer afterwards never reads a stale cache.
	Publish(events []Event)
	// PublishHere is Publish for what every node finds out by itself: each tells its own clients.
	PublishHere(events []Event)
	// Subscribe calls fn for every event until the returned function is called.
	// fn must be quick and must not publish.
	Subscribe(fn func(Event)) (cancel func())
}

// Local is the bus of a single node.
type Local struct {
	mu   sync.RWMutex
	next int
	subs []subscriber
}

type subscriber struct {
	id int
	fn func(Event)
}

// NewLocal returns a bus without subscribers.
func NewLocal() *Local { return &Local{} }

// Publish calls every subscriber with every event, in order.
func (b *Local) Publish(events []Event) {
	b.mu.RLock()
	subs := b.subs
	b.mu.RUnlock()
	for _, e := range events {
		for _, s := range subs {
			s.fn(e)
		}
	}
}

// PublishHere is Publish: there is no other node.
func (b *Local) PublishHere(events []Event) { b.Publish(events) }

// Subscribe adds a subscriber.
func (b *Local) Subscribe(fn func(Event)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	id := b.next
	b.subs = append(slices.Clone(b.subs), subscriber{id: id, fn: fn})
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.subs = slices.DeleteFunc(slices.Clone(b.subs), func(s subscriber) bool { return s.id == id })
	}
}
