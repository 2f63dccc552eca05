package api_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"muster/internal/api"
	"muster/internal/blob"
	"muster/internal/config"
	"muster/internal/store"
	"muster/internal/system"
	"muster/internal/testkit"
)

func TestPing(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: localSocket}, func(t *testing.T, s *testkit.Server) {
		for _, c := range []*testkit.Client{s.Visitor(), s.Admin(), s.Socket()} {
			r := c.Get("/system/ping").Want(http.StatusOK)
			if r.Text("status") != "OK" || r.Value("database_status") != nil || r.Value("CanReceiveNotifications") != nil {
				t.Errorf("body %s", r.Body)
			}
			for _, key := range []string{"ActiveSearchBackend", "AndroidLatestVersion", "AndroidMinVersion", "IosLatestVersion", "IosMinVersion"} {
				if _, text := r.Value(key).(string); !text {
					t.Errorf("no %s in %s", key, r.Body)
				}
			}
			r = c.Get("/system/ping?get_server_status=true&device_id=apple:1").Want(http.StatusOK)
			if r.Text("status") != "OK" || r.Text("database_status") != "OK" || r.Text("filestore_status") != "OK" || r.Text("CanReceiveNotifications") == "" {
				t.Errorf("body %s", r.Body)
			}
			if r.Header.Get("database_status") != "OK" || r.Header.Get("filestore_status") != "OK" {
				t.Errorf("headers %v", r.Header)
			}
		}
		s.Visitor().Get("/system/ping?get_server_status=nonsense").Want(http.StatusOK)
	})
}

// TestPingWithoutFiles asks a server whose folder of files has gone away.
func TestPingWithoutFiles(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		if err := os.RemoveAll(filepath.Join(s.Folder, "files")); err != nil {
			t.Fatal(err)
		}
		s.Visitor().Get("/system/ping").Want(http.StatusOK)
		r := s.Visitor().Get("/system/ping?get_server_status=true").Want(http.StatusInternalServerError)
		if r.Text("filestore_status") != "UNHEALTHY" || r.Text("database_status") != "OK" || r.Header.Get("filestore_status") != "UNHEALTHY" {
			t.Errorf("body %s, headers %v", r.Body, r.Header)
		}
		if res, body := sessRaw(t, http.MethodGet, s.URL+"/readyz", nil); res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("ready: %d %s", res.StatusCode, body)
		}
	})
}

// TestPingOfABrokenDatabase asks an API whose database has gone away.
func TestPingOfABrokenDatabase(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		broken, err := store.Open(t.Context(), store.Options{Driver: store.SQLite, DataSource: filepath.Join(t.TempDir(), "broken.db"), Volatile: true})
		if err != nil {
			t.Fatal(err)
		}
		files, err := blob.OpenFolder(t.TempDir(), s.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		sys := system.New(system.Options{DB: broken, Bus: s.Bus, Files: files, Live: s.Live, Now: s.Clock.Now, Log: testkit.Logger(t)})
		defer sys.Close()
		a, err := api.New(api.Options{Accounts: s.Accounts, System: sys, Live: s.Live, Log: testkit.Logger(t), Now: s.Clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		if err := broken.Close(); err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			name, query string
			status      int
			want        string
		}{
			{"is fine as long as nobody asks for it", "", 200, `"status":"OK"`},
			{"is an error when somebody does", "?get_server_status=true", 500, `"status":"UNHEALTHY"`},
			{"is an answer for those who read it", "?get_server_status=true&use_rest_semantics=true", 200, `"database_status":"UNHEALTHY"`},
		} {
			t.Run(tc.name, func(t *testing.T) {
				w := httptest.NewRecorder()
				a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v4/system/ping"+tc.query, nil))
				if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.want) {
					t.Errorf("%d %s, want %d with %s", w.Code, w.Body, tc.status, tc.want)
				}
			})
		}
		t.Run("is told in full to who sits at the machine", func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/api/v4/config/reload", nil)
			r.RemoteAddr = "@"
			w := httptest.NewRecorder()
			a.Local().ServeHTTP(w, r)
			if w.Code != 500 || !strings.Contains(w.Body.String(), "database is closed") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	})
}

func TestClientConfig(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		read := func(c *testkit.Client, query string) map[string]string {
			var m map[string]string // every value is a text
			c.Get("/config/client" + query).Want(http.StatusOK).JSON(&m)
			return m
		}
		visitor, member := read(s.Visitor(), "?format=old"), read(s.User("amy"), "?format=old")
		for _, key := range []string{
			"Version", "BuildNumber", "BuildHash", "BuildEnterpriseReady", "DiagnosticId", "SiteURL", "SiteName", "WebsocketURL",
			"DefaultClientLocale", "EnableSignInWithEmail", "EnableUserCreation", "EnableOpenServer", "PasswordMinimumLength", "NoAccounts",
		} {
			if _, there := visitor[key]; !there {
				t.Errorf("visitors are not told %s", key)
			}
		}
		for key, value := range visitor {
			if member[key] != value {
				t.Errorf("%s is %q for visitors and %q for members", key, value, member[key])
			}
		}
		for _, key := range []string{"MaxPostSize", "MaxFileSize", "EnableUserAccessTokens", "ShowEmailAddress", "SchemaVersion", "InstallationDate"} {
			if _, there := visitor[key]; there || member[key] == "" {
				t.Errorf("%s is %q for members, and for visitors: %v", key, member[key], there)
			}
		}
		sessDiff(t, "without a format", visitor, read(s.Visitor(), ""))
		sessDiff(t, "with a useless token", visitor, read(sessWithHeader(t, s.Visitor(), "Authorization", "Bearer x"), "?format=new"))
	})
}

