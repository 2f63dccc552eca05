package api_test

import (
	"net/http"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

// TestOutsidersDoNothingWithWhatTheyCannotRead lets a member of the team, who knows every id, try what there is to do to a
// post, its thread and its file in a private channel.
func TestOutsidersDoNothingWithWhatTheyCannotRead(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_FILESETTINGS_ENABLEPUBLICLINK=true"}}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		p := newPlace(t, s, eve)
		p.joinTeam(amy)
		p.joinTeam(bob)
		p.channel = p.newChannel(model.ChannelPrivate, "secret", amy, bob)
		file := upload(t, amy, p.channel.ID, "plan.png", pngOf(t, 9, 9))
		root := amy.Post("/posts", map[string]any{
			"channel_id": p.channel.ID, "message": "plan", "file_ids": []string{file},
			"metadata": map[string]any{"priority": map[string]any{"requested_ack": true}},
		}).Want(http.StatusCreated).Text("id")
		reply := p.answer(bob, root, "plan b @eve")
		amy.Post("/reactions", map[string]string{"user_id": amy.ID, "post_id": root, "emoji_name": "+1"}).Want(http.StatusOK)
		session := amy.Post("/uploads", map[string]any{"channel_id": p.channel.ID, "filename": "a", "file_size": 3}).Want(http.StatusCreated).Text("id")
		threads := p.threads(eve) + "/" + root
		react := map[string]string{"user_id": eve.ID, "post_id": root, "emoji_name": "-1"}
		s.Events.Take()
		for _, try := range []struct {
			method, path string
			body         any
		}{
			{"POST", "/posts", map[string]string{"channel_id": p.channel.ID, "message": "x"}},
			{"POST", "/posts", map[string]string{"channel_id": p.channel.ID, "root_id": root, "message": "x"}},
			{"POST", "/posts", map[string]any{"channel_id": p.channel.ID, "message": "x", "file_ids": []string{file}}},
			{"POST", "/posts/ephemeral", map[string]any{"user_id": amy.ID, "post": map[string]string{"channel_id": p.channel.ID, "message": "x"}}},
			{"PUT", "/posts/" + root, map[string]string{"id": root, "message": "x"}},
			{"PUT", "/posts/" + root + "/patch", `{"message":"x"}`},
			{"PUT", "/posts/" + root + "/patch", `{"is_pinned":true}`},
			{"DELETE", "/posts/" + root, nil},
			{"POST", "/posts/" + root + "/pin", nil},
			{"POST", "/posts/" + root + "/unpin", nil},
			{"GET", "/posts/" + root + "/edit_history", nil},
			{"POST", "/reactions", react},
			{"DELETE", "/users/me/posts/" + root + "/reactions/+1", nil},
			{"DELETE", "/users/" + amy.ID + "/posts/" + root + "/reactions/+1", nil},
			{"POST", "/posts/ids/reactions", []string{root}},
			{"POST", "/users/me/posts/" + root + "/set_unread", `{}`},
			{"POST", "/users/me/posts/" + root + "/reminder", `{"target_time":1}`},
			{"POST", "/users/me/posts/" + root + "/ack", nil},
			{"DELETE", "/users/me/posts/" + root + "/ack", nil},
			{"PUT", "/users/me/preferences", []map[string]string{{"user_id": eve.ID, "category": "flagged_post", "name": root, "value": "true"}}},
			{"GET", "/users/me/channels/" + p.channel.ID + "/posts/unread", nil},
			{"GET", "/channels/" + p.channel.ID + "/posts?since=1", nil},
			{"GET", "/channels/" + p.channel.ID + "/posts?before=" + reply, nil},
			{"GET", threads, nil},
			{"PUT", threads + "/following", nil},
			{"DELETE", threads + "/following", nil},
			{"PUT", threads + "/read/1", nil},
			{"POST", threads + "/set_unread/" + reply, nil},
			{"GET", "/files/" + file + "/info", nil},
			{"GET", "/files/" + file + "/thumbnail", nil},
			{"GET", "/files/" + file + "/preview", nil},
			{"GET", "/files/" + file + "/link", nil},
			{"POST", "/files?channel_id=" + p.channel.ID + "&filename=x", "x"},
			{"POST", "/uploads", map[string]any{"channel_id": p.channel.ID, "filename": "x", "file_size": 1}},
			{"GET", "/uploads/" + session, nil},
			{"POST", "/uploads/" + session, "abc"},
		} {
			r := eve.Do(try.method, try.path, try.body)
			if r.StatusCode < 400 || r.StatusCode >= 500 || strings.Contains(string(r.Body), "plan") {
				t.Errorf("%s %s %v: %d %s", try.method, try.path, try.body, r.StatusCode, r.Body)
			}
		}
		s.Events.Want(t, "")
		for _, r := range []*testkit.Response{
			eve.Post("/posts/ids", []string{root, reply}).Want(http.StatusOK),
			eve.Post("/posts/search", map[string]any{"terms": "plan", "is_or_search": false}).Want(http.StatusOK),
			eve.Post("/files/search", map[string]any{"terms": "plan", "is_or_search": false}).Want(http.StatusOK),
			eve.Get(p.threads(eve)).Want(http.StatusOK),
			eve.Get("/users/me/posts/flagged").Want(http.StatusOK),
		} {
			if strings.Contains(string(r.Body), "plan") {
				t.Errorf("found %s", r.Body)
			}
		}
		if r := amy.Get("/posts/" + root).Want(http.StatusOK); r.Text("message") != "plan" || r.Value("reply_count") != 1.0 || r.Value("is_pinned") != false {
			t.Errorf("the post is %s", r.Body)
		}
	})
}

