package store

import (
	"fmt"
	"slices"
	"testing"

	"muster/internal/model"
)

func TestUserIsStoredAndReadWhole(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := aUser("amy")
		u.DeleteAt, u.EmailVerified, u.AllowMarketing, u.IsBot = 5, true, true, true
		u.Password, u.AuthService, u.AuthData = model.NewSecret("$argon2id$x"), model.AuthLDAP, new("dn")
		u.Nickname, u.FirstName, u.LastName, u.Position = "n", "f", "l", "p"
		u.LastPasswordUpdate, u.LastPictureUpdate = 7, -8
		bare := aUser("bare")
		bare.Timezone, bare.Props, bare.NotifyProps = nil, nil, nil
		must(t, db, func(tx *Tx) error {
			if err := tx.InsertUser(ctx, bare); err != nil {
				return err
			}
			return tx.InsertUser(ctx, u)
		})
		equal(t, "account", value[*model.User](t)(db.User(ctx, u.ID)), u)
		equal(t, "account without maps", value[*model.User](t)(db.User(ctx, bare.ID)), bare)
		wantErr[*model.User](t, ErrNotFound)(db.User(ctx, model.NewID()))
		must(t, db, func(tx *Tx) error {
			held, err := tx.HoldUsers(ctx, []string{model.NewID(), u.ID, bare.ID})
			equal(t, "held", len(held), 2)
			return err
		})
		found := value[[]*model.User](t)(db.Users(ctx, []string{model.NewID(), u.ID, bare.ID}))
		equal(t, "accounts that exist", ids(found...), ids(u, bare))
	})
}

func TestUserThatExistsIsAConflict(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := aUser("amy"), aUser("bob")
		amy.AuthData = new("data")
		must(t, db, func(tx *Tx) error {
			if err := tx.InsertUser(ctx, amy); err != nil {
				return err
			}
			return tx.InsertUser(ctx, bob)
		})
		for what, same := range map[string]func(u *model.User){
			"id":        func(u *model.User) { u.ID = amy.ID },
			"username":  func(u *model.User) { u.Username = amy.Username },
			"email":     func(u *model.User) { u.Email = amy.Email },
			"auth data": func(u *model.User) { u.AuthData = new("data") },
		} {
			again := aUser("new")
			same(again)
			fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertUser(ctx, again) })
			if what == "id" {
				continue
			}
			changed := bob.Clone()
			same(changed)
			fails(t, db, ErrConflict, func(tx *Tx) error { return tx.UpdateUser(ctx, bob, changed) })
		}
		equal(t, "account after conflicts", value[*model.User](t)(db.User(ctx, bob.ID)), bob)
		equal(t, "counted", value[int64](t)(db.Humans(ctx)), int64(2))
	})
}

func TestUserIsUpdatedWholeExceptAttemptsAndMFA(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		was := addUser(t, db, "amy")
		u := &model.User{
			ID: was.ID, CreateAt: was.CreateAt, UpdateAt: 3000, DeleteAt: 4000, Username: "anna", Email: "anna@example.com",
			EmailVerified: true, Password: model.NewSecret("p"), AuthService: model.AuthSAML, AuthData: new("saml"), Nickname: "n", FirstName: "f",
			LastName: "l", Position: "p", Roles: "system_admin system_user", Locale: "de", Timezone: model.StringMap{"a": "b"},
			Props: model.StringMap{"c": "d"}, NotifyProps: model.StringMap{"e": "f"}, AllowMarketing: true, LastPasswordUpdate: 5,
			LastPictureUpdate: -6, LastLogin: 7, IsBot: true,
		}
		must(t, db, func(tx *Tx) error { return tx.UpdateUser(ctx, was, u) })
		equal(t, "account", value[*model.User](t)(db.User(ctx, u.ID)), u)

		more := u.Clone()
		more.FailedAttempts, more.MfaActive, more.MfaSecret, more.MfaLastStep, more.CreateAt = 3, true, model.NewSecret("s"), 9, 1
		must(t, db, func(tx *Tx) error { return tx.UpdateUser(ctx, u, more) })
		equal(t, "account", value[*model.User](t)(db.User(ctx, u.ID)), u)

		stranger := aUser("stranger")
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.UpdateUser(ctx, stranger, stranger) })
	})
}

