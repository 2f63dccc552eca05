package api_test

import (
	"net/http"
	"testing"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/testkit"
)

// TestWhateverEndsASessionClosesItsSockets, before the next event, and closes no others.
func TestWhateverEndsASessionClosesItsSockets(t *testing.T) {
	env := []string{"MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS=true", "MM_SERVICESETTINGS_ENABLEAPIUSERDELETION=true", "MM_MUSTERSETTINGS_BLOCKCOMMONPASSWORDS=false"}
	testkit.Each(t, testkit.Options{Env: env}, func(t *testing.T, s *testkit.Server) {
		root := s.Admin().For(t)
		calm := s.User("calm").For(t).Dial("")
		calm.Event("hello")
		tokenOf := func(who *testkit.Client) (id, secret string) {
			r := root.Post("/users/"+who.ID+"/tokens", object{"description": "x"}).Want(http.StatusCreated)
			return r.Text("id"), r.Text("token")
		}
		byToken := func(end func(id string)) func(who *testkit.Client) (*testkit.Client, func()) {
			return func(who *testkit.Client) (*testkit.Client, func()) {
				id, secret := tokenOf(who)
				program := s.Visitor().For(t)
				program.ID, program.Token = who.ID, secret
				return program, func() { end(id) }
			}
		}
		bySession := func(end func(who *testkit.Client)) func(who *testkit.Client) (*testkit.Client, func()) {
			return func(who *testkit.Client) (*testkit.Client, func()) { return who, func() { end(who) } }
		}
		for name, way := range map[string]func(who *testkit.Client) (*testkit.Client, func()){
			"one session is revoked": bySession(func(who *testkit.Client) {
				id := sessRows(t, s, who.ID)[0].ID
				root.Post("/users/"+who.ID+"/sessions/revoke", object{"session_id": id}).Want(http.StatusOK)
			}),
			"a token is revoked": byToken(func(id string) { root.Post("/users/tokens/revoke", object{"token_id": id}).Want(http.StatusOK) }),
			"a token is disabled": byToken(func(id string) {
				root.Post("/users/tokens/disable", object{"token_id": id}).Want(http.StatusOK)
			}),
			"a token gets another secret": byToken(func(id string) {
				root.Post("/users/tokens/rotate", object{"token_id": id}).Want(http.StatusOK)
			}),
			"an administrator sets another password": bySession(func(who *testkit.Client) {
				root.Put("/users/"+who.ID+"/password", object{"new_password": "Passw0rd-2"}).Want(http.StatusOK)
			}),
			"the account becomes a bot": bySession(func(who *testkit.Client) {
				root.Post("/users/"+who.ID+"/convert_to_bot", nil).Want(http.StatusOK)
			}),
			"the account is deactivated": bySession(func(who *testkit.Client) {
				root.Put("/users/"+who.ID+"/active", object{"active": false}).Want(http.StatusOK)
			}),
			"the account is deleted for good": bySession(func(who *testkit.Client) {
				root.Delete("/users/" + who.ID + "?permanent=true").Want(http.StatusOK)
			}),
		} {
			t.Run(name, func(t *testing.T) {
				who, end := way(s.User("u" + model.NewID()[:10]).For(t))
				l := who.For(t).Dial("")
				l.Event("hello")
				end()
				s.Bus.Publish([]event.Event{{Name: "secret"}})
				for f := range l.Frames() {
					if f.Event == "secret" {
						t.Error("the socket got an event afterwards")
						return
					}
				}
			})
		}
		if f := calm.Ask(1, "ping", nil); f.Status != "OK" {
			t.Errorf("a socket that nothing happened to: %s", f.Text)
		}
	})
}

// TestWhoIsDeactivatedIsNotPresent, although their sockets close only afterwards.
func TestWhoIsDeactivatedIsNotPresent(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, root := s.User("amy").For(t), s.Admin().For(t)
		l := amy.Dial("")
		becomes(t, l, "online")
		s.Events.Take()
		root.Put("/users/"+amy.ID+"/active", object{"active": false}).Want(http.StatusOK)
		l.Closed()
		settled(t, s)
		for _, e := range s.Events.Named("status_change") {
			if e.To.UserID == amy.ID && e.Data["status"] != "offline" {
				t.Errorf("who was deactivated became %v", e.Data["status"])
			}
		}
	})
}

// TestDispensableEventsAreDroppedWhereManyWait, and no others.
func TestDispensableEventsAreDroppedWhereManyWait(t *testing.T) {
	testkit.Each(t, offline, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		id := broken(t, s, amy)
		want := []string{"typing"} // while few wait
		s.Bus.Publish(own(amy, "typing"))
		for range 127 {
			s.Bus.Publish(own(amy, "x"))
			want = append(want, "x")
		}
		s.Bus.Publish(own(amy, "typing", "status_change", "multiple_channels_viewed", "posted"))
		want = append(want, "posted")
		l := resumed(amy, id, 1)
		for i, name := range want {
			numbered(t, l, name, int64(i+1))
		}
	})
}
