package store

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"muster/internal/model"
)

// threeAMinute is the rate of the tests: one step is 20 seconds.
var threeAMinute = Rate{Most: 3, Per: time.Minute}

// take tells whether a key could be taken.
func take(t *testing.T, db *DB, key string, now int64) bool {
	t.Helper()
	err := db.Tx(t.Context(), func(tx *Tx) error { return tx.Take(t.Context(), model.HashToken(key), threeAMinute, now) })
	if err != nil && !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestARateAllowsSoManyAtOnceAndThenOneAStep(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		for _, tc := range []struct {
			what, key string
			now       int64
			want      bool
		}{
			{"the first", "a", 1_000, true},
			{"the second", "a", 1_000, true},
			{"the third", "a", 1_000, true},
			{"one too many", "a", 1_000, false},
			{"another key", "b", 1_000, true},
			{"a moment before a step is over", "a", 20_999, false},
			{"after a step", "a", 21_000, true},
			{"a second one after that step", "a", 21_000, false},
			{"long after", "a", 500_000, true},
			{"again", "a", 500_000, true},
			{"and again, but nothing was saved up", "a", 500_000, true},
			{"so this is one too many", "a", 500_000, false},
		} {
			equal(t, tc.what, take(t, db, tc.key, tc.now), tc.want)
		}
		freeAt := value[int64](t)(db.FreeAt(t.Context(), model.HashToken("a")))
		equal(t, "all is forgotten at", freeAt, int64(560_000))
		equal(t, "to wait", threeAMinute.Wait(freeAt, 500_000), int64(20_000))
		equal(t, "nothing to wait a step later", threeAMinute.Wait(freeAt, 520_000), int64(0))
	})
}

func TestWhatIsGivenBackCanBeTakenAgain(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		for range 3 {
			take(t, db, "a", 0)
		}
		must(t, db, func(tx *Tx) error { return tx.GiveBack(t.Context(), model.HashToken("a"), threeAMinute) })
		must(t, db, func(tx *Tx) error { return tx.GiveBack(t.Context(), model.HashToken("nothing"), threeAMinute) })
		equal(t, "one more", take(t, db, "a", 0), true)
		equal(t, "two more", take(t, db, "a", 0), false)
	})
}

func TestNoMoreThanTheRateGetThroughAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		var through atomic.Int64
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() {
				err := db.Tx(t.Context(), func(tx *Tx) error { return tx.Take(t.Context(), model.HashToken("a"), threeAMinute, 5) })
				if err == nil {
					through.Add(1)
				} else if !errors.Is(err, ErrNotFound) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		equal(t, "got through", through.Load(), int64(3))
	})
}

func TestForgottenRatesAreRemovedInBatches(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		for at, key := range []string{"a", "b", "c", "d"} {
			take(t, db, key, int64(at))
		}
		for _, want := range []int64{2, 1, 0} {
			must(t, db, func(tx *Tx) error {
				n, err := tx.DeleteFreeRates(t.Context(), 20_002, 2)
				equal(t, "removed", n, want)
				return err
			})
		}
		_, err := db.FreeAt(t.Context(), model.HashToken("c"))
		equal(t, "the third is gone", errors.Is(err, ErrNotFound), true)
		equal(t, "the fourth still counts", value[int64](t)(db.FreeAt(t.Context(), model.HashToken("d"))), int64(20_003))
	})
}
