package account

import (
	"context"

	"muster/internal/model"
	"muster/internal/store"
)

// post queues a mail together with the change it tells about.
func (s *Service) post(ctx context.Context, tx *store.Tx, m model.Mail) error {
	now := s.now()
	return tx.Enqueue(ctx, &model.Job{ID: model.NewTimeID(now), Type: model.MailJob, Status: model.JobPending, CreateAt: now, RunAt: now, Data: m.Job()})
}

// postTo queues a mail to the address of an account. Bots get none, and notices go
// out only where the settings want them.
func (s *Service) postTo(ctx context.Context, tx *store.Tx, u *model.User, kind string, values map[string]string) error {
	m := model.Mail{Kind: kind, UserID: u.ID, To: u.Email, Locale: u.Locale, Values: values}
	if u.IsBot || !m.Linked() && !s.Config().EmailSettings.SendEmailNotifications {
		return nil
	}
	return s.post(ctx, tx, m)
}

// welcome greets a new account; where its address is not confirmed yet, with the link
// that does it. Where neither notices nor confirmed addresses are wanted nobody is greeted.
func (s *Service) welcome(ctx context.Context, tx *store.Tx, u *model.User, r SignUp) error {
	e := s.Config().EmailSettings
	if r.Input.DisableWelcomeEmail || !e.SendEmailNotifications && !e.RequireEmailVerification {
		return nil
	}
	if u.EmailVerified {
		return s.postTo(ctx, tx, u, model.MailWelcome, nil)
	}
	return s.postTo(ctx, tx, u, model.MailWelcomeVerify, redirectTo(r.RedirectTo))
}

// tellProfile tells the owner what became of their name and address. wanted is the
// address that was asked for: where addresses have to be confirmed the account still
// has the old one, and the link that moves it goes to the new one.
func (s *Service) tellProfile(ctx context.Context, tx *store.Tx, was, u *model.User, wanted string) error {
	if u.Username != was.Username {
		if err := s.postTo(ctx, tx, u, model.MailUsernameChanged, map[string]string{model.MailUsername: u.Username}); err != nil {
			return err
		}
	}
	if u.Email != was.Email {
		return s.postTo(ctx, tx, was, model.MailEmailChanged, map[string]string{model.MailNewEmail: u.Email})
	}
	if wanted == u.Email {
		return nil
	}
	moved := *u
	moved.Email = wanted
	return s.postTo(ctx, tx, &moved, model.MailEmailChange, nil)
}

// redirectTo keeps where a visitor goes after their address is confirmed, if that is
// a place of ours: a path of this site, never another one.
func redirectTo(target string) map[string]string {
	if !OwnPath(target) {
		return nil
	}
	return map[string]string{model.MailRedirectTo: target}
}

// OwnPath tells whether a target stays on this site wherever it is opened: browsers
// take // and /\ for the begin of a host, and drop control characters in between.
func OwnPath(target string) bool {
	if len(target) < 2 || len(target) > redirectMax || target[0] != '/' {
		return target == "/"
	}
	for i := range len(target) {
		if c := target[i]; c < ' ' || c == 0x7f || c == '\\' {
			return false
		}
	}
	return target[1] != '/'
}

// redirectMax is the longest target of a link in bytes.
const redirectMax = 1024
