package store

import (
	"fmt"
	"testing"

	"muster/internal/model"
)

func TestAuditsAreListedNewestFirst(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		var rows []*model.Audit
		for at := range int64(5) {
			a := &model.Audit{
				ID: model.NewTimeID(at), CreateAt: at, UserID: amy.ID, Action: "/api/v4/users", ExtraInfo: "é",
				IPAddress: "::1", SessionID: "gone",
			}
			rows = append([]*model.Audit{a}, rows...)
			must(t, db, func(tx *Tx) error { return tx.InsertAudit(ctx, a) })
		}
		nobodys := &model.Audit{ID: model.NewTimeID(9), CreateAt: 9}
		must(t, db, func(tx *Tx) error { return tx.InsertAudit(ctx, nobodys) })
		equal(t, "all", value[[]*model.Audit](t)(db.Audits(ctx, amy.ID, 0, 100)), rows)
		equal(t, "second page", value[[]*model.Audit](t)(db.Audits(ctx, amy.ID, 2, 2)), rows[2:4])
		equal(t, "behind the end", value[[]*model.Audit](t)(db.Audits(ctx, amy.ID, 5, 2)), []*model.Audit(nil))
		equal(t, "of another", value[[]*model.Audit](t)(db.Audits(ctx, bob.ID, 0, 2)), []*model.Audit(nil))
		equal(t, "of nobody", value[[]*model.Audit](t)(db.Audits(ctx, "", 0, 2)), []*model.Audit(nil))
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertAudit(ctx, rows[0]) })
		fails(t, db, ErrMissing, func(tx *Tx) error { return tx.InsertAudit(ctx, &model.Audit{ID: model.NewID(), UserID: model.NewID()}) })
	})
}

func TestRolesAreKeptByName(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		equal(t, "roles at first", value[[]*model.Role](t)(db.Roles(ctx)), []*model.Role(nil))
		b := &model.Role{
			ID: model.NewID(), Name: "b", DisplayName: "B", Description: "d", CreateAt: 1, UpdateAt: 2, DeleteAt: 3,
			Permissions: []string{"create_post", "edit_post"}, SchemeManaged: true, BuiltIn: true,
		}
		a := &model.Role{ID: model.NewID(), Name: "a", CreateAt: 1, UpdateAt: 1, Permissions: []string{}}
		must(t, db, func(tx *Tx) error { return tx.InsertRoles(ctx, []*model.Role{b, a}) })
		must(t, db, func(tx *Tx) error {
			return tx.InsertRoles(ctx, []*model.Role{{ID: model.NewID(), Name: "a", DisplayName: "another"}})
		})
		equal(t, "roles", value[[]*model.Role](t)(db.Roles(ctx)), []*model.Role{a, b})
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertRoles(ctx, []*model.Role{{ID: a.ID, Name: "c"}}) })
		fails(t, db, ErrMissing, func(tx *Tx) error {
			return tx.InsertRoles(ctx, []*model.Role{{ID: model.NewID(), Name: "c", SchemeID: new("none")}})
		})
		equal(t, "roles by name", value[[]*model.Role](t)(db.RolesNamed(ctx, []string{"b", "none"})), []*model.Role{b})

		must(t, db, func(tx *Tx) error {
			r, err := tx.LockRole(ctx, b.ID)
			equal(t, "locked role", r, b)
			if err != nil {
				return err
			}
			return tx.SetRolePermissions(ctx, b.ID, []string{"x"}, 9)
		})
		b.Permissions, b.UpdateAt = []string{"x"}, 9
		equal(t, "changed role", value[[]*model.Role](t)(db.Roles(ctx))[1], b)
		must(t, db, func(tx *Tx) error { return tx.SetRolePermissions(ctx, b.ID, nil, 9) })
		equal(t, "role without permissions", value[[]*model.Role](t)(db.Roles(ctx))[1].Permissions, []string{})
		fails(t, db, ErrNotFound, func(tx *Tx) error { _, err := tx.LockRole(ctx, "none"); return err })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.SetRolePermissions(ctx, "none", nil, 1) })
	})
}

