package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

func TestPostIsWrittenReadListedAndDeleted(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob)
		s.Events.Take()
		r := amy.Post("/posts", map[string]any{"channel_id": p.channel.ID, "message": "hello #tag", "props": map[string]int{"a": 1}}).Want(http.StatusCreated)
		s.Events.Want(t, "posted multiple_channels_viewed")
		if got := r.Text("hashtags") + r.Text("user_id") + fmt.Sprint(r.Value("props.a")); got != "#tag"+amy.ID+"1" {
			t.Errorf("wrote %s", r.Body)
		}
		id := r.Text("id")
		if got := string(bob.Get("/posts/" + id).Want(http.StatusOK).Body); got != strings.TrimSpace(string(r.Body)) {
			t.Errorf("read %s, wrote %s", got, r.Body)
		}
		reply := p.answer(bob, id, "hi")
		list := amy.Get("/channels/" + p.channel.ID + "/posts").Want(http.StatusOK)
		if got := fmt.Sprint(list.Value("order")); got != fmt.Sprint([]string{reply, id}) {
			t.Errorf("listed %s", got)
		}
		if m := p.member(p.channel, amy); m.MsgCount != 1 || m.MsgCountRoot != 1 {
			t.Errorf("amy has read %d and %d posts", m.MsgCount, m.MsgCountRoot)
		}
		bob.Delete("/posts/"+id).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		s.Events.Take()
		amy.Delete("/posts/" + id).Want(http.StatusOK)
		s.Events.Want(t, "post_deleted post_deleted")
		for _, gone := range []string{id, reply} {
			amy.Get("/posts/"+gone).WantFault(http.StatusNotFound, "app.post.get.app_error")
		}
		kept := s.Admin().Get("/posts/" + id + "?include_deleted=true").Want(http.StatusOK)
		if kept.Text("message") != "" || kept.Text("props.deleteBy") != amy.ID {
			t.Errorf("deleted post is %s", kept.Body)
		}
	})
}

func TestPostIsRefusedInTheDocumentedOrder(t *testing.T) {
	const noPermission, root = "api.context.permissions.app_error", "api.post.create_post.root_id.app_error"
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy)
		other := p.newChannel(model.ChannelOpen, "other", amy)
		archived := p.newChannel(model.ChannelOpen, "archived", amy)
		archived.DeleteAt = 5
		p.tx(func(tx *store.Tx) error { return tx.UpdateChannel(t.Context(), archived) })
		first := p.say(amy, "first")
		reply := p.answer(amy, first, "reply")
		s.Events.Take()
		before, _ := s.DB.Channel(t.Context(), p.channel.ID)
		here := func(more string) string { return `{"channel_id":"` + p.channel.ID + `","message":"x"` + more + `}` }
		for _, tc := range []struct {
			as     *testkit.Client
			body   string
			status int
			fault  string
		}{
			{amy, `nope`, 400, "api.context.invalid_body_param.app_error"},
			{amy, here(`,"props":[]`), 400, "api.context.invalid_body_param.app_error"},
			{amy, `{"message":"x"}`, 403, noPermission},
			{amy, `{"channel_id":"` + model.NewID() + `","message":"x"}`, 403, noPermission},
			{bob, here(``), 403, noPermission},
			{bob, here(`,"type":"system_x"`), 403, noPermission},
			{amy, here(`,"type":"system_join_channel"`), 400, "api.context.invalid_param.app_error"},
			{amy, here(`,"type":"odd"`), 400, "model.post.is_valid.type.app_error"},
			{amy, `{"channel_id":"` + archived.ID + `","message":"x"}`, 400, "api.post.create_post.can_not_post_to_deleted.error"},
			{amy, here(`,"root_id":"` + model.NewID() + `"`), 400, root},
			{amy, here(`,"root_id":"` + reply + `"`), 400, root},
			{amy, `{"channel_id":"` + other.ID + `","message":"x","root_id":"` + first + `"}`, 400, "api.post.create_post.channel_root_id.app_error"},
			{amy, here(`,"id":"` + model.NewID() + `"`), 400, "app.post.save.existing.app_error"},
			{
				amy, here(`,"root_id":"` + first + `","metadata":{"priority":{"priority":"urgent"}}`), 400,
				"api.post.post_priority.priority_post_only_allowed_for_root_post.request_error",
			},
			{amy, here(`,"metadata":{"priority":{"priority":"odd"}}`), 400, "api.context.invalid_body_param.app_error"},
			{
				amy, `{"channel_id":"` + p.channel.ID + `","message":"` + strings.Repeat("x", model.PostMessageMax+1) + `"}`, 400,
				"model.post.is_valid.message_length.app_error",
			},
			{s.Visitor(), here(``), 401, "api.context.session_expired.app_error"},
		} {
			tc.as.Post("/posts", tc.body).WantFault(tc.status, tc.fault)
		}
		s.Events.Want(t, "")
		if after, _ := s.DB.Channel(t.Context(), p.channel.ID); after.TotalMsgCount != before.TotalMsgCount || after.LastPostAt != before.LastPostAt {
			t.Errorf("refused posts moved the channel from %+v to %+v", before, after)
		}
	})
}

func TestPostIsWrittenOnceForAPendingID(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		p := newPlace(t, s, amy)
		body := map[string]string{"channel_id": p.channel.ID, "message": "once", "pending_post_id": amy.ID + ":1"}
		first := amy.Post("/posts", body).Want(http.StatusCreated).Text("id")
		if again := amy.Post("/posts", body).Want(http.StatusCreated).Text("id"); again != first {
			t.Errorf("wrote %s and then %s", first, again)
		}
		s.Clock.Advance(31e9)
		if later := amy.Post("/posts", body).Want(http.StatusCreated).Text("id"); later == first {
			t.Error("a pending id counts for ever")
		}
	})
}
