package store

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"muster/internal/model"
)

// addJob stores a job that is due at a time.
func addJob(t *testing.T, db *DB, runAt int64) *model.Job {
	t.Helper()
	j := &model.Job{
		ID: model.NewTimeID(runAt), Type: "test", Priority: 1, Status: model.JobPending, CreateAt: 1, RunAt: runAt,
		Data: model.StringMap{"a": "b"},
	}
	must(t, db, func(tx *Tx) error { return tx.Enqueue(t.Context(), j) })
	return j
}

// lease takes the job that is due longest.
func lease(t *testing.T, db *DB, now, until int64) (j *model.Job, err error) {
	t.Helper()
	err = db.Tx(t.Context(), func(tx *Tx) (err error) {
		j, err = tx.LeaseJob(t.Context(), now, until)
		return err
	})
	return j, err
}

func TestJobIsStoredAndWakesARunner(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		must(t, db, keep(ctx, "no job", "1"))
		fails(t, db, ErrText, func(tx *Tx) error { return tx.Enqueue(ctx, &model.Job{ID: "x\x00"}) })
		select {
		case <-db.JobsAdded():
			t.Error("woken without a job")
		default:
		}
		j := addJob(t, db, 10)
		addJob(t, db, 20)
		<-db.JobsAdded()
		equal(t, "job", value[*model.Job](t)(db.Job(ctx, j.ID)), j)
		wantErr[*model.Job](t, ErrNotFound)(db.Job(ctx, model.NewID()))
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.Enqueue(ctx, j) })
	})
}

func TestJobsAreLeasedInTheirOrderToOneNodeEach(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		wantErr[int64](t, ErrNotFound)(db.NextJobAt(ctx))
		wantErr[*model.Job](t, ErrNotFound)(lease(t, db, 100, 200))
		late, early := addJob(t, db, 50), addJob(t, db, 40)
		equal(t, "next", value[int64](t)(db.NextJobAt(ctx)), int64(40))
		wantErr[*model.Job](t, ErrNotFound)(lease(t, db, 39, 200))

		got := value[*model.Job](t)(lease(t, db, 60, 160))
		early.Status, early.StartAt, early.LastActivityAt, early.Attempts = model.JobInProgress, 60, 60, 1
		equal(t, "leased job", got, early)
		equal(t, "next", value[int64](t)(db.NextJobAt(ctx)), int64(50))
		equal(t, "second leased job", value[*model.Job](t)(lease(t, db, 60, 170)).ID, late.ID)
		wantErr[*model.Job](t, ErrNotFound)(lease(t, db, 160, 260))
		equal(t, "next, when a lease ends", value[int64](t)(db.NextJobAt(ctx)), int64(160))

		again := value[*model.Job](t)(lease(t, db, 161, 261)) // its node died
		equal(t, "job of a node that died", []any{again.ID, again.Attempts, again.StartAt, again.LastActivityAt},
			[]any{early.ID, 2, int64(60), int64(161)})
	})
}

func TestJobsThatManyNodesWantAreLeasedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		const jobs, nodes = 20, 8
		for at := range int64(jobs) {
			addJob(t, db, at)
		}
		var mu sync.Mutex
		var taken []string
		var all sync.WaitGroup
		for range nodes {
			all.Go(func() {
				for range jobs {
					j, err := lease(t, db, 100, 200)
					if err != nil {
						continue
					}
					mu.Lock()
					taken = append(taken, j.ID)
					mu.Unlock()
				}
			})
		}
		all.Wait()
		n := len(taken)
		equal(t, "jobs", len(slices.Compact(sorted(taken))), jobs)
		equal(t, "leases", n, jobs)
	})
}

