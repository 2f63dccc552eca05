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

// upload sends a file to a channel and gives its id.
func upload(t *testing.T, c *testkit.Client, channelID, name string, content []byte) string {
	t.Helper()
	body, kind := form(t, map[string]string{"channel_id": channelID}, map[string][]byte{name: content})
	var sent struct {
		FileInfos []model.FileInfo `json:"file_infos"`
	}
	sending(t, c, kind).Post("/files", body).Want(http.StatusCreated).JSON(&sent)
	return sent.FileInfos[0].ID
}

func TestPostTellsOfItsFilesAndExchangesThem(t *testing.T) {
	o := testkit.Options{Config: `{"ServiceSettings":{"PostEditTimeLimit":60}}`}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		text, picture := upload(t, amy, team.Town, "a.txt", []byte("a")), upload(t, amy, team.Town, "b.png", pngOf(t, 4, 4))
		more, foreign := upload(t, amy, team.Town, "c.txt", []byte("c")), upload(t, bob, team.Town, "d.txt", []byte("d"))
		s.Events.Take()
		post := amy.Post("/posts", map[string]any{"channel_id": team.Town, "message": "see", "file_ids": []string{text, picture}}).Want(http.StatusCreated).Text("id")
		if e := s.Events.Named("posted")[0]; e.Data["otherFile"] != "true" || e.Data["image"] != "true" {
			t.Errorf("told %v", e.Data)
		}
		amy.Post("/posts", map[string]any{"channel_id": team.Town, "message": "bare"}).Want(http.StatusCreated)
		if e := s.Events.Named("posted")[0]; e.Data["otherFile"] != nil || e.Data["image"] != nil {
			t.Errorf("told %v of a post without files", e.Data)
		}
		files := func(want ...string) {
			t.Helper()
			var v struct {
				FileIDs  []string `json:"file_ids"`
				Metadata struct{ Files []model.FileInfo }
			}
			bob.Get("/posts/" + post).Want(http.StatusOK).JSON(&v)
			shown := map[string]bool{}
			for _, f := range v.Metadata.Files {
				shown[f.ID] = true
			}
			for _, id := range want {
				if !shown[id] {
					t.Errorf("%s is not shown", id)
				}
			}
			if fmt.Sprint(v.FileIDs) != fmt.Sprint(want) || len(shown) != len(want) {
				t.Errorf("files are %v, of which %d are shown, want %v", v.FileIDs, len(shown), want)
			}
			if n := bob.Get("/channels/" + team.Town + "/stats").Value("files_count"); n != float64(len(want)) {
				t.Errorf("the channel counts %v files, want %d", n, len(want))
			}
		}
		patch := func(c *testkit.Client, body any) *testkit.Response { return c.Put("/posts/"+post+"/patch", body) }
		patch(amy, `{"message":"see","file_ids":null}`).Want(http.StatusOK)
		files(text, picture)
		s.Clock.Advance(time.Second)
		r := patch(amy, map[string]any{"file_ids": []string{picture, more, foreign, more}}).Want(http.StatusOK)
		if r.Value("edit_at") == 0.0 {
			t.Errorf("not edited: %s", r.Body)
		}
		files(picture, more)
		bob.Get("/files/"+text).WantFault(http.StatusNotFound, "app.file_info.get.app_error")
		patch(bob, `{"file_ids":[]}`).WantFault(http.StatusForbidden, refused)
		patch(amy, map[string]any{"file_ids": strings.Split(strings.Repeat(picture+",", 11)+more, ",")}).Want(http.StatusOK)
		many := make([]string, 12)
		for i := range many {
			many[i] = model.NewID()
		}
		patch(amy, map[string]any{"file_ids": many}).WantFault(http.StatusBadRequest, "model.post.is_valid.file_ids.app_error")
		files(picture, more)
		s.Clock.Advance(2 * time.Minute)
		patch(amy, `{"file_ids":[]}`).WantFault(http.StatusBadRequest, "api.post.update_post.permissions_time_limit.app_error")
		files(picture, more)
	})
}

