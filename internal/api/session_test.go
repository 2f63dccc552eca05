package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit"
)

const (
	sessEnded     = "api.context.session_expired.app_error"
	sessForbidden = "api.context.permissions.app_error"
	sessBadBody   = "api.context.invalid_body_param.app_error"
	sessBadURL    = "api.context.invalid_url_param.app_error"
)

func TestGetSessions(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		s.Clock.Advance(time.Minute)
		second := s.SignIn("amy")
		s.Events.Take()

		t.Run("lists one's own, the most recently used first, without tokens", func(t *testing.T) {
			r := second.For(t).Get("/users/me/sessions").Want(http.StatusOK)
			var rows []model.Session
			r.JSON(&rows)
			if len(rows) != 2 || rows[0].CreateAt <= rows[1].CreateAt {
				t.Fatalf("sessions %s", r.Body)
			}
			for _, n := range rows {
				if n.UserID != amy.ID || n.Roles != "system_user" || n.Token != "" || n.TeamMembers == nil || n.Local || n.ExpiresAt <= n.CreateAt {
					t.Errorf("session %+v", n)
				}
			}
			for _, secret := range []string{amy.Token, second.Token} {
				if strings.Contains(string(r.Body), secret) {
					t.Error("a token is shown")
				}
			}
		})
		t.Run("shows an administrator those of others, ended ones included", func(t *testing.T) {
			sessInsert(t, s, amy.ID, &model.Session{CreateAt: 1, ExpiresAt: 2, LastActivityAt: 1})
			if n := len(s.Admin().For(t).Get("/users/" + amy.ID + "/sessions").Want(http.StatusOK).Column("id")); n != 3 {
				t.Errorf("%d sessions, want 3", n)
			}
			s.WithRoles("sam", "system_user system_manager").For(t).Get("/users/"+amy.ID+"/sessions").WantFault(403, sessForbidden)
		})
		for _, tc := range []struct {
			name, path string
			as         *testkit.Client
			status     int
			fault      string
		}{
			{"those of another account", "/users/" + amy.ID + "/sessions", bob, 403, sessForbidden},
			{"those of nobody", "/users/" + sessUnknownID + "/sessions", bob, 403, sessForbidden},
			{"a junk id", "/users/junk/sessions", bob, 400, sessBadURL},
			{"an id with other characters", "/users/ju_nk/sessions", bob, 404, "api.context.404.app_error"},
			{"a visitor", "/users/" + amy.ID + "/sessions", s.Visitor(), 401, sessEnded},
		} {
			t.Run("refuses "+tc.name, func(t *testing.T) { tc.as.For(t).Get(tc.path).WantFault(tc.status, tc.fault) })
		}
		t.Run("says that nobody has none", func(t *testing.T) {
			r := s.Admin().For(t).Get("/users/" + sessUnknownID + "/sessions").Want(http.StatusOK)
			if strings.TrimSpace(string(r.Body)) != "[]" {
				t.Errorf("body %s", r.Body)
			}
		})
	})
}

