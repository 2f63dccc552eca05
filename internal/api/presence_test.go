package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/internal/model"
	"muster/internal/testkit"
)

func presenceOf(t *testing.T, c *testkit.Client, id string) model.Status {
	t.Helper()
	var st model.Status
	c.For(t).Get("/users/" + id + "/status").Want(http.StatusOK).JSON(&st)
	return st
}

func TestUpdateUserStatus(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		s.Events.Take()
		set := func(t *testing.T, c *testkit.Client, fields string) model.Status {
			t.Helper()
			var st model.Status
			c.For(t).Put("/users/"+amy.ID+"/status", `{"user_id":"`+amy.ID+`",`+fields+`}`).Want(http.StatusOK).JSON(&st)
			sessDiff(t, "stored", st, presenceOf(t, bob, amy.ID))
			s.Events.Want(t, "status_change")
			if st.UserID != amy.ID || st.LastActivityAt == 0 {
				t.Errorf("status %+v", st)
			}
			return model.Status{Status: st.Status, Manual: st.Manual, DNDEndTime: st.DNDEndTime}
		}
		sessDiff(t, "before", model.Status{UserID: amy.ID, Status: "offline"}, presenceOf(t, bob, amy.ID))
		for _, tc := range []struct {
			name, fields string
			want         model.Status
		}{
			{"on line", `"status":"online"`, model.Status{Status: "online"}},
			{"away", `"status":"away","manual":false,"last_activity_at":5`, model.Status{Status: "away", Manual: true}},
			{"off line", `"status":"offline"`, model.Status{Status: "offline", Manual: true}},
			{"not to be disturbed", `"status":"dnd"`, model.Status{Status: "dnd", Manual: true}},
			{"not to be disturbed for a time in whole minutes", `"status":"dnd","dnd_end_time":1893456059`, model.Status{Status: "dnd", Manual: true, DNDEndTime: 1893456000}},
			{"not to be disturbed until before time began", `"status":"dnd","dnd_end_time":-61`, model.Status{Status: "dnd", Manual: true}},
			{"on line again, whatever the end", `"status":"online","dnd_end_time":1893456059`, model.Status{Status: "online"}},
		} {
			t.Run(tc.name, func(t *testing.T) { sessDiff(t, "status", tc.want, set(t, amy, tc.fields)) })
		}
		t.Run("for somebody else", func(t *testing.T) {
			editor := s.WithRoles("ed", "system_user system_manager")
			s.Events.Take()
			set(t, s.Admin(), `"status":"away"`)
			editor.For(t).Put("/users/"+amy.ID+"/status", `{"user_id":"`+amy.ID+`","status":"online"}`).WantFault(403, sessForbidden)
		})
	})
}

func TestUpdateUserStatusRefuses(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		amy.Put("/users/me/status", `{"user_id":"`+amy.ID+`","status":"away"}`).Want(http.StatusOK)
		before := presenceOf(t, amy, amy.ID)
		s.Events.Take()
		good := `{"user_id":"` + amy.ID + `","status":"online"}`
		for _, tc := range []struct {
			name, path, body string
			as               *testkit.Client
			status           int
			fault            string
		}{
			{"an unknown word", "/users/me/status", `{"user_id":"` + amy.ID + `","status":"busy"}`, amy, 400, sessBadBody},
			{"out of office by hand", "/users/me/status", `{"user_id":"` + amy.ID + `","status":"ooo"}`, amy, 400, sessBadBody},
			{"no word", "/users/me/status", `{"user_id":"` + amy.ID + `"}`, amy, 400, sessBadBody},
			{"no account", "/users/me/status", `{"status":"online"}`, amy, 400, sessBadBody},
			{"another account in the body", "/users/me/status", `{"user_id":"` + bob.ID + `","status":"online"}`, amy, 400, sessBadBody},
			{"half a body", "/users/me/status", `{"user_id":`, amy, 400, sessBadBody},
			{"an empty body", "/users/me/status", ``, amy, 400, sessBadBody},
			{"null", "/users/me/status", `null`, amy, 400, sessBadBody},
			{"a list", "/users/me/status", `[` + good + `]`, amy, 400, sessBadBody},
			{"a value of another type", "/users/me/status", `{"user_id":"` + amy.ID + `","status":5}`, amy, 400, sessBadBody},
			{"an end that is no number", "/users/me/status", `{"user_id":"` + amy.ID + `","status":"dnd","dnd_end_time":"soon"}`, amy, 400, sessBadBody},
			{"an end beyond all numbers", "/users/me/status", `{"user_id":"` + amy.ID + `","status":"dnd","dnd_end_time":1e30}`, amy, 400, sessBadBody},
			{"a body nested too deeply", "/users/me/status", `{"x":` + sessDeep(64) + `,` + good[1:], amy, 400, sessBadBody},
			{"a body that is too long", "/users/me/status", sessPad(good, 300513), amy, 413, "api.context.request_body_too_large.app_error"},
			{"somebody else", "/users/" + amy.ID + "/status", good, bob, 403, sessForbidden},
			{"nobody's", "/users/" + sessUnknownID + "/status", `{"user_id":"` + sessUnknownID + `","status":"online"}`, bob, 403, sessForbidden},
			{"nobody's for an administrator", "/users/" + sessUnknownID + "/status", `{"user_id":"` + sessUnknownID + `","status":"online"}`, s.Admin(), 404, "app.user.missing_account.const"},
			{"a junk id", "/users/junk/status", good, amy, 400, sessBadURL},
			{"a visitor", "/users/" + amy.ID + "/status", good, s.Visitor(), 401, sessEnded},
		} {
			t.Run(tc.name, func(t *testing.T) { tc.as.For(t).Put(tc.path, tc.body).WantFault(tc.status, tc.fault) })
		}
		sessDiff(t, "status afterwards", before, presenceOf(t, amy, amy.ID))
		s.Events.Want(t, "")
	})
}

