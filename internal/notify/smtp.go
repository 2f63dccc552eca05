package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"muster/internal/config"
)

// errNoServer says that the default server was never replaced and nothing is there.
var errNoServer = errors.New("EmailSettings.SMTPServer and SMTPPort still name the default, where no mail server listens")

// connection is a mail server that is ready to take mails.
type connection struct {
	email  config.EmailSettings
	host   string // of the site, empty when it has none
	client *mail.Client
	smtp   *smtp.Client
}

// dial reaches the mail server and signs in where the settings say so. One that could
// not be reached a moment ago is not tried.
func (m *Mailer) dial(ctx context.Context, cfg *config.Config) (*connection, error) {
	e := cfg.EmailSettings
	server := net.JoinHostPort(e.SMTPServer, e.SMTPPort)
	if err := m.reachable(server); err != nil {
		return nil, err
	}
	c, err := connect(ctx, cfg)
	if err == nil {
		return c, nil
	}
	err = fmt.Errorf("reach mail server %s: %w", server, err)
	if standard := config.Defaults().EmailSettings; isRefused(err) && e.SMTPServer == standard.SMTPServer && e.SMTPPort == standard.SMTPPort {
		return nil, fmt.Errorf("%w: set them to your mail server", errNoServer)
	}
	if ctx.Err() == nil {
		m.unreachable(server, err)
	}
	return nil, err
}

// isRefused tells whether no connection came about at all.
func isRefused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

func connect(ctx context.Context, cfg *config.Config) (*connection, error) {
	c := &connection{email: cfg.EmailSettings}
	if site, err := url.Parse(cfg.ServiceSettings.SiteURL); err == nil {
		c.host = site.Hostname()
	}
	port, err := strconv.ParseUint(c.email.SMTPPort, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("EmailSettings.SMTPPort: %w", err)
	}
	if c.client, err = mail.NewClient(c.email.SMTPServer, c.options(int(port))...); err != nil {
		return nil, err
	}
	c.smtp, err = c.client.DialToSMTPClientWithContext(ctx)
	if errors.Is(err, mail.ErrNoSupportedAuthDiscovered) {
		err = fmt.Errorf("the server offers no way to sign in that protects the password: set EmailSettings.ConnectionSecurity (%w)", err)
	}
	return c, err
}

// options turn the settings into those of the client. A password is never sent over a
// connection that is not encrypted, whatever the server offers.
func (c *connection) options(port int) []mail.Option {
	e := c.email
	opts := []mail.Option{
		mail.WithPort(port), mail.WithTimeout(time.Duration(e.SMTPServerTimeout) * time.Second), mail.WithTLSPolicy(mail.NoTLS),
		mail.WithTLSConfig(&tls.Config{
			ServerName: e.SMTPServer, MinVersion: tls.VersionTLS12,
			InsecureSkipVerify: e.SkipServerCertificateVerification,
		}),
	} //nolint:gosec // the administrator decides
	if c.host != "" {
		opts = append(opts, mail.WithHELO(c.host))
	}
	switch e.ConnectionSecurity {
	case "TLS":
		opts = append(opts, mail.WithSSL())
	case "STARTTLS":
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if e.EnableSMTPAuth {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(e.SMTPUsername), mail.WithPassword(e.SMTPPassword.Reveal()))
	}
	return opts
}

// close says goodbye.
func (c *connection) close() {
	_ = c.client.CloseWithSMTPClient(c.smtp) // what was to be sent is sent, or an error was given
}

// refusal is a mail the server did not take.
type refusal struct {
	code  int // of the answer, 0 when there was none
	stage mail.SendErrReason
	text  string // what the server said; empty once it knew the text of the mail
}

// Error names the stage and the code. What the server says about the text of a mail
// is left out, because it may quote the link.
func (r *refusal) Error() string {
	said := fmt.Sprintf("the mail server refused the mail (%s, code %d)", r.stage, r.code)
	if r.text != "" {
		said += ": " + r.text
	}
	return said
}

// forGood tells whether another try would be refused as well.
func (r *refusal) forGood() bool { return r.code >= 500 }

// send hands a letter to the server. The id makes a mail that is sent twice, because
// its end was lost, the same mail to its receiver.
func (c *connection) send(l *Letter, id string, at time.Time) error {
	msg, err := c.message(l, id, at)
	if err != nil {
		return err
	}
	err = c.client.SendWithSMTPClient(c.smtp, msg)
	var failed *mail.SendError
	if !errors.As(err, &failed) {
		return err
	}
	r := &refusal{code: failed.ErrorCode(), stage: failed.Reason}
	if failed.Reason == mail.ErrSMTPMailFrom {
		r.text = failed.Error()
	}
	return r
}

func (c *connection) message(l *Letter, id string, at time.Time) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	from := msg.From
	if c.email.FeedbackName != "" {
		from = func(address string) error { return msg.FromFormat(c.email.FeedbackName, address) }
	}
	if err := from(c.email.FeedbackEmail); err != nil {
		return nil, fmt.Errorf("EmailSettings.FeedbackEmail: %w", err)
	}
	if c.email.ReplyToAddress != "" {
		if err := msg.ReplyTo(c.email.ReplyToAddress); err != nil {
			return nil, fmt.Errorf("EmailSettings.ReplyToAddress: %w", err)
		}
	}
	if err := msg.To(l.To); err != nil {
		return nil, fmt.Errorf("address mail: %w", err)
	}
	host := c.host
	if host == "" {
		host = "localhost"
	}
	msg.Subject(l.Subject)
	msg.SetDateWithValue(at)
	msg.SetMessageIDWithValue(id + "@" + host)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // keeps automatic answers from coming back
	msg.SetBodyString(mail.TypeTextPlain, l.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, l.HTML)
	return msg, nil
}
