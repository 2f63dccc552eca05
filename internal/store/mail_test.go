package store

import (
	"testing"

	"muster/internal/model"
)

func TestTokensOfAnAccountAreListedAndRemovedByAge(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		for i, n := range []*model.OneTimeToken{
			{Type: "a", CreateAt: 30, UserID: amy.ID},
			{Type: "a", CreateAt: 10, UserID: amy.ID},
			{Type: "a", CreateAt: 20, UserID: amy.ID},
			{Type: "b", CreateAt: 10, UserID: amy.ID},
			{Type: "a", CreateAt: 10, UserID: bob.ID},
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
