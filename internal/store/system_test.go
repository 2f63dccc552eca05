package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"muster/internal/event"
)

func TestConfigurationIsReplacedOnlyByWhoKnowsItsVersion(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		_, _, err := db.Configuration(ctx)
		wantErr[any](t, ErrNotFound)(nil, err)
		save := func(text string, version int64) func(tx *Tx) error {
			return func(tx *Tx) error { return tx.SaveConfiguration(ctx, []byte(text), version, 5) }
		}
		fails(t, db, ErrConflict, save(`{"made":"up"}`, 3))
		must(t, db, save(`{"a":1}`, 0))
		must(t, db, save(`{"a":"ü\u0000"}`, 1))
		for _, stale := range []int64{0, 1, 3, -1} {
			fails(t, db, ErrConflict, save(`{"a":3}`, stale))
		}
		document, version, err := db.Configuration(ctx)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "configuration", []any{string(document), version}, []any{`{"a":"ü\u0000"}`, int64(2)})
	})
}

func TestConfigurationManyChangeAtOnceIsChangedByOne(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				errs[i] = db.Tx(ctx, func(tx *Tx) error { return tx.SaveConfiguration(ctx, fmt.Append(nil, i), 0, 5) })
			})
		}
		all.Wait()
		winner := slices.Index(errs, nil)
		document, version, err := db.Configuration(ctx)
		equal(t, "configuration", []any{string(document), version, err}, []any{fmt.Sprint(winner), int64(1), nil})
		for i, err := range errs {
			if i != winner && !errors.Is(err, ErrConflict) {
				t.Errorf("a loser got %v, want %v", err, ErrConflict)
			}
		}
	})
}

func TestSystemValueIsTheOneThatCameFirst(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		wantErr[string](t, ErrNotFound)(db.SystemValue(ctx, "id"))
		held := make([]string, 8)
		var all sync.WaitGroup
		for i := range held {
			all.Go(func() {
				if err := db.Tx(ctx, func(tx *Tx) (err error) {
					held[i], err = tx.KeepSystemValue(ctx, "id", fmt.Sprint(i))
					return err
				}); err != nil {
					t.Errorf("keep: %v", err)
				}
			})
		}
		all.Wait()
		kept := value[string](t)(db.SystemValue(ctx, "id"))
		equal(t, "what each was told", slices.Compact(held), []string{kept})
		for _, value := range []string{"another", "last"} {
			must(t, db, func(tx *Tx) error { return tx.SetSystemValue(ctx, "id", value) })
		}
		equal(t, "what was set", value[string](t)(db.SystemValue(ctx, "id")), "last")
	})
}

// meeting runs use cases that are in their transactions at the same time where
// the database allows it, and gives the most that were at once behind lock.
func meeting(t *testing.T, db *DB, lock func(tx *Tx) error) int {
	t.Helper()
	var mu sync.Mutex
	inside, most := 0, 0
	step := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		inside += by
		most = max(most, inside)
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			err := db.Tx(context.Background(), func(tx *Tx) error {
				if err := lock(tx); err != nil {
					return err
				}
				step(1)
				defer step(-1)
				for range 20 { // some time
					if _, err := tx.Humans(context.Background()); err != nil {
						return err
					}
				}
				return keep(context.Background(), fmt.Sprint("met ", i), "1")(tx)
			})
			if err != nil {
				t.Errorf("use case: %v", err)
			}
		})
	}
	all.Wait()
	return most
}

func TestLocksLetOneUseCaseInAtATime(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		equal(t, "at once while there is no account", meeting(t, db, func(tx *Tx) error { return tx.LockFirstAccount(ctx) }), 1)
		addUser(t, db, "amy")
		equal(t, "at once among administrators", meeting(t, db, func(tx *Tx) error { return tx.LockAdmins(ctx) }), 1)
		must(t, db, func(outer *Tx) error { // with an account sign-ups do not wait for each other
			if err := outer.LockFirstAccount(ctx); err != nil || db.Driver() == SQLite {
				return err
			}
			return db.Tx(ctx, func(inner *Tx) error { return inner.LockFirstAccount(ctx) })
		})
	})
}

func TestDatabaseTellsAboutItself(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		if !slices.Contains(drivers, db.Driver()) {
			t.Errorf("driver is %q", db.Driver())
		}
		before := db.Statements()
		if err := db.Ping(t.Context()); err != nil {
			t.Errorf("ping: %v", err)
		}
		must(t, db, func(tx *Tx) error { return tx.HoldUser(t.Context(), "x") })
		must(t, db, keep(t.Context(), "a", "b"))
		if n := db.Statements() - before; n < 3 || n > 4 {
			t.Errorf("%d statements were counted, want 3 or 4", n)
		}
		heard := 0
		db.bus.Subscribe(func(event.Event) { heard++ })
		fails(t, db, errClosed, func(tx *Tx) error { tx.Emit(event.RolesStale()); return errClosed })
		must(t, db, func(tx *Tx) error { tx.Emit(event.RolesStale(), event.RolesStale()); tx.Emit(); return nil })
		equal(t, "events", heard, 2)
	})
}

func TestClosedDatabaseAnswersWithErrors(t *testing.T) {
	t.Parallel()
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			o := empty(t, driver)
			db, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			if err := db.Ping(t.Context()); err == nil {
				t.Error("it answers")
			}
			if err := db.Tx(t.Context(), func(*Tx) error { return nil }); err == nil {
				t.Error("it runs use cases")
			}
			_ = db.Close() // once more must not panic
		})
	}
}