func TestServedFilesRunNothing(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_FILESETTINGS_ENABLEPUBLICLINK=true"}}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		team := s.Team(t, "north", amy)
		for name, inline := range map[string]bool{
			"x.html": false, "x.svg": false, "x.xml": false, "x.js": false, "x": false, "x.txt": true, "x.pdf": true,
			"../../e\"vil\r\nX-A: b.txt": true,
		} {
			id := upload(t, amy, team.Town, name, []byte("<script>alert(1)</script>"))
			amy.Post("/posts", map[string]any{"channel_id": team.Town, "file_ids": []string{id}}).Want(http.StatusCreated)
			link := amy.Get("/files/" + id + "/link").Want(http.StatusOK).Text("link")
			_, path, _ := strings.Cut(link, "/files/")
			public, err := http.Get(s.URL + "/files/" + path)
			if err != nil {
				t.Fatal(err)
			}
			_ = public.Body.Close()
			for _, h := range []http.Header{amy.Get("/files/" + id).Want(http.StatusOK).Header, public.Header, amy.Do(http.MethodHead, "/files/"+id, nil).Want(http.StatusOK).Header} {
				if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") ||
					!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || strings.HasPrefix(h.Get("Content-Disposition"), "inline") != inline {
					t.Errorf("%q is sent as %v", name, h)
				}
				if h.Get("X-A") != "" || strings.Contains(h.Get("Content-Disposition"), "..") {
					t.Errorf("%q got into the headers: %v", name, h)
				}
			}
		}
	})
}

func TestOnlyTheServerSaysWhoWrote(t *testing.T) {
	o := testkit.Options{Config: `{"ServiceSettings":{"EnableBotAccountCreation":true,"EnableUserAccessTokens":true}}`}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		p := newPlace(t, s, amy)
		claims := map[string]any{"from_webhook": "true", "from_plugin": "true", "from_bot": "true", "from_oauth_app": "true", "deleteBy": "x", "a": 1}
		r := amy.Post("/posts", map[string]any{"channel_id": p.channel.ID, "message": "hi", "props": claims}).Want(http.StatusCreated)
		if got := fmt.Sprint(r.Value("props")); got != "map[a:1]" {
			t.Errorf("written with %s", got)
		}
		admin := s.Admin().For(t)
		bot := admin.Post("/bots", map[string]string{"username": "robo"}).Want(http.StatusCreated).Text("user_id")
		robo := s.Visitor()
		robo.Token = admin.Post("/users/"+bot+"/tokens", `{"description":"x"}`).Want(http.StatusCreated).Text("token")
		robo.ID, robo.Username = bot, "robo"
		p.joinTeam(robo)
		p.join(p.channel, robo)
		said := robo.Post("/posts", map[string]any{"channel_id": p.channel.ID, "message": "hi", "props": claims}).Want(http.StatusCreated)
		if got := fmt.Sprint(said.Value("props")); got != "map[a:1 from_bot:true from_webhook:true]" {
			t.Errorf("a bot wrote with %s", got)
		}
		r = amy.Put("/posts/"+r.Text("id")+"/patch", map[string]any{"props": claims}).Want(http.StatusOK)
		if got := fmt.Sprint(r.Value("props")); got != "map[a:1]" {
			t.Errorf("changed to %s", got)
		}
	})
}

