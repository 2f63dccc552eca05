package api_test

import (
	"slices"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

// TestRecordsOfPlacesAndPosts: what is done in teams and channels leaves records with the
// object it was done to, done or refused, and never with what people say.
func TestRecordsOfPlacesAndPosts(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: slices.Concat(auditOn, []string{"MM_MUSTERSETTINGS_AUDITDATABASEPOSTS=true"})}, func(t *testing.T, s *testkit.Server) {
		admin, amy := s.Admin().For(t), s.User("amy")
		var team, channel, post, group, scheme string
		const words = "words-nobody-keeps"
		for _, step := range []struct {
			event, kind string
			id          *string
			do          func() string
		}{
			{"createTeam", "team", &team, func() string {
				return admin.Post("/teams", object{"name": "north", "display_name": "North", "type": "O"}).Want(201).Text("id")
			}},
			{"addTeamMember", "team", &team, func() string {
				admin.Post("/teams/"+team+"/members", object{"team_id": team, "user_id": amy.ID}).Want(201)
				return team
			}},
			{"createChannel", "channel", &channel, func() string {
				return amy.Post("/channels", object{"team_id": team, "name": "chat", "display_name": "Chat", "type": "O"}).Want(201).Text("id")
			}},
			{"createPost", "post", &post, func() string {
				return amy.Post("/posts", object{"channel_id": channel, "message": words}).Want(201).Text("id")
			}},
			{"patchPost", "post", &post, func() string {
				amy.Put("/posts/"+post+"/patch", object{"message": words + "2"}).Want(200)
				return post
			}},
			{"saveReaction", "post", &post, func() string {
				return amy.Post("/reactions", object{"user_id": amy.ID, "post_id": post, "emoji_name": "smile"}).Want(200).Text("post_id")
			}},
			{"createGroup", "group", &group, func() string { return newGroup(amy, "builders", amy.ID) }},
			{"createScheme", "scheme", &scheme, func() string { return newScheme(admin, "team", "Classes").Text("id") }},
			{"updateTeamScheme", "team", &team, func() string {
				admin.Put("/teams/"+team+"/scheme", object{"scheme_id": scheme}).Want(200)
				return team
			}},
			{"patchChannelModerations", "channel", &channel, func() string {
				moderate(admin, channel, "create_post", object{"members": false}).Want(200)
				return channel
			}},
			{"deletePost", "post", &post, func() string { admin.Delete("/posts/" + post).Want(200); return post }},
			{"deleteChannel", "channel", &channel, func() string { admin.Delete("/channels/" + channel).Want(200); return channel }},
		} {
			*step.id = step.do()
			rec := auditLast(t, s)
			if rec.Event != step.event || rec.Deed.ObjectType != step.kind || rec.Deed.ObjectID != *step.id || rec.Status != model.AuditSuccess {
				t.Errorf("%s left %s of %s %s, %s", step.event, rec.Event, rec.Deed.ObjectType, rec.Deed.ObjectID, rec.Status)
			}
		}
		amy.Put("/teams/"+team+"/scheme", object{"scheme_id": ""}).WantFault(403, refusedID)
		if rec := auditLast(t, s); rec.Event != "updateTeamScheme" || rec.Status != model.AuditFail || rec.Error == nil || rec.Error.StatusCode != 403 ||
			rec.Actor.UserID != amy.ID {
			t.Errorf("what was refused left %+v", rec)
		}
		if strings.Contains(string(auditFile(t, s)), words) {
			t.Error("the records hold what somebody wrote")
		}
	})
}

// TestPostsLeaveRecordsInTheFile: a post says itself who wrote it, so the database keeps a
// record only of one that was refused or changed; the file has all of them.
func TestPostsLeaveRecordsInTheFile(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: auditOn}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		channel := s.Channel(t, s.Team(t, "north", amy).ID, "town", "O", amy)
		post := amy.Post("/posts", object{"channel_id": channel, "message": "hi"}).Want(201).Text("id")
		if rec := auditLast(t, s); rec.Event == "createPost" {
			t.Errorf("the post left %+v in the database", rec)
		}
		if !strings.Contains(string(auditFile(t, s)), post) {
			t.Error("the file does not know the post")
		}
		amy.Post("/posts", object{"channel_id": model.NewID(), "message": "hi"}).WantFault(403, refusedID)
		if rec := auditLast(t, s); rec.Event != "createPost" || rec.Status != model.AuditFail {
			t.Errorf("what was refused left %+v", rec)
		}
		amy.Put("/posts/"+post+"/patch", object{"message": "ho"}).Want(200)
		if rec := auditLast(t, s); rec.Event != "patchPost" || rec.Deed.ObjectID != post {
			t.Errorf("a change left %+v", rec)
		}
	})
}