func TestClientConfigOfAnEmptyServer(t *testing.T) {
	testkit.Each(t, testkit.Options{NoAdmin: true}, func(t *testing.T, s *testkit.Server) {
		first := func() string { return s.Visitor().Get("/config/client?format=old").Text("NoAccounts") }
		if got := first(); got != "true" {
			t.Errorf("NoAccounts %s before the first account", got)
		}
		s.Visitor().Post("/users", `{"username":"root","email":"root@example.com","password":"Passw0rd-1"}`).Want(http.StatusCreated)
		if got := first(); got != "false" {
			t.Errorf("NoAccounts %s after the first account", got)
		}
	})
}

func TestClientLicense(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		s.Visitor().Get("/license/client").WantFault(400, "api.license.client.old_format.app_error")
		s.Visitor().Get("/license/client?format=").WantFault(400, "api.license.client.old_format.app_error")
		s.Visitor().Get("/license/client?format=new").WantFault(400, sessBadURL)
		for name, c := range map[string]*testkit.Client{"visitors": s.Visitor(), "members": amy, "administrators": s.Admin()} {
			var m map[string]string
			c.Get("/license/client?format=old").Want(http.StatusOK).JSON(&m)
			for _, key := range []string{"IsLicensed", "LDAP", "MFA", "SAML", "GuestAccounts", "OpenId"} {
				if m[key] != "true" {
					t.Errorf("%s: %s is %q", name, key, m[key])
				}
			}
			if _, there := m["Id"]; there != (c == s.Admin()) {
				t.Errorf("%s see who holds the licence: %v", name, there)
			}
		}
	})
}

func TestServerLimits(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		off := s.Make(testkit.Account{Username: "off"})
		s.Admin().Put("/users/"+off+"/active", `{"active":false}`).Want(http.StatusOK)
		for c, count := range map[*testkit.Client]int{s.Admin(): 2, amy: 0} {
			// The document describes a list; clients want an object.
			res, body := sessRaw(t, http.MethodGet, s.URL+"/api/v4/limits/server", nil, "Authorization", "Bearer "+c.Token)
			var limits struct{ ActiveUserCount, MaxUsersLimit int }
			if err := json.Unmarshal([]byte(body), &limits); err != nil || res.StatusCode != http.StatusOK || limits.ActiveUserCount != count || limits.MaxUsersLimit != 0 {
				t.Errorf("%d %s, want %d accounts: %v", res.StatusCode, body, count, err)
			}
		}
		s.Visitor().Get("/limits/server").WantFault(401, sessEnded)
	})
}

func TestAncillaryPermissions(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		const bad = "api.payload.parse.error"
		var got []string
		amy.Post("/permissions/ancillary", []string{"sysconsole_write_user_management_users", "unknown", "sysconsole_read_reporting_site_statistics"}).
			Want(http.StatusOK).JSON(&got)
		sessDiff(t, "permissions", []string{
			"sysconsole_write_user_management_users", "unknown", "sysconsole_read_reporting_site_statistics",
			"edit_other_users", "demote_to_guest", "promote_guest", "get_analytics",
		}, got)
		for _, body := range []string{``, `[]`, `null`, `{}`, `"x"`, `[1]`, `["x"`, `[[["x"]]]`} {
			amy.Post("/permissions/ancillary", body).WantFault(400, bad)
		}
		amy.Post("/permissions/ancillary", `["x"]`+strings.Repeat(" ", 300513)).Want(http.StatusRequestEntityTooLarge)
		s.Visitor().Post("/permissions/ancillary", `["x"]`).WantFault(401, sessEnded)
	})
}

func TestThoseWhoWatchTheServer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := testkit.Start(t, store.SQLite, testkit.Options{Env: []string{"MM_METRICSSETTINGS_ENABLE=true", "MM_METRICSSETTINGS_LISTENADDRESS=" + address}})
	s.User("canary").Get("/users/me").Want(http.StatusOK)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready"} {
		res, body := sessRaw(t, http.MethodGet, s.URL+path, nil)
		if res.StatusCode != http.StatusOK || strings.TrimSpace(body) != want || res.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	res, body := sessRaw(t, http.MethodGet, "http://"+address+"/metrics", nil)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("/metrics: %d %s", res.StatusCode, body)
	}
	for _, want := range []string{`muster_request_seconds_count{method="GET",route="/users/{user_id}",status="200"}`, "muster_store_statements_total", "go_goroutines"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in the figures", want)
		}
	}
	if strings.Contains(body, "canary") {
		t.Error("the figures name an account")
	}
	for _, url := range []string{s.URL + "/metrics", "http://" + address + "/api/v4/users", "http://" + address + "/healthz"} {
		if res, body := sessRaw(t, http.MethodGet, url, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %s", url, res.StatusCode, body)
		}
	}
}

