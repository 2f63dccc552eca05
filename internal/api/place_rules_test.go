package api_test

import (
	"slices"
	"testing"

	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

// TestNobodyIsInvitedIntoAnArchivedTeam, nor into one whose groups decide who is in it.
func TestNobodyIsInvitedIntoAnArchivedTeam(t *testing.T) {
	mailEach(t, guestsOn, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		const noInvite, noTeam = "app.team.get_by_invite_id.finding.app_error", "app.team.get.find.app_error"
		admin, eve := s.Admin().For(t), s.User("eve").For(t)
		team := s.Team(t, "north")
		off := guestChannel(t, s, team.ID)
		admin.Post("/teams/"+team.ID+"/invite/email", []string{"new@example.com"}).Want(200)
		member := guestToken(t, s, m, "new@example.com")
		admin.Post("/teams/"+team.ID+"/invite-guests/email", object{"emails": []string{"gus@example.com"}, "channels": []string{off}}).Want(200)
		guest := guestToken(t, s, m, "gus@example.com")
		byID, byToken := "/teams/members/invite?invite_id="+team.InviteID, "/teams/members/invite?token="+member
		refused := func(state, id, inviteFault, tokenFault string, status, tokenStatus int) {
			t.Helper()
			eve.Post(byID, nil).WantFault(status, inviteFault)
			eve.Post(byToken, nil).WantFault(tokenStatus, tokenFault)
			s.Visitor().For(t).Post("/users?iid="+team.InviteID, usersBody("new", nil)).WantFault(status, inviteFault)
			s.Visitor().For(t).Post("/users?t="+member, usersBody("new", nil)).WantFault(tokenStatus, tokenFault)
			s.Visitor().For(t).Post("/users?t="+guest, usersBody("gus", nil)).WantFault(tokenStatus, tokenFault)
			if n := usersAll(t, s); n != "2" {
				t.Errorf("%s: %s accounts (%s)", state, n, id)
			}
		}
		admin.Delete("/teams/" + team.ID).Want(200)
		s.Visitor().For(t).Get("/teams/invite/"+team.InviteID).WantFault(404, noInvite)
		refused("archived", team.ID, noInvite, noTeam, 404, 404)
		admin.Post("/teams/"+team.ID+"/restore", nil).Want(200)
		admin.Put("/teams/"+team.ID+"/patch", object{"group_constrained": true}).Want(200)
		refused("constrained", team.ID, "app.team.invite_id.group_constrained.error", "app.team.invite_token.group_constrained.error", 403, 403)
		admin.Put("/teams/"+team.ID+"/patch", object{"group_constrained": false}).Want(200)
		if got := s.Visitor().For(t).Post("/users?t="+guest, usersBody("gus", nil)).Want(201).Text("roles"); got != "system_guest" {
			t.Errorf("the guest is %s", got)
		}
		gus := s.SignIn("gus").For(t)
		gus.Post(byID, nil).WantFault(403, "api.team.add_user_to_team_from_invite.guest.app_error")
		gus.Post(byToken, nil).WantFault(400, "api.user.create_user.invalid_invitation_type.app_error")
		eve.Post(byToken, nil).Want(201)
	})
}

// TestInvitationRules: what an invitation is refused for, and in which order.
func TestInvitationRules(t *testing.T) {
	mailEach(t, []string{}, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		admin, amy := s.Admin().For(t), s.User("amy").For(t)
		team, south := s.Team(t, "north", amy), s.Team(t, "south")
		off, away := guestChannel(t, s, team.ID), guestChannel(t, s, south.ID)
		members, guests := "/teams/"+team.ID+"/invite/email", "/teams/"+team.ID+"/invite-guests/email"
		body := func(channel string) object {
			return object{"emails": []string{"x@example.com"}, "channels": []string{channel}}
		}
		admin.Post(guests, body(off)).WantFault(501, "api.team.invite_guests_to_channels.disabled.error")
		usersSet(t, s, map[string]any{"GuestAccountsSettings.Enable": true, "TeamSettings.RestrictCreationToDomains": ""})
		admin.Post(guests+"?guest_magic_link=true", body(off)).WantFault(403, "api.team.invite_guests_to_channels.guest_magic_link_disabled.error")
		amy.Post(guests, body(off)).WantFault(403, refusedID)
		admin.Post(guests, body(away)).WantFault(400, "api.team.invite_guests.channel_in_invalid_team.app_error")
		amy.Post(members, body(away)).WantFault(400, "api.team.invite_guests.channel_in_invalid_team.app_error")
		usersSet(t, s, map[string]any{"GuestAccountsSettings.RestrictCreationToDomains": "guests.example.com"})
		admin.Post(guests, body(off)).WantFault(400, "api.team.invite_members.invalid_email.app_error")
		usersSet(t, s, map[string]any{"ServiceSettings.EnableEmailInvitations": false})
		amy.Post(members, []string{"x@example.com"}).WantFault(501, "api.team.invite_members.disabled.app_error")
		admin.Post(guests, body(off)).WantFault(501, "api.team.invite_members.disabled.app_error")
		mailSettle(t, s)
		if got := m.Mails("x@example.com"); len(got) != 0 {
			t.Errorf("%d mails after refusals", len(got))
		}
	})
}

