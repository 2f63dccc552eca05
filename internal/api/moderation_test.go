package api_test

import (
	"slices"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

// moderation reads one of the moderations of an answer.
func moderation(t *testing.T, r *testkit.Response, name string) model.ModeratedRoles {
	t.Helper()
	var list []model.ChannelModeration
	r.Want(200).JSON(&list)
	i := slices.IndexFunc(list, func(m model.ChannelModeration) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("%s is not in %s", name, r.Body)
	}
	return list[i].Roles
}

func moderate(c *testkit.Client, channel, name string, roles object) *testkit.Response {
	return c.Put("/channels/"+channel+"/moderations/patch", []object{{"name": name, "roles": roles}})
}

func TestAChannelIsModerated(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		admin, amy, gus := s.Admin().For(t), s.User("amy"), s.WithRoles("gus", "system_guest")
		team := s.Team(t, "north", amy, gus)
		channel, other := s.Channel(t, team.ID, "chat", "O", amy, gus), s.Channel(t, team.ID, "talk", "O", amy, gus)
		path := "/channels/" + channel + "/moderations"
		if got := admin.Get(path).Want(200).Column("name"); !slices.Equal(got,
			[]string{"create_post", "create_reactions", "manage_members", "use_channel_mentions", "manage_bookmarks"}) {
			t.Errorf("moderations %v", got)
		}
		all := model.ModeratedRole{Value: true, Enabled: true}
		if m := moderation(t, admin.Get(path), "create_post"); *m.Members != all || *m.Guests != all {
			t.Errorf("at first %+v", m)
		}
		if m := moderation(t, admin.Get(path), "manage_members"); *m.Members != all || m.Guests != nil {
			t.Errorf("guests never manage members: %+v", m)
		}
		post := say(amy, channel).Want(201).Text("id")
		react := func(c *testkit.Client, emoji string) *testkit.Response {
			return c.Post("/reactions", object{"user_id": c.ID, "post_id": post, "emoji_name": emoji})
		}

		s.Events.Take()
		m := moderation(t, moderate(admin, channel, "create_post", object{"members": false}), "create_post")
		s.Events.Want(t, "channel_scheme_updated")
		if *m.Members != (model.ModeratedRole{Enabled: true}) || *m.Guests != all {
			t.Errorf("taken from members: %+v %+v", m.Members, m.Guests)
		}
		say(amy, channel).WantFault(403, refusedID)
		say(gus, channel).Want(201)
		say(admin, channel).Want(201)
		say(amy, other).Want(201)

		s.Events.Take()
		moderate(admin, channel, "create_reactions", object{"guests": false, "members": true}).Want(200)
		if e := s.Events.Named("role_updated"); len(e) != 1 || e[0].To.ChannelID != channel {
			t.Errorf("events %+v", e)
		}
		react(gus, "smile").WantFault(403, refusedID)
		react(amy, "smile").Want(200)
		moderate(admin, channel, "create_reactions", object{"guests": false}).Want(200)
		s.Events.Take()
		moderate(admin, channel, "create_reactions", object{"guests": false}).Want(200)
		s.Events.Want(t, "") // nothing changed

		bob := s.User("bob")
		s.Join(t, team.ID, bob.ID)
		moderate(admin, channel, "manage_members", object{"members": false}).Want(200)
		amy.Post("/channels/"+channel+"/members", object{"user_id": bob.ID}).WantFault(403, refusedID)
		amy.Post("/channels/"+other+"/members", object{"user_id": bob.ID}).Want(201)

		scheme := admin.Get("/channels/" + channel).Text("scheme_id")
		for name, roles := range map[string]object{"create_post": {"members": true}, "create_reactions": {"guests": true}, "manage_members": {"members": true}} {
			moderate(admin, channel, name, roles).Want(200)
		}
		say(amy, channel).Want(201)
		react(gus, "smile").Want(200)
		if got := admin.Get("/channels/" + channel).Value("scheme_id"); got != nil {
			t.Errorf("nothing is taken from anybody, and the channel has scheme %v", got)
		}
		admin.Get("/schemes/"+scheme).WantFault(404, schemeMissing)
	})
}

func TestModerationCannotGiveWhatTheTeamLacks(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy := s.Admin().For(t), s.User("amy")
		team := s.Team(t, "north", amy)
		channel, other := s.Channel(t, team.ID, "chat", "O", amy), s.Channel(t, team.ID, "talk", "O", amy)
		scheme := newScheme(admin, "team", "Classes")
		admin.Put("/teams/"+team.ID+"/scheme", object{"scheme_id": scheme.Text("id")}).Want(200)
		giveBack := take(t, admin, scheme.Text("default_channel_user_role"), "create_post")
		m := moderation(t, moderate(admin, channel, "create_post", object{"members": true, "guests": false}), "create_post")
		if *m.Members != (model.ModeratedRole{}) || *m.Guests != (model.ModeratedRole{Enabled: true}) {
			t.Errorf("members %+v, guests %+v", m.Members, m.Guests)
		}
		say(amy, channel).WantFault(403, refusedID)
		giveBack()
		say(amy, channel).WantFault(403, refusedID) // the channel never had it
		say(amy, other).Want(201)
		moderate(admin, channel, "create_post", object{"members": true}).Want(200)
		say(amy, channel).Want(201)

		shared := newScheme(admin, "channel", "Quiet").Text("id")
		for _, c := range []string{channel, other} {
			admin.Put("/channels/"+c+"/scheme", object{"scheme_id": shared}).Want(200)
		}
		moderate(admin, channel, "create_post", object{"members": false}).Want(200)
		say(amy, channel).WantFault(403, refusedID)
		say(amy, other).Want(201) // it has the scheme that both had
		if got := admin.Get("/channels/" + other).Text("scheme_id"); got != shared {
			t.Errorf("the other channel has scheme %s", got)
		}
		moderate(admin, other, "create_post", object{"members": false}).Want(200)
		moderate(admin, other, "create_post", object{"members": true}).Want(200)
		if got := admin.Get("/channels/" + other).Text("scheme_id"); got != shared {
			t.Errorf("a scheme that somebody made is gone: %s", got)
		}
		away := s.Team(t, "south", amy)
		admin.Post("/channels/"+channel+"/move", object{"team_id": away.ID, "force": true}).Want(200)
		say(amy, channel).WantFault(403, refusedID) // its moderation goes with it
	})
}

