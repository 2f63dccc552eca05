package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit"
)

func TestPostIsChangedPinnedAndRemembered(t *testing.T) {
	const noPermission = "api.context.permissions.app_error"
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob)
		id := p.say(amy, "one")
		s.Events.Take()
		amy.Put("/posts/"+id+"/patch", `{"message":"two"}`).Want(http.StatusOK)
		r := amy.Put("/posts/"+id, `{"id":"`+id+`","message":"three","props":{"a":1,"from_bot":"true"}}`).Want(http.StatusOK)
		if r.Text("message") != "three" || r.Text("edit_at") == "0" || r.Value("props.from_bot") != nil {
			t.Errorf("changed to %s", r.Body)
		}
		s.Events.Want(t, "post_edited post_edited")
		for _, tc := range []struct {
			as         *testkit.Client
			path, body string
			status     int
			fault      string
		}{
			{bob, "/posts/" + id + "/patch", `{"message":"x"}`, 403, noPermission},
			{amy, "/posts/" + model.NewID() + "/patch", `{"message":"x"}`, 403, noPermission},
			{amy, "/posts/" + id, `{"id":"` + model.NewID() + `","message":"x"}`, 400, "api.context.invalid_body_param.app_error"},
			{amy, "/posts/" + id + "/patch", `nope`, 400, "api.context.invalid_body_param.app_error"},
			{amy, "/posts/" + id + "/patch", `{"props":[]}`, 400, "api.context.invalid_body_param.app_error"},
		} {
			tc.as.Put(tc.path, tc.body).WantFault(tc.status, tc.fault)
		}
		if got := amy.Get("/posts/" + id + "/edit_history").Want(http.StatusOK).Column("message"); fmt.Sprint(got) != "[two one]" {
			t.Errorf("history %v", got)
		}
		bob.Get("/posts/"+id+"/edit_history").WantFault(403, noPermission)
		bob.Post("/posts/"+id+"/pin", nil).Want(http.StatusOK)
		if got := amy.Get("/channels/" + p.channel.ID + "/pinned").Want(http.StatusOK); fmt.Sprint(got.Value("order")) != "["+id+"]" {
			t.Errorf("pinned %s", got.Body)
		}
		bob.Post("/posts/"+id+"/unpin", nil).Want(http.StatusOK)
		if c, _ := s.DB.Channel(t.Context(), p.channel.ID); c.PinnedPosts != 0 {
			t.Errorf("%d posts are pinned", c.PinnedPosts)
		}
		reply := p.answer(bob, id, "reply")
		if got := amy.Get("/posts/" + reply + "/thread").Want(http.StatusOK); fmt.Sprint(got.Value("order")) != fmt.Sprint([]string{id, reply}) {
			t.Errorf("thread %s", got.Body)
		}
		amy.Get("/posts/"+id+"/thread?direction=sideways").WantFault(400, "api.context.invalid_body_param.app_error")
		if got := bob.Get("/posts/" + id + "/info").Want(http.StatusOK); got.Text("team_id") != p.team.ID || got.Value("has_joined_channel") != true {
			t.Errorf("info %s", got.Body)
		}
		s.User("cat").Get("/posts/"+id+"/info").WantFault(404, "app.post.get.app_error")
		s.Events.Take()
		s.Admin().Post("/posts/ephemeral", map[string]any{"user_id": bob.ID, "post": map[string]string{"channel_id": p.channel.ID, "message": "psst"}}).Want(http.StatusCreated)
		s.Events.Want(t, "ephemeral_message")
		amy.Put("/users/me/preferences", []model.Preference{{UserID: amy.ID, Category: "flagged_post", Name: id, Value: "true"}}).Want(http.StatusOK)
		if got := amy.Get("/users/me/posts/flagged").Want(http.StatusOK); fmt.Sprint(got.Value("order")) != "["+id+"]" {
			t.Errorf("saved %s", got.Body)
		}
		if got := amy.Get("/users/me/channels/" + p.channel.ID + "/posts/unread").Want(http.StatusOK); fmt.Sprint(got.Value("order")) != fmt.Sprint([]string{reply, id}) {
			t.Errorf("unread %s", got.Body)
		}
	})
}

