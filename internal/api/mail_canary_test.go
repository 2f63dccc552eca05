package api_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"muster/internal/store"
	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

// mailStored gives everything a server has stored: the files of SQLite as they are, or
// every row of every table of PostgreSQL as text.
func mailStored(t testing.TB, s *testkit.Server) []byte {
	t.Helper()
	if s.DB.Driver() == store.Postgres {
		return mailRows(t, s)
	}
	var all []byte
	files, err := filepath.Glob(filepath.Join(s.Folder, "muster.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no database in %s: %v", s.Folder, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content...)
	}
	return all
}

func mailRows(t testing.TB, s *testkit.Server) []byte {
	t.Helper()
	ctx := context.Background()
	dsn := ""
	for _, setting := range s.Env {
		if value, ok := strings.CutPrefix(setting, "MM_SQLSETTINGS_DATASOURCE="); ok {
			dsn = value
		}
	}
	db, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	rows, err := db.Query(ctx, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 10 {
		t.Fatalf("tables %v, error %v", tables, err)
	}
	var all bytes.Buffer
	for _, table := range tables {
		var text *string
		if err := db.QueryRow(ctx, `SELECT STRING_AGG(x::text, E'\n') FROM `+pgx.Identifier{table}.Sanitize()+` x`).Scan(&text); err != nil {
			t.Fatal(err)
		}
		if text != nil {
			all.WriteString(*text + "\n")
		}
	}
	return all.Bytes()
}

// TestSecretsOfMailsStandNowhere plants a password, follows the secrets of every kind of
// link, and looks for all of them in answers, in the log and in what is stored.
func TestSecretsOfMailsStandNowhere(t *testing.T) {
	t.Parallel()
	const smtpPassword = "planted-smtp-password"
	for _, database := range testkit.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			log := &mailLog{TB: t}
			m := smtp.Start(t, smtp.Options{Security: smtp.STARTTLS, Username: "u", Password: smtpPassword})
			s := testkit.Start(log, database, testkit.Options{Env: append(m.Env(), "MM_SERVICESETTINGS_ENABLEDEVELOPER=true")})
			secrets := []string{mailPassword, smtpPassword}
			var answers bytes.Buffer
			seen := func(r *testkit.Response) *testkit.Response {
				answers.Write(r.Body)
				answers.WriteByte('\n')
				return r
			}
			v := s.Visitor().For(t)
			amy := s.User("amy").For(t)
			mailRequireVerification(t, s, true)
			ask := func(path, subject, to string, body map[string]string) string {
				seen(amy.Do(http.MethodPost, path, body)).Want(http.StatusOK)
				secret := mailSecret(t, mailLast(t, s, m, to, subject).Link())
				secrets = append(secrets, secret)
				return secret
			}
			secrets = append(secrets, mailSecret(t, mailLast(t, s, m, "amy@example.com", mailSubjectWelcome).Link()))
			seen(amy.Put("/users/me/patch", map[string]string{"email": "new@example.com", "password": testkit.Password})).Want(http.StatusOK)
			change := mailSecret(t, mailLast(t, s, m, "new@example.com", mailSubjectChange).Link())
			secrets = append(secrets, change)
			seen(mailVerify(v, change)).Want(http.StatusOK)
			seen(mailVerify(v, change)).Want(http.StatusBadRequest)
			reset := ask("/users/password/reset/send", mailSubjectReset, "new@example.com", map[string]string{"email": "new@example.com"})
			seen(mailReset(v, reset, "short")).Want(http.StatusBadRequest)
			seen(mailReset(v, reset, mailPassword)).Want(http.StatusOK)
			seen(mailReset(v, reset, mailPassword)).Want(http.StatusBadRequest)
			seen(sessLogin(v, "amy", mailPassword)).Want(http.StatusCreated)
			seen(s.Admin().For(t).Post("/email/test", nil)).Want(http.StatusOK)
			seen(s.Admin().For(t).Get("/users/" + amy.ID + "/audits")).Want(http.StatusOK)
			seen(s.Admin().For(t).Get("/config")).Want(http.StatusOK)
			mailSettle(t, s)
			stored := mailStored(t, s)
			for _, place := range []struct {
				name, shows string
				text        []byte
			}{
				{"answers", "reset_password.invalid_link", answers.Bytes()}, {"the log", "", []byte(log.text())}, {"the database", "new@example.com", stored},
			} {
				if !bytes.Contains(place.text, []byte(place.shows)) {
					t.Errorf("%s do not hold %q: they are not what was to be searched", place.name, place.shows)
				}
				for i, secret := range secrets {
					if bytes.Contains(place.text, []byte(secret)) {
						t.Errorf("secret %d stands in %s", i, place.name)
					}
				}
			}
		})
	}
}
