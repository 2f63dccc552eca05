package store

import (
	"testing"

	"muster/internal/model"
)

// ids gives the ids of channels.
func channelIDs(list []*model.Channel) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.ID)
	}
	return out
}

func TestChannelsAreListedAndFound(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, amy, bob := addTeam(t, db, "north"), addUser(t, db, "amy"), addUser(t, db, "bob")
		joinTeam(t, db, team.ID, amy)
		joinTeam(t, db, team.ID, bob)
		alpha, beta, dm := addChannel(t, db, team.ID, "alpha"), addChannel(t, db, team.ID, "be_ta"), addChannel(t, db, "", model.DirectName(amy.ID, bob.ID))
		joinChannel(t, db, alpha.ID, amy)
		joinChannel(t, db, dm.ID, amy)
		joinChannel(t, db, dm.ID, bob)
		channels := func(list []*model.Channel, err error) []string {
			t.Helper()
			return channelIDs(value[[]*model.Channel](t)(list, err))
		}
		equal(t, "open", channels(db.TeamChannels(ctx, team.ID, "O", 0, 9)), []string{alpha.ID, beta.ID})
		equal(t, "second", channels(db.TeamChannels(ctx, team.ID, "O", 1, 9)), []string{beta.ID})
		equal(t, "words", channels(db.SearchTeamChannels(ctx, TeamSearch{TeamID: team.ID, ViewerID: amy.ID, Open: true, Term: "E_ T", Limit: 9})), []string{beta.ID})
		equal(t, "no wildcard", channels(db.SearchTeamChannels(ctx, TeamSearch{TeamID: team.ID, ViewerID: amy.ID, Open: true, Term: "%", Limit: 9})), []string{})
		equal(t, "own", channels(db.SearchTeamChannels(ctx, TeamSearch{TeamID: team.ID, ViewerID: amy.ID, Limit: 9})), []string{alpha.ID})
		equal(t, "archived", channels(db.SearchTeamChannels(ctx, TeamSearch{TeamID: team.ID, All: true, OpenOnly: true, Archived: true, Limit: 9})), []string{})
		equal(t, "by id", channels(db.OpenTeamChannels(ctx, team.ID, []string{beta.ID, dm.ID})), []string{beta.ID})
		equal(t, "of a team", len(channels(db.ChannelsOf(ctx, OwnChannels{UserID: amy.ID, TeamID: team.ID}))), 2)
		equal(t, "of all", len(channels(db.ChannelsOf(ctx, OwnChannels{UserID: amy.ID, Archived: true, Since: 1, Limit: 9}))), 2)
		found := value[[]*model.Channel](t)(db.SearchDirect(ctx, amy.ID, "D", "bo", 9))
		equal(t, "direct", []string{found[0].ID, found[0].DisplayName}, []string{dm.ID, "bob"})
		equal(t, "timezones", value[[]string](t)(db.ChannelTimezones(ctx, dm.ID)), []string(nil))
		equal(t, "common teams", value[[]*model.Team](t)(db.CommonTeams(ctx, dm.ID))[0].ID, team.ID)
		equal(t, "share", value[bool](t)(db.ShareTeam(ctx, amy.ID, bob.ID)), true)
		equal(t, "count", value[int64](t)(db.CountTeamChannels(ctx, team.ID)), int64(2))
		all := ChannelSearch{ViewerID: amy.ID, TeamIDs: []string{team.ID}, Types: []string{"O"}, Free: true, NotInGroup: "g", ExcludeNames: []string{"x"}, Limit: 9}
		equal(t, "everywhere", value[[]*model.ChannelWithTeam](t)(db.AllChannels(ctx, all))[0].TeamName, "north")
		equal(t, "how many", value[int64](t)(db.CountChannels(ctx, all)), int64(2))
		all.Guest = true
		equal(t, "for a guest", value[int64](t)(db.CountChannels(ctx, all)), int64(1))
		access := value[[]*ChannelAccess](t)(db.ChannelAccesses(ctx, []string{alpha.ID}, amy.ID))
		equal(t, "access", access[0].Roles, "channel_user")
	})
}

