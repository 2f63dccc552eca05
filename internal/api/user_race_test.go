package api_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"muster/internal/store"
	"muster/internal/testkit"
)

// chgWhileHeld sends a request while another program holds the database, makes the
// change in between, and gives the answer: the request has read the old state when it
// comes to write.
func chgWhileHeld(t *testing.T, s *testkit.Server, db *sql.DB, change string, request func() int) int {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // the test is over then
	run := func(query string) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	begin, reads := "BEGIN IMMEDIATE", int64(1)
	if s.DB.Driver() == store.Postgres { // a second statement waits for the row
		begin, reads = "BEGIN", 2
	}
	run(begin)
	run(change)
	before := s.DB.Statements()
	status := make(chan int, 1)
	go func() { status <- request() }()
	chgEventually(t, "the request reads", func() bool { return s.DB.Statements() >= before+reads })
	run("COMMIT")
	return <-status
}

// Whoever may edit members must not get hold of an account that becomes an admin's
// while the request is under way.
func TestPromotionOvertakesAChange(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		editor := chgEditor(s, "editor")
		for _, tc := range []struct{ path, body string }{
			{"/password", `{"new_password":"Taken-over-1"}`},
			{"/patch", `{"email":"thief@example.com"}`},
		} {
			amy := s.Make(testkit.Account{Username: "amy" + strings.Trim(tc.path, "/")})
			editor.Get("/users/me").Want(http.StatusOK) // the server knows the session already
			status := chgWhileHeld(t, s, db, `UPDATE users SET roles = 'system_user system_admin' WHERE id = '`+amy+`'`, func() int {
				r, err := editor.Try(http.MethodPut, "/users/"+amy+tc.path, tc.body)
				if err != nil {
					return 0
				}
				return r.StatusCode
			})
			u := chgStored(t, s, amy)
			if status != http.StatusForbidden || u.Email == "thief@example.com" || u.DeleteAt != 0 || chgSignsIn(s, u.Username, "Taken-over-1") {
				t.Errorf("PUT %s was answered %d", tc.path, status)
			}
		}
	})
}

func TestPatchesAtOnceAreAllKept(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		fields := []string{"nickname", "first_name", "last_name", "position"}
		var wg sync.WaitGroup
		for _, field := range fields {
			wg.Go(func() {
				for i := range 10 {
					body := fmt.Sprintf(`{%q:"%s%d"}`, field, field, i)
					if r, err := amy.Try(http.MethodPut, "/users/me/patch", body); err != nil || r.StatusCode != http.StatusOK {
						t.Errorf("patch %s: %v", body, err)
					}
				}
			})
		}
		wg.Wait()
		u := chgUser(s, amy.ID)
		for _, field := range fields {
			if u[field] != field+"9" {
				t.Errorf("%s is %q after the last change", field, u[field])
			}
		}
	})
}

func TestANameIsGivenOnce(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		for _, tc := range []struct{ field, value, fault string }{
			{"username", "wanted", "app.user.save.username_exists.app_error"},
			{"email", "wanted@example.com", "app.user.save.email_exists.app_error"},
		} {
			var ids, answers []string
			for i := range 4 {
				ids = append(ids, s.Make(testkit.Account{Username: fmt.Sprintf("%s%d", tc.field, i)}))
			}
			answers = make([]string, len(ids))
			var wg sync.WaitGroup
			for i, id := range ids {
				wg.Go(func() {
					r, err := s.Admin().Try(http.MethodPut, "/users/"+id+"/patch", fmt.Sprintf(`{%q:%q}`, tc.field, tc.value))
					if err != nil {
						return
					}
					if answers[i] = r.Text("id"); r.StatusCode == http.StatusOK {
						answers[i] = "won"
					}
				})
			}
			wg.Wait()
			slices.Sort(answers)
			if !slices.Equal(answers, []string{tc.fault, tc.fault, tc.fault, "won"}) {
				t.Errorf("answers %q", answers)
			}
		}
	})
}

