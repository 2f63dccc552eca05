package audit

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"muster/internal/model"
)

// How records are collected into batches, and what happens when one cannot be written.
const (
	batchMax   = 200
	linger     = 200 * time.Millisecond // how long a record waits for others
	pauseFirst = 100 * time.Millisecond // between tries; it doubles
	pauseLast  = 10 * time.Second
	triesMax   = 40 // some minutes, then the batch makes room for others
	triesEnd   = 3  // while the server stops
	logEvery   = 10 * time.Second
)

// target is what a queue writes to.
type target interface {
	write(ctx context.Context, batch []*model.AuditRecord) error
	close() error
}

// counters are what the figures tell of records.
type counters struct{ written, dropped *prometheus.CounterVec }

func newCounters(metrics prometheus.Registerer) (counters, error) {
	labels := []string{"to"}
	c := counters{
		written: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "muster_audit_records_written_total", Help: "Audit records written."}, labels),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "muster_audit_records_dropped_total",
			Help: "Audit records that were not written: too many waited, or writing failed for too long.",
		}, labels),
	}
	if metrics == nil {
		return c, nil
	}
	for _, v := range []prometheus.Collector{c.written, c.dropped} {
		if err := metrics.Register(v); err != nil {
			return c, fmt.Errorf("register figures of audit records: %w", err)
		}
	}
	return c, nil
}

// entry is a record on its way, or somebody who waits for those before.
type entry struct {
	record  *model.AuditRecord
	written chan<- struct{}
}

// queue brings records to one target, in order and in batches.
type queue struct {
	name             string
	target           target
	log              *slog.Logger
	now              func() time.Time
	written, dropped prometheus.Counter
	in               chan entry
	stop             chan struct{} // closed when no more will come
	stopOnce         sync.Once
	done             chan struct{} // closed when all is written
	cut              context.CancelFunc
	ctx              context.Context // of the writing; it ends when the server cannot wait any longer
	logged           atomic.Int64    // when dropping was last told, in milliseconds
	lost             atomic.Int64    // dropped since then
}

func (r *Recorder) start(name string, t target, size int, c counters) *queue {
	ctx, cancel := context.WithCancel(context.Background())
	q := &queue{
		name: name, target: t, log: r.Log, now: r.Now, written: c.written.WithLabelValues(name), dropped: c.dropped.WithLabelValues(name),
		in: make(chan entry, size), stop: make(chan struct{}), done: make(chan struct{}), ctx: ctx, cut: cancel,
	}
	go q.run()
	return q
}

func (q *queue) add(r *model.AuditRecord) {
	select {
	case q.in <- entry{record: r}:
	default:
		q.drop(1, "too many wait to be written")
	}
}

// drop counts records that will not be written and says so, but not for each.
func (q *queue) drop(n int, why string) {
	q.dropped.Add(float64(n))
	lost := q.lost.Add(int64(n))
	now, last := q.now().UnixMilli(), q.logged.Load()
	if now-last >= logEvery.Milliseconds() && q.logged.CompareAndSwap(last, now) {
		q.lost.Add(-lost)
		q.log.Error("audit records dropped", "to", q.name, "records", lost, "reason", why)
	}
}

// tellRest says how many records were dropped since that was said last.
func (q *queue) tellRest() {
	if lost := q.lost.Swap(0); lost > 0 {
		q.log.Error("audit records dropped", "to", q.name, "records", lost, "reason", "until the server stopped")
	}
}

// flush waits until what is in the queue has been written or given up.
func (q *queue) flush(ctx context.Context) error {
	written := make(chan struct{})
	select {
	case q.in <- entry{written: written}:
	case <-q.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-written:
	case <-q.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// close writes what waits and lets go of the target.
func (q *queue) close(ctx context.Context) error {
	var err error
	q.stopOnce.Do(func() {
		close(q.stop)
		select {
		case <-q.done:
		case <-ctx.Done():
		}
		q.cut()
		<-q.done
		q.tellRest()
		err = q.target.close()
	})
	return err
}

func (q *queue) run() {
	defer close(q.done)
	for {
		select {
		case e := <-q.in:
			q.serve(e)
		case <-q.stop:
			for {
				select {
				case e := <-q.in:
					q.serve(e)
				default:
					return
				}
			}
		}
	}
}

// serve collects a batch that begins with an entry and writes it.
func (q *queue) serve(e entry) {
	var batch []*model.AuditRecord
	timer := time.NewTimer(linger)
	defer timer.Stop()
	for e.written == nil {
		if batch = append(batch, e.record); len(batch) == batchMax {
			break
		}
		var more bool
		if e, more = q.next(timer.C); !more {
			break
		}
	}
	if len(batch) > 0 {
		q.write(batch)
	}
	if e.written != nil {
		close(e.written)
	}
}

// next gives an entry that comes in time. While the server stops nothing is waited for.
func (q *queue) next(late <-chan time.Time) (entry, bool) {
	select {
	case e := <-q.in:
		return e, true
	default:
	}
	select {
	case e := <-q.in:
		return e, true
	case <-late:
	case <-q.stop:
	}
	return entry{}, false
}

// write writes a batch, again and again when that fails, so that what is wrong with a
// disk or a database can be mended in the meantime.
func (q *queue) write(batch []*model.AuditRecord) {
	pause := pauseFirst
	for try := 1; ; try++ {
		err := q.target.write(q.ctx, batch)
		if err == nil {
			q.written.Add(float64(len(batch)))
			return
		}
		if try == 1 {
			q.log.Error("audit records not written yet", "to", q.name, "records", len(batch), "error", err)
		}
		if try >= triesMax || q.stopping() && try >= triesEnd || q.ctx.Err() != nil {
			q.drop(len(batch), "writing failed too often")
			return
		}
		select {
		case <-time.After(pause):
		case <-q.stop:
		case <-q.ctx.Done():
		}
		pause = min(2*pause, pauseLast)
	}
}

func (q *queue) stopping() bool {
	select {
	case <-q.stop:
		return true
	default:
		return false
	}
}
