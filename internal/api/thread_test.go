package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/testkit"
)

// threads is the path of somebody's threads in the team.
func (p *place) threads(c *testkit.Client) string {
	return "/users/" + c.ID + "/teams/" + p.team.ID + "/threads"
}

// totals are total, unread threads and unread mentions of an answer.
func totals(r *testkit.Response) string {
	return fmt.Sprint(r.Value("total"), r.Value("total_unread_threads"), r.Value("total_unread_mentions"))
}

// listed gives the ids of the threads of an answer.
func listed(r *testkit.Response) string {
	var v struct{ Threads []struct{ ID string } }
	r.JSON(&v)
	ids := make([]string, len(v.Threads))
	for i, t := range v.Threads {
		ids[i] = t.ID
	}
	return strings.Join(ids, " ")
}

// onlyThreads gives the thread events among those announced, each with its receiver and payload.
func onlyThreads(t *testing.T, s *testkit.Server) (out []event.Event) {
	t.Helper()
	for _, e := range s.Events.Take() {
		if strings.HasPrefix(e.Name, "thread_") {
			out = append(out, e)
		}
	}
	return out
}

func payload(t *testing.T, e event.Event) map[string]any {
	t.Helper()
	text, err := json.Marshal(e.Data)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestThreadIsFollowedByWhoIsConcerned(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy"), s.User("bob"), s.User("cat")
		p := newPlace(t, s, amy, bob, cat)
		root := p.say(amy, "root for @cat.")
		r := amy.Get(p.threads(amy)).Want(http.StatusOK)
		if totals(r) != "0 0 0" || listed(r) != "" {
			t.Errorf("a root without replies is %s", r.Body)
		}
		amy.Get(p.threads(amy)+"/"+root).WantFault(http.StatusNotFound, "app.user.get_thread_membership_for_user.not_found")
		s.Events.Take()
		p.answer(bob, root, "hi")
		told := map[string]map[string]any{}
		for _, e := range onlyThreads(t, s) {
			told[e.To.UserID] = payload(t, e)
		}
		if len(told) != 3 || told[amy.ID]["previous_unread_replies"] != 0.0 {
			t.Errorf("told %v", told)
		}
		var seen model.ThreadView
		if err := json.Unmarshal([]byte(told[cat.ID]["thread"].(string)), &seen); err != nil || seen.UnreadReplies != 1 || seen.Post.ID != root ||
			!strings.Contains(string(seen.Participants), `"username":"bob"`) {
			t.Errorf("cat was told %v, %v", told[cat.ID], err)
		}
		for c, want := range map[*testkit.Client]string{amy: "1 1 0", bob: "1 0 0", cat: "1 1 0"} {
			if got := totals(c.Get(p.threads(c)).Want(http.StatusOK)); got != want {
				t.Errorf("%s has %s, want %s", c.Username, got, want)
			}
		}
		if got := fmt.Sprint(amy.Get(p.threads(amy) + "/mention_counts").Want(http.StatusOK).Value(p.channel.ID)); got != "<nil>" {
			t.Errorf("counted %s mentions", got)
		}
		cat.Delete(p.threads(cat) + "/" + root + "/following").Want(http.StatusOK)
		cat.Get(p.threads(cat)+"/"+root).WantFault(http.StatusNotFound, "app.user.get_threads_for_user.not_found")
		p.answer(bob, root, "again")
		if got := totals(cat.Get(p.threads(cat))); got != "0 0 0" {
			t.Errorf("who stopped following has %s", got)
		}
		p.answer(cat, root, "back")
		if got := totals(cat.Get(p.threads(cat))); got != "1 0 0" {
			t.Errorf("who writes has %s", got)
		}
		one := amy.Get(p.threads(amy) + "/" + root + "?extended=true").Want(http.StatusOK)
		if got := fmt.Sprint(one.Value("reply_count"), one.Value("unread_replies"), one.Value("last_viewed_at")); got != "3 3 0" {
			t.Errorf("the thread is %s", one.Body)
		}
		if got := amy.Get(p.threads(amy) + "/" + root); strings.Contains(string(got.Body), "bob") || !strings.Contains(string(got.Body), bob.ID) {
			t.Errorf("participants are %s", got.Body)
		}
	})
}