// TestWhatKeepsSomebodyOutOfATeam: domains, groups and rights decide who may make a team, open it
// and come into it.
func TestWhatKeepsSomebodyOutOfATeam(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"GuestAccountsSettings":{"Enable":true}}`}, func(t *testing.T, s *testkit.Server) {
		admin, amy, gus := s.Admin().For(t), s.User("amy").For(t), s.WithRoles("gus", "system_guest").For(t)
		team := s.Team(t, "north")
		path := "/teams/" + team.ID
		add := func(c *testkit.Client, id string) *testkit.Response {
			return c.Post(path+"/members", object{"team_id": team.ID, "user_id": id})
		}
		create := object{"name": "mine", "display_name": "Mine", "type": "O"}
		gus.Post("/teams", create).WantFault(403, "api.team.is_team_creation_allowed.disabled.app_error")
		admin.Put(path+"/patch", object{"allowed_domains": "school.example.com"}).Want(200)
		add(admin, amy.ID).WantFault(400, "api.team.join_user_to_team.allowed_domains.app_error")
		usersSet(t, s, map[string]any{"TeamSettings.RestrictCreationToDomains": "school.example.com"})
		amy.Post("/teams", create).WantFault(400, "api.team.is_team_creation_allowed.domain.app_error")
		admin.Put(path+"/patch", object{"allowed_domains": "example.com"}).WantFault(400, "api.team.update_restricted_domains.mismatch.app_error")
		usersSet(t, s, map[string]any{"TeamSettings.RestrictCreationToDomains": ""})
		admin.Put(path+"/patch", object{"allowed_domains": ""}).Want(200)
		add(admin, gus.ID).Want(201)

		group := newGroup(admin, "board", amy.ID)
		admin.Post("/groups/"+group+path+"/link", object{}).Want(201)
		bob := s.User("bob").For(t)
		s.Join(t, team.ID, bob.ID)
		admin.Put(path+"/patch", object{"group_constrained": true}).Want(200)
		mailSettle(t, s) // the others are taken out in the background
		if got := admin.Get(path + "/members/" + bob.ID).Want(200).Text("delete_at"); got == "0" {
			t.Error("who is in none of the groups stays in the team")
		}
		add(admin, bob.ID).WantFault(400, "api.team.add_members.user_denied")
		add(admin, amy.ID).Want(201)
		admin.Delete(path+"/members/"+amy.ID).WantFault(400, "api.team.remove_member.group_constrained.app_error")
		amy.Delete(path + "/members/" + amy.ID).Want(200)
	})
}

// TestChannelLimits: how many channels a team may have, who may write to whom, and how few or many
// people a group channel is for.
func TestChannelLimits(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"TeamSettings":{"MaxChannelsPerTeam":3}}`}, func(t *testing.T, s *testkit.Server) {
		amy, bob, cat := s.User("amy").For(t), s.User("bob").For(t), s.User("cat").For(t)
		team := s.Team(t, "north", amy, bob)
		amy.Post("/channels", chBody(team.ID, "one", "O")).Want(201)
		amy.Post("/channels", chBody(team.ID, "two", "O")).WantFault(400, "api.channel.create_channel.max_channel_limit.app_error")
		usersSet(t, s, map[string]any{"TeamSettings.RestrictDirectMessage": "team"})
		amy.Post("/channels/direct", []string{amy.ID, bob.ID}).Want(201)
		amy.Post("/channels/direct", []string{amy.ID, cat.ID}).WantFault(403, "api.channel.create_channel.direct_channel.team_restricted_error")
		amy.Post("/channels/direct", []string{bob.ID, cat.ID}).WantFault(403, refusedID)
		amy.Post("/channels/direct", []string{amy.ID}).Want(201) // to herself
		usersSet(t, s, map[string]any{"TeamSettings.RestrictDirectMessage": "any"})
		amy.Post("/channels/direct", []string{amy.ID, cat.ID}).Want(201)
	})
}

