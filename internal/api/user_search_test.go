package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/testkit"
)

// usersToFind makes the accounts the tests of searching look for.
func usersToFind(s *testkit.Server) (gone string) {
	for _, a := range []testkit.Account{
		{Username: "amy.ash", Email: "first@example.com", Nickname: "Queen", First: "Amélie", Last: "Ash"},
		{Username: "bob_b", Email: "second@example.com", Nickname: "100%", First: "Robert", Last: "Von Ash"},
		{Username: "carl", Email: "third@other.net", First: "STRASSE", Last: "Ωmega"},
		{Username: "gone", Email: "fourth@example.com", Nickname: "Queen"},
	} {
		gone = s.Make(a)
	}
	s.Admin().Delete("/users/" + gone).Want(http.StatusOK)
	return gone
}

// TestUsersSearchMatches compares words with names and addresses.
func TestUsersSearchMatches(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		gone := usersToFind(s)
		bob := s.SignIn("bob_b")
		carl := s.Admin().Get("/users/username/carl").Text("id")
		s.Events.Take()
		const everybody = "admin amy.ash bob_b carl"
		for _, tc := range []struct {
			name, term, want string
			byEmail          bool // the e-mail address is what matches
		}{
			{"the beginning of a username", "amy", "amy.ash", false},
			{"the middle of a username", "my.a", "amy.ash", false},
			{"the end of a username", "arl", "carl", false},
			{"a single letter", "q", "amy.ash", false},
			{"a whole username", "carl", "carl", false},
			{"capitals", "AMY.ASH", "amy.ash", false},
			{"a username with an at sign", "@carl", "carl", false},
			{"a username with several at signs", "@@@carl", "carl", false},
			{"a nickname", "queen", "amy.ash", false},
			{"a part of a nickname", "uee", "amy.ash", false},
			{"a first name", "robert", "bob_b", false},
			{"a part of a first name", "ober", "bob_b", false},
			{"a last name", "ash", "amy.ash bob_b", false},
			{"a word inside a last name", "von", "bob_b", false},
			{"letters with marks", "AMÉLIE", "amy.ash", false},
			{"letters of another alphabet", "ωMEGA", "carl", false},
			{"the address", "third@other.net", "carl", true},
			{"a part of the address", "other.n", "carl", true},
			{"the end of the address", "@other.net", "carl", true},
			{"two words, both must match", "ash robert", "bob_b", false},
			{"words in any order", "robert  \tash\n", "bob_b", false},
			{"words of the name and the username", "amy ash queen", "amy.ash", false},
			{"one of the words does not match", "ash nobody", "", false},
			{"a star is dropped", "am*y*", "amy.ash", false},
			{"a percent sign means itself", "100%", "bob_b", false},
			{"a percent sign stands for nothing else", "a%h", "", false},
			{"an underscore means itself", "b_b", "bob_b", false},
			{"an underscore stands for nothing else", "c_rl", "", false},
			{"a backslash means itself", `am\y`, "", false},
			{"a quotation mark means itself", `am'y`, "", false},
			{"a double quotation mark means itself", `"amy"`, "", false},
			{"blanks find everybody", "   ", everybody, false},
			{"a star finds everybody", "*", everybody, false},
			{"an at sign finds everybody", "@", everybody, false},
			{"a whole id", carl, "carl", false},
			{"a part of an id", carl[:25], "", false},
			{"an id of nobody", usersID, "", false},
			{"nothing like it", "zzz", "", false},
			{"a very long word", strings.Repeat("x", 5000), "", false},
			{"very many words", strings.Repeat("a ", 5000), everybody, false},
		} {
			t.Run(tc.name, func(t *testing.T) {
				for _, c := range []*testkit.Client{bob, s.Admin()} {
					usersWant(t, c.For(t).Post("/users/search", map[string]any{"term": tc.term}), tc.want)
				}
				if len(tc.term) > 1000 {
					return // too long for an address
				}
				want := strings.Fields(tc.want)
				if tc.byEmail || len(want) == 0 {
					want = []string{} // an address never completes
				}
				for _, c := range []*testkit.Client{bob, s.Admin()} {
					usersCompleted(t, c.For(t), map[string]string{"name": tc.term}, want)
				}
			})
		}
		t.Run("a deactivated account is found when it is asked for", func(t *testing.T) {
			for _, c := range []*testkit.Client{bob, s.Admin()} {
				usersWant(t, c.For(t).Post("/users/search", map[string]any{"term": "queen", "allow_inactive": true}), "amy.ash gone")
				usersWant(t, c.For(t).Post("/users/search", map[string]any{"term": gone, "allow_inactive": true}), "gone")
				usersWant(t, c.For(t).Post("/users/search", map[string]any{"term": gone}), "")
				usersWant(t, c.For(t).Post("/users/search", map[string]any{"term": "gone", "allow_inactive": false}), "")
				usersCompleted(t, c.For(t), map[string]string{"name": "gone"}, []string{})
			}
		})
		s.Events.Want(t, "")
	})
}