func TestThreadIsReadAndUnread(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob)
		root := p.say(amy, "root")
		first := p.answer(bob, root, "hi @amy")
		s.Events.Take()
		of := p.threads(amy) + "/" + root
		read := amy.Put(of+"/read/99999999999999", nil).Want(http.StatusOK)
		if got := fmt.Sprint(read.Value("unread_replies"), read.Value("unread_mentions")); got != "0 0" {
			t.Errorf("read, and is %s", read.Body)
		}
		e := onlyThreads(t, s)
		if len(e) != 1 || e[0].To.UserID != amy.ID || e[0].To.TeamID != p.team.ID || payload(t, e[0])["previous_unread_replies"] != 1.0 {
			t.Errorf("told %v", e)
		}
		r := amy.Post(of+"/set_unread/"+first, nil).Want(http.StatusOK)
		if got := fmt.Sprint(r.Value("unread_replies"), r.Value("unread_mentions")); got != "1 1" {
			t.Errorf("unread again, and is %s", r.Body)
		}
		e = onlyThreads(t, s)
		if len(e) != 2 || e[0].Name != "thread_follow_changed" || payload(t, e[0])["reply_count"] != 1.0 || payload(t, e[1])["channel_id"] != p.channel.ID {
			t.Errorf("told %v", e)
		}
		if got := totals(amy.Get(p.threads(amy) + "?unread=true&totalsOnly=true")); got != "1 1 1" {
			t.Errorf("totals are %s", got)
		}
		amy.Put(p.threads(amy)+"/read", nil).Want(http.StatusOK)
		if e := onlyThreads(t, s); len(e) != 1 || len(payload(t, e[0])) != 0 {
			t.Errorf("told %v", e)
		}
		if got := totals(amy.Get(p.threads(amy) + "?totalsOnly=true")); got != "1 0 0" {
			t.Errorf("totals are %s", got)
		}
	})
}

