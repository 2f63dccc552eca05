package server

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Regular work begins soon after the start, however seldom it is done.
func TestRegularWorkBeginsSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Server{log: slog.New(slog.DiscardHandler)}
		ctx, cancel := context.WithCancel(t.Context())
		var daily, often atomic.Int64
		s.every(ctx, 24*time.Hour, "daily", func(context.Context) error { daily.Add(1); return nil })
		s.every(ctx, time.Minute, "often", func(context.Context) error { often.Add(1); return nil })
		for _, step := range []struct {
			passes       time.Duration
			daily, often int64
		}{{30 * time.Second, 0, 0}, {time.Minute, 0, 1}, {5 * time.Minute, 1, 6}, {23 * time.Hour, 1, 6 + 23*60}, {time.Hour, 2, 6 + 24*60}} {
			<-time.After(step.passes)
			synctest.Wait()
			if daily.Load() != step.daily || often.Load() != step.often {
				t.Errorf("after another %v: %d and %d times, want %d and %d", step.passes, daily.Load(), often.Load(), step.daily, step.often)
			}
		}
		cancel()
		s.work.Wait()
	})
}
