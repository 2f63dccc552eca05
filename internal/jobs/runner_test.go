package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"muster/internal/event"
	"muster/internal/jobs"
	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit/pg"
)

// each runs a test on a fresh database of each kind.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	for _, driver := range []string{store.SQLite, store.Postgres} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			o := store.Options{Driver: driver, DataSource: filepath.Join(t.TempDir(), "jobs.db"), Bus: event.NewLocal(), Volatile: true, MaxOpen: 4}
			if driver == store.Postgres {
				o.DataSource = pg.DSN(t)
			}
			db, err := store.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Errorf("close database: %v", err)
				}
			})
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			test(t, &world{t: t, db: db, at: time.UnixMilli(1_000_000)})
		})
	}
}

// world is a database with a clock and what was logged.
type world struct {
	t   *testing.T
	db  *store.DB
	mu  sync.Mutex
	at  time.Time
	log bytes.Buffer
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// Write keeps the log.
func (w *world) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

func (w *world) logged(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Contains(w.log.Bytes(), []byte(text))
}

func (w *world) runner(handlers map[string]jobs.Handler) *jobs.Runner {
	return &jobs.Runner{DB: w.db, Handlers: handlers, Now: w.now, Log: slog.New(slog.NewTextHandler(w, nil))}
}

// start lets a runner work until the returned function is called or the test ends.
func (w *world) start(r *jobs.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	w.t.Cleanup(stop)
	return stop
}

// enqueue stores jobs of a type that are due at once and gives their ids.
func (w *world) enqueue(kind string, n int) (ids []string) {
	w.t.Helper()
	for range n {
		ids = append(ids, w.enqueueAt(kind, 0))
	}
	return ids
}

func (w *world) enqueueAt(kind string, runAt int64) string {
	w.t.Helper()
	j := &model.Job{
		ID: model.NewTimeID(w.now().UnixMilli()), Type: kind, Status: model.JobPending, CreateAt: 1, RunAt: runAt,
		Data: model.StringMap{"what": "ever"},
	}
	if err := w.db.Tx(w.t.Context(), func(tx *store.Tx) error { return tx.Enqueue(w.t.Context(), j) }); err != nil {
		w.t.Fatal(err)
	}
	return j.ID
}

func (w *world) job(id string) *model.Job {
	w.t.Helper()
	j, err := w.db.Job(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return j
}

// until waits for something with a deadline.
func (w *world) until(what string, so func() bool) {
	w.t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(2*time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			w.t.Fatalf("%s: not within 20 seconds", what)
		}
	}
}

func (w *world) untilStatus(id, status string) *model.Job {
	w.t.Helper()
	w.until("job is "+status, func() bool { return w.job(id).Status == status })
	return w.job(id)
}

func TestJobsAreDoneOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		done := map[string]int{}
		handlers := map[string]jobs.Handler{"count": func(_ context.Context, j *model.Job) error {
			mu.Lock()
			defer mu.Unlock()
			done[j.ID]++
			if j.Data["what"] != "ever" || j.Status != model.JobInProgress || j.Attempts != 1 {
				t.Errorf("job %+v", j)
			}
			return nil
		}}
		before := w.enqueue("count", 10)
		w.start(w.runner(handlers))
		w.start(w.runner(handlers)) // another node
		ids := append(before, w.enqueue("count", 10)...)
		for _, id := range ids {
			if j := w.untilStatus(id, model.JobSuccess); j.Progress != 100 || j.StartAt == 0 || j.Data["what"] != "ever" {
				t.Errorf("a job that is done is %+v", j)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for _, id := range ids {
			if done[id] != 1 {
				t.Errorf("a job was done %d times", done[id])
			}
		}
	})
}

func TestJobsWaitForTheirTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		later := w.enqueueAt("x", w.now().Add(time.Hour).UnixMilli())
		w.start(w.runner(map[string]jobs.Handler{"x": func(context.Context, *model.Job) error { return nil }}))
		w.untilStatus(w.enqueue("x", 1)[0], model.JobSuccess)
		if got := w.job(later).Status; got != model.JobPending {
			t.Errorf("a job of later is %s", got)
		}
		w.advance(time.Hour)
		w.untilStatus(w.enqueue("x", 1)[0], model.JobSuccess)
		w.untilStatus(later, model.JobSuccess)
	})
}

