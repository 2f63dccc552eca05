package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/testkit"
)

// TestUsersInvalidEmails lists people whose address is of no accepted domain.
func TestUsersInvalidEmails(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy", Email: "amy@example.com"})
		s.Make(testkit.Account{Username: "bob", Email: "bob@other.net"})
		s.Make(testkit.Account{Username: "cat", Email: "cat@school.org"})
		gone := s.Make(testkit.Account{Username: "gone", Email: "gone@other.net"})
		s.Admin().Delete("/users/" + gone).Want(http.StatusOK)
		for name, roles := range map[string]string{"guest": "system_guest", "half": "system_user system_guest"} {
			id := s.Make(testkit.Account{Username: name, Email: name + "@other.net"})
			s.Admin().Put("/users/"+id+"/roles", map[string]string{"roles": roles}).Want(http.StatusOK)
		}
		s.Admin().Post("/users", map[string]any{"username": "lea", "email": "lea@other.net", "auth_service": "ldap", "auth_data": "lea"}).Want(http.StatusCreated)
		reader := s.WithRoles("reader", "system_user system_read_only_admin")
		s.Events.Take()
		for _, tc := range []struct{ name, domains, query, want string }{
			{"without a rule everybody is listed", "", "", "admin amy bob cat half reader"},
			{"one domain", "example.com", "", "bob cat half"},
			{"two domains", "example.com,school.org", "", "bob half"},
			{"empty parts do not count", "example.com,,school.org,", "", "bob half"},
			{"a part of an address is enough", "oth", "", "admin amy cat reader"},
			{"blanks belong to the part", "example.com, school.org", "", "bob cat half"},
			{"signs of patterns mean themselves", "%,_,*,'", "", "admin amy bob cat half reader"},
			{"pages", "", "?per_page=2&page=1", "bob cat"},
			{"no rows", "", "?per_page=0", ""},
			{"past the end", "", "?page=9", ""},
		} {
			t.Run(tc.name, func(t *testing.T) {
				usersSet(t, s, map[string]any{"TeamSettings.RestrictCreationToDomains": tc.domains})
				usersWant(t, s.Admin().For(t).Get("/users/invalid_emails"+tc.query), tc.want)
				usersWant(t, reader.For(t).Get("/users/invalid_emails"+tc.query), tc.want)
			})
		}
		t.Run("rows are shown as to their owners", func(t *testing.T) {
			rows := usersRows(t, reader.For(t).Get("/users/invalid_emails"))
			own := s.SignIn("amy").For(t).Get("/users/" + amy)
			var want map[string]any
			own.JSON(&want)
			if d := cmp.Diff(want, rows[1]); d != "" {
				t.Error(d)
			}
		})
		t.Run("a member may not", func(t *testing.T) {
			s.SignIn("amy").For(t).Get("/users/invalid_emails").WantFault(403, "api.context.permissions.app_error")
		})
		t.Run("on an open server there are none, whoever asks", func(t *testing.T) {
			usersSet(t, s, map[string]any{"TeamSettings.EnableOpenServer": true})
			s.Admin().For(t).Get("/users/invalid_emails").WantFault(400, "<untranslated>")
			s.SignIn("bob").For(t).Get("/users/invalid_emails").WantFault(400, "<untranslated>")
			s.Visitor().For(t).Get("/users/invalid_emails").WantFault(401, "api.context.session_expired.app_error")
		})
	})
}