// TestUsersSearchFollowsChanges finds accounts as they are now.
func TestUsersSearchFollowsChanges(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: usersSocket}, func(t *testing.T, s *testkit.Server) {
		usersToFind(s)
		carl := s.SignIn("carl")
		find := func(t *testing.T, term, want string) {
			t.Helper()
			usersWant(t, s.Admin().For(t).Post("/users/search", map[string]any{"term": term}), want)
		}
		t.Run("a new account", func(t *testing.T) {
			find(t, "dora", "")
			s.Make(testkit.Account{Username: "dora"})
			find(t, "dora", "dora")
		})
		t.Run("a changed nickname", func(t *testing.T) {
			carl.For(t).Put("/users/me/patch", map[string]string{"nickname": "Hammer"}).Want(http.StatusOK)
			find(t, "hamm", "carl")
			carl.For(t).Put("/users/me/patch", map[string]string{"nickname": "Anvil"}).Want(http.StatusOK)
			find(t, "hamm", "")
			find(t, "anvil", "carl")
		})
		t.Run("a changed username and names", func(t *testing.T) {
			carl.For(t).Put("/users/me/patch", map[string]string{"username": "karl", "first_name": "", "last_name": "Schmidt"}).Want(http.StatusOK)
			find(t, "carl", "")
			find(t, "strasse", "")
			find(t, "karl schmidt", "karl")
		})
		t.Run("a changed address", func(t *testing.T) {
			s.Admin().For(t).Put("/users/"+carl.ID+"/patch", map[string]string{"email": "new@elsewhere.org"}).Want(http.StatusOK)
			find(t, "other.net", "")
			find(t, "elsewhere", "karl")
		})
		t.Run("a deactivated account and back", func(t *testing.T) {
			s.Admin().For(t).Delete("/users/" + carl.ID).Want(http.StatusOK)
			find(t, "karl", "")
			s.Admin().For(t).Put("/users/"+carl.ID+"/active", map[string]bool{"active": true}).Want(http.StatusOK)
			find(t, "karl", "karl")
		})
		t.Run("a removed account", func(t *testing.T) {
			s.Socket().For(t).Delete("/users/" + carl.ID + "?permanent=true").Want(http.StatusOK)
			usersWant(t, s.Admin().For(t).Post("/users/search", map[string]any{"term": "karl", "allow_inactive": true}), "")
		})
	})
}

