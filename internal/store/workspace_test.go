package store

import (
	"testing"

	"muster/internal/model"
)

// addTeam stores an open team.
func addTeam(t testing.TB, db *DB, name string) *model.Team {
	t.Helper()
	m := &model.Team{ID: model.NewID(), CreateAt: 1, UpdateAt: 1, Name: name, DisplayName: "Team É", Type: model.TeamOpen, InviteID: model.NewID()}
	must(t, db, func(tx *Tx) error { return tx.InsertTeam(t.Context(), m) })
	return m
}

// addChannel stores an open channel of a team, or a direct one without a team.
func addChannel(t testing.TB, db *DB, teamID, name string) *model.Channel {
	t.Helper()
	c := &model.Channel{ID: model.NewID(), CreateAt: 1, UpdateAt: 1, TeamID: teamID, Type: model.ChannelOpen, Name: name, DisplayName: name}
	if teamID == "" {
		c.Type = model.ChannelDirect
		c.Shared = model.NotShared(c.Type)
	}
	must(t, db, func(tx *Tx) error { return tx.InsertChannel(t.Context(), c) })
	return c
}

// joinTeam makes an account a plain member of a team.
func joinTeam(t *testing.T, db *DB, teamID string, u *model.User) *model.TeamMember {
	t.Helper()
	m := &model.TeamMember{TeamID: teamID, UserID: u.ID, Username: u.Username, CreateAt: 1, SchemeUser: true, Roles: "team_user"}
	must(t, db, func(tx *Tx) error {
		if err := tx.SaveTeamMember(t.Context(), m); err != nil {
			return err
		}
		return tx.CountTeam(t.Context(), teamID, 1, 1)
	})
	return m
}

// joinChannel makes an account a plain member of a channel.
func joinChannel(t testing.TB, db *DB, channelID string, u *model.User) *model.ChannelMember {
	t.Helper()
	m := &model.ChannelMember{
		ChannelID: channelID, UserID: u.ID, Username: u.Username, CreateAt: 1, LastUpdateAt: 1, SchemeUser: true,
		NotifyProps: model.DefaultChannelNotifyProps(), Roles: "channel_user",
	}
	must(t, db, func(tx *Tx) error {
		if err := tx.InsertChannelMember(t.Context(), m); err != nil {
			return err
		}
		return tx.CountChannel(t.Context(), channelID, 1, 0)
	})
	return m
}

func TestTeamIsStoredFoundAndChanged(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, read := t.Context(), value[*model.Team](t)
		m := addTeam(t, db, "north")
		equal(t, "by id", read(db.Team(ctx, m.ID)), m)
		equal(t, "by name", read(db.TeamByName(ctx, "north")), m)
		equal(t, "by invite id", read(db.TeamByInviteID(ctx, m.InviteID)), m)
		wantErr[*model.Team](t, ErrNotFound)(db.Team(ctx, "x"))
		again := *m
		again.ID, again.InviteID = model.NewID(), model.NewID()
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertTeam(ctx, &again) })
		yes := true
		must(t, db, func(tx *Tx) error {
			locked, err := tx.LockTeam(ctx, m.ID)
			if err != nil {
				return err
			}
			locked.UpdateAt, locked.DeleteAt, locked.DisplayName, locked.GroupConstrained, locked.AllowOpenInvite = 5, 5, "South", &yes, true
			m = locked
			return tx.UpdateTeam(ctx, locked)
		})
		equal(t, "changed", read(db.Team(ctx, m.ID)), m)
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.UpdateTeam(ctx, &model.Team{ID: "x", InviteID: "y", Type: "O"}) })
	})
}

func TestPlacesFollowTheAccount(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, u := addTeam(t, db, "north"), addUser(t, db, "amy")
		c := addChannel(t, db, team.ID, "town-square")
		tm, cm := joinTeam(t, db, team.ID, u), joinChannel(t, db, c.ID, u)
		tm.Roles, cm.Roles = "team_user", "channel_user"
		equal(t, "team member", value[*model.TeamMember](t)(db.TeamMember(ctx, team.ID, u.ID)), tm)
		equal(t, "channel member", value[*model.ChannelMember](t)(db.ChannelMember(ctx, c.ID, u.ID)), cm)
		equal(t, "teams of", value[[]*model.TeamMember](t)(db.TeamMembersOf(ctx, u.ID)), []*model.TeamMember{tm})
		counts := func() []int64 {
			m, ch := value[*model.Team](t)(db.Team(ctx, team.ID)), value[*model.Channel](t)(db.Channel(ctx, c.ID))
			return []int64{m.Members, m.ActiveMembers, ch.Members}
		}
		equal(t, "counts", counts(), []int64{1, 1, 1})
		off := *u
		off.Username, off.DeleteAt = "bea", 9
		must(t, db, func(tx *Tx) error { return tx.UpdateUser(ctx, u, &off) })
		equal(t, "renamed", value[*model.ChannelMember](t)(db.ChannelMember(ctx, c.ID, u.ID)).Username, "bea")
		equal(t, "counts of a deactivated account", counts(), []int64{1, 0, 1})
		must(t, db, func(tx *Tx) error {
			m, err := tx.LockTeamMember(ctx, team.ID, u.ID)
			if err != nil {
				return err
			}
			m.SchemeAdmin, m.ExplicitRoles = true, "custom"
			return tx.SaveTeamMember(ctx, m)
		})
		equal(t, "roles", value[*model.TeamMember](t)(db.TeamMember(ctx, team.ID, u.ID)).Roles, "custom team_user team_admin")
		must(t, db, func(tx *Tx) error { return tx.LeavePlaces(ctx, &off) })
		equal(t, "counts of nobody", counts(), []int64{0, 0, 0})
		wantErr[*model.TeamMember](t, ErrNotFound)(db.TeamMember(ctx, team.ID, u.ID))
		fails(t, db, ErrNotFound, func(tx *Tx) error { _, err := tx.LockTeamMember(ctx, team.ID, u.ID); return err })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.DeleteChannelMember(ctx, c.ID, u.ID) })
	})
}

