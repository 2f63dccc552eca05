package rate

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestABurstThenTheSteadyRate(t *testing.T) {
	t.Parallel()
	l := New(Limit{PerSecond: 2, Burst: 2}, 10)
	for _, tc := range []struct {
		what string
		key  string
		at   time.Duration
		want Result
	}{
		{"the first", "a", 0, Result{true, 3, 2, 500 * time.Millisecond, 0}},
		{"the second", "a", 0, Result{true, 3, 1, time.Second, 0}},
		{"the last of the burst", "a", 0, Result{true, 3, 0, 1500 * time.Millisecond, 0}},
		{"one too many", "a", 0, Result{false, 3, 0, 1500 * time.Millisecond, 500 * time.Millisecond}},
		{"which cost nothing", "a", 200 * time.Millisecond, Result{false, 3, 0, 1300 * time.Millisecond, 300 * time.Millisecond}},
		{"another caller", "b", 0, Result{true, 3, 2, 500 * time.Millisecond, 0}},
		{"after one step", "a", 500 * time.Millisecond, Result{true, 3, 0, 1500 * time.Millisecond, 0}},
		{"long after", "a", time.Hour, Result{true, 3, 2, 500 * time.Millisecond, 0}},
	} {
		if d := cmp.Diff(tc.want, l.Take(tc.key, start.Add(tc.at))); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.what, d)
		}
	}
}

func TestOnlyTheLatestCallersAreRemembered(t *testing.T) {
	t.Parallel()
	l := New(Limit{PerSecond: 1}, 2)
	for _, step := range []struct {
		key     string
		allowed bool
	}{{"a", true}, {"b", true}, {"a", false}, {"c", true}, {"a", false}, {"b", true}, {"c", true}} {
		if got := l.Take(step.key, start); got.Allowed != step.allowed {
			t.Errorf("%s: allowed %t", step.key, got.Allowed)
		}
		if len(l.callers) > 2 || l.recent.Len() != len(l.callers) {
			t.Fatalf("%d and %d callers are remembered", len(l.callers), l.recent.Len())
		}
	}
}

func TestNoMoreThanTheLimitGetThroughAtOnce(t *testing.T) {
	t.Parallel()
	l := New(Limit{PerSecond: 1, Burst: 4}, 100)
	var through atomic.Int64
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if l.Take("a", start).Allowed {
				through.Add(1)
			}
		})
	}
	all.Wait()
	if through.Load() != 5 {
		t.Errorf("%d got through, want 5", through.Load())
	}
}

func TestSecondsAreNeverTooFew(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int{0: 0, time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2} {
		if got := Seconds(d); got != want {
			t.Errorf("%v is %d seconds, want %d", d, got, want)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	l := New(Limit{PerSecond: 10, Burst: 100}, 10_000)
	keys := make([]string, 20_000)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	for i := 0; b.Loop(); i++ {
		l.Take(keys[i%len(keys)], start)
	}
}
