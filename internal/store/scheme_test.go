package store

import (
	"testing"

	"muster/internal/model"
)

// addScheme stores a scheme with these roles in channels.
func addScheme(t *testing.T, db *DB, scope, name string, at int64, roles model.SchemeRoles) *model.Scheme {
	t.Helper()
	s := &model.Scheme{
		ID: model.NewID(), Name: name, DisplayName: name, CreateAt: at, UpdateAt: at, Scope: scope,
		DefaultChannelGuestRole: roles.Guest, DefaultChannelUserRole: roles.User, DefaultChannelAdminRole: roles.Admin,
	}
	must(t, db, func(tx *Tx) error { return tx.InsertScheme(t.Context(), s) })
	return s
}

func TestSchemesAreListedNewestFirst(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		all := value[[]*model.Scheme](t)
		a := addScheme(t, db, model.SchemeTeam, "a", 1, model.SchemeRoles{User: "u"})
		b := addScheme(t, db, model.SchemeChannel, "b", 2, model.SchemeRoles{})
		c := addScheme(t, db, model.SchemeTeam, "c", 3, model.SchemeRoles{})
		equal(t, "all", all(db.Schemes(ctx, "", 0, 9)), []*model.Scheme{c, b, a})
		equal(t, "of teams", all(db.Schemes(ctx, model.SchemeTeam, 0, 9)), []*model.Scheme{c, a})
		equal(t, "second page", all(db.Schemes(ctx, "", 1, 1)), []*model.Scheme{b})
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertScheme(ctx, &model.Scheme{ID: model.NewID(), Name: "a"}) })

		must(t, db, func(tx *Tx) error {
			got, err := tx.LockScheme(ctx, a.ID)
			equal(t, "locked", got, a)
			if err != nil {
				return err
			}
			a.Name, a.DisplayName, a.Description, a.UpdateAt = "aa", "A", "d", 5
			return tx.UpdateScheme(ctx, a)
		})
		equal(t, "changed", value[*model.Scheme](t)(db.Scheme(ctx, a.ID)), a)
		a.DeleteAt = 6
		must(t, db, func(tx *Tx) error { return tx.UpdateScheme(ctx, a) })
		wantErr[*model.Scheme](t, ErrNotFound)(db.Scheme(ctx, a.ID))
		equal(t, "without the deleted", all(db.Schemes(ctx, model.SchemeTeam, 0, 9)), []*model.Scheme{c})
		fails(t, db, ErrNotFound, func(tx *Tx) error { _, err := tx.LockScheme(ctx, a.ID); return err })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.UpdateScheme(ctx, &model.Scheme{ID: "none", Name: "zz"}) })
	})
}

func TestSchemesOfChannelsAreTiedToThoseOfTheirTeams(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		builtIn := model.SchemeRoles{Guest: "channel_guest", User: "channel_user", Admin: "channel_admin"}
		own, above := model.SchemeRoles{Guest: "cg", User: "cu", Admin: "ca"}, model.SchemeRoles{Guest: "tg", User: "tu", Admin: "ta"}
		ofChannel := addScheme(t, db, model.SchemeChannel, "ch", 1, own)
		ofTeam := addScheme(t, db, model.SchemeTeam, "te", 2, above)
		team := addTeam(t, db, "team")
		c := addChannel(t, db, team.ID, "chat")
		ties, tie := value[[]ChannelTie](t), value[ChannelTie](t)
		equal(t, "of a scheme nobody has", ties(db.ChannelTies(ctx)), []ChannelTie{{own, builtIn}})
		equal(t, "of a channel without one", tie(db.ChannelTie(ctx, c.ID)), ChannelTie{Without: builtIn})

		must(t, db, func(tx *Tx) error {
			c.SchemeID, team.SchemeID = &ofChannel.ID, &ofTeam.ID
			if err := tx.UpdateChannel(ctx, c); err != nil {
				return err
			}
			if err := tx.UpdateTeam(ctx, team); err != nil {
				return err
			}
			return tx.InsertRoles(ctx, []*model.Role{{ID: model.NewID(), Name: "cu", SchemeID: &ofChannel.ID}})
		})
		equal(t, "ties", ties(db.ChannelTies(ctx)), []ChannelTie{{own, above}})
		equal(t, "tie", tie(db.ChannelTie(ctx, c.ID)), ChannelTie{own, above})
		equal(t, "channels", len(value[[]*model.Channel](t)(db.SchemeChannels(ctx, ofChannel.ID, 0, 5))), 1)
		equal(t, "teams", len(value[[]*TeamAccess](t)(db.Teams(ctx, TeamFilter{SchemeID: ofTeam.ID, Limit: 5}, ""))), 1)
		equal(t, "places", value[[]SchemePlace](t)(db.SchemePlaces(ctx, []string{ofTeam.ID}, 5)), []SchemePlace{{SchemeID: ofTeam.ID, TeamID: team.ID}})

		must(t, db, func(tx *Tx) error { return tx.DropUnusedSchemes(ctx, "c") })
		equal(t, "in use", value[*model.Scheme](t)(db.Scheme(ctx, ofChannel.ID)), ofChannel)
		must(t, db, func(tx *Tx) error { return tx.AbandonScheme(ctx, ofChannel.ID, 7) })
		equal(t, "channels afterwards", len(value[[]*model.Channel](t)(db.SchemeChannels(ctx, ofChannel.ID, 0, 5))), 0)
		equal(t, "role afterwards", value[[]*model.Role](t)(db.RolesNamed(ctx, []string{"cu"}))[0].DeleteAt, int64(7))
		must(t, db, func(tx *Tx) error { return tx.DropUnusedSchemes(ctx, "c") })
		wantErr[*model.Scheme](t, ErrNotFound)(db.Scheme(ctx, ofChannel.ID))
		equal(t, "roles of what was dropped", len(value[[]*model.Role](t)(db.RolesNamed(ctx, []string{"cu"}))), 0)
		equal(t, "of another name", value[*model.Scheme](t)(db.Scheme(ctx, ofTeam.ID)), ofTeam)
	})
}
