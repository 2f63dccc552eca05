package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"muster/internal/event"
	"muster/internal/testkit"
)

// TestTwoNodesOnOneDatabase: what happens on one node is seen on the other.
func TestTwoNodesOnOneDatabase(t *testing.T) {
	t.Parallel()
	n, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	n.Start()
	t.Cleanup(n.Shutdown)
	if !n.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	a := testkit.Start(t, "postgres", testkit.Options{Env: []string{"MM_MUSTERSETTINGS_NATSURL=" + n.ClientURL()}})
	b := a.Another(t)

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
	a.Bus.Publish([]event.Event{{Name: "posted", Data: map[string]any{"post": "{}"}, To: event.Audience{ChannelID: ch},
		For: map[string]map[string]any{amy.ID: {"mentions": "[]"}}}})
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
