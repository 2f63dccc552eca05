package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit"
)

// searched gives the messages of the posts a search finds, in their order.
func searched(t *testing.T, as *testkit.Client, path string, body map[string]any) string {
	t.Helper()
	r := as.For(t).Post(path, body).Want(http.StatusOK)
	var list model.PostSearchResults
	r.JSON(&list)
	texts := make([]string, len(list.Order))
	for i, id := range list.Order {
		texts[i] = list.Posts[id].Message
	}
	if len(list.Posts) != len(list.Order) {
		t.Errorf("%v finds %d posts and lists %d", body, len(list.Posts), len(list.Order))
	}
	return strings.Join(texts, "|")
}

// on writes a post at a time, which only administrators may.
func (p *place) on(at, message string) {
	p.t.Helper()
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		p.t.Fatal(err)
	}
	p.s.Admin().Post("/posts", map[string]any{"channel_id": p.channel.ID, "message": message, "create_at": when.UnixMilli()}).Want(http.StatusCreated)
}

func TestSearchUnderstandsWhatIsTyped(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob, s.Admin())
		p.on("2024-03-01T23:30:00Z", "dated late")
		p.on("2024-03-05T12:00:00Z", "dated later")
		s.Clock.Advance(time.Second)
		p.say(amy, "a red apple")
		s.Clock.Advance(time.Second)
		p.say(bob, "an apple that is red #Fruit")
		s.Clock.Advance(time.Second)
		p.say(amy, "pear café 東京都 red")
		in := func(terms string, more ...any) map[string]any {
			body := map[string]any{"terms": terms, "is_or_search": false}
			for i := 0; i < len(more); i += 2 {
				body[more[i].(string)] = more[i+1]
			}
			return body
		}
		for _, tc := range []struct {
			body map[string]any
			want string
		}{
			{in("apple"), "an apple that is red #Fruit|a red apple"},
			{in("APPLE red"), "an apple that is red #Fruit|a red apple"},
			{in(`"red apple"`), "a red apple"},
			{in("app*"), "an apple that is red #Fruit|a red apple"},
			{in("app"), ""},
			{in("cafe"), "pear café 東京都 red"},
			{in("東京"), "pear café 東京都 red"},
			{in("#fruit"), "an apple that is red #Fruit"},
			{in("fruit"), "an apple that is red #Fruit"},
			{in("#red"), ""},
			{in("red -apple"), "pear café 東京都 red"},
			{in(`red -"is red"`), "pear café 東京都 red|a red apple"},
			{in("from:bob"), "an apple that is red #Fruit"},
			{in("apple from:@amy"), "a red apple"},
			{in("apple from:amy from:bob"), "an apple that is red #Fruit|a red apple"},
			{in("red -from:amy"), "an apple that is red #Fruit"},
			{in("from:nobody apple"), ""},
			{in("apple -from:nobody"), "an apple that is red #Fruit|a red apple"},
			{in("apple in:town"), "an apple that is red #Fruit|a red apple"},
			{in("apple in:~" + p.channel.ID), "an apple that is red #Fruit|a red apple"},
			{in("apple in:elsewhere"), ""},
			{in("apple -in:town"), ""},
			{in("pear fruit", "is_or_search", true), "pear café 東京都 red|an apple that is red #Fruit"},
			{in("dated on:2024-03-01"), "dated late"},
			{in("dated on:2024-03-02", "time_zone_offset", 3600), "dated late"},
			{in("dated on:2024-03-01", "time_zone_offset", 3600), ""},
			{in("dated before:2024-03-05"), "dated late"},
			{in("dated after:2024-03-01"), "dated later"},
			{in("after:2024-02-01 before:2024-04-01"), "dated later|dated late"},
			{in("dated -on:2024-03-05"), "dated late"},
			{in("dated on:2024-13-05"), ""},
			{in("apple", "per_page", 1), "an apple that is red #Fruit"},
			{in("apple", "per_page", 1, "page", 1), "a red apple"},
			{in("apple", "page", 9), ""},
			{in("?!"), ""},
		} {
			for _, path := range []string{"/posts/search", "/teams/" + p.team.ID + "/posts/search"} {
				if got := searched(t, amy, path, tc.body); got != tc.want {
					t.Errorf("%s %v finds %q, want %q", path, tc.body, got, tc.want)
				}
			}
		}
		if got := amy.Post("/posts/search", in("apple")).Header.Get("Cache-Control"); got != "no-cache, no-store, must-revalidate" {
			t.Errorf("answers are kept: %q", got)
		}
	})
}

