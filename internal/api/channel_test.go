package api_test

import (
	"net/http"
	"testing"

	"muster/internal/testkit"
)

// chBody is the body that makes a channel.
func chBody(teamID, name, kind string) map[string]any {
	return map[string]any{"team_id": teamID, "name": name, "display_name": "Channel " + name, "type": kind}
}

func TestCreateChannel(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy)
		s.Events.Take()
		body := chBody(team.ID, "pub", "O")
		body["display_name"], body["header"], body["purpose"] = " Public ", "h", "p"
		r := amy.Post("/channels", body).Want(http.StatusCreated)
		if r.Text("display_name") != "Public" || r.Text("header") != "h" || r.Text("creator_id") != amy.ID || r.Value("total_msg_count") != 0.0 {
			t.Errorf("created %s", r.Body)
		}
		s.Events.Want(t, "posted channel_created")
		me := amy.Get("/channels/" + r.Text("id") + "/members/me").Want(http.StatusOK)
		if me.Text("roles") != "channel_user channel_admin" {
			t.Errorf("creator %s", me.Body)
		}
		bob.Post("/channels", chBody(team.ID, "x", "O")).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
	})
}

func TestDirectAndGroupChannels(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy"), s.User("bob"), s.User("cat")
		s.Events.Take()
		dm := amy.Post("/channels/direct", []string{amy.ID, bob.ID}).Want(http.StatusCreated)
		s.Events.Want(t, "direct_added")
		if again := bob.Post("/channels/direct", []string{bob.ID, amy.ID}).Want(http.StatusCreated); again.Text("id") != dm.Text("id") {
			t.Errorf("another channel %s", again.Body)
		}
		s.Events.Want(t, "")
		gm := amy.Post("/channels/group", []string{bob.ID, cat.ID}).Want(http.StatusCreated)
		if gm.Text("display_name") != "amy, bob, cat" || gm.Value("shared") != false {
			t.Errorf("group channel %s", gm.Body)
		}
		s.Events.Want(t, "group_added group_added group_added")
		if r := amy.Get("/users/me/channels").Want(http.StatusOK); len(r.Column("type")) != 2 {
			t.Errorf("own channels %q", r.Body)
		}
		if n := len(cat.Get("/channels/" + gm.Text("id") + "/members").Want(http.StatusOK).Column("user_id")); n != 3 {
			t.Errorf("%d members", n)
		}
	})
}

func TestChannelMembersComeAndGo(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy"), s.User("bob"), s.User("cat")
		team := s.Team(t, "north", amy, bob)
		pub, priv := s.Channel(t, team.ID, "pub", "O", amy), s.Channel(t, team.ID, "priv", "P", amy)
		s.Events.Take()
		r := bob.Post("/channels/"+pub+"/members", map[string]any{"user_id": bob.ID}).Want(http.StatusCreated)
		s.Events.Want(t, "user_added user_added posted")
		if r.Text("user_id") != bob.ID || r.Value("last_viewed_at") != 0.0 {
			t.Errorf("joined %s", r.Body)
		}
		bob.Post("/channels/"+priv+"/members", map[string]any{"user_id": bob.ID}).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		r = amy.Post("/channels/"+priv+"/members", map[string]any{"user_ids": []string{bob.ID, cat.ID}}).Want(http.StatusCreated)
		if got := r.Column("user_id"); len(got) != 1 || got[0] != bob.ID {
			t.Errorf("added %v", got)
		}
		amy.Post("/channels/"+priv+"/members", map[string]any{"user_id": cat.ID}).WantFault(http.StatusNotFound, "app.team.get_member.missing.app_error")
		amy.Delete("/channels/" + priv + "/members/" + bob.ID).Want(http.StatusOK)
		amy.Delete("/channels/"+priv+"/members/"+bob.ID).WantFault(http.StatusNotFound, "app.channel.get_member.missing.app_error")
	})
}
