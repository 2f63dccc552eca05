package account

import (
	"context"
	"errors"
	"strings"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// linkLife is how long a mailed link works.
const linkLife = 24 * time.Hour

// tokenKeep is after how long a token that nobody used is removed.
const tokenKeep = 48 * time.Hour

// SendPasswordReset mails a link for a new password. Known and unknown addresses get
// the same answer after the same work: the account is looked up when the mail is sent.
func (s *Service) SendPasswordReset(ctx context.Context, a perm.Actor, email string) error {
	email = strings.ToLower(email)
	if email == "" {
		return fault.Body("email")
	}
	if len(email) > model.EmailMax {
		return nil // no account has such an address
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := s.take(ctx, tx, s.mailRequest(a, email)...); err != nil {
			return err
		}
		if err := tx.InsertAudit(ctx, s.audit(a, s.now(), "sent="+email)); err != nil {
			return err
		}
		return s.post(ctx, tx, model.Mail{Kind: model.MailPasswordReset, To: email})
	})
	return store.Fault(err, "api.user.send_password_reset.send.app_error")
}

// ResetPassword sets a new password for who has the link that was mailed. The link
// works once; a password that breaks the rules does not use it up. Every session of
// the account ends where the settings say so, and how it went stands in its access
// history, without the link. It tells whose link it was, if it was one.
func (s *Service) ResetPassword(ctx context.Context, a perm.Actor, token, newPassword model.Secret) (userID string, err error) {
	if len(token.Reveal()) != model.OneTimeTokenLength {
		return "", fault.Body("token")
	}
	hash := model.HashToken(token.Reveal())
	u, err := s.resettable(ctx, hash)
	if u == nil {
		return "", err // whose history would tell of it?
	}
	a.UserID = u.ID
	if err == nil {
		err = s.reset(ctx, a, u, hash, newPassword)
	}
	if err == nil || fault.KindOf(err) == fault.Busy {
		return u.ID, err
	}
	noted := s.DB.Tx(ctx, func(tx *store.Tx) error { return s.auditBoth(ctx, tx, a, "attempt", "fail") })
	return u.ID, errors.Join(err, noted)
}

// reset spends the link. Hashing takes long, so whether the link still is what it was
// is asked once more beside the change.
func (s *Service) reset(ctx context.Context, a perm.Actor, u *model.User, token []byte, newPassword model.Secret) error {
	if err := s.checkPassword(u, newPassword); err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(ctx, newPassword.Reveal())
	if err != nil {
		return store.Fault(err, "api.user.update_password.password_hash.app_error")
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, u.ID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		t, err := tx.UseToken(ctx, token, model.TokenPasswordRecovery)
		if err != nil {
			return store.Fault(err, "api.user.reset_password.token_parse.error", errInvalidLink())
		}
		if err := s.mayReset(t, was); err != nil {
			return err
		}
		if err := s.storePassword(ctx, tx, was, passwordSave{hash: model.NewSecret(hash), how: model.ChangedWithLink, endSessions: true}); err != nil {
			return err
		}
		return s.auditBoth(ctx, tx, a, "attempt", "success")
	})
	return store.Fault(err, "app.user.update_password.app_error")
}

func errInvalidLink() *fault.Error {
	return fault.New(fault.Invalid, "api.user.reset_password.invalid_link.app_error")
}

func errLinkExpired() *fault.Error {
	return fault.New(fault.Invalid, "api.user.reset_password.link_expired.app_error")
}

// resettable finds the account a link for a new password is for, which it gives also
// when the link cannot be used any more.
func (s *Service) resettable(ctx context.Context, token []byte) (*model.User, error) {
	t, err := s.DB.Token(ctx, token)
	switch {
	case err != nil:
		return nil, store.Fault(err, "api.user.reset_password.token_parse.error", errInvalidLink())
	case t.Type != model.TokenPasswordRecovery:
		return nil, fault.New(fault.Invalid, "api.user.reset_password.broken_token.app_error")
	}
	u, err := s.DB.User(ctx, t.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	return u, s.mayReset(t, u)
}

// mayReset tells whether a link for a new password still fits its account.
func (s *Service) mayReset(t *model.OneTimeToken, u *model.User) error {
	switch {
	case s.now()-t.CreateAt > linkLife.Milliseconds(), u.Email != t.Extra[model.TokenEmail]:
		return errLinkExpired()
	case !u.SignsInWithPassword():
		return fault.New(fault.Invalid, "api.user.reset_password.sso.app_error")
	}
	return nil
}

// SendVerificationEmail mails a link that confirms an address. It goes to the account
// that a login id means. As with passwords, nobody learns which accounts exist.
func (s *Service) SendVerificationEmail(ctx context.Context, a perm.Actor, email, redirect string) error {
	email = strings.ToLower(email)
	if email == "" {
		return fault.Body("email")
	}
	if len(email) > model.EmailMax {
		return nil
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := s.take(ctx, tx, s.mailRequest(a, email)...); err != nil {
			return err
		}
		return s.post(ctx, tx, model.Mail{Kind: model.MailVerifyEmail, To: email, Values: redirectTo(redirect)})
	})
	return store.Fault(err, "api.user.send_verify_email.app_error")
}

