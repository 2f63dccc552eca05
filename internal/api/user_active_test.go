package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

func chgActive(c *testkit.Client, id, active string) *testkit.Response {
	return c.Put("/users/"+id+"/active", `{"active":`+active+`}`)
}

// chgOffEvents is what is told when an account is deactivated.
const chgOffEvents = "status_change " + chgUserEvents

func TestDeactivationEndsEverything(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		for _, way := range []string{"active", "delete"} {
			off := func(id string) {
				if way == "active" {
					chgActive(s.Admin(), id, "false").Want(http.StatusOK)
				} else {
					s.Admin().Delete("/users/" + id).Want(http.StatusOK)
				}
			}
			amy := s.User("amy" + way)
			second := s.SignIn(amy.Username)
			amy.Put("/users/me/status", `{"user_id":"`+amy.ID+`","status":"dnd"}`).Want(http.StatusOK)
			audits := len(chgAudits(s, s.Admin().ID))
			s.Events.Take()
			off(amy.ID)
			wantEvents, wantAudits := chgOffEvents, 0
			if way == "active" {
				wantEvents, wantAudits = chgOffEvents+" user_activation_status_change", 1
			}
			s.Events.Want(t, wantEvents)
			for _, c := range []*testkit.Client{amy, second} {
				c.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
			}
			if got := s.Admin().Get("/users/" + amy.ID + "/status").Want(http.StatusOK).Text("status"); got != "offline" {
				t.Errorf("%s: the presence is %q", way, got)
			}
			if n := chgTraces(t, s, db, amy.ID); strings.Contains(n, "sessions") {
				t.Errorf("%s: sessions remain: %s", way, n)
			}
			rows := chgAudits(s, s.Admin().ID)
			if len(rows)-audits != wantAudits || wantAudits == 1 && rows[0] != "/api/v4/users/"+amy.ID+"/active user_id="+amy.ID+" active=false" {
				t.Errorf("%s: audit rows %q", way, rows)
			}
			s.Visitor().Post("/users/login", map[string]string{"login_id": amy.Username, "password": testkit.Password}).
				WantFault(http.StatusUnauthorized, "api.user.login.inactive.app_error")
			first := chgStored(t, s, amy.ID)
			if first.DeleteAt == 0 || first.DeleteAt != first.UpdateAt {
				t.Errorf("%s: delete_at %d, update_at %d", way, first.DeleteAt, first.UpdateAt)
			}
			s.Events.Take()
			off(amy.ID) // again
			s.Events.Want(t, wantEvents)
			if again := chgStored(t, s, amy.ID); again.DeleteAt <= first.DeleteAt {
				t.Errorf("%s: repeating it does not renew the time", way)
			}
			taken := map[string]string{"username": amy.Username, "email": "x@example.com", "password": testkit.Password}
			s.Admin().Post("/users", taken).WantFault(http.StatusBadRequest, "app.user.save.username_exists.app_error")
			s.Events.Take()
			chgActive(s.Admin(), amy.ID, "true").Want(http.StatusOK)
			s.Events.Want(t, chgUserEvents+" user_activation_status_change")
			amy.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
			if u := chgStored(t, s, amy.ID); u.DeleteAt != 0 {
				t.Errorf("%s: delete_at %d after activation", way, u.DeleteAt)
			}
			s.SignIn(amy.Username)
			chgCountsAgree(t, db)
		}
		events := func() []string { return strings.Fields(chgUserEvents + " user_activation_status_change") }
		bea := s.Make(testkit.Account{Username: "bea"})
		s.Events.Take()
		chgActive(s.Admin(), bea, "true").Want(http.StatusOK) // is active already
		if got := s.Events.Take(); len(got) != len(events()) || got[len(got)-1].To.UserID != "" || got[len(got)-1].Data == nil {
			t.Errorf("events %+v", got)
		}
	})
}