func TestCardsAreShownAndDeletedOnesAreNot(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		p := newPlace(t, s, amy, bob)
		write := func(props any) *testkit.Response {
			return amy.Post("/posts", map[string]any{"channel_id": p.channel.ID, "message": "hi #secret", "props": props}).Want(http.StatusCreated)
		}
		for _, props := range []any{map[string]any{}, map[string]any{"attachments": []any{}}, map[string]any{"attachments": "x"}, map[string]any{"a": "attachments"}} {
			if r := write(props); r.Value("metadata.embeds") != nil {
				t.Errorf("%v shows %s", props, r.Body)
			}
		}
		before := s.Clock.Now().UnixMilli()
		s.Clock.Advance(time.Second)
		r := write(map[string]any{"attachments": []any{map[string]string{"text": "hidden card"}}})
		id := r.Text("id")
		for _, r := range []*testkit.Response{r, bob.Get("/posts/" + id)} {
			if got := fmt.Sprint(r.Value("metadata.embeds")); got != "[map[type:message_attachment]]" {
				t.Errorf("cards are shown as %s", got)
			}
		}
		amy.Put("/posts/"+id+"/patch", `{"message":"other #secret"}`).Want(http.StatusOK)
		amy.Get("/posts/" + id + "/edit_history").Want(http.StatusOK)
		amy.Delete("/posts/" + id).Want(http.StatusOK)
		amy.Get("/posts/"+id+"/edit_history").WantFault(http.StatusNotFound, "app.post.get.app_error")
		changed := bob.Get(fmt.Sprintf("/channels/%s/posts?since=%d", p.channel.ID, before)).Want(http.StatusOK)
		if body := string(changed.Body); !strings.Contains(body, id) || !strings.Contains(body, `"deleteBy":"`+amy.ID) ||
			strings.Contains(body, "hidden card") || strings.Contains(body, "secret") || strings.Contains(body, "message_attachment") {
			t.Errorf("of what was deleted is told %s", body)
		}
	})
}

func TestThreadsOfAChannelThatWasClosedAreHidden(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, eve := s.User("amy"), s.User("eve")
		team := s.Team(t, "north", amy, eve)
		channel := s.Channel(t, team.ID, "talk", "O", amy)
		say := func(root, text string) string {
			return amy.Post("/posts", map[string]string{"channel_id": channel, "root_id": root, "message": text}).Want(http.StatusCreated).Text("id")
		}
		root := say("", "plan")
		say(root, "one")
		threads := "/users/me/teams/" + team.ID + "/threads"
		eve.Put(threads+"/"+root+"/following", nil).Want(http.StatusOK)
		if got := listed(eve.Get(threads).Want(http.StatusOK)); got != root {
			t.Errorf("an open channel shows %q", got)
		}
		s.Admin().For(t).Put("/channels/"+channel+"/privacy", `{"privacy":"P"}`).Want(http.StatusOK)
		say(root, "two")
		for _, query := range []string{"", "?extended=true", "?unread=true", "?threadsOnly=true"} {
			if r := eve.Get(threads + query).Want(http.StatusOK); listed(r) != "" || totals(r) != "0 0 0" || strings.Contains(string(r.Body), "plan") {
				t.Errorf("a private channel shows %s", r.Body)
			}
		}
		eve.Get(threads+"/"+root).WantFault(http.StatusForbidden, refused)
		if got := listed(amy.Get(threads).Want(http.StatusOK)); got != root {
			t.Errorf("its members see %q", got)
		}
	})
}

func TestGuestsAreNotRemindedOfWhatTheyLeft(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true"}}, func(t *testing.T, s *testkit.Server) {
		amy, gus := s.User("amy"), s.WithRoles("gus", "system_guest")
		p := newPlace(t, s, amy)
		s.Join(t, p.team.ID, gus.ID)
		post := p.say(amy, "hi")
		job := &model.Job{Type: model.ReminderJob, Data: model.StringMap{"user_id": gus.ID, "post_id": post}}
		s.Events.Take()
		if err := s.Talk.DeliverReminder(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		s.Events.Want(t, "")
	})
}

func TestWhoIsLeftBehindByAChannelLeavesItsThreads(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		north, south := s.Team(t, "north", amy, bob), s.Team(t, "south", amy)
		channel := s.Channel(t, north.ID, "talk", "O", amy, bob)
		root := bob.Post("/posts", map[string]string{"channel_id": channel, "message": "plan"}).Want(http.StatusCreated).Text("id")
		amy.Post("/posts", map[string]string{"channel_id": channel, "root_id": root, "message": "@bob"}).Want(http.StatusCreated)
		s.Admin().For(t).Post("/channels/"+channel+"/move", map[string]any{"team_id": south.ID, "force": true}).Want(http.StatusOK)
		s.Join(t, south.ID, bob.ID)
		r := bob.Get("/users/me/teams/" + south.ID + "/threads").Want(http.StatusOK)
		if totals(r) != "0 0 0" || listed(r) != "" {
			t.Errorf("still follows %s", r.Body)
		}
	})
}
