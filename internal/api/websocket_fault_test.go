package api_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"muster/internal/event"
	"muster/internal/hub"
	"muster/internal/testkit"
)

// reconnects is the environment variable that says how often sockets come back in
// TestManyReconnectsLoseNothing.
const reconnects = "MUSTER_TEST_RECONNECTS"

func TestSocketsThatStopReadingHoldNobodyUp(t *testing.T) {
	cut := hub.Limits{WriteDeadline: time.Hour} // because too much waits for them, not because time has passed
	testkit.Each(t, testkit.Options{Sockets: cut}, func(t *testing.T, s *testkit.Server) {
		const stuck = 20
		amy, bob := s.User("amy").For(t), s.User("bob").For(t)
		team := s.Team(t, "north", amy, bob)
		line := bob.Dial("")
		line.Event("hello")
		for range stuck {
			if _, _, err := amy.DialSilently(""); err != nil {
				t.Fatal(err)
			}
		}
		until(t, "all sockets", func() bool { return s.Hub.Sockets() == stuck+1 })
		big := event.Event{Name: "big", Data: map[string]any{"x": strings.Repeat("x", 64<<10)}}
		for i := 0; s.Hub.Sockets() > 1; i++ {
			if i == 2000 {
				t.Fatalf("%d sockets that do not read are still there", s.Hub.Sockets()-1)
			}
			s.Bus.Publish([]event.Event{big})
			line.Event("big") // comes although others do not take theirs
			if i%50 == 0 {
				bob.Post("/posts", map[string]string{"channel_id": team.Town, "message": fmt.Sprint(i)}).Want(http.StatusCreated)
				line.Event("posted")
			}
		}
		until(t, "nothing is kept of them", func() bool { return s.Hub.Broken() == 0 })
	})
}

// flood opens a websocket by hand and gives a connection on which anything can be written.
func flood(t *testing.T, s *testkit.Server, token string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // usually the server did
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	head := "GET /api/v4/websocket HTTP/1.1\r\nHost: muster\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	if token != "" {
		head += "Authorization: Bearer " + token + "\r\n"
	}
	if _, err := conn.Write([]byte(head + "\r\n")); err != nil {
		t.Fatal(err)
	}
	status, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(status, "101") {
		t.Fatalf("opened with %q (%v)", status, err)
	}
	return conn
}

// floods are beginnings of frames that never become a message, and what follows them without end.
// The key with which a client hides its bytes is zero.
var floods = map[string]struct{ begin, more []byte }{
	"a frame of a terabyte":     {[]byte{0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{'y'}, 4096)},
	"a message without an end":  {[]byte{0x01, 0x81, 0, 0, 0, 0, 'y'}, bytes.Repeat([]byte{0x00, 0x81, 0, 0, 0, 0, 'y'}, 512)},
	"fragments without content": {[]byte{0x01, 0x80, 0, 0, 0, 0}, bytes.Repeat([]byte{0x00, 0x80, 0, 0, 0, 0}, 512)},
	"pings":                     {nil, bytes.Repeat([]byte{0x89, 0x80, 0, 0, 0, 0}, 512)},
	"pongs":                     {nil, bytes.Repeat([]byte{0x8a, 0x80, 0, 0, 0, 0}, 512)},
}

func TestFloodsAreCut(t *testing.T) {
	const most = 64 << 20 // bytes that fit into what lies between two programs, and far more
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy").For(t)
		calm := s.Admin().For(t).Dial("")
		calm.Event("hello")
		var all sync.WaitGroup
		for name, f := range floods {
			for _, token := range []string{amy.Token, "", amy.Token} {
				conn := flood(t, s, token)
				all.Go(func() {
					_, err := conn.Write(f.begin)
					sent := len(f.begin)
					for err == nil && sent < most {
						var n int
						n, err = conn.Write(f.more)
						sent += n
					}
					if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
						t.Errorf("%s: not cut after %d bytes (%v)", name, sent, err)
					}
				})
			}
		}
		for i := range int64(20) {
			if f := calm.Ask(i+1, "ping", nil); f.Status != "OK" {
				t.Errorf("a ping beside the floods: %s", f.Text)
			}
		}
		all.Wait()
		until(t, "only the calm one", func() bool { return s.Hub.Sockets() == 1 })
	})
}

func TestManyWholeMessagesAreNoFlood(t *testing.T) {
	testkit.Each(t, testkit.Options{Sockets: brisk}, func(t *testing.T, s *testkit.Server) {
		l := s.User("amy").For(t).Dial("")
		l.Event("hello")
		for i := range int64(200) { // whole messages, more than may come in vain
			l.Ask(i+1, "ping", map[string]string{"x": strings.Repeat("x", 2000)})
		}
	})
}

func TestManyReconnectsLoseNothing(t *testing.T) {
	n := 100
	if text := os.Getenv(reconnects); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("%s=%q is no number", reconnects, text)
		}
	}
	testkit.Each(t, offline, func(t *testing.T, s *testkit.Server) {
		const people = 5
		t.Run("at once", func(t *testing.T) {
			for i := range people {
				c := s.User(fmt.Sprint("amy", i))
				t.Run(c.Username, func(t *testing.T) {
					t.Parallel()
					comeBack(t, s, c.For(t), n/people)
				})
			}
		})
		kept(t, s, people)
		if open := s.Hub.Sockets(); open != 0 {
			t.Errorf("%d sockets are open", open)
		}
	})
}

// comeBack breaks a connection and goes on with it n times; what happens meanwhile is heard.
func comeBack(t *testing.T, s *testkit.Server, c *testkit.Client, n int) {
	t.Helper()
	l := c.Dial("")
	id, _ := l.Next().Data["connection_id"].(string)
	for i := range n {
		l.Drop()
		s.Bus.Publish(own(c, "missed"))
		l = resumed(c, id, i+1)
		numbered(t, l, "missed", int64(i+1))
	}
	l.Drop()
}
