package api_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit"
)

const refused = "api.context.permissions.app_error"

func TestChannelIsUnreadFromAPostOn(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		p := newPlace(t, s, amy, bob)
		p.say(bob, "one")
		two := p.say(bob, "two @amy")
		p.say(bob, "three")
		amy.Post("/channels/members/me/view", map[string]string{"channel_id": p.channel.ID}).Want(http.StatusOK)
		path := "/users/" + amy.ID + "/posts/" + two + "/set_unread"
		body := map[string]bool{"collapsed_threads_supported": true}
		u := amy.Post(path, body).Want(http.StatusOK)
		if got := fmt.Sprint(u.Value("msg_count"), u.Value("mention_count"), u.Value("mention_count_root")); got != "1 1 1" {
			t.Errorf("read up to before the second post, and is %s", u.Body)
		}
		r := amy.Get("/users/me/channels/" + p.channel.ID + "/unread").Want(http.StatusOK)
		if got := fmt.Sprint(r.Value("msg_count"), r.Value("mention_count")); got != "2 1" {
			t.Errorf("unread is %s", r.Body)
		}
		bob.Post(path, body).WantFault(http.StatusForbidden, refused)
		eve.Post("/users/me/posts/"+two+"/set_unread", body).WantFault(http.StatusForbidden, refused)
		s.Admin().Post("/users/me/posts/"+two+"/set_unread", body).WantFault(http.StatusNotFound, "app.channel.get_member.missing.app_error")
		amy.Post("/users/me/posts/"+model.NewID()+"/set_unread", body).WantFault(http.StatusNotFound, "app.post.get.app_error")
		amy.Post(path, "{").WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
	})
}

func TestReminderComesAsADirectMessage(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		p := newPlace(t, s, amy, bob)
		post := p.say(bob, "important")
		path := "/users/" + amy.ID + "/posts/" + post + "/reminder"
		at := func(d time.Duration) map[string]int64 {
			return map[string]int64{"target_time": s.Clock.Now().Add(d).Unix()}
		}
		bob.Post(path, at(time.Hour)).WantFault(http.StatusForbidden, refused)
		eve.Post("/users/me/posts/"+post+"/reminder", at(time.Hour)).WantFault(http.StatusForbidden, refused)
		for _, bad := range []any{map[string]int64{"target_time": 0}, at(11 * 365 * 24 * time.Hour), `{"target_time":"soon"}`} {
			amy.Post(path, bad).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		}
		line := amy.Dial("")
		amy.Post(path, at(time.Hour)).Want(http.StatusOK)
		if set := line.Event("ephemeral_message").Text; !strings.Contains(set, post) || !strings.Contains(set, "@bob") {
			t.Errorf("told %s", set)
		}
		amy.Post(path, at(-time.Second)).Want(http.StatusOK) // instead of the one before
		come := line.Event("posted").Text
		if !strings.Contains(come, "/_redirect/pl/"+post) || !strings.Contains(come, `"sender_name":"@system-bot"`) || !strings.Contains(come, `"channel_type":"D"`) {
			t.Errorf("reminded by %s", come)
		}
		if n, err := s.DB.CountJobsOf(t.Context(), model.ReminderJob, amy.ID); err != nil || n != 0 {
			t.Errorf("%d reminders wait, %v", n, err)
		}
		s.Events.Take()
		again := &model.Job{ID: model.IDOf(model.ReminderJob, amy.ID, post), Data: model.StringMap{"user_id": amy.ID, "post_id": post}}
		if err := s.Talk.DeliverReminder(t.Context(), again); err != nil || len(s.Events.Named("posted")) != 0 {
			t.Errorf("reminded once more by a node that did not know: %v", err)
		}
	})
}

