package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"muster/internal/fault"
	"muster/internal/model"
)

func TestTextIsComparedByteByByte(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		for _, name := range []string{"amy", "Amy", "ÄMY", "ämy", "amy ", "a%y", "a_y"} {
			addUser(t, db, name)
		}
		for _, stranger := range []string{"AMY", "aMy", "Ämy", "amy  ", "%", "a__", "amy\t", ""} {
			wantErr[string](t, ErrNotFound)(db.UserIDByUsername(ctx, stranger))
			wantErr[string](t, ErrNotFound)(db.UserIDByEmail(ctx, stranger+"@example.com"))
			wantErr[*model.User](t, ErrNotFound)(db.UserForLogin(ctx, LoginLookup{LoginID: stranger, Username: true, Email: true}))
			if found := value[[]string](t)(db.UserIDsByUsernames(ctx, []string{stranger})); len(found) > 0 {
				t.Errorf("%q found %v", stranger, found)
			}
		}
		must(t, db, keep(ctx, "Fact", "upper"))
		must(t, db, keep(ctx, "fact", "lower"))
		wantValue(t, db.Q, "Fact", "upper")
		wantValue(t, db.Q, "fact", "lower")
	})
}

func TestTextIsSortedByItsBytes(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		names := []string{"a-b", "a.b", "a_b", "ab", "aB", "a b", "A", "Z", "z", "é", "e", "ß", "ss", "日本", "😀", "\u07ff", "\ufffd"}
		for _, name := range names {
			addUser(t, db, name)
			must(t, db, func(tx *Tx) error {
				return tx.InsertRoles(t.Context(), []*model.Role{{ID: model.NewID(), Name: name}})
			})
		}
		slices.Sort(names)
		var users, roles []string
		for _, id := range value[[]string](t)(db.UserIDs(t.Context(), UserFilter{Limit: 100})) {
			users = append(users, value[*model.User](t)(db.User(t.Context(), id)).Username)
		}
		for _, r := range value[[]*model.Role](t)(db.Roles(t.Context())) {
			roles = append(roles, r.Name)
		}
		equal(t, "usernames", users, names)
		equal(t, "names of roles", roles, names)
	})
}

func TestTextComesBackAsItWasStored(t *testing.T) {
	texts := map[string]string{
		"empty": "", "quotes": `'"` + "`" + `\ $1 ? ?? :a @b -- /* */ ; DROP TABLE users`, "newlines": "a\r\n\tb\v\f", "controls": "\x01\x1f\x7f\u0085",
		"many scripts": "Ünïcödé 日本語 العربية עברית हिन्दी 😀👩‍👩‍👧‍👦", "not normalised": "e\u0301 \u1e9b\u0323", "not assigned": "\U0010ffff\ufffe",
		"direction": "\u202egpj.exe", "byte order mark": "\ufeffx", "replacement": "\ufffd", "JSON": `{"a":[1,null,"\u0000"]}`, "HTML": "<script>&amp;",
		"256 kB": strings.Repeat("long ", 50_000),
	}
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		n := 0
		for name, text := range texts {
			n++
			u := aUser(fmt.Sprintf("user%d", n))
			u.Nickname, u.Position, u.Props = text, text, model.StringMap{"k": text, text: "v"}
			u.Password, u.AuthData = model.NewSecret(text), new(name)
			p := model.Preference{UserID: u.ID, Category: "c", Name: "n", Value: text}
			must(t, db, func(tx *Tx) error {
				if err := tx.InsertUser(ctx, u); err != nil {
					return err
				}
				return tx.SavePreference(ctx, p)
			})
			equal(t, name, value[*model.User](t)(db.User(ctx, u.ID)), u)
			equal(t, name, value[model.Preference](t)(db.Preference(ctx, u.ID, "c", "n")), p)
		}
	})
}

// unstorable are texts PostgreSQL cannot hold; SQLite must refuse them as well.
var unstorable = []string{"a\x00b", "\x00", "a\xffb", "\xed\xa0\x80"}

func TestTextThatCannotBeStoredIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		for _, text := range unstorable {
			for what, fn := range map[string]func(tx *Tx) error{
				"text": func(tx *Tx) error {
					return tx.SavePreference(ctx, model.Preference{UserID: u.ID, Category: "c", Value: text})
				},
				"pointer": func(tx *Tx) error { c := *u; c.AuthData = &text; return tx.UpdateUser(ctx, u, &c) },
				"secret": func(tx *Tx) error {
					return tx.ReplaceHash(ctx, u.ID, model.Secret{}, model.NewSecret(text))
				},
				"key": func(tx *Tx) error { return tx.DeleteSession(ctx, text) },
			} {
				err := db.Tx(ctx, fn)
				if fails(t, db, ErrText, fn); fault.KindOf(Fault(err, "app.save")) != fault.Invalid {
					t.Errorf("%s %q is the client's fault, got %v", what, text, Fault(err, "app.save"))
				}
			}
		}
		fails(t, db, ErrText, func(tx *Tx) error { c := *u; c.Props = model.StringMap{"a": "b\x00"}; return tx.UpdateUser(ctx, u, &c) })
		fails(t, db, ErrText, func(tx *Tx) error { c := *u; c.Props = model.StringMap{"a\x00": "b"}; return tx.UpdateUser(ctx, u, &c) })
		equal(t, "account", value[*model.User](t)(db.User(ctx, u.ID)), u)
	})
}

func TestTextThatCannotBeStoredMatchesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "ab")
		for _, text := range unstorable {
			wantErr[string](t, ErrNotFound)(db.UserIDByUsername(ctx, text))
			wantErr[*model.User](t, ErrNotFound)(db.User(ctx, text))
			wantErr[*model.User](t, ErrNotFound)(db.UserForLogin(ctx, LoginLookup{LoginID: text, Username: true, Email: true}))
			equal(t, "names", value[[]string](t)(db.UserIDsByUsernames(ctx, []string{text, "ab"})), []string{u.ID})
			equal(t, "only such names", value[[]string](t)(db.UserIDsByUsernames(ctx, []string{text})), []string(nil))
			equal(t, "ids", len(value[[]*model.User](t)(db.Users(ctx, []string{u.ID, text}))), 1)
		}
	})
}

func TestNumbersComeBackAsTheyWereStored(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		for i, n := range []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, 1 << 53, 1<<53 + 1, math.MaxInt64 - 1, math.MaxInt64} {
			u := aUser(fmt.Sprint("user", i))
			u.CreateAt, u.UpdateAt, u.DeleteAt, u.LastPictureUpdate, u.LastPasswordUpdate = n, n, n, n, n
			must(t, db, func(tx *Tx) error { return tx.InsertUser(t.Context(), u) })
			equal(t, "account", value[*model.User](t)(db.User(t.Context(), u.ID)), u)
		}
		equal(t, "newest", len(value[[]string](t)(db.UserIDs(t.Context(), UserFilter{Offset: math.MaxInt64, Limit: math.MaxInt64}))), 0)
	})
}

func TestListsOfEveryLengthAreRead(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		const many = 1000
		var users []*model.User
		var names []string
		must(t, db, func(tx *Tx) error {
			users, names = nil, nil
			for i := range many {
				u := aUser(fmt.Sprintf("u%04d", i))
				users, names = append(users, u), append(names, u.Username)
				if err := tx.InsertUser(ctx, u); err != nil {
					return err
				}
				if err := tx.SaveStatus(ctx, &model.Status{UserID: u.ID, Status: model.StatusAway}); err != nil {
					return err
				}
			}
			return nil
		})
		all := ids(users...)
		for _, n := range []int{0, 1, 2, many} {
			want := all[:n:n]
			asked := append(slices.Clone(want), model.NewID(), "", "'", `"`)
			equal(t, "users", len(value[[]*model.User](t)(db.Users(ctx, asked))), n)
			equal(t, "statuses", len(value[[]*model.Status](t)(db.Statuses(ctx, asked))), n)
			equal(t, "usernames", len(value[[]string](t)(db.UserIDsByUsernames(ctx, names[:n]))), n)
		}
		equal(t, "twice the same", len(value[[]*model.User](t)(db.Users(ctx, []string{all[0], all[0]}))), 1)
		for what, got := range map[string]int{
			"users":     len(value[[]*model.User](t)(db.Users(ctx, nil))),
			"statuses":  len(value[[]*model.Status](t)(db.Statuses(ctx, nil))),
			"usernames": len(value[[]string](t)(db.UserIDsByUsernames(ctx, nil))),
			"no roles":  len(value[[]string](t)(db.UserIDs(ctx, UserFilter{RoleSets: []string{}, Limit: many}))),
		} {
			equal(t, what+" of no list", got, 0)
		}
	})
}

func TestCancelledReadingIsAnError(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		wantErr[[]*model.Role](t, context.Canceled)(db.Roles(ctx))
		if err := db.Tx(ctx, func(*Tx) error { t.Error("it was run"); return nil }); err == nil {
			t.Error("a use case without time succeeded")
		}
		value[[]*model.Role](t)(db.Roles(t.Context()))
	})
}
