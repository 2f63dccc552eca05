package testkit

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"muster/internal/event"
)

// Events are what a server announced.
type Events struct {
	mu   sync.Mutex
	list []event.Event
}

func listen(bus event.Bus) *Events {
	e := &Events{}
	bus.Subscribe(func(x event.Event) {
		if x.Name == "" {
			return // for caches only
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.list = append(e.list, x)
	})
	return e
}

// Take gives what was announced since the last Take.
func (e *Events) Take() []event.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.list
	e.list = nil
	return list
}

// Named is Take for the events of one name.
func (e *Events) Named(name string) []event.Event {
	return slices.DeleteFunc(e.Take(), func(x event.Event) bool { return x.Name != name })
}

// Want compares the names of what was announced since the last Take with a list
// separated by blanks, in order; "" means nothing. Presence, which comes when it likes,
// counts only where the list has it.
func (e *Events) Want(t testing.TB, names string) {
	t.Helper()
	var got []string
	for _, x := range e.Take() {
		if x.Name != event.StatusChanged || strings.Contains(names, event.StatusChanged) {
			got = append(got, x.Name)
		}
	}
	if !slices.Equal(got, strings.Fields(names)) {
		t.Errorf("events %q, want %q", strings.Join(got, " "), names)
	}
}