// Changes that race with the end of an account are answered as if they came before or
// after it, and leave nothing behind.
func TestChangesRaceWithTheEndOfAnAccount(t *testing.T) {
	chgEach(t, []string{"MM_SERVICESETTINGS_ENABLEAPIUSERDELETION=true"}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		form, kind := chgForm(t, "image", chgPNG(t, 8, 8))
		upload := s.Admin().For(t)
		upload.Header.Set("Content-Type", kind)
		for round := range 3 {
			name := fmt.Sprintf("amy%d", round)
			id := s.Make(testkit.Account{Username: name})
			allowed := map[string][]int{
				"PUT /users/ID/patch":             {200, 400},
				"PUT /users/ID/active":            {200, 404},
				"PUT /users/ID/roles":             {200, 400},
				"PUT /users/ID/password":          {200, 403, 404},
				"POST /users/ID/image":            {200, 400, 404},
				"GET /users/ID/image":             {200, 404},
				"POST /users/login":               {201, 401},
				"DELETE /users/ID":                {200, 404},
				"DELETE /users/ID?permanent=true": {200, 404},
			}
			body := map[string]any{
				"PUT /users/ID/patch": `{"username":"` + name + `x"}`, "PUT /users/ID/active": `{"active":true}`,
				"PUT /users/ID/roles": `{"roles":"system_user team_user"}`, "PUT /users/ID/password": `{"new_password":"New-Passw0rd"}`,
				"POST /users/ID/image": form, "POST /users/login": `{"login_id":"` + name + `","password":"` + testkit.Password + `"}`,
			}
			var wg sync.WaitGroup
			for request, statuses := range allowed {
				wg.Go(func() {
					method, path, _ := strings.Cut(strings.Replace(request, "ID", id, 1), " ")
					c := s.Admin()
					switch {
					case strings.HasSuffix(request, "login"):
						c = s.Visitor()
					case strings.HasPrefix(request, "POST"):
						c = upload
					}
					for range 4 {
						r, err := c.Try(method, path, body[request])
						if err != nil || !slices.Contains(statuses, r.StatusCode) {
							t.Errorf("%s: %v", request, err)
							if r != nil {
								t.Errorf("%d %s", r.StatusCode, r.Body)
							}
						}
					}
				})
			}
			end := s.Admin().Delete("/users/" + id + "?permanent=true")
			wg.Wait()
			if end.StatusCode != http.StatusOK && end.StatusCode != http.StatusNotFound {
				t.Errorf("the end itself: %d %s", end.StatusCode, end.Body)
			}
			s.Admin().Get("/users/"+id).WantFault(http.StatusNotFound, chgNoUser)
			chgNoTraces(t, s, db, id)
			chgCountsAgree(t, db)
		}
	})
}

func TestRolesAndActivityChangeAtOnce(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		var ids []string
		for i := range 3 {
			ids = append(ids, s.Make(testkit.Account{Username: fmt.Sprintf("amy%d", i)}))
		}
		var wg sync.WaitGroup
		put := func(path, body string) {
			if r, err := s.Admin().Try(http.MethodPut, path, body); err != nil || r.StatusCode != http.StatusOK {
				t.Errorf("PUT %s %s: %v", path, body, err)
			}
		}
		for _, id := range ids {
			wg.Go(func() {
				for i := range 6 {
					put("/users/"+id+"/roles", `{"roles":"`+[]string{"system_user", "system_user system_admin"}[i%2]+`"}`)
				}
			})
			wg.Go(func() {
				for i := range 6 {
					put("/users/"+id+"/active", `{"active":`+[]string{"false", "true"}[i%2]+`}`)
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			if u := chgStored(t, s, id); !u.IsSystemAdmin() || !u.Active() {
				t.Errorf("an account ended with %q, delete_at %d", u.Roles, u.DeleteAt)
			}
		}
		chgCountsAgree(t, db)
	})
}
