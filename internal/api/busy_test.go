package api_test

import (
	"net/http"
	"testing"
	"time"

	"muster/internal/testkit"
)

func TestBusyServerRefusesWhatCanWait(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, root := s.User("amy").For(t), s.Admin().For(t)
		ch := channelOf(t, s, amy)
		l := amy.Dial("")
		l.Event("hello")
		typing := map[string]string{"channel_id": ch}
		term := map[string]string{"term": "a"}
		wants := func(status int) {
			t.Helper()
			for path, body := range map[string]any{"/users/me/typing": typing, "/users/search": term} {
				r := amy.Post(path, body)
				if r.StatusCode != status || status == 503 && (r.Text("id") != "api.context.server_busy.app_error" || r.Header.Get("Retry-After") == "") {
					t.Errorf("%s: %d %s, want %d", path, r.StatusCode, r.Body, status)
				}
			}
			if f := l.Ask(1, "user_typing", typing); (f.Error.ID == "api.websocket_handler.server_busy.app_error") != (status == 503) {
				t.Errorf("action while %d: %s", status, f.Text)
			}
		}
		state := func() (busy struct {
			Busy    bool
			Expires int64
		},
		) {
			t.Helper()
			root.Get("/server_busy").Want(http.StatusOK).JSON(&busy)
			return busy
		}
		wants(http.StatusOK)
		if got := state(); got.Busy || got.Expires != 0 {
			t.Errorf("before: %+v", got)
		}
		root.Post("/server_busy?seconds=60", nil).Want(http.StatusOK)
		wants(http.StatusServiceUnavailable)
		if got, want := state(), s.Clock.Now().Add(time.Minute).Unix(); !got.Busy || got.Expires > want || got.Expires < want-5 {
			t.Errorf("while: %+v", got)
		}
		amy.Get("/users/me").Want(http.StatusOK)
		s.Visitor().For(t).Post("/users/me/typing", typing).WantFault(http.StatusUnauthorized, "api.context.session_expired.app_error")
		s.Clock.Advance(61 * time.Second) // longer, and the socket would count as silent
		wants(http.StatusOK)
		root.Post("/server_busy", nil).Want(http.StatusOK)
		wants(http.StatusServiceUnavailable)
		root.Delete("/server_busy").Want(http.StatusOK)
		wants(http.StatusOK)

		for _, bad := range []string{"0", "-1", "x", "86401", "99999999999999999999"} {
			root.Post("/server_busy?seconds="+bad, nil).WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		}
		amy.Post("/server_busy", nil).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		amy.Get("/server_busy").WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		amy.Delete("/server_busy").WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		wants(http.StatusOK)
	})
}
