package account

import (
	"context"
	"errors"
	"strings"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/password"
	"muster/internal/perm"
	"muster/internal/store"
)

func (s *Service) policy() password.Policy {
	p := s.Config().PasswordSettings
	return password.Policy{
		MinimumLength: p.MinimumLength, Lowercase: p.Lowercase, Uppercase: p.Uppercase, Number: p.Number, Symbol: p.Symbol,
		Guessable: s.Config().MusterSettings.BlockCommonPasswords,
	}
}

// checkPassword refuses a password that breaks the rules for the account it is to be of.
func (s *Service) checkPassword(u *model.User, pw model.Secret) error {
	local, _, _ := strings.Cut(u.Email, "@")
	return s.policy().Check(pw.Reveal(), u.Username, local, s.Config().TeamSettings.SiteName)
}

// NewPassword is a request to change an account's password.
type NewPassword struct {
	Current       model.Secret
	New           model.Secret
	AlreadyHashed bool // New is a stored form from another system
}

// UpdatePassword changes a password: one's own with the current one, others' for
// administrators. The other sessions of the account end where the settings say so.
// The attempt and how it ended stand in the access history of who made it.
func (s *Service) UpdatePassword(ctx context.Context, a perm.Actor, userID string, p NewPassword) error {
	return s.noteFailed(ctx, a, s.updatePassword(ctx, a, userID, p), "attempted", "failed")
}

// noteFailed records a try that failed in the access history of who made it. Tries that
// were too many, or came at a bad time, leave no trace.
func (s *Service) noteFailed(ctx context.Context, a perm.Actor, err error, notes ...string) error {
	if kind := fault.KindOf(err); err == nil || kind == fault.Busy || kind == fault.TooMany {
		return err
	}
	return errors.Join(err, s.DB.Tx(ctx, func(tx *store.Tx) error {
		for _, note := range notes {
			if err := tx.InsertAudit(ctx, s.audit(a, s.now(), note)); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (s *Service) updatePassword(ctx context.Context, a perm.Actor, userID string, p NewPassword) error {
	u, _, err := s.target(ctx, s.DB.Q, userID)
	if err != nil {
		return err
	}
	own := userID == a.UserID
	maySet := u != nil && s.maySetPassword(a, u)
	switch {
	case p.AlreadyHashed && own && !maySet:
		return fault.New(fault.Unauthenticated, "api.user.update_password.user_and_hashed.app_error")
	case u == nil, !own && !maySet:
		return errPasswordOfOthers()
	case p.AlreadyHashed:
		return s.savePassword(ctx, a, u, passwordSave{hash: p.New})
	case own:
		if err := s.proveForChange(ctx, u, p.Current); err != nil {
			return err
		}
	}
	if err := s.checkPassword(u, p.New); err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(ctx, p.New.Reveal())
	if err != nil {
		return store.Fault(err, "api.user.update_password.password_hash.app_error")
	}
	save := passwordSave{hash: model.NewSecret(hash), how: model.ChangedByAdmin, endSessions: true}
	if own {
		save.how, save.keep = model.ChangedInSettings, a.SessionID
	}
	return s.savePassword(ctx, a, u, save)
}

func errPasswordOfOthers() error {
	return fault.New(fault.Forbidden, "api.user.update_password.context.app_error")
}

// maySetPassword tells whether the actor may set the password of an account
// without knowing it. Accounts of system admins are for system admins only.
func (s *Service) maySetPassword(a perm.Actor, u *model.User) bool {
	if u.IsSystemAdmin() {
		return a.Can(perm.ManageSystem)
	}
	return a.Can(perm.SysconsoleWriteUserManagementUsers)
}

// proveForChange asks who changes their own password for the current one.
func (s *Service) proveForChange(ctx context.Context, u *model.User, current model.Secret) error {
	switch {
	case current.Empty():
		return fault.Body("current_password")
	case u.AuthData != nil && *u.AuthData != "":
		return fault.New(fault.Invalid, "api.user.update_password.oauth.app_error")
	case u.AuthService == model.AuthMagicLink:
		return fault.New(fault.Invalid, "api.user.update_password.magic_link.app_error")
	}
	err := s.confirmPassword(ctx, u, current.Reveal())
	if fault.Is(err, "api.user.check_user_password.invalid.app_error") {
		return fault.New(fault.Invalid, "api.user.update_password.incorrect.app_error").Because(err)
	}
	return err
}

// savePassword stores the hash of a password that the actor may set. Hashing took
// long, so what allowed the change of the account as it was read must still hold.
func (s *Service) savePassword(ctx context.Context, a perm.Actor, read *model.User, p passwordSave) error {
	if _, err := password.Parse(p.hash.Reveal()); err != nil {
		return fault.New(fault.Invalid, "api.user.check_user_password.invalid_hash.app_error").Because(err)
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, read.ID)
		proved := p.how == model.ChangedInSettings
		switch {
		case err != nil:
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		case proved && was.LastPasswordUpdate != read.LastPasswordUpdate:
			return fault.New(fault.Invalid, "api.user.update_password.incorrect.app_error")
		case !proved && !s.maySetPassword(a, was):
			return errPasswordOfOthers()
		}
		if err := s.storePassword(ctx, tx, was, p); err != nil {
			return err
		}
		return s.auditBoth(ctx, tx, a, "attempted", "completed")
	})
	return store.Fault(err, "app.user.update_password.app_error")
}

// passwordSave is a hash on its way into the database.
type passwordSave struct {
	hash        model.Secret
	how         string // the method the owner is told, such as model.ChangedWithLink; empty tells nobody
	endSessions bool   // where the settings want it too
	keep        string // the session that does not end, if any
}

// storePassword stores a hash: the account signs in with that password from now on,
// its failed tries are forgotten, and links for another password or another address
// that were mailed before are useless (for addresses see staleLink).
func (s *Service) storePassword(ctx context.Context, tx *store.Tx, was *model.User, p passwordSave) error {
	u := was.Clone()
	u.Password, u.AuthService, u.AuthData = p.hash, model.AuthPassword, nil
	u.UpdateAt = max(s.now(), was.UpdateAt+1)
	u.LastPasswordUpdate = u.UpdateAt
	if err := s.newSignIn(ctx, tx, was, u); err != nil {
		return err
	}
	if p.endSessions && s.Config().ServiceSettings.TerminateSessionsOnPasswordChange {
		if err := s.endSessions(ctx, tx, u.ID, p.keep); err != nil {
			return err
		}
	}
	if p.how == "" {
		return nil
	}
	return s.postTo(ctx, tx, u, model.MailPasswordChanged, map[string]string{model.MailMethod: p.how})
}

// auditBoth notes that something was attempted and how it ended.
func (s *Service) auditBoth(ctx context.Context, tx *store.Tx, a perm.Actor, attempt, end string) error {
	for _, note := range []string{attempt, end} {
		if err := tx.InsertAudit(ctx, s.audit(a, s.now(), note)); err != nil {
			return err
		}
	}
	return nil
}
