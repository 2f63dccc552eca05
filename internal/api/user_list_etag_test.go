package api_test

import (
	"net/http"
	"testing"

	"muster/internal/testkit"
)

// TestUsersListETag answers 304 for a list nobody has changed, and 200 after every change.
func TestUsersListETag(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		mia := s.WithRoles("mia", "system_user system_read_only_admin")
		amy := s.User("amy")
		path := "/users?not_in_team=" + usersID
		fresh := func(t *testing.T, c *testkit.Client) string {
			t.Helper()
			r := c.For(t).Get(path).Want(http.StatusOK)
			tag := r.Header.Get("Etag")
			if tag == "" {
				t.Fatal("no ETag")
			}
			again := c.For(t)
			again.Header.Set("If-None-Match", tag)
			if r := again.Get(path).Want(http.StatusNotModified); len(r.Body) > 0 || r.Header.Get("Etag") != tag {
				t.Errorf("304 with body %q and ETag %q", r.Body, r.Header.Get("Etag"))
			}
			again.Header.Set("If-None-Match", `"`+tag+`"`)
			again.Get(path).Want(http.StatusOK)
			return tag
		}
		seen := map[string]string{}
		note := func(t *testing.T, what, tag string) {
			t.Helper()
			if before, ok := seen[tag]; ok {
				t.Errorf("%q has the ETag of %q", what, before)
			}
			seen[tag] = what
		}
		note(t, "at first", fresh(t, mia))
		note(t, "as admin", fresh(t, s.Admin()))
		for _, step := range []struct {
			name   string
			change func(t *testing.T)
		}{
			{"a nickname", func(t *testing.T) {
				amy.For(t).Put("/users/me/patch", map[string]string{"nickname": "am"}).Want(http.StatusOK)
			}},
			{"roles", func(t *testing.T) {
				s.Admin().For(t).Put("/users/"+amy.ID+"/roles", map[string]string{"roles": "system_user system_post_all"}).Want(http.StatusOK)
			}},
			{"a picture", func(t *testing.T) { amy.For(t).Delete("/users/me/image").Want(http.StatusOK) }},
			{"a new account", func(*testing.T) { s.Make(testkit.Account{Username: "new"}) }},
			{"a deactivated account", func(t *testing.T) { s.Admin().For(t).Delete("/users/" + amy.ID).Want(http.StatusOK) }},
			{"hidden addresses", func(t *testing.T) { usersSet(t, s, map[string]any{"PrivacySettings.ShowEmailAddress": false}) }},
			{"hidden names as well", func(t *testing.T) { usersSet(t, s, map[string]any{"PrivacySettings.ShowFullName": false}) }},
			{"hidden names only", func(t *testing.T) { usersSet(t, s, map[string]any{"PrivacySettings.ShowEmailAddress": true}) }},
		} {
			t.Run(step.name, func(t *testing.T) {
				step.change(t)
				note(t, step.name, fresh(t, mia))
			})
		}
		t.Run("an empty list has one too", func(t *testing.T) {
			if tag := mia.For(t).Get("/users?in_team=" + usersID).Header.Get("Etag"); tag == "" {
				t.Error("no ETag")
			}
			for _, query := range []string{"?in_team=" + usersID + "&sort=create_at", "", "?active=true", "?role=system_user"} {
				if tag := mia.For(t).Get("/users" + query).Want(http.StatusOK).Header.Get("Etag"); tag != "" {
					t.Errorf("%q has the ETag %s", query, tag)
				}
			}
		})
		t.Run("a refusal has none", func(t *testing.T) {
			c := s.SignIn("new").For(t)
			c.Header.Set("If-None-Match", mia.For(t).Get(path).Header.Get("Etag"))
			if r := c.Get(path); r.StatusCode != http.StatusForbidden || r.Header.Get("Etag") != "" {
				t.Errorf("%d with ETag %q", r.StatusCode, r.Header.Get("Etag"))
			}
		})
	})
}

// TestUsersListTouchesSession counts reading the list, or an account, as use of the session.
func TestUsersListTouchesSession(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		last := func() float64 {
			if err := s.Accounts.FlushActivity(t.Context()); err != nil {
				t.Fatal(err)
			}
			at, _ := usersRows(t, amy.Get("/users/me/sessions"))[0]["last_activity_at"].(float64)
			return at
		}
		for _, path := range []string{"/users", "/users/" + amy.ID} {
			before := last()
			s.Clock.Advance(6 * 60e9)
			amy.Get(path).Want(http.StatusOK)
			if after := last(); after < before+360_000 {
				t.Errorf("%s left the last activity at %f", path, after-before)
			}
		}
	})
}
