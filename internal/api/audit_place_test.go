package api_test

import (
	"net/http"
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
		if rec := auditLast(t, s); rec.Event != "updateTeamScheme" || rec.Status != model.AuditFail || rec.Error == nil || rec.Error.StatusCode != http.StatusForbidden ||
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

// TestRecordsShowWhatChangedOfTeamsAndChannels: the fields that differ, before and after, and never
// what lets people in or what they wrote.
func TestRecordsShowWhatChangedOfTeamsAndChannels(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: auditOn}, func(t *testing.T, s *testkit.Server) {
		admin := s.Admin().For(t)
		team, channel := "", ""
		for _, step := range []struct {
			event, prior, next string // texts that stand in the states
			do                 func()
		}{
			{"createTeam", "", `"display_name":"North"`, func() {
				team = admin.Post("/teams", object{"name": "north", "display_name": "North", "type": "O"}).Want(201).Text("id")
			}},
			{"patchTeam", `"display_name":"North"`, `"display_name":"South"`, func() {
				admin.Put("/teams/"+team+"/patch", object{"display_name": "South"}).Want(200)
			}},
			{"updateTeamPrivacy", `"type":"O"`, `"type":"I"`, func() { admin.Put("/teams/"+team+"/privacy", object{"privacy": "I"}).Want(200) }},
			{"createChannel", "", `"name":"chat"`, func() {
				channel = admin.Post("/channels", object{"team_id": team, "name": "chat", "display_name": "Chat", "type": "O", "header": "words"}).Want(201).Text("id")
			}},
			{"patchChannel", `"display_name":"Chat"`, `"display_name":"Talk"`, func() {
				admin.Put("/channels/"+channel+"/patch", object{"display_name": "Talk", "purpose": "words"}).Want(200)
			}},
			{"updateChannelPrivacy", `"type":"O"`, `"type":"P"`, func() { admin.Put("/channels/"+channel+"/privacy", object{"privacy": "P"}).Want(200) }},
			{"deleteChannel", `"delete_at":0`, `"delete_at":1`, func() { admin.Delete("/channels/" + channel).Want(200) }},
			{"deleteTeam", `"delete_at":0`, `"delete_at":1`, func() { admin.Delete("/teams/" + team).Want(200) }},
		} {
			step.do()
			rec := auditLast(t, s)
			prior, next := strings.ReplaceAll(string(rec.Deed.PriorState), ": ", ":"), strings.ReplaceAll(string(rec.Deed.NextState), ": ", ":")
			if rec.Event != step.event || !strings.Contains(prior, step.prior) || !strings.Contains(next, step.next) || (step.prior == "") != (prior == "") {
				t.Errorf("%s left %s from %s to %s", step.event, rec.Event, prior, next)
			}
			if strings.Contains(next, "words") || strings.Contains(next, "total_msg_count\":1") {
				t.Errorf("%s tells what somebody wrote: %s", step.event, next)
			}
		}
		amy := s.User("amy")
		admin.Post("/teams/"+team+"/restore", nil).Want(200)
		s.Join(t, team, amy.ID)
		if rec := auditLast(t, s); rec.Event != "addTeamMember" || rec.Deed.PriorState != nil || rec.Deed.NextState != nil {
			t.Errorf("who is there is nothing of the team itself: %+v", rec.Deed)
		}
	})
}