func TestPostIsAcknowledged(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		p := newPlace(t, s, amy, bob)
		plain := p.say(bob, "plain")
		post := bob.Post("/posts", map[string]any{
			"channel_id": p.channel.ID, "message": "read this",
			"metadata": map[string]any{"priority": map[string]any{"priority": "important", "requested_ack": true}},
		}).Want(http.StatusCreated).Text("id")
		path := "/users/" + amy.ID + "/posts/" + post + "/ack"
		s.Events.Take()
		first := amy.Post(path, nil).Want(http.StatusOK).Value("acknowledged_at")
		s.Events.Want(t, "post_acknowledgement_added")
		if again := amy.Post(path, nil).Want(http.StatusOK).Value("acknowledged_at"); again != first {
			t.Errorf("acknowledged at %v, then at %v", first, again)
		}
		s.Events.Want(t, "")
		if r := bob.Get("/posts/" + post); !strings.Contains(string(r.Body), `"acknowledgements":[{"user_id":"`+amy.ID) {
			t.Errorf("the post is %s", r.Body)
		}
		bob.Post(path, nil).WantFault(http.StatusForbidden, refused)
		eve.Post("/users/me/posts/"+post+"/ack", nil).WantFault(http.StatusForbidden, refused)
		amy.Post("/users/me/posts/"+plain+"/ack", nil).WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		amy.Post("/users/me/posts/"+model.NewID()+"/ack", nil).WantFault(http.StatusNotFound, "app.post.get.app_error")
		amy.Delete(path).Want(http.StatusOK)
		s.Events.Want(t, "post_acknowledgement_removed")
		amy.Delete(path).WantFault(http.StatusNotFound, "app.acknowledgement.get.app_error")
		amy.Post(path, nil).Want(http.StatusOK)
		s.Clock.Advance(6 * time.Minute)
		amy.Delete(path).WantFault(http.StatusForbidden, "api.acknowledgement.delete.deadline.app_error")
	})
}

// contents counts the files in the folder where their content is kept.
func contents(t *testing.T, s *testkit.Server) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.Folder, "files", "files", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// sendFile posts a message with a file and gives the ids of both.
func sendFile(t *testing.T, c *testkit.Client, channelID, rootID string) (post, file string) {
	t.Helper()
	var sent struct {
		FileInfos []struct{ ID string } `json:"file_infos"`
	}
	c.Post("/files?channel_id="+channelID+"&filename=a.bin", "content").Want(http.StatusCreated).JSON(&sent)
	file = sent.FileInfos[0].ID
	post = c.Post("/posts", map[string]any{"channel_id": channelID, "root_id": rootID, "message": "file", "file_ids": []string{file}}).
		Want(http.StatusCreated).Text("id")
	return post, file
}

