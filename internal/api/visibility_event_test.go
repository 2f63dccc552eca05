package api_test

import (
	"strings"
	"testing"

	"muster/internal/testkit"
)

// told is a row of the matrix of events: what amy does, the event by which others hear of it and
// a text in it. Each of the viewers that has a socket has a sign: + hears it, - does not.
type told struct {
	what        string
	do          func()
	event, text string
	want        string // guest teammate member stranger, team admin, admin, bot
}

// TestWhoHearsWhat fails as soon as an event reaches somebody who may not know of it, or does
// not reach somebody who may.
func TestWhoHearsWhat(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: withBots}, func(t *testing.T, s *testkit.Server) {
		w := newTown(t, s)
		listeners := viewers[1 : len(viewers)-1]
		anonymous, lines := w.who["anonymous"].Dial(""), map[string]*testkit.Line{}
		for _, v := range listeners {
			lines[v] = w.who[v].Dial("")
			lines[v].Event("hello")
		}
		rows := w.tellings()
		for _, row := range rows {
			row.do()
		}
		// What a guest hears of accounts is looked up first, in order: when what is told of
		// somebody they know has come, nothing that went before is still on its way.
		w.zoe.Put("/users/me/patch", object{"nickname": "the last"}).Want(200)
		heard := map[string][]testkit.Frame{}
		for _, v := range listeners {
			for last := false; !last; {
				f := lines[v].Next()
				heard[v] = append(heard[v], f)
				last = f.Event == "user_updated" && strings.Contains(f.Text, "the last")
			}
		}
		for _, row := range rows {
			var got strings.Builder
			for _, v := range listeners {
				sign := "-"
				for _, f := range heard[v] {
					if f.Event == row.event && strings.Contains(f.Text, row.text) {
						sign = "+"
					}
				}
				got.WriteString(sign)
			}
			if got.String() != row.want {
				t.Errorf("%s (%s with %s):\n got %s\nwant %s", row.what, row.event, row.text, got.String(), row.want)
			}
		}
		inactive := w.who["inactive"].Dial("") // anybody may open one, and then has to show a session
		inactive.Send(object{"seq": 1, "action": "authentication_challenge", "data": object{"token": w.who["inactive"].Token}})
		inactive.Closed()
		anonymous.Send(object{"seq": 1, "action": "presence"})
		for f := anonymous.Next(); f.Status == ""; f = anonymous.Next() {
			t.Errorf("somebody without a session hears %s", f.Text)
		}
	})
}

// tellings are the rows of the matrix of events.
func (w *town) tellings() []told {
	amy := w.amy
	post := func(channel, word, root string) func() {
		return func() {
			amy.Post("/posts", object{"channel_id": channel, "message": word, "root_id": root}).Want(201)
		}
	}
	put := func(path string, body any) func() { return func() { amy.Put(path, body).Want(200) } }
	rows := []told{
		{"a post in the open channel", post(w.open, "loud-word", ""), "posted", "loud-word", "--+---+"},
		{"a post in the private channel", post(w.secret, "quiet-word", ""), "posted", "quiet-word", "--+----"},
		{"a post in the direct channel", post(w.direct, "close-word", ""), "posted", "close-word", "-------"},
		{"a reply in the private channel", post(w.secret, "reply-word", w.whispered), "posted", "reply-word", "--+----"},
		{"an edit in the private channel", put("/posts/"+w.whispered+"/patch", object{"message": "edited-word"}), "post_edited", "edited-word", "--+----"},
		{"a reaction in the private channel", func() {
			amy.Post("/reactions", object{"user_id": amy.ID, "post_id": w.whispered, "emoji_name": "smile"}).Want(200)
		}, "reaction_added", w.whispered, "--+----"},
		{"typing in the private channel", func() {
			amy.Post("/users/me/typing", object{"channel_id": w.secret}).Want(200)
		}, "typing", amy.ID, "--+----"},
		{"a deleted post in the private channel", func() { amy.Delete("/posts/" + w.whispered).Want(200) }, "post_deleted", w.whispered, "--+----"},
		{"the header of the private channel", put("/channels/"+w.secret+"/patch", object{"header": "hidden-word"}), "channel_updated", "hidden-word", "--+----"},
		{"the header of the open channel", put("/channels/"+w.open+"/patch", object{"header": "shown-word"}), "channel_updated", "shown-word", "--+---+"},
		{"a new member of the private channel", func() {
			amy.Post("/channels/"+w.secret+"/members", object{"user_id": w.bob.ID}).Want(201)
		}, "user_added", w.bob.ID, "--+----"},
		{"somebody leaves the private channel", func() {
			amy.Delete("/channels/" + w.secret + "/members/" + w.bob.ID).Want(200)
		}, "user_removed", w.bob.ID, "--+----"},
		{"the private channel is archived", func() { amy.Delete("/channels/" + w.secret).Want(200) }, "channel_deleted", w.secret, "--+----"},
		// Of an open channel its whole team is told, but guests only of those they are in.
		{"the open channel is archived", func() { amy.Delete("/channels/" + w.open).Want(200) }, "channel_deleted", w.open, "-++-+-+"},
		{"the name of the team", put("/teams/"+w.team+"/patch", object{"display_name": "Northern-word"}), "update_team", "Northern-word", "+++-+-+"},
		{"the invite id of the team", func() {}, "update_team", "invite_id\\\":\\\"" + w.invite, "-------"},
		{"her nickname", put("/users/me/patch", object{"nickname": "nick-word"}), "user_updated", "nick-word", "-++++++"},
		{"her picture", func() { amy.Delete("/users/me/image").Want(200) }, "user_updated", amy.ID, "-++++++"},
		{"a thread amy alone follows", func() {}, "thread_updated", w.whispered, "-------"},
		{"a new account", func() {
			w.who["admin"].Post("/users", object{"username": "newcomer", "email": "new@example.com", "password": testkit.Password}).Want(201)
		}, "new_user", "user_id", "-++++++"},
		{"her presence", put("/users/me/status", object{"user_id": amy.ID, "status": "dnd"}), "status_change", "dnd", "-------"},
		{
			"her preferences", put("/users/me/preferences", []object{{"user_id": amy.ID, "category": "word", "name": "own", "value": "own-word"}}),
			"preferences_changed", "own-word", "-------",
		},
		{"her sidebar", func() {
			amy.Post("/users/me/teams/"+w.team+"/channels/categories", object{"user_id": amy.ID, "team_id": w.team, "display_name": "mine"}).Want(200)
		}, "sidebar_category_created", "", "-------"},
		{"a group", put("/groups/"+w.group+"/patch", object{"display_name": "group-word"}), "received_group", "group-word", "+++++++"},
		{"the size of the group", func() {}, "received_group", "member_count", "-++++++"},
	}
	rows = append(append(rows, w.ownTellings()...), w.tellingsOfAll()...)
	return append(rows, []told{
		{"a member of the team leaves", func() {
			amy.Delete("/teams/" + w.team + "/members/" + w.bob.ID).Want(200)
		}, "leave_team", w.bob.ID, "-++-+-+"},
		{"the team is archived", func() { amy.Delete("/teams/" + w.team).Want(200) }, "delete_team", w.team, "+++-+-+"},
	}...)
}

