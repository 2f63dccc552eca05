package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"muster/internal/testkit"
)

// chooses stores how somebody is notified.
func chooses(c *testkit.Client, key, value string) {
	c.Put("/users/me/patch", map[string]any{"notify_props": map[string]string{key: value}}).Want(http.StatusOK)
}

// in gives the mentions of somebody in the channel, and those that are unread in its threads.
func (p *place) in(c *testkit.Client) string {
	r := c.Get(p.threads(c) + "?totalsOnly=true").Want(http.StatusOK)
	return fmt.Sprint(p.member(p.channel, c).MentionCount, r.Value("total_unread_mentions"))
}

func TestRepliesMentionWhoWantsToHearOfThem(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"ServiceSettings":{"CollapsedThreads":"default_off"}}`}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat, dan := s.User("amy"), s.User("bob"), s.User("cat"), s.User("dan")
		p := newPlace(t, s, amy, bob, cat, dan)
		chooses(amy, "comments", "root")
		chooses(bob, "comments", "any")
		chooses(cat, "comments", "any")
		cat.Put("/users/me/preferences", []map[string]string{{"user_id": cat.ID, "category": "display_settings", "name": "collapsed_reply_threads", "value": "on"}}).
			Want(http.StatusOK)
		root := p.say(amy, "root")
		p.answer(bob, root, "one")
		p.answer(cat, root, "two")
		p.answer(dan, root, "three @bob")
		p.answer(dan, root, "four")
		for c, want := range map[*testkit.Client]string{
			amy: "4 0", // each reply, and none of them in the thread
			bob: "3 1", // by name in the thread
			cat: "0 0", // sees threads as such
			dan: "0 0",
		} {
			if got := p.in(c); got != want {
				t.Errorf("%s has %s mentions, want %s", c.Username, got, want)
			}
		}
		amy.Post("/users/me/posts/"+root+"/set_unread", map[string]bool{}).Want(http.StatusOK)
		if got := p.in(amy); got != "4 0" {
			t.Errorf("counted anew there are %s", got)
		}
	})
}

func TestWhoIsCalledIntoAChannelFindsTheThreadUnread(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy"), s.User("bob"), s.User("cat")
		team := s.Team(t, "north", amy, bob, cat)
		channel := s.Channel(t, team.ID, "talk", "O", amy)
		say := func(root, text string) string {
			return amy.Post("/posts", map[string]string{"channel_id": channel, "root_id": root, "message": text}).Want(http.StatusCreated).Text("id")
		}
		root := say("", "root")
		other := say("", "without replies")
		say(root, "hello @bob")
		say(root, "hello")
		add := func(userID, rootID string) *testkit.Response {
			return amy.Post("/channels/"+channel+"/members", map[string]string{"user_id": userID, "post_root_id": rootID})
		}
		add(cat.ID, s.Admin().ID).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		bob.Post("/channels/"+channel+"/members", map[string]string{"user_id": cat.ID, "post_root_id": root}).
			WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		s.Events.Take()
		add(bob.ID, root).Want(http.StatusCreated)
		told := onlyThreads(t, s)
		if len(told) != 1 || told[0].Name != "thread_updated" || told[0].To.UserID != bob.ID {
			t.Errorf("told %v", told)
		}
		th := bob.Get("/users/me/teams/" + team.ID + "/threads/" + root).Want(http.StatusOK)
		viewed, created := th.Value("last_viewed_at"), th.Value("post").(map[string]any)["create_at"]
		if got := fmt.Sprint(th.Value("unread_replies"), th.Value("unread_mentions")); got != "2 1" || viewed.(float64) != created.(float64)-1 {
			t.Errorf("the thread is %s", th.Body)
		}
		add(cat.ID, other).Want(http.StatusCreated)
		cat.Get("/users/me/teams/"+team.ID+"/threads/"+other).WantFault(http.StatusNotFound, "app.user.get_threads_for_user.not_found")
	})
}
