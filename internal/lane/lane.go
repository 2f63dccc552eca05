// Package lane lets requests that would wait for the same row of the database share a
// transaction: each would hold the row until its own commit, and a connection while it waits.
package lane

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrFull says that too many items wait under a key.
var ErrFull = errors.New("too many wait for the same thing")

// Together is a Gather that costs less than the transaction it saves.
const Together = 5 * time.Millisecond

// Lanes hands on together what comes in under the same key while an earlier batch is being
// written. What comes in alone is written at once, and keys do not wait for each other.
type Lanes[T any] struct {
	// Write writes a batch; one batch of a key at a time. When it fails, every item is
	// written once more alone, so that only those fail that cannot be written.
	Write func(key string, batch []T) error
	// Ended hears what became of an item, also when nobody waits for it any longer; may be nil.
	Ended func(item T, err error)
	Most  int // items of a batch
	Queue int // items that may wait under a key
	// Gather is how long a batch waits for as many items as the one before it had. Those who were
	// written together come back together; without it the first of them would be written alone.
	Gather time.Duration

	mu sync.Mutex
	of map[string]*line[T] // by key, while something is being written under it
}

type line[T any] struct {
	waiting []*entry[T]
	want    int           // how many are waited for, while somebody does
	enough  chan struct{} // closed when so many wait
}

type entry[T any] struct {
	item T
	err  error
	done chan struct{}
}

// Do returns when the item has been written, with the error of Write. When the context ends
// first its error is returned, and the item is still written; it must not be read then.
func (l *Lanes[T]) Do(ctx context.Context, key string, item T) error {
	e := &entry[T]{item: item, done: make(chan struct{})}
	if !l.add(key, e) {
		return ErrFull
	}
	select {
	case <-e.done:
		return e.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// add puts an entry into the line of its key, and sets the line going.
func (l *Lanes[T]) add(key string, e *entry[T]) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := l.of[key]; n != nil {
		if len(n.waiting) >= l.Queue {
			return false
		}
		n.waiting = append(n.waiting, e)
		if len(n.waiting) == n.want {
			close(n.enough)
		}
		return true
	}
	if l.of == nil {
		l.of = map[string]*line[T]{}
	}
	l.of[key] = &line[T]{}
	go l.run(key, []*entry[T]{e})
	return true
}

// run writes batch after batch until nothing waits under the key.
func (l *Lanes[T]) run(key string, batch []*entry[T]) {
	for len(batch) > 0 {
		l.write(key, batch)
		for _, e := range batch {
			if l.Ended != nil {
				l.Ended(e.item, e.err)
			}
			close(e.done)
		}
		l.gather(key, len(batch))
		batch = l.next(key)
	}
}

// gather waits until as many items wait under the key as the last batch had, but not for long.
func (l *Lanes[T]) gather(key string, last int) {
	l.mu.Lock()
	n := l.of[key]
	if last == 1 || l.Gather == 0 || len(n.waiting) >= last {
		l.mu.Unlock()
		return
	}
	n.want, n.enough = last, make(chan struct{})
	l.mu.Unlock()
	late := time.NewTimer(l.Gather)
	defer late.Stop()
	select {
	case <-n.enough:
	case <-late.C:
	}
}

func (l *Lanes[T]) next(key string) []*entry[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.of[key]
	n.want = 0
	batch := n.waiting[:min(len(n.waiting), l.Most)]
	if len(batch) == 0 {
		delete(l.of, key)
		return nil
	}
	n.waiting = n.waiting[len(batch):]
	return slices.Clip(batch)
}

func (l *Lanes[T]) write(key string, batch []*entry[T]) {
	items := make([]T, len(batch))
	for i, e := range batch {
		items[i] = e.item
	}
	err := l.Write(key, items)
	if err == nil {
		return
	}
	if len(batch) == 1 {
		batch[0].err = err
		return
	}
	for i, e := range batch {
		e.err = l.Write(key, items[i:i+1])
	}
}
