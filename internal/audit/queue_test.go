package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"muster/internal/model"
)

// slate is a target that keeps what is written and can be told to fail or to block.
type slate struct {
	mu      sync.Mutex
	batches [][]string
	fail    int // writings that are still to fail
	block   chan struct{}
	closed  bool
}

func (s *slate) write(ctx context.Context, batch []*model.AuditRecord) error {
	if s.block != nil {
		select {
		case <-s.block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail > 0 {
		s.fail--
		return errors.New("no room")
	}
	var ids []string
	for _, r := range batch {
		ids = append(ids, r.ID)
	}
	s.batches = append(s.batches, ids)
	return nil
}

func (s *slate) close() error { s.closed = true; return nil }

func (s *slate) all() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.batches {
		out = append(out, b...)
	}
	return out
}

// queued starts a queue inside of a bubble of time.
func queued(t *testing.T, to *slate, size int) (*queue, *prometheus.Registry, *bytes.Buffer) {
	t.Helper()
	log, figures := &bytes.Buffer{}, prometheus.NewRegistry()
	c, err := newCounters(figures)
	if err != nil {
		t.Fatal(err)
	}
	r := &Recorder{Options: Options{Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))}}
	return r.start("slate", to, size, c), figures, log
}

// figure reads a counter.
func figure(t *testing.T, figures *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := figures.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Errorf("there is no figure %s", name)
	return 0
}

const writtenName, droppedName = "muster_audit_records_written_total", "muster_audit_records_dropped_total"

func add(q *queue, ids ...string) {
	for _, id := range ids {
		q.add(&model.AuditRecord{ID: id})
	}
}

func TestRecordsAreWrittenInOrderAndInBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &slate{}
		q, c, _ := queued(t, to, 1000)
		var want []string
		for i := range 450 {
			want = append(want, fmt.Sprint(i))
		}
		add(q, want...)
		if err := q.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := to.all(); strings.Join(got, " ") != strings.Join(want, " ") || len(to.batches) != 3 {
			t.Errorf("%d records in %d batches", len(got), len(to.batches))
		}
		add(q, "one")
		<-time.After(linger)
		synctest.Wait()
		if got := to.all(); got[len(got)-1] != "one" {
			t.Error("a record waits for others for ever")
		}
		if n := figure(t, c, writtenName); n != 451 {
			t.Errorf("%v records counted", n)
		}
		if err := q.close(t.Context()); err != nil || !to.closed {
			t.Errorf("close: %v, target closed %t", err, to.closed)
		}
	})
}

func TestWhatFindsNoRoomIsDroppedCountedAndTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &slate{block: make(chan struct{})}
		q, c, log := queued(t, to, 2)
		add(q, "0")
		<-time.After(2 * linger)
		synctest.Wait() // the first is being written
		add(q, "1", "2", "3", "4", "5")
		if n := figure(t, c, droppedName); n != 3 {
			t.Errorf("%v records dropped", n)
		}
		if n := strings.Count(log.String(), "audit records dropped"); n != 1 {
			t.Errorf("told %d times: %s", n, log)
		}
		close(to.block)
		if err := q.close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := strings.Join(to.all(), ""); got != "012" {
			t.Errorf("written: %s", got)
		}
		if !strings.Contains(log.String(), "records=2") {
			t.Errorf("the rest is not told: %s", log)
		}
	})
}

func TestWritingIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &slate{fail: 5}
		q, c, log := queued(t, to, 10)
		add(q, "a")
		if err := q.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := to.all(); len(got) != 1 || strings.Count(log.String(), "not written yet") != 1 {
			t.Errorf("%v %s", got, log)
		}
		to.fail = triesMax
		add(q, "poison")
		add(q, "poison")
		if err := q.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		add(q, "b")
		if err := q.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(to.all(), ""); got != "ab" || figure(t, c, droppedName) != 2 {
			t.Errorf("written %s", got)
		}
		to.fail = triesMax
		add(q, "c")
		if err := q.close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestStopDoesNotWaitForATargetThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &slate{block: make(chan struct{})}
		q, c, _ := queued(t, to, 10)
		add(q, "a", "b")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := q.flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("flush: %v", err)
		}
		if err := q.close(ctx); err != nil {
			t.Error(err)
		}
		if n := figure(t, c, droppedName); n != 2 {
			t.Errorf("%v records dropped", n)
		}
	})
}
