package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// Who stands on which list of accounts: amy (team admin), bob and gus (a guest) are in the
// team and a channel of it, eve is nowhere.
func TestUsersAreListedByPlace(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true"}}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		team := s.Team(t, "north", amy, bob)
		gus := s.User("gus")
		s.Join(t, team.ID, gus.ID)
		channel := s.Channel(t, team.ID, "builds", "P", amy, bob, gus)
		s.Admin().Put("/teams/"+team.ID+"/members/"+amy.ID+"/schemeRoles", map[string]bool{"scheme_user": true, "scheme_admin": true}).Want(200)
		s.Admin().Post("/users/"+gus.ID+"/demote", "").Want(200)
		for _, tc := range []struct {
			name, path, want string
		}{
			{"in the team", "in_team=" + team.ID, "admin amy bob gus"},
			{"a page of the team", "per_page=2&page=1&in_team=" + team.ID, "bob gus"},
			{"in the team by creation", "sort=create_at&in_team=" + team.ID, "gus bob amy admin"},
			{"admins of the team", "team_roles=team_admin&in_team=" + team.ID, "amy"},
			{"members of the team", "team_roles=team_user&in_team=" + team.ID, "bob"},
			{"guests or system admins", "team_roles=team_guest&roles=system_admin&in_team=" + team.ID, "admin gus"},
			{"not in the team", "not_in_team=" + team.ID, "eve"},
			{"in the channel", "in_channel=" + channel, "admin amy bob gus"},
			{"in the channel, admins first", "sort=admin&in_channel=" + channel, "admin amy bob gus"},
			{"guests of the channel", "channel_roles=channel_guest&in_channel=" + channel, "gus"},
			{"in the team and not in a channel", "in_team=" + team.ID + "&not_in_channel=" + s.Channel(t, team.ID, "other", "O"), "amy bob gus"},
			{"without a team", "without_team=true", "eve"},
		} {
			t.Run(tc.name, func(t *testing.T) {
				if got := strings.Join(s.Admin().For(t).Get("/users?"+tc.path).Want(200).Column("username"), " "); got != tc.want {
					t.Errorf("%s, want %s", got, tc.want)
				}
			})
		}
		t.Run("search and completion keep to the place", func(t *testing.T) {
			find := func(fields map[string]any) string {
				fields["term"] = "ev"
				return strings.Join(s.Admin().For(t).Post("/users/search", fields).Want(200).Column("username"), " ")
			}
			if got := find(map[string]any{}); got != "eve" {
				t.Errorf("everywhere: %s", got)
			}
			if got := find(map[string]any{"team_id": team.ID}); got != "" {
				t.Errorf("in the team: %s", got)
			}
			var found struct {
				Users        []struct{ Username string } `json:"users"`
				OutOfChannel []struct{ Username string } `json:"out_of_channel"`
			}
			dm := s.Channel(t, team.ID, "two", "P", amy)
			amy.For(t).Get("/users/autocomplete?name=b&in_team=" + team.ID + "&in_channel=" + dm).Want(200).JSON(&found)
			if len(found.Users) != 0 || len(found.OutOfChannel) != 1 || found.OutOfChannel[0].Username != "bob" {
				t.Errorf("completed to %+v", found)
			}
			eve.For(t).Get("/users/autocomplete?name=b&in_team="+team.ID).WantFault(403, "api.context.permissions.app_error")
			amy.For(t).Get("/users/autocomplete?name=b&in_channel="+dm).WantFault(500, "api.user.autocomplete_users.missing_team_id.app_error")
		})
		t.Run("numbers", func(t *testing.T) {
			for path, want := range map[string]string{"in_team=" + team.ID: "4", "in_channel=" + channel: "4", "in_team=" + team.ID + "&team_roles=team_admin": "1"} {
				if n := s.Admin().For(t).Get("/users/stats/filtered?" + path).Want(200).Text("total_users_count"); n != want {
					t.Errorf("%s: %s, want %s", path, n, want)
				}
			}
		})
		t.Run("a guest sees those it shares a channel with", func(t *testing.T) {
			gus := gus.For(t)
			if got := strings.Join(gus.Get("/users").Want(200).Column("username"), " "); got != "admin amy bob gus" {
				t.Errorf("list: %s", got)
			}
			gus.Get("/users/" + amy.ID).Want(200)
			gus.Get("/users/"+eve.ID).WantFault(403, "api.context.permissions.app_error")
			gus.Get("/users/username/eve").WantFault(403, "api.context.permissions.app_error")
			usersWant(t, gus.Post("/users/ids", []string{amy.ID, eve.ID}), "amy")
			usersWant(t, gus.Post("/users/usernames", []string{"bob", "eve"}), "bob")
			usersWant(t, gus.Post("/users/search", map[string]any{"term": "ev"}), "")
			if n := gus.Get("/users/stats").Want(200).Text("total_users_count"); n != "4" {
				t.Errorf("counts %s", n)
			}
			var known []string
			gus.Get("/users/known").Want(200).JSON(&known)
			if slices.Sort(known); len(known) != 3 || slices.Contains(known, eve.ID) || slices.Contains(known, gus.ID) {
				t.Errorf("knows %v", known)
			}
		})
		t.Run("a stranger may not ask", func(t *testing.T) {
			for _, path := range []string{"in_team=" + team.ID, "not_in_team=" + team.ID, "in_channel=" + channel} {
				eve.For(t).Get("/users?"+path).WantFault(403, "api.context.permissions.app_error")
			}
		})
	})
}

func TestGroupChannelsTellWhoIsInThem(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy"), s.User("bob"), s.User("cat")
		id := amy.Post("/channels/group", []string{amy.ID, bob.ID, cat.ID}).Want(http.StatusCreated).Text("id")
		var in map[string][]struct{ Username string }
		amy.Post("/users/group_channels", []string{id, usersID}).Want(200).JSON(&in)
		if len(in) != 1 || len(in[id]) != 2 || in[id][0].Username != "bob" {
			t.Errorf("%+v", in)
		}
		eve := s.User("eve")
		if got := string(eve.Post("/users/group_channels", []string{id}).Want(200).Body); strings.TrimSpace(got) != "{}" {
			t.Errorf("a stranger gets %s", got)
		}
		for _, bad := range []any{"[]", "null", "{}", "[1]", "{"} {
			amy.Post("/users/group_channels", bad).WantFault(400, "api.payload.parse.error")
		}
	})
}
