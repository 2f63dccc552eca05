package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

// usersWant compares the usernames on a list with names separated by blanks.
func usersWant(t testing.TB, r *testkit.Response, names string) {
	t.Helper()
	if got := strings.Join(r.Want(http.StatusOK).Column("username"), " "); got != names {
		t.Errorf("got %q, want %q", got, names)
	}
}

// TestUsersListPages cuts the list of all accounts into pages by username.
func TestUsersListPages(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		for _, name := range []string{"eve", "b_b", "b.b", "b-b", "0x", "amy"} {
			s.Make(testkit.Account{Username: name})
		}
		amy := s.SignIn("amy")
		s.Events.Take()
		const all = "0x admin amy b-b b.b b_b eve"
		for _, tc := range []struct{ name, query, want string }{
			{"everybody", "", all},
			{"the first row", "?per_page=1", "0x"},
			{"the second row", "?per_page=1&page=1", "admin"},
			{"the last page", "?per_page=2&page=3", "eve"},
			{"past the end", "?page=10000", ""},
			{"far past the end", "?page=999999999999999999&per_page=200", ""},
			{"no rows are wanted", "?per_page=0", ""},
			{"a negative number of rows is the usual one", "?per_page=-1", all},
			{"rows that are no number are the usual ones", "?per_page=x&page=y", all},
			{"a negative page is the first", "?per_page=1&page=-1", "0x"},
			{"more rows than the limit", "?per_page=201", all},
			{"empty parameters", "?page=&per_page=&role=&roles=&sort=&in_team=&active=&without_team=", all},
			{"unknown parameters", "?nonsense=1", all},
			{"a number with more to it", "?per_page=1.5", all},
		} {
			t.Run(tc.name, func(t *testing.T) {
				usersWant(t, amy.For(t).Get("/users"+tc.query), tc.want)
				usersWant(t, s.Admin().For(t).Get("/users"+tc.query), tc.want)
			})
		}
		s.Events.Want(t, "")
		if tag := amy.Get("/users").Header.Get("Etag"); tag != "" {
			t.Errorf("the list of everybody has the ETag %s", tag)
		}
	})
}

// TestUsersListLimits gives 60 rows unless more are wanted, and never more than 200.
func TestUsersListLimits(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
			for i := range 204 {
				name := fmt.Sprintf("u%03d", i)
				u := &model.User{ID: model.NewID(), CreateAt: 1, UpdateAt: 1, Username: name, Email: name + "@example.com", Roles: "system_user"}
				if err := tx.InsertUser(t.Context(), u); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]int{"": 60, "?per_page=200": 200, "?per_page=1000000": 200, "?per_page=200&page=1": 5, "?per_page=-5": 60} {
			if got := len(s.Admin().Get("/users" + query).Column("id")); got != want {
				t.Errorf("%d rows for %q, want %d", got, query, want)
			}
		}
	})
}

