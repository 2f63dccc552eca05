package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/perm"
	"muster/internal/testkit"
)

func chgRoles(c *testkit.Client, id, roles string) *testkit.Response {
	return c.Put("/users/"+id+"/roles", map[string]string{"roles": roles})
}

func TestRolesAreReplacedAtOnce(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		bob := s.Make(testkit.Account{Username: "bob"})
		before := chgStored(t, s, amy.ID)
		s.Events.Take()
		amy.Get("/config").WantFault(http.StatusForbidden, chgForbidden)
		chgRoles(s.Admin(), amy.ID, "system_user system_admin").Want(http.StatusOK)
		events := s.Events.Take()
		if len(events) != 1 || events[0].Name != "user_role_updated" || events[0].To.UserID != amy.ID ||
			!cmp.Equal(events[0].Data, map[string]any{"user_id": amy.ID, "roles": "system_user system_admin"}) {
			t.Errorf("events %+v", events)
		}
		if got := chgAudits(s, s.Admin().ID)[0]; got != "/api/v4/users/"+amy.ID+"/roles user="+amy.ID+" roles=system_user system_admin" {
			t.Errorf("audit row %q", got)
		}
		if after := chgStored(t, s, amy.ID); after.UpdateAt <= before.UpdateAt {
			t.Error("update_at stays")
		}
		chgRoles(amy, bob, "system_user system_post_all").Want(http.StatusOK)
		if got := amy.Get("/users/me/sessions").Want(http.StatusOK).Column("roles"); !slices.Equal(got, []string{"system_user system_admin"}) {
			t.Errorf("her sessions have the roles %q", got)
		}
		chgRoles(amy, amy.ID, "system_user").Want(http.StatusOK)
		chgRoles(amy, bob, "system_user").WantFault(http.StatusForbidden, chgForbidden)
		amy.Get("/users/me").Want(http.StatusOK) // without being signed out
	})
}

func TestRolesThatAreRefused(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.Make(testkit.Account{Username: "amy"})
		long := "system_user team_user team_admin team_guest channel_user channel_admin channel_guest playbook_admin playbook_member run_admin run_member " +
			"system_post_all system_post_all_public team_post_all team_post_all_public system_user_access_token system_custom_group_admin"
		for _, tc := range []struct {
			name, body, fault string
			status            int
		}{
			{"no body", "", chgBadBody, 400},
			{"half an object", "{", chgBadBody, 400},
			{"null", "null", chgBadBody, 400},
			{"an array", "[]", chgBadBody, 400},
			{"no roles", "{}", chgBadBody, 400},
			{"a number", `{"roles":5}`, chgBadBody, 400},
			{"null for roles", `{"roles":null}`, chgBadBody, 400},
			{"an array of roles", `{"roles":["system_user"]}`, chgBadBody, 400},
			{"empty roles", `{"roles":""}`, chgBadBody, 400},
			{"blanks for roles", `{"roles":"  "}`, chgBadBody, 400},
			{"upper case", `{"roles":"system_User"}`, chgBadBody, 400},
			{"a tab between roles", `{"roles":"system_user\tteam_user"}`, chgBadBody, 400},
			{"a no-break space between roles", `{"roles":"system_user\u00a0system_admin"}`, chgBadBody, 400},
			{"a name that is too long", `{"roles":"system_user ` + strings.Repeat("a", 65) + `"}`, chgBadBody, 400},
			{"an admin who is nothing else", `{"roles":"system_admin"}`, chgBadBody, 400},
			{"an admin twice who is nothing else", `{"roles":"system_admin  system_admin"}`, chgBadBody, 400},
			{"too deep", `{"roles":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`, chgBadBody, 400},
			{"too large", `{"roles":"` + strings.Repeat("a", 300_512) + `"}`, chgTooLarge, 413},
			{"a role that does not exist", `{"roles":"system_user nonsense"}`, "app.role.check_roles_exist.role_not_found", 400},
			{"more than 256 bytes", `{"roles":"` + long + `"}`, "model.user.is_valid.roles_limit.app_error", 400},
		} {
			t.Run(tc.name, func(t *testing.T) {
				chgUnchanged(t, s, db, func() {
					s.Admin().For(t).Put("/users/"+amy+"/roles", tc.body).WantFault(tc.status, tc.fault)
				})
			})
		}
		for _, roles := range []string{
			" system_user ", "system_user  system_user", "team_user", "system_guest", "custom_group_user",
			"system_user system_manager system_user_manager system_read_only_admin shared_channel_manager secure_connection_manager",
		} {
			chgRoles(s.Admin(), amy, roles).Want(http.StatusOK)
			if got := chgUser(s, amy)["roles"]; got != roles {
				t.Errorf("roles %q were stored as %q", roles, got)
			}
		}
	})
}

