package event

import (
	"encoding/json"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
)

// natsServer starts a NATS server in this process; port -1 is any.
func natsServer(t *testing.T, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(s.Shutdown)
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return s
}

// node is a bus that joined, and what it hears.
func node(t *testing.T, url, installation string) (*Shared, <-chan Event) {
	t.Helper()
	b := NewShared(slog.New(slog.DiscardHandler))
	heard := make(chan Event, 100)
	if err := b.Join(url, installation); err != nil {
		t.Fatal(err)
	}
	b.Subscribe(func(e Event) { heard <- e })
	t.Cleanup(b.Leave)
	return b, heard
}

func next(t *testing.T, heard <-chan Event) Event {
	t.Helper()
	select {
	case e := <-heard:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was heard")
	}
	return Event{}
}

func TestEventsReachOtherNodesOfTheInstallation(t *testing.T) {
	t.Parallel()
	s := natsServer(t, -1)
	a, heardA := node(t, s.ClientURL(), "x")
	_, heardB := node(t, s.ClientURL(), "x")
	_, heardC := node(t, s.ClientURL(), "y")
	until := int64(5)
	sent := Event{
		Name: "posted", Data: map[string]any{"post": "{\"a\":1}", "n": 1.5},
		To: Audience{
			ConnectionID: "k", UserID: "u", ChannelID: "c", TeamID: "t", OmitUsers: []string{"o"}, OmitConnectionID: "l", AdminsOnly: true, OthersOnly: true, GuestsOnly: true, NoGuests: true,
			About: "b",
		},
		Stale: Stale{
			Users: []string{"u"}, SessionsOf: []string{"s"}, AllSessions: true, MembershipsOf: []string{"m"}, Lists: true, Gone: true, Roles: true, Config: true, Terms: "t",
			Closed: []string{"k"}, Opened: []string{"o"}, Left: "f", BusyUntil: &until,
		},
		For: map[string]map[string]any{"u": {"mentions": "[]"}},
	}
	a.Publish([]Event{sent, {Name: "second"}})
	if got := <-heardA; got.Name != "posted" {
		t.Errorf("the own node heard %s", got.Name)
	}
	got := next(t, heardB)
	asJSON := func(e Event) string {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if diff := cmp.Diff(asJSON(sent), asJSON(got)); diff != "" {
		t.Errorf("on its way it changed (-sent +heard):\n%s", diff)
	}
	if got := next(t, heardB); got.Name != "second" {
		t.Errorf("heard %s, want the second", got.Name)
	}
	if len(heardA) != 1 || len(heardC) != 0 {
		t.Errorf("the own node hears itself %d times too often, another installation %d", len(heardA)-1, len(heardC))
	}
}

func TestLargeEventsAreTold(t *testing.T) {
	t.Parallel()
	s := natsServer(t, -1)
	a, _ := node(t, s.ClientURL(), "x")
	_, heard := node(t, s.ClientURL(), "x")
	half := string(make([]byte, 120<<10)) // six times as long in JSON
	a.Publish([]Event{
		{Name: "one", Data: map[string]any{"x": half}},
		{Name: "two", Data: map[string]any{"x": half}},
		{Name: "three", Data: map[string]any{"x": half + half}, Stale: Stale{Users: []string{"u"}}},
	})
	for _, want := range []string{"one", "two"} {
		if got := next(t, heard); got.Name != want {
			t.Errorf("heard %s, want %s", got.Name, want)
		}
	}
	if got := next(t, heard); got.Name != "" || len(got.Stale.Users) != 1 {
		t.Errorf("of an event that is too large the other nodes heard %+v", got)
	}
}

func TestNodeThatWasCutOffForgetsEverything(t *testing.T) {
	t.Parallel()
	s := natsServer(t, -1)
	a, heardA := node(t, s.ClientURL(), "x")
	_, heardB := node(t, s.ClientURL(), "x")
	number := s.Addr().(*net.TCPAddr).Port
	s.Shutdown()
	s.WaitForShutdown()
	a.Publish([]Event{{Name: "meanwhile"}})
	if got := next(t, heardA); got.Name != "meanwhile" {
		t.Errorf("the own node heard %+v", got)
	}
	natsServer(t, number)
	for _, heard := range []<-chan Event{heardA, heardB} {
		for !next(t, heard).Stale.Everything {
		}
	}
}

func TestJoinNamesNoCredentials(t *testing.T) {
	t.Parallel()
	err := NewShared(slog.New(slog.DiscardHandler)).Join("nats://user:hunter2@127.0.0.1:1", "x")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("joined nobody with %v", err)
	}
}
