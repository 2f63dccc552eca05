package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"muster/internal/event"
	"muster/internal/hub"
	"muster/internal/testkit"
)

// brisk looks at the times of sockets so often that a test need not wait.
var brisk = hub.Limits{Pulse: 2 * time.Millisecond}

func TestConnectWithASessionGetsHello(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		for _, path := range []string{"", "/"} {
			hello := amy.Dial(path).Next()
			if hello.Event != "hello" || *hello.Seq != 0 || hello.Broadcast["user_id"] != amy.ID || hello.Data["server_hostname"] == nil {
				t.Errorf("first frame %s", hello.Text)
			}
			if id, _ := hello.Data["connection_id"].(string); len(id) != 26 {
				t.Errorf("connection_id %q", id)
			}
		}
		cookie := s.Visitor().For(t)
		cookie.Header.Set("Cookie", "MMAUTHTOKEN="+amy.Token)
		if hello := cookie.Dial("").Next(); hello.Event != "hello" {
			t.Errorf("with the cookie: %s", hello.Text)
		}
	})
}

func TestChallenge(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		l := s.Visitor().For(t).Dial("?connection_id=bad&sequence_number=x") // both count with a session only
		if f := l.Ask(1, "ping", nil); f.Status != "FAIL" || f.Error.ID != "api.web_socket_router.not_authenticated.app_error" || f.Error.Status != 401 {
			t.Errorf("ping before the challenge: %s", f.Text)
		}
		if f := l.Ask(2, "presence", nil); f.Status != "OK" {
			t.Errorf("presence before the challenge: %s", f.Text)
		}
		l.Send(map[string]any{"seq": 3, "action": "authentication_challenge", "data": map[string]string{"token": amy.Token}})
		var hello, ok bool
		for !hello || !ok {
			f := l.Next()
			hello = hello || f.Event == "hello" && *f.Seq == 0
			ok = ok || f.Status == "OK" && f.SeqReply == 3
		}
		l.Send(map[string]any{"seq": 4, "action": "authentication_challenge", "data": map[string]string{"token": "x"}})
		if f := l.Ask(5, "ping", nil); f.SeqReply != 5 || f.Data["text"] != "pong" {
			t.Errorf("a second challenge was answered: %s", f.Text)
		}
		for _, data := range []any{
			nil,
			map[string]string{"token": ""},
			map[string]string{"token": "nosuchtoken"},
			map[string]int{"token": 1},
			map[string]string{"token": strings.Repeat("x", 300)},
		} {
			l := s.Visitor().For(t).Dial("")
			l.Send(map[string]any{"seq": 1, "action": "authentication_challenge", "data": data})
			if code := l.Closed(); code != websocket.StatusPolicyViolation {
				t.Errorf("challenge with %v: closed with %d", data, code)
			}
		}
	})
}