// TestUsersSearchScopes refuses in the documented order and keeps to the scope. There
// are no teams, channels and groups, so all of them are missing ones.
func TestUsersSearchScopes(t *testing.T) {
	const body, perms, group = "api.context.invalid_body_param.app_error", "api.context.permissions.app_error", "app.group.no_rows"
	testkit.Each(t, testkit.Options{Env: []string{"MM_SERVICESETTINGS_ENABLEDEVELOPER=true"}}, func(t *testing.T, s *testkit.Server) {
		usersToFind(s)
		bob := s.SignIn("bob_b")
		s.Events.Take()
		const all = "admin amy.ash bob_b carl"
		type fields = map[string]any
		for _, tc := range []struct {
			name          string
			body          any
			member, admin string // usernames, or an error: "body", "group", or "!" and the lacking permission
		}{
			{"malformed JSON", `{`, "body", "body"},
			{"no body", ``, "body", "body"},
			{"an array", `[]`, "body", "body"},
			{"null", `null`, "body", "body"},
			{"a term of another type", fields{"term": 5}, "body", "body"},
			{"a limit of another type", fields{"term": "a", "limit": "x"}, "body", "body"},
			{"nested too deeply", `{"term":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`, "body", "body"},
			{"a zero byte", fields{"term": "a\x00"}, "body", "body"},
			{"no term", fields{}, "body", "body"},
			{"an empty term", fields{"term": "", "in_group_id": "X"}, "body", "body"},
			{"not in a channel, but of no team", fields{"term": "*", "not_in_channel_id": "X", "in_group_id": "X"}, "body", "body"},
			{"in a group", fields{"term": "*", "in_group_id": "X", "in_channel_id": "X"}, "group", "group"},
			{"not in a group", fields{"term": "*", "not_in_group_id": "X", "team_id": "X"}, "group", "group"},
			{"in a channel", fields{"term": "*", "in_channel_id": "X", "team_id": "X"}, "!read_channel", "!read_channel"},
			{"in a channel, with a bad limit", fields{"term": "*", "in_channel_id": "X", "limit": -1}, "!read_channel", "!read_channel"},
			{"not in a channel of a team", fields{"term": "*", "not_in_channel_id": "X", "team_id": "X"}, "!read_channel", "!read_channel"},
			{"in a team, with a bad limit", fields{"term": "*", "team_id": "X", "limit": -1}, "!view_team", "body"},
			{"in a team", fields{"term": "*", "team_id": "X"}, "!view_team", ""},
			{"not in a team", fields{"term": "*", "not_in_team_id": "X"}, "!view_team", all},
			{"not in a team, with a group", fields{"term": "*", "not_in_team_id": "X", "group_constrained": true}, "!view_team", ""},
			{"not in a team counts before in a team", fields{"term": "*", "not_in_team_id": "X", "team_id": "X"}, "!view_team", all},
			{"without a team", fields{"term": "*", "without_team": true}, all, all},
			{"without a team counts before a team", fields{"term": "*", "without_team": true, "team_id": "X"}, "!view_team", all},
			{"a negative limit", fields{"term": "*", "limit": -1}, "body", "body"},
			{"too high a limit", fields{"term": "*", "limit": 1001}, "body", "body"},
			{"the highest limit", fields{"term": "*", "limit": 1000}, all, all},
			{"no limit", fields{"term": "*", "limit": 0}, all, all},
			{"a limit", fields{"term": "*", "limit": 2}, "admin amy.ash", "admin amy.ash"},
			{"a role", fields{"term": "*", "role": "system_admin"}, "admin", "admin"},
			{"the role of members", fields{"term": "*", "role": "system_user"}, "amy.ash bob_b carl", "amy.ash bob_b carl"},
			{"roles", fields{"term": "*", "roles": []string{"system_user", "system_guest"}}, "amy.ash bob_b carl", "amy.ash bob_b carl"},
			{"roles and a role", fields{"term": "*", "roles": []string{"system_admin"}, "role": "system_user"}, "admin", "admin"},
			{"a role that is not", fields{"term": "*", "role": "NON SENSE"}, "", ""},
			{"roles of channels and teams without any", fields{"term": "*", "channel_roles": []string{"channel_admin"}, "team_roles": []string{"x"}}, all, all},
			{"null for everything", `{"term":"*","team_id":null,"roles":null,"limit":null,"allow_inactive":null}`, all, all},
			{"unknown fields", fields{"term": "*", "nonsense": 1}, all, all},
		} {
			for as, want := range map[*testkit.Client]string{bob: tc.member, s.Admin(): tc.admin} {
				t.Run(tc.name+" for "+as.Username, func(t *testing.T) {
					in := tc.body
					if m, ok := in.(fields); ok {
						in = usersReplace(m)
					}
					r := as.For(t).Post("/users/search", in)
					switch {
					case want == "body":
						r.WantFault(http.StatusBadRequest, body)
					case want == "group":
						r.WantFault(http.StatusNotFound, group)
					case strings.HasPrefix(want, "!"):
						r.WantFault(http.StatusForbidden, perms)
						if d := r.Text("detailed_error"); d != "userId="+as.ID+", permission="+want[1:] {
							t.Errorf("detail %q, want %s", d, want)
						}
					default:
						usersWant(t, r, want)
					}
				})
			}
		}
		s.Visitor().Post("/users/search", fields{"term": "*"}).WantFault(401, "api.context.session_expired.app_error")
		s.Admin().Post("/users/search", `{"term":"`+strings.Repeat("x", 300512)+`"}`).WantFault(413, "api.context.request_body_too_large.app_error")
		s.Events.Want(t, "")
	})
}

// usersReplace puts an id in the place of every X.
func usersReplace(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		if v == "X" {
			v = usersID
		}
		out[k] = v
	}
	return out
}