// TestWhoComesIntoAChannel: rights, teams and groups decide, and a guest that leaves its last channel
// leaves the team.
func TestWhoComesIntoAChannel(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		admin, amy, bob, gus := s.Admin().For(t), s.User("amy").For(t), s.User("bob").For(t), s.WithRoles("gus", "system_guest").For(t)
		team := s.Team(t, "north", amy, bob, gus)
		open := s.Channel(t, team.ID, "open", "O", amy)
		path := "/channels/" + open + "/members"
		gus.Post(path, object{"user_id": gus.ID}).WantFault(403, refusedID)
		amy.Post(path, object{"user_id": gus.ID}).Want(201)
		ian, out := s.User("ian"), s.User("out")
		s.Join(t, team.ID, ian.ID)
		s.Join(t, team.ID, out.ID)
		admin.Put("/users/"+ian.ID+"/active", object{"active": false}).Want(200)
		out.For(t).Delete("/teams/" + team.ID + "/members/" + out.ID).Want(200)
		amy.Post(path, object{"user_id": ian.ID}).WantFault(403, "app.channel.add_member.deleted_user.app_error")
		amy.Post(path, object{"user_id": out.ID}).WantFault(400, "api.channel.add_user.to.channel.failed.deleted.app_error")
		direct := amy.Post("/channels/direct", []string{amy.ID, bob.ID}).Want(201).Text("id")
		amy.Post("/channels/"+direct+"/members", object{"user_id": gus.ID}).WantFault(400, "api.channel.add_user_to_channel.type.app_error")
		amy.Delete("/channels/"+direct+"/members/"+amy.ID).WantFault(400, "api.channel.remove_channel_member.type.app_error")

		gus.Delete(path + "/" + gus.ID).Want(200)
		if got := admin.Get("/teams/" + team.ID + "/members/" + gus.ID).Want(200).Text("delete_at"); got == "0" {
			t.Error("a guest without a channel stays in the team")
		}
		group := newGroup(admin, "board", amy.ID)
		admin.Post("/groups/"+group+"/channels/"+open+"/link", object{}).Want(201)
		admin.Put("/channels/"+open+"/patch", object{"group_constrained": true}).Want(200)
		mailSettle(t, s) // the others are taken out in the background
		if got := amy.Get(path).Want(200).Column("user_id"); !slices.Equal(got, []string{amy.ID}) {
			t.Errorf("in the channel are %v", got)
		}
		bob.Post(path, object{"user_id": bob.ID}).WantFault(400, "api.channel.add_members.user_denied")
		admin.Delete(path+"/"+amy.ID).WantFault(400, "api.channel.remove_member.group_constrained.app_error")
	})
}

// TestChannelsMoveAndTurn: a channel goes to another team with those who are there, and a group
// becomes a private channel.
func TestChannelsMoveAndTurn(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		admin, amy, bob, cat := s.Admin().For(t), s.User("amy").For(t), s.User("bob").For(t), s.User("cat").For(t)
		team, south := s.Team(t, "north", amy, bob, cat), s.Team(t, "south", amy)
		ch := s.Channel(t, team.ID, "chat", "O", amy, bob)
		move := "/channels/" + ch + "/move"
		amy.Post(move, object{"team_id": south.ID}).WantFault(403, refusedID)
		admin.Post(move, object{"team_id": "short"}).WantFault(400, badBodyID)
		admin.Post(move, object{"team_id": usersID}).WantFault(404, "app.team.get.find.app_error")
		admin.Post("/channels/"+team.Town+"/move", object{"team_id": south.ID, "force": true}).WantFault(400, "api.channel.update_channel.tried.app_error")
		admin.Post(move, object{"team_id": south.ID}).Want(500) // bob is not there
		if got := amy.Get("/channels/" + ch).Want(200).Text("team_id"); got != team.ID {
			t.Errorf("the channel is in team %s", got)
		}
		admin.Post(move, object{"team_id": south.ID, "force": true}).Want(200)
		if got := amy.Get("/channels/" + ch + "/stats").Want(200).Text("member_count"); got != "2" {
			t.Errorf("%s members came along", got)
		}
		bob.Get("/channels/"+ch).WantFault(403, refusedID)

		trio := amy.Post("/channels/group", []string{bob.ID, cat.ID}).Want(201).Text("id")
		turn, to := "/channels/"+trio+"/convert_to_channel", object{"channel_id": trio, "team_id": team.ID, "name": "trio", "display_name": "Trio"}
		s.User("eve").For(t).Post(turn, to).WantFault(403, refusedID)
		amy.Post(turn, object{"channel_id": trio, "team_id": south.ID, "name": "trio", "display_name": "Trio"}).
			WantFault(400, "app.channel.group_message_conversion.incorrect_team")
		amy.Post(turn, object{"channel_id": ch, "team_id": team.ID}).WantFault(400, badBodyID)
		amy.Post("/channels/"+s.Channel(t, team.ID, "plain", "O", amy)+"/convert_to_channel", object{"team_id": team.ID, "name": "x", "display_name": "x"}).
			WantFault(400, "app.channel.group_message_conversion.original_channel_not_gm")
		s.WithRoles("gus", "system_guest").For(t).Post(turn, to).
			WantFault(403, "api.channel.gm_to_channel_conversion.not_allowed_for_user.request_error")
		r := amy.Post(turn, to).Want(200)
		if r.Text("type") != "P" || r.Text("team_id") != team.ID || r.Text("display_name") != "Trio" {
			t.Errorf("turned into %s", r.Body)
		}
		cat.Get("/teams/" + team.ID + "/channels/name/trio").Want(200)
	})
}
