// Package rate bounds how often somebody may ask, in the memory of one node: with the
// generic cell rate algorithm, which needs one number for each caller, and for a
// bounded number of callers.
package rate

import (
	"container/list"
	"math"
	"sync"
	"time"
)

// Limit is a steady rate and what may come at once beyond it.
type Limit struct {
	PerSecond int
	Burst     int
}

// Limiter counts callers apart. It is safe for concurrent use.
type Limiter struct {
	limit Limit
	step  time.Duration // what one request costs
	most  int

	mu      sync.Mutex
	callers map[string]*list.Element
	recent  *list.List // of *caller, the latest in front
}

// caller is when everything a key has asked for so far is forgotten.
type caller struct {
	key  string
	free time.Time
}

// New gives a limiter that remembers the latest callers, as many as most.
func New(l Limit, most int) *Limiter {
	return &Limiter{
		limit: l, step: time.Second / time.Duration(max(1, l.PerSecond)), most: max(1, most),
		callers: map[string]*list.Element{}, recent: list.New(),
	}
}

// Result is what the limiter says of a request.
type Result struct {
	Allowed   bool
	Limit     int           // requests that may come at once
	Remaining int           // of these, how many may come now
	Reset     time.Duration // until as many as Limit may come again
	Retry     time.Duration // until the next may come, of a request that was refused
}

// Take counts a request of a caller, or refuses it, which costs the caller nothing.
func (l *Limiter) Take(key string, now time.Time) Result {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.caller(key)
	free := c.free
	if free.Before(now) {
		free = now
	}
	free = free.Add(l.step)
	window := time.Duration(l.limit.Burst+1) * l.step
	r := Result{Limit: l.limit.Burst + 1, Allowed: free.Sub(now) <= window}
	if r.Allowed {
		c.free = free
	} else {
		r.Retry = free.Sub(now) - window
	}
	r.Reset = max(0, c.free.Sub(now))
	r.Remaining = int(max(0, window-r.Reset) / l.step)
	return r
}

// caller gives what is remembered of a key. The caller who asked longest ago is
// forgotten when there is no room for a new one.
func (l *Limiter) caller(key string) *caller {
	if e := l.callers[key]; e != nil {
		l.recent.MoveToFront(e)
		return e.Value.(*caller)
	}
	if l.recent.Len() >= l.most {
		oldest := l.recent.Remove(l.recent.Back()).(*caller)
		delete(l.callers, oldest.key)
	}
	c := &caller{key: key}
	l.callers[key] = l.recent.PushFront(c)
	return c
}

// Seconds gives a time as headers have it: whole seconds, never too few.
func Seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
