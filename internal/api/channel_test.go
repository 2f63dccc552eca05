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

func TestChannelsChangeAndRest(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team, admin := s.Team(t, "north", amy, bob), s.Admin().For(t)
		ch := s.Channel(t, team.ID, "ch", "O", amy)
		path := "/channels/" + ch
		s.Events.Take()
		r := amy.Put(path+"/patch", map[string]any{"header": "see ~town-square", "display_name": "Renamed"}).Want(http.StatusOK)
		if r.Text("display_name") != "Renamed" || r.Text("props.channel_mentions.town-square.display_name") != "Town Square" {
			t.Errorf("patched %s", r.Body)
		}
		s.Events.Want(t, "channel_updated posted posted")
		amy.Put(path+"/patch", map[string]any{}).WantFault(http.StatusBadRequest, "api.channel.patch_update_channel.no_changes.app_error")
		amy.Put(path, map[string]any{"id": ch, "type": "P"}).WantFault(http.StatusBadRequest, "api.channel.update_channel.typechange.app_error")
		amy.Put(path, map[string]any{"id": team.ID}).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		amy.Put("/channels/"+team.Town+"/patch", map[string]any{"name": "other"}).WantFault(http.StatusBadRequest, "api.channel.update_channel.tried.app_error")
		if r := amy.Put(path, map[string]any{"id": ch, "display_name": "Full"}).Want(http.StatusOK); r.Text("header") != "" || r.Text("display_name") != "Full" {
			t.Errorf("updated %s", r.Body)
		}
		amy.Put(path+"/privacy", map[string]any{"privacy": "P"}).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		s.Events.Take()
		admin.Put(path+"/privacy", map[string]any{"privacy": "P"}).Want(http.StatusOK)
		s.Events.Want(t, "channel_updated posted channel_converted channel_converted")
		bob.Get(path).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		admin.Put(path+"/privacy", map[string]any{"privacy": "O"}).Want(http.StatusOK)
		s.Events.Take()
		amy.Delete(path).Want(http.StatusOK)
		s.Events.Want(t, "posted channel_deleted channel_deleted")
		amy.Delete(path).WantFault(http.StatusBadRequest, "api.channel.delete_channel.deleted.app_error")
		amy.Put(path+"/patch", map[string]any{"header": "x"}).WantFault(http.StatusBadRequest, "app.channel.update.bad_id")
		amy.Get("/users/me/channels/"+ch+"/unread").WantFault(http.StatusNotFound, "app.channel.get_unread.app_error")
		if got := bob.Get("/teams/" + team.ID + "/channels/deleted").Column("id"); len(got) != 1 {
			t.Errorf("archived %v", got)
		}
		amy.Post(path+"/restore", nil).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		s.Events.Take()
		admin.Post(path+"/restore", nil).Want(http.StatusOK)
		s.Events.Want(t, "channel_restored channel_restored posted")
		admin.Delete(path+"?permanent=true").WantFault(http.StatusUnauthorized, "api.user.delete_channel.not_enabled.for_admin.app_error")
	})
}