// errBadLink is the one answer to every link that does not confirm an address.
func errBadLink() *fault.Error {
	return fault.New(fault.Invalid, "api.user.verify_email.bad_link.app_error")
}

// VerifyUserEmail confirms the address a link was mailed to; it becomes the address
// of the account, which it names. What is wrong with a link is not said.
func (s *Service) VerifyUserEmail(ctx context.Context, a perm.Actor, token model.Secret) (userID string, err error) {
	if len(token.Reveal()) != model.OneTimeTokenLength {
		return "", fault.Body("token")
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		userID, err = s.verifyByToken(ctx, tx, a, model.HashToken(token.Reveal()))
		return err
	})
	if err == nil {
		return userID, nil
	}
	if fault.As(err) == nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "address not confirmed", "error", err)
	}
	return userID, errBadLink().Because(err)
}

// verifyByToken spends a link and tells whose it was. The account is held before the link is taken, in the
// order in which links are made.
func (s *Service) verifyByToken(ctx context.Context, tx *store.Tx, a perm.Actor, token []byte) (userID string, err error) {
	seen, err := tx.Token(ctx, token)
	if err != nil {
		return "", err
	}
	was, err := tx.LockUser(ctx, seen.UserID)
	if err != nil {
		return "", err
	}
	t, err := tx.UseToken(ctx, token, model.TokenVerifyEmail)
	if err != nil {
		return was.ID, err
	}
	if s.staleLink(t, was) {
		return was.ID, errBadLink()
	}
	a.UserID = was.ID
	return was.ID, s.setVerified(ctx, tx, a, was, strings.ToLower(t.Extra[model.TokenEmail]), "Email Verified")
}

// staleLink tells whether a link confirms an address no more: it is old, or the account
// has got another address or, where the link moves it, another password since. Who
// takes an account back by a new password must not lose it to a link made before.
func (s *Service) staleLink(t *model.OneTimeToken, u *model.User) bool {
	moves := t.Extra[model.TokenEmail] != u.Email
	return s.now()-t.CreateAt > linkLife.Milliseconds() || t.Extra[model.TokenWas] != u.Email || moves && t.CreateAt < u.LastPasswordUpdate
}

// VerifyUserEmailWithoutToken confirms somebody's address on an administrator's word.
func (s *Service) VerifyUserEmailWithoutToken(ctx context.Context, a perm.Actor, userID string) (Answer, error) {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		if err := a.Need(perm.ManageSystem); err != nil {
			return err
		}
		return s.setVerified(ctx, tx, a, was, was.Email, "user verified")
	})
	if err != nil {
		return Answer{}, store.Fault(err, "app.user.verify_email.app_error")
	}
	r, err := s.record(ctx, userID)
	return Answer{Record: r, View: model.ViewAdmin, Privacy: s.privacy()}, store.Fault(err, "app.user.get.app_error", fault.NoUser())
}

// setVerified stores that an address is confirmed; where it is another than before,
// the old one is told.
func (s *Service) setVerified(ctx context.Context, tx *store.Tx, a perm.Actor, was *model.User, email, note string) error {
	u := was.Clone()
	u.Email, u.EmailVerified = email, true
	u.UpdateAt = max(s.now(), was.UpdateAt+1)
	if err := tx.UpdateUser(ctx, was, u); err != nil {
		return err
	}
	tx.Emit(event.UserUpdated(u, s.privacy())...)
	if err := s.tellProfile(ctx, tx, was, u, u.Email); err != nil {
		return err
	}
	return tx.InsertAudit(ctx, s.audit(a, u.UpdateAt, note))
}

// CleanTokens removes what mailed links and counting leave behind, in batches: tokens nobody used
// and rates under which nothing is counted any more.
func (s *Service) CleanTokens(ctx context.Context) error {
	const batch = 1000
	for n := int64(batch); n == batch; {
		before := s.now() - tokenKeep.Milliseconds()
		err := s.DB.Tx(ctx, func(tx *store.Tx) error {
			tokens, err := tx.DeleteOldTokens(ctx, before, batch)
			if err != nil {
				return err
			}
			rates, err := tx.DeleteFreeRates(ctx, s.now(), batch)
			n = max(tokens, rates)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
