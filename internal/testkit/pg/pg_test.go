package pg

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestDSNGivesEachTestADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			execute(t, open(t, DSN(t)), "CREATE TABLE mine (n int)")
		})
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var dsn string
	t.Run("a test that leaves a connection open", func(t *testing.T) {
		dsn = DSN(t)
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			t.Fatal(err)
		}
		execute(t, db, "SELECT 1")
	})
	if dsn == "" {
		t.Skip("no PostgreSQL")
	}
	if err := open(t, dsn).Ping(); err == nil || !strings.Contains(err.Error(), "3D000") {
		t.Errorf("connecting gives %v, want that the database does not exist", err)
	}
}

func TestCloneFillsOncePerKey(t *testing.T) {
	t.Parallel()
	var fills atomic.Int32
	key := rand.Text()
	fill := func(dsn string) error {
		fills.Add(1)
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			return err
		}
		_, err = db.ExecContext(context.Background(), "CREATE TABLE given (n int); INSERT INTO given VALUES (7)")
		return errors.Join(err, db.Close())
	}
	t.Run("tests", func(t *testing.T) {
		for i := range 4 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				db := open(t, Clone(t, key, fill))
				var n int
				if err := db.QueryRowContext(context.Background(), "DELETE FROM given RETURNING n").Scan(&n); err != nil || n != 7 {
					t.Errorf("got %d, %v; want 7", n, err)
				}
			})
		}
	})
	if n := fills.Load(); Available() && n != 1 {
		t.Errorf("filled %d times, want once", n)
	}
}

func TestPrepareThatFailsIsTold(t *testing.T) {
	t.Parallel()
	s := need(t)
	broken := errors.New("broken")
	key := rand.Text()
	for range 2 {
		if _, err := s.template(key, func(string) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("got %v, want %v", err, broken)
		}
	}
}

func TestSweepDropsOnlyWhatNobodyOwns(t *testing.T) {
	t.Parallel()
	s := need(t)
	left := prefix + strings.ToLower(rand.Text()[:12]) + "_1"
	if err := s.exec("CREATE DATABASE " + left); err != nil {
		t.Fatal(err)
	}
	mine := DSN(t)
	if err := s.sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := open(t, s.dsn(left)).Ping(); err == nil {
		t.Error("the database of a process that is no more is still there")
	}
	if err := open(t, mine).Ping(); err != nil {
		t.Errorf("the database of this process: %v", err)
	}
}

func TestWithDatabase(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, dsn, want string }{
		{"a URL", "postgres://u:p@h:5/a?sslmode=disable", "postgres://u:p@h:5/b?sslmode=disable"},
		{"a URL without a database", "postgresql://u@h", "postgresql://u@h/b"},
		{"a URL with the database in the query", "postgres:///?dbname=a&host=%2Ftmp", "postgres:///b?host=%2Ftmp"},
		{"keywords", "host=/tmp dbname=a", "host=/tmp dbname=a dbname=b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := withDatabase(tc.dsn, "b"); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
