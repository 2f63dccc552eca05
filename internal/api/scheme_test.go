package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/testkit"
)

const (
	schemeInvalid = "app.scheme.save.invalid_scheme.app_error"
	schemeMissing = "app.scheme.get.app_error"
	refusedID     = "api.context.permissions.app_error"
	badBodyID     = "api.context.invalid_body_param.app_error"
	badURLID      = "api.context.invalid_url_param.app_error"
)

type object = map[string]any

// newScheme makes a scheme and gives what is said of it.
func newScheme(c *testkit.Client, scope, title string) *testkit.Response {
	return c.Post("/schemes", object{"display_name": title, "scope": scope}).Want(http.StatusCreated)
}

// roleNamed gives the id and the permissions of a role.
func roleNamed(c *testkit.Client, name string) (id string, permissions []string) {
	var r struct {
		ID          string   `json:"id"`
		Permissions []string `json:"permissions"`
	}
	c.Get("/roles/name/" + name).Want(http.StatusOK).JSON(&r)
	return r.ID, r.Permissions
}

// take removes permissions from a role and gives back what puts them there again.
func take(t *testing.T, admin *testkit.Client, role string, permissions ...string) (giveBack func()) {
	t.Helper()
	id, has := roleNamed(admin, role)
	left := slices.DeleteFunc(slices.Clone(has), func(p string) bool { return slices.Contains(permissions, p) })
	if len(left) != len(has)-len(permissions) {
		t.Fatalf("%s has not all of %v: %v", role, permissions, has)
	}
	admin.Put("/roles/"+id+"/patch", object{"permissions": left}).Want(http.StatusOK)
	return func() { admin.Put("/roles/"+id+"/patch", object{"permissions": has}).Want(http.StatusOK) }
}

// say writes in a channel.
func say(c *testkit.Client, channel string) *testkit.Response {
	return c.Post("/posts", object{"channel_id": channel, "message": "hello"})
}

func TestASchemeIsMadeListedChangedAndDeleted(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy := s.Admin().For(t), s.User("amy")
		made := newScheme(admin, "team", "Classes")
		id := made.Text("id")
		for _, field := range []string{
			"default_team_admin_role", "default_team_user_role", "default_team_guest_role", "default_channel_admin_role",
			"default_channel_user_role", "default_channel_guest_role", "default_playbook_admin_role", "default_playbook_member_role",
			"default_run_admin_role", "default_run_member_role",
		} {
			builtIn := strings.TrimSuffix(strings.TrimPrefix(field, "default_"), "_role")
			_, got := roleNamed(amy, made.Text(field))
			_, want := roleNamed(amy, builtIn)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s grants %v, want a copy of %s", field, got, builtIn)
			}
			if r := amy.Get("/roles/name/" + made.Text(field)); r.Value("scheme_managed") != true || r.Value("built_in") != false || r.Text("scheme_id") != id {
				t.Errorf("%s: %s", field, r.Body)
			}
		}
		other := newScheme(admin, "channel", "Quiet")
		if other.Text("default_team_user_role") != "" || other.Text("default_run_member_role") != "" {
			t.Errorf("a scheme of channels has roles of teams: %s", other.Body)
		}
		if got := admin.Get("/schemes").Want(200).Column("id"); !slices.Equal(got, []string{other.Text("id"), id}) {
			t.Errorf("listed %v, want the newest first", got)
		}
		if got := admin.Get("/schemes?scope=team&per_page=1").Want(200).Column("id"); !slices.Equal(got, []string{id}) {
			t.Errorf("of teams %v", got)
		}
		if got := admin.Get("/schemes/" + id).Want(200); string(got.Body) != string(made.Body) {
			t.Errorf("read %s, made %s", got.Body, made.Body)
		}
		r := admin.Put("/schemes/"+id+"/patch", object{"name": "classes", "description": "of a school"}).Want(200)
		if r.Text("name") != "classes" || r.Text("display_name") != "Classes" || r.Text("description") != "of a school" || r.Text("scope") != "team" {
			t.Errorf("changed %s", r.Body)
		}
		admin.Put("/schemes/"+other.Text("id")+"/patch", object{"name": "classes"}).WantFault(400, schemeInvalid)
		admin.Delete("/schemes/" + id).Want(200)
		if got := admin.Get("/schemes").Want(200).Column("id"); !slices.Equal(got, []string{other.Text("id")}) {
			t.Errorf("afterwards %v", got)
		}
		admin.Get("/schemes/"+id).WantFault(404, schemeMissing)
		if amy.Get("/roles/name/"+made.Text("default_team_user_role")).Text("delete_at") == "0" {
			t.Error("the role of a deleted scheme stays")
		}
	})
}