func TestUserIsFoundByNames(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		bob, amy := addUser(t, db, "bob"), addUser(t, db, "amy")
		equal(t, "by username", value[string](t)(db.UserIDByUsername(ctx, "amy")), amy.ID)
		equal(t, "by email", value[string](t)(db.UserIDByEmail(ctx, "bob@example.com")), bob.ID)
		wantErr[string](t, ErrNotFound)(db.UserIDByUsername(ctx, "amy@example.com"))
		wantErr[string](t, ErrNotFound)(db.UserIDByEmail(ctx, "amy"))
		equal(t, "by usernames", value[[]string](t)(db.UserIDsByUsernames(ctx, []string{"bob", "nobody", "amy"})), []string{amy.ID, bob.ID})
	})
}

func TestUserForLoginComparesOnlyTheWantedNames(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy := addUser(t, db, "amy")
		for name, tc := range map[string]struct {
			l    LoginLookup
			want error
		}{
			"username":                      {LoginLookup{LoginID: "amy", Username: true}, nil},
			"username, both allowed":        {LoginLookup{LoginID: "amy", Username: true, Email: true}, nil},
			"username, only email allowed":  {LoginLookup{LoginID: "amy", Email: true}, ErrNotFound},
			"email":                         {LoginLookup{LoginID: "amy@example.com", Email: true}, nil},
			"email, only usernames allowed": {LoginLookup{LoginID: "amy@example.com", Username: true}, ErrNotFound},
			"nothing allowed":               {LoginLookup{LoginID: "amy"}, ErrNotFound},
			"unknown":                       {LoginLookup{LoginID: "bob", Username: true, Email: true}, ErrNotFound},
		} {
			u, err := db.UserForLogin(ctx, tc.l)
			if wantErr[any](t, tc.want)(u, err); err == nil && u.ID != amy.ID {
				t.Errorf("%s: found %s", name, u.Username)
			}
		}
		double := aUser("double")
		double.Email = "amy"
		must(t, db, func(tx *Tx) error { return tx.InsertUser(ctx, double) })
		wantErr[*model.User](t, ErrNotFound)(db.UserForLogin(ctx, LoginLookup{LoginID: "amy", Username: true, Email: true}))
	})
}

func TestUserIsHeldUntilTheTransactionEnds(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		must(t, db, func(tx *Tx) error { return tx.HoldUser(ctx, model.NewID()) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { _, err := tx.LockUser(ctx, model.NewID()); return err })
		done := make(chan error, 20)
		for range cap(done) { // none may lose the step of another
			go func() {
				done <- db.Tx(ctx, func(tx *Tx) error {
					was, err := tx.LockUser(ctx, u.ID)
					if err != nil {
						return err
					}
					now := was.Clone()
					now.UpdateAt++
					return tx.UpdateUser(ctx, was, now)
				})
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Errorf("step: %v", err)
			}
		}
		equal(t, "steps", value[*model.User](t)(db.User(ctx, u.ID)).UpdateAt, u.UpdateAt+int64(cap(done)))
	})
}

func TestUserIsDeletedUnlessSomethingRefersToIt(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		hash := addSession(t, db, aSession(u.ID, 1))
		fails(t, db, ErrMissing, func(tx *Tx) error { return tx.DeleteUser(ctx, u) })
		equal(t, "counted", value[int64](t)(db.Humans(ctx)), int64(1))
		must(t, db, func(tx *Tx) error {
			if _, err := tx.DeleteSessionsOf(ctx, u.ID, ""); err != nil {
				return err
			}
			return tx.DeleteUser(ctx, u)
		})
		wantErr[*model.User](t, ErrNotFound)(db.User(ctx, u.ID))
		wantErr[*model.Session](t, ErrNotFound)(db.SessionByToken(ctx, hash))
		equal(t, "counted", value[int64](t)(db.Humans(ctx)), int64(0))
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.DeleteUser(ctx, u) })
		equal(t, "counts", value[[]UserCount](t)(db.UserCounts(ctx)), []UserCount(nil))
	})
}