// ownTellings are of what is told to amy alone.
func (w *town) ownTellings() []told {
	amy, admin := w.amy, w.who["admin"]
	return []told{
		{"what she has read", func() { amy.Post("/channels/members/me/view", object{"channel_id": w.direct}).Want(200) }, "multiple_channels_viewed", w.direct, "-------"},
		{"from where she has not read", func() {
			amy.Post("/users/me/posts/"+w.written+"/set_unread", object{}).Want(200)
		}, "post_unread", w.written, "-------"},
		{"a channel she makes", func() {
			amy.Post("/channels", object{"team_id": w.team, "name": "fresh", "display_name": "Fresh", "type": "O"}).Want(201)
		}, "channel_created", w.team, "-------"},
		{"a direct channel of hers", func() {
			amy.Post("/channels/direct", []string{amy.ID, w.zoe.ID}).Want(201)
		}, "direct_added", w.zoe.ID, "-------"},
		{"a post nobody stores", func() {
			admin.Post("/posts/ephemeral", object{"user_id": amy.ID, "post": object{"channel_id": w.direct, "message": "fleeting-word"}}).Want(201)
		}, "ephemeral_message", "fleeting-word", "-------"},
		{"a role of hers", func() {
			admin.Put("/users/"+amy.ID+"/roles", object{"roles": "system_user system_custom_group_admin"}).Want(200)
		}, "user_role_updated", amy.ID, "-------"},
		{"she enters another team", func() {
			id := admin.Post("/teams", object{"name": "west", "display_name": "West", "type": "O"}).Want(201).Text("id")
			admin.Post("/teams/"+id+"/members", object{"team_id": id, "user_id": amy.ID}).Want(201)
		}, "added_to_team", amy.ID, "-------"},
	}
}

// tellingsOfAll are of what everybody is told.
func (w *town) tellingsOfAll() []told {
	admin := w.who["admin"]
	return []told{
		{"what a role grants", func() {
			admin.Put("/roles/"+admin.Get("/roles/name/channel_guest").Text("id")+"/patch", object{"permissions": []string{"read_channel", "read_channel_content", "create_post"}}).Want(200)
		}, "role_updated", "channel_guest", "+++++++"},
		{"somebody is switched off", func() {
			admin.Put("/users/"+w.bob.ID+"/active", object{"active": false}).Want(200)
			admin.Put("/users/"+w.bob.ID+"/active", object{"active": true}).Want(200)
		}, "user_activation_status_change", "", "+++++++"},
		{"the name of the site", func() {
			admin.Put("/config/patch", object{"TeamSettings": object{"SiteName": "Site-word"}}).Want(200)
		}, "config_changed", "Site-word", "+++++++"},
	}
}