func TestGetUserStatus(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		amy.Put("/users/me/status", `{"user_id":"`+amy.ID+`","status":"away"}`).Want(http.StatusOK)
		never := model.Status{Status: "offline"}
		for id, want := range map[string]model.Status{amy.ID: {Status: "away", Manual: true}, bob.ID: never, sessUnknownID: never, "me": never} {
			got := presenceOf(t, bob, id)
			sessDiff(t, id, want, model.Status{Status: got.Status, Manual: got.Manual})
		}
		bob.Get("/users/junk/status").WantFault(400, sessBadURL)
		s.Visitor().Get("/users/"+amy.ID+"/status").WantFault(401, sessEnded)

		var list []model.Status
		bob.Post("/users/status/ids", []string{amy.ID, bob.ID, sessUnknownID, amy.ID}).Want(http.StatusOK).JSON(&list)
		got := map[string]string{}
		for _, st := range list {
			got[st.UserID] = st.Status
		}
		if d := cmp.Diff(map[string]string{amy.ID: "away", bob.ID: "offline", sessUnknownID: "offline"}, got); d != "" || len(list) != 3 {
			t.Errorf("list %v: %s", list, d)
		}
		many := make([]string, 1001)
		for i := range many {
			many[i] = model.NewID()
		}
		bob.Post("/users/status/ids", many[:1000]).Want(http.StatusOK)
		bob.Post("/users/status/ids", many).WantFault(400, sessBadBody)
		for body, fault := range map[string]string{
			`[]`: sessBadBody, `["junk"]`: sessBadBody, `["` + amy.ID + `x"]`: sessBadBody, `null`: sessBadBody, ``: "api.payload.parse.error",
			`{}`: "api.payload.parse.error", `[5]`: "api.payload.parse.error", `["` + amy.ID + `"`: "api.payload.parse.error",
			`["\u0000bndrfg8ejkmcpqxot1uwisza3"]`: "api.payload.parse.error",
		} {
			bob.Post("/users/status/ids", body).WantFault(400, fault)
		}
		bob.Post("/users/status/ids", `["`+strings.Repeat("x", 300513)+`"]`).Want(http.StatusRequestEntityTooLarge)
		s.Visitor().Post("/users/status/ids", many[:1]).WantFault(401, sessEnded)

		t.Run("says nothing while presence is off", func(t *testing.T) {
			sessPatch(t, s, "ServiceSettings", map[string]any{"EnableUserStatuses": false})
			bob.For(t).Get("/users/"+amy.ID+"/status").WantFault(404, "api.status.user_not_found.app_error")
			if r := bob.For(t).Post("/users/status/ids", []string{amy.ID}).Want(http.StatusOK); strings.TrimSpace(string(r.Body)) != "[]" {
				t.Errorf("body %s", r.Body)
			}
		})
	})
}

