package api_test

import (
	"net/http"
	"testing"
	"time"

	"muster/internal/hub"
	"muster/internal/model"
	"muster/internal/testkit"
)

// quickAway makes people away after a minute, which is sooner than a socket counts as silent.
var quickAway = []string{"MM_TEAMSETTINGS_USERSTATUSAWAYTIMEOUT=60"}

// idle is longer than that.
const idle = 70 * time.Second

// becomes waits for the event that tells somebody their presence.
func becomes(t *testing.T, l *testkit.Line, status string) {
	t.Helper()
	if f := l.Event("status_change"); f.Data["status"] != status {
		t.Errorf("became %v, want %s", f.Data["status"], status)
	}
}

// settled waits until every sign of presence that was there is stored: it makes one more.
func settled(t *testing.T, s *testkit.Server) {
	t.Helper()
	who := s.User("x" + model.NewID()[:10]).For(t)
	l := who.Dial("")
	becomes(t, l, "online")
	l.Drop()
	eventually(t, who.Username+" is gone", func() bool { return presenceOf(t, who, who.ID).Status == "offline" })
}

func active(l *testkit.Line, is bool) testkit.Frame {
	return l.Ask(1, "user_update_active_status", object{"user_is_active": is})
}

func TestPresenceFollowsWhatPeopleDo(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: quickAway, Sockets: brisk}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		team := s.Team(t, "north", amy)
		l := amy.Dial("")
		becomes(t, l, "online")
		for name, do := range map[string]func(){
			"says so": func() {
				l.Send(object{"seq": 1, "action": "user_update_active_status", "data": object{"user_is_active": true}})
			},
			"writes":          func() { amy.Post("/posts", object{"channel_id": team.Town, "message": "x"}).Want(http.StatusCreated) },
			"reads a channel": func() { amy.Post("/channels/members/me/view", object{"channel_id": team.Town}).Want(http.StatusOK) },
		} {
			s.Clock.Advance(idle) // a pong tells that nothing was done
			becomes(t, l, "away")
			amy.Post("/posts?set_online=false", object{"channel_id": team.Town, "message": "by a machine"}).Want(http.StatusCreated)
			l.Send(object{"seq": 1, "action": "user_update_active_status", "data": object{"user_is_active": false}})
			settled(t, s)
			if st := presenceOf(t, amy, amy.ID); st.Status != "away" || st.Manual {
				t.Errorf("before she %s: %+v", name, st)
			}
			do()
			becomes(t, l, "online")
		}
		l.Send(object{"seq": 1, "action": "user_update_active_status", "data": object{"user_is_active": false}})
		settled(t, s)
		if st := presenceOf(t, amy, amy.ID); st.Status != "online" {
			t.Errorf("who turned away a moment ago is %+v", st)
		}
		l.Drop()
		eventually(t, "that she is gone", func() bool { return presenceOf(t, amy, amy.ID).Status == "offline" })
	})
}

func TestPresenceOfSeveralSockets(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: quickAway, Sockets: hub.Limits{Pulse: time.Hour}}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		first, second := amy.Dial(""), amy.Dial("")
		becomes(t, first, "online")
		second.Event("hello")
		s.Clock.Advance(idle)
		second.Drop() // the other one is left, but nothing was done on either
		becomes(t, first, "away")
		first.Drop()
		eventually(t, "that she is gone", func() bool { return presenceOf(t, amy, amy.ID).Status == "offline" })
	})
}

func TestNothingChangesAPresenceThatWasChosen(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: quickAway, Sockets: brisk}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		team := s.Team(t, "north", amy)
		still := func(when, status string) {
			t.Helper()
			settled(t, s)
			if st := presenceOf(t, amy, amy.ID); st.Status != status || !st.Manual {
				t.Errorf("%s: %+v, want %s", when, st, status)
			}
		}
		l := amy.Dial("")
		becomes(t, l, "online")
		for _, status := range []string{"dnd", "offline", "away"} {
			amy.Put("/users/me/status", object{"user_id": amy.ID, "status": status}).Want(http.StatusOK)
			becomes(t, l, status)
			amy.Post("/posts", object{"channel_id": team.Town, "message": "x"}).Want(http.StatusCreated)
			active(amy.Dial(""), true)
			still("after a deed", status)
			s.Clock.Advance(idle)
			l.Ask(2, "ping", nil)
			still("after a while", status)
		}
		l.Send(object{"seq": 3, "action": "user_update_active_status", "data": object{"user_is_active": true, "manual": true}})
		becomes(t, l, "online")
		l.Send(object{"seq": 4, "action": "user_update_active_status", "data": object{"user_is_active": false, "manual": true}})
		becomes(t, l, "away")
		l.Drop()
		eventually(t, "that her sockets are gone", func() bool { return s.Hub.Sockets() <= 3 })
		still("after she left", "away")
	})
}

func TestWithoutPresence(t *testing.T) {
	testkit.Each(t, offline, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		l := amy.Dial("")
		l.Event("hello")
		for seq, action := range []string{"get_statuses", "get_statuses_by_ids", "user_update_active_status"} {
			f := l.Ask(int64(seq+1), action, object{"user_ids": []string{amy.ID}, "user_is_active": true, "manual": true})
			if f.Status != "OK" || len(f.Data) > 0 {
				t.Errorf("%s: %s", action, f.Text)
			}
		}
		if f := l.Ask(9, "ping", nil); f.Event != "" {
			t.Errorf("heard %s", f.Text)
		}
	})
}

// TestAChoiceOutlivesTheSocketThatClosedBefore: what somebody chooses counts, though it takes
// a moment until the end of their last socket is stored.
func TestAChoiceOutlivesTheSocketThatClosedBefore(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		for range 3 {
			l := amy.Dial("")
			l.Event("hello")
			l.Drop()
			until(t, "that the socket is gone", func() bool { return s.Hub.Sockets() == 0 })
			amy.Put("/users/me/status", object{"user_id": amy.ID, "status": "online"}).Want(http.StatusOK)
			settled(t, s)
			if st := presenceOf(t, amy, amy.ID); st.Status != "online" {
				t.Errorf("after she chose to be online: %+v", st)
			}
			until(t, "that the other socket is gone", func() bool { return s.Hub.Sockets() == 0 })
		}
	})
}