func TestRevokeSession(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		old := sessRows(t, s, amy.ID)[0].ID
		other := s.SignIn("amy")
		bobs := sessRows(t, s, bob.ID)[0].ID
		s.Events.Take()
		path := "/users/" + amy.ID + "/sessions/revoke"
		body := func(id string) any { return map[string]string{"session_id": id} }
		for _, tc := range []struct {
			name, path string
			as         *testkit.Client
			body       any
			status     int
			fault      string
		}{
			{"no id", path, amy, `{}`, 400, sessBadBody},
			{"an empty id", path, amy, body(""), 400, sessBadBody},
			{"half a body", path, amy, `{`, 400, sessBadBody},
			{"an empty body", path, amy, nil, 400, sessBadBody},
			{"a list", path, amy, `[]`, 400, sessBadBody},
			{"null", path, amy, `null`, 400, sessBadBody},
			{"an id that is no text", path, amy, `{"session_id":5}`, 400, sessBadBody},
			{"a body nested too deeply", path, amy, `{"session_id":"` + old + `","x":` + sessDeep(64) + `}`, 400, sessBadBody},
			{"a body that is too long", path, amy, sessPad(`{"session_id":"`+old+`"}`, 300513), 413, "api.context.request_body_too_large.app_error"},
			{"an unknown session", path, amy, body(sessUnknownID), 400, "app.session.get.app_error"},
			{"a junk session", path, amy, body("junk"), 400, "app.session.get.app_error"},
			{"a token instead of an id", path, amy, body(other.Token), 400, "app.session.get.app_error"},
			{"somebody else's session under one's own name", path, amy, body(bobs), 400, sessBadURL},
			{"somebody else's session as an administrator who mixes them up", path, s.Admin(), body(bobs), 400, sessBadURL},
			{"a session of another account", path, bob, body(old), 403, sessForbidden},
			{"a session of nobody", "/users/" + sessUnknownID + "/sessions/revoke", s.Admin(), body(bobs), 400, sessBadURL},
			{"a junk account", "/users/junk/sessions/revoke", bob, body(bobs), 400, sessBadURL},
			{"a visitor", path, s.Visitor(), body(old), 401, sessEnded},
		} {
			t.Run("refuses "+tc.name, func(t *testing.T) { tc.as.For(t).Post(tc.path, tc.body).WantFault(tc.status, tc.fault) })
		}
		if n, m := len(sessRows(t, s, amy.ID)), len(sessRows(t, s, bob.ID)); n != 2 || m != 1 {
			t.Fatalf("%d and %d sessions are left, want 2 and 1", n, m)
		}
		t.Run("ends one of one's own at once", func(t *testing.T) {
			amy.For(t).Get("/users/me").Want(http.StatusOK)
			other.For(t).Post(path, body(old)).Want(http.StatusOK)
			amy.For(t).Get("/users/me").WantFault(401, sessEnded)
			other.For(t).Get("/users/me").Want(http.StatusOK)
		})
		t.Run("ends the one the request came with", func(t *testing.T) {
			bob.For(t).Post("/users/me/sessions/revoke", body(bobs)).Want(http.StatusOK)
			bob.For(t).Get("/users/me").WantFault(401, sessEnded)
		})
		t.Run("ends one for an administrator", func(t *testing.T) {
			s.Admin().For(t).Post(path, body(sessRows(t, s, amy.ID)[0].ID)).Want(http.StatusOK)
			other.For(t).Get("/users/me").WantFault(401, sessEnded)
		})
		s.Events.Want(t, "")
	})
}

func TestRevokeAllSessions(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		second := s.SignIn("amy")
		s.Events.Take()
		path := "/users/" + amy.ID + "/sessions/revoke/all"
		bob.Post(path, nil).WantFault(403, sessForbidden)
		bob.Post("/users/junk/sessions/revoke/all", nil).WantFault(400, sessBadURL)
		bob.Post("/users/"+sessUnknownID+"/sessions/revoke/all", nil).WantFault(403, sessForbidden)
		s.Visitor().Post(path, nil).WantFault(401, sessEnded)
		s.Admin().Post("/users/"+sessUnknownID+"/sessions/revoke/all", nil).Want(http.StatusOK)
		second.Get("/users/me").Want(http.StatusOK)

		s.Admin().Post(path, nil).Want(http.StatusOK)
		amy.Get("/users/me").WantFault(401, sessEnded)
		second.Get("/users/me").WantFault(401, sessEnded)
		bob.Get("/users/me").Want(http.StatusOK)

		third := s.SignIn("amy")
		third.Post("/users/me/sessions/revoke/all", "this is not read").Want(http.StatusOK)
		third.Get("/users/me").WantFault(401, sessEnded)
		if rows := sessRows(t, s, amy.ID); len(rows) > 0 {
			t.Errorf("%d sessions are left", len(rows))
		}
		s.Events.Want(t, "")
	})
}

