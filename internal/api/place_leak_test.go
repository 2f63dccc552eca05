package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// followed gives the ids of the threads somebody follows in a team, and how many they are told to follow.
func followed(c *testkit.Client, teamID string) (ids []string, total string) {
	var out struct {
		Threads []struct{ ID string } `json:"threads"`
	}
	r := c.Get("/users/me/teams/" + teamID + "/threads").Want(http.StatusOK)
	r.JSON(&out)
	for _, x := range out.Threads {
		ids = append(ids, x.ID)
	}
	return ids, r.Text("total")
}

// TestThreadsEndWhereTheyCanNoLongerBeRead: everybody in a team may follow threads of open channels
// without being in them. What was written there must not be listed for them any more when they may not
// read the channel.
func TestThreadsEndWhereTheyCanNoLongerBeRead(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		admin, amy, tom, gus, far := s.Admin().For(t), s.User("amy").For(t), s.User("tom").For(t), s.User("gus").For(t), s.User("far").For(t)
		team, south := s.Team(t, "north", amy, tom, gus, far), s.Team(t, "south", amy)
		thread := func(channel string, followers ...*testkit.Client) string {
			root := say(amy, channel).Want(201).Text("id")
			amy.Post("/posts", object{"channel_id": channel, "root_id": root, "message": "an answer"}).Want(201)
			for _, c := range followers {
				c.Put("/users/me/teams/"+team.ID+"/threads/"+root+"/following", nil).Want(200)
			}
			return root
		}
		closes, stays, moves := s.Channel(t, team.ID, "closes", "O", amy), s.Channel(t, team.ID, "stays", "O", amy), s.Channel(t, team.ID, "moves", "O", amy, far)
		thread(closes, tom)
		there := thread(stays, tom, gus)
		thread(moves, far)

		admin.Put("/channels/"+closes+"/privacy", object{"privacy": "P"}).Want(200)
		if ids, total := followed(tom, team.ID); !slices.Equal(ids, []string{there}) || total != "1" {
			t.Errorf("tom, who was in neither channel, follows %v of %s threads", ids, total)
		}
		if ids, _ := followed(amy, team.ID); len(ids) != 3 {
			t.Errorf("amy, who is in the channels, follows %v", ids)
		}
		admin.Post("/users/"+gus.ID+"/demote", nil).Want(200)
		if ids, total := followed(gus, team.ID); len(ids) != 0 || total != "0" {
			t.Errorf("a guest follows %v of %s threads in channels it is not in", ids, total)
		}
		admin.Post("/channels/"+moves+"/move", object{"team_id": south.ID, "force": true}).Want(200)
		admin.Post("/teams/"+south.ID+"/members", object{"team_id": south.ID, "user_id": far.ID}).Want(201)
		if ids, total := followed(far, south.ID); len(ids) != 0 || total != "0" {
			t.Errorf("who was left behind follows %v of %s threads in the other team", ids, total)
		}
		if ids, _ := followed(amy, south.ID); len(ids) != 1 {
			t.Errorf("amy follows %v in the other team", ids)
		}
	})
}

// TestGuestsCountWhomTheySee: the size of a group would tell a guest of people it may not know of.
func TestGuestsCountWhomTheySee(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		amy, bob, gus := s.User("amy").For(t), s.User("bob"), s.WithRoles("gus", "system_guest").For(t)
		team := s.Team(t, "north", amy, bob, gus)
		s.Channel(t, team.ID, "lobby", "P", amy, gus)
		group := newGroup(amy, "builders", amy.ID, bob.ID, gus.ID)
		for c, want := range map[*testkit.Client]string{amy: "3", gus: "2"} {
			if n := c.Get("/groups/" + group + "?include_member_count=true").Want(200).Text("member_count"); n != want {
				t.Errorf("%s counts %s", c.Username, n)
			}
			if n := c.Get("/groups?include_member_count=true").Want(200).Column("member_count")[0]; n != want {
				t.Errorf("%s counts %s on the list", c.Username, n)
			}
			if n := c.Get("/groups/" + group + "/stats").Want(200).Text("total_member_count"); n != want {
				t.Errorf("%s counts %s in the statistics", c.Username, n)
			}
			if n := c.Get("/groups/" + group + "/members?per_page=1").Want(200).Text("total_member_count"); n != want {
				t.Errorf("%s counts %s members", c.Username, n)
			}
		}
		open := s.Channel(t, team.ID, "open", "O", amy)
		s.Admin().Post("/groups/"+group+"/channels/"+open+"/link", object{}).Want(201)
		path := "/teams/" + team.ID + "/groups_by_channels"
		if r := gus.Get(path).Want(200); strings.Contains(string(r.Body), open) {
			t.Errorf("a guest learns of an open channel it is not in: %s", r.Body)
		}
		if r := bob.Get(path).Want(200); !strings.Contains(string(r.Body), open) {
			t.Errorf("a member does not learn of an open channel: %s", r.Body)
		}
	})
}