func TestPlacesInChannelsChange(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, south, amy, bob := addTeam(t, db, "north"), addTeam(t, db, "south"), addUser(t, db, "amy"), addUser(t, db, "bob")
		joinTeam(t, db, south.ID, amy)
		c := addChannel(t, db, team.ID, "alpha")
		joinChannel(t, db, c.ID, amy)
		joinChannel(t, db, c.ID, bob)
		equal(t, "all", len(value[[]*model.ChannelMember](t)(db.ChannelMembers(ctx, c.ID, 0, 9))), 2)
		equal(t, "of amy", len(value[[]*model.ChannelMember](t)(db.ChannelMembersOf(ctx, amy.ID, team.ID))), 1)
		equal(t, "in these", len(value[[]*model.ChannelMember](t)(db.PlacesOfIn(ctx, amy.ID, []string{c.ID}))), 1)
		equal(t, "with team", value[[]*model.ChannelMemberWithTeam](t)(db.ChannelMembershipsOf(ctx, amy.ID, "", 0, 9))[0].TeamName, "north")
		equal(t, "names", value[model.SchemeRoles](t)(db.ChannelSchemeRoles(ctx, c.ID)), model.SchemeRoles{Guest: "channel_guest", User: "channel_user", Admin: "channel_admin"})
		equal(t, "outside of groups", value[int64](t)(db.CountOutsideGroups(ctx, c.ID, []string{amy.ID, bob.ID})), int64(2))
		equal(t, "outsiders", len(value[[]string](t)(db.OutsidersOf(ctx, c.ID, 1))), 1)
		post := &model.Post{ID: model.NewTimeID(5), CreateAt: 5, UpdateAt: 5, UserID: bob.ID, ChannelID: c.ID}
		must(t, db, func(tx *Tx) error {
			locked, err := tx.LockChannelMember(ctx, c.ID, amy.ID)
			if err != nil {
				return err
			}
			locked.SchemeAdmin, locked.LastUpdateAt = true, 7
			if err := tx.UpdateChannelMember(ctx, locked); err != nil {
				return err
			}
			if err := tx.InsertPost(ctx, post); err != nil {
				return err
			}
			if err := tx.CountPost(ctx, post); err != nil {
				return err
			}
			return tx.FollowUnread(ctx, post.ID, []ThreadStart{{UserID: amy.ID, Mentions: 1}}, 4, 6)
		})
		equal(t, "behind", value[[]ChannelView](t)(db.ChannelViews(ctx, amy.ID, []string{c.ID})), []ChannelView{{ChannelID: c.ID, LastPostAt: 5, Unread: true}})
		must(t, db, func(tx *Tx) error {
			return tx.UnreadChannel(ctx, &model.ChannelUnreadAt{ChannelID: c.ID, UserID: amy.ID, LastViewedAt: 4, MentionCount: 2}, 7)
		})
		equal(t, "mentioned", value[*model.ChannelMember](t)(db.ChannelMember(ctx, c.ID, amy.ID)).MentionCount, int64(2))
		must(t, db, func(tx *Tx) error { return tx.ViewChannels(ctx, amy.ID, []string{c.ID}, 8) })
		equal(t, "read", value[[]ChannelView](t)(db.ChannelViews(ctx, amy.ID, []string{c.ID})), []ChannelView{{ChannelID: c.ID, LastPostAt: 5, ViewedAt: 5}})
		must(t, db, func(tx *Tx) error { return tx.MuteChannels(ctx, amy.ID, []string{c.ID}, true, 9) })
		muted := value[*model.ChannelMember](t)(db.ChannelMember(ctx, c.ID, amy.ID))
		equal(t, "muted", []bool{muted.Muted(), muted.SchemeAdmin, muted.NotifyProps["push"] == "default"}, []bool{true, true, true})
		equal(t, "foreign", value[int64](t)(db.CountForeigners(ctx, c.ID, south.ID)), int64(1))
		must(t, db, func(tx *Tx) error {
			if _, err := tx.RemoveForeigners(ctx, c.ID, south.ID); err != nil {
				return err
			}
			if err := tx.UnplaceEverywhere(ctx, c.ID); err != nil {
				return err
			}
			return tx.RecountChannel(ctx, c.ID)
		})
		equal(t, "counted anew", value[*model.Channel](t)(db.Channel(ctx, c.ID)).Members, int64(1))
		must(t, db, func(tx *Tx) error {
			for _, trace := range ChannelTraces {
				if _, err := tx.DeleteTraces(ctx, trace, c.ID, 9); err != nil {
					return err
				}
			}
			return tx.DeleteChannel(ctx, c.ID)
		})
		wantErr[*model.Channel](t, ErrNotFound)(db.Channel(ctx, c.ID))
	})
}