// TestUsersListFilters keeps the accounts the documented filters mean.
func TestUsersListFilters(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		for name, roles := range map[string]string{
			"boss": "system_user system_admin", "guest": "system_guest", "help": "system_user system_user_manager",
			"look": "system_read_only_admin system_user", "man": "system_manager", "tok": "system_user system_user_access_token",
		} {
			id := s.Make(testkit.Account{Username: name})
			s.Admin().Put("/users/"+id+"/roles", map[string]string{"roles": roles}).Want(http.StatusOK)
		}
		gone := s.Make(testkit.Account{Username: "gone"})
		s.Admin().Delete("/users/" + gone).Want(http.StatusOK)
		for _, tc := range []struct{ query, want string }{
			{"active=true", "admin amy boss guest help look man tok"},
			{"active=t", "admin amy boss guest help look man tok"},
			{"active=T&inactive=false", "admin amy boss guest help look man tok"},
			{"inactive=1", "gone"},
			{"inactive=True", "gone"},
			{"active=yes", "admin amy boss gone guest help look man tok"},
			{"inactive=2", "admin amy boss gone guest help look man tok"},
			{"role=system_user", "amy gone"},
			{"role=system_admin", "admin boss"},
			{"role=system_guest", "guest"},
			{"role=system_user_manager", "help"},
			{"role=system_manager", "man"},
			{"role=system_user_access_token", "tok"},
			{"role=team_admin", ""},
			{"roles=system_user", "amy gone"},
			{"roles=system_user,system_admin", "admin amy boss gone"},
			{"roles=%20system_guest%20,,system_manager,", "guest man"},
			{"roles=system_read_only_admin", "look"},
			{"roles=system_user_access_token", "admin amy boss gone guest help look man tok"},
			{"roles=system_guest,system_user_access_token", "guest"},
			{"roles=,", "admin amy boss gone guest help look man tok"},
			{"roles=system_admin,system_guest&role=system_guest", "guest"},
			{"roles=system_admin&role=system_guest", ""},
			{"roles=system_admin&role=system_user", "admin boss"},
			{"role=system_user&active=true", "amy"},
			{"role=system_user&inactive=true", "gone"},
			{"roles=system_user,system_guest&inactive=true", "gone"},
			{"role=system_admin&per_page=1&page=1", "boss"},
			{"channel_roles=nonsense&team_roles=nonsense", "admin amy boss gone guest help look man tok"},
		} {
			t.Run(tc.query, func(t *testing.T) {
				usersWant(t, amy.For(t).Get("/users?"+tc.query), tc.want)
				usersWant(t, amy.For(t).Get("/users?"+tc.query), tc.want)
			})
		}
		t.Run("a list follows a change of roles", func(t *testing.T) {
			usersWant(t, amy.For(t).Get("/users?role=system_guest"), "guest")
			s.Admin().For(t).Put("/users/"+gone+"/roles", map[string]string{"roles": "system_guest"}).Want(http.StatusOK)
			usersWant(t, amy.For(t).Get("/users?role=system_guest"), "gone guest")
			usersWant(t, amy.For(t).Get("/users?role=system_user"), "amy")
		})
		t.Run("a list follows a change of name", func(t *testing.T) {
			s.Admin().For(t).Put("/users/"+gone+"/patch", map[string]string{"username": "zed"}).Want(http.StatusOK)
			usersWant(t, amy.For(t).Get("/users?role=system_guest"), "guest zed")
		})
		t.Run("a list follows activation", func(t *testing.T) {
			usersWant(t, amy.For(t).Get("/users?inactive=true"), "zed")
			s.Admin().For(t).Put("/users/"+gone+"/roles", map[string]string{"roles": "system_user"}).Want(http.StatusOK)
			s.Admin().For(t).Put("/users/"+gone+"/active", map[string]bool{"active": true}).Want(http.StatusOK)
			usersWant(t, amy.For(t).Get("/users?inactive=true"), "")
		})
	})
}

