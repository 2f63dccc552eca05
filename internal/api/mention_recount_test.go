package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"muster/internal/store"
	"muster/internal/testkit"
)

// TestMentionsCountedAnewAreThoseThatWere counts what called people when it was written, whatever has changed since.
func TestMentionsCountedAnewAreThoseThatWere(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy"), s.User("bob"), s.User("cat")
		team := s.Team(t, "north", amy, bob, cat)
		channel := s.Channel(t, team.ID, "talk", "O", amy, bob, cat)
		admin := s.Admin().For(t)
		admin.Put("/channels/"+channel+"/moderations/patch", `[{"name":"use_channel_mentions","roles":{"members":false,"guests":false}}]`).Want(http.StatusOK)
		amy.Put("/users/me/status", map[string]string{"user_id": amy.ID, "status": "online"}).Want(http.StatusOK)
		cat.Put("/users/me/status", map[string]string{"user_id": cat.ID, "status": "offline"}).Want(http.StatusOK)
		say := func(c *testkit.Client, root, text string) string {
			return c.Post("/posts", map[string]any{"channel_id": channel, "root_id": root, "message": text}).Want(http.StatusCreated).Text("id")
		}
		counts := func(c *testkit.Client) string {
			m := c.Get("/channels/" + channel + "/members/me").Want(http.StatusOK)
			th := c.Get("/users/me/teams/" + team.ID + "/threads?totalsOnly=true").Want(http.StatusOK)
			return fmt.Sprint(m.Value("mention_count"), m.Value("mention_count_root"), th.Value("total_unread_mentions"))
		}
		for _, c := range []*testkit.Client{amy, cat} { // who were told that they were added
			c.Post("/channels/members/me/view", map[string]any{"channel_id": channel, "collapsed_threads_supported": true}).Want(http.StatusOK)
		}
		s.Clock.Advance(time.Second)
		root := say(bob, "", "root")
		say(bob, root, "@all may not be called by members")
		say(bob, root, "@here neither")
		say(admin, root, "@here @nobody")
		say(admin, "", "@channel")
		gone := say(bob, root, "@amy @cat")
		want := map[*testkit.Client]string{amy: "3 1 2", cat: "2 1 1"}
		compare := func(when string) {
			t.Helper()
			for c, n := range want {
				if got := counts(c); got != n {
					t.Errorf("%s %s has %s mentions, want %s", when, c.Username, got, n)
				}
			}
		}
		compare("at first")
		amy.Put("/users/me/patch", `{"username":"anna"}`).Want(http.StatusOK)
		amy.Put("/users/me/status", map[string]string{"user_id": amy.ID, "status": "offline"}).Want(http.StatusOK)
		cat.Put("/users/me/status", map[string]string{"user_id": cat.ID, "status": "online"}).Want(http.StatusOK)
		recount := func() {
			for c := range want {
				c.Post("/users/me/posts/"+root+"/set_unread", `{"collapsed_threads_supported":true}`).Want(http.StatusOK)
				c.Post("/users/me/teams/"+team.ID+"/threads/"+root+"/set_unread/"+root, nil).Want(http.StatusOK)
			}
		}
		recount()
		compare("counted anew")
		bob.Delete("/posts/" + gone).Want(http.StatusOK)
		want = map[*testkit.Client]string{amy: "3 1 1", cat: "2 1 0"} // the channel's count waits for the next look
		compare("after a deletion")
		recount()
		want = map[*testkit.Client]string{amy: "2 1 1", cat: "1 1 0"}
		compare("counted anew after a deletion")
	})
}

// TestAnswersWrittenTogetherAreHeardOfByTheirAuthors lets answers share a transaction: each is heard of by who answered before.
func TestAnswersWrittenTogetherAreHeardOfByTheirAuthors(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"ServiceSettings":{"CollapsedThreads":"default_off"}}`}, func(t *testing.T, s *testkit.Server) {
		who := make([]*testkit.Client, 6)
		for i := range who {
			who[i] = s.User(fmt.Sprint("user", i))
			chooses(who[i], "comments", "any")
		}
		amy := s.User("amy")
		p := newPlace(t, s, append(who, amy)...)
		root := p.say(amy, "root")
		held, release := make(chan struct{}), make(chan struct{})
		var writing sync.WaitGroup
		writing.Go(func() {
			p.tx(func(tx *store.Tx) error {
				_, err := tx.LockChannel(t.Context(), p.channel.ID)
				close(held)
				<-release
				return err
			})
		})
		<-held
		for _, c := range who {
			writing.Go(func() { p.answer(c, root, "one") })
		}
		close(release)
		writing.Wait()
		var heard int64
		for _, c := range who {
			heard += p.member(p.channel, c).MentionCount
		}
		if want := int64(len(who) * (len(who) - 1) / 2); heard != want {
			t.Errorf("%d answers are heard of, want %d", heard, want)
		}
	})
}

// TestGroupsAreCalledUnlessTheyAreTooLarge bounds how many a call of groups reaches, as it is with calls of everybody.
func TestGroupsAreCalledUnlessTheyAreTooLarge(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"TeamSettings":{"MaxNotificationsPerChannel":2}}`}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat, dan := s.User("amy"), s.User("bob"), s.User("cat"), s.User("dan")
		p := newPlace(t, s, amy, bob, cat, dan)
		group := func(name string, who ...*testkit.Client) {
			ids := make([]string, len(who))
			for i, c := range who {
				ids[i] = c.ID
			}
			s.Admin().For(t).Post("/groups", map[string]any{"name": name, "display_name": name, "source": "custom", "allow_reference": true, "user_ids": ids}).
				Want(http.StatusCreated)
		}
		group("pair", bob, cat)
		group("trio", bob, cat, dan)
		p.say(amy, "@pair")
		p.say(amy, "@trio")
		p.say(amy, "@all")
		for c, want := range map[*testkit.Client]int64{bob: 1, cat: 1, dan: 0} {
			if got := p.member(p.channel, c).MentionCount; got != want {
				t.Errorf("%s has %d mentions, want %d", c.Username, got, want)
			}
		}
	})
}