func TestFailedJobsAreTriedAgainLaterEachTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		var begun []time.Time
		w.start(w.runner(map[string]jobs.Handler{"fails": func(context.Context, *model.Job) error {
			mu.Lock()
			defer mu.Unlock()
			begun = append(begun, w.now())
			return errors.New("the reason")
		}, "wake": func(context.Context, *model.Job) error { return nil }}))
		id := w.enqueue("fails", 1)[0]
		tries := func() int {
			mu.Lock()
			defer mu.Unlock()
			return len(begun)
		}
		for n := 1; n <= 12; n++ {
			w.until("it is tried again", func() bool { return tries() == n })
			if n == 12 {
				break
			}
			j := w.untilStatus(id, model.JobPending)
			if j.Data["error"] != "the reason" || j.Data["what"] != "ever" {
				t.Errorf("the job keeps %v", j.Data)
			}
			rest := time.UnixMilli(j.RunAt).Sub(w.now())
			if least := min(time.Second<<(n-1), time.Hour); rest < least || rest > least+least/4+time.Millisecond {
				t.Errorf("after try %d it rests %v", n, rest)
			}
			w.advance(rest)
			w.enqueue("wake", 1)
		}
		if j := w.untilStatus(id, model.JobError); j.Data["error"] != "the reason" || j.Progress == 100 {
			t.Errorf("in the end the job is %+v", j)
		}
		w.advance(24 * time.Hour)
		w.untilStatus(w.enqueue("wake", 1)[0], model.JobSuccess)
		if n := tries(); n != 12 {
			t.Errorf("it was tried %d times", n)
		}
	})
}

// A runner that has nothing to do sleeps until the lease of the job in hand would end.
func TestAJobThatFailsLateIsTriedAgainInTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.runner(map[string]jobs.Handler{"fails": func(_ context.Context, j *model.Job) error {
			if j.Attempts > 1 {
				return nil
			}
			<-time.After(300 * time.Millisecond) // the runner sleeps by then
			return errors.New("the reason")
		}})
		r.Now = time.Now
		w.start(r)
		w.untilStatus(w.enqueue("fails", 1)[0], model.JobSuccess)
	})
}

func TestJobsThatPanicOrNobodyKnowsAreFailures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start(w.runner(map[string]jobs.Handler{"panics": func(context.Context, *model.Job) error { panic("ouch") }}))
		panics, unknown := w.enqueue("panics", 1)[0], w.enqueue("unknown", 1)[0]
		for id, reason := range map[string]string{panics: "job panicked: ouch", unknown: `no handler for jobs of type "unknown"`} {
			w.until("it failed", func() bool { return w.job(id).Data["error"] != "" })
			if got := w.job(id).Data["error"]; got != reason {
				t.Errorf("the reason is %q, want %q", got, reason)
			}
		}
		if !w.logged("ouch") {
			t.Error("the log is silent")
		}
	})
}

// A job that waits for a foreign server must not keep the others.
func TestSlowJobsDoNotKeepOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		release := make(chan struct{})
		w.start(w.runner(map[string]jobs.Handler{
			"slow": func(ctx context.Context, _ *model.Job) error {
				select {
				case <-release:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			},
			"quick": func(context.Context, *model.Job) error { return nil },
		}))
		slow := w.enqueue("slow", 3)
		for _, id := range w.enqueue("quick", 5) {
			w.untilStatus(id, model.JobSuccess)
		}
		for _, id := range slow {
			w.untilStatus(id, model.JobInProgress)
		}
		close(release)
		for _, id := range slow {
			w.untilStatus(id, model.JobSuccess)
		}
	})
}

func TestStoppingGivesJobsBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		begun := make(chan struct{})
		stop := w.start(w.runner(map[string]jobs.Handler{"long": func(ctx context.Context, _ *model.Job) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		}}))
		id := w.enqueue("long", 1)[0]
		<-begun
		stop()
		if j := w.job(id); j.Status != model.JobPending || j.RunAt > w.now().UnixMilli() || j.Data["error"] != "" {
			t.Errorf("the job is %+v", j)
		}
		w.start(w.runner(map[string]jobs.Handler{"long": func(context.Context, *model.Job) error { return nil }}))
		if j := w.untilStatus(id, model.JobSuccess); j.Attempts != 2 {
			t.Errorf("the job was begun %d times", j.Attempts)
		}
	})
}