func TestDeactivatingOneself(t *testing.T) {
	const off = "api.user.update_active.not_enable.app_error"
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy, bob := s.User("amy"), s.User("bob")
		root := s.WithRoles("root2", "system_user system_admin")
		chgUnchanged(t, s, db, func() {
			chgActive(amy, amy.ID, "false").WantFault(http.StatusUnauthorized, off)
			chgActive(amy, "me", "false").WantFault(http.StatusUnauthorized, off)
			chgActive(root, "me", "false").WantFault(http.StatusUnauthorized, off)
			amy.Delete("/users/me").WantFault(http.StatusUnauthorized, off)
			amy.Delete("/users/me?permanent=true").WantFault(http.StatusUnauthorized, off)
		})
		root.Delete("/users/me").Want(http.StatusOK)
		root.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
		chgConfig(s, `{"TeamSettings":{"EnableUserDeactivation":true}}`)
		chgActive(amy, "me", "true").WantFault(http.StatusForbidden, "api.user.update_active.permissions.app_error")
		s.Events.Take()
		chgActive(amy, "me", "false").Want(http.StatusOK)
		s.Events.Want(t, chgOffEvents+" user_activation_status_change")
		if rows := chgAudits(s, amy.ID); rows[0] != "/api/v4/users/me/active user_id="+amy.ID+" active=false" {
			t.Errorf("audit rows %q", rows)
		}
		amy.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
		bob.Delete("/users/me").Want(http.StatusOK)
		bob.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
		chgActive(s.Admin(), "me", "false").Want(http.StatusOK)
	})
}

