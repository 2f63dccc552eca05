package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

// channelOf makes a channel with these members, as the services do: rows first, then
// the news that memberships changed.
func channelOf(t *testing.T, s *testkit.Server, members ...*testkit.Client) string {
	t.Helper()
	c := &model.Channel{ID: model.NewID(), CreateAt: 1, UpdateAt: 1, Type: model.ChannelGroup, Name: model.NewID()}
	if err := s.DB.Tx(t.Context(), func(tx *store.Tx) error { return tx.InsertChannel(t.Context(), c) }); err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		joinChannel(t, s, c.ID, m)
	}
	return c.ID
}

func joinChannel(t *testing.T, s *testkit.Server, channelID string, who *testkit.Client) {
	t.Helper()
	m := &model.ChannelMember{
		ChannelID: channelID, UserID: who.ID, Username: who.Username, CreateAt: 1, LastUpdateAt: 1, SchemeUser: true,
		NotifyProps: model.DefaultChannelNotifyProps(),
	}
	err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
		tx.Emit(event.MembershipsStale(who.ID))
		return tx.InsertChannelMember(t.Context(), m)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func publish(s *testkit.Server, events ...event.Event) {
	s.Bus.Publish(events)
	s.Mark()
}

func wantNames(t *testing.T, who string, l *testkit.Line, want string) {
	t.Helper()
	if got := l.Names(); got != want {
		t.Errorf("%s heard %q, want %q", who, got, want)
	}
}

func TestEventsReachTheirAudience(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, root := s.User("amy").For(t), s.User("bob").For(t), s.Admin().For(t)
		ch := channelOf(t, s, amy, bob)
		a, b, r := amy.Dial(""), bob.Dial(""), root.Dial("")
		connection := a.Event("hello").Data["connection_id"].(string)
		b.Event("hello")
		r.Event("hello")
		to := func(name string, to event.Audience) event.Event { return event.Event{Name: name, To: to} }
		publish(s,
			to("all", event.Audience{}),
			to("amys", event.Audience{UserID: amy.ID, ChannelID: ch}),
			to("channel", event.Audience{ChannelID: ch}),
			to("other", event.Audience{ChannelID: model.NewID()}),
			to("team", event.Audience{TeamID: model.NewID()}),
			to("omitted", event.Audience{ChannelID: ch, OmitUsers: []string{amy.ID}}),
			to("admins", event.Audience{AdminsOnly: true}),
			to("others", event.Audience{OthersOnly: true, OmitUsers: []string{bob.ID}}),
			to("line", event.Audience{ConnectionID: connection}),
			to("notline", event.Audience{ChannelID: ch, OmitConnectionID: connection}))
		wantNames(t, "amy", a, "all amys channel others line")
		wantNames(t, "bob", b, "all channel omitted notline")
		wantNames(t, "admin", r, "all admins")
		publish(s, to("x", event.Audience{OmitUsers: []string{bob.ID}, AdminsOnly: true, TeamID: "", ChannelID: ""}))
		f := r.Heard()
		if len(f) != 1 || !strings.Contains(f[0].Text, `"broadcast":{"omit_users":{"`+bob.ID+`":true},"user_id":"","channel_id":"","team_id":"",`+
			`"connection_id":"","omit_connection_id":"","contains_sensitive_data":true},"seq":`) {
			t.Errorf("broadcast of %v", f)
		}
	})
}