func TestUnauthenticatedSocketIsClosedInTime(t *testing.T) {
	testkit.Each(t, testkit.Options{Sockets: brisk}, func(t *testing.T, s *testkit.Server) {
		l := s.Visitor().For(t).Dial("")
		l.Ask(1, "ping", nil)
		s.Clock.Advance(6 * time.Second)
		if code := l.Closed(); code != websocket.StatusPolicyViolation {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestUnauthenticatedSocketsAreBounded(t *testing.T) {
	testkit.Each(t, testkit.Options{Sockets: hub.Limits{Challenged: 2, SocketsPerUser: 3}}, func(t *testing.T, s *testkit.Server) {
		v := s.Visitor().For(t)
		v.Dial("").Ask(1, "ping", nil)
		v.Dial("").Ask(1, "ping", nil)
		if _, res, err := v.TryDial(""); err == nil || res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a third socket: %v", err)
		}
		amy := s.User("amy").For(t)
		for range 3 {
			amy.Dial("").Event("hello")
		}
		if _, res, err := amy.TryDial(""); err == nil || res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a fourth socket of an account: %v", err)
		}
	})
}

// TestOneAddressKeepsNobodyOut: its sockets that have not authenticated are bounded by themselves.
func TestOneAddressKeepsNobodyOut(t *testing.T) {
	env := []string{"MM_MUSTERSETTINGS_TRUSTEDPROXIES=127.0.0.1", "MM_SERVICESETTINGS_TRUSTEDPROXYIPHEADER=X-Forwarded-For"}
	testkit.Each(t, testkit.Options{Env: env, Sockets: hub.Limits{ChallengedFrom: 2}}, func(t *testing.T, s *testkit.Server) {
		from := func(address string) *testkit.Client {
			v := s.Visitor().For(t)
			v.Header.Set("X-Forwarded-For", address)
			return v
		}
		refused := func(address string) {
			t.Helper()
			if _, res, err := from(address).TryDial(""); err == nil || res.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("one more from %s: %v", address, err)
			}
		}
		first := from("192.0.2.1").Dial("")
		from("192.0.2.1").Dial("")
		refused("192.0.2.1")
		from("192.0.2.2").Dial("")
		for _, host := range []string{"1", "2"} { // two of one network
			from("2001:db8::" + host).Dial("")
		}
		refused("2001:db8::3")
		first.Send(map[string]any{"seq": 1, "action": "authentication_challenge", "data": map[string]string{"token": s.Admin().Token}})
		first.Event("hello")
		from("192.0.2.1").Dial("").Drop()
		until(t, "that the one that broke is forgotten", func() bool {
			l, _, err := from("192.0.2.1").TryDial("")
			return err == nil && l != nil
		})
		refused("192.0.2.1")
	})
}

func TestOriginOfWebsockets(t *testing.T) {
	for _, tc := range []struct {
		name, origin, site, cors string
		ok                       bool
	}{
		{"none", "", "", "", true},
		{"null", "null", "", "", false},
		{"own host", "http://HOST", "", "", true},
		{"another host", "http://evil.example", "", "", false},
		{"site", "https://chat.example.com", "https://chat.example.com", "", true},
		{"own host beside a site", "http://HOST", "https://chat.example.com", "", false},
		{"listed", "https://app.example.com", "https://chat.example.com", "https://app.example.com", true},
		{"not listed", "https://other.example.com", "https://chat.example.com", "https://app.example.com", false},
		{"site beside the list", "https://chat.example.com", "https://chat.example.com", "https://app.example.com", true},
		{"everybody", "https://other.example.com", "https://chat.example.com", "*", true},
		{"null with everybody", "null", "https://chat.example.com", "*", false},
		{"no URL", "::", "", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := testkit.Start(t, "sqlite3", testkit.Options{Env: []string{"MM_SERVICESETTINGS_SITEURL=" + tc.site, "MM_SERVICESETTINGS_ALLOWCORSFROM=" + tc.cors}})
			c := s.Admin().For(t)
			if tc.origin != "" {
				c.Header.Set("Origin", strings.Replace(tc.origin, "HOST", strings.TrimPrefix(s.URL, "http://"), 1))
			}
			l, res, err := c.TryDial("")
			if tc.ok != (err == nil) {
				t.Fatalf("connected: %v", err)
			}
			if tc.ok {
				l.Event("hello")
			} else if res.StatusCode != http.StatusBadRequest {
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
}

// TestCookieOfAForeignPageIsNotUsed: with every origin allowed, a page anywhere can
// connect, but only with a token it has.
func TestCookieOfAForeignPageIsNotUsed(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, "sqlite3", testkit.Options{Env: []string{"MM_SERVICESETTINGS_ALLOWCORSFROM=*"}})
	c := s.Visitor().For(t)
	c.Header.Set("Cookie", "MMAUTHTOKEN="+s.Admin().Token)
	c.Header.Set("Origin", "https://evil.example")
	l := c.Dial("")
	if f := l.Ask(1, "get_statuses", nil); f.Error.Status != http.StatusUnauthorized {
		t.Errorf("the page of another got %s", f.Text)
	}
}

func TestPlainRequestIsNoWebsocket(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		s.Admin().For(t).Get("/websocket").WantFault(http.StatusBadRequest, "api.web_socket.connect.upgrade.app_error")
		s.Visitor().For(t).Get("/websocket").WantFault(http.StatusBadRequest, "api.web_socket.connect.upgrade.app_error")
	})
}

func TestWebsocketActions(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy").For(t), s.User("bob").For(t)
		l := amy.Dial("")
		l.Event("status_change")
		none := strings.Repeat("z", 26)
		for _, tc := range []struct {
			frame, want string
		}{
			{`{"seq":1,"action":"ping"}`, `"text":"pong"`},
			{`{"seq":1,"action":"ping","data":null}`, `"seq_reply":1`},
			{`{"seq":0,"action":"ping"}`, `api.web_socket_router.bad_seq.app_error`},
			{`{"seq":-1,"action":"ping"}`, `"seq_reply":-1`},
			{`{"action":"ping"}`, `"status_code":400`},
			{`{"seq":5}`, `api.web_socket_router.no_action.app_error`},
			{`{"seq":5,"action":""}`, `api.web_socket_router.no_action.app_error`},
			{`{"seq":6,"action":"no_such"}`, `"status_code":500`},
			{`{"seq":6,"action":"no_such"}`, `api.web_socket_router.bad_action.app_error`},
			{`{"seq":7,"action":"get_statuses"}`, `{"status":"OK","data":{"` + amy.ID + `":"online"},"seq_reply":7}`},
			{`{"seq":8,"action":"get_statuses_by_ids","data":{"user_ids":["` + bob.ID + `","bad","` + none + `"]}}`, `"bad":"offline"`},
			{`{"seq":8,"action":"get_statuses_by_ids","data":{"user_ids":["` + amy.ID + `"]}}`, `{"` + amy.ID + `":"online"}`},
			{`{"seq":9,"action":"get_statuses_by_ids","data":{"user_ids":[]}}`, `api.websocket_handler.invalid_param.app_error`},
			{`{"seq":9,"action":"get_statuses_by_ids","data":{"user_ids":[1]}}`, `api.websocket_handler.invalid_param.app_error`},
			{`{"seq":9,"action":"get_statuses_by_ids"}`, `"seq_reply":9`},
			{`{"seq":9,"action":"get_statuses_by_ids","data":{"user_ids":"x"}}`, `"status_code":400`},
			{`{"seq":9,"action":"get_statuses_by_ids","data":{"user_ids":["\u0000aaaaaaaaaaaaaaaaaaaaaaaaa"]}}`, `offline`},
			{`{"seq":10,"action":"user_update_active_status","data":{"user_is_active":true}}`, `{"status":"OK","seq_reply":10}`},
			{`{"seq":10,"action":"user_update_active_status","data":{}}`, `api.websocket_handler.invalid_param.app_error`},
			{`{"seq":10,"action":"user_update_active_status","data":{"user_is_active":"yes"}}`, `api.websocket_handler.invalid_param.app_error`},
			{`{"seq":11,"action":"presence","data":{"channel_id":"bad"}}`, `{"status":"OK","seq_reply":11}`},
			{`{"seq":12,"action":"posted_notify_ack","data":{"post_id":"x"}}`, `{"status":"OK","seq_reply":12}`},
			{`{"seq":13,"action":"user_typing","data":{}}`, `api.websocket_handler.invalid_param.app_error`},
			{`{"seq":13,"action":"user_typing","data":{"channel_id":"` + none + `"}}`, `api.websocket_handler.invalid_param.app_error`},
		} {
			l.Send(tc.frame)
			f := l.Next()
			for f.Status == "" {
				f = l.Next()
			}
			if !strings.Contains(f.Text, tc.want) || f.Seq != nil {
				t.Errorf("%s: %s, want %s", tc.frame, f.Text, tc.want)
			}
		}
		l.Send(`{"seq":20,"action":"custom_thing"}`)
		if f := l.Ask(21, "ping", nil); f.SeqReply != 21 {
			t.Errorf("an action for extensions was answered: %s", f.Text)
		}
	})
}