// TestUsersListBranches follows the documented order of selectors and of their refusals.
// There are no teams, channels and groups, so all of them are missing ones.
func TestUsersListBranches(t *testing.T) {
	const url, body = "api.context.invalid_url_param.app_error", "api.context.invalid_body_param.app_error"
	const perms, group = "api.context.permissions.app_error", "app.group.no_rows"
	o := testkit.Options{Env: []string{"MM_SERVICESETTINGS_ENABLEDEVELOPER=true"}}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		gone := s.Make(testkit.Account{Username: "gone"})
		s.Admin().Delete("/users/" + gone).Want(http.StatusOK)
		s.Events.Take()
		const everybody = "admin amy gone"
		type answer struct {
			status int
			what   string // names, or the error id, or the lacking permission
		}
		list := func(names string) answer { return answer{200, names} }
		lacks := func(permission string) answer { return answer{403, permission} }
		for _, tc := range []struct {
			query  string
			member answer
			admin  answer
		}{
			// Refused for everybody, in this order.
			{"not_in_channel=X", answer{400, url}, answer{400, url}},
			{"not_in_channel=X&sort=nonsense", answer{400, url}, answer{400, url}},
			{"sort=nonsense&active=1&inactive=1", answer{400, url}, answer{400, url}},
			{"sort=username", answer{400, url}, answer{400, url}},
			{"sort=last_activity_at", answer{400, url}, answer{400, url}},
			{"sort=create_at", answer{400, url}, answer{400, url}},
			{"sort=create_at&in_team=X&not_in_team=X", answer{400, url}, answer{400, url}},
			{"sort=create_at&in_team=X&in_channel=X", answer{400, url}, answer{400, url}},
			{"sort=create_at&in_team=X&not_in_channel=X", answer{400, url}, answer{400, url}},
			{"sort=create_at&in_team=X&without_team=true", answer{400, url}, answer{400, url}},
			{"sort=create_at&in_team=X&without_team=false", answer{400, url}, answer{400, url}},
			{"sort=last_activity_at&in_team=X&in_group=X", answer{400, url}, answer{400, url}},
			{"sort=last_activity_at&in_team=X&not_in_group=X", answer{400, url}, answer{400, url}},
			{"sort=status", answer{400, url}, answer{400, url}},
			{"sort=status&in_team=X", answer{400, url}, answer{400, url}},
			{"sort=admin", answer{400, url}, answer{400, url}},
			{"sort=display_name", answer{400, url}, answer{400, url}},
			{"sort=display_name&in_group=X&not_in_group=X", answer{400, url}, answer{400, url}},
			{"sort=display_name&in_group=X&in_team=X", answer{400, url}, answer{400, url}},
			{"sort=display_name&in_group=X&not_in_team=X", answer{400, url}, answer{400, url}},
			{"sort=display_name&in_group=X&in_channel=X", answer{400, url}, answer{400, url}},
			{"sort=display_name&in_group=X&without_team=0", answer{400, url}, answer{400, url}},
			{"active=true&inactive=true", answer{400, url}, answer{400, url}},
			{"active=true&inactive=true&role=nonsense", answer{400, url}, answer{400, url}},
			{"role=nonsense", answer{400, body}, answer{400, body}},
			{"role=BAD%20ROLE", answer{400, body}, answer{400, body}},
			{"role=" + strings.Repeat("a", 65), answer{400, body}, answer{400, body}},
			{"roles=system_user,nonsense", answer{400, body}, answer{400, body}},
			{"roles=nonsense&in_team=X", answer{400, body}, answer{400, body}},
			{"channel_roles=nonsense&in_channel=X", answer{400, body}, answer{400, body}},
			{"team_roles=nonsense&in_team=X", answer{400, body}, answer{400, body}},
			{"role=nonsense&without_team=true", answer{400, body}, answer{400, body}},
			// 1: without a team.
			{"without_team=true", lacks("list_users_without_team"), list(everybody)},
			{"without_team=1&active=true", lacks("list_users_without_team"), list("admin amy")},
			{"without_team=t&inactive=true", lacks("list_users_without_team"), list("gone")},
			{"without_team=true&role=system_admin", lacks("list_users_without_team"), list("admin")},
			{"without_team=true&role=system_user", lacks("list_users_without_team"), list(everybody)}, // as a part of the role string
			{"without_team=true&roles=system_admin", lacks("list_users_without_team"), list(everybody)},
			{"without_team=true&in_team=X&not_in_team=X&in_channel=X&in_group=X", lacks("list_users_without_team"), list(everybody)},
			{"without_team=true&not_in_channel=X&in_team=X", lacks("list_users_without_team"), list(everybody)},
			{"without_team=false", list(everybody), list(everybody)},
			{"without_team=x", list(everybody), list(everybody)},
			// 2: not in a channel of a team.
			{"not_in_channel=X&in_team=X", lacks("read_channel"), lacks("read_channel")},
			{"not_in_channel=X&in_team=X&not_in_team=X", lacks("read_channel"), lacks("read_channel")},
			// 3: not in a team.
			{"not_in_team=X", lacks("view_team"), list(everybody)},
			{"not_in_team=X&in_team=X", lacks("view_team"), list(everybody)},
			{"not_in_team=X&in_channel=X", lacks("view_team"), list(everybody)},
			{"not_in_team=X&in_group=X", lacks("view_team"), list(everybody)},
			{"not_in_team=X&active=true", lacks("view_team"), list(everybody)},
			{"not_in_team=X&role=system_admin&roles=system_admin", lacks("view_team"), list(everybody)},
			{"not_in_team=X&group_constrained=true", lacks("view_team"), list("")},
			{"not_in_team=X&group_constrained=false", lacks("view_team"), list(everybody)},
			// 4: in a team.
			{"in_team=X", lacks("view_team"), list("")},
			{"in_team=junk", lacks("view_team"), list("")},
			{"in_team=X&in_channel=X&in_group=X", lacks("view_team"), list("")},
			{"in_team=X&sort=last_activity_at", lacks("view_team"), list("")},
			{"in_team=X&sort=create_at", lacks("view_team"), list("")},
			{"in_team=X&role=system_user&team_roles=team_user", lacks("view_team"), list("")},
			// 5: in a channel.
			{"in_channel=X", lacks("read_channel"), lacks("read_channel")},
			{"in_channel=X&in_group=X", lacks("read_channel"), lacks("read_channel")},
			{"in_channel=X&sort=status", lacks("read_channel"), lacks("read_channel")},
			{"in_channel=X&sort=admin", lacks("read_channel"), lacks("read_channel")},
			{"in_channel=X&channel_roles=channel_admin", lacks("read_channel"), lacks("read_channel")},
			// 6 and 7: groups.
			{"in_group=X", answer{404, group}, answer{404, group}},
			{"in_group=X&sort=display_name", answer{404, group}, answer{404, group}},
			{"not_in_group=X", answer{404, group}, answer{404, group}},
			// 8: everybody; what belongs to other branches is ignored.
			{"group_constrained=true", list(everybody), list(everybody)},
			{"cursor_id=X", list(everybody), list(everybody)},
		} {
			for as, want := range map[*testkit.Client]answer{amy: tc.member, s.Admin(): tc.admin} {
				t.Run(as.Username+" asks "+tc.query, func(t *testing.T) {
					r := as.For(t).Get("/users?" + strings.ReplaceAll(tc.query, "X", usersID))
					switch want.status {
					case http.StatusOK:
						usersWant(t, r, want.what)
					case http.StatusForbidden:
						r.WantFault(http.StatusForbidden, perms)
						if detail := r.Text("detailed_error"); detail != "userId="+as.ID+", permission="+want.what {
							t.Errorf("detail %q, want permission %s", detail, want.what)
						}
					default:
						r.WantFault(want.status, want.what)
					}
				})
			}
		}
		s.Events.Want(t, "")
	})
}

// TestUsersListManager lets a role that may see teams ask for one.
func TestUsersListManager(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		mia := s.WithRoles("mia", "system_user system_read_only_admin")
		usersWant(t, mia.Get("/users?in_team="+usersID), "")
		usersWant(t, mia.Get("/users?not_in_team="+usersID), "admin mia")
		mia.Get("/users?without_team=true").WantFault(403, "api.context.permissions.app_error")
		mia.Get("/users?in_channel="+usersID).WantFault(403, "api.context.permissions.app_error")
		for _, row := range usersRows(t, mia.Get("/users")) { // no admin, so no more than others get
			if row["notify_props"] != nil {
				t.Errorf("%v", row)
			}
		}
	})
}

// usersRows decodes a list of objects.
func usersRows(t testing.TB, r *testkit.Response) []map[string]any {
	t.Helper()
	var rows []map[string]any
	r.Want(http.StatusOK).JSON(&rows)
	return rows
}
