package store

import (
	"sync"
	"testing"

	"muster/internal/model"
)

// countMail counts one mail under a key.
func countMail(t *testing.T, db *DB, key string, now, since int64) (n int64) {
	t.Helper()
	must(t, db, func(tx *Tx) (err error) {
		n, err = tx.CountMail(t.Context(), model.HashToken(key), now, since)
		return err
	})
	return n
}

func TestMailsAreCountedPerKeyFromTheFirstOne(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		for _, tc := range []struct {
			what       string
			key        string
			now, since int64
			want       int64
		}{
			{"the first", "a", 100, 40, 1},
			{"the second", "a", 110, 50, 2},
			{"the first of another key", "b", 110, 50, 1},
			{"a third, while the first still counts", "a", 159, 99, 3},
			{"one after the first was forgotten", "a", 160, 100, 1},
			{"the next after that", "a", 161, 101, 2},
		} {
			equal(t, tc.what, countMail(t, db, tc.key, tc.now, tc.since), tc.want)
		}
	})
}

func TestMailsCountedAtOnceGetDifferentNumbers(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		const callers = 20
		var mu sync.Mutex
		seen := map[int64]bool{}
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				var n int64
				err := db.Tx(t.Context(), func(tx *Tx) (err error) {
					n, err = tx.CountMail(t.Context(), model.HashToken("a"), 100, 0)
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[n] {
					t.Errorf("count %d twice, or error %v", n, err)
				}
				seen[n] = true
			})
		}
		all.Wait()
		equal(t, "the last count", seen[callers], true)
	})
}

func TestOldMailCountsAreRemovedInBatches(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		for at, key := range []string{"a", "b", "c", "d"} {
			countMail(t, db, key, int64(at), -1)
		}
		for _, want := range []int64{2, 1, 0} {
			must(t, db, func(tx *Tx) error {
				n, err := tx.DeleteOldMailCounts(t.Context(), 3, 2)
				equal(t, "removed", n, want)
				return err
			})
		}
		equal(t, "the newest still counts", countMail(t, db, "d", 9, -1), int64(2))
	})
}

func TestTokensOfAnAccountAreListedAndRemovedByAge(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		for i, n := range []*model.OneTimeToken{
			{Type: "a", CreateAt: 30, UserID: amy.ID}, {Type: "a", CreateAt: 10, UserID: amy.ID}, {Type: "a", CreateAt: 20, UserID: amy.ID},
			{Type: "b", CreateAt: 10, UserID: amy.ID}, {Type: "a", CreateAt: 10, UserID: bob.ID},
		} {
			must(t, db, func(tx *Tx) error { return tx.InsertToken(ctx, n, []byte{byte(i)}) })
		}
		times := func(userID, kind string) (out []int64) {
			for _, n := range value[[]*model.OneTimeToken](t)(db.TokensOf(ctx, userID, kind)) {
				out = append(out, n.CreateAt)
			}
			return out
		}
		equal(t, "of one type", times(amy.ID, "a"), []int64{10, 20, 30})
		must(t, db, func(tx *Tx) error { return tx.DeleteTokensMadeBy(ctx, amy.ID, "a", 20) })
		equal(t, "the newer one stays", times(amy.ID, "a"), []int64{30})
		equal(t, "another type stays", times(amy.ID, "b"), []int64{10})
		equal(t, "those of another account stay", times(bob.ID, "a"), []int64{10})
	})
}
