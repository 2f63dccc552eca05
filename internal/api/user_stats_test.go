package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"muster/internal/store"
	"muster/internal/testkit"
)

// TestUsersStats counts accounts.
func TestUsersStats(t *testing.T) {
	const body, perms = "api.context.invalid_body_param.app_error", "api.context.permissions.app_error"
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		reader := s.WithRoles("reader", "system_user system_read_only_admin")
		for name, roles := range map[string]string{"boss": "system_user system_admin", "guest": "system_guest", "gone": "system_user", "left": "system_guest"} {
			id := s.Make(testkit.Account{Username: name})
			s.Admin().Put("/users/"+id+"/roles", map[string]string{"roles": roles}).Want(http.StatusOK)
			if name == "gone" || name == "left" {
				s.Admin().Delete("/users/" + id).Want(http.StatusOK)
			}
		}
		s.Events.Take()
		for _, c := range []*testkit.Client{amy, reader, s.Admin()} {
			if n := c.Get("/users/stats").Want(http.StatusOK).Text("total_users_count"); n != "5" {
				t.Errorf("%s counts %s", c.Username, n)
			}
		}
		for _, tc := range []struct {
			query  string
			want   int
			status int
			fault  string
		}{
			{"", 5, 200, ""},
			{"include_deleted=true", 7, 200, ""},
			{"include_deleted=1&include_bots=1&include_remote_users=1", 7, 200, ""},
			{"include_deleted=yes", 5, 200, ""},
			{"roles=system_admin", 2, 200, ""},
			{"roles=system_user", 1, 200, ""},
			{"roles=system_user&include_deleted=true", 2, 200, ""},
			{"roles=system_guest", 1, 200, ""},
			{"roles=system_guest,system_admin", 3, 200, ""},
			{"roles=system_guest,%20,system_admin,", 3, 200, ""},
			{"roles=nonsense", 5, 200, ""},
			{"roles=nonsense,system_admin", 2, 200, ""},
			{"in_team=" + usersID, 0, 200, ""},
			{"in_channel=junk", 0, 200, ""},
			{"in_team=junk&in_channel=junk&include_deleted=true", 0, 200, ""},
			{"channel_roles=BAD%20ROLE&team_roles=BAD%20ROLE", 5, 200, ""},
			{"roles=BAD%20ROLE", 0, 400, body},
			{"in_channel=X&channel_roles=BAD%20ROLE", 0, 400, body},
			{"in_team=X&team_roles=BAD%20ROLE", 0, 400, body},
			{"in_team=X&channel_roles=BAD%20ROLE", 0, 200, ""},
		} {
			t.Run("filtered by "+tc.query, func(t *testing.T) {
				for _, c := range []*testkit.Client{s.Admin(), reader} {
					r := c.For(t).Get("/users/stats/filtered?" + tc.query)
					if tc.status != http.StatusOK {
						r.WantFault(tc.status, tc.fault)
					} else if n := r.Want(http.StatusOK).Text("total_users_count"); n != strconv.Itoa(tc.want) {
						t.Errorf("%s counts %s, want %d", c.Username, n, tc.want)
					}
				}
				if r := amy.For(t).Get("/users/stats/filtered?" + tc.query); tc.status == http.StatusBadRequest {
					r.WantFault(tc.status, tc.fault) // the form of names is checked before the permission
				} else {
					r.WantFault(http.StatusForbidden, perms)
				}
			})
		}
		for _, path := range []string{"/users/stats", "/users/stats/filtered", "/users", "/users/invalid_emails"} {
			s.Visitor().Get(path).WantFault(http.StatusUnauthorized, "api.context.session_expired.app_error")
		}
		s.Events.Want(t, "")
	})
}

// TestUsersCountsStayRight compares the kept counts with the accounts themselves while
// accounts are made, changed, switched off and on, and removed at random.
func TestUsersCountsStayRight(t *testing.T) {
	o := testkit.Options{EnvOf: usersSocket}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		c := &usersCounting{s: s, admin: s.Admin(), socket: s.Socket()}
		rapid.Check(t, func(r *rapid.T) {
			for range rapid.IntRange(1, 3).Draw(r, "steps") {
				c.step(r)
			}
			if d := cmp.Diff(c.recount(t), c.kept(t)); d != "" {
				r.Fatalf("kept counts differ: %s", d)
			}
		})
		active, all := 0, 0
		for _, row := range usersRows(t, c.admin.Get("/users?per_page=200")) {
			all++
			if row["delete_at"] == 0.0 {
				active++
			}
		}
		for path, want := range map[string]int{"/users/stats": active, "/users/stats/filtered?include_bots=1&include_deleted=1": all} {
			if n := c.admin.Get(path).Text("total_users_count"); n != strconv.Itoa(want) {
				t.Errorf("%s says %s, want %d", path, n, want)
			}
		}
	})
}