func TestSchemesAreForThoseWhoDecideAboutPermissions(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy := s.Admin().For(t), s.User("amy")
		reader := s.WithRoles("rea", "system_user system_read_only_admin")
		team := s.Team(t, "north", amy, reader)
		channel := s.Channel(t, team.ID, "chat", "O", amy)
		ofTeam, ofChannel := newScheme(admin, "team", "T").Text("id"), newScheme(admin, "channel", "C").Text("id")
		none := "abcdefghijklmnopqrstuvwxyz"
		nobody := s.Visitor().For(t)
		for _, tc := range []struct {
			as           *testkit.Client
			method, path string
			body         any
			status       int
			id           string
		}{
			{nobody, "GET", "/schemes", nil, 401, "api.context.session_expired.app_error"},
			{amy, "POST", "/schemes", object{"display_name": "x", "scope": "team"}, 403, refusedID},
			{reader, "POST", "/schemes", object{"display_name": "x", "scope": "team"}, 403, refusedID},
			{amy, "GET", "/schemes", nil, 403, refusedID},
			{amy, "GET", "/schemes?scope=run", nil, 403, refusedID},
			{amy, "GET", "/schemes/" + ofTeam, nil, 403, refusedID},
			{amy, "PUT", "/schemes/" + ofTeam + "/patch", object{"name": "xx"}, 403, refusedID},
			{reader, "PUT", "/schemes/" + ofTeam + "/patch", object{"name": "xx"}, 403, refusedID},
			{amy, "DELETE", "/schemes/" + ofTeam, nil, 403, refusedID},
			{reader, "DELETE", "/schemes/" + ofTeam, nil, 403, refusedID},
			{amy, "GET", "/schemes/" + ofTeam + "/teams", nil, 403, refusedID},
			{amy, "GET", "/schemes/" + ofChannel + "/channels", nil, 403, refusedID},
			{amy, "PUT", "/teams/" + team.ID + "/scheme", object{"scheme_id": ofTeam}, 403, refusedID},
			{amy, "PUT", "/channels/" + channel + "/scheme", object{"scheme_id": ofChannel}, 403, refusedID},
			{reader, "PUT", "/channels/" + channel + "/scheme", object{"scheme_id": ofChannel}, 403, refusedID},
			{reader, "GET", "/schemes", nil, 200, ""},
			{reader, "GET", "/schemes/" + ofTeam, nil, 200, ""},
			{reader, "GET", "/schemes/" + ofTeam + "/teams", nil, 200, ""},
			{reader, "GET", "/schemes/" + ofChannel + "/channels", nil, 200, ""},

			{admin, "POST", "/schemes", `{`, 400, badBodyID},
			{admin, "POST", "/schemes", `null`, 400, badBodyID},
			{admin, "POST", "/schemes", object{"display_name": "x", "scope": "run"}, 400, schemeInvalid},
			{admin, "POST", "/schemes", object{"display_name": "", "scope": "team"}, 400, schemeInvalid},
			{admin, "POST", "/schemes", object{"display_name": strings.Repeat("x", 129), "scope": "team"}, 400, schemeInvalid},
			{admin, "POST", "/schemes", object{"display_name": "x", "description": strings.Repeat("x", 1025), "scope": "team"}, 400, schemeInvalid},
			{admin, "POST", "/schemes", object{"display_name": "x", "name": "Upper", "scope": "team"}, 400, schemeInvalid},
			{admin, "POST", "/schemes", object{"display_name": "x", "name": "moderation_x", "scope": "channel"}, 400, schemeInvalid},
			{admin, "PUT", "/schemes/" + ofTeam + "/patch", object{"name": "moderation_x"}, 400, schemeInvalid},
			{admin, "GET", "/schemes?scope=run", nil, 400, badURLID},
			{admin, "GET", "/schemes/short", nil, 400, badURLID},
			{admin, "GET", "/schemes/" + none, nil, 404, schemeMissing},
			{admin, "PUT", "/schemes/" + none + "/patch", object{"name": "xx"}, 404, schemeMissing},
			{admin, "PUT", "/schemes/" + ofTeam + "/patch", `null`, 400, badBodyID},
			{admin, "PUT", "/schemes/" + ofTeam + "/patch", object{"name": "x"}, 400, schemeInvalid},
			{admin, "PUT", "/schemes/" + ofTeam + "/patch", object{"name": 5}, 400, badBodyID},
			{admin, "DELETE", "/schemes/" + none, nil, 404, schemeMissing},
			{admin, "GET", "/schemes/" + ofChannel + "/teams", nil, 400, "api.scheme.get_teams_for_scheme.scope.error"},
			{admin, "GET", "/schemes/" + ofTeam + "/channels", nil, 400, "api.scheme.get_channels_for_scheme.scope.error"},
			{admin, "PUT", "/teams/" + team.ID + "/scheme", object{"scheme_id": ofChannel}, 400, "api.team.update_team_scheme.scheme_scope.error"},
			{admin, "PUT", "/teams/" + team.ID + "/scheme", object{"scheme_id": "x"}, 400, badBodyID},
			{admin, "PUT", "/teams/" + team.ID + "/scheme", object{}, 400, badBodyID},
			{admin, "PUT", "/teams/" + team.ID + "/scheme", object{"scheme_id": none}, 404, schemeMissing},
			{admin, "PUT", "/teams/" + none + "/scheme", object{"scheme_id": ofTeam}, 404, "app.team.get.find.app_error"},
			{admin, "PUT", "/channels/" + channel + "/scheme", object{"scheme_id": ofTeam}, 400, "api.channel.update_channel_scheme.scheme_scope.error"},
			{admin, "PUT", "/channels/" + channel + "/scheme", object{"scheme_id": ""}, 400, badBodyID},
			{admin, "PUT", "/channels/" + channel + "/scheme", object{"scheme_id": none}, 404, schemeMissing},
			{admin, "PUT", "/channels/" + none + "/scheme", object{"scheme_id": ofChannel}, 404, "app.channel.get.existing.app_error"},
		} {
			r := tc.as.Do(tc.method, tc.path, tc.body)
			if tc.id == "" {
				r.Want(tc.status)
				continue
			}
			r.WantFault(tc.status, tc.id)
		}
		if got := admin.Get("/schemes").Column("name"); len(got) != 2 {
			t.Errorf("schemes afterwards: %v", got)
		}
		if got := admin.Get("/teams/" + team.ID).Value("scheme_id"); got != nil {
			t.Errorf("scheme of the team afterwards: %v", got)
		}
	})
}

