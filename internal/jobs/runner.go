// Package jobs does the work that must happen: rows of the job table, taken by
// one node at a time, tried again when they fail or when their node dies.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"muster/internal/model"
	"muster/internal/store"
)

// Times of the runner.
const (
	leaseStd = time.Minute
	pollLong = 30 * time.Second // how often jobs of other nodes are looked for
	keep     = 7 * 24 * time.Hour
)

// tries is how often a job is begun before it counts as failed.
const tries = 12

const workersStd = 4

// Handler does a job. It may be called again for a job that was begun before, so
// it must start from what is there. A job whose context ends must return soon.
type Handler func(ctx context.Context, j *model.Job) error

// Runner takes jobs that are due and does them, a few at a time.
type Runner struct {
	DB       *store.DB
	Handlers map[string]Handler // by type
	Now      func() time.Time
	Log      *slog.Logger
	// Lease is the time after which a node that shows no sign of life is taken for
	// dead and its job is begun by another; 0 is a minute.
	Lease time.Duration
	// Workers is how many jobs are done at a time, so that one that waits for a
	// foreign server does not keep others; 0 is 4.
	Workers int
}

func (r *Runner) lease() time.Duration {
	if r.Lease == 0 {
		return leaseStd
	}
	return r.Lease
}

// Run works until the context ends and the jobs in hand have returned.
func (r *Runner) Run(ctx context.Context) {
	workers := r.Workers
	if workers == 0 {
		workers = workersStd
	}
	free := make(chan struct{}, workers)
	var running sync.WaitGroup
	defer running.Wait()
	for {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		j, err := r.take(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.ErrorContext(ctx, "job table not usable", "error", err)
		}
		if j == nil {
			<-free
			r.wait(ctx)
			continue
		}
		running.Go(func() {
			defer func() { <-free }()
			if err := r.finish(ctx, j, r.do(ctx, j)); err != nil {
				r.Log.ErrorContext(ctx, "end of job not recorded", "job", j.ID, "type", j.Type, "error", err)
			}
		})
	}
}

// wait returns when a job may be due.
func (r *Runner) wait(ctx context.Context) {
	after := pollLong
	if at, err := r.DB.NextJobAt(ctx); err == nil {
		after = min(after, max(time.UnixMilli(at).Sub(r.Now()), 20*time.Millisecond))
	}
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.DB.JobsAdded():
	case <-ctx.Done():
	}
}

// take leases the job that is due longest; nil when none is.
func (r *Runner) take(ctx context.Context) (*model.Job, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var j *model.Job
	now := r.Now()
	err := r.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		j, err = tx.LeaseJob(ctx, now.UnixMilli(), now.Add(r.lease()).UnixMilli())
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return j, nil
}

// do runs the handler and renews the lease meanwhile. A job that was taken away ends.
func (r *Runner) do(ctx context.Context, j *model.Job) (err error) {
	handle := r.Handlers[j.Type]
	if handle == nil {
		return fmt.Errorf("no handler for jobs of type %q", j.Type)
	}
	ctx, stop := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() { r.renew(ctx, stop, j) })
	defer renewing.Wait()
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job panicked: %v", p)
		}
	}()
	return handle(ctx, j)
}

func (r *Runner) renew(ctx context.Context, stop context.CancelFunc, j *model.Job) {
	tick := time.NewTicker(r.lease() / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			now := r.Now()
			err := r.DB.Tx(ctx, func(tx *store.Tx) error { return hold(ctx, tx, j, now, r.lease()) })
			if errors.Is(err, store.ErrNotFound) {
				stop()
			}
			if err != nil && ctx.Err() == nil {
				r.Log.WarnContext(ctx, "lease of job not renewed", "job", j.ID, "error", err)
			}
		}
	}
}

// hold renews the lease of a job. ErrNotFound means that it is no longer ours: it was
// removed, ended by somebody else, or begun anew by a node that took this one for dead.
func hold(ctx context.Context, tx *store.Tx, j *model.Job, now time.Time, lease time.Duration) error {
	if err := tx.RenewJob(ctx, j.ID, now.UnixMilli(), now.Add(lease).UnixMilli(), j.Progress); err != nil {
		return err
	}
	current, err := tx.Job(ctx, j.ID)
	if err == nil && current.Attempts != j.Attempts {
		return store.ErrNotFound
	}
	return err
}

// finish records how a job ended. A failed one is tried again, later each time.
func (r *Runner) finish(ctx context.Context, j *model.Job, failure error) error {
	stopped := ctx.Err() != nil
	at := r.Now()
	now := at.UnixMilli()
	data := model.StringMap{}
	for k, v := range j.Data {
		data[k] = v
	}
	delete(data, "error") // of an earlier try
	if failure != nil {
		data["error"] = failure.Error()
		r.Log.WarnContext(ctx, "job failed", "job", j.ID, "type", j.Type, "attempt", j.Attempts, "error", failure)
	}
	ctx = context.WithoutCancel(ctx)
	err := r.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := hold(ctx, tx, j, at, 0); err != nil {
			return err
		}
		switch {
		case failure == nil:
			return tx.FinishJob(ctx, j.ID, model.JobSuccess, now, data)
		case stopped:
			return tx.RetryJob(ctx, j.ID, now, now, j.Data)
		case j.Attempts >= tries:
			return tx.FinishJob(ctx, j.ID, model.JobError, now, data)
		}
		return tx.RetryJob(ctx, j.ID, now, now+backoff(j.Attempts).Milliseconds(), data)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil // it is no longer ours
	}
	return err
}

// backoff is how long a job rests after its nth try: it doubles from a second to an hour.
func backoff(n int) time.Duration {
	d := time.Second << min(max(n-1, 0), 12)
	d = min(d, time.Hour)
	return d + time.Duration(rand.Int64N(int64(d/4)+1))
}

// Clean removes jobs that ended long ago, in batches.
func (r *Runner) Clean(ctx context.Context) error {
	const batch = 1000
	for {
		var n int64
		err := r.DB.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.DeleteFinishedJobs(ctx, r.Now().Add(-keep).UnixMilli(), batch)
			return err
		})
		if err != nil || n < batch {
			return err
		}
	}
}
