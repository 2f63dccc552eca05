package store

import (
	"fmt"
	"sync"
	"testing"

	"muster/internal/model"
)

// addAccessToken stores a token whose secret is its id.
func addAccessToken(t *testing.T, db *DB, userID string, at int64) *model.UserAccessToken {
	t.Helper()
	n := &model.UserAccessToken{ID: model.NewTimeID(at), UserID: userID, Description: "é", IsActive: true, CreateAt: at, ExpiresAt: at + 100}
	must(t, db, func(tx *Tx) error { return tx.InsertAccessToken(t.Context(), n, model.HashToken(n.ID)) })
	return n
}

func TestAccessTokenIsStoredFoundAndChanged(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		n := addAccessToken(t, db, u.ID, 10)
		now := func() *model.UserAccessToken { return value[*model.UserAccessToken](t)(db.AccessToken(ctx, n.ID)) }
		equal(t, "by id", now(), n)
		equal(t, "by secret", value[*model.UserAccessToken](t)(db.AccessTokenByHash(ctx, model.HashToken(n.ID))), n)
		wantErr[*model.UserAccessToken](t, ErrNotFound)(db.AccessTokenByHash(ctx, model.HashToken("other")))
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertAccessToken(ctx, n, []byte("other")) })
		other := *n
		other.ID = model.NewID()
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertAccessToken(ctx, &other, model.HashToken(n.ID)) })
		other.UserID = model.NewID()
		fails(t, db, ErrMissing, func(tx *Tx) error { return tx.InsertAccessToken(ctx, &other, []byte("other")) })

		must(t, db, func(tx *Tx) error {
			got, err := tx.LockAccessToken(ctx, n.ID)
			equal(t, "locked", got, n)
			if err != nil {
				return err
			}
			return tx.SetAccessTokenActive(ctx, n.ID, false)
		})
		for _, at := range []int64{50, 40, 60} { // an earlier use changes nothing
			must(t, db, func(tx *Tx) error { return tx.TouchAccessToken(ctx, n.ID, at) })
			equal(t, "used", []any{now().LastUsedAt, now().IsActive}, []any{max(at, 50), false})
		}
		must(t, db, func(tx *Tx) error { return tx.RotateAccessToken(ctx, n.ID, []byte("new")) })
		equal(t, "used with the new secret", value[*model.UserAccessToken](t)(db.AccessTokenByHash(ctx, []byte("new"))).LastUsedAt, int64(0))
		wantErr[*model.UserAccessToken](t, ErrNotFound)(db.AccessTokenByHash(ctx, model.HashToken(n.ID)))
		must(t, db, func(tx *Tx) error { return tx.DeleteAccessToken(ctx, n.ID) })
		wantErr[*model.UserAccessToken](t, ErrNotFound)(db.AccessToken(ctx, n.ID))
		must(t, db, func(tx *Tx) error { return tx.TouchAccessToken(ctx, n.ID, 70) })
		for _, fn := range []func(tx *Tx) error{
			func(tx *Tx) error { _, err := tx.LockAccessToken(ctx, n.ID); return err },
			func(tx *Tx) error { return tx.SetAccessTokenActive(ctx, n.ID, true) },
			func(tx *Tx) error { return tx.RotateAccessToken(ctx, n.ID, []byte("x")) },
			func(tx *Tx) error { return tx.DeleteAccessToken(ctx, n.ID) },
		} {
			fails(t, db, ErrNotFound, fn)
		}
	})
}

func TestAccessTokensAreListedAndSearched(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		a1, b1, a2 := addAccessToken(t, db, amy.ID, 1), addAccessToken(t, db, bob.ID, 2), addAccessToken(t, db, amy.ID, 3)
		tokens := func(list []*model.UserAccessToken, err error) (out []string) {
			if err != nil {
				t.Errorf("list: %v", err)
			}
			for _, n := range list {
				out = append(out, n.ID)
			}
			return out
		}
		equal(t, "of all", tokens(db.AccessTokens(ctx, "", 0, 9)), []string{a2.ID, b1.ID, a1.ID})
		equal(t, "a page", tokens(db.AccessTokens(ctx, "", 1, 1)), []string{b1.ID})
		equal(t, "of one", tokens(db.AccessTokens(ctx, amy.ID, 0, 9)), []string{a2.ID, a1.ID})
		equal(t, "of nobody", tokens(db.AccessTokens(ctx, "none", 0, 9)), []string(nil))
		equal(t, "how many", value[int64](t)(db.CountAccessTokens(ctx, amy.ID)), int64(2))
		for term, want := range map[string][]string{
			a1.ID: {a1.ID}, amy.ID: {a2.ID, a1.ID}, "bob": {b1.ID}, "Bob": nil, "b": nil, "": nil, "%": nil,
		} {
			equal(t, "search "+term, tokens(db.AccessTokensMatching(ctx, term, 9)), want)
		}
		equal(t, "search, one", tokens(db.AccessTokensMatching(ctx, "amy", 1)), []string{a2.ID})
	})
}

