package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/testkit"
)

// usersCompleted compares the usernames that complete a name.
func usersCompleted(t *testing.T, c *testkit.Client, query map[string]string, want []string) {
	t.Helper()
	r := c.Get("/users/autocomplete?" + usersQuery(query)).Want(http.StatusOK)
	var answer map[string][]map[string]any
	r.JSON(&answer)
	got := []string{}
	for _, u := range answer["users"] {
		got = append(got, fmt.Sprint(u["username"]))
	}
	if d := cmp.Diff(want, got); d != "" || answer["users"] == nil || len(answer) != 1 {
		t.Errorf("%s in %s", d, r.Body)
	}
}

// TestUsersAutocomplete refuses in the documented order and reads its parameters by both names.
func TestUsersAutocomplete(t *testing.T) {
	const perms = "api.context.permissions.app_error"
	testkit.Each(t, testkit.Options{Env: []string{"MM_SERVICESETTINGS_ENABLEDEVELOPER=true"}}, func(t *testing.T, s *testkit.Server) {
		usersToFind(s)
		bob := s.SignIn("bob_b")
		s.Events.Take()
		all := []string{"admin", "amy.ash", "bob_b", "carl"}
		for query, want := range map[string][]string{
			"": all, "name=": all, "name=*": all, "name=a&limit=2": {"admin", "amy.ash"}, "limit=0": {},
			"limit=x": {}, "limit=2": all[:2], "name=BOB": {"bob_b"}, "name=a&nonsense=1": {"admin", "amy.ash", "bob_b", "carl"},
		} {
			t.Run("with "+query, func(t *testing.T) {
				r := bob.For(t).Get("/users/autocomplete?" + query).Want(http.StatusOK)
				var answer struct {
					Users []struct{ Username string } `json:"users"`
				}
				r.JSON(&answer)
				got := []string{}
				for _, u := range answer.Users {
					got = append(got, u.Username)
				}
				if d := cmp.Diff(want, got); d != "" || strings.Contains(string(r.Body), "null") || strings.Contains(string(r.Body), "out_of_channel") {
					t.Errorf("%s in %s", d, r.Body)
				}
			})
		}
		for _, tc := range []struct {
			query  string
			member string // the lacking permission; empty: an empty list
			admin  string
		}{
			{"in_channel=X", "read_channel", "read_channel"},
			{"channel_id=X", "read_channel", "read_channel"},
			{"in_team=X&in_channel=X", "read_channel", "read_channel"},
			{"team_id=X&channel_id=X", "read_channel", "read_channel"},
			{"in_team=X", "view_team", ""},
			{"team_id=X", "view_team", ""},
			{"team_id=X&limit=-1", "view_team", ""},
		} {
			for as, lacks := range map[*testkit.Client]string{bob: tc.member, s.Admin(): tc.admin} {
				t.Run(as.Username+" asks "+tc.query, func(t *testing.T) {
					r := as.For(t).Get("/users/autocomplete?name=a&" + strings.ReplaceAll(tc.query, "X", usersID))
					if lacks == "" {
						if r.Want(http.StatusOK); strings.TrimSpace(string(r.Body)) != `{"users":[]}` {
							t.Errorf("got %s", r.Body)
						}
						return
					}
					r.WantFault(http.StatusForbidden, perms)
					if d := r.Text("detailed_error"); d != "userId="+as.ID+", permission="+lacks {
						t.Errorf("detail %q, want %s", d, lacks)
					}
				})
			}
		}
		bob.Get("/users/autocomplete?name=%ff").WantFault(400, "api.context.invalid_url_param.app_error")
		s.Visitor().Get("/users/autocomplete?name=a").WantFault(401, "api.context.session_expired.app_error")
		s.Events.Want(t, "")
	})
}