func TestFramesThatAreNotUnderstoodCloseTheSocket(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		long := strings.Repeat("y", 9000)
		for frame, code := range map[string]websocket.StatusCode{
			"not json": websocket.StatusUnsupportedData, "[1,2]": websocket.StatusUnsupportedData, `{"seq":"x"}`: websocket.StatusUnsupportedData,
			`{"seq":1,"action":"ping","data":[]}`: websocket.StatusUnsupportedData, `{"seq":1,"action":"ping"} {}`: websocket.StatusUnsupportedData,
			`{"seq":1,"action":"ping","data":{"x":"` + long + `"}}`: websocket.StatusMessageTooBig,
		} {
			l := s.Admin().For(t).Dial("")
			l.Event("hello")
			l.Send(frame)
			if got := l.Closed(); got != code {
				t.Errorf("%.40s: closed with %d, want %d", frame, got, code)
			}
		}
	})
}

func TestFragmentedFrames(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		l := s.Admin().For(t).Dial("")
		l.Event("hello")
		write := func(parts ...string) {
			w, err := l.Conn.Writer(context.Background(), websocket.MessageText)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range parts {
				if _, err := w.Write([]byte(p)); err != nil {
					return // the server has had enough
				}
			}
			_ = w.Close() // likewise
		}
		write(`{"seq":1,`, "", `"action"`, `:"ping"}`)
		if f := l.Next(); f.Status == "" {
			f = l.Next()
			if f.Data["text"] != "pong" {
				t.Errorf("reply to fragments: %s", f.Text)
			}
		}
		many := make([]string, 3000)
		for i := range many {
			many[i] = "yyyy"
		}
		write(many...)
		if code := l.Closed(); code != websocket.StatusMessageTooBig {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestMessagePackFrames(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		l := s.Admin().For(t).Dial("")
		l.Event("hello")
		ping := "\x83\xa3seq\x07\xa6action\xa4ping\xa4data\x80"
		if err := l.Conn.Write(t.Context(), websocket.MessageBinary, []byte(ping)); err != nil {
			t.Fatal(err)
		}
		for {
			if f := l.Next(); f.Status != "" {
				if f.SeqReply != 7 || f.Data["text"] != "pong" {
					t.Errorf("reply %s", f.Text)
				}
				break
			}
		}
		if err := l.Conn.Write(t.Context(), websocket.MessageBinary, []byte("\x81\xa3seq")); err != nil {
			t.Fatal(err)
		}
		l.Closed()
	})
}