func TestThreadChangesNothingWhenRefused(t *testing.T) {
	const noPermission, unknown = "api.context.permissions.app_error", "zzzzzzzzzzzzzzzzzzzzzzzzzz"
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		p := newPlace(t, s, amy, bob)
		private := p.newChannel(model.ChannelPrivate, "private", bob)
		root := p.say(amy, "root")
		lone, other := p.say(amy, "no reply"), p.say(amy, "other")
		p.answer(bob, root, "hi")
		answer := p.answer(bob, other, "hi")
		hidden := bob.Post("/posts", map[string]string{"channel_id": private.ID, "message": "x"}).Want(http.StatusCreated).Text("id")
		s.Events.Take()
		mine := p.threads(amy)
		for _, tc := range []struct {
			as     *testkit.Client
			method string
			path   string
			status int
			id     string
		}{
			{s.Visitor(), "GET", mine, 401, "api.context.session_expired.app_error"},
			{bob, "GET", mine, 403, noPermission},
			{eve, "GET", p.threads(eve), 403, noPermission},
			{amy, "GET", "/users/bad/teams/" + p.team.ID + "/threads", 400, "api.context.invalid_url_param.app_error"},
			{amy, "GET", "/users/me/teams/bad/threads", 400, "api.context.invalid_url_param.app_error"},
			{amy, "GET", "/users/me/teams/no-id/threads", 404, "api.context.404.app_error"},
			{amy, "GET", mine + "?before=a&after=b", 400, "api.getThreadsForUser.bad_params"},
			{amy, "GET", mine + "?totalsOnly=true&threadsOnly=true", 400, "api.getThreadsForUser.bad_only_params"},
			{amy, "GET", mine + "?since=x", 400, "api.context.invalid_body_param.app_error"},
			{amy, "GET", mine + "?since=-5", 400, "api.context.invalid_body_param.app_error"},
			{s.Visitor(), "GET", mine + "/mention_counts", 401, "api.context.session_expired.app_error"},
			{bob, "GET", mine + "/mention_counts", 403, noPermission},
			{amy, "GET", "/users/me/teams/bad/threads/mention_counts", 400, "api.context.invalid_url_param.app_error"},
			{amy, "GET", "/users/me/teams/no-id/threads/mention_counts", 404, "api.context.404.app_error"},
			{s.Visitor(), "PUT", mine + "/read", 401, "api.context.session_expired.app_error"},
			{bob, "PUT", mine + "/read", 403, noPermission},
			{eve, "PUT", p.threads(eve) + "/read", 403, noPermission},
			{amy, "PUT", "/users/me/teams/bad/threads/read", 400, "api.context.invalid_url_param.app_error"},
			{amy, "PUT", "/users/me/teams/no-id/threads/read", 404, "api.context.404.app_error"},
			{s.Visitor(), "GET", mine + "/" + root, 401, "api.context.session_expired.app_error"},
			{amy, "GET", mine + "/" + unknown, 403, noPermission},
			{amy, "GET", mine + "/" + hidden, 403, noPermission},
			{amy, "GET", mine + "/short", 400, "api.context.invalid_url_param.app_error"},
			{amy, "GET", mine + "/" + lone, 404, "app.user.get_thread_membership_for_user.not_found"},
			{s.Visitor(), "PUT", mine + "/" + root + "/read/1", 401, "api.context.session_expired.app_error"},
			{bob, "PUT", mine + "/" + root + "/read/1", 403, noPermission},
			{amy, "PUT", mine + "/short/read/1", 400, "api.context.invalid_url_param.app_error"},
			{amy, "PUT", mine + "/" + root + "/read/99999999999999999999", 400, "api.context.invalid_url_param.app_error"},
			{amy, "PUT", mine + "/" + root + "/read/now", 404, "api.context.404.app_error"},
			{amy, "PUT", mine + "/" + lone + "/read/1", 404, "app.user.get_thread_membership_for_user.not_found"},
			{s.Visitor(), "POST", mine + "/" + root + "/set_unread/" + root, 401, "api.context.session_expired.app_error"},
			{bob, "POST", mine + "/" + root + "/set_unread/" + root, 403, noPermission},
			{amy, "POST", mine + "/" + root + "/set_unread/bad", 400, "api.context.invalid_url_param.app_error"},
			{amy, "POST", mine + "/" + root + "/set_unread/" + answer, 400, "app.user.update_thread_read_for_user_by_post.app_error"},
			{amy, "POST", mine + "/" + root + "/set_unread/" + unknown, 404, "app.post.get.app_error"},
			{amy, "POST", mine + "/" + lone + "/set_unread/" + lone, 404, "app.user.get_threads_for_user.not_found"},
			{s.Visitor(), "PUT", mine + "/" + root + "/following", 401, "api.context.session_expired.app_error"},
			{amy, "PUT", mine + "/" + hidden + "/following", 403, noPermission},
			{amy, "PUT", mine + "/" + unknown + "/following", 403, noPermission},
			{amy, "PUT", mine + "/short/following", 400, "api.context.invalid_url_param.app_error"},
			{amy, "PUT", mine + "/no-id/following", 404, "api.context.404.app_error"},
			{s.Visitor(), "DELETE", mine + "/" + root + "/following", 401, "api.context.session_expired.app_error"},
			{bob, "DELETE", mine + "/" + root + "/following", 403, noPermission},
			{amy, "DELETE", mine + "/short/following", 400, "api.context.invalid_url_param.app_error"},
			{amy, "DELETE", mine + "/no-id/following", 404, "api.context.404.app_error"},
		} {
			before := string(amy.Get(mine).Body)
			tc.as.Do(tc.method, tc.path, nil).WantFault(tc.status, tc.id)
			if after := string(amy.Get(mine).Body); after != before {
				t.Errorf("%s %s changed %s into %s", tc.method, tc.path, before, after)
			}
		}
		s.Events.Want(t, "")
	})
}