func TestJobsAreRenewedFinishedAndRetried(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		j := addJob(t, db, 10)
		now := func() *model.Job { return value[*model.Job](t)(db.Job(ctx, j.ID)) }
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.RenewJob(ctx, j.ID, 1, 2, 3) }) // nobody leased it
		value[*model.Job](t)(lease(t, db, 20, 30))
		must(t, db, func(tx *Tx) error { return tx.RenewJob(ctx, j.ID, 25, 35, 40) })
		equal(t, "renewed", []int64{now().LastActivityAt, now().Progress, value[int64](t)(db.NextJobAt(ctx))}, []int64{25, 40, 35})

		must(t, db, func(tx *Tx) error { return tx.RetryJob(ctx, j.ID, 27, 90, model.StringMap{"error": "é"}) })
		equal(t, "given back", []any{now().Status, now().RunAt, now().LastActivityAt, now().Data, now().Attempts},
			[]any{model.JobPending, int64(90), int64(27), model.StringMap{"error": "é"}, 1})
		wantErr[*model.Job](t, ErrNotFound)(lease(t, db, 89, 200))
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.TakeJob(ctx, j.ID) }) // nobody does it now
		other := addJob(t, db, 80)
		value[*model.Job](t)(lease(t, db, 85, 200))
		must(t, db, func(tx *Tx) error { return tx.TakeJob(ctx, other.ID) })
		wantErr[*model.Job](t, ErrNotFound)(db.Job(ctx, other.ID))
		value[*model.Job](t)(lease(t, db, 90, 200))
		for _, end := range []struct {
			status   string
			progress int64
		}{{model.JobError, 40}, {model.JobSuccess, 100}} {
			must(t, db, func(tx *Tx) error { return tx.FinishJob(ctx, j.ID, end.status, 95, nil) })
			equal(t, "ended", []any{now().Status, now().Progress, now().LastActivityAt, now().Data},
				[]any{end.status, end.progress, int64(95), model.StringMap{}})
		}
		wantErr[int64](t, ErrNotFound)(db.NextJobAt(ctx))
		for _, fn := range []func(tx *Tx) error{
			func(tx *Tx) error { return tx.RenewJob(ctx, j.ID, 1, 2, 3) }, // it has ended
			func(tx *Tx) error { return tx.FinishJob(ctx, "none", model.JobSuccess, 1, nil) },
			func(tx *Tx) error { return tx.RetryJob(ctx, "none", 1, 2, nil) },
		} {
			fails(t, db, ErrNotFound, fn)
		}
	})
}

func TestFinishedJobsAreRemovedInBatches(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		for i, status := range []string{model.JobSuccess, model.JobError, model.JobCanceled, model.JobSuccess, model.JobPending, model.JobInProgress} {
			at := int64(10)
			if i == 3 {
				at = 50 // ended too late
			}
			j := &model.Job{ID: fmt.Sprint("job", i), Status: status, LastActivityAt: at}
			must(t, db, func(tx *Tx) error { return tx.Enqueue(ctx, j) })
		}
		for _, removed := range []int64{2, 1, 0} {
			must(t, db, func(tx *Tx) error {
				n, err := tx.DeleteFinishedJobs(ctx, 50, 2)
				equal(t, "removed", n, removed)
				return err
			})
		}
		for i, want := range []error{ErrNotFound, ErrNotFound, ErrNotFound, nil, nil, nil} {
			wantErr[*model.Job](t, want)(db.Job(ctx, fmt.Sprint("job", i)))
		}
	})
}

func TestMailsAboutAccountsAreRemoved(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy := addUser(t, db, "amy")
		for i, j := range []model.Job{
			{Type: model.MailJob, Data: model.StringMap{"user_id": amy.ID}},
			{Type: model.MailJob, Data: model.StringMap{"user_id": ""}},
			{Type: model.MailJob},
			{Type: "other", Data: model.StringMap{"user_id": amy.ID}},
			{Type: model.MailJob, Data: model.StringMap{"user_id": "x"}},
		} {
			j.ID = fmt.Sprint("job", i)
			must(t, db, func(tx *Tx) error { return tx.Enqueue(ctx, &j) })
		}
		left := func() (out []int) {
			for i := range 5 {
				if _, err := db.Job(ctx, fmt.Sprint("job", i)); err == nil {
					out = append(out, i)
				}
			}
			return out
		}
		for _, trace := range UserTraces {
			if trace.Table == "jobs" {
				emptied(t, db, trace, amy.ID)
			}
		}
		equal(t, "after those about one account", left(), []int{1, 2, 3, 4})
		must(t, db, func(tx *Tx) error { return tx.DeleteMails(ctx) })
		equal(t, "after those about any", left(), []int{1, 2, 3})
	})
}

func TestJobsOfAnAccountAreCountedAndReplaced(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		j := &model.Job{
			ID: model.IDOf("reminder", "amy"), Type: model.ReminderJob, Status: model.JobPending, CreateAt: 1, RunAt: 50,
			Data: model.StringMap{"user_id": "amy"},
		}
		for range 2 {
			must(t, db, func(tx *Tx) error {
				if err := tx.DeleteJob(ctx, j.ID); err != nil {
					return err
				}
				return tx.Enqueue(ctx, j)
			})
		}
		equal(t, "waiting", value[int64](t)(db.CountJobsOf(ctx, model.ReminderJob, "amy")), int64(1))
		equal(t, "of another", value[int64](t)(db.CountJobsOf(ctx, model.ReminderJob, "bob")), int64(0))
		equal(t, "next", value[int64](t)(db.NextJobAt(ctx)), int64(50))
		must(t, db, func(tx *Tx) error {
			_, err := tx.LeaseJob(ctx, 60, 90)
			return err
		})
		equal(t, "next when it is leased", value[int64](t)(db.NextJobAt(ctx)), int64(90))
	})
}
