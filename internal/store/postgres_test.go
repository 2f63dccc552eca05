package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"muster/internal/event"
	"muster/internal/testkit/pg"
)

func TestUseCasesThatDeadlockAreRunAgain(t *testing.T) {
	t.Parallel()
	db := fresh(t, Postgres)
	users := []string{addUser(t, db, "amy").ID, addUser(t, db, "bob").ID}
	var runs, events atomic.Int64
	db.bus.Subscribe(func(event.Event) { events.Add(1) })
	var bothHold, all sync.WaitGroup
	bothHold.Add(2)
	for i := range 2 {
		all.Go(func() {
			first := true
			err := db.Tx(t.Context(), func(tx *Tx) error {
				runs.Add(1)
				tx.Emit(event.NewUser(users[i]))
				if err := tx.HoldUser(t.Context(), users[i]); err != nil {
					return err
				}
				if first {
					first = false
					bothHold.Done()
					bothHold.Wait()
				}
				if err := tx.HoldUser(t.Context(), users[1-i]); err != nil {
					return err
				}
				return tx.SignedIn(t.Context(), users[i], 7)
			})
			if err != nil {
				t.Errorf("use case: %v", err)
			}
		})
	}
	all.Wait()
	if runs.Load() < 3 {
		t.Errorf("%d runs: there was no deadlock", runs.Load())
	}
	if events.Load() != 2 {
		t.Errorf("%d events left, want one of each use case", events.Load())
	}
	for _, id := range users {
		u, err := db.User(t.Context(), id)
		if err != nil || u.LastLogin != 7 {
			t.Errorf("account is %+v (%v)", u, err)
		}
	}
}

func TestUseCaseThatNeverFitsIsGivenUp(t *testing.T) {
	t.Parallel()
	db := fresh(t, Postgres)
	for _, code := range []string{"40001", "40P01", "22012"} {
		runs := 0
		err := db.Tx(t.Context(), func(*Tx) error {
			runs++
			return fmt.Errorf("use case: %w", &pgconn.PgError{Code: code})
		})
		want := serialisationTries
		if code == "22012" {
			want = 1
		}
		if err == nil || runs != want {
			t.Errorf("%s: %d runs (%v), want %d", code, runs, err, want)
		}
	}
}

func TestCancelledUseCaseEndsAndLeavesNothing(t *testing.T) {
	t.Parallel()
	db := fresh(t, Postgres)
	id := addUser(t, db, "amy").ID
	must(t, db, func(tx *Tx) error {
		if err := tx.HoldUser(t.Context(), id); err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := db.Tx(ctx, func(other *Tx) error {
			if err := keep(ctx, "half", "1")(other); err != nil {
				return err
			}
			go func() {
				waitsForLock(t, db)
				cancel()
			}()
			if err := other.HoldUser(ctx, id); !errors.Is(err, context.Canceled) {
				t.Errorf("waiting for the lock gave %v, want %v", err, context.Canceled)
			}
			return nil // whoever overlooks the error must not store the half
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the use case gave %v, want %v", err, context.Canceled)
		}
		return nil
	})
	wantValue(t, db.Q, "half", "")
	must(t, db, keep(t.Context(), "later", "1"))
}

// waitsForLock returns when a connection to the database waits for another.
func waitsForLock(t *testing.T, db *DB) {
	until(t, func() bool {
		n, err := one(context.Background(), db.Q, scanValue[int64], `SELECT COUNT(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		return err == nil && n > 0
	})
}

func TestLostConnectionIsAnErrorAndThePoolRecovers(t *testing.T) {
	t.Parallel()
	db := fresh(t, Postgres)
	ctx := t.Context()
	pid := func(q Q) int64 { return value[int64](t)(one(ctx, q, scanValue[int64], `SELECT pg_backend_pid()`)) }
	err := db.Tx(ctx, func(tx *Tx) error {
		if err := keep(ctx, "half", "1")(tx); err != nil {
			return err
		}
		value[bool](t)(one(ctx, db.Q, scanValue[bool], `SELECT pg_terminate_backend(?::int)`, pid(tx.Q)))
		return keep(ctx, "other half", "1")(tx)
	})
	if err == nil {
		t.Error("a use case whose connection was lost succeeded")
	}
	wantValue(t, db.Q, "half", "")

	for range 8 { // fill the pool
		must(t, db, keep(ctx, "some", "1"))
	}
	ended := value[[]bool](t)(list(ctx, db.Q, scanValue[bool], `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`))
	failed := 0
	for range 3 * len(ended) { // each dead connection may be noticed by one use case
		if err := db.Tx(ctx, keep(ctx, "after", "1")); err != nil {
			failed++
		}
	}
	if failed > len(ended) {
		t.Errorf("%d use cases failed after %d connections were lost", failed, len(ended))
	}
	must(t, db, keep(ctx, "after", "1"))
	wantValue(t, db.Q, "after", "1")
}

func TestPasswordOfTheDatabaseIsInNoError(t *testing.T) {
	t.Parallel()
	const password = "hunter2-geheim"
	closed := closedPort(t)
	cluster, err := url.Parse(pg.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	cluster.User = url.UserPassword("nobody-here", password)
	missing := *cluster
	missing.Path = "/no-such-database"
	for name, dsn := range map[string]string{
		"not a DSN":             "postgres://muster:" + password + "@host:port/db",
		"half a DSN":            "host=x password=" + password + " port=many",
		"unclosed quote":        "password='" + password,
		"bad option":            "postgres://muster:" + password + "@127.0.0.1/db?sslmode=" + password,
		"nobody listens":        fmt.Sprintf("postgres://muster:%s@127.0.0.1:%d/db?sslmode=disable", password, closed),
		"unknown host":          "postgres://muster:" + password + "@muster.invalid/db?connect_timeout=2",
		"unknown user":          cluster.String(),
		"unknown database":      missing.String(),
		"broken percent":        "postgres://muster:%zz" + password + "@host/db",
		"password in the query": fmt.Sprintf("postgres://127.0.0.1:%d/db?user=muster&password=%s", closed, password),
	} {
		_, err := Open(t.Context(), Options{Driver: Postgres, DataSource: dsn})
		if err == nil {
			t.Errorf("%s: it opened", name)
			continue
		}
		for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", errors.Unwrap(err))} {
			if strings.Contains(text, password) {
				t.Errorf("%s: the error shows the password: %s", name, text)
			}
		}
	}
}

func TestServerThatGoesAwayIsAnErrorWithoutThePassword(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(pg.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword("postgres", "hunter2-geheim") // the cluster trusts everybody
	db := open(t, Options{Driver: Postgres, DataSource: address.String()})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	raw(t, Postgres, pg.DSN(t), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = `+"'"+strings.TrimPrefix(address.Path, "/")+"'")
	raw(t, Postgres, pg.DSN(t), `DROP DATABASE `+strings.TrimPrefix(address.Path, "/"))
	for _, err := range []error{db.Ping(ctx), db.Tx(ctx, func(*Tx) error { return nil })} {
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want an error without the password", err)
		}
	}
}

// closedPort gives a port on which nobody listens.
func closedPort(t *testing.T) int {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().(*net.TCPAddr).Port
}
