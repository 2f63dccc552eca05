package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"muster/internal/testkit"
)

// usersAtOnce runs a task several times side by side and waits for all.
func usersAtOnce(n int, task func(worker int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { task(i) })
	}
	wg.Wait()
}

// TestUsersReadWhatWasWritten changes accounts from several sides while others read
// them: whoever changed something sees it in every next answer.
func TestUsersReadWhatWasWritten(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		const writers, rounds = 4, 12
		clients := make([]*testkit.Client, writers)
		for i := range clients {
			clients[i] = s.User(fmt.Sprintf("w%d", i))
		}
		reader := s.User("reader")
		var done atomic.Bool
		var readers sync.WaitGroup
		for i := range 3 {
			readers.Go(func() {
				for n := i; !done.Load(); n++ {
					c := clients[n%writers]
					reader.Get("/users/" + c.ID).Want(http.StatusOK)
					reader.Post("/users/ids", []string{c.ID}).Want(http.StatusOK)
					reader.Get("/users?per_page=50").Want(http.StatusOK)
				}
			})
		}
		usersAtOnce(writers, func(i int) {
			c := clients[i]
			for n := range rounds {
				name := fmt.Sprintf("w%d-%d", i, n)
				c.Put("/users/me/patch", map[string]string{"nickname": name, "username": name}).Want(http.StatusOK)
				for _, r := range []*testkit.Response{c.Get("/users/me"), reader.Get("/users/" + c.ID), reader.Get("/users/username/" + name)} {
					if r.Text("nickname") != name {
						t.Errorf("%s reads %s", name, r.Body)
					}
				}
				for _, r := range []*testkit.Response{
					reader.Get("/users?per_page=50"), reader.Post("/users/ids", []string{c.ID}),
					reader.Post("/users/usernames", []string{name}),
				} {
					if !slices.Contains(r.Column("nickname"), name) {
						t.Errorf("%s is not among %s", name, r.Body)
					}
				}
				if list := reader.Get("/users?per_page=50").Column("username"); !slices.IsSorted(list) {
					t.Errorf("not by username: %v", list)
				}
			}
		})
		done.Store(true)
		readers.Wait()
	})
}

// TestUsersSessionsReadWhatWasWritten changes roles while sessions are in use: a
// right that was given or taken holds in the next request.
func TestUsersSessionsReadWhatWasWritten(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		var done atomic.Bool
		var readers sync.WaitGroup
		for range 3 {
			readers.Go(func() {
				for !done.Load() {
					amy.Get("/users/stats/filtered")
					bob.Get("/users/me").Want(http.StatusOK)
				}
			})
		}
		for i := range 20 {
			roles, want := "system_user", http.StatusForbidden
			if i%2 == 0 {
				roles, want = "system_user system_read_only_admin", http.StatusOK
			}
			s.Admin().Put("/users/"+amy.ID+"/roles", map[string]string{"roles": roles}).Want(http.StatusOK)
			amy.Get("/users/stats/filtered").Want(want)
		}
		s.Admin().Delete("/users/" + amy.ID).Want(http.StatusOK)
		amy.Get("/users/me").WantFault(http.StatusUnauthorized, "api.context.session_expired.app_error")
		done.Store(true)
		readers.Wait()
	})
}

// TestUsersStatements counts what answers cost: the number of statements must not
// grow with the number of accounts in them.
func TestUsersStatements(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		var ids, names []string
		type request = func(c *testkit.Client) *testkit.Response
		get := func(path string) request {
			return func(c *testkit.Client) *testkit.Response { return c.Get(path) }
		}
		post := func(path string, body any) request {
			return func(c *testkit.Client) *testkit.Response { return c.Post(path, body) }
		}
		for len(ids) < 60 {
			name := fmt.Sprintf("u%03d", len(ids))
			r := s.Admin().Post("/users", map[string]any{"username": name, "email": name + "@example.com", "auth_service": "ldap", "auth_data": name})
			ids, names = append(ids, r.Want(http.StatusCreated).Text("id")), append(names, name)
		}
		// The least of several counts, of few where it is enough: work in the background
		// runs statements of its own.
		cost := func(do request, cold bool, enough int64) int64 {
			least := int64(1 << 60)
			for range 100 {
				if cold {
					usersCold(s, ids...)
				}
				s.Admin().Get("/users/me").Want(http.StatusOK)
				before := s.DB.Statements()
				do(s.Admin()).Want(http.StatusOK)
				if least = min(least, s.DB.Statements()-before); least <= enough {
					break
				}
			}
			return least
		}
		for _, tc := range []struct {
			name       string
			do         request
			cold, warm int64 // most statements the first time, and when the accounts are in memory
		}{
			{"an account", get("/users/" + ids[0]), 1, 0},
			{"the list", get("/users?per_page=200"), 2, 0},
			{"the list of a role", get("/users?per_page=200&role=system_user"), 3, 1},
			{"the list of a team", get("/users?per_page=200&not_in_team=" + usersID), 2, 0},
			{"the list without a team", get("/users?per_page=200&without_team=true"), 2, 0},
			{"ids", post("/users/ids", ids), 1, 0},
			{"ids since", post("/users/ids?since=1", ids), 1, 0},
			{"names", post("/users/usernames", names), 2, 1},
			{"strange addresses", get("/users/invalid_emails?per_page=200"), 2, 1},
			{"the number", get("/users/stats"), 1, 1},
			{"a filtered number", get("/users/stats/filtered?roles=system_user"), 1, 1},
			{"a search", post("/users/search", map[string]string{"term": "u"}), 4, 3},
			{"a completion", get("/users/autocomplete?name=u"), 4, 3},
		} {
			if cold := cost(tc.do, true, tc.cold); cold > tc.cold {
				t.Errorf("%s costs %d statements, want %d", tc.name, cold, tc.cold)
			}
			if warm := cost(tc.do, false, tc.warm); warm > tc.warm {
				t.Errorf("%s costs %d statements the second time, want %d", tc.name, warm, tc.warm)
			}
		}
	})
}