func TestTheSchemeOfATeamHoldsAtOnce(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy := s.Admin().For(t), s.User("amy")
		team, other := s.Team(t, "north", amy), s.Team(t, "south", amy)
		scheme := newScheme(admin, "team", "Classes")
		role := func(name string) string { return scheme.Text("default_" + name + "_role") }
		s.Events.Take()
		admin.Put("/teams/"+team.ID+"/scheme", object{"scheme_id": scheme.Text("id")}).Want(200)
		s.Events.Want(t, "update_team_scheme")
		if got := admin.Get("/schemes/" + scheme.Text("id") + "/teams").Want(200).Column("id"); !slices.Equal(got, []string{team.ID}) {
			t.Errorf("teams of the scheme %v", got)
		}
		roles := func(path, want string) {
			t.Helper()
			r := amy.Get(path + "/members/" + amy.ID).Want(200)
			if r.Text("roles") != want || r.Value("scheme_user") != true || r.Value("scheme_admin") != false || r.Text("explicit_roles") != "" {
				t.Errorf("%s: %s, want %s", path, r.Body, want)
			}
		}
		roles("/teams/"+team.ID, role("team_user"))
		roles("/channels/"+team.Town, role("channel_user"))
		roles("/teams/"+other.ID, "team_user")

		create := func(teamID, name string) *testkit.Response {
			return amy.Post("/channels", object{"team_id": teamID, "name": name, "display_name": name, "type": "O"})
		}
		create(team.ID, "one").Want(201)
		giveBack := take(t, admin, role("team_user"), "create_public_channel")
		create(team.ID, "two").WantFault(403, refusedID)
		create(other.ID, "two").Want(201)
		giveBack()
		create(team.ID, "two").Want(201)
		giveBack = take(t, admin, role("channel_user"), "create_post")
		say(amy, team.Town).WantFault(403, refusedID)
		say(amy, other.Town).Want(201)
		say(admin, team.Town).Want(201)
		giveBack()
		say(amy, team.Town).Want(201)
		takeAgain := take(t, admin, role("channel_user"), "create_post")
		say(amy, team.Town).WantFault(403, refusedID)

		admin.Put("/teams/"+team.ID+"/members/"+amy.ID+"/roles", object{"roles": "team_user"}).
			WantFault(400, "api.channel.update_team_member_roles.scheme_role.app_error")
		admin.Put("/teams/"+team.ID+"/members/"+amy.ID+"/roles", object{"roles": role("team_user") + " " + role("team_admin") + " system_post_all"}).Want(200)
		if r := amy.Get("/teams/" + team.ID + "/members/" + amy.ID); r.Text("roles") != "system_post_all "+role("team_user")+" "+role("team_admin") ||
			r.Text("explicit_roles") != "system_post_all" || r.Value("scheme_admin") != true {
			t.Errorf("an admin with an explicit role: %s", r.Body)
		}
		say(amy, team.Town).Want(201) // by the explicit role
		admin.Put("/teams/"+team.ID+"/members/"+amy.ID+"/roles", object{"roles": role("team_user")}).Want(200)
		say(amy, team.Town).WantFault(403, refusedID)
		admin.Put("/teams/"+team.ID+"/scheme", object{"scheme_id": ""}).Want(200)
		roles("/teams/"+team.ID, "team_user")
		say(amy, team.Town).Want(201)
		admin.Put("/teams/"+team.ID+"/scheme", object{"scheme_id": scheme.Text("id")}).Want(200)
		say(amy, team.Town).WantFault(403, refusedID)
		admin.Delete("/schemes/" + scheme.Text("id")).Want(200)
		roles("/channels/"+team.Town, "channel_user")
		say(amy, team.Town).Want(201)
		if got := admin.Get("/teams/" + team.ID).Value("scheme_id"); got != nil {
			t.Errorf("scheme of the team afterwards: %v", got)
		}
		_ = takeAgain
	})
}

