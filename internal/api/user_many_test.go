package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// TestUsersMany finds many accounts by ids and by names.
func TestUsersMany(t *testing.T) {
	const parse, body, query = "api.payload.parse.error", "api.context.invalid_body_param.app_error", "api.context.invalid_url_param.app_error"
	testkit.Each(t, testkit.Options{EnvOf: usersSocket}, func(t *testing.T, s *testkit.Server) {
		zed, amy := s.User("zed"), s.User("amy")
		gone := s.Make(testkit.Account{Username: "gone"})
		s.Admin().Delete("/users/" + gone).Want(http.StatusOK)
		s.Events.Take()
		ids := func(list ...string) []string { return list }
		tooMany := make([]string, 1001)
		var at struct {
			UpdateAt json.Number `json:"update_at"`
		}
		zed.Get("/users/me").JSON(&at)
		since := at.UpdateAt.String()
		for _, tc := range []struct {
			name, path string
			body       any
			status     int
			want       string // usernames, or the error id
		}{
			{"by username, not in the order given", "/users/ids", ids(zed.ID, gone, amy.ID), 200, "amy gone zed"},
			{"repetitions count once", "/users/ids", ids(amy.ID, amy.ID, amy.ID), 200, "amy"},
			{"unknown and malformed ids are skipped", "/users/ids", ids("junk", usersID, "", "me", amy.ID, strings.ToUpper(amy.ID), "a b", "ü"), 200, "amy"},
			{"only unknown ids", "/users/ids", ids(usersID), 200, ""},
			{"only malformed ids", "/users/ids", ids("junk"), 200, ""},
			{"no ids", "/users/ids", `[]`, 400, body},
			{"null", "/users/ids", `null`, 400, body},
			{"too many ids", "/users/ids", tooMany, 400, body},
			{"as many ids as allowed", "/users/ids", append(tooMany[:999:999], amy.ID), 200, "amy"},
			{"an object", "/users/ids", `{}`, 400, parse},
			{"malformed JSON", "/users/ids", `[`, 400, parse},
			{"no body", "/users/ids", ``, 400, parse},
			{"numbers", "/users/ids", `[1]`, 400, parse},
			{"lists in the list", "/users/ids", `[["x"]]`, 400, parse},
			{"nested too deeply", "/users/ids", strings.Repeat("[", 65) + strings.Repeat("]", 65), 400, parse},
			{"too large", "/users/ids", `["` + strings.Repeat("x", 300512) + `"]`, 413, "api.context.request_body_too_large.app_error"},
			{"a zero byte", "/users/ids", ids("\x00"), 400, parse},
			{"changed since zero", "/users/ids?since=0", ids(amy.ID, zed.ID), 200, "amy zed"},
			{"changed since a negative time", "/users/ids?since=-5", ids(amy.ID, zed.ID), 200, "amy zed"},
			{"changed since nothing", "/users/ids?since=", ids(amy.ID, zed.ID), 200, "amy zed"},
			{"changed after a time, not at it", "/users/ids?since=" + since, ids(amy.ID, zed.ID), 200, "amy"},
			{"changed since later", "/users/ids?since=99999999999999", ids(amy.ID, zed.ID), 200, ""},
			{"a time that is no number", "/users/ids?since=x", ids(amy.ID), 400, body},
			{"a time that is too large", "/users/ids?since=99999999999999999999", ids(amy.ID), 400, body},
			{"the ids are read before the time", "/users/ids?since=x", `[]`, 400, body},
			{"a query that is no text", "/users/ids?since=%ff", ids(amy.ID), 400, query},
			{"names, by username", "/users/usernames", ids("zed", "amy", "gone", "nobody"), 200, "amy gone zed"},
			{"names once", "/users/usernames", ids("amy", "amy"), 200, "amy"},
			{"names are not lowered", "/users/usernames", ids("Amy", "@zed", " amy", "amy@example.com", ""), 200, ""},
			{"signs of patterns mean themselves", "/users/usernames", ids("a%", "___", "*"), 200, ""},
			{"no names", "/users/usernames", `[]`, 400, body},
			{"null for names", "/users/usernames", `null`, 400, body},
			{"too many names", "/users/usernames", tooMany, 400, body},
			{"an object for names", "/users/usernames", `{}`, 400, parse},
			{"numbers for names", "/users/usernames", `[1]`, 400, parse},
			{"malformed names", "/users/usernames", `["a"`, 400, parse},
			{"no body for names", "/users/usernames", ``, 400, parse},
			{"a zero byte in a name", "/users/usernames", ids("amy", "\x00"), 400, parse},
		} {
			t.Run(tc.name, func(t *testing.T) {
				clients := []*testkit.Client{amy, s.Admin()}
				if strings.HasPrefix(tc.path, "/users/ids") && tc.status != http.StatusRequestEntityTooLarge {
					clients = append(clients, s.Socket())
				}
				for _, c := range clients {
					if r := c.For(t).Post(tc.path, tc.body); tc.status == http.StatusOK {
						usersWant(t, r, tc.want)
					} else {
						r.WantFault(tc.status, tc.want)
					}
				}
				s.Visitor().For(t).Post(tc.path, tc.body).Want(map[bool]int{true: 401, false: 400}[!strings.Contains(tc.path, "%ff")])
			})
		}
		t.Run("names are not offered on the local socket", func(t *testing.T) {
			s.Socket().For(t).Post("/users/usernames", ids("amy")).WantFault(404, "api.context.404.app_error")
		})
		s.Events.Want(t, "")
	})
}