func TestCopiesOfSingleReceivers(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy").For(t), s.User("bob").For(t)
		a, b := amy.Dial("?posted_ack=true"), bob.Dial("")
		a.Event("hello")
		b.Event("hello")
		publish(s, event.Event{Name: "posted", Data: map[string]any{"post": "{}"}, For: map[string]map[string]any{bob.ID: {"mentions": "[]"}}},
			event.Event{Name: "posted", For: map[string]map[string]any{bob.ID: {"mentions": "[]"}}})
		for i, want := range []string{`"data":{"post":"{}","should_ack":true}`, `"data":{"should_ack":true}`} {
			if f := a.Event("posted"); !strings.Contains(f.Text, want) {
				t.Errorf("amy's copy %d: %s", i, f.Text)
			}
		}
		for i, want := range []string{`"data":{"post":"{}","mentions":"[]"}`, `"data":{"mentions":"[]"}`} {
			if f := b.Event("posted"); !strings.Contains(f.Text, want) {
				t.Errorf("bob's copy %d: %s", i, f.Text)
			}
		}
	})
}

// TestMembershipsChangeBetweenEvents: who enters misses nothing that comes after, and
// who left sees nothing any more, however fast it follows.
func TestMembershipsChangeBetweenEvents(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		ch := channelOf(t, s)
		l := amy.Dial("")
		l.Event("hello")
		news := func(name string) event.Event { return event.Event{Name: name, To: event.Audience{ChannelID: ch}} }
		publish(s, news("before"))
		wantNames(t, "amy", l, "")
		joinChannel(t, s, ch, amy)
		s.Bus.Publish([]event.Event{news("inside"), {Name: "own", To: event.Audience{UserID: amy.ID}}, news("again")})
		s.Mark()
		wantNames(t, "amy", l, "inside own again")
		err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
			tx.Emit(event.MembershipsStale(amy.ID))
			return tx.DeleteChannelMember(t.Context(), ch, amy.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		publish(s, news("after"))
		wantNames(t, "amy", l, "")
	})
}

func TestEndedSessionClosesItsSockets(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		root := s.Admin().For(t)
		for i, end := range []func(who *testkit.Client){
			func(who *testkit.Client) { who.Post("/users/logout", nil).Want(http.StatusCreated) },
			func(who *testkit.Client) {
				root.Post("/users/"+who.ID+"/sessions/revoke/all", nil).Want(http.StatusOK)
			},
			func(who *testkit.Client) { root.Delete("/users/" + who.ID).Want(http.StatusOK) },
		} {
			who := s.User(fmt.Sprint("user", i)).For(t)
			other := s.SignIn(who.Username).For(t)
			l, o := who.Dial(""), other.Dial("")
			l.Event("hello")
			o.Event("hello")
			end(who)
			s.Bus.Publish([]event.Event{{Name: "secret", To: event.Audience{UserID: who.ID}}})
			s.Mark()
			if code := l.Closed(); code != websocket.StatusPolicyViolation {
				t.Errorf("way %d: closed with %d", i, code)
			}
			if i == 0 {
				wantNames(t, "the other session", o, "secret")
			} else {
				o.Closed()
			}
		}
		l := s.User("last").For(t).Dial("")
		l.Event("hello")
		root.Post("/users/sessions/revoke/all", nil).Want(http.StatusOK)
		l.Closed()
	})
}

// TestNobodySeesEventsAfterTheEndOfTheSession: the secret follows the revocation at once.
func TestNobodySeesEventsAfterTheEndOfTheSession(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		l := amy.Dial("")
		l.Event("hello")
		amy.Post("/users/logout", nil).Want(http.StatusCreated)
		s.Bus.Publish([]event.Event{{Name: "secret"}})
		for {
			select {
			case f, open := <-l.Frames():
				if f.Event == "secret" {
					t.Fatal("a socket got an event after its session ended")
				}
				if !open {
					return
				}
			case <-time.After(10 * time.Second):
				t.Fatal("the socket stays open")
			}
		}
	})
}

func TestExpiredSessionClosesItsSocket(t *testing.T) {
	testkit.Each(t, testkit.Options{Sockets: brisk}, func(t *testing.T, s *testkit.Server) {
		l := s.User("amy").For(t).Dial("")
		l.Event("hello")
		s.Clock.Advance(400 * 24 * time.Hour)
		l.Closed()
	})
}