func TestTheLastAdminRemains(t *testing.T) {
	const last = "app.user.update.lastAdmin.app_error"
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		chgUnchanged(t, s, db, func() { chgRoles(s.Admin(), s.Admin().ID, "system_user").WantFault(http.StatusBadRequest, last) })
		chgRoles(s.Admin(), s.Admin().ID, "system_admin system_user system_post_all").Want(http.StatusOK)
		other := s.WithRoles("other", "system_user system_admin")
		s.Admin().Put("/users/"+other.ID+"/active", `{"active":false}`).Want(http.StatusOK)
		chgUnchanged(t, s, db, func() { // a deactivated admin cannot help
			chgRoles(s.Admin(), s.Admin().ID, "system_user").WantFault(http.StatusBadRequest, last)
		})
		chgRoles(s.Admin(), other.ID, "system_user").Want(http.StatusOK) // and is not needed
		chgRoles(s.Admin(), other.ID, "system_user system_admin").Want(http.StatusOK)
		s.Admin().Put("/users/"+other.ID+"/active", `{"active":true}`).Want(http.StatusOK)
		chgRoles(s.Admin(), s.Admin().ID, "system_user").Want(http.StatusOK)
	})
}

// Administrators who take the role from each other at the same moment must leave one.
func TestTheLastAdminRemainsWhenAllResignAtOnce(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		admins := []*testkit.Client{s.Admin()}
		for i := range 5 {
			admins = append(admins, s.WithRoles(fmt.Sprintf("admin%d", i), "system_user system_admin"))
		}
		var wg sync.WaitGroup
		statuses := make([]int, len(admins))
		for i, a := range admins {
			wg.Go(func() {
				if r, err := a.Try("PUT", "/users/"+a.ID+"/roles", map[string]string{"roles": "system_user"}); err == nil {
					statuses[i] = r.StatusCode
				}
			})
		}
		wg.Wait()
		left := 0
		for i, a := range admins {
			isAdmin := chgStored(t, s, a.ID).IsSystemAdmin()
			if isAdmin {
				left++
			}
			if want := map[bool]int{true: 400, false: 200}[isAdmin]; statuses[i] != want {
				t.Errorf("an admin who is one now: %v was answered %d", isAdmin, statuses[i])
			}
		}
		if left != 1 {
			t.Errorf("%d admins are left", left)
		}
	})
}

// Nobody raises themselves: whoever may hand out roles can hand out only what they hold.
func TestManagersOfRolesStayBelowTheirLevel(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		manager := s.User("manager")
		amy := s.Make(testkit.Account{Username: "amy"})
		// manage_roles cannot be given by a patch, so the row says it.
		for _, q := range []string{`UPDATE roles SET permissions = 'manage_roles' WHERE name = 'system_post_all_public'`} {
			if _, err := db.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		id := s.Admin().Get("/roles/name/system_post_all").Text("id")
		s.Admin().Put("/roles/"+id+"/patch", `{"permissions":["create_post"]}`).Want(http.StatusOK) // makes the server read the roles again
		chgRoles(s.Admin(), manager.ID, "system_user system_post_all_public").Want(http.StatusOK)
		chgRoles(manager, amy, "system_user system_post_all_public").Want(http.StatusOK)
		chgUnchanged(t, s, db, func() {
			for _, roles := range []string{"system_user system_admin", "system_user system_manager", "system_user system_post_all"} {
				chgRoles(manager, amy, roles).WantFault(http.StatusForbidden, chgForbidden)
				chgRoles(manager, manager.ID, roles).WantFault(http.StatusForbidden, chgForbidden)
			}
			chgRoles(manager, s.Admin().ID, "system_user").WantFault(http.StatusForbidden, chgForbidden)
			chgRoles(manager, chgUnknownID, "system_user").WantFault(http.StatusBadRequest, chgNoUser)
		})
	})
}

