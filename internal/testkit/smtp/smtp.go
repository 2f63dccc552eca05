// Package smtp is a mail server for tests: a real one, in process, that keeps what it
// is given and misbehaves on request.
package smtp

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Kinds of protection of a server's connections.
const (
	Plain    = "" // none
	STARTTLS = "STARTTLS"
	TLS      = "TLS"
)

// Options say how a server behaves.
type Options struct {
	Security string // Plain, STARTTLS or TLS, with a certificate nobody trusts
	// Username and Password are what a client has to sign in with; empty asks for nothing.
	Username, Password string
	// Refuse is asked at every stage of a mail: "from" and "to" with the address, "data"
	// with the whole mail. An error it gives is the answer.
	Refuse func(stage, text string) error
}

// Refusal is an answer for Options.Refuse, such as 550 with a sentence.
func Refusal(code int, sentence string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: sentence}
}

// Server is a running mail server.
type Server struct {
	Host, Port string

	options Options
	mu      sync.Mutex
	mails   []*Mail
	came    chan struct{} // closed and replaced when a mail comes
	tries   int           // connections
}

// quiet drops what the library would log: clients that hang up are what tests are about.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return startOn(t, l, o)
}

// StartAt is Start on an address that is known before, such as one that was in use.
func StartAt(t testing.TB, address string, o Options) *Server {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return startOn(t, l, o)
}

func startOn(t testing.TB, l net.Listener, o Options) *Server {
	t.Helper()
	s := &Server{options: o, came: make(chan struct{})}
	var err error
	if s.Host, s.Port, err = net.SplitHostPort(l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tries++
		return &session{server: s, conn: c}, nil
	}))
	server.Domain, server.ErrorLog = "mail.test", quiet{}
	server.ReadTimeout, server.WriteTimeout = 10*time.Second, 10*time.Second
	server.AllowInsecureAuth = true // so that a client that sends its password in the clear is caught
	if o.Security != Plain {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate(t)}, MinVersion: tls.VersionTLS12}
	}
	if o.Security == TLS {
		l = tls.NewListener(l, server.TLSConfig)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), <-ended); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Errorf("stop mail server: %v", err)
		}
	})
	return s
}

// Env gives the settings that make a Muster server send through this one.
func (s *Server) Env() []string {
	env := []string{
		"MM_EMAILSETTINGS_SMTPSERVER=" + s.Host, "MM_EMAILSETTINGS_SMTPPORT=" + s.Port,
		"MM_EMAILSETTINGS_CONNECTIONSECURITY=" + s.options.Security, "MM_EMAILSETTINGS_FEEDBACKEMAIL=muster@example.com",
		"MM_SERVICESETTINGS_SITEURL=https://chat.example.com",
	}
	if s.options.Security != Plain {
		env = append(env, "MM_EMAILSETTINGS_SKIPSERVERCERTIFICATEVERIFICATION=true")
	}
	if s.options.Username != "" {
		env = append(env, "MM_EMAILSETTINGS_ENABLESMTPAUTH=true", "MM_EMAILSETTINGS_SMTPUSERNAME="+s.options.Username,
			"MM_EMAILSETTINGS_SMTPPASSWORD="+s.options.Password)
	}
	return env
}

// Connections tells how often somebody connected.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// session is one connection.
type session struct {
	server   *Server
	conn     *smtp.Conn
	signedIn bool
	from     string
	to       []string
}

// AuthMechanisms lists the ways to sign in; without an account there are none.
func (c *session) AuthMechanisms() []string {
	if c.server.options.Username == "" {
		return nil
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth begins to sign in.
func (c *session) Auth(mechanism string) (sasl.Server, error) {
	check := func(username, password string) error {
		if username != c.server.options.Username || password != c.server.options.Password {
			return smtp.ErrAuthFailed
		}
		c.signedIn = true
		return nil
	}
	if mechanism == sasl.Plain {
		return sasl.NewPlainServer(func(_, username, password string) error { return check(username, password) }), nil
	}
	return &login{check: check}, nil
}

// login is the server's side of the mechanism of that name, which asks for one after the other.
type login struct {
	check    func(username, password string) error
	asked    int
	username string
}

// Next takes an answer and gives the next question.
func (l *login) Next(answer []byte) (question []byte, done bool, err error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.username = string(answer)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.username, string(answer))
}

// Mail begins a mail.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.options.Username != "" && !c.signedIn {
		return smtp.ErrAuthRequired
	}
	c.from = from
	return c.server.refuse("from", from)
}

// Rcpt adds a receiver.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = append(c.to, to)
	return c.server.refuse("to", to)
}

// Data takes the mail.
func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := c.server.refuse("data", string(raw)); err != nil {
		return err
	}
	m, err := parse(c.from, c.to, raw)
	if err != nil {
		return Refusal(554, err.Error())
	}
	_, m.Encrypted = c.conn.TLSConnectionState()
	m.Hello, m.SignedIn = c.conn.Hostname(), c.signedIn
	c.server.keep(m)
	return nil
}

// Reset forgets a mail that was begun.
func (c *session) Reset() { c.from, c.to = "", nil }

// Logout ends the connection.
func (c *session) Logout() error { return nil }

func (s *Server) refuse(stage, text string) error {
	if s.options.Refuse == nil {
		return nil
	}
	return s.options.Refuse(stage, text)
}

func (s *Server) keep(m *Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	close(s.came)
	s.came = make(chan struct{})
}