func TestAttemptsAreCountedUpToTheLimit(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		attempts := func() int { return value[*model.User](t)(db.User(ctx, u.ID)).FailedAttempts }
		done := make(chan error, 10)
		for range cap(done) {
			go func() { done <- db.Tx(ctx, func(tx *Tx) error { return tx.CountAttempt(ctx, u.ID, 3) }) }()
		}
		counted := 0
		for range cap(done) {
			if err := <-done; err == nil {
				counted++
			} else {
				wantErr[any](t, ErrNotFound)(nil, err)
			}
		}
		equal(t, "counted tries", []int{counted, attempts()}, []int{3, 3})
		must(t, db, func(tx *Tx) error { return tx.ForgiveAttempt(ctx, u.ID) })
		equal(t, "after one was forgiven", attempts(), 2)
		must(t, db, func(tx *Tx) error { return tx.SignedIn(ctx, u.ID, 77) })
		equal(t, "after a sign-in", attempts(), 0)
		equal(t, "last sign-in", value[*model.User](t)(db.User(ctx, u.ID)).LastLogin, int64(77))
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.ForgiveAttempt(ctx, u.ID) })
		must(t, db, func(tx *Tx) error { return tx.CountAttempt(ctx, u.ID, 3) })
		must(t, db, func(tx *Tx) error { return tx.ResetAttempts(ctx, u.ID) })
		equal(t, "after a reset", attempts(), 0)
		for _, fn := range []func(tx *Tx) error{
			func(tx *Tx) error { return tx.CountAttempt(ctx, "nobody", 3) },
			func(tx *Tx) error { return tx.CountAttempt(ctx, u.ID, 0) },
			func(tx *Tx) error { return tx.ResetAttempts(ctx, "nobody") },
			func(tx *Tx) error { return tx.SignedIn(ctx, "nobody", 1) },
		} {
			fails(t, db, ErrNotFound, fn)
		}
	})
}

func TestHashIsReplacedOnlyIfThePasswordIsStillTheSame(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := aUser("amy")
		u.Password = model.NewSecret("weak")
		must(t, db, func(tx *Tx) error { return tx.InsertUser(ctx, u) })
		for _, tc := range []struct{ old, stronger, want string }{
			{"other", "x", "weak"}, {"Weak", "x", "weak"}, {"weak", "strong", "strong"}, {"weak", "x", "strong"},
		} {
			must(t, db, func(tx *Tx) error {
				return tx.ReplaceHash(ctx, u.ID, model.NewSecret(tc.old), model.NewSecret(tc.stronger))
			})
			equal(t, "password", value[*model.User](t)(db.User(ctx, u.ID)).Password.Reveal(), tc.want)
		}
	})
}

func TestPictureTimesAreStored(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		times := func() []int64 {
			u := value[*model.User](t)(db.User(ctx, u.ID))
			return []int64{u.LastPictureUpdate, u.UpdateAt}
		}
		must(t, db, func(tx *Tx) error { return tx.SetPicture(ctx, u.ID, 8, 9) })
		equal(t, "own picture", times(), []int64{8, 9})
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.SetPicture(ctx, "nobody", 8, 9) })
	})
}

func TestUserCountsFollowEveryChange(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		admin, guest, bot, amy := aUser("admin"), aUser("guest"), aUser("bot"), aUser("amy")
		admin.Roles, guest.Roles, bot.IsBot, guest.DeleteAt = "system_admin system_user", model.SystemGuestRole, true, 4
		for _, u := range []*model.User{admin, guest, bot, amy} {
			must(t, db, func(tx *Tx) error { return tx.InsertUser(ctx, u) })
		}
		equal(t, "counts", value[[]UserCount](t)(db.UserCounts(ctx)), []UserCount{
			{"system_admin system_user", false, true, 1},
			{model.SystemGuestRole, false, false, 1},
			{model.SystemUserRole, false, true, 1},
			{model.SystemUserRole, true, true, 1},
		})
		equal(t, "humans", value[int64](t)(db.Humans(ctx)), int64(3))

		off, robot := amy.Clone(), admin.Clone()
		off.DeleteAt, off.Nickname = 9, "n"
		robot.Roles, robot.IsBot = model.SystemUserRole, true
		must(t, db, func(tx *Tx) error { return tx.UpdateUser(ctx, amy, off) })
		must(t, db, func(tx *Tx) error { return tx.UpdateUser(ctx, admin, robot) })
		must(t, db, func(tx *Tx) error { return tx.DeleteUser(ctx, guest) })
		want := []UserCount{{model.SystemUserRole, false, false, 1}, {model.SystemUserRole, true, true, 2}}
		equal(t, "counts after changes", value[[]UserCount](t)(db.UserCounts(ctx)), want)
		must(t, db, func(tx *Tx) error { c := off.Clone(); c.Nickname = "other"; return tx.UpdateUser(ctx, off, c) })
		equal(t, "counts after another nickname", value[[]UserCount](t)(db.UserCounts(ctx)), want)
	})
}