func TestTimedDoNotDisturb(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		ctx := context.Background()
		amy := s.User("amy")
		set := func(status string, in time.Duration) {
			body := map[string]any{"user_id": amy.ID, "status": status}
			if in > 0 {
				body["dnd_end_time"] = s.Clock.Now().Add(in).Unix()
			}
			amy.Put("/users/me/status", body).Want(http.StatusOK)
			s.Events.Take()
		}
		end := func() {
			t.Helper()
			if err := s.Accounts.EndDND(ctx); err != nil {
				t.Fatal(err)
			}
		}
		want := func(t *testing.T, status string, manual bool, events string) {
			t.Helper()
			s.Events.Want(t, events)
			if st := presenceOf(t, amy, amy.ID); st.Status != status || st.Manual != manual {
				t.Errorf("status %+v, want %s", st, status)
			}
		}
		t.Run("gives the former presence back when it is over", func(t *testing.T) {
			set("away", 0)
			set("dnd", 10*time.Minute)
			end()
			want(t, "dnd", true, "")
			s.Clock.Advance(11 * time.Minute)
			end()
			want(t, "away", false, "status_change")
			end()
			want(t, "away", false, "")
		})
		t.Run("that was prolonged gives back what was before all of it", func(t *testing.T) {
			set("online", 0)
			set("dnd", 10*time.Minute)
			set("dnd", 30*time.Minute)
			s.Clock.Advance(11 * time.Minute)
			end()
			want(t, "dnd", true, "")
			s.Clock.Advance(20 * time.Minute)
			end()
			want(t, "online", false, "status_change")
		})
		t.Run("without an end has none", func(t *testing.T) {
			set("dnd", 0)
			s.Clock.Advance(100 * time.Hour)
			end()
			want(t, "dnd", true, "")
		})
		t.Run("that was ended by hand stays ended", func(t *testing.T) {
			set("dnd", 10*time.Minute)
			set("online", 0)
			s.Clock.Advance(11 * time.Minute)
			end()
			want(t, "online", false, "")
		})
		t.Run("of many ends for all", func(t *testing.T) {
			var ids []string
			at := s.Clock.Now().Add(time.Minute).Unix()
			for range 5 {
				id := s.Make(testkit.Account{Username: "u" + model.NewID()[:10]})
				s.Admin().For(t).Put("/users/"+id+"/status", map[string]any{"user_id": id, "status": "dnd", "dnd_end_time": at}).Want(http.StatusOK)
				ids = append(ids, id)
			}
			s.Events.Take()
			s.Clock.Advance(2 * time.Minute)
			end()
			s.Events.Want(t, strings.Repeat("status_change ", len(ids)))
			for _, id := range ids {
				if st := presenceOf(t, amy, id); st.Status != "offline" || st.Manual {
					t.Errorf("status %+v", st)
				}
			}
		})
	})
}

func TestBackInOffice(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		leave := func() {
			props := model.DefaultNotifyProps()
			props["auto_responder_active"], props["auto_responder_message"] = "true", "Gone fishing"
			amy.Put("/users/me/patch", map[string]any{"notify_props": props}).Want(http.StatusOK)
			s.Events.Take()
			if st := presenceOf(t, amy, amy.ID); st.Status != "ooo" {
				t.Fatalf("status %+v", st)
			}
		}
		for _, status := range []string{"online", "away", "dnd"} {
			t.Run("by "+status, func(t *testing.T) {
				leave()
				body := map[string]any{"user_id": amy.ID, "status": status, "dnd_end_time": s.Clock.Now().Add(time.Minute).Unix()}
				amy.For(t).Put("/users/me/status", body).Want(http.StatusOK)
				s.Events.Want(t, "user_updated user_updated user_updated status_change")
				props, _ := amy.For(t).Get("/users/me").Want(http.StatusOK).Value("notify_props").(map[string]any)
				if props["auto_responder_active"] != "false" || props["auto_responder_message"] != "Gone fishing" {
					t.Errorf("props %v", props)
				}
			})
		}
		t.Run("and not out of it again when nobody minds being disturbed", func(t *testing.T) {
			s.Clock.Advance(2 * time.Minute)
			if err := s.Accounts.EndDND(context.Background()); err != nil {
				t.Fatal(err)
			}
			if st := presenceOf(t, amy, amy.ID); st.Status != "online" {
				t.Errorf("status %+v", st)
			}
		})
	})
}
