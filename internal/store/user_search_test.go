package store

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"muster/internal/fold"
	"muster/internal/model"
)

// addNamed stores an account with a nickname, a first and a last name.
func addNamed(t testing.TB, db *DB, username, nickname, first, last string) *model.User {
	t.Helper()
	u := aUser(username)
	u.Nickname, u.FirstName, u.LastName = nickname, first, last
	must(t, db, func(tx *Tx) error { return tx.InsertUser(t.Context(), u) })
	return u
}

func TestSearchUsers(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		amy := addNamed(t, db, "amy.quill", "Nickel", "Élise", "Straße")
		bob := addNamed(t, db, "bob", "amy's 100%_friend", "Robert", "Łukasz")
		cat := addNamed(t, db, "cat", "王小明", "", "")
		gone := aUser("gone.amy")
		gone.DeleteAt = 5
		guest := aUser("guest-amy")
		guest.Roles = model.SystemGuestRole
		must(t, db, func(tx *Tx) error { return cmp.Or(tx.InsertUser(t.Context(), gone), tx.InsertUser(t.Context(), guest)) })
		names := map[string]string{amy.ID: "amy", bob.ID: "bob", cat.ID: "cat", gone.ID: "gone", guest.ID: "guest"}
		for _, tc := range []struct {
			name   string
			search UserSearch
			want   string
		}{
			{"a part of a username", UserSearch{Term: "y.qu"}, "amy"},
			{"one letter", UserSearch{Term: "b"}, "bob"},
			{"two letters", UserSearch{Term: "ob"}, "bob"},
			{"the results are sorted by username", UserSearch{Term: "amy"}, "amy bob guest"},
			{"the limit cuts the end", UserSearch{Term: "amy", Limit: 2}, "amy bob"},
			{"a nickname", UserSearch{Term: "nick"}, "amy"},
			{"one ideograph", UserSearch{Term: "小"}, "cat"},
			{"every word must occur", UserSearch{Term: "nick quill"}, "amy"},
			{"a word that does not occur spoils the others", UserSearch{Term: "nick bob"}, ""},
			{"words may be parts of each other", UserSearch{Term: "amy.quill quill l"}, "amy"},
			{"letters that are far apart are not a word", UserSearch{Term: "ayqu"}, ""},
			{"grams of different places are not a word", UserSearch{Term: "amy's.quill"}, ""},
			{"a word does not run from one text into the next", UserSearch{Term: "quillnickel"}, ""},
			{"an at sign in front means a username", UserSearch{Term: "@amy.q"}, "amy"},
			{"asterisks mean nothing", UserSearch{Term: "*amy.q*"}, "amy"},
			{"percent sign and underscore stand for themselves", UserSearch{Term: "%_"}, "bob"},
			{"other signs stand for themselves", UserSearch{Term: `"'(|&:`}, ""},
			{"an apostrophe stands for itself", UserSearch{Term: "y's"}, "bob"},
			{"names are not searched unless allowed", UserSearch{Term: "robert"}, ""},
			{"a first name", UserSearch{Term: "robert", FullNames: true}, "bob"},
			{"an accent may be left out", UserSearch{Term: "elise", FullNames: true}, "amy"},
			{"an accent may be put in", UserSearch{Term: "ÉLÎSE", FullNames: true}, "amy"},
			{"a letter may be spelled out", UserSearch{Term: "strasse lis", FullNames: true}, "amy"},
			{"a letter may be barred", UserSearch{Term: "łukasz", FullNames: true}, "bob"},
			{"addresses are not searched unless allowed", UserSearch{Term: "example.com", FullNames: true}, ""},
			{"an address", UserSearch{Term: "cat@exam", Emails: true}, "cat"},
			{"a part that all addresses have", UserSearch{Term: "xample.c", Emails: true}, "amy bob cat guest"},
			{"deactivated accounts when allowed", UserSearch{Term: "amy", AllowInactive: true}, "amy bob gone guest"},
			{"accounts with roles", UserSearch{Term: "amy", RoleSets: []string{model.SystemGuestRole, "none"}}, "guest"},
			{"accounts with roles that nobody has", UserSearch{Term: "amy", RoleSets: []string{}}, ""},
			{"an id", UserSearch{Term: cat.ID}, "cat"},
			{"an id and a word", UserSearch{Term: bob.ID + " friend"}, "bob"},
			{"an id and a word of somebody else", UserSearch{Term: bob.ID + " quill"}, ""},
			{"half an id", UserSearch{Term: cat.ID[:13]}, ""},
			{"the id of a deactivated account", UserSearch{Term: gone.ID}, ""},
			{"no words find everybody", UserSearch{Term: " * @"}, "amy bob cat guest"},
			{"no words, deactivated ones, too", UserSearch{AllowInactive: true, Limit: 4}, "amy bob cat gone"},
			{"no words with roles", UserSearch{RoleSets: []string{model.SystemGuestRole}}, "guest"},
			{"a text that cannot be stored", UserSearch{Term: "amy\x00 \xff"}, ""},
			{"more words than anybody has", UserSearch{Term: strings.Join(strings.Split(strings.Repeat("abcdefghijklmnopqrstuvwxyz0123456789", 1), ""), " ")}, ""},
			{"a word longer than any text", UserSearch{Term: strings.Repeat("amy", 1000)}, ""},
		} {
			if tc.search.Limit == 0 {
				tc.search.Limit = 100
			}
			var got []string
			for _, id := range value[[]string](t)(db.SearchUsers(t.Context(), tc.search)) {
				got = append(got, names[id])
			}
			equal(t, tc.name, strings.Join(got, " "), tc.want)
		}
		equal(t, "a limit of nothing", value[[]string](t)(db.SearchUsers(t.Context(), UserSearch{})), []string(nil))
	})
}

