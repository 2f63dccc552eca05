package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"muster/internal/event"
	"muster/internal/model"
)

// keep is a use case that stores one fact.
func keep(ctx context.Context, name, value string) func(tx *Tx) error {
	return func(tx *Tx) error {
		_, err := tx.KeepSystemValue(ctx, name, value)
		return err
	}
}

// batched runs use cases so that one transaction carries them in their order, and
// gives their errors.
func batched(t *testing.T, db *DB, fns ...func(tx *Tx) error) []error {
	t.Helper()
	errs := make([]error, len(fns))
	release := make(chan struct{})
	began := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = db.Tx(context.Background(), func(*Tx) error { // it only keeps the writer busy
			close(began)
			<-release
			return errors.New("nothing to store")
		})
	})
	<-began
	for i, fn := range fns {
		all.Go(func() { errs[i] = db.Tx(context.Background(), fn) })
		until(t, func() bool { return len(db.writer.queue) == i+1 })
	}
	close(release)
	all.Wait()
	return errs
}

// until waits for a condition that has to come true soon.
func until(t *testing.T, condition func() bool) {
	t.Helper()
	for late := time.Now().Add(20 * time.Second); !condition(); runtime.Gosched() {
		if time.Now().After(late) {
			t.Fatal("what was waited for did not happen")
		}
	}
}

func wantValue(t *testing.T, q Q, name, want string) {
	t.Helper()
	got, err := q.SystemValue(t.Context(), name)
	if want == "" {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s is %q (%v), want nothing", name, got, err)
		}
		return
	}
	if err != nil || got != want {
		t.Errorf("%s is %q (%v), want %q", name, got, err, want)
	}
}

func TestTxKeepsWhatManyStoreAtOnceAndReadersSeeItAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		var all sync.WaitGroup
		for g := range 32 {
			all.Go(func() {
				for i := range 10 {
					name := fmt.Sprintf("%d-%d", g, i)
					if err := db.Tx(t.Context(), keep(t.Context(), name, "v"+name)); err != nil {
						t.Errorf("keep %s: %v", name, err)
					}
					wantValue(t, db.Q, name, "v"+name)
				}
			})
		}
		all.Wait()
	})
}

func TestTxUndoesOnlyTheUseCaseThatFails(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	ctx := t.Context()
	refused := errors.New("refused")
	errs := batched(t, db,
		keep(ctx, "first", "1"),
		func(tx *Tx) error { return errors.Join(keep(ctx, "refused", "1")(tx), refused) },
		func(tx *Tx) error {
			_ = keep(ctx, "panicked", "1")(tx) // the panic is what counts
			panic("a use case went wrong")
		},
		func(tx *Tx) error { return tx.InsertSession(ctx, aSession("nobody", 1), []byte("h")) },
		func(tx *Tx) error {
			wantValue(t, tx.Q, "first", "1") // the batch is one transaction
			wantValue(t, tx.Q, "refused", "")
			return keep(ctx, "last", "1")(tx)
		})
	if errs[0] != nil || errs[4] != nil {
		t.Errorf("use cases beside failing ones gave %v and %v", errs[0], errs[4])
	}
	if !errors.Is(errs[1], refused) || !errors.Is(errs[3], ErrMissing) {
		t.Errorf("failing use cases gave %v and %v", errs[1], errs[3])
	}
	if errs[2] == nil || !strings.Contains(errs[2].Error(), "a use case went wrong") || !strings.Contains(errs[2].Error(), "writer_test.go") {
		t.Errorf("the panic became %v, without what and where", errs[2])
	}
	for name, want := range map[string]string{"first": "1", "refused": "", "panicked": "", "last": "1"} {
		wantValue(t, db.Q, name, want)
	}
}

func TestTxFailsWhenAStatementOfItFailed(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		fails(t, db, ErrConflict, func(tx *Tx) error {
			_ = tx.InsertUser(ctx, u) // fails; whoever overlooks that must not store the rest
			_ = keep(ctx, "rest", "1")(tx)
			return nil
		})
		wantValue(t, db.Q, "rest", "")
		if n := value[int64](t)(db.Humans(ctx)); n != 1 {
			t.Errorf("%d accounts are counted, want 1", n)
		}
	})
}

func TestTxWithoutAResultIsNoFailure(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		must(t, db, func(tx *Tx) error {
			if err := tx.ResetAttempts(t.Context(), "nobody"); !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v, want %v", err, ErrNotFound)
			}
			return keep(t.Context(), "after", "1")(tx)
		})
		wantValue(t, db.Q, "after", "1")
	})
}

func TestCommitThatFailsHarmsOnlyTheUseCaseThatMadeItFail(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	ctx := t.Context()
	errs := batched(t, db,
		keep(ctx, "before", "1"),
		func(tx *Tx) error {
			if _, err := exec(ctx, tx.Q, `PRAGMA defer_foreign_keys = ON`); err != nil {
				return err
			}
			tx.Emit(event.NewUser("nobody"))
			return tx.InsertSession(ctx, aSession("nobody", 1), []byte("h"))
		},
		keep(ctx, "after", "1"))
	if errs[0] != nil || errs[2] != nil || !errors.Is(errs[1], ErrMissing) {
		t.Errorf("the batch gave %v, want only the second to fail", errs)
	}
	wantValue(t, db.Q, "before", "1")
	wantValue(t, db.Q, "after", "1")
	must(t, db, keep(ctx, "later", "1"))
	wantErr[*model.Session](t, ErrNotFound)(db.SessionByToken(ctx, []byte("h")))
}