// TestUsersSearchLimit gives 100 accounts unless more are wanted.
func TestUsersSearchLimit(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		for i := range 105 {
			name := fmt.Sprintf("find%03d", i)
			s.Admin().Post("/users", map[string]any{"username": name, "email": name + "@example.com", "auth_service": "ldap", "auth_data": name}).
				Want(http.StatusCreated)
		}
		for limit, want := range map[int]int{0: 100, 1: 1, 104: 104, 1000: 105} {
			list := s.Admin().Post("/users/search", map[string]any{"term": "find", "limit": limit}).Want(http.StatusOK).Column("username")
			if len(list) != want || list[0] != "find000" {
				t.Errorf("%d accounts for the limit %d, want %d", len(list), limit, want)
			}
		}
		for limit, want := range map[string]int{"": 100, "1": 1, "104": 104, "1000": 105, "1000000": 105} {
			users, _ := s.Admin().Get("/users/autocomplete?name=find&limit=" + limit).Want(http.StatusOK).Value("users").([]any)
			if len(users) != want {
				t.Errorf("%d completions for the limit %q, want %d", len(users), limit, want)
			}
		}
	})
}

// TestUsersSearchPrivacy searches only in what the searcher may see.
func TestUsersSearchPrivacy(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		usersToFind(s)
		bob := s.SignIn("bob_b")
		for _, tc := range []struct {
			name         string
			email, names bool
		}{{"nothing is hidden", true, true}, {"addresses are hidden", false, true}, {"names are hidden", true, false}, {"both are hidden", false, false}} {
			t.Run(tc.name, func(t *testing.T) {
				usersSet(t, s, map[string]any{"PrivacySettings.ShowEmailAddress": tc.email, "PrivacySettings.ShowFullName": tc.names})
				if !tc.email {
					usersWant(t, bob.For(t).Post("/users/search", map[string]any{"term": "second@example.com"}), "") // not even one's own
				} else {
					usersWant(t, bob.For(t).Post("/users/search", map[string]any{"term": "second@example.com"}), "bob_b")
				}
				byName, completed := "", []string{}
				if tc.names {
					byName, completed = "bob_b", []string{"bob_b"}
				}
				usersWant(t, bob.For(t).Post("/users/search", map[string]any{"term": "robert"}), byName)
				usersCompleted(t, bob.For(t), map[string]string{"name": "robert"}, completed)
				usersWant(t, bob.For(t).Post("/users/search", map[string]any{"term": "queen"}), "amy.ash") // a nickname is no secret
				usersWant(t, s.Admin().For(t).Post("/users/search", map[string]any{"term": "second@example.com"}), "bob_b")
				usersWant(t, s.Admin().For(t).Post("/users/search", map[string]any{"term": "robert"}), "bob_b")
				usersCompleted(t, s.Admin().For(t), map[string]string{"name": "robert"}, []string{"bob_b"})
				rows := usersRows(t, bob.For(t).Post("/users/search", map[string]any{"term": "bob_b"}))
				if len(rows) != 1 || (rows[0]["email"] != "") != tc.email || (rows[0]["first_name"] != "") != tc.names {
					t.Errorf("got %v", rows)
				}
			})
		}
	})
}

// TestUsersSearchViews shows accounts that are found like those on lists.
func TestUsersSearchViews(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		full, bob := usersFull(t, s), s.User("bob")
		for as, want := range map[*testkit.Client][]string{full: usersOther, bob: usersOther, s.Admin(): usersAdmin} {
			r := as.Post("/users/search", map[string]string{"term": "full"}).Want(http.StatusOK)
			if d := cmp.Diff(want, usersFields(t, r.Body[1:len(r.Body)-1])); d != "" {
				t.Errorf("%s finds %s", as.Username, d)
			}
			r = as.Get("/users/autocomplete?name=full").Want(http.StatusOK)
			body := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(r.Body)), `{"users":[`), "]}")
			if d := cmp.Diff(want, usersFields(t, []byte(body))); d != "" {
				t.Errorf("%s completes %s", as.Username, d)
			}
			for _, secret := range []string{testkit.Password, "planted-wrong", "argon2"} {
				if strings.Contains(string(r.Body), secret) {
					t.Errorf("%q is shown", secret)
				}
			}
		}
	})
}

// TestUsersSearchRestricted finds nobody for accounts without view_members: there are
// no teams or channels to share, and one's own account is no exception.
func TestUsersSearchRestricted(t *testing.T) {
	o := testkit.Options{Env: []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true"}}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		gus := s.WithRoles("gus", "system_guest")
		for _, term := range []string{"*", "gus", "admin", gus.ID, "gus@example.com"} {
			usersWant(t, gus.Post("/users/search", map[string]any{"term": term, "allow_inactive": true}), "")
			usersCompleted(t, gus, map[string]string{"name": term}, []string{})
		}
		usersWant(t, s.Admin().Post("/users/search", map[string]any{"term": "gus"}), "gus")
	})
}