func TestModerationIsForThoseWhoManageChannels(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy := s.Admin().For(t), s.User("amy")
		manager, reader := s.WithRoles("man", "system_user system_user_manager"), s.WithRoles("rea", "system_user system_read_only_admin")
		team := s.Team(t, "north", amy)
		channel := s.Channel(t, team.ID, "chat", "O", amy)
		path, none := "/channels/"+channel+"/moderations", "/channels/abcdefghijklmnopqrstuvwxyz/moderations"
		good := []object{{"name": "create_post", "roles": object{"members": false}}}
		amy.Get(path).WantFault(403, refusedID)
		amy.Put(path+"/patch", good).WantFault(403, refusedID)
		reader.Get(path).Want(200)
		reader.Put(path+"/patch", good).WantFault(403, refusedID)
		say(amy, channel).Want(201)
		manager.Put(path+"/patch", good).Want(200)
		say(amy, channel).WantFault(403, refusedID)
		s.Visitor().For(t).Get(path).WantFault(401, "api.context.session_expired.app_error")
		admin.Get(none).WantFault(404, "app.channel.get.existing.app_error")
		admin.Put(none+"/patch", good).WantFault(404, "app.channel.get.existing.app_error")
		admin.Get("/channels/short/moderations").WantFault(400, badURLID)
		direct := amy.Post("/channels/direct", []string{amy.ID, admin.ID}).Want(201).Text("id")
		admin.Get("/channels/"+direct+"/moderations").WantFault(400, badURLID)
		admin.Put("/channels/"+direct+"/moderations/patch", good).WantFault(400, badURLID)
		before := string(admin.Get(path).Body)
		for _, body := range []any{
			`{`, `null`, `[]`, `{"name":"create_post"}`,
			[]object{{"name": "edit_post", "roles": object{"members": true}}},
			[]object{{"name": "create_post", "roles": object{"members": "yes"}}},
			[]object{{"name": "manage_members", "roles": object{"guests": true}}},
			slices.Repeat(good, 11),
		} {
			admin.Put(path+"/patch", body).WantFault(400, badBodyID)
		}
		if after := string(admin.Get(path).Body); after != before {
			t.Errorf("bad input changed %s to %s", before, after)
		}
	})
}

func TestMembersAreComparedWithGroups(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin, amy, bob, cat := s.Admin().For(t), s.User("amy"), s.User("bob"), s.User("cat")
		team := s.Team(t, "north", amy, bob, cat)
		channel := s.Channel(t, team.ID, "chat", "P", amy, bob)
		group := newGroup(amy, "builders", amy.ID, cat.ID)
		for path, want := range map[string][]string{"/teams/" + team.ID: {"admin", "bob"}, "/channels/" + channel: {"admin", "bob"}} {
			path += "/members_minus_group_members"
			var out struct {
				Users []struct{ Username string } `json:"users"`
				Total int                         `json:"total_count"`
			}
			admin.Get(path + "?group_ids=" + group).Want(200).JSON(&out)
			var got []string
			for _, u := range out.Users {
				got = append(got, u.Username)
			}
			if !slices.Equal(got, want) || out.Total != len(want) {
				t.Errorf("%s: %v of %d, want %v", path, got, out.Total, want)
			}
			admin.Get(path + "?group_ids=" + group + "&per_page=1&page=1").Want(200).JSON(&out)
			if len(out.Users) != 1 || out.Total != 2 || out.Users[0].Username != "bob" {
				t.Errorf("%s: second page %+v", path, out)
			}
			amy.Get(path+"?group_ids="+group).WantFault(403, refusedID)
			admin.Get(path).WantFault(400, badURLID)
			admin.Get(path+"?group_ids=short").WantFault(400, badURLID)
			s.Visitor().For(t).Get(path).WantFault(401, "api.context.session_expired.app_error")
		}
		amy.Put("/users/me/patch", object{"timezone": object{"useAutomaticTimezone": "false", "manualTimezone": "Europe/Berlin"}}).Want(200)
		path := "/channels/" + channel + "/member_counts_by_group"
		var counts []model.GroupCount
		amy.Get(path + "?include_timezones=true").Want(200).JSON(&counts)
		if !slices.Equal(counts, []model.GroupCount{{GroupID: group, Members: 1, Timezones: 1}}) {
			t.Errorf("counts %+v", counts)
		}
		amy.Get(path).Want(200).JSON(&counts)
		if counts[0].Timezones != 0 {
			t.Errorf("timezones nobody asked for: %+v", counts)
		}
		cat.Get(path).WantFault(403, refusedID)
		amy.Get("/channels/short/member_counts_by_group").WantFault(400, badURLID)
	})
}