func TestEnforcedSecondFactorHoldsEventsBack(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, root := s.User("amy").For(t), s.Admin().For(t)
		if err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
			tx.Emit(event.UsersStale(root.ID))
			return tx.SetMfaActive(t.Context(), root.ID, true, 1)
		}); err != nil {
			t.Fatal(err)
		}
		l, r := amy.Dial(""), root.Dial("")
		l.Event("status_change")
		r.Event("hello")
		loaded := *s.Live.Current().Loaded
		loaded.Config.ServiceSettings.EnableMultifactorAuthentication = true
		loaded.Config.ServiceSettings.EnforceMultifactorAuthentication = true
		s.Live.Replace(&loaded)
		s.Bus.Publish([]event.Event{{Name: "secret"}})
		r.Event("secret")
		for range 20 {
			l.Send(map[string]any{"seq": 1, "action": "get_statuses"})
			if f := l.Next(); f.Error.ID != "api.context.mfa_required.app_error" {
				t.Fatalf("an account without second factor got %s", f.Text)
			}
		}
	})
}

// changeAccount changes an account behind the back of the API.
func changeAccount(t *testing.T, s *testkit.Server, id string, change func(u *model.User)) {
	t.Helper()
	err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
		was, err := tx.LockUser(t.Context(), id)
		if err != nil {
			return err
		}
		u := was.Clone()
		change(u)
		tx.Emit(event.UsersStale(u.ID))
		return tx.UpdateUser(t.Context(), was, u)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGuestsHearOfThoseTheyKnow(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, guest := s.User("amy").For(t), s.User("bob").For(t), s.User("gus").For(t)
		changeAccount(t, s, guest.ID, func(u *model.User) { u.Roles = "system_guest" })
		channelOf(t, s, amy, guest)
		l := guest.Dial("")
		l.Event("hello")
		about := func(id string) event.Event {
			return event.Event{Name: "about", Data: map[string]any{"id": id}, To: event.Audience{About: id}}
		}
		s.Bus.Publish([]event.Event{about(bob.ID), about(amy.ID)})
		if f := l.Event("about"); f.Data["id"] != amy.ID {
			t.Errorf("the guest heard %s", f.Text)
		}
	})
}

// resumed opens a socket that wants to go on.
func resumed(c *testkit.Client, id string, seq int) *testkit.Line {
	return c.Dial(fmt.Sprintf("?connection_id=%s&sequence_number=%d", id, seq))
}

func own(c *testkit.Client, names ...string) (list []event.Event) {
	for _, n := range names {
		list = append(list, event.Event{Name: n, To: event.Audience{UserID: c.ID}})
	}
	return list
}

// offline keeps presence out of the numbers.
var offline = testkit.Options{Env: []string{"MM_SERVICESETTINGS_ENABLEUSERSTATUSES=false"}, Sockets: brisk}

func numbered(t *testing.T, l *testkit.Line, name string, seq int64) testkit.Frame {
	t.Helper()
	f := l.Next()
	if f.Event != name || f.Seq == nil || *f.Seq != seq {
		t.Errorf("got %s, want %s with number %d", f.Text, name, seq)
	}
	return f
}