func TestChannelIsStoredFoundAndChanged(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, read := t.Context(), value[*model.Channel](t)
		team := addTeam(t, db, "north")
		c, direct := addChannel(t, db, team.ID, "town"), addChannel(t, db, "", "a__b")
		equal(t, "by id", read(db.Channel(ctx, c.ID)), c)
		equal(t, "by name", read(db.ChannelByName(ctx, team.ID, "town")), c)
		equal(t, "direct by name", read(db.ChannelByName(ctx, "", "a__b")), direct)
		again := *c
		again.ID = model.NewID()
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertChannel(ctx, &again) })
		must(t, db, func(tx *Tx) error {
			locked, err := tx.LockChannel(ctx, c.ID)
			if err != nil {
				return err
			}
			locked.Header, locked.Props, locked.BannerInfo = "h", model.RawJSON(`{}`), nil
			c = locked
			return tx.UpdateChannel(ctx, locked)
		})
		equal(t, "changed", read(db.Channel(ctx, c.ID)), c)
	})
}

func TestAccessSaysWhatSomebodyIsWhere(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, u, stranger := addTeam(t, db, "north"), addUser(t, db, "amy"), addUser(t, db, "bob")
		c := addChannel(t, db, team.ID, "town")
		joinTeam(t, db, team.ID, u)
		joinChannel(t, db, c.ID, u)
		in := value[*ChannelAccess](t)(db.ChannelAccess(ctx, c.ID, u.ID))
		equal(t, "channel of a member", []any{in.Member, in.Roles, in.TeamMember, in.TeamRoles}, []any{true, "channel_user", true, "team_user"})
		out := value[*ChannelAccess](t)(db.ChannelAccessByName(ctx, team.ID, "town", stranger.ID))
		equal(t, "channel of a stranger", []any{out.Member, out.Roles, out.TeamMember, out.TeamRoles, out.Channel.ID}, []any{false, "", false, "", c.ID})
		equal(t, "team of a member", value[*TeamAccess](t)(db.TeamAccess(ctx, team.ID, u.ID)).Roles, "team_user")
		equal(t, "team of a stranger", value[*TeamAccess](t)(db.TeamAccessByName(ctx, "north", stranger.ID)).Member, false)
		wantErr[*ChannelAccess](t, ErrNotFound)(db.ChannelAccess(ctx, "x", u.ID))
	})
}

func TestPostMovesTheCountersOfItsChannel(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, u := addTeam(t, db, "north"), addUser(t, db, "amy")
		c := addChannel(t, db, team.ID, "town")
		root := &model.Post{ID: model.NewTimeID(10), CreateAt: 10, UpdateAt: 10, UserID: u.ID, ChannelID: c.ID, Message: "hi"}
		reply := &model.Post{
			ID: model.NewTimeID(20), CreateAt: 20, UpdateAt: 20, UserID: u.ID, ChannelID: c.ID, RootID: root.ID,
			FileIDs: model.StringList{"a"},
		}
		join := &model.Post{ID: model.NewTimeID(30), CreateAt: 30, UpdateAt: 30, UserID: u.ID, ChannelID: c.ID, Type: model.PostJoinChannel}
		for _, p := range []*model.Post{root, reply, join} {
			must(t, db, func(tx *Tx) error {
				if err := tx.InsertPost(ctx, p); err != nil {
					return err
				}
				return tx.CountPost(ctx, p)
			})
		}
		got := value[*model.Channel](t)(db.Channel(ctx, c.ID))
		equal(t, "counters", []int64{got.TotalMsgCount, got.TotalMsgCountRoot, got.LastPostAt, got.LastRootPostAt}, []int64{2, 1, 30, 30})
	})
}
