package api_test

import (
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// teamPerms is the fault for whoever lacks a permission, teamBody for a body that cannot be used.
const (
	teamPerms = "api.context.permissions.app_error"
	teamBody  = "api.context.invalid_body_param.app_error"
)

// TestTeamChanges walks through what can become of a team.
func TestTeamChanges(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"ServiceSettings":{"EnableAPITeamDeletion":true}}`}, func(t *testing.T, s *testkit.Server) {
		amy, eve := s.User("amy"), s.User("eve")
		team := s.Team(t, "north", amy)
		path := "/teams/" + team.ID
		admin := s.Admin()
		invite := func() string { return admin.Get(path).Want(http.StatusOK).Text("invite_id") }
		for _, tc := range []struct {
			name, method, path, body, fault string
			as                              *testkit.Client
			status                          int
		}{
			{"a member may not change it", "PUT", path + "/patch", `{"display_name":"x"}`, teamPerms, amy, 403},
			{"a stranger may not archive it", "DELETE", path, "", teamPerms, eve, 403},
			{"a member may not make another invite id", "POST", path + "/regenerate_invite_id", "", teamPerms, amy, 403},
			{"no body", "PUT", path, "", teamBody, admin, 400},
			{"null", "PUT", path + "/patch", "null", teamBody, admin, 400},
			{"another id", "PUT", path, `{"id":"` + usersID + `","display_name":"x"}`, teamBody, admin, 400},
			{
				"a display name that is too long", "PUT", path + "/patch", `{"display_name":"` + strings.Repeat("é", 65) + `"}`,
				"model.team.is_valid.name.app_error", admin, 400,
			},
			{
				"a description that is too long", "PUT", path + "/patch", `{"description":"` + strings.Repeat("x", 256) + `"}`,
				"model.team.is_valid.description.app_error", admin, 400,
			},
			{"no kind of privacy", "PUT", path + "/privacy", `{"privacy":"P"}`, teamBody, admin, 400},
			{"a team that is not there", "PUT", "/teams/" + usersID + "/privacy", `{"privacy":"O"}`, "app.team.get.find.app_error", admin, 404},
			{"a path that is no id", "DELETE", "/teams/north", "", "api.context.invalid_url_param.app_error", admin, 400},
			{"no member", "DELETE", path + "/members/" + eve.ID, "", "api.team.remove_user_from_team.missing.app_error", admin, 400},
			{
				"roles that are none", "PUT", path + "/members/" + amy.ID + "/roles", `{"roles":"no_such_role team_user"}`,
				"app.role.get_by_name.app_error", admin, 400,
			},
			{
				"roles of a channel", "PUT", path + "/members/" + amy.ID + "/roles", `{"roles":"team_user channel_admin"}`,
				"api.channel.update_team_member_roles.scheme_role.app_error", admin, 400,
			},
			{
				"a guest and a user", "PUT", path + "/members/" + amy.ID + "/roles", `{"roles":"team_user team_guest"}`,
				"api.team.update_team_member_roles.guest_and_user.app_error", admin, 400,
			},
			{
				"a member as guest", "PUT", path + "/members/" + amy.ID + "/roles", `{"roles":"team_guest"}`,
				"api.channel.update_team_member_roles.changing_guest_role.app_error", admin, 400,
			},
			{
				"roles of who is no member", "PUT", path + "/members/" + eve.ID + "/roles", `{"roles":"team_user"}`,
				"app.team.get_member.missing.app_error", admin, 404,
			},
			{"a batch of nobody", "POST", path + "/members/batch", `[]`, teamBody, admin, 400},
			{"a picture that is none", "POST", path + "/image", `x`, "api.team.set_team_icon.parse.app_error", admin, 500},
		} {
			t.Run(tc.name, func(t *testing.T) {
				before := string(admin.For(t).Get(path).Body)
				s.Events.Take()
				tc.as.For(t).Do(tc.method, tc.path, tc.body).WantFault(tc.status, tc.fault)
				s.Events.Want(t, "")
				if after := string(admin.For(t).Get(path).Body); after != before {
					t.Errorf("team changed from %s to %s", before, after)
				}
			})
		}
		first := invite()
		s.Events.Take()
		admin.Put(path+"/patch", `{"allow_open_invite":true,"company_name":"c"}`).Want(http.StatusOK)
		s.Events.Want(t, "update_team")
		eve.Get(path).Want(http.StatusOK)
		if s.Visitor().Get("/teams/invite/"+first).Want(http.StatusOK).Text("display_name") != "Team north" {
			t.Error("the invitation tells another team")
		}
		admin.Put(path+"/privacy", `{"privacy":"I"}`).Want(http.StatusOK)
		if invite() == first {
			t.Error("the invite id of a closed team stays")
		}
		s.Visitor().Get("/teams/invite/"+first).WantFault(http.StatusNotFound, "app.team.get_by_invite_id.finding.app_error")
		s.Visitor().Get("/teams/invite/"+invite()).WantFault(http.StatusForbidden, "api.team.get_invite_info.not_open_team")
		second := invite()
		admin.Post(path+"/regenerate_invite_id", nil).Want(http.StatusOK)
		if invite() == second {
			t.Error("the invite id stays")
		}
		s.Events.Take()
		admin.Delete(path).Want(http.StatusOK)
		s.Events.Want(t, "delete_team")
		if got := amy.Get("/users/me/teams").Want(http.StatusOK).Column("id"); len(got) != 0 {
			t.Errorf("an archived team is listed: %v", got)
		}
		admin.Post(path+"/restore", nil).Want(http.StatusOK)
		s.Events.Want(t, "restore_team")
		admin.Put(path+"/members/"+amy.ID+"/schemeRoles", `{"scheme_admin":true,"scheme_user":true}`).Want(http.StatusOK)
		s.Events.Want(t, "memberrole_updated")
		amy.Put(path+"/members/"+amy.ID+"/roles", `{"roles":"team_user team_admin system_post_all"}`).Want(http.StatusOK)
		amy.Put(path+"/members/"+amy.ID+"/roles", `{"roles":"team_user team_admin system_manager"}`).WantFault(http.StatusForbidden, teamPerms)
		admin.Delete(path + "?permanent=true").Want(http.StatusOK)
		admin.Get(path).WantFault(http.StatusNotFound, "app.team.get.find.app_error")
	})
}

// TestTeamBatch: a batch costs the same number of statements whatever its size.
func TestTeamBatch(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"TeamSettings":{"MaxUsersPerTeam":12}}`}, func(t *testing.T, s *testkit.Server) {
		team := s.Team(t, "north")
		path := "/teams/" + team.ID + "/members/batch"
		var ids []string
		for _, name := range strings.Fields("a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2 b3") {
			ids = append(ids, s.Make(testkit.Account{Username: name}))
		}
		rows := func(ids ...string) (out []map[string]string) {
			for _, id := range ids {
				out = append(out, map[string]string{"team_id": team.ID, "user_id": id})
			}
			return out
		}
		cost := func(ids ...string) int64 {
			before := s.DB.Statements()
			r := s.Admin().For(t).Post(path, rows(ids...)).Want(http.StatusCreated)
			if got := r.Column("user_id"); len(got) != len(ids) {
				t.Errorf("%d came, want %d", len(got), len(ids))
			}
			return s.DB.Statements() - before
		}
		if one, many := cost(ids[0]), cost(ids[1:9]...); many >= one+7 { // regular work may add a few
			t.Errorf("eight members cost %d statements, one %d", many, one)
		}
		r := s.Admin().Post(path+"?graceful=yes", rows(usersID, ids[9], ids[10], ids[11])).Want(http.StatusCreated)
		var fates []struct {
			UserID string         `json:"user_id"`
			Member map[string]any `json:"member"`
			Error  map[string]any `json:"error"`
		}
		r.JSON(&fates)
		if len(fates) != 4 || fates[0].Error["id"] != "app.user.missing_account.const" || fates[1].Member == nil || fates[2].Member == nil ||
			fates[3].Error["id"] != "app.team.join_user_to_team.save_member.max_accounts.app_error" {
			t.Errorf("fates %s", r.Body)
		}
		s.Admin().Post(path, rows(ids[11])).WantFault(http.StatusBadRequest, "app.team.join_user_to_team.save_member.max_accounts.app_error")
		if got := s.Admin().Get("/teams/" + team.ID + "/stats").Want(http.StatusOK); got.Text("total_member_count") != "12" {
			t.Errorf("stats %s", got.Body)
		}
	})
}