func TestRevokeSessionsFromAllUsers(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, sam := s.User("amy"), s.WithRoles("sam", "system_user system_manager")
		s.Events.Take()
		amy.Post("/users/sessions/revoke/all", nil).WantFault(403, sessForbidden)
		sam.Post("/users/sessions/revoke/all", nil).WantFault(403, sessForbidden)
		s.Visitor().Post("/users/sessions/revoke/all", nil).WantFault(401, sessEnded)
		amy.Get("/users/me").Want(http.StatusOK)

		s.Admin().Post("/users/sessions/revoke/all", nil).Want(http.StatusOK)
		for _, c := range []*testkit.Client{amy, sam, s.Admin()} {
			c.Get("/users/me").WantFault(401, sessEnded)
			if rows := sessRows(t, s, c.ID); len(rows) > 0 {
				t.Errorf("%d sessions of %s are left", len(rows), c.Username)
			}
		}
		s.Events.Want(t, "")
		s.SignIn("amy").Get("/users/me").Want(http.StatusOK)
	})
}

func TestLogout(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		other := s.SignIn("amy")
		s.Events.Take()
		for _, tc := range []struct {
			name string
			as   *testkit.Client
		}{
			{"nobody", s.Visitor()},
			{"a useless token", sessWithHeader(t, s.Visitor(), "Authorization", "Bearer nonsense")},
			{"a useless cookie", sessWithHeader(t, s.Visitor(), "Cookie", "MMAUTHTOKEN=nonsense")},
			{"a session", amy},
			{"a session that is gone", amy},
		} {
			t.Run("is fine for "+tc.name, func(t *testing.T) {
				r := tc.as.For(t).Post("/users/logout", nil).Want(http.StatusCreated)
				if k := sessCookies(r)["MMAUTHTOKEN"]; k == nil || k.MaxAge >= 0 || k.Value != "" || !k.HttpOnly || k.Path != "/" {
					t.Errorf("cookie %v", k)
				}
				if len(r.Cookies()) != 1 || r.Text("status") != "OK" {
					t.Errorf("answer %s with cookies %v", r.Body, r.Cookies())
				}
			})
		}
		amy.Get("/users/me").WantFault(401, sessEnded)
		other.Get("/users/me").Want(http.StatusOK)
		t.Run("by cookie needs the CSRF token", func(t *testing.T) {
			c := sessWithCookie(t, other)
			c.Post("/users/logout", nil).WantFault(401, sessEnded)
			other.For(t).Get("/users/me").Want(http.StatusOK)
			sessWithHeader(t, c, "X-CSRF-Token", other.CSRF).Post("/users/logout", nil).Want(http.StatusCreated)
			other.For(t).Get("/users/me").WantFault(401, sessEnded)
		})
		s.Events.Want(t, "")
	})
}

