package event

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSubscribersHearEveryEventInOrder(t *testing.T) {
	t.Parallel()
	b := NewLocal()
	var heard []string
	for _, who := range []string{"a", "b"} {
		b.Subscribe(func(e Event) { heard = append(heard, who+e.Name) })
	}
	b.Publish([]Event{{Name: "1"}, {Name: "2"}})
	b.Publish(nil)
	b.Publish([]Event{{Name: "3"}})
	if diff := cmp.Diff([]string{"a1", "b1", "a2", "b2", "a3", "b3"}, heard); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
}

func TestPublishReturnsAfterSubscribersWereCalled(t *testing.T) {
	t.Parallel()
	b := NewLocal()
	called := false
	b.Subscribe(func(Event) { called = true })
	b.Publish([]Event{{}})
	if !called {
		t.Error("whoever reads next could read a stale cache")
	}
}

func TestCancelledSubscriberHearsNothing(t *testing.T) {
	t.Parallel()
	b := NewLocal()
	var first, second int
	cancel := b.Subscribe(func(Event) { first++ })
	b.Subscribe(func(Event) { second++ })
	b.Publish([]Event{{}})
	cancel()
	cancel() // once more is harmless
	b.Publish([]Event{{}})
	if first != 1 || second != 2 {
		t.Errorf("heard %d and %d times, want 1 and 2", first, second)
	}
}

func TestSubscriberMayComeAndGoWhileEventsAreHeard(t *testing.T) {
	t.Parallel()
	b := NewLocal()
	var late int
	var cancel func()
	cancel = b.Subscribe(func(Event) {
		cancel()
		b.Subscribe(func(Event) { late++ })
	})
	b.Publish([]Event{{}, {}}) // who subscribes meanwhile hears from the next call on
	if late != 0 {
		t.Errorf("a late subscriber heard %d earlier events", late)
	}
	b.Publish([]Event{{}})
	if late != 2 {
		t.Errorf("the two late subscribers heard %d events", late)
	}
}

func TestManyPublishAndSubscribeAtOnce(t *testing.T) {
	t.Parallel()
	b := NewLocal()
	var heard atomic.Int64
	b.Subscribe(func(Event) { heard.Add(1) })
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 50 {
				cancel := b.Subscribe(func(Event) {})
				b.Publish([]Event{{Name: fmt.Sprint(i, j)}})
				cancel()
			}
		})
	}
	all.Wait()
	if heard.Load() != 400 {
		t.Errorf("heard %d events, want 400", heard.Load())
	}
	if len(b.subs) != 1 {
		t.Errorf("%d subscribers are left, want 1", len(b.subs))
	}
}
