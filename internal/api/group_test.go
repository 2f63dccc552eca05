package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/testkit"
)

type groupBody = map[string]any

// newGroup makes a custom group with members.
func newGroup(c *testkit.Client, name string, members ...string) string {
	return c.Post("/groups", groupBody{"name": name, "display_name": "Group " + name, "source": "custom", "allow_reference": true, "user_ids": members}).
		Want(http.StatusCreated).Text("id")
}

func TestGroupIsMadeChangedArchivedAndRestored(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		s.Events.Take()
		id := newGroup(amy, "builders", amy.ID, bob.ID)
		s.Events.Want(t, "received_group received_group group_member_add group_member_add")
		if n := eve.Get("/groups/" + id + "?include_member_count=true").Want(200).Text("member_count"); n != "2" {
			t.Errorf("%s members, want 2", n)
		}
		if got := eve.Get("/users?in_group=" + id).Want(200).Column("username"); !slices.Equal(got, []string{"amy", "bob"}) {
			t.Errorf("in the group: %v", got)
		}
		if got := eve.Get("/users?not_in_group=" + id).Want(200).Column("username"); !slices.Equal(got, []string{"admin", "eve"}) {
			t.Errorf("not in the group: %v", got)
		}
		if got := eve.Get("/users?in_group=" + id + "&sort=display_name").Want(200).Column("username"); len(got) != 2 {
			t.Errorf("by display name: %v", got)
		}
		usersWant(t, eve.Post("/users/search", groupBody{"term": "b", "in_group_id": id}), "bob")
		eve.Get("/groups/" + id + "/stats").Want(200)
		if n := eve.Get("/groups/" + id + "/members?per_page=1").Want(200).Text("total_member_count"); n != "2" {
			t.Errorf("%s in all, want 2", n)
		}
		amy.Put("/groups/"+id+"/patch", groupBody{"display_name": "Masons"}).Want(200)
		if got := bob.Get("/groups?q=mason").Want(200).Column("id"); !slices.Equal(got, []string{id}) {
			t.Errorf("found %v", got)
		}
		if got := bob.Post("/groups/names", []string{"builders", "nobody"}).Want(200).Column("id"); !slices.Equal(got, []string{id}) {
			t.Errorf("by name %v", got)
		}
		if got := bob.Get("/users/me/groups").Want(200).Column("id"); !slices.Equal(got, []string{id}) {
			t.Errorf("groups of bob: %v", got)
		}
		s.Events.Take()
		if got := amy.Do(http.MethodDelete, "/groups/"+id+"/members", groupBody{"user_ids": []string{bob.ID, eve.ID}}).Want(200).Column("user_id"); !slices.Equal(got, []string{bob.ID}) {
			t.Errorf("removed %v", got)
		}
		s.Events.Want(t, "group_member_deleted")
		if got := amy.Post("/groups/"+id+"/members", groupBody{"user_ids": []string{amy.ID, eve.ID}}).Want(200).Column("user_id"); !slices.Equal(got, []string{eve.ID}) {
			t.Errorf("added %v", got)
		}
		amy.Delete("/groups/" + id).Want(200)
		if got := bob.Get("/groups").Want(200).Column("id"); len(got) != 0 {
			t.Errorf("an archived group is listed: %v", got)
		}
		amy.Post("/groups/"+id+"/restore", "").Want(200)
		if n := bob.Get("/groups?include_total_count=true").Want(200).Text("total_group_count"); n != "1" {
			t.Errorf("%s groups, want 1", n)
		}
	})
}

func TestGroupRefusals(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true"}}, func(t *testing.T, s *testkit.Server) {
		const perms, body, url = "api.context.permissions.app_error", "api.context.invalid_body_param.app_error", "api.context.invalid_url_param.app_error"
		amy := s.User("amy")
		gus := s.WithRoles("gus", "system_guest")
		id := newGroup(amy, "builders")
		make := func(change groupBody) groupBody {
			b := groupBody{"name": "masons", "display_name": "Masons", "source": "custom", "allow_reference": true}
			for k, v := range change {
				b[k] = v
			}
			return b
		}
		for _, tc := range []struct {
			name   string
			as     *testkit.Client
			method string
			path   string
			body   any
			status int
			fault  string
		}{
			{"no JSON", amy, "POST", "/groups", "{", 400, body},
			{"another source", amy, "POST", "/groups", make(groupBody{"source": "ldap"}), 400, "app.group.crud_permission"},
			{"not to be mentioned", amy, "POST", "/groups", make(groupBody{"allow_reference": false}), 400, "api.custom_groups.must_be_referenceable"},
			{"without a name", amy, "POST", "/groups", make(groupBody{"name": ""}), 400, "model.group.name.app_error"},
			{"a reserved name", amy, "POST", "/groups", make(groupBody{"name": "here"}), 400, "model.group.name.reserved_name.app_error"},
			{"no such name", amy, "POST", "/groups", make(groupBody{"name": "A b"}), 400, "model.group.name.invalid_chars.app_error"},
			{"the name of an account", amy, "POST", "/groups", make(groupBody{"name": "amy"}), 400, "app.group.username_conflict"},
			{"the name of a group", amy, "POST", "/groups", make(groupBody{"name": "builders"}), 400, "app.custom_group.unique_name"},
			{"without a display name", amy, "POST", "/groups", make(groupBody{"display_name": ""}), 400, "model.group.display_name.app_error"},
			{"a guest", gus, "POST", "/groups", make(nil), 403, perms},
			{"a guest changes it", gus, "PUT", "/groups/" + id + "/patch", groupBody{"display_name": "x"}, 403, perms},
			{"a guest removes it", gus, "DELETE", "/groups/" + id, nil, 403, perms},
			{"a guest adds", gus, "POST", "/groups/" + id + "/members", groupBody{"user_ids": []string{gus.ID}}, 403, perms},
			{"nobody to add", amy, "POST", "/groups/" + id + "/members", groupBody{"user_ids": []string{}}, 400, body},
			{"a malformed id", amy, "GET", "/groups/junk", nil, 400, url},
			{"no such group", amy, "GET", "/groups/" + usersID, nil, 404, "app.group.no_rows"},
			{"groups of somebody else", amy, "GET", "/users/" + gus.ID + "/groups", nil, 403, perms},
			{"ties without the right", amy, "GET", "/groups/" + id + "/teams", nil, 403, perms},
			{"no session", s.Visitor(), "GET", "/groups", nil, 401, "api.context.session_expired.app_error"},
		} {
			t.Run(tc.name, func(t *testing.T) {
				s.Events.Take()
				tc.as.For(t).Do(tc.method, tc.path, tc.body).WantFault(tc.status, tc.fault)
				s.Events.Want(t, "")
			})
		}
		if got := amy.Get("/groups").Want(200).Column("name"); !slices.Equal(got, []string{"builders"}) {
			t.Errorf("groups after the refusals: %v", got)
		}
	})
}