func TestUndoneUseCaseIsNotFound(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	ctx := t.Context()
	insert := func(name string, end error) func(tx *Tx) error {
		return func(tx *Tx) error { return errors.Join(tx.InsertUser(ctx, aUser(name)), end) }
	}
	batched(t, db, insert("amy", nil), insert("bob", errors.New("refused")), insert("carl", nil), insert("dora", errors.New("refused")))
	for _, table := range []string{"users", "user_search", "user_search_grams_docsize"} {
		if n := value[int64](t)(one(ctx, db.Q, scanValue[int64], `SELECT COUNT(*) FROM `+table)); n != 2 {
			t.Errorf("%s has %d rows, want 2", table, n)
		}
	}
	must(t, db, func(tx *Tx) error { // it fails when the lists are damaged
		_, err := exec(ctx, tx.Q, `INSERT INTO user_search_grams (user_search_grams) VALUES ('integrity-check')`)
		return err
	})
}

func TestFullDiskHarmsOnlyTheUseCaseThatNeedsTheRoom(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	ctx := t.Context()
	must(t, db, func(tx *Tx) error {
		pages, err := one(ctx, tx.Q, scanValue[int64], `PRAGMA page_count`)
		if err != nil {
			return err
		}
		_, err = list(ctx, tx.Q, scanValue[int64], fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+20))
		return err
	})
	errs := batched(t, db,
		keep(ctx, "before", "1"),
		keep(ctx, "large", strings.Repeat("x", 1<<20)),
		func(tx *Tx) error {
			_ = keep(ctx, "careless", strings.Repeat("x", 1<<20))(tx)
			_ = keep(ctx, "rest", "1")(tx)
			return nil
		},
		keep(ctx, "after", "1"))
	if errs[0] != nil || errs[3] != nil || !errors.Is(errs[1], ErrFull) || !errors.Is(errs[2], ErrFull) {
		t.Errorf("the batch gave %v, want only the second and third to fail", errs)
	}
	for name, want := range map[string]string{"before": "1", "large": "", "careless": "", "rest": "", "after": "1"} {
		wantValue(t, db.Q, name, want)
	}
	must(t, db, keep(ctx, "later", "1"))
}

func TestEventsLeaveAfterTheCommitInItsOrder(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	ctx := t.Context()
	var mu sync.Mutex
	var got, want []string
	db.bus.Subscribe(func(e event.Event) {
		wantValue(t, db.Q, e.Name, "1")
		mu.Lock()
		defer mu.Unlock()
		got = append(got, e.Name, fmt.Sprint(e.Data["n"]))
	})
	var fns []func(tx *Tx) error
	for i := range 100 {
		name := fmt.Sprintf("event-%d", i)
		fns = append(fns, func(tx *Tx) error {
			tx.Emit(event.Event{Name: name, Data: map[string]any{"n": 1}}, event.Event{Name: name, Data: map[string]any{"n": 2}})
			if i%10 == 9 {
				return errors.New("refused")
			}
			return keep(ctx, name, "1")(tx)
		})
		if i%10 != 9 {
			want = append(want, name, "1", name, "2")
		}
	}
	batched(t, db, fns...)
	equal(t, "events", got, want)
}

func TestTxWhoseContextEndsWhileItWaitsIsNotRun(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	ctx, cancel := context.WithCancel(t.Context())
	var err error
	var all sync.WaitGroup
	must(t, db, func(*Tx) error {
		all.Go(func() {
			err = db.Tx(ctx, func(*Tx) error { t.Error("it was run"); return nil })
		})
		until(t, func() bool { return len(db.writer.queue) == 1 })
		cancel()
		return nil
	})
	all.Wait()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	t.Parallel()
	o := empty(t, SQLite)
	if err := migrateOnce(o); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	db.bus = event.NewLocal()
	errs := make([]error, 20)
	closed := make(chan error, 1)
	var all sync.WaitGroup
	must(t, db, func(*Tx) error {
		for i := range errs {
			all.Go(func() { errs[i] = db.Tx(context.Background(), keep(context.Background(), fmt.Sprint(i), "1")) })
		}
		until(t, func() bool { return len(db.writer.queue) == len(errs) })
		go func() { closed <- db.Close() }()
		<-db.writer.quit
		return nil
	})
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Errorf("use cases that waited gave %v", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	if err := db.Tx(context.Background(), func(*Tx) error { return nil }); !errors.Is(err, errClosed) {
		t.Errorf("a use case after the end gave %v, want %v", err, errClosed)
	}
	again := open(t, o)
	for i := range errs {
		wantValue(t, again.Q, fmt.Sprint(i), "1")
	}
}

func TestLockOfAnotherProgramFailsAllWhoWaitAtOnce(t *testing.T) {
	t.Parallel()
	o := empty(t, SQLite)
	db := open(t, o)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := open(t, o)
	must(t, db, func(tx *Tx) error {
		_, err := list(t.Context(), tx.Q, scanValue[int64], `PRAGMA busy_timeout = 300`)
		return err
	})
	var errs []error
	took := time.Duration(0)
	must(t, other, func(*Tx) error {
		errs = make([]error, 20)
		var all sync.WaitGroup
		start := time.Now()
		for i := range errs {
			all.Go(func() { errs[i] = db.Tx(context.Background(), func(*Tx) error { return nil }) })
		}
		all.Wait()
		took = time.Since(start)
		return nil
	})
	for _, err := range errs {
		if !errors.Is(err, ErrLocked) {
			t.Errorf("got %v, want %v", err, ErrLocked)
		}
	}
	if took > 3*time.Second {
		t.Errorf("the last of %d use cases learnt of the lock after %v", len(errs), took)
	}
	must(t, db, keep(t.Context(), "later", "1"))
}
