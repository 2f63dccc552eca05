package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"muster/internal/event"
	"muster/internal/testkit"
)

// twoNodes are servers that share a database and tell each other what happens.
func twoNodes(t *testing.T) (a, b *testkit.Server) {
	t.Helper()
	n, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	n.Start()
	t.Cleanup(n.Shutdown)
	if !n.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	a = testkit.Start(t, "postgres", testkit.Options{Env: []string{"MM_MUSTERSETTINGS_NATSURL=" + n.ClientURL()}})
	return a, a.Another(t)
}

// TestTwoNodesOnOneDatabase: what happens on one node is seen on the other.
func TestTwoNodesOnOneDatabase(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t)

	amy, bob := a.User("amy").For(t), a.User("bob").For(t)
	there := b.As(t, amy)
	there.Get("/users/me").Want(http.StatusOK)
	l := there.Dial("")
	l.Event("hello")

	a.Bus.Publish([]event.Event{{Name: "news", To: event.Audience{UserID: amy.ID}}})
	if f := l.Event("news"); f.Broadcast["user_id"] != amy.ID {
		t.Errorf("the other node sent %s", f.Text)
	}
	bob.Put("/users/me/patch", map[string]string{"nickname": "Bobby"}).Want(http.StatusOK)
	if f := l.Event("user_updated"); f.Data["user"].(map[string]any)["nickname"] != "Bobby" {
		t.Errorf("the other node sent %s", f.Text)
	}
	ch := channelOf(t, a, bob)
	joinChannel(t, a, ch, amy)
	a.Bus.Publish([]event.Event{{
		Name: "posted", Data: map[string]any{"post": "{}"}, To: event.Audience{ChannelID: ch},
		For: map[string]map[string]any{amy.ID: {"mentions": "[]"}},
	}})
	if f := l.Event("posted"); f.Data["mentions"] != "[]" || f.Data["post"] != "{}" {
		t.Errorf("the other node sent %s", f.Text)
	}

	quiet := a.Channel(t, a.Team(t, "north", amy).ID, "quiet", "O", amy)
	say(there, quiet).Want(http.StatusCreated)
	moderate(a.Admin().For(t), quiet, "create_post", object{"members": false}).Want(http.StatusOK)
	l.Event("channel_scheme_updated")
	say(there, quiet).WantFault(http.StatusForbidden, refusedID)

	start := time.Now()
	amy.Post("/users/logout", nil).Want(http.StatusCreated)
	l.Closed()
	for there.Get("/users/me").StatusCode != http.StatusUnauthorized {
		if time.Since(start) > 5*time.Second {
			t.Fatal("the other node still takes a session that ended")
		}
	}
	t.Logf("refused on the other node after %s", time.Since(start))
}

func TestServerWithoutItsNATSDoesNotStart(t *testing.T) {
	t.Parallel()
	if err := testkit.Fails(t, "MM_MUSTERSETTINGS_NATSURL=nats://127.0.0.1:1"); err == nil {
		t.Error("a node that cannot hear the others started")
	}
}

// TestEveryNodeKnowsThatTheInstallationIsBusy: those that run, and those that start later.
func TestEveryNodeKnowsThatTheInstallationIsBusy(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t)
	amy, root := a.User("amy"), a.Admin().For(t)
	busy := func(s *testkit.Server, want bool) {
		t.Helper()
		until(t, fmt.Sprintf("busy %t", want), func() bool {
			return (s.As(t, amy).Post("/users/search", object{"term": "a"}).StatusCode == http.StatusServiceUnavailable) == want
		})
	}
	root.Post("/server_busy?seconds=60", nil).Want(http.StatusOK)
	busy(a, true)
	busy(b, true)
	busy(a.Another(t), true)
	b.As(t, root).Delete("/server_busy").Want(http.StatusOK)
	busy(a, false)
	busy(b, false)
	busy(a.Another(t), false)
}

// TestClientsHearOnceOfAnotherConfiguration, each from its own node, as that node has it.
func TestClientsHearOnceOfAnotherConfiguration(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t)
	amy := a.User("amy").For(t)
	here, there := amy.Dial(""), b.As(t, amy).Dial("")
	here.Event("hello")
	there.Event("hello")
	a.Admin().For(t).Put("/config/patch", object{"TeamSettings": object{"SiteName": "Changed"}}).Want(http.StatusOK)
	for _, l := range []*testkit.Line{here, there} {
		settings, _ := l.Event("config_changed").Data["config"].(map[string]any)
		if settings["SiteName"] != "Changed" || settings["MaxPostSize"] == nil {
			t.Errorf("the settings are %v", settings)
		}
	}
	a.Bus.Publish([]event.Event{{Name: "last", To: event.Audience{UserID: amy.ID}}})
	b.Bus.Publish([]event.Event{{Name: "last", To: event.Audience{UserID: amy.ID}}})
	for _, l := range []*testkit.Line{here, there} {
		for lasts := 0; lasts < 2; {
			switch f := l.Next(); f.Event {
			case "last":
				lasts++
			case "config_changed":
				t.Errorf("one more %s", f.Text[:60])
			}
		}
	}
}

// TestWhoIsOnTwoNodesStaysOnLine: what one node finds the other knows better, before anybody is told.
func TestWhoIsOnTwoNodesStaysOnLine(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t)
	amy := a.User("amy").For(t)
	here := amy.Dial("")
	becomes(t, here, "online")
	there := b.As(t, amy).Dial("")
	there.Event("hello")
	here.Drop()
	becomes(t, there, "online") // again, because the first node took her off line
	if st := presenceOf(t, b.As(t, amy), amy.ID); st.Status != "online" {
		t.Errorf("she is %+v", st)
	}
	amy.Put("/users/me/status", object{"user_id": amy.ID, "status": "offline"}).Want(http.StatusOK)
	becomes(t, there, "offline") // which she chose
}