// A node that died holds its job no longer than the lease.
func TestJobsOfADeadNodeAreTakenOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.enqueue("x", 1)[0]
		err := w.db.Tx(t.Context(), func(tx *store.Tx) error { // and dies
			now := w.now()
			_, err := tx.LeaseJob(t.Context(), now.UnixMilli(), now.Add(time.Minute).UnixMilli())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.start(w.runner(map[string]jobs.Handler{"x": func(context.Context, *model.Job) error { return nil }}))
		w.untilStatus(w.enqueue("x", 1)[0], model.JobSuccess)
		if got := w.job(id).Status; got != model.JobInProgress {
			t.Errorf("while the lease lasts the job is %s", got)
		}
		w.advance(time.Minute + time.Millisecond)
		w.enqueue("x", 1)
		if j := w.untilStatus(id, model.JobSuccess); j.Attempts != 2 {
			t.Errorf("the job was begun %d times", j.Attempts)
		}
	})
}

// Two nodes work on a job when one was taken for dead and is not: what it has to say
// at last counts no more.
func TestWhatALateNodeSaysDoesNotCount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		begun, release := make(chan int, 2), make(chan struct{})
		handlers := map[string]jobs.Handler{"x": func(_ context.Context, j *model.Job) error {
			begun <- j.Attempts
			if j.Attempts == 1 {
				<-release
				return errors.New("late")
			}
			return nil
		}}
		stopLate := w.start(w.runner(handlers))
		id := w.enqueue("x", 1)[0]
		<-begun
		w.advance(2 * time.Minute)
		w.start(w.runner(handlers))
		w.untilStatus(id, model.JobSuccess)
		close(release)
		stopLate()
		if j := w.job(id); j.Status != model.JobSuccess || j.Attempts != 2 || j.Data["error"] != "" {
			t.Errorf("the job is %+v", j)
		}
	})
}

func TestLongJobsKeepTheirLease(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		release := make(chan struct{})
		r := w.runner(map[string]jobs.Handler{"long": func(context.Context, *model.Job) error {
			<-release
			return nil
		}})
		r.Lease = 30 * time.Millisecond
		w.start(r)
		id := w.enqueue("long", 1)[0]
		begun := w.untilStatus(id, model.JobInProgress).LastActivityAt
		for range 5 { // five leases long
			w.advance(r.Lease)
			now := w.now().UnixMilli()
			w.until("the lease is renewed", func() bool { return w.job(id).LastActivityAt >= now })
		}
		close(release)
		if j := w.untilStatus(id, model.JobSuccess); j.Attempts != 1 || j.LastActivityAt <= begun {
			t.Errorf("the job is %+v", j)
		}
	})
}

// A job that was removed, or ended by somebody else, is not worked on any longer.
func TestJobsThatAreTakenAwayEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ended := make(chan struct{})
		r := w.runner(map[string]jobs.Handler{"long": func(ctx context.Context, _ *model.Job) error {
			<-ctx.Done()
			close(ended)
			return ctx.Err()
		}})
		r.Lease = 30 * time.Millisecond
		stop := w.start(r)
		id := w.enqueue("long", 1)[0]
		w.untilStatus(id, model.JobInProgress)
		err := w.db.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.FinishJob(t.Context(), id, model.JobCanceled, w.now().UnixMilli(), nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Fatal("the handler goes on")
		}
		stop() // and has recorded what it had to
		if got := w.job(id).Status; got != model.JobCanceled {
			t.Errorf("the job is %s", got)
		}
	})
}

func TestOldJobsAreRemoved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.runner(map[string]jobs.Handler{"x": func(context.Context, *model.Job) error { return nil }})
		stop := w.start(r)
		old := w.enqueue("x", 1)[0]
		w.untilStatus(old, model.JobSuccess)
		stop()
		waiting := w.enqueueAt("x", w.now().Add(30*24*time.Hour).UnixMilli())
		w.advance(7*24*time.Hour + time.Second)
		stop = w.start(r)
		recent := w.enqueue("x", 1)[0]
		w.untilStatus(recent, model.JobSuccess)
		stop()
		if err := r.Clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, id := range []string{old, waiting, recent} {
			if _, err := w.db.Job(t.Context(), id); err == nil {
				left = append(left, id)
			} else if !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		}
		if !slices.Equal(left, []string{waiting, recent}) {
			t.Errorf("%d jobs are left", len(left))
		}
	})
}