func TestTheSchemeOfAChannelOnlyTakesAway(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy, bob := s.Admin().For(t), s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		channel := s.Channel(t, team.ID, "chat", "P", amy, bob)
		admin.Put("/channels/"+channel+"/members/"+bob.ID+"/schemeRoles", object{"scheme_admin": true, "scheme_user": true}).Want(200)
		scheme := newScheme(admin, "channel", "Quiet")
		user := scheme.Text("default_channel_user_role")
		s.Events.Take()
		admin.Put("/channels/"+channel+"/scheme", object{"scheme_id": scheme.Text("id")}).Want(200)
		s.Events.Want(t, "channel_scheme_updated")
		if got := admin.Get("/schemes/" + scheme.Text("id") + "/channels").Want(200).Column("id"); !slices.Equal(got, []string{channel}) {
			t.Errorf("channels of the scheme %v", got)
		}
		if r := amy.Get("/channels/" + channel + "/members/" + amy.ID); r.Text("roles") != user || r.Value("scheme_user") != true {
			t.Errorf("amy is %s", r.Body)
		}
		_, builtIn := roleNamed(amy, "channel_user")
		slices.Sort(builtIn)
		if _, got := roleNamed(amy, user); !slices.Equal(slices.Sorted(slices.Values(got)), builtIn) {
			t.Errorf("the role reads %v, want %v", got, builtIn)
		}
		post, second := say(amy, channel).Want(201).Text("id"), say(amy, channel).Want(201).Text("id")

		id, has := roleNamed(admin, user)
		s.Events.Take()
		changed := admin.Put("/roles/"+id+"/patch", object{"permissions": append(slices.DeleteFunc(has, func(p string) bool {
			return p == "create_post" || p == "delete_post"
		}), "delete_others_posts")}).Want(200)
		if e := s.Events.Named("role_updated"); len(e) != 1 || e[0].To.ChannelID != channel {
			t.Errorf("events %+v", e)
		}
		say(amy, channel).WantFault(403, refusedID)
		amy.Delete("/posts/" + second).Want(200)             // not for a channel to take
		bob.Delete("/posts/"+post).WantFault(403, refusedID) // nor to give
		say(bob, channel).Want(201)                          // an admin of the channel loses nothing
		if text := string(changed.Body); strings.Contains(text, "delete_others_posts") || !strings.Contains(text, `"delete_post"`) {
			t.Errorf("the role reads %s", text)
		}

		s.Events.Take()
		giveBack := take(t, admin, "channel_user", "delete_post", "add_reaction")
		var told []string
		for _, e := range s.Events.Take() {
			told = append(told, e.Name+" "+e.To.ChannelID)
		}
		if !slices.Contains(told, "role_updated ") || !slices.Contains(told, "role_updated "+channel) {
			t.Errorf("told %v: the role of the channel is another, too", told)
		}
		amy.Delete("/posts/"+post).WantFault(403, refusedID)
		amy.Post("/reactions", object{"user_id": amy.ID, "post_id": post, "emoji_name": "smile"}).WantFault(403, refusedID)
		giveBack()
		amy.Post("/reactions", object{"user_id": amy.ID, "post_id": post, "emoji_name": "smile"}).Want(200)

		direct := amy.Post("/channels/direct", []string{amy.ID, bob.ID}).Want(201).Text("id")
		admin.Put("/channels/"+direct+"/scheme", object{"scheme_id": scheme.Text("id")}).WantFault(400, badURLID)
		admin.Delete("/schemes/" + scheme.Text("id")).Want(200)
		say(amy, channel).Want(201)
	})
}