// usersCounting changes accounts at random. It goes on where it was with every check:
// the counts have to be right after any history.
type usersCounting struct {
	s             *testkit.Server
	admin, socket *testkit.Client
	ids           []string
	made          int
}

func (c *usersCounting) step(r *rapid.T) {
	if len(c.ids) == 0 || len(c.ids) < 12 && rapid.IntRange(0, 3).Draw(r, "grow") == 0 {
		c.add(r)
		return
	}
	i := rapid.IntRange(0, len(c.ids)-1).Draw(r, "account")
	path := "/users/" + c.ids[i]
	switch rapid.IntRange(0, 5).Draw(r, "change") {
	case 0:
		roles := rapid.SampledFrom([]string{
			"system_user", "system_guest", "system_user system_admin", "system_admin system_user",
			"system_user  system_manager", "nonsense", "", "system_user system_user",
		}).Draw(r, "roles")
		c.admin.Put(path+"/roles", map[string]string{"roles": roles}) // some are refused
	case 1:
		c.socket.Put(path+"/active", map[string]bool{"active": rapid.Bool().Draw(r, "active")})
	case 2:
		c.admin.Delete(path).Want(http.StatusOK)
	case 3:
		c.admin.Put(path+"/patch", map[string]string{"nickname": "n"}).Want(http.StatusOK)
	case 4:
		c.socket.Delete(path + "?permanent=true").Want(http.StatusOK)
		c.ids = slices.Delete(c.ids, i, i+1)
	case 5:
		c.admin.Post("/users", usersBody("admin", nil)).Want(http.StatusBadRequest)
	}
}

func (c *usersCounting) add(r *rapid.T) {
	c.made++
	name := fmt.Sprintf("u%d", c.made)
	body := map[string]any{"username": name, "email": name + "@example.com", "auth_service": "saml", "auth_data": name} // needs no hash
	c.ids = append(c.ids, c.admin.Post("/users", body).Want(http.StatusCreated).Text("id"))
	if rapid.IntRange(0, 4).Draw(r, "bot") == 0 {
		c.admin.Post("/users/"+c.ids[len(c.ids)-1]+"/convert_to_bot", nil)
	}
}

// recount counts the accounts on the list of all of them.
func (c *usersCounting) recount(t *testing.T) []string {
	t.Helper()
	counts := map[string]int{}
	for _, row := range usersRows(t, c.admin.For(t).Get("/users?per_page=200")) {
		counts[fmt.Sprintf("%v bot:%t active:%t", row["roles"], row["is_bot"] == true, row["delete_at"] == 0.0)]++
	}
	return usersSorted(counts)
}

// kept gives the counts that the server keeps.
func (c *usersCounting) kept(t *testing.T) []string {
	t.Helper()
	list, err := c.s.DB.UserCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, n := range list {
		counts[fmt.Sprintf("%s bot:%t active:%t", n.Roles, n.IsBot, n.Active)] += int(n.N)
	}
	return usersSorted(counts)
}

func usersSorted(counts map[string]int) []string {
	var out []string
	for what, n := range counts {
		out = append(out, fmt.Sprintf("%d %s", n, what))
	}
	slices.Sort(out)
	return out
}

// TestUsersCountsUnderLoad changes accounts from several sides at once and counts afterwards.
func TestUsersCountsUnderLoad(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: usersSocket}, func(t *testing.T, s *testkit.Server) {
		ids := make([]string, 4)
		for i := range ids {
			ids[i] = s.Make(testkit.Account{Username: fmt.Sprintf("u%d", i)})
		}
		roles := []string{"system_user", "system_guest", "system_user system_manager"}
		usersAtOnce(6, func(worker int) {
			for i := range 8 {
				path := "/users/" + ids[(worker+i)%len(ids)]
				switch (worker*3 + i) % 4 {
				case 0, 1:
					s.Admin().Put(path+"/roles", map[string]string{"roles": roles[(worker+i)%len(roles)]}).Want(http.StatusOK)
				case 2:
					s.Admin().Put(path+"/active", map[string]bool{"active": i%2 == 0}) // a guest is not switched on
				case 3:
					s.Admin().Delete(path).Want(http.StatusOK)
				}
			}
		})
		c := &usersCounting{s: s, admin: s.Admin()}
		if d := cmp.Diff(c.recount(t), c.kept(t)); d != "" {
			t.Error(d)
		}
		if counts, err := s.DB.UserCounts(t.Context()); err != nil || slices.ContainsFunc(counts, func(c store.UserCount) bool { return c.N < 0 || strings.TrimSpace(c.Roles) == "" }) {
			t.Errorf("%v %v", counts, err)
		}
	})
}