func TestSidebarIsStored(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, amy := addTeam(t, db, "north"), addUser(t, db, "amy")
		joinTeam(t, db, team.ID, amy)
		a, b := addChannel(t, db, team.ID, "alpha"), addChannel(t, db, team.ID, "beta")
		joinChannel(t, db, a.ID, amy)
		joinChannel(t, db, b.ID, amy)
		own := &model.Category{ID: model.NewID(), UserID: amy.ID, TeamID: team.ID, Type: "custom", DisplayName: "Mine", ChannelIDs: []string{b.ID}}
		placed := func() []Placed { t.Helper(); return value[[]Placed](t)(db.PlacedChannels(ctx, amy.ID, team.ID)) }
		must(t, db, func(tx *Tx) error {
			if err := tx.InsertDefaultCategories(ctx, team.ID, []string{amy.ID}); err != nil {
				return err
			}
			if err := tx.InsertCategory(ctx, own); err != nil {
				return err
			}
			return tx.PlaceChannels(ctx, amy.ID, []*model.Category{own})
		})
		equal(t, "placed", placed(), []Placed{{b.ID, own.ID, false}, {a.ID, "", false}})
		own.Muted, own.SortOrder, own.DisplayName = true, 50, "Theirs"
		must(t, db, func(tx *Tx) error {
			if err := tx.UpdateCategories(ctx, []*model.Category{own}); err != nil {
				return err
			}
			return tx.FavorChannels(ctx, amy.ID, []string{a.ID, b.ID})
		})
		list := value[[]*model.Category](t)(db.Categories(ctx, amy.ID, team.ID))
		equal(t, "last", []any{len(list), list[3].DisplayName, list[3].Muted, list[3].Collapsed}, []any{4, "Theirs", true, false})
		favorites := "favorites_" + amy.ID + "_" + team.ID
		equal(t, "favourites", placed(), []Placed{{a.ID, favorites, false}, {b.ID, favorites, false}})
		must(t, db, func(tx *Tx) error {
			if _, err := tx.LockCategories(ctx, amy.ID, team.ID); err != nil {
				return err
			}
			if err := tx.UnfavorChannels(ctx, amy.ID, []string{a.ID}); err != nil {
				return err
			}
			if err := tx.UnplaceChannels(ctx, amy.ID, team.ID, []string{b.ID}); err != nil {
				return err
			}
			if err := tx.DeleteCategory(ctx, own.ID); err != nil {
				return err
			}
			return tx.SaveFavorites(ctx, amy.ID, []string{a.ID}, []string{b.ID})
		})
		equal(t, "none placed", placed(), []Placed{{a.ID, "", false}, {b.ID, "", false}})
		equal(t, "preferences", len(value[[]model.Preference](t)(db.Preferences(ctx, amy.ID, model.FavoritePreference))), 1)
	})
}
