package store

import (
	"testing"

	"muster/internal/model"
	"muster/internal/seed"
)

func TestSeededAccountsAreLikeOthers(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		amy := addNamed(t, db, "an-amy", "", "", "Müller")
		users := map[string]*model.User{amy.ID: amy}
		if err := db.SeedUsers(t.Context(), func(yield func(*model.User) bool) {
			for u := range seed.Users(500) {
				users[u.ID] = u
				if !yield(u) {
					return
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		for id, u := range users {
			equal(t, "a seeded account", value[*model.User](t)(db.User(t.Context(), id)), u)
		}
		var n int64
		for _, c := range value[[]UserCount](t)(db.UserCounts(t.Context())) {
			n += c.N
		}
		equal(t, "kept count", n, int64(len(users)))
		for _, s := range []UserSearch{
			{Term: "muller", FullNames: true},
			{Term: "a"},
			{Term: "example.org", Emails: true, AllowInactive: true},
			{Term: "e", RoleSets: []string{model.SystemGuestRole}},
		} {
			s.Limit = 1000
			equal(t, s.Term, value[[]string](t)(db.SearchUsers(t.Context(), s)), oracle(users, s))
		}
		bob := addUser(t, db, "a-bob")
		must(t, db, func(tx *Tx) error { return tx.DeleteUser(t.Context(), amy) })
		delete(users, amy.ID)
		users[bob.ID] = bob
		s := UserSearch{Term: "b", Limit: 1000}
		equal(t, "after changes", value[[]string](t)(db.SearchUsers(t.Context(), s)), oracle(users, s))
	})
}
