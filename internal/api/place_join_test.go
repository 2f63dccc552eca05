package api_test

import (
	"slices"
	"strings"
	"testing"

	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

// channelNames gives the names of the channels of a team somebody is in, sorted.
func channelNames(t *testing.T, c *testkit.Client, teamID string) string {
	t.Helper()
	names := c.For(t).Get("/users/me/teams/" + teamID + "/channels").Want(200).Column("name")
	slices.Sort(names)
	return strings.Join(names, " ")
}

// TestInvitedPeopleComeWhereTheirHostMaySeatThem: of the channels of an invitation those count whose
// members the sender may manage, when it is sent and when it is used.
func TestInvitedPeopleComeWhereTheirHostMaySeatThem(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy, bob := s.User("amy").For(t), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		open, own, lost, foreign := s.Channel(t, team.ID, "open", "O", amy), s.Channel(t, team.ID, "own", "P", amy),
			s.Channel(t, team.ID, "lost", "P", amy), s.Channel(t, team.ID, "foreign", "P", bob)
		amy.Post("/teams/"+team.ID+"/invite/email", object{"emails": []string{"new@example.com"}, "channelIds": []string{open, own, lost, foreign}}).Want(200)
		token := guestToken(t, s, m, "new@example.com")
		amy.Delete("/channels/" + lost + "/members/" + amy.ID).Want(200)
		s.Visitor().For(t).Post("/users?t="+token, usersBody("new", nil)).Want(201)
		newcomer := s.SignIn("new").For(t)
		if got := channelNames(t, newcomer, team.ID); got != "off-topic open own town-square" {
			t.Errorf("in the channels %s", got)
		}
		shown := preferencesOf(t, newcomer, "/users/me/preferences/direct_channel_show")
		if len(shown) != 3 || !slices.Contains(shown, "direct_channel_show/"+amy.ID+"=true") {
			t.Errorf("the sidebar shows %v", shown)
		}
	})
}

// TestDefaultChannels: which channels a team begins with can be set; who comes gets those that are
// still open.
func TestDefaultChannels(t *testing.T) {
	config := `{"TeamSettings":{"ExperimentalDefaultChannels":["news","help"]},"ServiceSettings":{"ExperimentalEnableDefaultChannelLeaveJoinMessages":false}}`
	testkit.Each(t, testkit.Options{Config: config}, func(t *testing.T, s *testkit.Server) {
		admin, amy, bob := s.Admin().For(t), s.User("amy").For(t), s.User("bob").For(t)
		team := s.Team(t, "north")
		s.Events.Take()
		s.Join(t, team.ID, amy.ID)
		s.Events.Want(t, "user_added user_added user_added added_to_team added_to_team")
		if got := channelNames(t, amy, team.ID); got != "help news town-square" {
			t.Errorf("amy is in %s", got)
		}
		id := func(name string) string {
			return admin.Get("/teams/" + team.ID + "/channels/name/" + name).Want(200).Text("id")
		}
		admin.Put("/channels/"+id("news")+"/privacy", object{"privacy": "P"}).Want(200)
		admin.Delete("/channels/" + id("help")).Want(200)
		s.Join(t, team.ID, bob.ID)
		if got := channelNames(t, bob, team.ID); got != "town-square" {
			t.Errorf("bob is in %s", got)
		}
		amy.Delete("/channels/" + id("news") + "/members/" + amy.ID).Want(200)
		amy.Delete("/channels/"+team.Town+"/members/"+amy.ID).WantFault(400, "api.channel.remove.default.app_error")
	})
}

