// Package notify tells people by mail what happened to their account, and gives them
// the links they asked for.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"muster/internal/config"
	"muster/internal/model"
	"muster/internal/store"
)

// Options is what a Mailer is made of.
type Options struct {
	DB     *store.DB
	Config func() *config.Config
	Now    func() time.Time
	Log    *slog.Logger
}

// Mailer sends mails over SMTP. It is safe for concurrent use.
type Mailer struct {
	Options
	texts *texts

	mu   sync.Mutex
	told []string // what was said to be missing since the last mail went out
	down outage
}

// New gives a mailer with its texts loaded.
func New(o Options) (*Mailer, error) {
	t, err := loadTexts()
	if err != nil {
		return nil, err
	}
	return &Mailer{Options: o, texts: t}, nil
}

// delivery is one mail on its way.
type delivery struct {
	job  *model.Job
	mail model.Mail
	cfg  *config.Config // as it was when the mail was begun
}

// Send is the handler of mail jobs. An error makes the job try again later. A mail
// that is sent, or never will be, leaves nothing in its job but its kind and the outcome.
func (m *Mailer) Send(ctx context.Context, j *model.Job) error {
	d := &delivery{job: j, mail: model.MailOf(j.Data), cfg: m.Config()}
	if missing := lacking(d.cfg, d.mail); missing != "" {
		m.tell(ctx, missing)
		return d.conclude("not sent: mail is not configured")
	}
	if d.mail.Linked() {
		if wanted, err := m.wanted(ctx, m.DB.Q, d); err != nil || wanted == nil {
			return errors.Join(err, d.concludeUnless(err, "not sent: nobody needs it"))
		}
	}
	c, err := m.dial(ctx, d.cfg)
	if errors.Is(err, errNoServer) {
		m.tell(ctx, err.Error())
		return d.conclude("not sent: mail is not configured")
	}
	if err != nil {
		return err
	}
	defer c.close()
	return m.sendOver(ctx, c, d)
}

// sendOver writes the mail, with its link, and hands it to the server. The link is made
// as late as this, so that a server that does not answer makes no older link useless.
func (m *Mailer) sendOver(ctx context.Context, c *connection, d *delivery) error {
	link, err := m.link(ctx, d)
	switch {
	case errors.Is(err, errPointless):
		return d.conclude("not sent: nobody needs it")
	case errors.Is(err, errTooMany):
		m.Log.InfoContext(ctx, "mail not sent: too many with a link went to the same account or address", "kind", d.mail.Kind, "job", d.job.ID)
		return d.conclude("not sent: too many")
	case err != nil:
		return err
	}
	l, err := m.texts.write(d.cfg, d.mail, link)
	if err != nil {
		return err
	}
	err = c.send(l, d.job.ID, m.Now())
	var refused *refusal
	if errors.As(err, &refused) && refused.forGood() {
		m.Log.WarnContext(ctx, "mail refused by the mail server", "kind", d.mail.Kind, "job", d.job.ID, "error", refused)
		return d.conclude("not sent: " + refused.Error())
	}
	if err != nil {
		return err
	}
	m.works()
	return d.conclude("sent")
}

// conclude ends the job: addresses and names go, for nobody needs them any more.
func (d *delivery) conclude(outcome string) error {
	d.job.Data = model.StringMap{"kind": d.mail.Kind, "outcome": outcome}
	return nil
}

func (d *delivery) concludeUnless(err error, outcome string) error {
	if err != nil {
		return nil //nolint:nilerr // the caller tries again
	}
	return d.conclude(outcome)
}

// lacking names the settings without which a mail cannot be sent; empty when all are there.
func lacking(cfg *config.Config, mail model.Mail) string {
	var missing []string
	e := cfg.EmailSettings
	if e.SMTPServer == "" {
		missing = append(missing, "EmailSettings.SMTPServer is empty")
	}
	if _, err := strconv.ParseUint(e.SMTPPort, 10, 16); err != nil {
		missing = append(missing, "EmailSettings.SMTPPort is not a port")
	}
	if e.FeedbackEmail == "" {
		missing = append(missing, "EmailSettings.FeedbackEmail, the address of the sender, is empty")
	}
	if cfg.ServiceSettings.SiteURL == "" && (mail.Linked() || mail.Kind == model.MailWelcome || model.Invitations[mail.Kind] != "") {
		missing = append(missing, "ServiceSettings.SiteURL, from which links are made, is empty")
	}
	return strings.Join(missing, "; ")
}

// tell says once what an administrator has to set; again only after mail has worked.
// It is a warning, because somebody waits for the mail.
func (m *Mailer) tell(ctx context.Context, missing string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Contains(m.told, missing) {
		return
	}
	m.told = append(m.told, missing)
	m.Log.WarnContext(ctx, "mail is not sent until it is configured", "missing", missing)
}

// works notes that mail goes out.
func (m *Mailer) works() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told, m.down = nil, outage{}
}

// outage is a mail server that could not be reached.
type outage struct {
	server string
	until  time.Time // it is not tried again before
	err    error
}

// outageRest is how long a server that could not be reached is left alone: without it
// every waiting mail would wait for the same timeout, and other jobs behind them.
const outageRest = 30 * time.Second

// reachable refuses a server that could not be reached a moment ago.
func (m *Mailer) reachable(server string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down.server == server && m.Now().Before(m.down.until) {
		return fmt.Errorf("not tried again so soon: %w", m.down.err)
	}
	return nil
}

func (m *Mailer) unreachable(server string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = outage{server: server, until: m.Now().Add(outageRest), err: err}
}