func TestLongTextsAreFoundByTheirBeginning(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		u := aUser(strings.Repeat("u", model.UsernameMax))
		u.Nickname, u.FirstName, u.LastName = strings.Repeat("ﷺ", model.NicknameMax), strings.Repeat("한", model.NameMax), strings.Repeat("각", model.NameMax)
		u.Email = strings.Repeat("ﷺ", model.EmailMax)
		u.Roles = strings.Repeat("r", model.RolesMax)
		must(t, db, func(tx *Tx) error { return tx.InsertUser(t.Context(), u) })
		for _, term := range []string{u.Username, "ﷺ", u.FirstName, u.LastName} {
			equal(t, term, value[[]string](t)(db.SearchUsers(t.Context(), UserSearch{Term: term, FullNames: true, Limit: 1})), []string{u.ID})
		}
	})
}

// oracle searches accounts the plain way.
func oracle(users map[string]*model.User, s UserSearch) []string {
	words := fold.Words(s.Term)
	var found []*model.User
	for _, u := range users {
		if !u.Active() && !s.AllowInactive || s.RoleSets != nil && !slices.Contains(s.RoleSets, u.Roles) {
			continue
		}
		texts := []string{u.Username, u.Nickname}
		if s.FullNames {
			texts = append(texts, u.FirstName, u.LastName)
		}
		if s.Emails {
			texts = append(texts, u.Email)
		}
		if !slices.ContainsFunc(words, func(w string) bool {
			return w != u.ID && !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(fold.Text(text), w) })
		}) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b *model.User) int { return cmp.Compare(a.Username, b.Username) })
	var list []string
	for _, u := range found[:min(len(found), s.Limit)] {
		list = append(list, u.ID)
	}
	return list
}

// Few letters, so that texts resemble each other.
var (
	genUsername = rapid.StringMatching(`[ab.][abc._-]{0,5}`)
	genName     = rapid.StringMatching(`[abAÉéß小 '%]{0,6}`)
	genTerm     = rapid.StringMatching(`[abcEés小 @*%'_.-]{0,8}`)
	genRoles    = rapid.SampledFrom([]string{model.SystemUserRole, model.SystemGuestRole, "system_user system_admin"})
	genSets     = rapid.SampledFrom([][]string{nil, nil, {model.SystemUserRole}, {model.SystemGuestRole, "system_user system_admin"}})
)

func drawUser(t *rapid.T, u *model.User) {
	u.Username = genUsername.Draw(t, "username")
	u.Nickname, u.FirstName, u.LastName = genName.Draw(t, "nickname"), genName.Draw(t, "first"), genName.Draw(t, "last")
	u.Email = rapid.StringMatching(`[abc]{1,3}`).Draw(t, "email") + u.ID + "@b.c"
	u.Roles = genRoles.Draw(t, "roles")
	u.DeleteAt = rapid.SampledFrom([]int64{0, 0, 7}).Draw(t, "delete_at")
}