func TestGroupIsTiedToTeamsAndChannels(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy)
		id := newGroup(s.Admin(), "builders", bob.ID)
		s.Events.Take()
		s.Admin().Post("/groups/"+id+"/teams/"+team.ID+"/link", groupBody{"auto_add": true}).Want(http.StatusCreated)
		s.Events.Want(t, "received_group_associated_to_team")
		s.Admin().Post("/groups/"+id+"/channels/"+team.Town+"/link", groupBody{}).Want(http.StatusCreated)
		ties := s.Admin().Get("/groups/" + id + "/teams").Want(200)
		if got := ties.Column("team_id"); !slices.Equal(got, []string{team.ID}) || ties.Column("team_display_name")[0] != "Team north" || ties.Column("team_type")[0] != "O" {
			t.Errorf("teams %s", ties.Body)
		}
		ties = s.Admin().Get("/groups/" + id + "/channels").Want(200)
		if ties.Column("channel_display_name")[0] != "Town Square" || ties.Column("team_id")[0] != team.ID || ties.Column("team_display_name")[0] != "Team north" {
			t.Errorf("channels %s", ties.Body)
		}
		if v := s.Admin().Put("/groups/"+id+"/channels/"+team.Town+"/patch", groupBody{"scheme_admin": true}).Want(200).Value("scheme_admin"); v != true {
			t.Errorf("scheme_admin %v", v)
		}
		s.Admin().Get("/groups/" + id + "/teams/" + team.ID).Want(200)
		if n := amy.Get("/teams/" + team.ID + "/groups").Want(200).Text("total_group_count"); n != "1" {
			t.Errorf("%s groups of the team", n)
		}
		for path, want := range map[string]string{"/teams/" + team.ID: `"scheme_admin":false`, "/channels/" + team.Town: `"scheme_admin":true`} {
			if r := amy.Get(path + "/groups").Want(200); !strings.Contains(string(r.Body), want) {
				t.Errorf("%s has the groups %s", path, r.Body)
			}
		}
		secret := s.Channel(t, team.ID, "secret", "P")
		s.Admin().Post("/groups/"+id+"/channels/"+secret+"/link", groupBody{}).Want(http.StatusCreated)
		byChannel := func(c *testkit.Client, query string) (groups map[string][]struct{ ID string }) {
			t.Helper()
			var in struct {
				Groups map[string][]struct{ ID string }
			}
			c.Get("/teams/" + team.ID + "/groups_by_channels" + query).Want(200).JSON(&in)
			return in.Groups
		}
		if got := byChannel(amy, ""); len(got) != 1 || len(got[team.Town]) != 1 || got[team.Town][0].ID != id {
			t.Errorf("amy sees %v", got)
		}
		if all, page := byChannel(s.Admin(), "?paginate=false"), byChannel(s.Admin(), "?paginate=true&per_page=1&page=1"); len(all) != 2 || len(page) != 1 {
			t.Errorf("the admin sees %v, and %v on the second page", all, page)
		}
		bob.Get("/teams/"+team.ID+"/groups_by_channels").WantFault(403, "api.context.permissions.app_error")
		if got := s.Admin().Get("/users?not_in_team=" + team.ID + "&group_constrained=true").Want(200).Column("username"); !slices.Equal(got, []string{"bob"}) {
			t.Errorf("of the group and not in the team: %v", got)
		}
		s.Admin().Delete("/groups/" + id + "/teams/" + team.ID + "/link").Want(200)
		s.Admin().Delete("/groups/"+id+"/teams/"+team.ID+"/link").WantFault(400, "app.group.group_syncable_already_deleted")
		amy.Post("/groups/"+id+"/teams/"+team.ID+"/link", groupBody{}).WantFault(403, "api.context.permissions.app_error")
	})
}
