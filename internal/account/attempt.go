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

// attemptOn is one try to prove who one is with a password.
type attemptOn struct {
	userID    string // empty when there is no such account
	stored    string
	candidate string
	note      string    // for the access history
	queue     string    // tries of one queue are looked at one after another
	counted   []counted // what the try counts as until it turns out right
}

// signInAttempt describes a try to sign in to an account, nil for one that does not
// exist. Accounts without a password count as such.
func (s *Service) signInAttempt(a perm.Actor, u *model.User, c Credentials, loginID string) attemptOn {
	name := strings.ToLower(loginID)
	t := attemptOn{candidate: c.Password.Reveal(), note: "login_id=" + loginID, queue: "login_id=" + name}
	m, subject := s.Config().MusterSettings, t.queue
	if u != nil && u.AuthService == model.AuthPassword && !u.Password.Empty() {
		t.userID, t.stored, t.queue, subject = u.ID, u.Password.Reveal(), u.ID, u.ID
	} else {
		t.counted = []counted{s.lockOfNobody(name)}
	}
	t.counted = append(t.counted, perHour(m.FailedSignInsPerAccount, "sign-in", subject)...)
	t.counted = append(t.counted, perHour(m.FailedSignInsPerAddress, "sign-in from", Network(a.IP))...)
	return t
}

// lockOfNobody locks the name of an account that does not exist after as many tries as
// one that does, so that the lock tells nobody which exist. It opens a day later.
func (s *Service) lockOfNobody(name string) counted {
	most := int64(s.Config().ServiceSettings.MaximumLoginAttempts)
	return counted{
		key: model.HashToken("locked " + name), rate: store.Rate{Most: most, Per: time.Duration(most) * lockOfNobodyEnds},
		fault: errLocked(),
	}
}

const lockOfNobodyEnds = 24 * time.Hour

func errLocked() *fault.Error {
	return fault.New(fault.Unauthenticated, "api.user.check_user_login_attempts.too_many.app_error")
}

// attempt counts the try before it looks at the password, so that tries that race
// cannot exceed the limit, and records a failure. A success stays counted until
// the caller forgives it. It also tells whether the stored hash is weaker than new ones.
func (s *Service) attempt(ctx context.Context, a perm.Actor, t attemptOn) (weak bool, err error) {
	var locked error
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		if locked, err = s.countTry(ctx, tx, t); err != nil || t.note == "" {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), "attempt - "+t.note))
	})
	if err != nil {
		return false, store.Fault(err, "app.user.update_failed_pwd_attempts.app_error")
	}
	if locked != nil {
		return false, locked
	}
	right, weak, err := s.Hasher.Verify(ctx, t.stored, t.candidate)
	if err != nil {
		return false, errors.Join(err, s.forgive(ctx, t))
	}
	if !right {
		return false, errors.Join(fault.New(fault.Unauthenticated, "api.user.check_user_password.invalid.app_error"), s.failed(ctx, a, t))
	}
	return weak, nil
}

// countTry counts a try. An account that is locked is one thing, which is recorded; a try
// too much from an address or on an account is another, which leaves no trace.
func (s *Service) countTry(ctx context.Context, tx *store.Tx, t attemptOn) (locked, err error) {
	if t.userID != "" {
		err := tx.CountAttempt(ctx, t.userID, s.Config().ServiceSettings.MaximumLoginAttempts)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err != nil {
			locked = errLocked()
		}
	}
	for _, c := range t.counted {
		err := s.take(ctx, tx, c)
		if err != nil && c.fault == nil {
			return nil, err
		}
		if err != nil {
			locked = err
		}
	}
	return locked, nil
}

func (s *Service) failed(ctx context.Context, a perm.Actor, t attemptOn) error {
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		if t.userID != "" {
			tx.Emit(event.UsersStale(t.userID))
		}
		if t.note == "" {
			return nil
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), "failure - "+t.note))
	})
}

// forgive takes back a counted try that was not a wrong password.
func (s *Service) forgive(ctx context.Context, t attemptOn) error {
	ctx = context.WithoutCancel(ctx)
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		if t.userID != "" {
			err := tx.ForgiveAttempt(ctx, t.userID)
			if err != nil && !errors.Is(err, store.ErrNotFound) { // all tries were forgiven meanwhile
				return err
			}
		}
		return giveBack(ctx, tx, t.counted)
	})
}

// confirmPassword proves that the person behind a session knows the account's password.
func (s *Service) confirmPassword(ctx context.Context, u *model.User, candidate string) error {
	if u.Password.Empty() || candidate == "" {
		return fault.New(fault.Unauthenticated, "api.user.check_user_password.invalid.app_error")
	}
	unlock, err := s.signIns.lock(ctx, u.ID, s.Config().MusterSettings.HashQueue)
	if err != nil {
		return err
	}
	defer unlock()
	_, err = s.attempt(ctx, perm.Actor{UserID: u.ID}, attemptOn{userID: u.ID, stored: u.Password.Reveal(), candidate: candidate})
	if err != nil {
		return err
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.UsersStale(u.ID))
		return tx.ResetAttempts(ctx, u.ID)
	})
	return store.Fault(err, "app.user.update_failed_pwd_attempts.app_error")
}
