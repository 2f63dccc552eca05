package lane_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"muster/internal/lane"
)

// writer is a lane whose batches are let through one by one.
type writer struct {
	lanes lane.Lanes[int]
	begun chan []int // batches that wait to be written
	next  chan struct{}
	mu    sync.Mutex
	ended map[int]error
}

var errOdd = errors.New("odd")

func newWriter(most, queue int, fails func([]int) bool) *writer {
	w := &writer{begun: make(chan []int), next: make(chan struct{}), ended: map[int]error{}}
	w.lanes = lane.Lanes[int]{
		Most: most, Queue: queue,
		Write: func(_ string, batch []int) error {
			w.begun <- slices.Clone(batch)
			<-w.next
			if fails(batch) {
				return errOdd
			}
			return nil
		},
		Ended: func(item int, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.ended[item] = err
		},
	}
	return w
}

// let lets the next batch through and gives it.
func (w *writer) let() []int {
	batch := <-w.begun
	w.next <- struct{}{}
	return batch
}

// until returns when so many items wait under the key a.
func (w *writer) until(n int) {
	for tick := time.Tick(time.Millisecond); w.lanes.Waiting("a") < n; {
		<-tick
	}
}

func (w *writer) outcome(item int) (err error, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	err, known = w.ended[item]
	return err, known
}

func never([]int) bool { return false }

func TestWhatWaitsIsWrittenTogether(t *testing.T) {
	t.Parallel()
	w := newWriter(2, 10, never)
	var all sync.WaitGroup
	do := func(item int) { all.Go(func() { _ = w.lanes.Do(t.Context(), "a", item) }) }
	do(1)
	first := <-w.begun // one at once, though it is alone
	for item := 2; item <= 4; item++ {
		do(item)
	}
	w.until(3)
	w.next <- struct{}{}
	second, third := w.let(), w.let()
	all.Wait()
	seen := slices.Concat(first, second, third)
	slices.Sort(seen)
	if len(first) != 1 || len(second) != 2 || len(third) != 1 || !slices.Equal(seen, []int{1, 2, 3, 4}) {
		t.Errorf("batches %v %v %v", first, second, third)
	}
}

func TestABatchWaitsForTheCompanyOfTheLast(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		gather time.Duration
		third  []int // batch
	}{
		{"as many as last time", time.Hour, []int{2, 2}},
		{"those who came in time", time.Nanosecond, []int{2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWriter(4, 10, never)
			w.lanes.Gather = tc.gather
			var all sync.WaitGroup
			do := func(item int) { all.Go(func() { _ = w.lanes.Do(t.Context(), "a", item) }) }
			do(0)
			<-w.begun
			do(1)
			do(1)
			w.until(2)
			w.next <- struct{}{}
			<-w.begun // two together
			do(2)
			w.until(1)
			w.next <- struct{}{}
			if tc.gather == time.Hour {
				do(2)
			}
			if batch := w.let(); !slices.Equal(batch, tc.third) {
				t.Errorf("third batch %v", batch)
			}
			if tc.gather == time.Hour {
				do(3) // nobody else comes: this one would wait for an hour
				do(3)
				w.let()
			}
			all.Wait()
		})
	}
}

func TestOneThatCannotBeWrittenKeepsNoOther(t *testing.T) {
	t.Parallel()
	w := newWriter(10, 10, func(batch []int) bool { return slices.ContainsFunc(batch, func(i int) bool { return i%2 == 1 }) })
	var all sync.WaitGroup
	errs := make([]error, 5)
	do := func(item int) { all.Go(func() { errs[item] = w.lanes.Do(t.Context(), "a", item) }) }
	do(0)
	<-w.begun
	for item := 1; item < 5; item++ {
		do(item)
	}
	w.until(4)
	w.next <- struct{}{}
	if batch := w.let(); len(batch) != 4 {
		t.Errorf("batch %v", batch)
	}
	for range 4 {
		w.let()
	}
	all.Wait()
	for item, err := range errs {
		if told, known := w.outcome(item); (item%2 == 1) != errors.Is(err, errOdd) || !known || !errors.Is(told, err) {
			t.Errorf("item %d: %v, told %v", item, err, told)
		}
	}
}

func TestKeysDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	w := newWriter(1, 1, never)
	var all sync.WaitGroup
	for i, key := range []string{"a", "b"} {
		all.Go(func() { _ = w.lanes.Do(t.Context(), key, i) })
	}
	<-w.begun
	<-w.begun // both are being written
	w.next <- struct{}{}
	w.next <- struct{}{}
	all.Wait()
}

func TestALaneTurnsAwayWhoComesTooMuch(t *testing.T) {
	t.Parallel()
	w := newWriter(1, 1, never)
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { _ = w.lanes.Do(t.Context(), "a", 1) })
	<-w.begun
	left := make(chan error)
	go func() { left <- w.lanes.Do(ctx, "a", 2) }()
	w.until(1)
	if err := w.lanes.Do(t.Context(), "a", 3); !errors.Is(err, lane.ErrFull) {
		t.Errorf("one too much: %v", err)
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left heard %v", err)
	}
	w.next <- struct{}{}
	w.let() // what they wanted is done all the same
	all.Wait()
}
