package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/testkit"
)

// TestUsersAcceptedTerms shows which terms somebody accepted to that account and to
// admins, when it is asked for by its id or name, and nowhere else.
func TestUsersAcceptedTerms(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: usersSocket}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		paths := []string{"/users/" + amy.ID, "/users/username/amy"}
		clients := map[string]*testkit.Client{"amy": amy, "bob": bob, "admin": s.Admin(), "the local socket": s.Socket()}
		fields := func(r *testkit.Response) map[string]any {
			return map[string]any{"id": r.Value("terms_of_service_id"), "at": r.Value("terms_of_service_create_at")}
		}
		look := func(t *testing.T, want map[string]any) (tags map[string]string) {
			t.Helper()
			none := map[string]any{"id": nil, "at": nil}
			tags = map[string]string{}
			for name, c := range clients {
				for _, path := range paths {
					r := c.For(t).Get(path).Want(http.StatusOK)
					tags[name+" "+path] = r.Header.Get("Etag")
					expected := want
					if name == "bob" {
						expected = none
					}
					if d := cmp.Diff(expected, fields(r)); d != "" {
						t.Errorf("%s to %s: %s", path, name, d)
					}
				}
				if d := cmp.Diff(none, fields(c.For(t).Get("/users/email/amy@example.com"))); d != "" {
					t.Errorf("by address to %s: %s", name, d)
				}
				for _, row := range usersRows(t, c.For(t).Get("/users")) {
					if row["terms_of_service_id"] != nil || row["terms_of_service_create_at"] != nil {
						t.Errorf("on the list to %s: %v", name, row)
					}
				}
			}
			if d := cmp.Diff(none, fields(amy.For(t).Put("/users/me/patch", map[string]string{"nickname": "n"}))); d != "" {
				t.Errorf("after a change: %s", d)
			}
			return tags
		}
		without := look(t, map[string]any{"id": nil, "at": nil})
		terms := s.Admin().Post("/terms_of_service", map[string]string{"text": "Be kind."}).Want(http.StatusOK).Text("id")
		amy.Post("/users/me/terms_of_service", map[string]any{"serviceTermsId": terms, "accepted": true}).Want(http.StatusOK)
		at := amy.Get("/users/me/terms_of_service").Want(http.StatusOK).Value("create_at")
		with := look(t, map[string]any{"id": terms, "at": at})
		for who := range with {
			if with[who] == without[who] {
				t.Errorf("%s has the ETag it had without terms", who)
			}
		}
		amy.Post("/users/me/terms_of_service", map[string]any{"serviceTermsId": terms, "accepted": false}).Want(http.StatusOK)
		look(t, map[string]any{"id": nil, "at": nil})
	})
}

// TestUsersTermsETag changes the ETag with the terms alone, for those who see them.
func TestUsersTermsETag(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		terms := s.Admin().Post("/terms_of_service", map[string]string{"text": "Be kind."}).Want(http.StatusOK).Text("id")
		before := map[*testkit.Client]string{}
		for _, c := range []*testkit.Client{amy, bob, s.Admin()} {
			before[c] = c.Get("/users/" + amy.ID).Header.Get("Etag")
		}
		for _, accepted := range []bool{true, false} {
			amy.Post("/users/me/terms_of_service", map[string]any{"serviceTermsId": terms, "accepted": accepted}).Want(http.StatusOK)
			for c, tag := range before {
				if same := c.Get("/users/"+amy.ID).Header.Get("Etag") == tag; same != (c == bob || !accepted) {
					t.Errorf("%s, accepted %t: same ETag %t", c.Username, accepted, same)
				}
			}
		}
	})
}
