package notify

import (
	"context"

	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Trial says with which settings a test mail is sent.
type Trial struct {
	Config *config.Config
	// PasswordGiven tells that the SMTP password in Config came with the request.
	PasswordGiven bool
}

// MayTestEmail refuses who may not send a test mail.
func (m *Mailer) MayTestEmail(a perm.Actor) error { return a.Need(perm.TestEmail) }

// TestEmail sends a mail to the actor at once. Why it did not work is for the log. The
// stored password goes to no other server than the one it was stored for.
func (m *Mailer) TestEmail(ctx context.Context, a perm.Actor, t Trial) error {
	if err := m.MayTestEmail(a); err != nil {
		return err
	}
	mail := model.Mail{Kind: model.MailTest}
	if missing := lacking(t.Config, mail); missing != "" {
		return fault.New(fault.Internal, "api.admin.test_email.missing_server").Explain(missing)
	}
	if !t.PasswordGiven && leadsElsewhere(t.Config.EmailSettings, m.Config().EmailSettings) {
		return fault.New(fault.Invalid, "api.admin.test_email.reenter_password")
	}
	u, err := m.DB.User(ctx, a.UserID)
	if err != nil {
		return store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	mail.To, mail.Locale = u.Email, u.Locale
	if err := m.sendNow(ctx, t.Config, mail); err != nil {
		return fault.New(fault.Internal, "api.admin.test_email.failure").Because(err).Explain(err.Error())
	}
	return nil
}

// leadsElsewhere tells whether settings would show the stored password to another
// server, or to whoever listens on the way, than the stored settings do.
func leadsElsewhere(tried, stored config.EmailSettings) bool {
	return tried.EnableSMTPAuth && stored.SMTPPassword != "" && tried.SMTPPassword == stored.SMTPPassword &&
		(tried.SMTPServer != stored.SMTPServer || tried.SMTPPort != stored.SMTPPort || tried.SMTPUsername != stored.SMTPUsername ||
			tried.ConnectionSecurity != stored.ConnectionSecurity ||
			tried.SkipServerCertificateVerification && !stored.SkipServerCertificateVerification)
}

// sendNow sends a mail without a job and without trying again.
func (m *Mailer) sendNow(ctx context.Context, cfg *config.Config, mail model.Mail) error {
	l, err := m.texts.write(cfg, mail, "")
	if err != nil {
		return err
	}
	c, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.send(l, model.NewID(), m.Now()); err != nil {
		return err
	}
	m.works()
	return nil
}