func TestThreadsArePagedAndCountedWithTheSameStatements(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob)
		direct := p.newChannel(model.ChannelDirect, amy.ID+"__"+bob.ID, amy, bob)
		team := p.channel
		var roots []string
		for i := range 12 {
			p.channel = team
			if i == 5 {
				p.channel = direct
			}
			roots = append(roots, p.say(amy, "root"))
			p.answer(bob, roots[i], "hi")
		}
		mine := p.threads(amy)
		count := func(path string) int64 {
			return fewest(s, 5, func() { amy.Get(path).Want(http.StatusOK) })
		}
		if few, many := count(mine+"?per_page=1&extended=true"), count(mine+"?per_page=12&extended=true"); few != many || many > 8 {
			t.Errorf("%d statements for one thread, %d for twelve", few, many)
		}
		for query, want := range map[string]string{
			"?per_page=2":                     roots[11] + " " + roots[10],
			"?per_page=2&before=" + roots[10]: roots[9] + " " + roots[8],
			"?per_page=2&after=" + roots[1]:   roots[2] + " " + roots[3],
			"?before=xyz":                     "",
			"?per_page=1&page=3":              roots[11],
			"?excludeDirect=true&per_page=2&before=" + roots[7]: roots[6] + " " + roots[4],
		} {
			if got := listed(amy.Get(mine + query).Want(http.StatusOK)); got != want {
				t.Errorf("%s lists %s, want %s", query, got, want)
			}
		}
		if r := amy.Get(mine + "?totalsOnly=true"); !strings.HasPrefix(totals(r), "12 12 ") || listed(r) != "" {
			t.Errorf("totals are %s", r.Body)
		}
		if r := amy.Get(mine + "?threadsOnly=true&per_page=0"); totals(r) != "0 0 0" || len(strings.Fields(listed(r))) != 12 {
			t.Errorf("threads are %s", r.Body)
		}
		replies := func() int64 {
			p.channel = team
			return fewest(s, 5, func() { p.answer(bob, roots[0], "more") })
		}
		few := replies()
		for i := range 6 {
			c := s.User(fmt.Sprint("fan", i))
			p.joinTeam(c)
			p.join(team, c)
			c.Put(p.threads(c)+"/"+roots[0]+"/following", nil).Want(http.StatusOK)
		}
		if many := replies(); many != few {
			t.Errorf("%d statements for a reply with two followers, %d with eight", few, many)
		}
	})
}

func TestThreadOfDeletedPosts(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob)
		root := p.say(amy, "root")
		one, two := p.answer(bob, root, "one"), p.answer(bob, root, "two")
		bob.Delete("/posts/" + two).Want(http.StatusOK)
		of := p.threads(amy) + "/" + root
		if r := amy.Get(of); fmt.Sprint(r.Value("reply_count"), r.Value("unread_replies")) != "1 1" {
			t.Errorf("after the deletion of a reply: %s", r.Body)
		}
		bob.Delete("/posts/" + one).Want(http.StatusOK)
		if r := amy.Get(of); fmt.Sprint(r.Value("reply_count"), r.Value("last_reply_at"), len(r.Value("participants").([]any))) != "0 0 0" {
			t.Errorf("after the deletion of all replies: %s", r.Body)
		}
		p.answer(bob, root, "three")
		amy.Delete("/posts/" + root).Want(http.StatusOK)
		if r := amy.Get(p.threads(amy)); totals(r) != "0 0 0" || listed(r) != "" {
			t.Errorf("after the deletion of the root: %s", r.Body)
		}
		if r := amy.Get(p.threads(amy) + "?deleted=true"); totals(r) != "1 1 0" || listed(r) != root || !strings.Contains(string(r.Body), `"unread_replies":3`) {
			t.Errorf("with deleted ones: %s", r.Body)
		}
		amy.Put(of+"/following", nil).Want(http.StatusOK)
		amy.Put(of+"/read/1", nil).WantFault(http.StatusNotFound, "app.post.get.app_error")
	})
}
