package store

import (
	"context"

	"muster/internal/model"
)

const jobCols = `id, type, priority, status, create_at, start_at, last_activity_at, progress, data, run_at, attempts`

func scanJob(row scanner) (*model.Job, error) {
	j := &model.Job{}
	return j, row.Scan(&j.ID, &j.Type, &j.Priority, &j.Status, &j.CreateAt, &j.StartAt, &j.LastActivityAt,
		&j.Progress, &j.Data, &j.RunAt, &j.Attempts)
}

// Enqueue stores work that must happen; a runner of some node takes it soon after the commit.
func (t *Tx) Enqueue(ctx context.Context, j *model.Job) error {
	_, err := exec(ctx, t.Q, `INSERT INTO jobs (`+jobCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, `+t.d.json+`, ?, ?)`,
		j.ID, j.Type, j.Priority, j.Status, j.CreateAt, j.StartAt, j.LastActivityAt, j.Progress, object(j.Data), j.RunAt, j.Attempts)
	t.enqueued = t.enqueued || err == nil
	return err
}

// LeaseJob takes the job that is due longest and keeps other nodes from it until
// the lease ends. A job whose lease ran out is taken again: its node died.
// ErrNotFound means that nothing is due.
func (t *Tx) LeaseJob(ctx context.Context, now, leaseUntil int64) (*model.Job, error) {
	return one(ctx, t.Q, scanJob, `UPDATE jobs SET status = 'in_progress', lease_until = ?, attempts = attempts + 1,
			start_at = CASE WHEN start_at = 0 THEN ? ELSE start_at END, last_activity_at = ?
		WHERE id = (SELECT id FROM jobs WHERE status IN ('pending', 'in_progress') AND run_at <= ? AND lease_until < ?
			ORDER BY run_at, id LIMIT 1`+t.d.skipLocked+`)
		RETURNING `+jobCols, leaseUntil, now, now, now, now)
}

// NextJobAt tells when the next job is due, in milliseconds. ErrNotFound means that none waits.
func (q Q) NextJobAt(ctx context.Context) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT at FROM (
			SELECT * FROM (SELECT run_at AS at FROM jobs WHERE status IN ('pending', 'in_progress') AND lease_until = 0 ORDER BY run_at LIMIT 1) w
			UNION ALL SELECT * FROM (SELECT lease_until FROM jobs WHERE status IN ('pending', 'in_progress') AND lease_until > 0
				ORDER BY lease_until LIMIT 1) l) x
		ORDER BY at LIMIT 1`)
}

// CountJobsOf tells how many jobs of a type wait for their time because of an account.
func (q Q) CountJobsOf(ctx context.Context, kind, userID string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM jobs WHERE type = ? AND data->>'user_id' = ? AND status = 'pending'`, kind, userID)
}

// DeleteJob removes a job, if it is there.
func (t *Tx) DeleteJob(ctx context.Context, id string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM jobs WHERE id = ?`, id)
	return err
}

// TakeJob ends a job that is being done, in the transaction that does it. ErrNotFound says that it was done
// before, or is to be done at another time now.
func (t *Tx) TakeJob(ctx context.Context, id string) error {
	return change(ctx, t.Q, `DELETE FROM jobs WHERE id = ? AND status = 'in_progress'`, id)
}

// RenewJob keeps a job and stores how far it got; ErrNotFound means that it is no longer ours to do.
func (t *Tx) RenewJob(ctx context.Context, id string, now, leaseUntil, progress int64) error {
	return change(ctx, t.Q, `UPDATE jobs SET lease_until = ?, last_activity_at = ?, progress = ?
		WHERE id = ? AND status = 'in_progress'`, leaseUntil, now, progress, id)
}

// FinishJob ends a job with its last status.
func (t *Tx) FinishJob(ctx context.Context, id, status string, now int64, data model.StringMap) error {
	return change(ctx, t.Q, `UPDATE jobs SET status = ?, last_activity_at = ?, lease_until = 0, data = `+t.d.json+`,
		progress = CASE WHEN ? = 'success' THEN 100 ELSE progress END WHERE id = ?`, status, now, object(data), status, id)
}

// RetryJob gives a job back to be tried again at the time. Runners that wait look at the
// table again: they may know of nothing but the end of its lease.
func (t *Tx) RetryJob(ctx context.Context, id string, now, runAt int64, data model.StringMap) error {
	t.enqueued = true
	return change(ctx, t.Q, `UPDATE jobs SET status = 'pending', last_activity_at = ?, lease_until = 0, run_at = ?,
		data = `+t.d.json+` WHERE id = ?`, now, runAt, object(data), id)
}

// Job reads a job.
func (q Q) Job(ctx context.Context, id string) (*model.Job, error) {
	return one(ctx, q, scanJob, `SELECT `+jobCols+` FROM jobs WHERE id = ?`, id)
}

// DeleteFinishedJobs removes up to n jobs that ended before the time.
func (t *Tx) DeleteFinishedJobs(ctx context.Context, before int64, n int) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM jobs WHERE id IN (SELECT id FROM jobs
		WHERE status NOT IN ('pending', 'in_progress') AND last_activity_at < ? LIMIT ?)`, before, n)
}
