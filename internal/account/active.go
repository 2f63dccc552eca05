package account

import (
	"context"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// UpdateActive switches an account on or off.
func (s *Service) UpdateActive(ctx context.Context, a perm.Actor, userID string, active bool) error {
	own := !active && userID == a.UserID
	if !own && !a.Can(perm.SysconsoleWriteUserManagementUsers) {
		return fault.New(fault.Forbidden, "api.user.update_active.permissions.app_error")
	}
	if own && !s.Config().TeamSettings.EnableUserDeactivation {
		return fault.New(fault.Unauthenticated, "api.user.update_active.not_enable.app_error")
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		u, target, err := s.lockTarget(ctx, tx, userID)
		if err != nil {
			return err
		}
		if u == nil {
			return fault.NoUser()
		}
		if err := a.NeedAboveAdmin(target); err != nil {
			return err
		}
		if active && u.IsGuest() && !s.Config().GuestAccountsSettings.Enable {
			return fault.New(fault.Unauthenticated, "api.user.update_active.cannot_enable_guest_when_guest_feature_is_disabled.app_error")
		}
		if u.AuthService == model.AuthLDAP {
			return fault.New(fault.Forbidden, "api.user.update_active.cannot_modify_status_when_user_is_managed_by_ldap.app_error")
		}
		if err := s.setActive(ctx, tx, u, active); err != nil {
			return err
		}
		if own {
			if err := s.postTo(ctx, tx, u, model.MailDeactivated, nil); err != nil {
				return err
			}
		}
		tx.Emit(event.UserActivationStatusChange())
		word := "false"
		if active {
			word = "true"
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), "user_id="+userID+" active="+word))
	})
	return store.Fault(err, "app.user.update.finding.app_error")
}

// DeleteUser deactivates an account; it stays, with all it wrote, and can be activated again.
func (s *Service) DeleteUser(ctx context.Context, a perm.Actor, userID string) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		u, err := s.removable(ctx, tx, a, userID)
		if err != nil {
			return err
		}
		return s.setActive(ctx, tx, u, false)
	})
	return store.Fault(err, "app.user.update.finding.app_error")
}

// removable reads an account the actor may deactivate or delete.
func (s *Service) removable(ctx context.Context, tx *store.Tx, a perm.Actor, userID string) (*model.User, error) {
	u, target, err := s.lockTarget(ctx, tx, userID)
	if err != nil {
		return nil, err
	}
	if err := a.NeedUserOrBot(target); err != nil {
		return nil, err
	}
	if userID == a.UserID && !a.IsAdmin() && !s.Config().TeamSettings.EnableUserDeactivation {
		return nil, fault.New(fault.Unauthenticated, "api.user.update_active.not_enable.app_error")
	}
	if u == nil {
		return nil, fault.NoUser()
	}
	return u, a.NeedAboveAdmin(target)
}

// lockTarget reads the account a change is about and holds it; nil when there is none.
func (s *Service) lockTarget(ctx context.Context, tx *store.Tx, userID string) (*model.User, perm.Target, error) {
	if err := tx.HoldUser(ctx, userID); err != nil {
		return nil, perm.Target{}, err
	}
	return s.target(ctx, tx.Q, userID)
}

// setActive activates or deactivates. Repeating it renews the time. A deactivated
// account loses its sessions and, where the settings want that, its bots; nothing of
// what it lost comes back with activation.
func (s *Service) setActive(ctx context.Context, tx *store.Tx, was *model.User, active bool) error {
	u := was.Clone()
	u.UpdateAt = max(s.now(), was.UpdateAt+1)
	u.DeleteAt = 0
	if !active {
		u.DeleteAt = u.UpdateAt
	}
	if err := tx.UpdateUser(ctx, was, u); err != nil {
		return err
	}
	if !active {
		if err := s.endSessions(ctx, tx, u.ID, ""); err != nil {
			return err
		}
		if err := s.goOffline(ctx, tx, u.ID); err != nil {
			return err
		}
		if err := s.orphanBots(ctx, tx, u); err != nil {
			return err
		}
	}
	tx.Emit(event.UserUpdated(u, s.privacy())...)
	return nil
}

// ResetFailedAttempts lets an account that used up its tries sign in again.
func (s *Service) ResetFailedAttempts(ctx context.Context, a perm.Actor, userID string) error {
	if !a.Can(perm.SysconsoleWriteUserManagementUsers) {
		return fault.New(fault.Forbidden, "api.user.reset_password_failed_attempts.permissions.app_error")
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		u, target, err := s.lockTarget(ctx, tx, userID)
		if err != nil {
			return err
		}
		if u == nil {
			return fault.NoUser()
		}
		if err := a.NeedAboveAdmin(target); err != nil {
			return err
		}
		if u.AuthService != model.AuthPassword && u.AuthService != model.AuthLDAP {
			return fault.New(fault.Invalid, "api.user.reset_password_failed_attempts.ldap_and_email_only.app_error")
		}
		tx.Emit(event.UsersStale(userID))
		return tx.ResetAttempts(ctx, userID)
	})
	return store.Fault(err, "app.user.reset_password_failed_attempts.app_error")
}

// Audits gives a page of what an account did, newest first.
func (s *Service) Audits(ctx context.Context, a perm.Actor, userID string, page, perPage int) ([]*model.Audit, error) {
	_, target, err := s.target(ctx, s.DB.Q, userID)
	if err != nil {
		return nil, err
	}
	if err := a.NeedUser(target); err != nil {
		return nil, err
	}
	rows, err := s.DB.Audits(ctx, userID, page*perPage, perPage)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.audit.get.finding.app_error").Because(err)
	}
	return rows, nil
}
