package store

import (
	"testing"
	"time"

	"muster/internal/model"
)

// ask is a query whose error ends the test.
func ask[T any](t *testing.T, want T) func(T, error) {
	t.Helper()
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "answer", got, want)
	}
}

func TestManyJoinAndLeaveTeamsAndChannels(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, amy, bob := addTeam(t, db, "north"), addUser(t, db, "amy"), addUser(t, db, "bob")
		c := addChannel(t, db, team.ID, "town-square")
		both := []string{amy.ID, bob.ID}
		must(t, db, func(tx *Tx) error {
			places := []*model.TeamMember{
				{UserID: amy.ID, Username: "amy", CreateAt: 1, SchemeUser: true, SchemeAdmin: true},
				{UserID: bob.ID, Username: "bob", CreateAt: 1, SchemeUser: true},
			}
			if err := tx.EnterTeam(ctx, team.ID, places); err != nil {
				return err
			}
			if err := tx.CountTeam(ctx, team.ID, 2, 2); err != nil {
				return err
			}
			if err := tx.TouchUsers(ctx, both, 1<<50); err != nil {
				return err
			}
			if err := tx.InsertDefaultCategories(ctx, team.ID, both); err != nil {
				return err
			}
			return tx.InsertDefaultCategories(ctx, team.ID, both) // those that are there stay
		})
		if u, err := db.User(ctx, amy.ID); err != nil || u.UpdateAt != 1<<50 {
			t.Errorf("account was not touched: %v", err)
		}
		members := value[[]*model.TeamMember](t)(db.TeamMembersAmong(ctx, team.ID, both))
		if len(members) != 2 || members[0].Roles == members[1].Roles {
			t.Errorf("members %+v", members)
		}
		join := func(tx *Tx) error {
			rows := []*model.ChannelMember{
				{UserID: amy.ID, Username: "amy", CreateAt: 1, NotifyProps: model.DefaultChannelNotifyProps(), SchemeUser: true},
				{UserID: bob.ID, Username: "bob", CreateAt: 1, SchemeUser: true},
			}
			added, err := tx.InsertChannelMembers(ctx, c.ID, rows)
			if err != nil || len(added) == 0 {
				return err
			}
			return tx.CountChannel(ctx, c.ID, len(added), 0)
		}
		must(t, db, join)
		must(t, db, join) // who is there already is not counted again
		must(t, db, func(tx *Tx) error { return tx.MentionInChannel(ctx, c.ID, []string{bob.ID}) })
		places := value[[]*model.ChannelMember](t)(db.ChannelMembersAmong(ctx, c.ID, []string{bob.ID}))
		if len(places) != 1 || places[0].MentionCount != 1 || places[0].MentionCountRoot != 1 {
			t.Errorf("places %+v", places)
		}
		must(t, db, func(tx *Tx) error {
			now := time.Now().UnixMilli()
			return tx.InsertSystemPosts(ctx, c.ID, []*model.Post{
				{ID: model.NewTimeID(now), CreateAt: now, UserID: amy.ID, Type: model.PostJoinChannel},
				{ID: model.NewTimeID(now + 1), CreateAt: now + 1, UserID: amy.ID, Type: model.PostHeaderChange, Props: model.RawJSON(`{"a":"b"}`)},
			})
		})
		if got := value[*model.Channel](t)(db.Channel(ctx, c.ID)); got.TotalMsgCount != 1 || got.Members != 2 || got.LastPostAt == 0 {
			t.Errorf("channel %+v", got)
		}
		ask(t, true)(db.InAChannelOf(ctx, team.ID, amy.ID))
		ask(t, []string{"town-square"})(names(db.OpenChannelsNamed(ctx, team.ID, []string{"town-square", "off-topic"})))
		ask(t, 1)(length(db.TeamChannelMembersOf(ctx, amy.ID)))
		ask(t, 1)(length(db.ChannelAccesses(ctx, []string{c.ID, "x"}, amy.ID)))
		ask(t, []string{bob.ID})(db.FirstTeamMembers(ctx, team.ID, amy.ID, 5))
		must(t, db, func(tx *Tx) error { return tx.ShowDirectChannels(ctx, amy.ID, []string{bob.ID}) })
		must(t, db, func(tx *Tx) error { return tx.ForgetChannelOrder(ctx, c.ID, amy.ID) })
		unread := value[[]*model.TeamUnread](t)(db.TeamsUnread(ctx, bob.ID, ""))
		equal(t, "unread", unread, []*model.TeamUnread{{TeamID: team.ID, MsgCount: 1, MsgCountRoot: 1, MentionCount: 1, MentionCountRoot: 1}})
		ask(t, unread[0])(db.TeamUnread(ctx, bob.ID, team.ID))
		ask(t, 0)(length(db.TeamsUnread(ctx, bob.ID, team.ID)))
		must(t, db, func(tx *Tx) error { return tx.LeaveChannelsOf(ctx, team.ID, amy) })
		ask(t, false)(db.InAChannelOf(ctx, team.ID, amy.ID))
		must(t, db, func(tx *Tx) error { return tx.MakeGuest(ctx, bob.ID) })
		if got := value[*model.Channel](t)(db.Channel(ctx, c.ID)); got.Members != 1 || got.Guests != 1 {
			t.Errorf("channel %+v", got)
		}
		must(t, db, func(tx *Tx) error { return tx.MakeMember(ctx, bob.ID) })
		for _, trace := range TeamTraces {
			must(t, db, func(tx *Tx) error { _, err := tx.DeleteTraces(ctx, trace, team.ID, 100); return err })
		}
		must(t, db, func(tx *Tx) error { return tx.DeleteTeam(ctx, team.ID) })
		wantErr[*model.Team](t, ErrNotFound)(db.Team(ctx, team.ID))
	})
}

