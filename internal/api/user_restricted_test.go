package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// TestUsersRestricted shows accounts without view_members nobody but themselves, and
// on lists nobody at all: there are no teams or channels to share.
func TestUsersRestricted(t *testing.T) {
	const perms = "api.context.permissions.app_error"
	o := testkit.Options{Env: []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true", "MM_SERVICESETTINGS_ENABLEDEVELOPER=true"}}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		gus := s.WithRoles("gus", "system_guest")
		man := s.WithRoles("man", "system_manager") // may see teams, but has no view_members
		s.Events.Take()
		for _, c := range []*testkit.Client{gus, man} {
			t.Run(c.Username+" sees itself", func(t *testing.T) {
				for path, fields := range map[string][]string{
					"/users/" + c.ID: usersSelf, "/users/me": usersSelf, "/users/username/" + c.Username: usersSelf,
					"/users/email/" + c.Username + "@example.com": usersOther,
				} {
					got := usersFields(t, c.For(t).Get(path).Want(http.StatusOK).Body)
					if own := slices.Contains(got, "notify_props"); own != slices.Contains(fields, "notify_props") {
						t.Errorf("%s shows %v", path, got)
					}
				}
			})
			for _, path := range []string{
				"/users/" + amy.ID, "/users/" + usersID, "/users/username/amy", "/users/username/nobody",
				"/users/email/amy@example.com", "/users/email/nobody@example.com",
			} {
				t.Run(c.Username+" sees nobody by "+path, func(t *testing.T) {
					r := c.For(t).Get(path)
					r.WantFault(http.StatusForbidden, perms)
					if want := "userId=" + c.ID + ", permission=view_members"; r.Text("detailed_error") != want {
						t.Errorf("detail %q, want %q", r.Text("detailed_error"), want)
					}
				})
			}
			t.Run(c.Username+" gets the faults of form first", func(t *testing.T) {
				c.For(t).Get("/users/junk").WantFault(400, "api.context.invalid_url_param.app_error")
				c.For(t).Get("/users/username/Amy").WantFault(400, "api.context.invalid_body_param.app_error")
				c.For(t).Get("/users/email/amy").WantFault(400, "api.context.invalid_url_param.app_error")
				c.For(t).Post("/users/ids", "[]").WantFault(400, "api.context.invalid_body_param.app_error")
				c.For(t).Get("/users?sort=x").WantFault(400, "api.context.invalid_url_param.app_error")
			})
			for _, ask := range []struct {
				name string
				do   func(c *testkit.Client) *testkit.Response
			}{
				{"the list", func(c *testkit.Client) *testkit.Response { return c.Get("/users") }},
				{"the list of a role", func(c *testkit.Client) *testkit.Response { return c.Get("/users?role=system_user") }},
				{"the active ones", func(c *testkit.Client) *testkit.Response { return c.Get("/users?active=true") }},
				{"ids", func(c *testkit.Client) *testkit.Response {
					return c.Post("/users/ids", []string{amy.ID, c.ID, usersID})
				}},
				{"ids since", func(c *testkit.Client) *testkit.Response {
					return c.Post("/users/ids?since=1", []string{amy.ID, c.ID})
				}},
				{"names", func(c *testkit.Client) *testkit.Response {
					return c.Post("/users/usernames", []string{"amy", c.Username})
				}},
			} {
				t.Run(c.Username+" sees nobody, not even itself, among "+ask.name, func(t *testing.T) {
					usersWant(t, ask.do(c.For(t)), "")
				})
			}
			t.Run(c.Username+" counts nobody", func(t *testing.T) {
				if n := c.For(t).Get("/users/stats").Want(http.StatusOK).Text("total_users_count"); n != "0" {
					t.Errorf("counts %s", n)
				}
			})
		}
		t.Run("a team that is not there is empty for all", func(t *testing.T) {
			gus.For(t).Get("/users?not_in_team="+usersID).WantFault(403, perms)
			usersWant(t, man.For(t).Get("/users?not_in_team="+usersID), "")
			usersWant(t, man.For(t).Get("/users?in_team="+usersID), "")
		})
		t.Run("others see guests", func(t *testing.T) {
			if r := amy.For(t).Get("/users/" + gus.ID).Want(http.StatusOK); strings.Join(usersFields(t, r.Body), " ") == "" || r.Text("roles") != "system_guest" {
				t.Errorf("got %s", r.Body)
			}
		})
		s.Events.Want(t, "")
	})
}
