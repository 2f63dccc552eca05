package api_test

import (
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"muster/internal/api/spec"
	"muster/internal/testkit"
)

// localSocket opens the socket of local mode at <folder>/local.sock.
func localSocket(folder string) []string {
	return []string{"MM_SERVICESETTINGS_ENABLELOCALMODE=true", "MM_SERVICESETTINGS_LOCALMODESOCKETLOCATION=" + filepath.Join(folder, "local.sock")}
}

// localOperations are the documented operations that exist in local mode.
var localOperations = map[string]bool{
	"CreateUser": true, "GetUsers": true, "PermanentDeleteAllUsers": true, "GetUsersByIds": true, "GetUser": true, "UpdateUser": true,
	"DeleteUser": true, "GetUserByUsername": true, "GetUserByEmail": true, "UpdateUserRoles": true, "UpdateUserActive": true,
	"UpdateUserMfa": true, "UpdateUserPassword": true, "UpdateUserAuth": true, "PromoteGuestToUser": true, "DemoteUserToGuest": true,
	"ConvertUserToBot": true, "VerifyUserEmailWithoutToken": true, "SendPasswordResetEmail": true, "GetUserAccessTokensForUser": true,
	"CreateUserAccessToken": true, "RevokeUserAccessToken": true, "MigrateAuthToLdap": true, "MigrateAuthToSaml": true,
	"GetUploadsForUser": true, "ConvertBotToUser": true,
}

func TestLocalModeOffersItsOperationsOnly(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: localSocket}, func(t *testing.T, s *testkit.Server) {
		fill := regexp.MustCompile(`\{[^}]+\}`)
		for _, op := range spec.Operations() {
			if op.Name == "PermanentDeleteAllUsers" || !strings.HasPrefix(op.Path, "/api/v4") {
				continue // the first removes everybody and has its own test
			}
			t.Run(op.Name, func(t *testing.T) {
				status, body := localAsk(t, filepath.Join(s.Folder, "local.sock"), op.Method, fill.ReplaceAllString(op.Path, sessUnknownID))
				// GET /users/known and its like are read as the account "known" there.
				asID := op.Method == http.MethodGet && status == 400 && !strings.Contains(op.Path, "{")
				if exists := !asID && !strings.Contains(body, gateNoRoute); exists != localOperations[op.Name] {
					t.Errorf("%d %s, want it to exist: %v", status, body, localOperations[op.Name])
				}
			})
		}
		for path, method := range map[string]string{"/nothing": "GET", "/users/me/preferences": "GET", "/config/client": "GET", "/users/me/sessions": "GET"} {
			s.Socket().Do(method, path, nil).WantFault(404, gateNoRoute)
		}
	})
}

// localAsk sends a request without a body over a socket.
func localAsk(t *testing.T, socket, method, path string) (status int, body string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://muster"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(content)
}

func TestLocalModeMayDoEverything(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: localSocket}, func(t *testing.T, s *testkit.Server) {
		socket := s.Socket()
		t.Run("through a file only its owner may use", func(t *testing.T) {
			for _, name := range []string{"local.sock", "muster.sock"} {
				info, err := os.Stat(filepath.Join(s.Folder, name))
				if err != nil {
					t.Fatal(err)
				}
				if info.Mode().Type() != fs.ModeSocket || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v", name, info.Mode())
				}
			}
		})
		t.Run("and is nobody", func(t *testing.T) {
			socket.For(t).Get("/users/me").WantFault(400, sessBadURL)
		})
		id := socket.Post("/users", `{"username":"cat","email":"cat@example.com","password":"Passw0rd-1","email_verified":true}`).Want(http.StatusCreated).Text("id")
		t.Run("for accounts", func(t *testing.T) {
			c := socket.For(t)
			c.Get("/users/" + id).Want(http.StatusOK)
			c.Put("/users/"+s.Admin().ID+"/roles", `{"roles":"system_user system_admin"}`).Want(http.StatusOK)
			c.Put("/users/"+id+"/password", `{"new_password":"Another-1"}`).Want(http.StatusOK)
			sessLogin(s.Visitor().For(t), "cat", "Another-1").Want(http.StatusCreated)
			c.Put("/users/"+id+"/active", `{"active":false}`).Want(http.StatusOK)
			c.Delete("/users/" + id + "?permanent=true").Want(http.StatusOK)
			c.Get("/users/"+id).WantFault(404, "app.user.missing_account.const")
		})
		t.Run("for settings", func(t *testing.T) {
			c := socket.For(t)
			c.Put("/config/patch", `{"TeamSettings":{"SiteName":"Here"}}`).Want(http.StatusOK)
			if got := c.Get("/config").Want(http.StatusOK).Text("TeamSettings.SiteName"); got != "Here" {
				t.Errorf("SiteName %s", got)
			}
			c.Post("/config/reload", nil).Want(http.StatusOK)
			c.Get("/system/ping").Want(http.StatusOK)
		})
		t.Run("without a token, a cookie or a second factor", func(t *testing.T) {
			sessPatch(t, s, "ServiceSettings", map[string]any{"EnableMultifactorAuthentication": true, "EnforceMultifactorAuthentication": true})
			c := sessWithHeader(t, socket, "Cookie", "MMAUTHTOKEN=nonsense")
			c.Put("/users/"+s.Admin().ID+"/roles", `{"roles":"system_user system_admin"}`).Want(http.StatusOK)
		})
	})
}

func TestLocalModeRemovesEverybody(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: localSocket}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		first := func() string {
			return s.Visitor().Get("/config/client?format=old").Want(http.StatusOK).Text("NoAccounts")
		}
		if got := first(); got != "false" {
			t.Fatalf("NoAccounts %s", got)
		}
		for _, c := range []*testkit.Client{s.Visitor(), amy, s.Admin()} {
			c.Delete("/users").WantFault(404, gateNoRoute)
		}
		amy.Get("/users/me").Want(http.StatusOK)
		s.Socket().Delete("/users").Want(http.StatusOK)
		amy.Get("/users/me").WantFault(401, sessEnded)
		sessEventually(t, "clients offer to make the first account", func() bool { return first() == "true" })
		s.Visitor().Post("/users", `{"username":"new","email":"new@example.com","password":"Passw0rd-1"}`).Want(http.StatusCreated)
		if got := first(); got != "false" {
			t.Errorf("NoAccounts %s", got)
		}
	})
}

func TestTheNetworkDoesNotReachTheSockets(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		for name, h := range map[string]http.Handler{"local": s.API.Local(), "control": s.API.Control()} {
			for _, address := range []string{"192.0.2.1:1234", "127.0.0.1:1234", "[::1]:1234"} {
				w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/api/v4/users", nil)
				r.RemoteAddr = address
				if h.ServeHTTP(w, r); w.Code != 401 || !strings.Contains(w.Body.String(), "api.context.local_origin_required.app_error") {
					t.Errorf("%s from %s: %d %s", name, address, w.Code, w.Body)
				}
			}
		}
		if _, err := os.Stat(filepath.Join(s.Folder, "local.sock")); err == nil {
			t.Error("there is a socket although local mode is off")
		}
	})
}

func TestControlSocketOffersEveryOperation(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		for _, path := range []string{"/users/" + amy.ID + "/sessions", "/users/" + amy.ID, "/config", "/roles", "/system/ping"} {
			if status, body := localAsk(t, filepath.Join(s.Folder, "muster.sock"), http.MethodGet, "/api/v4"+path); status != http.StatusOK {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
	})
}