func TestUsersAreListedByUsername(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		var all []*model.User
		for i, name := range []string{"dora", "amy", "carl", "bob", "eve"} {
			u := aUser(name)
			u.DeleteAt = int64(i % 2) // amy and bob are deactivated
			u.CreateAt = int64(1000 + i)
			if name == "eve" {
				u.Roles = "system_admin system_user"
			}
			all = append(all, u)
			must(t, db, func(tx *Tx) error { return tx.InsertUser(ctx, u) })
		}
		for name, tc := range map[string]struct {
			f    UserFilter
			want []string
		}{
			"all":                {UserFilter{Limit: 9}, []string{"amy", "bob", "carl", "dora", "eve"}},
			"active":             {UserFilter{Active: true, Limit: 9}, []string{"carl", "dora", "eve"}},
			"deactivated":        {UserFilter{Inactive: true, Limit: 9}, []string{"amy", "bob"}},
			"both at once":       {UserFilter{Active: true, Inactive: true, Limit: 9}, nil},
			"admins":             {UserFilter{RoleSets: []string{"system_admin system_user", "other"}, Limit: 9}, []string{"eve"}},
			"one role of two":    {UserFilter{RoleSets: []string{"system_admin"}, Limit: 9}, nil},
			"second page":        {UserFilter{Offset: 2, Limit: 2}, []string{"carl", "dora"}},
			"behind the end":     {UserFilter{Offset: 5, Limit: 2}, nil},
			"none":               {UserFilter{Limit: 0}, nil},
			"deactivated, paged": {UserFilter{Inactive: true, Offset: 1, Limit: 1}, []string{"bob"}},
		} {
			var got []string
			for _, id := range value[[]string](t)(db.UserIDs(ctx, tc.f)) {
				got = append(got, all[slices.IndexFunc(all, func(u *model.User) bool { return u.ID == id })].Username)
			}
			equal(t, name, got, tc.want)
		}
		byID := ids(all...)
		equal(t, "first made", value[[]string](t)(db.UserIDsMadeBy(ctx, 2000, "", 2)), byID[:2])
		equal(t, "next", value[[]string](t)(db.UserIDsMadeBy(ctx, 2000, byID[1], 9)), byID[2:])
		equal(t, "made by then", value[[]string](t)(db.UserIDsMadeBy(ctx, 1000, "", 9)), []string{all[0].ID})
		equal(t, "made before", value[[]string](t)(db.UserIDsMadeBy(ctx, 999, "", 9)), []string(nil))
	})
}

func TestUsersWithForeignEmailAreListed(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		add := func(name, email string, change func(u *model.User)) {
			u := aUser(name)
			u.Email = email
			if change != nil {
				change(u)
			}
			must(t, db, func(tx *Tx) error { return tx.InsertUser(ctx, u) })
		}
		add("amy", "amy@school.example", nil)
		add("bob", "bob@school.example.evil.org", nil)
		add("carl", "carl@elsewhere.org", nil)
		add("bot", "bot@elsewhere.org", func(u *model.User) { u.IsBot = true })
		add("guest", "guest@elsewhere.org", func(u *model.User) { u.Roles = model.SystemGuestRole })
		add("gone", "gone@elsewhere.org", func(u *model.User) { u.DeleteAt = 1 })
		add("ldap", "ldap@elsewhere.org", func(u *model.User) { u.AuthService = model.AuthLDAP })
		names := func(f EmailFilter) (out []string) {
			for _, id := range value[[]string](t)(db.UserIDsWithForeignEmail(ctx, f)) {
				out = append(out, value[*model.User](t)(db.User(ctx, id)).Username)
			}
			return out
		}
		equal(t, "one domain", names(EmailFilter{Domains: []string{"@school.example"}, Limit: 9}), []string{"carl"})
		equal(t, "two domains", names(EmailFilter{Domains: []string{"@school.example", "elsewhere"}, Limit: 9}), []string(nil))
		equal(t, "case counts", names(EmailFilter{Domains: []string{"@SCHOOL.example"}, Limit: 9}), []string{"amy", "bob", "carl"})
		equal(t, "no domain", names(EmailFilter{Limit: 9}), []string{"amy", "bob", "carl"})
		equal(t, "page", names(EmailFilter{Offset: 1, Limit: 1}), []string{"bob"})
		for i := range 3 {
			add(fmt.Sprint("zoe", i), fmt.Sprint("zoe", i, "@school.example"), nil)
		}
		equal(t, "page that must be searched", names(EmailFilter{Domains: []string{"@school.example"}, Offset: 0, Limit: 1}), []string{"carl"})
	})
}