func TestAttachDevice(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_SERVICESETTINGS_SESSIONLENGTHWEBINHOURS=10", "MM_SERVICESETTINGS_SESSIONLENGTHMOBILEINHOURS=100"}},
		func(t *testing.T, s *testkit.Server) {
			amy, bob := s.User("amy"), s.User("bob")
			s.Events.Take()
			row := func() *model.Session { return sessRows(t, s, amy.ID)[0] }
			before := row()
			for _, tc := range []struct {
				name, body string
				status     int
				fault      string
			}{
				{"a word that is neither true nor false", `{"device_id":"apple:1","device_notification_disabled":"maybe"}`, 400, sessBadBody},
				{"the same under its other name", `{"device_id":"apple:1","deviceNotificationDisabled":"TRUE"}`, 400, sessBadBody},
				{"a version with two parts", `{"device_id":"apple:1","mobile_version":"2.5"}`, 400, sessBadBody},
				{"a version with a leading zero", `{"mobileVersion":"02.5.0"}`, 400, sessBadBody},
				{"a version with an addition", `{"mobile_version":"2.5.0-beta"}`, 400, sessBadBody},
				{"a version before a line break", `{"mobile_version":"2.5.0\n"}`, 400, sessBadBody},
				{"a device id that is too long", `{"device_id":"` + strings.Repeat("d", 513) + `"}`, 400, sessBadBody},
				{"a body that is too long", sessPad(`{"device_id":"apple:1"}`, 300513), 413, "api.context.request_body_too_large.app_error"},
			} {
				t.Run("refuses "+tc.name, func(t *testing.T) {
					amy.For(t).Put("/users/sessions/device", tc.body).WantFault(tc.status, tc.fault)
				})
			}
			s.Visitor().Put("/users/sessions/device", `{"device_id":"apple:1"}`).WantFault(401, sessEnded)
			for _, harmless := range []string{`{}`, `{`, `[]`, `null`, ``, `{"device_id":5}`, `{"what":"ever"}`} {
				amy.Put("/users/sessions/device", harmless).Want(http.StatusOK)
			}
			sessDiff(t, "the session after all this", before, row())

			t.Run("keeps what the device tells, under either name and type", func(t *testing.T) {
				for _, body := range []string{
					`{"device_notification_disabled":"true","mobile_version":"2.5.0"}`,
					`{"deviceNotificationDisabled":"true","mobileVersion":"2.5.0"}`, `{"device_notification_disabled":true,"mobile_version":"2.5.0"}`,
				} {
					amy.For(t).Put("/users/sessions/device", `{"device_notification_disabled":"false","mobile_version":"1.0.0"}`).Want(http.StatusOK)
					amy.For(t).Put("/users/sessions/device", body).Want(http.StatusOK)
					if p := row().Props; p["device_notification_disabled"] != "true" || p["mobile_version"] != "2.5.0" || p["csrf"] == "" {
						t.Errorf("props %v after %s", p, body)
					}
				}
				if n := row(); n.DeviceID != "" || n.ExpiresAt != before.ExpiresAt {
					t.Errorf("session %+v", n)
				}
			})
			t.Run("makes the session a mobile one and ends the others of the device", func(t *testing.T) {
				twin := s.SignIn("amy")
				sessWithHeader(t, twin, "User-Agent", "x").Put("/users/sessions/device", `{"deviceId":"apple:1"}`).Want(http.StatusOK)
				bob.For(t).Put("/users/sessions/device", `{"device_id":"apple:1"}`).Want(http.StatusOK)
				twin.For(t).Get("/users/me").Want(http.StatusOK)
				at := s.Clock.Now().UnixMilli()
				amy.For(t).Put("/users/sessions/device", `{"device_id":"apple:1"}`).Want(http.StatusOK)
				twin.For(t).Get("/users/me").WantFault(401, sessEnded)
				amy.For(t).Get("/users/me").Want(http.StatusOK)
				bob.For(t).Get("/users/me").Want(http.StatusOK)
				n := row()
				if n.DeviceID != "apple:1" || n.ExpiresAt < at+(100*time.Hour).Milliseconds() || n.Props["mobile_version"] != "2.5.0" {
					t.Errorf("session %+v at %d", n, at)
				}
			})
			t.Run("renews the cookie for as long as mobile sessions last", func(t *testing.T) {
				c := sessWithHeader(t, sessWithCookie(t, amy), "X-CSRF-Token", amy.CSRF)
				k := sessCookies(c.Put("/users/sessions/device", `{"device_id":"apple:1"}`).Want(http.StatusOK))
				if auth := k["MMAUTHTOKEN"]; len(k) != 1 || auth == nil || auth.Value != amy.Token || auth.MaxAge != 100*3600 || !auth.HttpOnly {
					t.Errorf("cookies %v", k)
				}
				if r := amy.For(t).Put("/users/sessions/device", `{"device_id":"apple:1"}`); len(r.Cookies()) > 0 {
					t.Errorf("cookies %v for who has none", r.Cookies())
				}
			})
			s.Events.Want(t, "")
		})
}