func TestPostGoesForGoodWithItsFiles(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"ServiceSettings":{"EnableAPIPostDeletion":true}}`}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		root, file := sendFile(t, amy, team.Town, "")
		reply, _ := sendFile(t, bob, team.Town, root)
		files := bob.Get("/posts/" + root + "/files/info").Want(http.StatusOK)
		if !strings.Contains(string(files.Body), file) {
			t.Errorf("the files are %s", files.Body)
		}
		s.User("eve").Get("/posts/"+root+"/files/info").WantFault(http.StatusForbidden, refused)
		amy.Get("/posts/"+root+"/files/info?include_deleted=true").WantFault(http.StatusForbidden, refused)
		amy.Delete("/posts/"+root+"?permanent=true").WantFault(http.StatusForbidden, refused)
		if n := contents(t, s); n != 2 {
			t.Fatalf("%d contents are kept", n)
		}
		admin := s.Admin().For(t)
		admin.Delete("/posts/" + reply).Want(http.StatusOK)
		admin.Delete("/posts/" + reply + "?permanent=true").Want(http.StatusOK) // also when it was deleted before
		if n := contents(t, s); n != 1 {
			t.Errorf("%d contents are left", n)
		}
		bob.Put("/users/me/preferences", []model.Preference{{UserID: bob.ID, Category: "flagged_post", Name: root, Value: "true"}}).Want(http.StatusOK)
		s.Events.Take()
		admin.Delete("/posts/" + root + "?permanent=true").Want(http.StatusOK)
		s.Events.Want(t, "post_deleted post_deleted")
		admin.Get("/posts/"+root+"?include_deleted=true").WantFault(http.StatusNotFound, "app.post.get.app_error")
		bob.Get("/users/me/preferences/flagged_post").WantFault(http.StatusNotFound, "api.preference.preferences_category.get.app_error")
		amy.Get("/files/" + file).Want(http.StatusNotFound)
		stats := amy.Get("/channels/" + team.Town + "/stats").Want(http.StatusOK)
		if n := contents(t, s); n != 0 || stats.Value("files_count") != 0.0 {
			t.Errorf("%d contents are left, and %s", n, stats.Body)
		}
		admin.Delete("/posts/"+root+"?permanent=true").WantFault(http.StatusNotFound, "app.post.get.app_error")
	})
}

func TestFilesGoWithWhatHoldsThem(t *testing.T) {
	settings := `{"ServiceSettings":{"EnableAPIChannelDeletion":true,"EnableAPITeamDeletion":true,"EnableAPIUserDeletion":true}}`
	testkit.Each(t, testkit.Options{Config: settings}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		channel := s.Channel(t, team.ID, "talk", "O", amy, bob)
		root, _ := sendFile(t, amy, team.Town, "")
		sendFile(t, bob, team.Town, root)
		sendFile(t, bob, team.Town, "")
		sendFile(t, bob, channel, "")
		s.Admin().For(t).Delete("/users/" + amy.ID + "?permanent=true").Want(http.StatusOK)
		if n := contents(t, s); n != 2 {
			t.Errorf("without amy and what answered her %d contents are left", n)
		}
		if n := bob.Get("/channels/" + team.Town + "/stats").Want(http.StatusOK).Value("files_count"); n != 1.0 {
			t.Errorf("the channel counts %v files", n)
		}
		id := s.Admin().For(t).Post("/uploads", map[string]any{"channel_id": channel, "filename": "b", "file_size": 9 << 20}).Want(http.StatusCreated).Text("id")
		s.Admin().For(t).Post("/uploads/"+id, strings.Repeat("x", 6<<20)).Want(http.StatusNoContent)
		s.Admin().For(t).Delete("/channels/" + channel + "?permanent=true").Want(http.StatusOK)
		for end := time.Now().Add(20 * time.Second); ; {
			_, err := s.DB.Channel(t.Context(), channel)
			if err != nil || time.Now().After(end) {
				break
			}
		}
		if n := contents(t, s); n != 1 {
			t.Errorf("without the channel %d contents are left", n)
		}
		if parts, err := os.ReadDir(filepath.Join(s.Folder, "files", "uploads")); err == nil && len(parts) > 0 {
			t.Errorf("%d parts of uploads are left", len(parts))
		}
		s.Admin().For(t).Delete("/teams/" + team.ID + "?permanent=true").Want(http.StatusOK)
		if n := contents(t, s); n != 0 {
			t.Errorf("without the team %d contents are left", n)
		}
	})
}

func TestOnlyReadablePostsAreSaved(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, eve := s.User("amy"), s.User("eve")
		post := newPlace(t, s, amy).say(amy, "hi")
		save := func(c *testkit.Client, name string) *testkit.Response {
			return c.Put("/users/me/preferences", []map[string]string{{"user_id": c.ID, "category": "flagged_post", "name": name, "value": "true"}})
		}
		save(amy, post).Want(http.StatusOK)
		save(eve, post).WantFault(http.StatusForbidden, refused)
		save(amy, model.NewID()).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		save(amy, "x").WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
	})
}

func TestPeopleWithoutACommonTeamAreKeptApart(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"TeamSettings":{"RestrictDirectMessage":"team"}}`}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		direct := amy.Post("/channels/direct", []string{amy.ID, bob.ID}).Want(http.StatusCreated).Text("id")
		self := amy.Post("/channels/direct", []string{amy.ID, amy.ID}).Want(http.StatusCreated).Text("id")
		say := func(channel string) *testkit.Response {
			return amy.Post("/posts", map[string]string{"channel_id": channel, "message": "hi"})
		}
		say(direct).Want(http.StatusCreated)
		bob.Delete("/teams/" + team.ID + "/members/" + bob.ID).Want(http.StatusOK)
		say(direct).WantFault(http.StatusBadRequest, "api.post.create_post.can_not_post_in_restricted_dm.error")
		amy.Post("/uploads", map[string]any{"channel_id": direct, "filename": "a", "file_size": 1}).
			WantFault(http.StatusBadRequest, "app.upload.create.cannot_upload_to_restricted_dm.error")
		say(self).Want(http.StatusCreated)
	})
}
