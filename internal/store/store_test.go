package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/testkit/pg"
)

// drivers are the databases every test of this package runs on.
var drivers = []string{SQLite, Postgres}

// onEach runs a test on a fresh database of each kind, with the schema in it.
func onEach(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Helper()
	t.Parallel()
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t, driver))
		})
	}
}

// fresh opens a new database with the schema in it; it is closed with the test.
func fresh(t testing.TB, driver string) *DB {
	t.Helper()
	if driver == SQLite {
		file := filepath.Join(t.TempDir(), "muster.db")
		if err := os.WriteFile(file, sqliteTemplate(t), 0o600); err != nil {
			t.Fatal(err)
		}
		return open(t, Options{Driver: SQLite, DataSource: file, Volatile: true})
	}
	dsn := pg.Clone(t, "store", func(dsn string) error {
		return migrateOnce(Options{Driver: Postgres, DataSource: dsn, Volatile: true})
	})
	return open(t, Options{Driver: Postgres, DataSource: dsn, MaxOpen: 8, Volatile: true})
}

// empty gives the options of a new database without a schema.
func empty(t testing.TB, driver string) Options {
	t.Helper()
	if driver == SQLite {
		return Options{Driver: SQLite, DataSource: filepath.Join(t.TempDir(), "muster.db"), Volatile: true}
	}
	return Options{Driver: Postgres, DataSource: pg.DSN(t), MaxOpen: 4, Volatile: true}
}

// open opens a database until the test ends.
func open(t testing.TB, o Options) *DB {
	t.Helper()
	if o.Bus == nil {
		o.Bus = event.NewLocal()
	}
	db, err := Open(context.Background(), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

func migrateOnce(o Options) error {
	db, err := Open(context.Background(), o)
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(context.Background()), db.Close())
}

var sqliteTemplateOnce = sync.OnceValues(func() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "template.db")
	if err := migrateOnce(Options{Driver: SQLite, DataSource: file, Volatile: true}); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func sqliteTemplate(t testing.TB) []byte {
	t.Helper()
	content, err := sqliteTemplateOnce()
	if err != nil {
		t.Fatalf("prepare the SQLite template: %v", err)
	}
	return content
}

// must runs a use case that has to succeed.
func must(t testing.TB, db *DB, fn func(tx *Tx) error) {
	t.Helper()
	if err := db.Tx(t.Context(), fn); err != nil {
		t.Fatalf("use case: %v", err)
	}
}

// fails runs a use case that has to fail with an error.
func fails(t testing.TB, db *DB, want error, fn func(tx *Tx) error) {
	t.Helper()
	if err := db.Tx(t.Context(), fn); !errors.Is(err, want) {
		t.Errorf("use case gave %v, want %v", err, want)
	}
}

// equal compares whole values.
func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b model.Secret) bool { return a.Equal(b.Reveal()) })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// value unwraps an answer that has to be there.
func value[T any](t testing.TB) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		return v
	}
}

// wantErr checks the error of a call whose value does not matter.
func wantErr[T any](t testing.TB, want error) func(v T, err error) {
	t.Helper()
	return func(_ T, err error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("got error %v, want %v", err, want)
		}
	}
}

// aUser makes the record of an account that is not stored yet.
func aUser(username string) *model.User {
	return &model.User{
		ID: model.NewID(), CreateAt: 1000, UpdateAt: 2000, Username: username, Email: username + "@example.com",
		Roles: model.SystemUserRole, Locale: "en", Timezone: model.StringMap{"manualTimezone": ""}, Props: model.StringMap{},
		NotifyProps: model.StringMap{"email": "true"},
	}
}

// withNickname is aUser with a nickname.
func withNickname(username, nickname string) *model.User {
	u := aUser(username)
	u.Nickname = nickname
	return u
}

// addUser stores an account.
func addUser(t testing.TB, db *DB, username string) *model.User {
	t.Helper()
	u := aUser(username)
	must(t, db, func(tx *Tx) error { return tx.InsertUser(t.Context(), u) })
	return u
}

// aSession makes a session that is not stored yet.
func aSession(userID string, lastActivityAt int64) *model.Session {
	return &model.Session{
		ID: model.NewTimeID(lastActivityAt), CreateAt: 1, ExpiresAt: 9000, LastActivityAt: lastActivityAt,
		UserID: userID, Props: model.StringMap{model.PropCSRF: "c"},
	}
}

// addSession stores a session and gives it with the hash of its token.
func addSession(t testing.TB, db *DB, s *model.Session) []byte {
	t.Helper()
	hash := model.HashToken(s.ID)
	must(t, db, func(tx *Tx) error { return tx.InsertSession(t.Context(), s, hash) })
	return hash
}

// ids gives the sorted ids of accounts.
func ids(users ...*model.User) []string {
	var out []string
	for _, u := range users {
		out = append(out, u.ID)
	}
	slices.Sort(out)
	return out
}

// sorted sorts a list in place.
func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// raw runs a statement on a connection of its own, beside the store.
func raw(t testing.TB, driver, dataSource, text string, args ...any) {
	t.Helper()
	name := map[string]string{SQLite: "sqlite", Postgres: "pgx"}[driver]
	db, err := sql.Open(name, dataSource)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), text, args...)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