func TestResume(t *testing.T) {
	testkit.Each(t, offline, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy").For(t), s.User("bob").For(t)
		l := amy.Dial("?connection_id=&sequence_number=0")
		id := l.Next().Data["connection_id"].(string)
		s.Bus.Publish(own(amy, "one", "two"))
		numbered(t, l, "one", 1)
		numbered(t, l, "two", 2)
		l.Drop()
		s.Bus.Publish(own(amy, "three"))

		l = resumed(amy, id, 3) // goes on where it was
		numbered(t, l, "three", 3)
		s.Bus.Publish(own(amy, "four"))
		numbered(t, l, "four", 4)
		l.Drop()

		l = resumed(amy, id, 3) // wants two again
		numbered(t, l, "three", 3)
		numbered(t, l, "four", 4)

		l2 := resumed(amy, id, 5) // before the server noticed that the other is gone
		if f := l2.Ask(1, "ping", nil); f.Status != "OK" {
			t.Errorf("missed nothing: %s", f.Text)
		}
		l.Closed()
		s.Bus.Publish(own(amy, "five"))
		numbered(t, l2, "five", 5)

		if f := resumed(bob, id, 5).Next(); f.Event != "hello" || f.Data["connection_id"] == id {
			t.Errorf("somebody else went on: %s", f.Text)
		}
		l2.Drop()
		kept(t, s, 1)
		s.Bus.Publish(own(amy, "six"))
		l = resumed(amy, id, 8) // from the future: begins anew, and gets what waited
		if f := numbered(t, l, "hello", 0); f.Data["connection_id"] == id {
			t.Error("the lost connection kept its id")
		}
		numbered(t, l, "six", 1)
		if f := resumed(amy, id, 6).Next(); f.Event != "hello" {
			t.Errorf("the old id still works: %s", f.Text)
		}
		for _, query := range []string{"?connection_id=bad&sequence_number=3", "?connection_id=" + id, "?connection_id=" + id + "&sequence_number=abc"} {
			amy.Dial(query).Closed()
		}
		for _, query := range []string{"?sequence_number=5", "?connection_id=&sequence_number=7", "?connection_id=" + model.NewID() + "&sequence_number=3"} {
			numbered(t, amy.Dial(query), "hello", 0)
		}
	})
}

func TestResumeOfManyMissedEvents(t *testing.T) {
	testkit.Each(t, offline, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		l := amy.Dial("")
		id := l.Next().Data["connection_id"].(string)
		for i := range 200 {
			s.Bus.Publish(own(amy, fmt.Sprint("e", i+1)))
			l.Next()
		}
		l.Drop()
		if f := resumed(amy, id, 72).Next(); f.Event != "hello" { // 128 are kept: 73 to 200
			t.Errorf("more than 128 were kept: %s", f.Text)
		}
		l = amy.Dial("")
		id = l.Next().Data["connection_id"].(string)
		for i := range 200 {
			s.Bus.Publish(own(amy, fmt.Sprint("e", i+1)))
			l.Next()
		}
		l.Drop()
		l = resumed(amy, id, 73)
		for i := range 128 {
			numbered(t, l, fmt.Sprint("e", 73+i), int64(73+i))
		}
	})
}

// broken opens a socket of somebody that breaks and is kept, and gives its connection id.
func broken(t *testing.T, s *testkit.Server, c *testkit.Client) string {
	t.Helper()
	l := c.Dial("")
	id := l.Next().Data["connection_id"].(string)
	l.Drop()
	kept(t, s, 1)
	return id
}

func TestBrokenSocketIsForgottenInTime(t *testing.T) {
	testkit.Each(t, offline, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		id := broken(t, s, amy)
		s.Clock.Advance(6 * time.Minute)
		kept(t, s, 0)
		numbered(t, resumed(amy, id, 1), "hello", 0)
	})
}

func TestTooManyMissedEventsLoseTheSocket(t *testing.T) {
	testkit.Each(t, offline, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		id := broken(t, s, amy)
		for range 300 {
			s.Bus.Publish(own(amy, "x"))
		}
		kept(t, s, 0)
		numbered(t, resumed(amy, id, 1), "hello", 0)
	})
}

// until waits for a state that nothing announces.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	end := time.Now().Add(15 * time.Second)
	for ; !is(); time.Sleep(time.Millisecond) { //nolint:forbidigo // nothing tells when
		if time.Now().After(end) {
			t.Fatalf("%s never came", what)
		}
	}
}

func kept(t *testing.T, s *testkit.Server, want int) {
	t.Helper()
	until(t, fmt.Sprintf("the state with %d broken sockets", want), func() bool { return s.Hub.Broken() == want })
}