func names(list []*model.Channel, err error) (out []string, _ error) {
	for _, c := range list {
		out = append(out, c.Name)
	}
	return out, err
}

func length[T any](list []T, err error) (int, error) { return len(list), err }

func TestTeamsAreListed(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, u := addTeam(t, db, "north"), addUser(t, db, "amy")
		addTeam(t, db, "so_uth")
		joinTeam(t, db, team.ID, u)
		no := false
		ask(t, 2)(length(db.Teams(ctx, TeamFilter{Open: &no, GroupConstrained: &no, Limit: 5}, u.ID)))
		ask(t, 1)(length(db.Teams(ctx, TeamFilter{Term: "o_u", Limit: 5}, u.ID)))
		ask(t, int64(0))(db.CountTeams(ctx, TeamFilter{Term: "%"}))
		ask(t, 1)(length(db.TeamsOf(ctx, u.ID, u.ID)))
		ask(t, 1)(length(db.TeamMembers(ctx, team.ID, TeamMemberList{ByUsername: true, ActiveOnly: true, Among: []string{u.ID}, Limit: 5})))
		sight := &Sight{UserID: model.NewID()}
		ask(t, 0)(length(db.TeamMembers(ctx, team.ID, TeamMemberList{View: sight, Limit: 5})))
		ask(t, int64(0))(db.CountSeen(ctx, sight, []string{u.ID}))
		if total, active, err := db.CountTeamMembers(ctx, team.ID, sight); err != nil || total != 0 || active != 0 {
			t.Errorf("%d, %d seen (error %v)", total, active, err)
		}
		ask(t, 0)(length(db.InGroupsOfTeam(ctx, team.ID, []string{u.ID})))
		ask(t, []string{u.ID})(db.MembersOutsideGroups(ctx, team.ID, 5))
		ask(t, model.SchemeRoles{Guest: "team_guest", User: "team_user", Admin: "team_admin"})(db.TeamRoleNames(ctx, team.ID))
	})
}

func TestGuestsAndTheirLinks(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "gus")
		must(t, db, func(tx *Tx) error {
			g := u.Clone()
			g.Roles = model.SystemGuestRole
			if err := tx.UpdateUser(ctx, u, g); err != nil {
				return err
			}
			ids, err := tx.ActiveGuestIDs(ctx, false, 5)
			equal(t, "guests", ids, []string{u.ID})
			if err != nil {
				return err
			}
			ids, err = tx.ActiveGuestIDs(ctx, true, 5)
			equal(t, "guests with links", len(ids), 0)
			if err != nil {
				return err
			}
			return tx.MarkSessions(ctx, u.ID, model.PropIsGuest, "true")
		})
		must(t, db, func(tx *Tx) error { return tx.DeleteTokensOfKinds(ctx, model.LinkTokens) })
		must(t, db, func(tx *Tx) error { return tx.DeleteMailsOfKinds(ctx, []string{model.MailTeamInvite}) })
		rate := Rate{Most: 20, Per: time.Hour}
		must(t, db, func(tx *Tx) error { return tx.TakeMany(ctx, []byte("k"), rate, 20, 1000) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.TakeMany(ctx, []byte("k"), rate, 1, 1000) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.TakeMany(ctx, []byte("other"), rate, 21, 1000) })
	})
}
