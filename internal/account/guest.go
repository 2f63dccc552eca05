package account

import (
	"context"
	"fmt"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// GuestsOffJob is the type of the job that deactivates guests; its data says whether all
// or only those who sign in with links.
const GuestsOffJob = "deactivate_guests"

const (
	guestsWithLinks = "only_magic_link"
	guestBatch      = 100
)

// ReplaceRoles gives an account other system roles in the transaction of a use case that
// has decided about it. Sessions go on, as what the account is now.
func (s *Service) ReplaceRoles(ctx context.Context, tx *store.Tx, a perm.Actor, was *model.User, roles string) (*model.User, error) {
	u := was.Clone()
	u.Roles, u.UpdateAt = roles, max(s.now(), was.UpdateAt+1)
	if len(roles) > model.RolesMax {
		return nil, fault.New(fault.Invalid, "model.user.is_valid.roles_limit.app_error")
	}
	if was.IsSystemAdmin() && !u.IsSystemAdmin() && was.Active() && !was.IsBot {
		if err := s.adminRemains(ctx, tx); err != nil {
			return nil, err
		}
	}
	if err := tx.UpdateUser(ctx, was, u); err != nil {
		return nil, err
	}
	if err := tx.MarkSessions(ctx, u.ID, model.PropIsGuest, word(u.IsGuest())); err != nil {
		return nil, err
	}
	tx.Emit(event.SessionsEnded(u.ID))
	tx.Emit(event.UserUpdated(u, s.privacy())...)
	return u, tx.InsertAudit(ctx, s.audit(a, u.UpdateAt, "user="+u.ID+" roles="+roles))
}

// GuestsOff sees to it that guests are deactivated: all of them, or those who sign in
// with links.
func (s *Service) GuestsOff(ctx context.Context, onlyWithLinks bool) error {
	now := s.now()
	job := &model.Job{
		ID: model.NewTimeID(now), Type: GuestsOffJob, Status: model.JobPending, CreateAt: now, RunAt: now,
		Data: model.StringMap{guestsWithLinks: word(onlyWithLinks)},
	}
	return s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.Enqueue(ctx, job) })
}

// DeactivateGuests does what a job says, unless guests have been let in again meanwhile.
func (s *Service) DeactivateGuests(ctx context.Context, job *model.Job) error {
	links := job.Data[guestsWithLinks] == word(true)
	if g := s.Config().GuestAccountsSettings; g.Enable && (!links || g.EnableGuestMagicLink) {
		return nil
	}
	return s.deactivateAll(ctx, links)
}

// DeactivateLinkGuests deactivates the guests who could sign in with links alone.
func (s *Service) DeactivateLinkGuests(ctx context.Context) error { return s.deactivateAll(ctx, true) }

func (s *Service) deactivateAll(ctx context.Context, links bool) error {
	if err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteTokensOfKinds(ctx, model.LinkTokens) }); err != nil {
		return err
	}
	some := false
	for {
		n, err := s.deactivateSome(ctx, links)
		if err != nil {
			return fmt.Errorf("deactivate guests: %w", err)
		}
		some = some || n > 0
		if n < guestBatch {
			break
		}
	}
	if !some {
		return nil
	}
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.GuestsDeactivated())
		return nil
	})
}

func (s *Service) deactivateSome(ctx context.Context, links bool) (n int, err error) {
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		ids, err := tx.ActiveGuestIDs(ctx, links, guestBatch)
		if err != nil {
			return err
		}
		n = len(ids)
		for _, id := range ids {
			u, err := tx.LockUser(ctx, id)
			if err != nil {
				return err
			}
			if err := s.setActive(ctx, tx, u, false); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