func TestAThreadTellsWhatChanged(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob)
		id := p.say(amy, "root")
		first := p.answer(bob, id, "first")
		s.Clock.Advance(time.Second)
		p.answer(bob, id, "second")
		since := s.Clock.Now().UnixMilli() + 1
		s.Clock.Advance(time.Second)
		bob.Put("/posts/"+first+"/patch", `{"message":"first, better"}`).Want(http.StatusOK)
		third := p.answer(bob, id, "third")
		ask := func(query string, want ...string) {
			t.Helper()
			if got := amy.Get("/posts/" + id + "/thread?" + query).Want(http.StatusOK); fmt.Sprint(got.Value("order")) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", query, got.Value("order"), want)
			}
		}
		from := fmt.Sprintf("fromUpdateAt=%d", since)
		ask(from, id, third, first)
		ask(from+"&perPage=1", id, first)
		ask(fmt.Sprintf("fromUpdateAt=%d&updatesOnly=true", s.Clock.Now().UnixMilli()+1000))
		for _, query := range []string{"updatesOnly=true", "fromUpdateAt=x", from + "&direction=up", from + "&updatesOnly=true&fromCreateAt=5", "fromPost=" + id} {
			amy.Get("/posts/"+id+"/thread?"+query).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		}
	})
}

func TestReactionsFollowTheRules(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy)
		id := p.say(amy, "one")
		react := func(c *testkit.Client, user, post, emoji string) *testkit.Response {
			return c.Post("/reactions", map[string]string{"user_id": user, "post_id": post, "emoji_name": emoji})
		}
		s.Events.Take()
		for range 2 {
			react(amy, amy.ID, id, "smile").Want(http.StatusOK)
		}
		s.Events.Want(t, "reaction_added reaction_added")
		react(amy, bob.ID, id, "smile").WantFault(403, "api.reaction.save_reaction.user_id.app_error")
		react(bob, bob.ID, id, "smile").WantFault(403, "api.context.permissions.app_error")
		react(amy, amy.ID, model.NewID(), "smile").WantFault(403, "api.context.permissions.app_error")
		react(amy, amy.ID, id, "bad name!").WantFault(404, "app.emoji.get_by_name.no_result")
		react(amy, amy.ID, id, "no_such_emoji").WantFault(404, "app.emoji.get_by_name.no_result")
		react(amy, amy.ID, id, "wave_dark_skin_tone").Want(http.StatusOK)
		amy.Delete("/users/me/posts/" + id + "/reactions/wave_dark_skin_tone").Want(http.StatusOK)
		react(amy, amy.ID, id, "").WantFault(400, "api.reaction.save_reaction.invalid.app_error")
		if got := amy.Get("/posts/" + id + "/reactions").Want(http.StatusOK).Column("emoji_name"); fmt.Sprint(got) != "[smile]" {
			t.Errorf("reactions %v", got)
		}
		if got := amy.Get("/posts/" + id).Want(http.StatusOK); got.Value("has_reactions") != true || got.Value("metadata.reactions") == nil {
			t.Errorf("post with reaction %s", got.Body)
		}
		amy.Post("/posts/ids/reactions", []string{id}).Want(http.StatusOK)
		amy.Delete("/users/me/posts/" + id + "/reactions/smile").Want(http.StatusOK)
		if got := amy.Get("/posts/" + id).Want(http.StatusOK); got.Value("has_reactions") == true {
			t.Errorf("post without reactions %s", got.Body)
		}
	})
}

func TestMentionsRaiseCountsAndAreTold(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy"), s.User("bob"), s.User("cat")
		p := newPlace(t, s, amy, bob, cat)
		cat.Put("/users/me/patch", `{"notify_props":{"mention_keys":"fruit","channel":"false"}}`).Want(http.StatusOK)
		for _, tc := range []struct {
			text                string
			amy, bobWas, catWas int64 // by how much their counts grow
		}{
			{"hi @bob.", 0, 1, 0},
			{"@bob @bob @nobody", 0, 1, 0},
			{"mail bob@bob", 0, 0, 0},
			{"`@bob`", 0, 0, 0},
			{"Fruit!", 0, 0, 1},
			{"@all @amy", 0, 1, 0},
			{"@here", 0, 0, 0},
		} {
			b, c := p.member(p.channel, bob).MentionCount, p.member(p.channel, cat).MentionCount
			s.Events.Take()
			p.say(amy, tc.text)
			b, c = p.member(p.channel, bob).MentionCount-b, p.member(p.channel, cat).MentionCount-c
			if a := p.member(p.channel, amy).MentionCount; a != tc.amy || b != tc.bobWas || c != tc.catWas {
				t.Errorf("%q counts %d %d %d, want %d %d %d", tc.text, a, b, c, tc.amy, tc.bobWas, tc.catWas)
			}
			told := s.Events.Named("posted")[0].For
			if (told[bob.ID] != nil) != (tc.bobWas > 0) || (told[cat.ID] != nil) != (tc.catWas > 0) {
				t.Errorf("%q is told to %v", tc.text, told)
			}
		}
		p.say(bob, "read")
		if m := p.member(p.channel, bob); m.MentionCount != 0 || m.MentionCountRoot != 0 {
			t.Errorf("who writes has %d mentions left", m.MentionCount)
		}
	})
}
