package jobs

import (
	"context"
	"errors"
	"time"

	"muster/internal/model"
	"muster/internal/store"
)

// Grace is how long the request that asked for a job has to do it itself before a runner takes over.
const Grace = 30 * time.Second

// Later makes a job that a runner takes when it was not done by then.
func Later(kind string, now int64, data model.StringMap) *model.Job {
	return &model.Job{ID: model.NewTimeID(now), Type: kind, Status: model.JobPending, CreateAt: now, RunAt: now + Grace.Milliseconds(), Data: data}
}

// Now does a job made by Later at once, as far as the request lives; what is left goes on in a runner.
func Now(ctx context.Context, db *store.DB, j *model.Job, now func() time.Time, do Handler) error {
	ctx, cancel := context.WithTimeout(ctx, Grace-5*time.Second)
	defer cancel()
	err := do(ctx, j)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	err = db.Tx(ctx, func(tx *store.Tx) error { return tx.FinishJob(ctx, j.ID, model.JobSuccess, now().UnixMilli(), j.Data) })
	return store.Fault(err, "app.job.update.app_error")
}