func TestPostsFilesAndReactionsAreBounded(t *testing.T) {
	o := testkit.Options{Config: `{"ServiceSettings":{"UniqueEmojiReactionLimitPerPost":2},"FileSettings":{"MaxImageResolution":5000}}`}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		channel := s.Channel(t, team.ID, "talk", "O", amy, bob)
		say := func(text string) string {
			return amy.Post("/posts", map[string]string{"channel_id": channel, "message": text}).Want(http.StatusCreated).Text("id")
		}
		post, other := say("hi"), say("other")
		react := func(c *testkit.Client, emoji string) *testkit.Response {
			return c.Post("/reactions", map[string]string{"user_id": c.ID, "post_id": post, "emoji_name": emoji})
		}
		react(amy, "smile").Want(http.StatusOK)
		react(amy, "joy").Want(http.StatusOK)
		react(bob, "joy").Want(http.StatusOK)
		react(bob, "cry").WantFault(http.StatusBadRequest, "app.reaction.save.save.too_many_reactions")
		amy.Delete("/users/"+bob.ID+"/posts/"+post+"/reactions/joy").WantFault(http.StatusForbidden, refused)
		s.Admin().For(t).Delete("/users/" + bob.ID + "/posts/" + post + "/reactions/joy").Want(http.StatusOK)
		many := make([]string, 1001)
		for i := range many {
			many[i] = model.NewID()
		}
		amy.Post("/posts/ids", many).WantFault(http.StatusBadRequest, "api.post.posts_by_ids.invalid_body.request_error")
		amy.Post("/posts/ids", []string{}).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		amy.Post("/posts/ids/reactions", many).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		if r := amy.Post("/posts/ids", []string{post, post, model.NewID()}).Want(http.StatusOK); len(r.Column("id")) != 1 || r.Header.Get("First-Inaccessible-Post-Time") != "0" {
			t.Errorf("by ids there are %s", r.Body)
		}
		amy.Get("/channels/"+channel+"/posts?include_deleted=true").WantFault(http.StatusForbidden, refused)
		amy.Get("/channels/"+channel+"/posts?before=x").WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		amy.Get("/users/me/channels/"+channel+"/posts/unread?limit_after=0").WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")

		body, kind := form(t, map[string]string{"channel_id": channel, "client_ids": "a"}, map[string][]byte{"a.txt": []byte("a"), "b.txt": []byte("b")})
		sending(t, amy, kind).Post("/files", body).WantFault(http.StatusBadRequest, "api.file.upload_file.incorrect_number_of_client_ids.app_error")
		text, broken := upload(t, amy, channel, "a.txt", []byte("a")), upload(t, amy, channel, "broken.png", pngOf(t, 40, 40)[:90])
		for _, id := range []string{text, broken} {
			amy.Get("/files/"+id+"/thumbnail").WantFault(http.StatusBadRequest, "api.file.get_file_thumbnail.no_thumbnail.app_error")
			amy.Get("/files/"+id+"/preview").WantFault(http.StatusBadRequest, "api.file.get_file_preview.no_preview.app_error")
		}
		if r := amy.Get("/files/" + text + "/info").Want(http.StatusOK); r.Header.Get("Cache-Control") != "max-age=2592000, private" {
			t.Errorf("kept for %s", r.Header.Get("Cache-Control"))
		}
		big := pngOf(t, 100, 51)
		id := amy.Post("/uploads", map[string]any{"channel_id": channel, "filename": "big.png", "file_size": len(big)}).Want(http.StatusCreated).Text("id")
		sending(t, amy, "application/octet-stream").Post("/uploads/"+id, big).WantFault(http.StatusBadRequest, "app.upload.upload_data.large_image.app_error")
		sending(t, amy, "multipart/form-data").Post("/uploads/"+id, big).WantFault(http.StatusBadRequest, "api.upload.upload_data.invalid_content_type")

		s.Admin().For(t).Delete("/channels/" + channel).Want(http.StatusOK)
		react(amy, "smile").WantFault(http.StatusForbidden, "api.reaction.save.archived_channel.app_error")
		amy.Delete("/users/me/posts/"+post+"/reactions/joy").WantFault(http.StatusForbidden, "api.reaction.delete.archived_channel.app_error")
		amy.Put("/posts/"+other+"/patch", `{"message":"x"}`).WantFault(http.StatusBadRequest, "api.post.update_post.can_not_update_post_in_deleted.error")
		amy.Post("/posts/"+other+"/pin", nil).WantFault(http.StatusBadRequest, "api.post.patch_post.can_not_update_post_in_deleted.error")
	})
}

// TestFilesNeedSomewhereToBe says what is answered while no place for files is configured.
func TestFilesNeedSomewhereToBe(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"FileSettings":{"DriverName":""}}`}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		p := newPlace(t, s, amy)
		amy.Post("/files?channel_id="+p.channel.ID+"&filename=a", "x").WantFault(http.StatusNotImplemented, "api.file.upload_file.storage.app_error")
	})
}