// TestASettingThatDoesNotWorkHereIsRefused stores what this node cannot use, as another
// node with other variables could: the node goes on with what it has, and can be mended.
func TestASettingThatDoesNotWorkHereIsRefused(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_GUESTACCOUNTSSETTINGS_ENABLEGUESTMAGICLINK=true"}}, func(t *testing.T, s *testkit.Server) {
		ctx := context.Background()
		broken := []byte(`{"GuestAccountsSettings":{"EnforceMultifactorAuthentication":true}}`)
		if err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.SaveConfiguration(ctx, broken, 0, 1) }); err != nil {
			t.Fatal(err)
		}
		s.Admin().Post("/config/reload", nil).WantFault(500, "api.config.reload_config.app_error")
		if s.Live.Current().Config.GuestAccountsSettings.EnforceMultifactorAuthentication {
			t.Error("the broken setting is in use")
		}
		s.Admin().Put("/config/patch", `{"TeamSettings":{"SiteName":"x"}}`).Want(http.StatusOK)
		s.Admin().Post("/config/reload", nil).Want(http.StatusOK)
		document, _ := configStored(t, s)
		if _, err := config.Load(config.LoadOptions{Override: document, Environ: []string{"MM_GUESTACCOUNTSSETTINGS_ENABLEGUESTMAGICLINK=true"}}); err != nil {
			t.Errorf("a server would not start with %s: %v", document, err)
		}
	})
}

func TestBootCallsOfTheWebClient(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		for _, call := range []string{
			"GET /plugins/webapp", "GET /plugins/statuses", "GET /system/notices/" + sessUnknownID + "?client=web",
			"GET /custom_profile_attributes/fields", "GET /emoji?page=0", "POST /emoji/names", "POST /emoji/search", "GET /hooks/incoming",
			"GET /hooks/outgoing", "GET /commands?team_id=x", "GET /users/me/teams", "GET /users/me/teams/members", "GET /users/me/teams/unread",
			"GET /teams/" + sessUnknownID + "/commands/autocomplete", "GET /users/me/teams/" + sessUnknownID + "/drafts",
			"GET /channels/" + sessUnknownID + "/bookmarks",
		} {
			t.Run(call, func(t *testing.T) {
				method, path, _ := strings.Cut(call, " ")
				// The document describes the list of emoji as an object; clients want a list.
				if res, body := sessRaw(t, method, s.URL+"/api/v4"+path, nil, "Authorization", "Bearer "+amy.Token); res.StatusCode != http.StatusOK || strings.TrimSpace(body) != "[]" {
					t.Errorf("%d %s", res.StatusCode, body)
				}
				s.Visitor().For(t).Do(method, path, nil).WantFault(401, sessEnded)
			})
		}
		if _, body := sessRaw(t, http.MethodGet, s.URL+"/api/v4/posts/scheduled/team/"+sessUnknownID, nil, "Authorization", "Bearer "+amy.Token); strings.TrimSpace(body) != "{}" {
			t.Errorf("scheduled posts %s", body)
		}
		for path, want := range map[string]string{
			"/agents": `{"agents":[]}`, "/agents/status": `{"available":false}`, "/llmservices": `{"services":[]}`,
			"/users/me/custom_profile_attributes": `{}`, "/users/me/oauth/apps/authorized": `[]`,
		} {
			// The document describes the attributes of an account without their form.
			if res, body := sessRaw(t, http.MethodGet, s.URL+"/api/v4"+path, nil, "Authorization", "Bearer "+amy.Token); res.StatusCode != http.StatusOK || strings.TrimSpace(body) != want {
				t.Errorf("%s: %d %s, want %s", path, res.StatusCode, body, want)
			}
			s.Visitor().For(t).Get(path).WantFault(401, sessEnded)
		}
		if r := amy.Post("/logs", object{"level": "error", "message": strings.Repeat("é", 500)}).Want(http.StatusOK); r.Text("message") != strings.Repeat("é", 400) {
			t.Errorf("written down: %s", r.Body)
		}
		amy.Post("/logs", `{"message":5}`).WantFault(400, sessBadBody)
		s.Visitor().Post("/logs", object{"message": "x"}).WantFault(401, sessEnded)
		amy.Get("/users/junk/oauth/apps/authorized").WantFault(400, sessBadURL)
		amy.Get("/users/junk/teams").WantFault(400, sessBadURL)
		if r := amy.Post("/client_perf", `{"version":"0.1.0"}`).Want(http.StatusOK); r.Text("status") != "OK" {
			t.Errorf("body %s", r.Body)
		}
	})
}