func TestChannelsAreReadAndFound(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team, admin := s.Team(t, "north", amy, bob), s.Admin().For(t)
		pub, priv := s.Channel(t, team.ID, "pub", "O", amy), s.Channel(t, team.ID, "priv", "P", amy)
		found := func(c *testkit.Client, path string) int {
			return len(c.For(t).Get(path).Want(http.StatusOK).Column("id"))
		}
		for _, x := range []struct {
			who  *testkit.Client
			path string
			want int
		}{
			{bob, "/channels", 3},
			{admin, "/channels/private", 1},
			{bob, "/channels/deleted", 0},
			{bob, "/channels/autocomplete?name=priv", 0},
			{amy, "/channels/autocomplete?name=priv", 1},
			{bob, "/channels/search_autocomplete?name=pub", 0},
			{amy, "/channels/search_autocomplete?name=pub", 1},
		} {
			if got := found(x.who, "/teams/"+team.ID+x.path); got != x.want {
				t.Errorf("%s finds %d channels at %s, want %d", x.who.Username, got, x.path, x.want)
			}
		}
		bob.Get("/teams/"+team.ID+"/channels/private").WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		bob.Get("/teams/"+team.ID+"/channels/name/priv").WantFault(http.StatusNotFound, "app.channel.get_by_name.missing.app_error")
		if got := bob.Post("/teams/"+team.ID+"/channels/search", map[string]any{"term": "PU"}).Want(http.StatusCreated).Column("id"); len(got) != 1 || got[0] != pub {
			t.Errorf("found %v", got)
		}
		bob.Get("/channels").WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		if got := admin.Post("/channels/search", map[string]any{"term": "channel p", "page": 0, "per_page": 1}).Want(http.StatusOK); got.Value("total_count") != 2.0 {
			t.Errorf("all channels %s", got.Body)
		}
		r := amy.Get("/users/me/teams/" + team.ID + "/channels").Want(http.StatusOK)
		again := amy.For(t)
		again.Header.Set("If-None-Match", r.Header.Get("Etag"))
		again.Get("/users/me/teams/" + team.ID + "/channels").Want(http.StatusNotModified)

		admin.Put("/channels/"+priv+"/patch", map[string]any{"header": "unread"}).Want(http.StatusOK)
		if got := amy.Get("/users/me/channels/" + priv + "/unread").Want(http.StatusOK); got.Value("msg_count") != 1.0 {
			t.Errorf("unread %s", got.Body)
		}
		s.Events.Take()
		view := map[string]any{"channel_id": priv, "prev_channel_id": "", "collapsed_threads_supported": true}
		if got := amy.Post("/channels/members/me/view", view).Want(http.StatusOK); got.Value("last_viewed_at_times."+priv) == nil {
			t.Errorf("viewed %s", got.Body)
		}
		if got := s.Events.Take(); len(got) == 0 || got[0].Name != "multiple_channels_viewed" { // that she is online may follow
			t.Errorf("events %v", got)
		}
		if got := amy.Get("/users/me/channels/" + priv + "/unread").Want(http.StatusOK); got.Value("msg_count") != 0.0 {
			t.Errorf("still unread %s", got.Body)
		}
		amy.Post("/channels/members/me/view", map[string]any{"channel_id": "short"}).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		amy.Post("/channels/members/me/mark_read", []string{pub, priv}).Want(http.StatusOK)
	})
}

func TestRolesAndSettingsInChannels(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team, admin := s.Team(t, "north", amy, bob), s.Admin().For(t)
		ch := s.Channel(t, team.ID, "ch", "P", amy, bob)
		path := "/channels/" + ch + "/members/"
		amy.Put(path+bob.ID+"/roles", map[string]any{"roles": "channel_user channel_admin"}).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		admin.Put(path+bob.ID+"/roles", map[string]any{"roles": "channel_user channel_admin"}).Want(http.StatusOK)
		for _, x := range []struct{ roles, id string }{
			{"nope", "app.role.get_by_name.app_error"},
			{"team_user", "api.channel.update_channel_member_roles.scheme_role.app_error"},
			{"channel_guest channel_user", "api.channel.update_channel_member_roles.guest_and_user.app_error"},
			{"channel_guest", "api.channel.update_channel_member_roles.changing_guest_role.app_error"},
			{"", "api.channel.update_channel_member_roles.unset_user_scheme.app_error"},
		} {
			bob.Put(path+amy.ID+"/roles", map[string]any{"roles": x.roles}).WantFault(http.StatusBadRequest, x.id)
		}
		bob.Put(path+amy.ID+"/roles", map[string]any{"roles": 1}).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		if got := amy.Get(path + "me").Text("roles"); got != "channel_user" {
			t.Errorf("roles after refusals %q", got)
		}
		bob.Put(path+amy.ID+"/schemeRoles", map[string]any{"scheme_admin": true, "scheme_user": true}).Want(http.StatusOK)
		bob.Put(path+amy.ID+"/schemeRoles", map[string]any{"scheme_admin": true}).WantFault(http.StatusBadRequest,
			"api.channel.update_channel_member_roles.unset_user_scheme.app_error")
		amy.Put(path+"me/notify_props", map[string]any{"desktop": "all", "junk": "x"}).Want(http.StatusOK)
		amy.Put(path+"me/notify_props", map[string]any{"desktop": "bad"}).WantFault(http.StatusBadRequest, "model.channel_member.is_valid.notify_level.app_error")
		bob.Put(path+amy.ID+"/notify_props", map[string]any{"desktop": "none"}).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		if r := amy.Get(path + "me"); r.Text("notify_props.desktop") != "all" || r.Value("notify_props.junk") != nil {
			t.Errorf("settings %s", r.Body)
		}
	})
}
