package store

import (
	"strings"
	"testing"

	"muster/internal/model"
)

// town is a team with a channel, a group and a group channel, and who is where:
//
//	amy   team admin, channel admin, group, group channel with bob and gus
//	bob   team, channel
//	cat   left the team
//	gus   guest: team, channel
//	eve   nowhere
type town struct {
	db                         *DB
	team, channel, group, trio string
	amy, bob, cat, gus, eve    *model.User
	nameOf                     map[string]string
}

func newTown(t *testing.T, db *DB) *town {
	t.Helper()
	ctx := t.Context()
	w := &town{db: db, nameOf: map[string]string{}}
	for name, u := range map[string]**model.User{"amy": &w.amy, "bob": &w.bob, "cat": &w.cat, "gus": &w.gus, "eve": &w.eve} {
		*u = addUser(t, db, name)
		w.nameOf[(*u).ID] = name
	}
	team := addTeam(t, db, "north")
	channel, trio := addChannel(t, db, team.ID, "town"), &model.Channel{ID: model.NewID(), Type: model.ChannelGroup, Name: "trio"}
	name := "builders"
	group := &model.Group{ID: model.NewID(), Name: &name, DisplayName: "Builders", Source: model.GroupCustom, AllowReference: true}
	must(t, db, func(tx *Tx) error {
		if err := tx.InsertChannel(ctx, trio); err != nil {
			return err
		}
		return tx.InsertGroup(ctx, group)
	})
	w.team, w.channel, w.trio, w.group = team.ID, channel.ID, trio.ID, group.ID
	equal(t, "group", value[*model.Group](t)(db.Group(ctx, group.ID)), group)
	for _, u := range []*model.User{w.amy, w.bob, w.cat, w.gus} {
		m := joinTeam(t, db, team.ID, u)
		m.SchemeAdmin, m.SchemeUser, m.SchemeGuest = u == w.amy, u != w.gus, u == w.gus
		if u == w.cat {
			m.DeleteAt = 5
		}
		must(t, db, func(tx *Tx) error { return tx.SaveTeamMember(ctx, m) })
	}
	for _, u := range []*model.User{w.amy, w.bob, w.gus} {
		joinChannel(t, db, channel.ID, u)
		joinChannel(t, db, trio.ID, u)
	}
	must(t, db, func(tx *Tx) error {
		if err := tx.SaveStatus(ctx, &model.Status{UserID: w.bob.ID, Status: model.StatusOnline, LastActivityAt: 7}); err != nil {
			return err
		}
		_, err := exec(ctx, tx.Q, `INSERT INTO group_members (group_id, user_id, username, create_at) VALUES (?, ?, 'amy', 1)`, group.ID, w.amy.ID)
		if err == nil {
			_, err = exec(ctx, tx.Q, `INSERT INTO group_teams (group_id, team_id, create_at, update_at) VALUES (?, ?, 1, 1)`, group.ID, addTeam2(t, tx))
		}
		return err
	})
	return w
}

// addTeam2 stores a second team inside of a use case and gives its id.
func addTeam2(t *testing.T, tx *Tx) string {
	t.Helper()
	m := &model.Team{ID: strings.Repeat("s", 26), CreateAt: 1, UpdateAt: 1, Name: "south", Type: model.TeamOpen, InviteID: model.NewID()}
	if err := tx.InsertTeam(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m.ID
}

func (w *town) names(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = w.nameOf[id]
	}
	return strings.Join(out, " ")
}