func TestRolesCanBeRead(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		list := s.Admin().Get("/roles").Want(http.StatusOK)
		if got := list.Column("name"); len(got) != len(perm.BuiltIn()) {
			t.Errorf("%d roles, want %d: %v", len(got), len(perm.BuiltIn()), got)
		}
		amy.Get("/roles").WantFault(http.StatusForbidden, chgForbidden)
		s.Visitor().Get("/roles").WantFault(http.StatusUnauthorized, chgNoSession)
		one := amy.Get("/roles/name/channel_admin").Want(http.StatusOK)
		amy.Get("/roles/" + one.Text("id")).Want(http.StatusOK)
		for _, field := range []string{
			"id", "name", "display_name", "description", "create_at", "update_at", "delete_at", "permissions",
			"scheme_managed", "built_in",
		} {
			if one.Value(field) == nil {
				t.Errorf("a role lacks %s: %s", field, one.Body)
			}
		}
		if !strings.Contains(string(one.Body), `"scheme_id":null`) {
			t.Errorf("scheme_id of a built-in role: %s", one.Body)
		}
		for path, want := range map[string]chgCell{
			"/roles/junk":                            chgURLCell,
			"/roles/no_id":                           {404, chgNoRoute},
			"/roles/" + chgUnknownID:                 {404, "app.role.get.app_error"},
			"/roles/name/nobody":                     {404, "app.role.get_by_name.app_error"},
			"/roles/name/" + strings.Repeat("a", 65): chgURLCell,
			"/roles/name/System_User":                {404, chgNoRoute},
			"/roles/name/a-b":                        {404, chgNoRoute},
		} {
			chgRawFault(t, s, amy, "GET "+path, "", want)
		}
		s.Visitor().Get("/roles/"+one.Text("id")).WantFault(http.StatusUnauthorized, chgNoSession)
		s.Visitor().Get("/roles/name/system_user").WantFault(http.StatusUnauthorized, chgNoSession)
	})
}

func TestSeveralRolesCanBeReadByName(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		got := amy.Post("/roles/names", `["system_user","nobody",""," ","team_user","system_user"]`).Want(http.StatusOK).Column("name")
		slices.Sort(got)
		if !slices.Equal(got, []string{"system_user", "team_user"}) {
			t.Errorf("roles %v", got)
		}
		if r := amy.Post("/roles/names", `["nobody"]`).Want(http.StatusOK); strings.TrimSpace(string(r.Body)) != "[]" {
			t.Errorf("no role at all is %s", r.Body)
		}
		hundred := strings.TrimSuffix(strings.Repeat(`"system_user",`, 100), ",")
		amy.Post("/roles/names", "["+hundred+"]").Want(http.StatusOK)
		for body, fault := range map[string]string{
			"": "api.payload.parse.error", "{": "api.payload.parse.error", "{}": "api.payload.parse.error", `"x"`: "api.payload.parse.error",
			"[5]": "api.payload.parse.error", strings.Repeat("[", 65): "api.payload.parse.error",
			"[]": chgBadBody, "null": chgBadBody, `["system_user","Upper"]`: chgBadBody, `["a b"]`: chgBadBody,
			"[" + hundred + `,"team_user"]`: "api.roles.get_multiple_by_name_too_many.request_error",
		} {
			amy.Post("/roles/names", body).WantFault(http.StatusBadRequest, fault)
		}
		amy.Post("/roles/names", `["`+strings.Repeat("a", 300_512)+`"]`).WantFault(http.StatusRequestEntityTooLarge, chgTooLarge)
		s.Visitor().Post("/roles/names", `["system_user"]`).WantFault(http.StatusUnauthorized, chgNoSession)
		s.Socket().Post("/roles/names", `["system_user"]`).Want(http.StatusOK)
		s.Socket().Get("/roles/name/system_user").Want(http.StatusOK)
		s.Socket().Get("/roles").WantFault(http.StatusNotFound, chgNoRoute)
	})
}

// chgRoleID finds a role.
func chgRoleID(s *testkit.Server, name string) string {
	return s.Admin().Get("/roles/name/" + name).Want(http.StatusOK).Text("id")
}

func TestRolePatchHoldsAtOnce(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		member := chgRoleID(s, "system_user")
		was := s.Admin().Get("/roles/" + member).Want(http.StatusOK)
		var r struct {
			Permissions []string `json:"permissions"`
		}
		was.JSON(&r)
		s.Events.Take()
		amy.Get("/users/invalid_emails").WantFault(http.StatusForbidden, chgForbidden)
		more := append(slices.Clone(r.Permissions), "sysconsole_read_user_management_users", "view_members")
		now := s.Admin().Put("/roles/"+member+"/patch", map[string]any{"permissions": more}).Want(http.StatusOK)
		events := s.Events.Take()
		if len(events) != 1 || events[0].Name != "role_updated" || events[0].To.UserID != "" ||
			events[0].Data["role"] != strings.TrimSpace(string(now.Body)) {
			t.Errorf("events %+v, want role_updated with %s", events, now.Body)
		}
		if n := strings.Count(string(now.Body), `"view_members"`); n != 1 {
			t.Errorf("a repeated permission stands %d times in %s", n, now.Body)
		}
		if now.Value("update_at").(float64) <= was.Value("update_at").(float64) {
			t.Error("update_at stays")
		}
		amy.Get("/users/invalid_emails").Want(http.StatusOK)
		slices.Reverse(more)
		again := s.Admin().Put("/roles/"+member+"/patch", map[string]any{"permissions": more}).Want(http.StatusOK)
		s.Events.Want(t, "")
		if string(again.Body) != string(now.Body) {
			t.Errorf("the same permissions changed\n%s\nto\n%s", now.Body, again.Body)
		}
		for _, nothing := range []string{"{}", "null", `{"permissions":null}`, `{"name":"x"}`} {
			if r := s.Admin().Put("/roles/"+member+"/patch", nothing).Want(http.StatusOK); string(r.Body) != string(now.Body) {
				t.Errorf("patch %s gave %s", nothing, r.Body)
			}
		}
		s.Events.Want(t, "")
		s.Admin().Put("/roles/"+member+"/patch", map[string]any{"permissions": []string{}}).Want(http.StatusOK)
		amy.Get("/users/"+s.Admin().ID).WantFault(http.StatusForbidden, chgForbidden)
	})
}