func TestNobodyHandsOutMoreInAChannelThanTheyHave(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy, bob := s.Admin().For(t), s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		channel := s.Channel(t, team.ID, "chat", "P", amy, bob)
		path := "/channels/" + channel + "/members/" + bob.ID
		amy.Put(path+"/roles", object{"roles": "channel_user system_post_all"}).WantFault(403, refusedID)
		admin.Put("/channels/"+channel+"/members/"+amy.ID+"/schemeRoles", object{"scheme_admin": true, "scheme_user": true}).Want(200)
		amy.Put(path+"/roles", object{"roles": "channel_user system_user_manager"}).WantFault(403, refusedID)
		amy.Put(path+"/roles", object{"roles": "channel_user system_admin"}).WantFault(400, "api.channel.update_channel_member_roles.scheme_role.app_error")
		amy.Put(path+"/roles", object{"roles": "channel_user nonsense"}).WantFault(400, "app.role.get_by_name.app_error")
		amy.Put(path+"/roles", object{"roles": "channel_user Bad!"}).WantFault(400, badBodyID)
		amy.Put(path+"/roles", object{"roles": ""}).WantFault(400, "api.channel.update_channel_member_roles.unset_user_scheme.app_error")
		amy.Put(path+"/roles", object{"roles": "channel_user channel_guest"}).
			WantFault(400, "api.channel.update_channel_member_roles.guest_and_user.app_error")
		amy.Put(path+"/roles", object{"roles": "channel_guest"}).WantFault(400, "api.channel.update_channel_member_roles.changing_guest_role.app_error")
		if r := bob.Get(path); r.Text("roles") != "channel_user" {
			t.Errorf("after what was refused: %s", r.Body)
		}
		amy.Put(path+"/roles", object{"roles": "channel_user system_post_all channel_admin"}).Want(200)
		if r := bob.Get(path); r.Text("roles") != "system_post_all channel_user channel_admin" || r.Text("explicit_roles") != "system_post_all" {
			t.Errorf("afterwards: %s", r.Body)
		}
	})
}