// TestGuestsHearOfOpenChannelsTheyAreIn, and of no others.
func TestGuestsHearOfOpenChannelsTheyAreIn(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		amy, gus := s.User("amy"), s.WithRoles("gus", "system_guest").For(t)
		team, admin := s.Team(t, "north", amy, gus), s.Admin().For(t)
		in, out := s.Channel(t, team.ID, "in", "O", amy, gus), s.Channel(t, team.ID, "out", "O", amy)
		guest, member := gus.Dial(""), amy.For(t).Dial("")
		for _, l := range []*testkit.Line{guest, member} {
			l.Event("hello")
		}
		for _, ch := range []string{out, in} {
			admin.Put("/channels/"+ch+"/privacy", object{"privacy": "P"}).Want(200)
			admin.Put("/channels/"+ch+"/privacy", object{"privacy": "O"}).Want(200)
			admin.Delete("/channels/" + ch).Want(200)
			admin.Post("/channels/"+ch+"/restore", nil).Want(200)
		}
		hear := func(l *testkit.Line, ids ...string) {
			t.Helper()
			for _, id := range ids {
				for _, name := range []string{"channel_converted", "channel_converted", "channel_deleted", "channel_restored"} {
					if f := l.Event(name); f.Data["channel_id"] != id || f.Broadcast["team_id"] != team.ID {
						t.Errorf("heard %s, want that of %s", f.Text, id)
					}
				}
			}
		}
		hear(member, out, in)
		hear(guest, in)
	})
}

// TestAGroupMakesNobodyAdminWhoPutsThemselvesIntoIt: everybody may put accounts into custom groups,
// so one whose members come into a team as its admins is for those who manage groups.
func TestAGroupMakesNobodyAdminWhoPutsThemselvesIntoIt(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, eve, tad := s.Admin().For(t), s.User("eve").For(t), s.User("tad").For(t)
		team := s.TeamWith(t, map[string]any{"name": "north", "display_name": "North", "type": "O", "allow_open_invite": true}, tad)
		group := newGroup(admin, "board", tad.ID)
		link := "/groups/" + group + "/teams/" + team.ID + "/link"
		admin.Post(link, object{"scheme_admin": true}).Want(201)
		members := "/groups/" + group + "/members"
		eve.Post(members, object{"user_ids": []string{eve.ID}}).WantFault(403, refusedID)
		eve.Do(http.MethodDelete, members, object{"user_ids": []string{tad.ID}}).WantFault(403, refusedID)
		eve.Post("/teams/"+team.ID+"/members", object{"team_id": team.ID, "user_id": eve.ID}).Want(201)
		if roles := eve.Get("/teams/" + team.ID + "/members/me").Text("roles"); roles != "team_user" {
			t.Errorf("eve is %s", roles)
		}
		admin.Delete(link).Want(200)
		eve.Post(members, object{"user_ids": []string{eve.ID}}).Want(200)

		own := newGroup(eve, "friends", eve.ID)
		channel := s.Channel(t, team.ID, "chat", "O", eve)
		tie := "/groups/" + own + "/channels/" + channel
		eve.Post(tie+"/link", object{"scheme_admin": true}).WantFault(403, refusedID) // she may add members, not make admins
		eve.Post(tie+"/link", object{}).Want(201)
		eve.Put(tie+"/patch", object{"scheme_admin": true}).WantFault(403, refusedID)
		admin.Put(tie+"/patch", object{"scheme_admin": true}).Want(200)
		eve.Delete(tie + "/link").Want(200)
		eve.Post(tie+"/link", object{}).WantFault(403, refusedID) // it would make admins as before
		eve.Post(tie+"/link", object{"scheme_admin": false}).Want(201)
	})
}

// TestASidebarIsForThoseWhoSeeTheTeam: to act for others is not enough.
func TestASidebarIsForThoseWhoSeeTheTeam(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy, hal := s.Admin().For(t), s.User("amy").For(t), s.WithRoles("hal", "system_user shared_channel_manager").For(t)
		role := admin.Get("/roles/name/shared_channel_manager").Text("id")
		admin.Put("/roles/"+role+"/patch", object{"permissions": []string{"edit_other_users"}}).Want(200)
		team := s.Team(t, "north", amy)
		path := "/users/" + amy.ID + "/teams/" + team.ID + "/channels/categories"
		hal.Get(path).WantFault(403, refusedID)
		hal.Get(path+"/order").WantFault(403, refusedID)
		hal.Post(path, object{"user_id": amy.ID, "team_id": team.ID, "display_name": "x"}).WantFault(403, refusedID)
		s.Join(t, team.ID, hal.ID)
		hal.Get(path).Want(200)
		admin.Get(path).Want(200)
		s.User("bob").For(t).Get("/users/me/teams/"+team.ID+"/channels/categories").WantFault(403, refusedID)
	})
}

// TestADemotedMemberKeepsNoRoles: neither in the system nor in teams and channels.
func TestADemotedMemberKeepsNoRoles(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		admin, bob := s.Admin().For(t), s.User("bob").For(t)
		team := s.Team(t, "north", bob)
		channel := s.Channel(t, team.ID, "chat", "O", bob)
		admin.Put("/teams/"+team.ID+"/members/"+bob.ID+"/roles", object{"roles": "team_user team_admin system_manager"}).Want(200)
		admin.Put("/channels/"+channel+"/members/"+bob.ID+"/roles", object{"roles": "channel_user channel_admin system_post_all"}).Want(200)
		admin.Post("/users/"+bob.ID+"/demote", nil).Want(200)
		for path, want := range map[string]string{"/teams/" + team.ID + "/members/me": "team_guest", "/channels/" + channel + "/members/me": "channel_guest"} {
			if got := bob.Get(path).Want(200).Text("roles"); got != want {
				t.Errorf("%s: %s", path, got)
			}
		}
		bob.Put("/teams/"+team.ID+"/patch", object{"display_name": "mine"}).WantFault(403, refusedID)
	})
}