func TestUsersAreListedByTheirPlaces(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, w := t.Context(), newTown(t, db)
		south := strings.Repeat("s", 26)
		admins := []string{"system_admin"}
		for name, tc := range map[string]struct {
			filter UserFilter
			want   string
		}{
			"in a team":                          {UserFilter{InTeam: w.team}, "amy bob gus"},
			"in a team, left ones too, newest":   {UserFilter{InTeam: w.team, Left: true, Sort: ByCreation}, "amy bob cat gus"},
			"in a team by activity":              {UserFilter{InTeam: w.team, Left: true, Sort: ByActivity}, "bob"},
			"not in a team":                      {UserFilter{NotInTeam: w.team}, "cat eve"},
			"not in a team tied to a group":      {UserFilter{NotInTeam: south, GroupConstrained: true}, "amy"},
			"without a team":                     {UserFilter{WithoutTeam: true}, "cat eve"},
			"in a channel":                       {UserFilter{InChannel: w.channel}, "amy bob gus"},
			"in a channel by presence":           {UserFilter{InChannel: w.channel, Sort: ByStatus}, "bob amy gus"},
			"in a channel, admins first":         {UserFilter{InChannel: w.channel, Sort: ByAdmin}, "amy bob gus"},
			"of a team and not in a channel":     {UserFilter{InTeam: w.team, NotInChannel: w.channel}, ""},
			"in a group":                         {UserFilter{InGroup: w.group}, "amy"},
			"in a group by nickname":             {UserFilter{InGroup: w.group, Sort: ByNickname}, "amy"},
			"in a group by name":                 {UserFilter{InGroup: w.group, Sort: ByFullName}, "amy"},
			"not in a group":                     {UserFilter{NotInGroup: w.group}, "bob cat eve gus"},
			"of a team and in none of groups":    {UserFilter{InTeam: w.team, NotInGroups: []string{w.group, "x"}}, "bob gus"},
			"of a channel and in none of groups": {UserFilter{InChannel: w.channel, NotInGroups: []string{"x"}}, "amy bob gus"},
			"admins of a team":                   {UserFilter{InTeam: w.team, As: PlaceRoles{Admin: true, Admins: admins}}, "amy"},
			"plain members of a team":            {UserFilter{InTeam: w.team, As: PlaceRoles{User: true, Admins: admins}}, "bob"},
			"guests of a team, or system admins": {UserFilter{InTeam: w.team, As: PlaceRoles{Guest: true, Sets: admins, Admins: admins}}, "gus"},
			"in the sight of a guest":            {UserFilter{Sight: &Sight{UserID: w.gus.ID, Channels: true}}, "amy bob gus"},
			"in nobody's sight":                  {UserFilter{Sight: &Sight{UserID: w.eve.ID}}, ""},
			"in the sight of a team and channel": {UserFilter{Sight: &Sight{UserID: w.gus.ID, Channels: true, Teams: []string{w.team}}}, "amy bob gus"},
			"in the sight of a team":             {UserFilter{Sight: &Sight{UserID: w.eve.ID, Teams: []string{w.team}}}, "amy bob gus"},
		} {
			f := tc.filter
			f.Limit = 100
			equal(t, name, w.names(value[[]string](t)(db.UserIDs(ctx, f))), tc.want)
			n := int64(len(strings.Fields(tc.want)))
			equal(t, name+": how many", value[int64](t)(db.CountUsers(ctx, f, true)), n)
			if f.Sort == ByActivity {
				continue // a search has no order but that of names
			}
			found := value[[]string](t)(db.SearchUsers(ctx, UserSearch{Scope: f, Limit: 100, AllowInactive: true}))
			equal(t, name+": found without words", len(found), int(n))
			for _, few := range []bool{false, f.InTeam != "" || f.InChannel != "" || f.InGroup != ""} {
				found := value[[]string](t)(db.SearchUsers(ctx, UserSearch{Term: "bo", Scope: f, FewMembers: few, Limit: 100, AllowInactive: true}))
				want := ""
				if strings.Contains(tc.want, "bob") {
					want = "bob"
				}
				equal(t, name+": found by name", w.names(found), want)
			}
		}
		equal(t, "size of a team", value[int64](t)(db.PlaceSize(ctx, &UserFilter{InTeam: w.team})), int64(4))
		equal(t, "size of no place", value[int64](t)(db.PlaceSize(ctx, &UserFilter{})), int64(0))
		equal(t, "size of a missing channel", value[int64](t)(db.PlaceSize(ctx, &UserFilter{InChannel: "x"})), int64(0))
	})
}

func TestWhoSeesWhom(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, w := t.Context(), newTown(t, db)
		guest, team := &Sight{UserID: w.gus.ID, Channels: true}, &Sight{UserID: w.eve.ID, Teams: []string{w.team}}
		for _, tc := range []struct {
			sight *Sight
			of    *model.User
			want  int64
		}{{guest, w.amy, 1}, {guest, w.eve, 0}, {guest, w.cat, 0}, {team, w.bob, 1}, {team, w.cat, 0}} {
			equal(t, "sees "+tc.of.Username, value[int64](t)(db.CountSeen(ctx, tc.sight, []string{tc.of.ID})), tc.want)
		}
		all := []string{w.amy.ID, w.bob.ID, w.cat.ID, w.gus.ID, w.eve.ID}
		equal(t, "seen among all", len(value[[]string](t)(db.SeenAmong(ctx, guest, all))), 3)
		equal(t, "in a channel", []bool{value[bool](t)(db.InAnyChannel(ctx, w.amy.ID)), value[bool](t)(db.InAnyChannel(ctx, w.eve.ID))}, []bool{true, false})
		equal(t, "known", len(value[[]string](t)(db.KnownUserIDs(ctx, w.amy.ID))), 2)
		equal(t, "live places", len(value[[]*model.TeamMember](t)(db.LiveTeamMembersOf(ctx, w.cat.ID))), 0)
		rows := value[[]ChannelUser](t)(db.GroupChannelUsers(ctx, w.amy.ID, []string{w.channel, w.trio, "x"}))
		equal(t, "group channels", rows, []ChannelUser{{w.trio, w.bob.ID}, {w.trio, w.gus.ID}})
		equal(t, "of a stranger", len(value[[]ChannelUser](t)(db.GroupChannelUsers(ctx, w.eve.ID, []string{w.trio}))), 0)
	})
}