func TestSearchFindsOnlyWhatOneMaySee(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true"}}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat, gus := s.User("amy"), s.User("bob"), s.User("cat"), s.WithRoles("gus", "system_guest")
		p := newPlace(t, s, amy, bob)
		p.joinTeam(cat)
		p.joinTeam(gus)
		say := func(channel *model.Channel, c *testkit.Client, text string) {
			s.Clock.Advance(time.Second)
			c.Post("/posts", map[string]string{"channel_id": channel.ID, "message": text}).Want(http.StatusCreated)
		}
		private, guests := p.newChannel(model.ChannelPrivate, "secret", amy), p.newChannel(model.ChannelPrivate, "guests", amy, gus)
		direct := p.newChannel(model.ChannelDirect, model.DirectName(amy.ID, bob.ID), amy, bob)
		group := p.newChannel(model.ChannelGroup, model.GroupName([]string{amy.ID, bob.ID, gus.ID}), amy, bob, gus)
		archived := p.newChannel(model.ChannelOpen, "old", amy, cat)
		other := newPlace(t, s, amy)
		for _, c := range []*model.Channel{p.channel, private, guests, direct, group, archived, other.channel} {
			say(c, amy, "find "+c.Name[:3])
		}
		cut := func(c *model.Channel) string { return "find " + c.Name[:3] }
		s.Admin().Delete("/channels/" + archived.ID).Want(http.StatusOK)
		bob.Delete("/channels/" + p.channel.ID + "/members/" + bob.ID).Want(http.StatusOK)
		here := "/teams/" + p.team.ID + "/posts/search"
		for _, tc := range []struct {
			name, path, terms string
			as                *testkit.Client
			archived          bool
			want              []string
		}{
			{"a member", here, "find", amy, false, []string{cut(group), cut(direct), "find gue", "find sec", "find tow"}},
			{"a member, of all teams", "/posts/search", "find", amy, false, []string{"find tow", cut(group), cut(direct), "find gue", "find sec", "find tow"}},
			{"a member, of archived channels too", here, "find", amy, true, []string{"find old", cut(group), cut(direct), "find gue", "find sec", "find tow"}},
			{"who left", here, "find", bob, false, []string{cut(group), cut(direct)}},
			{"who is in the team only", here, "find", cat, false, nil},
			{"a member of an archived channel", here, "find", cat, true, []string{"find old"}},
			{"a guest", here, "find", gus, false, []string{cut(group), "find gue"}},
			{"an administrator who is in none", here, "find", s.Admin(), true, nil},
			{"who names a channel of others", here, "find in:secret", bob, false, nil},
			{"who leaves a channel out", here, "find -in:secret -in:town", amy, false, []string{cut(group), cut(direct), "find gue"}},
			{"a direct channel by its other member", here, "find in:@bob", amy, false, []string{cut(direct)}},
			{"a group channel by its other members", here, "find in:@bob,gus", amy, false, []string{cut(group)}},
			{"a direct channel that does not exist", here, "find in:@cat", amy, false, nil},
			{"somebody who does not exist", here, "find in:@nobody", amy, false, nil},
		} {
			body := map[string]any{"terms": tc.terms, "is_or_search": false, "include_deleted_channels": tc.archived}
			if got := searched(t, tc.as, tc.path, body); got != strings.Join(tc.want, "|") {
				t.Errorf("%s finds %q, want %q", tc.name, got, strings.Join(tc.want, "|"))
			}
		}
	})
}

func TestSearchFollowsPosts(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob)
		find := func(terms string) string {
			return searched(t, amy, "/posts/search", map[string]any{"terms": terms, "is_or_search": false})
		}
		id := p.say(amy, "apple")
		s.Clock.Advance(time.Second)
		reply := p.answer(bob, id, "plum")
		amy.Put("/posts/"+id+"/patch", `{"message":"pear"}`).Want(http.StatusOK)
		for terms, want := range map[string]string{"apple": "", "pear": "pear", "plum": "plum"} {
			if got := find(terms); got != want {
				t.Errorf("after a change %s finds %q", terms, got)
			}
		}
		amy.Post("/posts/"+reply+"/pin", nil).Want(http.StatusOK)
		if got := find("plum"); got != "plum" {
			t.Errorf("pinned, plum finds %q", got)
		}
		amy.Delete("/posts/" + id).Want(http.StatusOK)
		if got := find("pear") + find("plum") + find("apple"); got != "" {
			t.Errorf("after the end of the thread %q is found", got)
		}
	})
}

func TestWhatIsOlderThanTheSearchIsFoundAfterTheJob(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		p := newPlace(t, s, amy)
		gone := p.say(amy, "apple gone")
		for i := range 3 {
			s.Clock.Advance(time.Second)
			p.say(amy, fmt.Sprint("apple ", i))
		}
		body, kind := form(t, map[string]string{"channel_id": p.channel.ID}, map[string][]byte{"apple.txt": []byte("a")})
		var sent struct {
			FileInfos []model.FileInfo `json:"file_infos"`
		}
		sending(t, amy, kind).Post("/files", body).Want(http.StatusCreated).JSON(&sent)
		amy.Post("/posts", map[string]any{"channel_id": p.channel.ID, "file_ids": []string{sent.FileInfos[0].ID}}).Want(http.StatusCreated)
		db := chgDB(t, s)
		for _, table := range []string{"post_search", "file_search"} {
			if _, err := db.ExecContext(t.Context(), `DELETE FROM `+table); err != nil {
				t.Fatal(err)
			}
		}
		apples := map[string]any{"terms": "apple", "is_or_search": false}
		if got := searched(t, amy, "/posts/search", apples); got != "" {
			t.Errorf("before the job %q is found", got)
		}
		amy.Delete("/posts/" + gone).Want(http.StatusOK)
		for range 2 { // a job may be done again
			if err := s.Talk.IndexTexts(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := searched(t, amy, "/posts/search", apples); got != "apple 2|apple 1|apple 0" {
			t.Errorf("after the job %q is found", got)
		}
		if got := amy.Post("/files/search", apples).Want(http.StatusOK); len(fmt.Sprint(got.Value("order"))) != model.IDLength+2 {
			t.Errorf("files after the job: %s", got.Body)
		}
	})
}

