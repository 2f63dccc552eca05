package account

import (
	"context"
	"sync"

	"muster/internal/fault"
	"muster/internal/password"
)

// keyedLocks lets one use case at a time work on an account's secret: tries to
// sign in that race are checked one after another, so that right ones among them
// do not use up the account's tries.
type keyedLocks struct {
	mu   sync.Mutex
	held map[string]*keyedLock
}

type keyedLock struct {
	turn    chan struct{} // holds a value while somebody works
	waiting int           // who works included
}

// lockQueue is how many may wait for one key where the settings do not say.
const lockQueue = 64

// lock waits for the key and returns what gives it back. When as many as most wait
// already (0 is lockQueue) the fault is Busy; the end of ctx ends the waiting.
func (l *keyedLocks) lock(ctx context.Context, key string, most int) (unlock func(), err error) {
	if most == 0 {
		most = lockQueue
	}
	k := l.join(key, most)
	if k == nil {
		return nil, fault.New(fault.Busy, password.BusyID).With("RetryAfter", 1)
	}
	select {
	case k.turn <- struct{}{}:
		return func() {
			<-k.turn
			l.leave(key, k)
		}, nil
	case <-ctx.Done():
		l.leave(key, k)
		return nil, ctx.Err()
	}
}

// join takes a place in the queue for the key; nil when there is none.
func (l *keyedLocks) join(key string, most int) *keyedLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.held[key]
	switch {
	case k == nil:
		k = &keyedLock{turn: make(chan struct{}, 1)}
		if l.held == nil {
			l.held = map[string]*keyedLock{}
		}
		l.held[key] = k
	case k.waiting > most:
		return nil
	}
	k.waiting++
	return k
}

func (l *keyedLocks) leave(key string, k *keyedLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.waiting--; k.waiting == 0 {
		delete(l.held, key)
	}
}