func TestPreferencesAreKeptByTheirKey(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		list := []model.Preference{
			{UserID: amy.ID, Category: "display", Name: "", Value: ""},
			{UserID: amy.ID, Category: "display", Name: "theme", Value: "dark"},
			{UserID: amy.ID, Category: "theme", Name: "", Value: `{"a":"b"}`},
		}
		for _, p := range append(list, model.Preference{UserID: bob.ID, Category: "display", Name: "theme", Value: "light"}) {
			must(t, db, func(tx *Tx) error { return tx.SavePreference(ctx, p) })
		}
		equal(t, "all", value[[]model.Preference](t)(db.Preferences(ctx, amy.ID, "")), list)
		equal(t, "a category", value[[]model.Preference](t)(db.Preferences(ctx, amy.ID, "display")), list[:2])
		equal(t, "no such category", value[[]model.Preference](t)(db.Preferences(ctx, amy.ID, "Display")), []model.Preference(nil))
		equal(t, "one", value[model.Preference](t)(db.Preference(ctx, amy.ID, "display", "theme")), list[1])
		wantErr[model.Preference](t, ErrNotFound)(db.Preference(ctx, amy.ID, "display", "Theme"))
		equal(t, "count", value[int64](t)(db.CountPreferences(ctx, amy.ID)), int64(3))
		equal(t, "count of nobody", value[int64](t)(db.CountPreferences(ctx, "nobody")), int64(0))

		list[1].Value = "sepia"
		must(t, db, func(tx *Tx) error { return tx.SavePreference(ctx, list[1]) })
		equal(t, "changed", value[model.Preference](t)(db.Preference(ctx, amy.ID, "display", "theme")), list[1])
		for range 2 { // the second finds nothing, which is fine
			must(t, db, func(tx *Tx) error { return tx.DeletePreference(ctx, list[1]) })
		}
		equal(t, "left", value[[]model.Preference](t)(db.Preferences(ctx, amy.ID, "")), []model.Preference{list[0], list[2]})
		equal(t, "of another", value[int64](t)(db.CountPreferences(ctx, bob.ID)), int64(1))
		fails(t, db, ErrMissing, func(tx *Tx) error {
			return tx.SavePreference(ctx, model.Preference{UserID: model.NewID(), Category: "c", Name: "n"})
		})
	})
}

func TestStatusesAreReplaced(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		away := &model.Status{UserID: amy.ID, Status: model.StatusAway, LastActivityAt: 5}
		dnd := &model.Status{UserID: amy.ID, Status: model.StatusDND, Manual: true, LastActivityAt: 6, DNDEndTime: 7, PrevStatus: model.StatusAway}
		wantErr[*model.Status](t, ErrNotFound)(db.Status(ctx, amy.ID))
		for _, s := range []*model.Status{away, dnd} {
			must(t, db, func(tx *Tx) error { return tx.SaveStatus(ctx, s) })
			equal(t, "status", value[*model.Status](t)(db.Status(ctx, amy.ID)), s)
		}
		equal(t, "those that are known", value[[]*model.Status](t)(db.Statuses(ctx, []string{bob.ID, amy.ID})), []*model.Status{dnd})
		fails(t, db, ErrMissing, func(tx *Tx) error { return tx.SaveStatus(ctx, &model.Status{UserID: model.NewID()}) })
	})
}

func TestTimedDoNotDisturbThatEndedIsListed(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		for i, s := range []model.Status{
			{Status: model.StatusDND, DNDEndTime: 30},
			{Status: model.StatusDND, DNDEndTime: 10},
			{Status: model.StatusDND, DNDEndTime: 20},
			{Status: model.StatusDND, DNDEndTime: 31},
			{Status: model.StatusDND},
			{Status: model.StatusOnline, DNDEndTime: 5},
		} {
			s.UserID = addUser(t, db, fmt.Sprint("u", i)).ID
			must(t, db, func(tx *Tx) error { return tx.SaveStatus(ctx, &s) })
		}
		ends := func(by int64, n int) (out []int64) {
			for _, s := range value[[]*model.Status](t)(db.ExpiredDND(ctx, by, n)) {
				out = append(out, s.DNDEndTime)
			}
			return out
		}
		equal(t, "all", ends(30, 9), []int64{10, 20, 30})
		equal(t, "the first two", ends(30, 2), []int64{10, 20})
		equal(t, "too early", ends(9, 9), []int64(nil))
	})
}