// searchMachine changes accounts at random and searches them.
type searchMachine struct {
	db    *DB
	users map[string]*model.User
}

func (m *searchMachine) use(t *rapid.T, fn func(tx *Tx) error) {
	if err := m.db.Tx(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func (m *searchMachine) draw(t *rapid.T) *model.User {
	if len(m.users) == 0 {
		t.Skip("nobody is there")
	}
	list := slices.Collect(maps.Values(m.users))
	slices.SortFunc(list, func(a, b *model.User) int { return cmp.Compare(a.Username, b.Username) })
	return rapid.SampledFrom(list).Draw(t, "user")
}

func (m *searchMachine) taken(u *model.User) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(m.users)), func(o *model.User) bool { return o.Username == u.Username && o.ID != u.ID })
}

func (m *searchMachine) Insert(t *rapid.T) {
	u := aUser("")
	drawUser(t, u)
	if m.taken(u) {
		t.Skip("taken")
	}
	m.use(t, func(tx *Tx) error { return tx.InsertUser(context.Background(), u) })
	m.users[u.ID] = u
}

func (m *searchMachine) Update(t *rapid.T) {
	was := m.draw(t)
	u := was.Clone()
	drawUser(t, u)
	if rapid.Bool().Draw(t, "same name") {
		u.Username = was.Username
	}
	if m.taken(u) {
		t.Skip("taken")
	}
	m.use(t, func(tx *Tx) error { return tx.UpdateUser(context.Background(), was, u) })
	m.users[u.ID] = u
}

func (m *searchMachine) Delete(t *rapid.T) {
	u := m.draw(t)
	m.use(t, func(tx *Tx) error { return tx.DeleteUser(context.Background(), u) })
	delete(m.users, u.ID)
}

func (m *searchMachine) Fail(t *rapid.T) {
	u := aUser("")
	drawUser(t, u)
	failure := errors.New("changed its mind")
	if err := m.db.Tx(context.Background(), func(tx *Tx) error {
		return cmp.Or(tx.InsertUser(context.Background(), u), failure)
	}); err == nil {
		t.Fatal("the use case did not fail")
	}
}

func (m *searchMachine) Check(t *rapid.T) {
	s := UserSearch{
		Term: genTerm.Draw(t, "term"), FullNames: rapid.Bool().Draw(t, "names"), Emails: rapid.Bool().Draw(t, "emails"),
		AllowInactive: rapid.Bool().Draw(t, "inactive"), RoleSets: genSets.Draw(t, "sets"), Limit: rapid.SampledFrom([]int{1, 3, 100}).Draw(t, "limit"),
	}
	if len(m.users) > 0 && rapid.IntRange(0, 9).Draw(t, "special") == 0 {
		s.Term += " " + m.draw(t).ID
	}
	indexes := []userIndex{m.db.d.userIndex()}
	if m.db.Driver() == Postgres {
		indexes = append(indexes, postgresUsers{}) // as with very many accounts
	}
	for _, index := range indexes {
		got, err := m.db.searchUsers(context.Background(), index, s)
		if err != nil {
			t.Fatal(err)
		}
		if want := oracle(m.users, s); !slices.Equal(got, want) {
			t.Fatalf("search %+v found %v, want %v", s, m.named(got), m.named(want))
		}
	}
}

func (m *searchMachine) named(ids []string) (names []string) {
	for _, id := range ids {
		if u := m.users[id]; u != nil {
			id = u.Username + " " + u.Nickname + " " + u.FirstName + " " + u.LastName + " " + u.Email
		}
		names = append(names, id)
	}
	return names
}

func TestSearchFindsWhatLookingAtEveryAccountFinds(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		rapid.Check(t, func(t *rapid.T) {
			m := &searchMachine{db: db, users: map[string]*model.User{}}
			defer func() {
				for _, u := range m.users {
					m.use(t, func(tx *Tx) error { return tx.DeleteUser(context.Background(), u) })
				}
			}()
			t.Repeat(map[string]func(*rapid.T){
				"insert": m.Insert, "insert another": m.Insert, "update": m.Update, "delete": m.Delete,
				"fail": m.Fail, "": m.Check,
			})
		})
	})
}