func TestSessionsThatStandForAnAccessTokenEndWithIt(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		n, other := addAccessToken(t, db, u.ID, 1), addAccessToken(t, db, u.ID, 2)
		for at, hash := range [][]byte{model.HashToken(n.ID), model.HashToken(other.ID), model.HashToken("a sign-in")} {
			must(t, db, func(tx *Tx) error { return tx.InsertSession(ctx, aSession(u.ID, int64(at)), hash) })
		}
		must(t, db, func(tx *Tx) error { return tx.DeleteSessionsOfAccessToken(ctx, n.ID) })
		equal(t, "sessions", sessionsOf(t, db, u.ID), []int64{2, 1})
		must(t, db, func(tx *Tx) error { return tx.DeleteSessionsOfAccessToken(ctx, "none") })
		equal(t, "sessions", sessionsOf(t, db, u.ID), []int64{2, 1})
	})
}

func TestTokenWorksOnceForOneOfMany(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		n := &model.OneTimeToken{Type: "verify", CreateAt: 5, UserID: u.ID, Extra: model.StringMap{"email": "é@example.com"}}
		hash := model.HashToken("t")
		must(t, db, func(tx *Tx) error { return tx.InsertToken(ctx, n, hash) })
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertToken(ctx, n, hash) })
		fails(t, db, ErrMissing, func(tx *Tx) error {
			return tx.InsertToken(ctx, &model.OneTimeToken{UserID: model.NewID()}, []byte("x"))
		})
		equal(t, "token", value[*model.OneTimeToken](t)(db.Token(ctx, hash)), n)
		wantErr[*model.OneTimeToken](t, ErrNotFound)(db.Token(ctx, hash[1:]))
		use := func(kind string) error {
			return db.Tx(ctx, func(tx *Tx) error {
				got, err := tx.UseToken(ctx, hash, kind)
				if err == nil {
					equal(t, "spent token", got, n)
				}
				return err
			})
		}
		wantErr[any](t, ErrNotFound)(nil, use("reset")) // and it is not spent by that
		used := make([]error, 8)
		var all sync.WaitGroup
		for i := range used {
			all.Go(func() { used[i] = use("verify") })
		}
		all.Wait()
		worked := 0
		for _, err := range used {
			if err == nil {
				worked++
				continue
			}
			wantErr[any](t, ErrNotFound)(nil, err)
		}
		equal(t, "times it worked", worked, 1)
		wantErr[*model.OneTimeToken](t, ErrNotFound)(db.Token(ctx, hash))
	})
}

func TestTokensAreRemovedByAccountAndAge(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		for i, n := range []model.OneTimeToken{{Type: "a", UserID: amy.ID}, {Type: "b", UserID: amy.ID}, {Type: "a", UserID: bob.ID}, {Type: "a"}, {Type: "a"}} {
			n.CreateAt = int64(i)
			must(t, db, func(tx *Tx) error { return tx.InsertToken(ctx, &n, fmt.Append(nil, i)) })
		}
		left := func() (out []int) {
			for i := range 5 {
				if n, err := db.Token(ctx, fmt.Append(nil, i)); err == nil {
					out = append(out, int(n.CreateAt))
				}
			}
			return out
		}
		must(t, db, func(tx *Tx) error { return tx.DeleteTokensOf(ctx, amy.ID, "a") })
		equal(t, "left", left(), []int{1, 2, 3, 4})
		for _, step := range []struct {
			removed int64
			left    []int
		}{{2, []int{3, 4}}, {1, []int{4}}, {0, []int{4}}} {
			must(t, db, func(tx *Tx) error {
				n, err := tx.DeleteOldTokens(ctx, 4, 2)
				equal(t, "removed", n, step.removed)
				return err
			})
			equal(t, "left", left(), step.left)
		}
	})
}

func TestMfaStepsAreSpentInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		must(t, db, func(tx *Tx) error { return tx.SetMfaSecret(ctx, u.ID, model.NewSecret("S")) })
		must(t, db, func(tx *Tx) error { return tx.SetMfaActive(ctx, u.ID, true, 9) })
		now := value[*model.User](t)(db.User(ctx, u.ID))
		equal(t, "account", []any{now.MfaActive, now.MfaSecret.Reveal(), now.UpdateAt}, []any{true, "S", int64(9)})
		for _, s := range []struct {
			step int64
			want error
		}{{10, nil}, {10, ErrNotFound}, {9, ErrNotFound}, {11, nil}} {
			if err := db.Tx(ctx, func(tx *Tx) error { return tx.UseMfaStep(ctx, u.ID, s.step) }); s.want == nil {
				wantErr[any](t, nil)(nil, err)
			} else {
				wantErr[any](t, s.want)(nil, err)
			}
		}
		must(t, db, func(tx *Tx) error { return tx.SetMfaSecret(ctx, u.ID, model.NewSecret("T")) })
		must(t, db, func(tx *Tx) error { return tx.UseMfaStep(ctx, u.ID, 1) })
		for _, fn := range []func(tx *Tx) error{
			func(tx *Tx) error { return tx.SetMfaSecret(ctx, "none", model.NewSecret("x")) },
			func(tx *Tx) error { return tx.SetMfaActive(ctx, "none", true, 1) },
			func(tx *Tx) error { return tx.SetMfaActive(ctx, "none", false, 1) },
			func(tx *Tx) error { return tx.UseMfaStep(ctx, "none", 99) },
		} {
			fails(t, db, ErrNotFound, fn)
		}
	})
}

func TestRecoveryCodesWorkOnce(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		for _, u := range []*model.User{amy, bob} {
			for i := range 3 {
				must(t, db, func(tx *Tx) error { return tx.InsertRecoveryCode(ctx, u.ID, fmt.Append(nil, i)) })
			}
		}
		codes := func(u *model.User) int64 { return value[int64](t)(db.CountRecoveryCodes(ctx, u.ID)) }
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertRecoveryCode(ctx, amy.ID, []byte("1")) })
		fails(t, db, ErrMissing, func(tx *Tx) error { return tx.InsertRecoveryCode(ctx, "none", []byte("1")) })
		must(t, db, func(tx *Tx) error { return tx.UseRecoveryCode(ctx, amy.ID, []byte("1")) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.UseRecoveryCode(ctx, amy.ID, []byte("1")) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.UseRecoveryCode(ctx, amy.ID, []byte("x")) })
		equal(t, "codes", []int64{codes(amy), codes(bob)}, []int64{2, 3})
		must(t, db, func(tx *Tx) error { return tx.SetMfaActive(ctx, amy.ID, false, 1) })
		must(t, db, func(tx *Tx) error { return tx.DeleteRecoveryCodes(ctx, "none") })
		equal(t, "codes after it was switched off", []int64{codes(amy), codes(bob)}, []int64{0, 3})
		must(t, db, func(tx *Tx) error { return tx.DeleteRecoveryCodes(ctx, bob.ID) })
		equal(t, "codes after all", codes(bob), int64(0))
	})
}

func TestTermsOfServiceAreAcceptedAndRejected(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		wantErr[*model.TermsOfService](t, ErrNotFound)(db.LatestTerms(ctx))
		old := &model.TermsOfService{ID: model.NewTimeID(1), CreateAt: 1, UserID: "an account that is gone", Text: "old"}
		latest := &model.TermsOfService{ID: model.NewTimeID(2), CreateAt: 2, Text: "new"}
		must(t, db, func(tx *Tx) error { return tx.LockTerms(ctx) })
		for _, n := range []*model.TermsOfService{latest, old} {
			must(t, db, func(tx *Tx) error { return tx.InsertTerms(ctx, n) })
			equal(t, "latest", value[*model.TermsOfService](t)(db.LatestTerms(ctx)), latest)
			equal(t, "by id", value[*model.TermsOfService](t)(db.Terms(ctx, n.ID)), n)
		}
		wantErr[*model.TermsOfService](t, ErrNotFound)(db.Terms(ctx, "none"))
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertTerms(ctx, old) })

		wantErr[*model.UserTermsOfService](t, ErrNotFound)(db.AcceptedTerms(ctx, u.ID))
		for _, id := range []string{old.ID, latest.ID} {
			n := &model.UserTermsOfService{UserID: u.ID, TermsOfServiceID: id, CreateAt: 5}
			must(t, db, func(tx *Tx) error { return tx.AcceptTerms(ctx, n) })
			equal(t, "accepted", value[*model.UserTermsOfService](t)(db.AcceptedTerms(ctx, u.ID)), n)
		}
		must(t, db, func(tx *Tx) error { return tx.RejectTerms(ctx, u.ID, old.ID) })
		value[*model.UserTermsOfService](t)(db.AcceptedTerms(ctx, u.ID))
		must(t, db, func(tx *Tx) error { return tx.RejectTerms(ctx, u.ID, latest.ID) })
		wantErr[*model.UserTermsOfService](t, ErrNotFound)(db.AcceptedTerms(ctx, u.ID))
		for _, n := range []model.UserTermsOfService{{UserID: "none", TermsOfServiceID: old.ID}, {UserID: u.ID, TermsOfServiceID: "none"}} {
			fails(t, db, ErrMissing, func(tx *Tx) error { return tx.AcceptTerms(ctx, &n) })
		}
	})
}
