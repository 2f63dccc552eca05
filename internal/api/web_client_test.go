package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"muster/internal/testkit"
)

// TestAPageOfTheWebClientReachesTheAPI: a page served from the folder of a client signs in,
// changes something and hears events with its cookies alone, below a path of its host, and a page
// from elsewhere does not.
func TestAPageOfTheWebClientReachesTheAPI(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "root.html"), []byte(`<html><head></head><script src="/static/main.js"></script></html>`), 0o600); err != nil {
		t.Fatal(err)
	}
	const site = "http://chat.example.com"
	env := []string{"MM_MUSTERSETTINGS_CLIENTDIRECTORY=" + folder, "MM_SERVICESETTINGS_SITEURL=" + site + "/team"}
	testkit.Each(t, testkit.Options{Env: env}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		for _, path := range []string{"/", "/team", "/team/", "/team/login", "/north/channels/town-square"} {
			res, body := sessRaw(t, http.MethodGet, s.URL+path, nil)
			if res.StatusCode != http.StatusOK || !strings.Contains(body, `src="/team/static/main.js"`) {
				t.Errorf("%s: %d %s", path, res.StatusCode, body)
			}
		}
		for path, status := range map[string]int{"/team/api/v4/none": 404, "/team/api/v4/users/me": 401, "/team/static/none.js": 404} {
			if res, body := sessRaw(t, http.MethodGet, s.URL+path, nil); res.StatusCode != status || strings.Contains(body, "<html>") {
				t.Errorf("%s: %d %s", path, res.StatusCode, body)
			}
		}

		api := s.URL + "/team/api/v4"
		res, _ := sessRaw(t, http.MethodPost, api+"/users/login", strings.NewReader(`{"login_id":"amy","password":"`+testkit.Password+`"}`), "Origin", site, "X-Requested-With", "XMLHttpRequest")
		var cookies []string
		csrf := ""
		for _, c := range res.Cookies() {
			if c.Path != "/team" {
				t.Errorf("the cookie %s belongs to %s", c.Name, c.Path)
			}
			cookies = append(cookies, c.Name+"="+c.Value)
			if c.Name == "MMCSRF" {
				csrf = c.Value
			}
		}
		if len(cookies) != 3 || csrf == "" {
			t.Fatalf("cookies %v", cookies)
		}
		cookie := strings.Join(cookies, "; ")
		if res, body := sessRaw(t, http.MethodGet, api+"/users/me", nil, "Cookie", cookie); res.StatusCode != http.StatusOK || !strings.Contains(body, amy.ID) {
			t.Errorf("the account: %d %s", res.StatusCode, body)
		}
		for _, tc := range []struct {
			name    string
			headers []string
			status  int
		}{
			{"with its token", []string{"Origin", site, "X-CSRF-Token", csrf}, 200},
			{"with the header of scripts", []string{"Origin", site, "X-Requested-With", "XMLHttpRequest"}, 200},
			{"without a token", []string{"Origin", site}, 401},
			{"with another token", []string{"Origin", site, "X-CSRF-Token", "x"}, 401},
			{"from elsewhere", []string{"Origin", "http://evil.example", "X-CSRF-Token", csrf}, 401},
			{"from a page without an origin", []string{"Origin", "null", "X-CSRF-Token", csrf}, 401},
		} {
			body := strings.NewReader(`{"nickname":"` + strings.ReplaceAll(tc.name, " ", "") + `"}`)
			if res, answer := sessRaw(t, http.MethodPut, api+"/users/me/patch", body, append(tc.headers, "Cookie", cookie)...); res.StatusCode != tc.status {
				t.Errorf("a change %s: %d %s, want %d", tc.name, res.StatusCode, answer, tc.status)
			}
		}
		for origin, opens := range map[string]bool{site: true, "http://evil.example": false, "null": false} {
			conn, res, err := websocket.Dial(t.Context(), strings.Replace(api, "http", "ws", 1)+"/websocket",
				&websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {cookie}, "Origin": {origin}}})
			if (err == nil) != opens || !opens && res.StatusCode != http.StatusBadRequest {
				t.Errorf("a websocket from %s: %v", origin, err)
			}
			if err == nil {
				if _, text, err := conn.Read(t.Context()); err != nil || !strings.Contains(string(text), `"event":"hello"`) {
					t.Errorf("heard %s (%v)", text, err)
				}
				_ = conn.CloseNow() // it is not needed any more
			}
		}
	})
}