// TestWhoComesBackToAFullTeam is told so in another way than who comes for the first time.
func TestWhoComesBackToAFullTeam(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"TeamSettings":{"MaxUsersPerTeam":3}}`}, func(t *testing.T, s *testkit.Server) {
		admin, amy, bob, cat := s.Admin().For(t), s.User("amy").For(t), s.User("bob"), s.User("cat")
		team := s.Team(t, "north", amy, bob)
		amy.Delete("/teams/" + team.ID + "/members/" + amy.ID).Want(200)
		s.Join(t, team.ID, cat.ID)
		add := func(id string) *testkit.Response {
			return admin.Post("/teams/"+team.ID+"/members", object{"team_id": team.ID, "user_id": id})
		}
		add(amy.ID).WantFault(400, "app.team.join_user_to_team.max_accounts.app_error")
		add(s.User("dan").ID).WantFault(400, "app.team.join_user_to_team.save_member.max_accounts.app_error")
		admin.Put("/users/"+cat.ID+"/active", object{"active": false}).Want(200)
		add(amy.ID).Want(201) // who is deactivated takes no place
		list := admin.Get("/teams/" + team.ID + "/members?exclude_deleted_users=true&sort=Username").Want(200).Column("user_id")
		if !slices.Equal(list, []string{admin.ID, amy.ID, bob.ID}) {
			t.Errorf("members %v", list)
		}
	})
}

// TestAChannelHasAName: one of blanks is none.
func TestAChannelHasAName(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		team := s.Team(t, "north", amy)
		body := chBody(team.ID, "chat", "O")
		body["display_name"] = "  "
		amy.Post("/channels", body).WantFault(400, badBodyID)
		ch := s.Channel(t, team.ID, "chat", "O", amy)
		for _, name := range []string{"", "   "} {
			amy.Put("/channels/"+ch+"/patch", object{"display_name": name}).WantFault(400, "model.channel.is_valid.display_name.app_error")
		}
		if r := amy.Put("/channels/"+ch, object{"id": ch, "display_name": " "}).Want(200); r.Text("display_name") != "Channel chat" {
			t.Errorf("named %s", r.Body)
		}
	})
}

// TestNobodySaysOfAPlaceWhatIsNotTheirs: fields that the server or others decide about are passed
// over, wherever they are sent.
func TestNobodySaysOfAPlaceWhatIsNotTheirs(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy").For(t), s.User("bob")
		scheme := newScheme(s.Admin().For(t), "team", "Classes").Text("id")
		more := func(body object) object {
			for name, v := range map[string]any{
				"scheme_id": scheme, "delete_at": 5, "create_at": 5, "creator_id": bob.ID, "total_msg_count": 9, "policy_id": scheme,
				"policy_enforced": true, "shared": true, "last_post_at": 5, "email": "bob@example.com", "invite_id": scheme, "members": 99, "props": object{"a": "b"},
			} {
				body[name] = v
			}
			return body
		}
		team := amy.Post("/teams", more(object{"name": "north", "display_name": "North", "type": "O"})).Want(201)
		id := team.Text("id")
		channel := amy.Post("/channels", more(object{"team_id": id, "name": "chat", "display_name": "Chat", "type": "O"})).Want(201).Text("id")
		invite := amy.Get("/teams/" + id).Text("invite_id")
		for _, path := range []string{"/teams/" + id, "/teams/" + id + "/patch", "/channels/" + channel, "/channels/" + channel + "/patch"} {
			place := id
			if strings.HasPrefix(path, "/channels") {
				place = channel
			}
			amy.Put(path, more(object{"id": place, "display_name": "Other", "name": "other", "header": "h"})).Want(200)
		}
		r := amy.Get("/teams/" + id)
		if r.Value("scheme_id") != nil || r.Text("delete_at") != "0" || r.Text("email") != "amy@example.com" || r.Text("invite_id") != invite || invite == scheme || r.Text("name") != "north" {
			t.Errorf("team %s", r.Body)
		}
		r = amy.Get("/channels/" + channel)
		if r.Value("scheme_id") != nil || r.Text("delete_at") != "0" || r.Text("creator_id") != amy.ID || r.Value("shared") != nil || r.Value("policy_id") != nil ||
			r.Value("props") != nil || r.Value("policy_enforced") != false || r.Text("team_id") != id {
			t.Errorf("channel %s", r.Body)
		}
		for _, path := range []string{"/teams/" + id, "/channels/" + channel} {
			amy.Post(path+"/members", object{"team_id": id, "user_id": bob.ID, "roles": "team_admin channel_admin", "scheme_admin": true, "explicit_roles": "system_admin"}).Want(201)
			if got := amy.Get(path + "/members/" + bob.ID); strings.Contains(got.Text("roles"), "admin") {
				t.Errorf("%s: bob is %s", path, got.Body)
			}
		}
	})
}
