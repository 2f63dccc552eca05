package account

import (
	"context"
	"time"

	"muster/internal/model"
	"muster/internal/store"
)

// AuditedUser gives an account as audit records show it, nil when there is none. It
// serves the records alone, which are for whoever runs the machine; so nobody's rights
// are asked.
func (s *Service) AuditedUser(ctx context.Context, userID string) *model.UserView {
	r, err := s.record(ctx, userID)
	if err != nil {
		return nil
	}
	view := r.AuditView()
	return &view
}

// AuditedRole is AuditedUser for roles.
func (s *Service) AuditedRole(id string) *model.Role {
	set, err := s.Roles()
	if err != nil {
		return nil
	}
	return set.byID[id]
}

// ForgetJob is the type of the job that takes what is personal out of the audit records
// of an account that was removed.
const ForgetJob = "forget_audit_records"

// forgetAfter is how long that job waits for records that are still on their way.
const forgetAfter = 30 * time.Second

// forgetLater makes that job where there are records, or may be.
func (s *Service) forgetLater(ctx context.Context, tx *store.Tx, userID string) error {
	if !s.Config().MusterSettings.AuditDatabaseEnabled {
		some, err := tx.AuditRecords(ctx, store.AuditFilter{UserID: userID, Limit: 1})
		if err != nil || len(some) == 0 {
			return err
		}
	}
	now := s.now()
	return tx.Enqueue(ctx, &model.Job{
		ID: model.NewTimeID(now), Type: ForgetJob, Status: model.JobPending, CreateAt: now,
		RunAt: now + forgetAfter.Milliseconds(), Data: model.StringMap{purgeUserID: userID},
	})
}

// ForgetRecords takes from the audit records of an account, in batches, from where it
// acted and all details of what it did and of what was done to it. That, when and by
// which id something was done stays.
func (s *Service) ForgetRecords(ctx context.Context, job *model.Job) error {
	after := ""
	for {
		err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
			after, err = tx.ForgetAuditRecords(ctx, job.Data[purgeUserID], after, purgeBatch)
			return err
		})
		if err != nil || after == "" {
			return err
		}
	}
}