func TestSearchAsksTheDatabaseAsOftenForManyAsForOne(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		p := newPlace(t, s, amy)
		statements := func() int64 {
			return fewest(s, 5, func() {
				amy.Post("/posts/search", map[string]any{"terms": "apple from:amy in:town", "is_or_search": false}).Want(http.StatusOK)
			})
		}
		p.answer(amy, p.say(amy, "apple 0"), "an apple")
		one := statements()
		for i := range 30 {
			p.answer(amy, p.say(amy, fmt.Sprint("apple ", i)), "an answer with an apple")
		}
		if many := statements(); many > one {
			t.Errorf("%d statements for many, %d for one", many, one)
		}
	})
}

func TestSearchRefuses(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, eve := s.User("amy"), s.User("eve")
		p := newPlace(t, s, amy)
		for _, kind := range []string{"posts", "files"} {
			here, all := "/teams/"+p.team.ID+"/"+kind+"/search", "/"+kind+"/search"
			for _, tc := range []struct {
				as         *testkit.Client
				path, body string
				status     int
				fault      string
			}{
				{amy, here, `{"terms":""}`, 400, "api.context.invalid_body_param.app_error"},
				{amy, all, `{"terms":" "}`, 400, "api.context.invalid_body_param.app_error"},
				{amy, all, `{}`, 400, "api.context.invalid_body_param.app_error"},
				{amy, all, `nope`, 400, "api.context.invalid_body_param.app_error"},
				{amy, "/teams/x/" + kind + "/search", `{"terms":"a"}`, 400, "api.context.invalid_url_param.app_error"},
				{eve, here, `{"terms":"a"}`, 403, "api.context.permissions.app_error"},
				{amy, "/teams/" + model.NewID() + "/" + kind + "/search", `{"terms":"a"}`, 403, "api.context.permissions.app_error"},
				{s.Visitor(), all, `{"terms":"a"}`, 401, "api.context.session_expired.app_error"},
			} {
				tc.as.Post(tc.path, tc.body).WantFault(tc.status, tc.fault)
			}
		}
	})
}

func TestFilesAreSearched(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		p := newPlace(t, s, amy, bob)
		p.joinTeam(eve)
		send := func(c *testkit.Client, name string) {
			body, kind := form(t, map[string]string{"channel_id": p.channel.ID}, map[string][]byte{name: []byte(name)})
			var sent struct {
				FileInfos []model.FileInfo `json:"file_infos"`
			}
			sending(t, c, kind).Post("/files", body).Want(http.StatusCreated).JSON(&sent)
			c.Post("/posts", map[string]any{"channel_id": p.channel.ID, "message": "look", "file_ids": []string{sent.FileInfos[0].ID}}).Want(http.StatusCreated)
			s.Clock.Advance(time.Second)
		}
		send(amy, "Größe_2024.txt")
		send(bob, "plan 2024.csv")
		find := func(c *testkit.Client, terms string) string {
			r := c.Post("/teams/"+p.team.ID+"/files/search", map[string]any{"terms": terms, "is_or_search": false}).Want(http.StatusOK)
			var list model.FileInfoList
			r.JSON(&list)
			var names []string
			for _, id := range list.Order {
				names = append(names, list.FileInfos[id].Name)
			}
			return strings.Join(names, "|")
		}
		for terms, want := range map[string]string{
			"2024": "plan 2024.csv|Größe_2024.txt", "grosse": "Größe_2024.txt", "2024 ext:csv": "plan 2024.csv",
			"2024 -ext:csv": "Größe_2024.txt", "from:bob": "plan 2024.csv", "gro*": "Größe_2024.txt", "look": "",
		} {
			if got := find(amy, terms); got != want {
				t.Errorf("%s finds %q, want %q", terms, got, want)
			}
		}
		if got := find(eve, "2024"); got != "" {
			t.Errorf("who is not there finds %q", got)
		}
		body, kind := form(t, map[string]string{"terms": "2024", "is_or_search": "false", "per_page": "1"}, nil)
		if got := sending(t, amy, kind).Post("/files/search", body).Want(http.StatusOK); len(fmt.Sprint(got.Value("order"))) != model.IDLength+2 {
			t.Errorf("a form finds %s", got.Body)
		}
	})
}