func TestSilentSocketIsClosed(t *testing.T) {
	testkit.Each(t, testkit.Options{Sockets: brisk}, func(t *testing.T, s *testkit.Server) {
		dead, _, err := s.Admin().For(t).DialSilently("") // answers no ping, because nobody reads
		if err != nil {
			t.Fatal(err)
		}
		alive := s.Admin().For(t).Dial("")
		alive.Event("hello")
		chgEventually(t, "both sockets are known", func() bool { return s.Hub.Sockets() == 2 })
		for s.Hub.Sockets() == 2 {
			s.Clock.Advance(20 * time.Second)
			alive.Ask(1, "ping", nil)
		}
		alive.Ask(1, "ping", nil)
		_ = dead.Conn.CloseNow() // it is closed already
	})
}

func TestSlowSocketIsCut(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		if _, _, err := s.Admin().For(t).DialSilently(""); err != nil {
			t.Fatal(err)
		}
		quick := s.User("amy").For(t).Dial("")
		quick.Event("hello")
		chgEventually(t, "both sockets are known", func() bool { return s.Hub.Sockets() == 2 })
		big := event.Event{Name: "big", Data: map[string]any{"x": strings.Repeat("x", 64<<10)}}
		for i := 0; s.Hub.Sockets() == 2; i++ {
			if i == 5000 {
				t.Fatal("the socket that does not read is still there")
			}
			s.Bus.Publish([]event.Event{big})
			quick.Event("big")
		}
	})
}