func TestActiveBodiesThatCannotBeUsed(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.User("amy")
		chgUnchanged(t, s, db, func() {
			for _, body := range []string{
				"", "{", "[]", "null", `"x"`, "5", "{}", `{"active":null}`, `{"active":"false"}`, `{"active":0}`,
				`{"active":[]}`, `{"active":{}}`, `{"active":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + "}",
			} {
				s.Admin().Put("/users/"+amy.ID+"/active", body).WantFault(http.StatusBadRequest, chgBadBody)
				amy.Put("/users/"+chgUnknownID+"/active", body).WantFault(http.StatusBadRequest, chgBadBody)
			}
			s.Admin().Put("/users/"+amy.ID+"/active", `{"active":false,"x":"`+strings.Repeat("y", 300_512)+`"}`).
				WantFault(http.StatusRequestEntityTooLarge, chgTooLarge)
		})
	})
}

func TestAccountsOfOthersThatStayAsTheyAre(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		chgConfig(s, `{"GuestAccountsSettings":{"Enable":true}}`)
		guest := s.Make(testkit.Account{Username: "guest"})
		chgRoles(s.Admin(), guest, "system_guest").Want(http.StatusOK)
		chgActive(s.Admin(), guest, "false").Want(http.StatusOK)
		chgActive(s.Admin(), guest, "true").Want(http.StatusOK)
		lou := s.Admin().Post("/users", map[string]any{"username": "lou", "email": "lou@example.com", "auth_service": "ldap", "auth_data": "lou"}).
			Want(http.StatusCreated).Text("id")
		sam := s.Admin().Post("/users", map[string]any{"username": "sam", "email": "sam@example.com", "auth_service": "saml", "auth_data": "sam"}).
			Want(http.StatusCreated).Text("id")
		chgConfig(s, `{"GuestAccountsSettings":{"Enable":false}}`)
		chgEventually(t, "guests are deactivated", func() bool {
			return slices.Equal(chgList(t, db, `SELECT status FROM jobs WHERE type = 'deactivate_guests'`), []string{model.JobSuccess})
		})
		chgUnchanged(t, s, db, func() {
			chgActive(s.Admin(), guest, "true").WantFault(http.StatusUnauthorized,
				"api.user.update_active.cannot_enable_guest_when_guest_feature_is_disabled.app_error")
			for _, active := range []string{"true", "false"} {
				chgActive(s.Admin(), lou, active).WantFault(http.StatusForbidden,
					"api.user.update_active.cannot_modify_status_when_user_is_managed_by_ldap.app_error")
			}
		})
		chgActive(s.Admin(), guest, "false").Want(http.StatusOK)
		chgActive(s.Admin(), sam, "false").Want(http.StatusOK)
		s.Admin().Delete("/users/" + lou).Want(http.StatusOK)
	})
}

func TestFailedTriesAreForgotten(t *testing.T) {
	const locked = "api.user.check_user_login_attempts.too_many.app_error"
	chgEach(t, []string{"MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=2"}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy"})
		login := func(password string) *testkit.Response {
			return s.Visitor().Post("/users/login", map[string]string{"login_id": "amy", "password": password})
		}
		login("wrong-password")
		login("wrong-password")
		login(testkit.Password).WantFault(http.StatusUnauthorized, locked)
		if n := chgUser(s, amy)["failed_attempts"]; n != 2.0 {
			t.Errorf("an admin sees %v failed tries", n)
		}
		s.Events.Take()
		s.Admin().Post("/users/"+amy+"/reset_failed_attempts", nil).Want(http.StatusOK)
		s.Events.Want(t, "")
		if n := chgUser(s, amy)["failed_attempts"]; n != nil {
			t.Errorf("an admin sees %v failed tries afterwards", n)
		}
		login(testkit.Password).Want(http.StatusCreated)
		for service, status := range map[string]int{"ldap": 200, "saml": 400, "gitlab": 400} {
			id := s.Admin().Post("/users", map[string]any{"username": service, "email": service + "@example.com", "auth_service": service, "auth_data": service}).
				Want(http.StatusCreated).Text("id")
			r := s.Admin().Post("/users/"+id+"/reset_failed_attempts", nil).Want(status)
			if status == http.StatusBadRequest {
				r.WantFault(status, "api.user.reset_password_failed_attempts.ldap_and_email_only.app_error")
			}
		}
		s.Socket().Post("/users/"+amy+"/reset_failed_attempts", nil).WantFault(http.StatusNotFound, chgNoRoute)
	})
}

func TestAccessHistory(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		for range 3 {
			amy.Put("/users/me/patch", `{"nickname":"n"}`).Want(http.StatusOK)
		}
		r := amy.Get("/users/me/audits").Want(http.StatusOK)
		var rows []map[string]any
		r.JSON(&rows)
		session := amy.Get("/users/me/sessions").Want(http.StatusOK).Column("id")[0]
		for i, row := range rows[:3] {
			if row["action"] != "/api/v4/users/me/patch" || row["extra_info"] != "" || row["user_id"] != amy.ID || row["session_id"] != session ||
				row["ip_address"] != "127.0.0.1" || len(row) != 7 {
				t.Errorf("row %d is %v", i, row)
			}
			if i > 0 && row["create_at"].(float64) > rows[i-1]["create_at"].(float64) {
				t.Error("the newest is not the first")
			}
		}
		all := r.Column("id")
		second := amy.Get("/users/me/audits?per_page=1&page=1").Want(http.StatusOK).Column("id")
		if !slices.Equal(second, all[1:2]) {
			t.Errorf("the second page is %v, want %v", second, all[1:2])
		}
		for _, query := range []string{"?page=-1", "?page=x", "?per_page=-1", "?per_page=x"} {
			if got := amy.Get("/users/me/audits" + query).Want(http.StatusOK).Column("id"); !slices.Equal(got, all) {
				t.Errorf("%s gives %d rows, want all %d", query, len(got), len(all))
			}
		}
		for _, query := range []string{"?page=1000000000", "?per_page=0"} {
			if got := amy.Get("/users/me/audits" + query).Want(http.StatusOK); strings.TrimSpace(string(got.Body)) != "[]" {
				t.Errorf("%s gives %s", query, got.Body)
			}
		}
		if strings.Contains(string(r.Body), testkit.Password) || strings.Contains(string(r.Body), amy.Token) {
			t.Errorf("a secret stands in %s", r.Body)
		}
	})
}

func TestLocalModeChangesAnybody(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		local := s.Socket()
		amy := s.User("amy")
		local.Put("/users/"+amy.ID, chgUpdate(s, amy.ID, map[string]any{"email": "local@example.com"})).Want(http.StatusOK)
		chgRoles(local, amy.ID, "system_user system_admin").Want(http.StatusOK)
		local.Put("/users/"+amy.ID+"/password", `{"new_password":"From-the-socket1"}`).Want(http.StatusOK)
		amy.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
		chgActive(local, amy.ID, "false").Want(http.StatusOK)
		chgActive(local, amy.ID, "true").Want(http.StatusOK)
		local.Delete("/users/" + amy.ID).Want(http.StatusOK)
		for _, request := range []string{"PUT /users/me", "DELETE /users/me", "PUT /users/me/roles", "PUT /users/me/active", "PUT /users/me/password"} {
			method, path, _ := strings.Cut(request, " ")
			local.Do(method, path, "{}").WantFault(http.StatusBadRequest, chgBadURL)
		}
		for _, request := range []string{
			"PUT /users/ID/patch", "GET /users/ID/image", "POST /users/ID/image", "DELETE /users/ID/image",
			"GET /users/ID/image/default", "GET /users/ID/audits",
		} {
			method, path, _ := strings.Cut(strings.Replace(request, "ID", amy.ID, 1), " ")
			local.Do(method, path, nil).WantFault(http.StatusNotFound, chgNoRoute)
		}
		chgRoles(local, s.Admin().ID, "system_user").WantFault(http.StatusBadRequest, "app.user.update.lastAdmin.app_error")
	})
}
