package account

import (
	"context"
	"errors"
	"sync"
	"testing"

	"muster/internal/fault"
)

func TestKeyedLocksLetOneWorkAtATime(t *testing.T) {
	t.Parallel()
	var l keyedLocks
	working, most := map[string]int{}, 0
	var mu sync.Mutex
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Go(func() {
			key := []string{"a", "b"}[i%2]
			unlock, err := l.lock(context.Background(), key, 1000)
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			mu.Lock()
			working[key]++
			most = max(most, working[key])
			mu.Unlock()
			mu.Lock()
			working[key]--
			mu.Unlock()
		})
	}
	wait.Wait()
	if most != 1 {
		t.Errorf("%d worked at the same time", most)
	}
	if len(l.held) > 0 {
		t.Errorf("%d keys are kept", len(l.held))
	}
}

func TestKeyedLocksBoundTheWaiting(t *testing.T) {
	t.Parallel()
	var l keyedLocks
	unlock, err := l.lock(context.Background(), "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(context.Background())
	waited := make(chan error)
	go func() {
		_, err := l.lock(ctx, "a", 1)
		waited <- err
	}()
	for joined := false; !joined; { // until the second one waits
		l.mu.Lock()
		joined = l.held["a"].waiting == 2
		l.mu.Unlock()
	}
	if _, err := l.lock(context.Background(), "a", 1); fault.KindOf(err) != fault.Busy {
		t.Errorf("the third one gets %v", err)
	}
	if other, err := l.lock(context.Background(), "b", 1); err != nil {
		t.Errorf("another key: %v", err)
	} else {
		other()
	}
	leave()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("who left gets %v", err)
	}
	unlock()
	if len(l.held) > 0 {
		t.Errorf("%d keys are kept", len(l.held))
	}
}

func TestActivityForgetsTheOldest(t *testing.T) {
	t.Parallel()
	var a activity
	minute := int64(60_000)
	a.note("x", 0, 10*minute)
	for i := range 2*activityGeneration + 1 {
		a.note(string(rune('a'+i%26))+string(rune(0x4e00+i/26)), 0, 10*minute)
	}
	if len(a.known)+len(a.former) > 2*activityGeneration {
		t.Errorf("%d and %d sessions are remembered", len(a.known), len(a.former))
	}
	if a.of("x") != 0 {
		t.Error("the oldest is remembered")
	}
	if n := len(a.take()); n != 2*activityGeneration+2 || len(a.take()) != 0 {
		t.Errorf("%d are to be stored", n)
	}
	a.giveBack(map[string]int64{"x": minute})
	a.note("x", 0, 20*minute)
	a.giveBack(map[string]int64{"x": minute, "y": minute})
	if got := a.take(); got["x"] != 20*minute || got["y"] != minute {
		t.Errorf("given back %v", got)
	}
}
