package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"muster/internal/event"
	"muster/internal/testkit"
)

// usersOpen lets visitors sign up.
var usersOpen = testkit.Options{Env: []string{"MM_TEAMSETTINGS_ENABLEOPENSERVER=true"}}

// usersSocket enables local mode.
func usersSocket(folder string) []string {
	return []string{"MM_SERVICESETTINGS_ENABLELOCALMODE=true", "MM_SERVICESETTINGS_LOCALMODESOCKETLOCATION=" + folder + "/local.sock"}
}

// usersID is an id no account has.
const usersID = "ybndrfg8ejkmcpqxot1uwisza3"

// usersSet changes settings at run time; the section and the key are separated by a dot.
func usersSet(t testing.TB, s *testkit.Server, settings map[string]any) {
	t.Helper()
	patch := map[string]map[string]any{}
	for name, v := range settings {
		section, key, _ := strings.Cut(name, ".")
		if patch[section] == nil {
			patch[section] = map[string]any{}
		}
		patch[section][key] = v
	}
	s.Admin().For(t).Put("/config/patch", patch).Want(http.StatusOK)
}

// usersAll counts every account there is, deactivated ones and bots included.
func usersAll(t testing.TB, s *testkit.Server) string {
	t.Helper()
	return s.Admin().For(t).Get("/users/stats/filtered?include_deleted=true&include_bots=true").Want(http.StatusOK).Text("total_users_count")
}

// usersFrom serves a visitor's request in process, as if it came from an address.
func usersFrom(s *testkit.Server, address, method, path, body string) *httptest.ResponseRecorder {
	return usersServe(s, address, httptest.NewRequest(method, s.URL+"/api/v4"+path, strings.NewReader(body)))
}

// usersAs serves a client's request in process, where the documents do not know the answer.
func usersAs(s *testkit.Server, c *testkit.Client, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, s.URL+"/api/v4"+path, strings.NewReader(body))
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return usersServe(s, "127.0.0.1:9", r)
}

func usersServe(s *testkit.Server, address string, r *http.Request) *httptest.ResponseRecorder {
	r.RemoteAddr = address
	w := httptest.NewRecorder()
	s.API.ServeHTTP(w, r)
	return w
}

// usersFault gives the error id of an answer.
func usersFault(w *httptest.ResponseRecorder) string {
	var body struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(w.Body.Bytes(), &body) // no JSON has no id
	return body.ID
}

// usersFields names the fields of the object an answer is, sorted.
func usersFields(t testing.TB, body []byte) []string {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(body, &o); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return slices.Sorted(maps.Keys(o))
}

// usersCold makes the server forget the accounts it keeps in memory, and the pages they stand on.
func usersCold(s *testkit.Server, ids ...string) {
	s.Bus.Publish([]event.Event{{Stale: event.Stale{Users: ids, Lists: true}}})
}

// usersBody is a body that makes an account, with more fields or with others.
func usersBody(name string, more map[string]any) map[string]any {
	body := map[string]any{"username": name, "email": name + "@example.com", "password": testkit.Password}
	maps.Copy(body, more)
	return body
}

// usersQuery encodes query parameters.
func usersQuery(query map[string]string) string {
	v := url.Values{}
	for name, value := range query {
		v.Set(name, value)
	}
	return v.Encode()
}
