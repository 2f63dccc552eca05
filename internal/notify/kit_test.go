package notify

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit/pg"
	"muster/internal/testkit/smtp"
)

// desk is a mailer with everything around it.
type desk struct {
	*Mailer
	t   testing.TB
	now time.Time
	cfg config.Config
	log *logged
}

// logged collects a log of every level.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write keeps a line.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// lines gives what was logged so far.
func (l *logged) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSuffix(l.text.String(), "\n"), "\n")
}

// onEach runs a test with a mailer on a fresh database of each kind; its mails go to
// the server, if there is one.
func onEach(t *testing.T, mails *smtp.Server, test func(t *testing.T, d *desk)) {
	t.Helper()
	for _, driver := range []string{store.SQLite, store.Postgres} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			test(t, newDesk(t, openDatabase(t, driver), mails))
		})
	}
}

func newDesk(t testing.TB, db *store.DB, mails *smtp.Server) *desk {
	t.Helper()
	d := &desk{t: t, now: time.UnixMilli(1_800_000_000_000), cfg: config.Defaults(), log: &logged{}}
	d.cfg.ServiceSettings.SiteURL = "https://chat.example.com/sub/"
	d.cfg.EmailSettings.FeedbackEmail = "muster@example.com"
	if mails != nil {
		d.cfg.EmailSettings.SMTPServer, d.cfg.EmailSettings.SMTPPort = mails.Host, mails.Port
	}
	m, err := New(Options{
		DB: db, Config: func() *config.Config { return &d.cfg }, Now: func() time.Time { return d.now },
		Log: slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Mailer = m
	return d
}

func openDatabase(t testing.TB, driver string) *store.DB {
	t.Helper()
	o := store.Options{Driver: driver, DataSource: filepath.Join(t.TempDir(), "muster.db"), Bus: event.NewLocal(), MaxOpen: 4, Volatile: true}
	if driver == store.Postgres {
		o.DataSource = pg.Clone(t, "notify", func(dsn string) error {
			db, err := migrated(context.Background(), store.Options{Driver: driver, DataSource: dsn, Volatile: true})
			if err != nil {
				return err
			}
			return db.Close()
		})
	}
	db, err := migrated(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

// migrated opens a database and brings it to the schema.
func migrated(ctx context.Context, o store.Options) (*store.DB, error) {
	db, err := store.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return db, db.Migrate(ctx)
}

// person stores an account that wants to be written to in German.
func (d *desk) person(username string, change ...func(*model.User)) *model.User {
	d.t.Helper()
	at := d.now.Add(-time.Hour).UnixMilli()
	u := &model.User{
		ID: model.NewID(), CreateAt: at, UpdateAt: at, LastPasswordUpdate: at, Username: username,
		Email: username + "@example.com", Locale: "de", Roles: model.SystemUserRole,
	}
	for _, c := range change {
		c(u)
	}
	d.tx(func(tx *store.Tx) error { return tx.InsertUser(context.Background(), u) })
	return u
}

func (d *desk) tx(fn func(tx *store.Tx) error) {
	d.t.Helper()
	if err := d.DB.Tx(context.Background(), fn); err != nil {
		d.t.Fatal(err)
	}
}

// job makes the job of a mail that is asked for now.
func (d *desk) job(m model.Mail) *model.Job {
	at := d.now.UnixMilli()
	return &model.Job{ID: model.NewTimeID(at), Type: model.MailJob, CreateAt: at, Data: m.Job()}
}

// send does the job of a mail and gives how it ended.
func (d *desk) send(m model.Mail) string {
	d.t.Helper()
	j := d.job(m)
	if err := d.Send(d.t.Context(), j); err != nil {
		d.t.Fatalf("send %s: %v", m.Kind, err)
	}
	return j.Data["outcome"]
}

// want compares an outcome.
func want(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// The usual outcomes.
const (
	sent      = "sent"
	unneeded  = "not sent: nobody needs it"
	tooMany   = "not sent: too many"
	notSetUp  = "not sent: mail is not configured"
	secretAt  = "token="
	resetLink = "https://chat.example.com/sub/reset_password_complete?token="
)

// secretIn gives the secret of a link.
func secretIn(t testing.TB, link string) string {
	t.Helper()
	_, rest, ok := strings.Cut(link, secretAt)
	secret, _, _ := strings.Cut(rest, "&")
	if !ok || len(secret) != model.OneTimeTokenLength {
		t.Fatalf("link %q has no secret", link)
	}
	return secret
}

// works tells whether a secret opens something.
func (d *desk) opens(secret string) bool {
	_, err := d.DB.Token(d.t.Context(), model.HashToken(secret))
	return err == nil
}
