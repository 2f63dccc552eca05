package api_test

import (
	"net/http"
	"testing"
	"time"

	"muster/internal/account"
	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/hub"
	"muster/internal/model"
	"muster/internal/testkit"
)

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); {
		if time.Since(start) > 10*time.Second {
			t.Fatalf("%s does not come true", what)
		}
	}
}

// The channel somebody looks at is told to them and to nobody else.
func TestTheActiveChannelIsOnesOwnBusiness(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy").For(t), s.User("bob").For(t)
		ch, foreign := channelOf(t, s, amy, bob), channelOf(t, s, bob)
		looks := func(channel string) {
			amy.Post("/channels/members/me/view", map[string]string{"channel_id": channel}).Want(http.StatusOK)
		}
		l := amy.Dial("")
		l.Event("hello")
		looks(ch)
		eventually(t, "that amy looks at the channel", func() bool { return presenceOf(t, amy, amy.ID).ActiveChannel == ch })
		if st := presenceOf(t, amy, amy.ID); st.Status != model.StatusOnline {
			t.Errorf("status %+v", st)
		}
		if st := presenceOf(t, bob, amy.ID); st.ActiveChannel != "" {
			t.Errorf("bob learns that amy looks at %s", st.ActiveChannel)
		}
		var list []model.Status
		bob.Post("/users/status/ids", []string{amy.ID}).Want(http.StatusOK).JSON(&list)
		if len(list) != 1 || list[0].ActiveChannel != "" {
			t.Errorf("bob learns %+v", list)
		}
		looks(foreign)
		amy.Put("/users/me/status", map[string]string{"user_id": amy.ID, "status": "dnd"}).Want(http.StatusOK)
		if st := presenceOf(t, amy, amy.ID); st.ActiveChannel != ch || st.Status != "dnd" {
			t.Errorf("after a channel of others: %+v", st)
		}
		looks("")
		eventually(t, "that amy looks at nothing", func() bool { return presenceOf(t, amy, amy.ID).ActiveChannel == "" })
		looks(ch)
		eventually(t, "that amy looks at it again", func() bool { return presenceOf(t, amy, amy.ID).ActiveChannel == ch })
		_ = l.Conn.CloseNow() // the server sees it
		eventually(t, "that amy is gone", func() bool { return presenceOf(t, amy, amy.ID).ActiveChannel == "" })
	})
}

// What a node that died left behind is put right by the next one, and whoever is on a node
// that lives is there again at once.
func TestNobodyStaysPresentWhenANodeDied(t *testing.T) {
	patient := hub.Limits{PingEvery: 2 * time.Hour, Silence: 3 * time.Hour} // an hour passes while a socket is open
	testkit.Each(t, testkit.Options{Sockets: patient}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy").For(t), s.User("bob").For(t), s.User("cat").For(t)
		is := func(c *testkit.Client, status string) {
			t.Helper()
			eventually(t, c.Username+" is "+status, func() bool { return presenceOf(t, cat, c.ID).Status == status })
		}
		ch := channelOf(t, s, amy)
		amy.Post("/channels/members/me/view", map[string]string{"channel_id": ch}).Want(http.StatusOK) // without a socket
		bob.Put("/users/me/status", map[string]string{"user_id": bob.ID, "status": "away"}).Want(http.StatusOK)
		cat.Dial("").Event("hello")
		is(amy, model.StatusOnline)
		is(cat, model.StatusOnline)
		next := account.New(account.Options{
			DB: s.DB, Bus: s.Bus, Now: s.Clock.Now, Log: testkit.Logger(t),
			Config: func() *config.Config { return &s.Live.Current().Config },
		})
		ctx := t.Context()
		if err := next.EnterNodes(ctx, false); err != nil {
			t.Fatal(err)
		}
		is(amy, model.StatusOnline) // the first node is a living one
		if err := next.EnterNodes(ctx, true); err != nil {
			t.Fatal(err)
		}
		if st := presenceOf(t, cat, amy.ID); st.Status != model.StatusOffline {
			t.Errorf("amy is %+v", st)
		}
		if st := presenceOf(t, cat, bob.ID); st.Status != model.StatusAway || !st.Manual {
			t.Errorf("bob's choice became %+v", st)
		}
		is(cat, model.StatusOnline)

		if err := s.Accounts.FollowNodes(ctx); err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(time.Hour)
		if err := next.FollowNodes(ctx); err != nil { // which finds that the other is silent
			t.Fatal(err)
		}
		is(cat, model.StatusOnline)
		if err := next.Close(ctx); err != nil {
			t.Error(err)
		}
	})
}

// Members of an archived channel hear nothing of it any more, until it is restored.
func TestArchivedChannelsHaveNoAudience(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, root := s.User("amy").For(t), s.Admin().For(t)
		team := s.Team(t, "north", amy)
		ch := s.Channel(t, team.ID, "secret", "P", amy)
		l := amy.Dial("")
		l.Event("hello")
		news := func() { publish(s, event.Event{Name: "news", To: event.Audience{ChannelID: ch}}) }
		news()
		wantNames(t, "amy", l, "news")
		root.Delete("/channels/" + ch).Want(http.StatusOK)
		news()
		wantNames(t, "amy, whose channel was archived,", l, "posted channel_deleted")
		late := amy.Dial("")
		late.Event("hello")
		news()
		wantNames(t, "amy on another socket", late, "")
		root.Post("/channels/"+ch+"/restore", nil).Want(http.StatusOK)
		news()
		wantNames(t, "amy, whose channel is back,", late, "channel_restored posted news")
	})
}