func TestRolePatchesThatAreRefused(t *testing.T) {
	const fixed = "api.roles.patch_roles.not_allowed_permission.error"
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.User("amy")
		shaper := s.User("shaper") // may edit permissions, without being an admin
		s.Admin().Put("/roles/"+chgRoleID(s, "system_user_manager")+"/patch",
			`{"permissions":["sysconsole_write_user_management_permissions","create_team"]}`).Want(http.StatusOK)
		chgRoles(s.Admin(), shaper.ID, "system_user system_user_manager").Want(http.StatusOK)
		patch := func(c *testkit.Client, role, body string, status int, fault string) {
			t.Helper()
			chgRawFault(t, s, c, "PUT /roles/"+role+"/patch", body, chgCell{status, fault})
		}
		before := chgState(t, s, db)
		s.Events.Take()
		user, admin, team := chgRoleID(s, "system_user"), chgRoleID(s, "system_admin"), chgRoleID(s, "team_user")
		for _, body := range []string{
			"", "{", "[]", `"x"`, `{"permissions":"create_team"}`, `{"permissions":{}}`, `{"permissions":[5]}`,
			`{"permissions":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + "}",
		} {
			patch(s.Admin(), user, body, 400, chgBadBody)
		}
		patch(s.Admin(), user, `{"permissions":["`+strings.Repeat("a", 300_512)+`"]}`, 413, chgTooLarge)
		patch(s.Admin(), "junk", `{"permissions":[]}`, 400, chgBadURL)
		patch(s.Admin(), "no_id", `{"permissions":[]}`, 404, chgNoRoute)
		patch(s.Admin(), chgUnknownID, `{"permissions":[]}`, 404, "app.role.get.app_error")
		patch(s.Visitor(), user, `{"permissions":[]}`, 401, chgNoSession)
		patch(amy, user, `{"permissions":[]}`, 403, chgForbidden)
		patch(amy, user, `{}`, 403, chgForbidden)
		patch(shaper, admin, `{"permissions":[]}`, 403, chgForbidden)
		patch(shaper, chgRoleID(s, "system_manager"), `{"permissions":[]}`, 403, chgForbidden)
		patch(shaper, chgRoleID(s, "system_post_all"), `{"permissions":[]}`, 403, chgForbidden)
		patch(shaper, user, `{"permissions":["edit_other_users"]}`, 403, chgForbidden)
		patch(shaper, team, `{"permissions":["edit_other_users"]}`, 403, chgForbidden)
		patch(s.Admin(), admin, `{"permissions":[]}`, 501, fixed)
		for _, p := range []string{"manage_system", "manage_roles", "sysconsole_write_user_management_system_roles", "sysconsole_read_user_management_system_roles"} {
			patch(s.Admin(), user, `{"permissions":["`+p+`"]}`, 501, fixed)
			patch(shaper, user, `{"permissions":["`+p+`"]}`, 501, fixed)
		}
		patch(s.Admin(), user, `{"permissions":["create_team","nonsense"]}`, 400, "app.role.save.invalid_role.app_error")
		chgSame(t, before, chgState(t, s, db))
		s.Events.Want(t, "")
		s.Admin().Put("/roles/"+chgRoleID(s, "system_guest")+"/patch", `{"permissions":["create_direct_channel"]}`).Want(http.StatusOK)
		s.Admin().Put("/roles/"+user+"/patch", `{"permissions":["view_members","manage_webhooks"]}`).Want(http.StatusOK) // a former id
		shaper.Put("/roles/"+team+"/patch", `{"permissions":["view_team","manage_team"]}`).Want(http.StatusOK)
		shaper.Put("/roles/"+user+"/patch", `{"permissions":["view_members","create_team"]}`).Want(http.StatusOK)
		s.Socket().Put("/roles/"+user+"/patch", `{"permissions":["view_members"]}`).Want(http.StatusOK)
	})
}
