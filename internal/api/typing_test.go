package api_test

import (
	"net/http"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

func TestTyping(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat, root := s.User("amy").For(t), s.User("bob").For(t), s.User("cat").For(t), s.Admin().For(t)
		ch := channelOf(t, s, amy, bob)
		a, b, c := amy.Dial(""), bob.Dial(""), cat.Dial("")
		a.Event("hello")
		b.Event("hello")
		c.Event("hello")
		body := map[string]string{"channel_id": ch}
		parent := model.NewID()

		amy.Post("/users/me/typing", body).Want(http.StatusOK)
		amy.Post("/users/"+amy.ID+"/typing", map[string]string{"channel_id": ch, "parent_id": parent}).Want(http.StatusOK)
		root.Post("/users/"+bob.ID+"/typing", body).Want(http.StatusOK)
		if f := a.Ask(1, "user_typing", body); f.Status != "OK" {
			t.Errorf("action: %s", f.Text)
		}
		for who, err := range map[*testkit.Client]string{cat: "not in the channel", bob: "for another"} {
			path := map[*testkit.Client]string{cat: "/users/me/typing", bob: "/users/" + amy.ID + "/typing"}[who]
			if r := who.Post(path, body); r.StatusCode != http.StatusForbidden || r.Text("id") != "api.context.permissions.app_error" {
				t.Errorf("%s: %d %s", err, r.StatusCode, r.Body)
			}
		}
		for _, unknown := range []string{"", "bad", model.NewID()} {
			amy.Post("/users/me/typing", map[string]string{"channel_id": unknown}).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		}
		amy.Post("/users/me/typing", "{").WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		amy.Post("/users/me/typing", map[string]string{"channel_id": ch, "parent_id": strings.Repeat("x", 27)}).
			WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		s.Visitor().For(t).Post("/users/"+amy.ID+"/typing", body).WantFault(http.StatusUnauthorized, "api.context.session_expired.app_error")
		for i, data := range []any{nil, map[string]any{"channel_id": 7}, map[string]string{"channel_id": "bad"}, body} {
			if f := c.Ask(int64(i+1), "user_typing", data); f.Error.ID != "api.websocket_handler.invalid_param.app_error" {
				t.Errorf("action with %v: %s", data, f.Text)
			}
		}

		s.Mark()
		var heard []string
		for _, f := range b.Heard() {
			heard = append(heard, f.Data["parent_id"].(string))
			if f.Data["user_id"] != amy.ID || f.Broadcast["channel_id"] != ch {
				t.Errorf("bob heard %s", f.Text)
			}
		}
		if got := strings.Join(heard, ","); got != ","+parent+"," {
			t.Errorf("bob heard of the threads %q", got)
		}
		wantNames(t, "cat, who is not in the channel,", c, "")

		sessPatch(t, s, "ServiceSettings", map[string]any{"EnableUserTypingMessages": false})
		amy.Post("/users/me/typing", body).Want(http.StatusOK)
		if f := a.Ask(2, "user_typing", body); f.Status != "OK" {
			t.Errorf("action while it is switched off: %s", f.Text)
		}
		s.Mark()
		wantNames(t, "bob, while it is switched off,", b, "config_changed")
	})
}
