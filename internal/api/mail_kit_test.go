package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

// mailPassword is one that the rules accept and no account has at first.
const mailPassword = "Planted-secret-77"

// mailUnknownID is well formed and belongs to nobody.
const mailUnknownID = "ybndrfg8ejkmcpqxot1uwisza3"

// mailEach runs a test on every kind of database, each with a mail server of its own.
func mailEach(t *testing.T, env []string, test func(t *testing.T, s *testkit.Server, m *smtp.Server)) {
	t.Helper()
	t.Parallel()
	for _, database := range testkit.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			m := smtp.Start(t, smtp.Options{})
			test(t, mailStart(t, database, m, env...), m)
		})
	}
}

// mailStart boots a server that sends its mails to a mail server.
func mailStart(t testing.TB, database string, m *smtp.Server, env ...string) *testkit.Server {
	t.Helper()
	return testkit.Start(t, database, testkit.Options{Env: append(m.Env(), env...)})
}

// mailSettle waits until every mail that was queued so far has been sent or given up.
func mailSettle(t testing.TB, s *testkit.Server) {
	t.Helper()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for {
		_, err := s.DB.NextJobAt(context.Background())
		if errors.Is(err, store.ErrNotFound) {
			return
		}
		select {
		case <-look.C:
		case <-late.C:
			t.Fatalf("mails still wait to be sent (error %v)", err)
		}
	}
}

// mailSubjects gives the subjects of the mails to an address after all queued ones were
// sent, without the name of the site.
func mailSubjects(t testing.TB, s *testkit.Server, m *smtp.Server, to string) []string {
	t.Helper()
	mailSettle(t, s)
	out := []string{}
	for _, mail := range m.Mails(to) {
		out = append(out, strings.TrimPrefix(mail.Subject, "[Mattermost] "))
	}
	return out
}

// mailWantSubjects compares the subjects of all mails to an address, which come in no
// order: they are sent side by side.
func mailWantSubjects(t testing.TB, s *testkit.Server, m *smtp.Server, to string, want ...string) {
	t.Helper()
	got, want := mailSubjects(t, s, m, to), append([]string{}, want...)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mails to %s (-want +got):\n%s", to, diff)
	}
}

// Subjects of mails.
const (
	mailSubjectReset    = "Choose a new password"
	mailSubjectVerify   = "Confirm your e-mail address"
	mailSubjectWelcome  = "Welcome, please confirm your e-mail address"
	mailSubjectChange   = "Confirm your new e-mail address"
	mailSubjectMoved    = "Your e-mail address was changed"
	mailSubjectPassword = "Your password was changed"
)

// mailLast gives the newest mail with a subject to an address when it has come.
func mailLast(t testing.TB, s *testkit.Server, m *smtp.Server, to, subject string) *smtp.Mail {
	t.Helper()
	mailSettle(t, s)
	var last *smtp.Mail
	for _, mail := range m.Mails(to) {
		if strings.HasSuffix(mail.Subject, "] "+subject) {
			last = mail
		}
	}
	if last == nil {
		t.Fatalf("no mail %q came to %s", subject, to)
	}
	return last
}

// mailSecret gives the secret of a link.
func mailSecret(t testing.TB, link string) string {
	t.Helper()
	_, rest, _ := strings.Cut(link, "token=")
	secret, _, _ := strings.Cut(rest, "&")
	if len(secret) != model.OneTimeTokenLength {
		t.Fatalf("link %q has no secret", link)
	}
	return secret
}

// mailAskReset asks for a new password and gives the secret that is mailed.
func mailAskReset(t testing.TB, s *testkit.Server, m *smtp.Server, email string) string {
	t.Helper()
	s.Visitor().For(t).Post("/users/password/reset/send", map[string]string{"email": email}).Want(http.StatusOK)
	return mailSecret(t, mailLast(t, s, m, email, mailSubjectReset).Link())
}

// mailReset tries to set a new password.
func mailReset(c *testkit.Client, secret, password string) *testkit.Response {
	return c.Post("/users/password/reset", map[string]string{"token": secret, "new_password": password})
}

// mailVerify tries to confirm an address.
func mailVerify(c *testkit.Client, secret string) *testkit.Response {
	return c.Post("/users/email/verify", map[string]string{"token": secret})
}

// mailSettings changes the configuration while the server runs.
func mailSettings(t testing.TB, s *testkit.Server, document map[string]any) {
	t.Helper()
	s.Admin().For(t).Put("/config/patch", document).Want(http.StatusOK)
	s.Events.Take()
}

func mailRequireVerification(t testing.TB, s *testkit.Server, on bool) {
	t.Helper()
	mailSettings(t, s, map[string]any{"EmailSettings": map[string]any{"RequireEmailVerification": on}})
}

// mailOneTime stores a one-time token and gives its secret.
func mailOneTime(t testing.TB, s *testkit.Server, kind, userID string, at int64, extra model.StringMap) string {
	t.Helper()
	secret := model.NewOneTimeToken().Reveal()
	err := s.DB.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.InsertToken(context.Background(), &model.OneTimeToken{Type: kind, CreateAt: at, UserID: userID, Extra: extra}, model.HashToken(secret))
	})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// mailHistory gives the notes in an account's access history of one path, oldest first.
func mailHistory(t testing.TB, s *testkit.Server, id, path string) []string {
	t.Helper()
	rows, err := s.DB.Audits(context.Background(), id, 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, row := range rows {
		if row.Action == "/api/v4"+path {
			out = append([]string{row.ExtraInfo}, out...)
		}
	}
	return out
}

// mailEqual compares whole values.
func mailEqual(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// mailMfaOn gives an account a second factor.
func mailMfaOn(t testing.TB, id string) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		tx.Emit(event.UsersStale(id))
		if err := tx.SetMfaSecret(t.Context(), id, model.NewSecret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")); err != nil {
			return err
		}
		return tx.SetMfaActive(t.Context(), id, true, 1)
	}
}

// mailLog is a test that keeps what a server logs.
type mailLog struct {
	testing.TB
	mu    sync.Mutex
	lines strings.Builder
}

// Logf keeps a line of the log.
func (l *mailLog) Logf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.lines, format+"\n", args...)
}

// text gives what was logged so far.
func (l *mailLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}
