package api_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"muster/internal/config"
	"muster/internal/server"
	"muster/internal/testkit"
)

// canaryLog keeps everything that is logged.
type canaryLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *canaryLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *canaryLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestNoSecretLeavesTheServer plants a mark in every secret there is, does what could
// show it, and looks for the mark in every answer and in the log.
func TestNoSecretLeavesTheServer(t *testing.T) {
	t.Parallel()
	const mark = "canary"
	folder := t.TempDir()
	env := []string{
		"MM_MUSTERSETTINGS_DATADIRECTORY=" + folder, "MM_MUSTERSETTINGS_ARGON2MEMORYKIB=7168", "MM_MUSTERSETTINGS_ARGON2PASSES=1",
		"MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:0", "MM_SERVICESETTINGS_ENABLEDEVELOPER=true", "MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS=true",
	}
	secrets := 0
	for _, key := range config.Reference() {
		switch {
		case key.Type != "secret", key.Name == "MusterSettings.NatsURL":
			continue
		case key.Name == "SqlSettings.DataSource":
			if err := os.Mkdir(filepath.Join(folder, mark), 0o700); err != nil {
				t.Fatal(err)
			}
			env = append(env, key.Env+"="+filepath.Join(folder, mark, "muster.db"))
		default:
			env = append(env, key.Env+"="+mark+"-"+key.Name)
		}
		secrets++
	}
	if secrets < 5 {
		t.Fatalf("only %d secrets are known", secrets)
	}
	log := &canaryLog{}
	s, err := server.Start(t.Context(), server.Options{
		Environ: env, Now: time.Now, Volatile: true,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if strings.Contains(log.String(), mark) {
			t.Errorf("the log shows a secret: %s", log)
		}
	}()
	ask := func(token, method, path, body string) (*http.Response, string) {
		t.Helper()
		res, text := sessRaw(t, method, s.URL+"/api/v4"+path, strings.NewReader(body), "Authorization", "Bearer "+token)
		for name, values := range res.Header {
			if name != "Token" && strings.Contains(strings.Join(values, " "), mark) {
				t.Errorf("%s %s shows a secret in %s: %v", method, path, name, values)
			}
		}
		if strings.Contains(text, mark) {
			t.Errorf("%s %s shows a secret: %s", method, path, text)
		}
		return res, text
	}
	const password = mark + "-Passw0rd"
	if res, text := ask("", "POST", "/users", `{"username":"root","email":"root@example.com","password":"`+password+`"}`); res.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", res.StatusCode, text)
	}
	res, text := ask("", "POST", "/users/login", `{"login_id":"root","password":"`+password+`"}`)
	token := res.Header.Get("Token")
	if token == "" {
		t.Fatalf("%d %s", res.StatusCode, text)
	}
	_, all := ask(token, "GET", "/config", "")
	for _, r := range [][3]string{
		{"POST", "/users/login", `{"login_id":"nobody","password":"` + password + `x"}`},
		{"POST", "/users/login", `{"login_id":"root","password":"` + password + `x"}`},
		{"POST", "/users/login", `{"login_id":"root","password":"` + password},
		{"POST", "/users", `{"username":"x","email":"x","password":"` + password + `"}`},
		{"PUT", "/users/me/password", `{"current_password":"` + mark + `","new_password":"` + mark + `"}`},
		{"PUT", "/users/me/password", `{"current_password":"` + password + `","new_password":"` + password + `"}`},
		{"PUT", "/users/me/patch", `{"email":"new@example.com","password":"` + mark + `"}`},
		{"POST", "/users/me/sessions/revoke", `{"session_id":"` + sessUnknownID + `"}`},
		{"GET", "/users/me", ""},
		{"GET", "/users/me/sessions", ""},
		{"GET", "/users/me/audits", ""},
		{"GET", "/users", ""},
		{"GET", "/config?remove_defaults=true", ""},
		{"GET", "/config/environment", ""},
		{"GET", "/config/client?format=old", ""},
		{"GET", "/license/client?format=old", ""},
		{"GET", "/system/ping?get_server_status=true", ""},
		{"PUT", "/config", all},
		{"PUT", "/config/patch", `{"TeamSettings":{"SiteName":"x"}}`},
		{"PUT", "/config/patch", `{"EmailSettings":{"SMTPPassword":["` + mark + `"]}}`},
		{"PUT", "/config/patch", `{"EmailSettings":{"SMTPPassword":"` + mark + `2","SMTPPort":7}}`},
		{"PUT", "/config/patch", `{"SqlSettings":{"DataSource":"` + mark + `2"}}`},
		{"PUT", "/config/patch", `{"GitLabSettings":{"Secret":"` + mark + `2","Enable":true}}`},
		{"POST", "/config/reload", ""},
		{"GET", "/limits/server", ""},
		{"GET", "/users?access_token=" + mark, ""},
	} {
		ask(token, r[0], r[1], r[2])
	}
	if now := &s.Live.Current().Config; !strings.HasPrefix(now.LdapSettings.BindPassword.Reveal(), mark) {
		t.Error("the marks are not in the settings")
	}
	if strings.Contains(log.String(), token) || strings.Contains(log.String(), testkit.Password) {
		t.Error("the log shows a token or a password")
	}
}
