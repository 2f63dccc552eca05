package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"

	"muster/internal/fault"
)

func TestCodesOfBothDriversMeanTheSameErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		code string
		want error
	}{
		{"23505", ErrConflict},
		{"23503", ErrMissing},
		{"25006", ErrReadOnly},
		{"53100", ErrFull},
		{"22021", ErrText},
		{"22P05", ErrText},
		{"23502", nil},
		{"40001", nil},
		{"40P01", nil},
		{"57P01", nil},
		{"42P01", nil},
		{"", nil},
	} {
		err := classify(fmt.Errorf("query: %w", &pgconn.PgError{Code: tc.code, Message: "m"}))
		wantKind(t, "PostgreSQL "+tc.code, err, tc.want)
		if pg := new(pgconn.PgError); !errors.As(err, &pg) || pg.Code != tc.code {
			t.Errorf("PostgreSQL %s: the cause is lost in %v", tc.code, err)
		}
	}
	for _, tc := range []struct {
		code int
		want error
	}{
		{sqlite3.SQLITE_CONSTRAINT_UNIQUE, ErrConflict},
		{sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, ErrConflict},
		{sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, ErrMissing},
		{sqlite3.SQLITE_READONLY, ErrReadOnly},
		{sqlite3.SQLITE_READONLY_DIRECTORY, ErrReadOnly},
		{sqlite3.SQLITE_CANTOPEN, ErrReadOnly},
		{sqlite3.SQLITE_CANTOPEN_ISDIR, ErrReadOnly},
		{sqlite3.SQLITE_PERM, ErrReadOnly},
		{sqlite3.SQLITE_FULL, ErrFull},
		{sqlite3.SQLITE_IOERR_SHMSIZE, ErrFull},
		{sqlite3.SQLITE_BUSY, ErrLocked},
		{sqlite3.SQLITE_BUSY_SNAPSHOT, ErrLocked},
		{sqlite3.SQLITE_LOCKED, ErrLocked},
		{sqlite3.SQLITE_CORRUPT, ErrDamaged},
		{sqlite3.SQLITE_NOTADB, ErrDamaged},
		{sqlite3.SQLITE_CONSTRAINT_NOTNULL, nil},
		{sqlite3.SQLITE_CONSTRAINT_CHECK, nil},
		{sqlite3.SQLITE_ERROR, nil},
		{sqlite3.SQLITE_IOERR, nil},
		{sqlite3.SQLITE_INTERRUPT, nil},
	} {
		if got := sqliteKind(tc.code); !errors.Is(got, tc.want) {
			t.Errorf("SQLite %d is %v, want %v", tc.code, got, tc.want)
		}
	}
	wantKind(t, "no rows", classify(fmt.Errorf("scan: %w", sql.ErrNoRows)), ErrNotFound)
	wantKind(t, "cancelled", classify(context.Canceled), context.Canceled)
	if err := classify(nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}

// wantKind checks which of the errors of this package err is.
func wantKind(t *testing.T, what string, err, want error) {
	t.Helper()
	for _, kind := range []error{ErrNotFound, ErrConflict, ErrMissing, ErrReadOnly, ErrFull, ErrLocked, ErrDamaged, ErrText} {
		if errors.Is(err, kind) != (kind == want) { //nolint:errorlint // the sentinels themselves are compared
			t.Errorf("%s is %v, want %v", what, err, want)
		}
	}
}

func TestFaultSaysWhatAClientMayKnow(t *testing.T) {
	t.Parallel()
	if err := Fault(nil, "app.x"); err != nil {
		t.Errorf("no error became %v", err)
	}
	known := fault.NoUser()
	for name, tc := range map[string]struct {
		err     error
		missing []*fault.Error
		kind    fault.Kind
		id      string
	}{
		"a fault stays":                        {fmt.Errorf("tx: %w", known), []*fault.Error{fault.Body("x")}, fault.NotFound, known.ID},
		"a missing row is the given fault":     {fmt.Errorf("%w", ErrNotFound), []*fault.Error{fault.Body("x")}, fault.Invalid, fault.Body("x").ID},
		"a missing row without a fault":        {ErrNotFound, nil, fault.Internal, "app.x"},
		"a conflict nobody explained":          {ErrConflict, []*fault.Error{fault.Body("x")}, fault.Internal, "app.x"},
		"a text that cannot be stored":         {fmt.Errorf("%w", ErrText), []*fault.Error{known}, fault.Invalid, "app.x"},
		"anything else":                        {errors.New("disk on fire"), []*fault.Error{known}, fault.Internal, "app.x"},
		"a cancelled request is not explained": {context.Canceled, nil, fault.Internal, "app.x"},
	} {
		got := Fault(tc.err, "app.x", tc.missing...)
		if fault.KindOf(got) != tc.kind || !fault.Is(got, tc.id) || !errors.Is(got, tc.err) && fault.As(tc.err) == nil {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestUnknownDriverIsRefused(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), Options{Driver: "mysql", DataSource: "root:hunter2@/x"})
	if err == nil || !strings.Contains(err.Error(), `"mysql"`) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestFileThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	half := string(sqliteTemplate(t))
	for name, tc := range map[string]struct {
		file string
		want error
	}{
		"a folder":          {dir, ErrReadOnly},
		"no such folder":    {filepath.Join(dir, "none", "muster.db"), ErrReadOnly},
		"another format":    {write("text.db", strings.Repeat("not a database\n", 100)), ErrDamaged},
		"a damaged content": {write("damaged.db", half[:4096]+strings.Repeat("x", len(half)-4096)), ErrDamaged},
	} {
		db, err := Open(t.Context(), Options{Driver: SQLite, DataSource: tc.file})
		if err == nil {
			err = db.Migrate(t.Context())
			if err := db.Close(); err != nil {
				t.Errorf("%s: close: %v", name, err)
			}
		}
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
	}
}

func TestFileMayHaveAnyName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"plain.db", "with space.db", "100%.db", "%41.db", "a?b=c&mode=memory.db", "a#b.db", "ä日.db", "a'b\"c.db", "a+b:c;d.db", ":memory:"} {
		file := filepath.Join(dir, name)
		o := Options{Driver: SQLite, DataSource: file, Volatile: true}
		if err := migrateOnce(o); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s was not made: %v", name, err)
		}
		db := open(t, o)
		must(t, db, keep(t.Context(), "name", name))
		wantValue(t, db.Q, "name", name)
		if _, err := os.Stat(db.writer.log); err != nil {
			t.Errorf("%s has its log elsewhere: %v", name, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) < 10 {
		t.Errorf("files are %v (%v)", left, err)
	}
}

func TestOneFileIsOpenedByManyAtOnce(t *testing.T) {
	t.Parallel()
	o := Options{Driver: SQLite, DataSource: filepath.Join(t.TempDir(), "muster.db")}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := migrateOnce(o); err != nil {
				t.Errorf("open and migrate: %v", err)
			}
		})
	}
	all.Wait()
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	_, err := exec(t.Context(), db.Q, `DELETE FROM users`)
	wantErr[any](t, ErrReadOnly)(nil, err)
	for name, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1"} {
		equal(t, name, value[string](t)(one(t.Context(), db.Q, scanValue[string], "PRAGMA "+name)), want)
	}
	safe := durable(t)
	must(t, safe, func(tx *Tx) error {
		for name, want := range map[string]string{"synchronous": "2", "foreign_keys": "1", "journal_mode": "wal"} {
			equal(t, name, value[string](t)(one(t.Context(), tx.Q, scanValue[string], "PRAGMA "+name)), want)
		}
		return nil
	})
}
