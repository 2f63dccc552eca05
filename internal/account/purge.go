package account

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/jobs"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// PurgeJob is the type of the job that removes accounts for good.
const PurgeJob = "permanent_delete_user"

// What the data of a purge job names: one account, or the millisecond by which the
// accounts were made that are all to go.
const (
	purgeUserID = "user_id"
	purgeMadeBy = "made_by"
)

// purgeBatch is the number of rows one transaction of a removal takes.
const purgeBatch = 1000

// PermanentDeleteUser removes an account with every trace of it. The account cannot
// act from the first moment; the removal goes on as a job if the request ends early.
func (s *Service) PermanentDeleteUser(ctx context.Context, a perm.Actor, userID string) error {
	allowed := a.Local || s.Config().ServiceSettings.EnableAPIUserDeletion
	job := s.purgeJob(model.StringMap{purgeUserID: userID})
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		u, err := s.removable(ctx, tx, a, userID)
		switch {
		case err != nil:
			return err
		case !allowed && a.IsAdmin():
			return fault.New(fault.Unauthenticated, "api.user.delete_user.not_enabled.for_admin.app_error")
		case !allowed:
			return fault.New(fault.Unauthenticated, "api.user.delete_user.not_enabled.app_error")
		}
		if err := s.setActive(ctx, tx, u, false); err != nil {
			return err
		}
		return tx.Enqueue(ctx, job)
	})
	if err != nil {
		return store.Fault(err, "app.user.permanent_delete.app_error")
	}
	return s.purgeNow(ctx, job)
}

// PermanentDeleteAllUsers removes every account there is at the moment. It exists for
// local mode only. An account that cannot be removed is logged and tried again later.
func (s *Service) PermanentDeleteAllUsers(ctx context.Context, a perm.Actor) error {
	if !a.Local {
		return fault.Permission(a.UserID, string(perm.ManageSystem))
	}
	job := s.purgeJob(model.StringMap{purgeMadeBy: strconv.FormatInt(s.now(), 10)})
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.AllSessionsEnded())
		if err := tx.DeleteAllSessions(ctx); err != nil {
			return err
		}
		if err := tx.DeleteMails(ctx); err != nil {
			return err
		}
		return tx.Enqueue(ctx, job)
	})
	if err != nil {
		return store.Fault(err, "app.user.permanentdeleteuser.internal_error")
	}
	return s.purgeNow(ctx, job)
}

func (s *Service) purgeJob(data model.StringMap) *model.Job {
	return jobs.Later(PurgeJob, s.now(), data)
}

// purgeNow does the job at once, as far as the request lives.
func (s *Service) purgeNow(ctx context.Context, job *model.Job) error {
	return store.Fault(jobs.Now(ctx, s.DB, job, s.Now, s.Purge), "app.user.permanent_delete.app_error")
}

// Purge does what a purge job says: it removes one account, or all of them. It may
// be run again after it stopped anywhere.
func (s *Service) Purge(ctx context.Context, job *model.Job) error {
	if id := job.Data[purgeUserID]; id != "" {
		return s.purgeUser(ctx, id)
	}
	madeBy, err := strconv.ParseInt(job.Data[purgeMadeBy], 10, 64)
	if err != nil {
		return fmt.Errorf("read which accounts to remove: %w", err)
	}
	const page = 100
	for last := ""; ; {
		ids, err := s.DB.UserIDsMadeBy(ctx, madeBy, last, page)
		if err != nil {
			return fmt.Errorf("list accounts to remove: %w", err)
		}
		for _, id := range ids {
			if err := s.purgeOrLater(ctx, id); err != nil {
				return err
			}
			last = id
		}
		if len(ids) < page {
			return nil
		}
	}
}

// purgeOrLater removes one account of many. If that fails it becomes a job of its own.
func (s *Service) purgeOrLater(ctx context.Context, userID string) error {
	err := s.purgeUser(ctx, userID)
	if err == nil || ctx.Err() != nil {
		return err
	}
	s.Log.WarnContext(ctx, "account not removed yet", "user_id", userID, "error", err)
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		return tx.Enqueue(ctx, s.purgeJob(model.StringMap{purgeUserID: userID}))
	})
}

// forgetReplies takes what an account wrote out of the threads of others, which count it.
func (s *Service) forgetReplies(ctx context.Context, userID string) error {
	const batch = 100
	for more := true; more; {
		err := s.DB.Tx(ctx, func(tx *store.Tx) error {
			n, err := tx.ForgetReplies(ctx, userID, batch)
			more = n == batch
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetPosts removes what an account wrote, with what others answered to it.
func (s *Service) forgetPosts(ctx context.Context, userID string) error {
	for more := true; more; {
		err := s.DB.Tx(ctx, func(tx *store.Tx) error {
			n, err := tx.PurgePostsOfUser(ctx, userID, purgeBatch)
			more = n > 0
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// purgeUser removes the traces of an account in batches, its files, and its row. The
// files go before the row, so that none is left that nobody knows of, and once more
// behind it, because a picture may have been stored in between.
func (s *Service) purgeUser(ctx context.Context, userID string) error {
	if err := s.leavePlaces(ctx, userID); err != nil {
		return fmt.Errorf("take user %s out of teams and channels: %w", userID, err)
	}
	if err := s.forgetReplies(ctx, userID); err != nil {
		return fmt.Errorf("take user %s out of threads: %w", userID, err)
	}
	if err := s.RemoveFiles(ctx, store.WholeUser, userID); err != nil {
		return fault.New(fault.PartlyDone, "app.file_info.permanent_delete_by_user.app_error").Because(err)
	}
	if err := s.forgetPosts(ctx, userID); err != nil {
		return fmt.Errorf("remove posts of user %s: %w", userID, err)
	}
	for _, trace := range store.UserTraces {
		for more := true; more; {
			err := s.DB.Tx(ctx, func(tx *store.Tx) error {
				n, err := tx.DeleteTraces(ctx, trace, userID, purgeBatch)
				more = n == purgeBatch
				return err
			})
			if err != nil {
				return fmt.Errorf("remove %s of %s: %w", trace.Table, userID, err)
			}
		}
	}
	_ = s.removePictures(ctx, userID) // said below, if it is not better then
	if err := s.DB.Tx(ctx, func(tx *store.Tx) error { return s.removeRow(ctx, tx, userID) }); err != nil {
		return fmt.Errorf("remove user %s: %w", userID, err)
	}
	if err := s.removePictures(ctx, userID); err != nil {
		return fault.New(fault.PartlyDone, "app.file_info.permanent_delete_by_user.app_error").Because(err)
	}
	return nil
}

// leavePlaces takes an account out of every team, channel and group; one that is
// gone already is in none.
func (s *Service) leavePlaces(ctx context.Context, userID string) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		u, err := tx.LockUser(ctx, userID)
		if err != nil {
			return err
		}
		return tx.LeavePlaces(ctx, u)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// removeRow removes the row of an account with the traces that came since they were
// removed. One that is gone already was removed by another run.
func (s *Service) removeRow(ctx context.Context, tx *store.Tx, userID string) error {
	u, err := tx.LockUser(ctx, userID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, trace := range store.UserTraces {
		if _, err := tx.DeleteTraces(ctx, trace, userID, purgeBatch); err != nil {
			return err
		}
	}
	tx.Emit(event.UserGone(userID))
	if err := s.forgetLater(ctx, tx, userID); err != nil {
		return err
	}
	return tx.DeleteUser(ctx, u)
}
