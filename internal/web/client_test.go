package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"muster/internal/config"
	"muster/internal/web"
)

func get(t *testing.T, dir, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	cfg := &config.Config{}
	cfg.MusterSettings.ClientDirectory = dir
	c := &web.Client{Config: func() *config.Config { return cfg }}
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = path
	c.ServeHTTP(w, r)
	return w
}

func TestClientIsServedFromItsFolder(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	dir := filepath.Join(outside, "client")
	for name, content := range map[string]string{"secret.txt": "secret", "client/root.html": "<title>client</title>", "client/main.1a2b3c4d5e6f.js": "run()", "client/i18n/de.json": "{}"} {
		file := filepath.Join(outside, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, method, path string
		status             int
		body               string
	}{
		{"the root page", http.MethodGet, "/", 200, "<title>client</title>"},
		{"an address of the client", http.MethodGet, "/north/channels/town-square", 200, "<title>client</title>"},
		{"a file", http.MethodGet, "/static/main.1a2b3c4d5e6f.js", 200, "run()"},
		{"a file in a folder", http.MethodGet, "/static/i18n/de.json", 200, "{}"},
		{"a folder", http.MethodGet, "/static/i18n", 404, "no such file"},
		{"no file", http.MethodGet, "/static/other.js", 404, "no such file"},
		{"out of the folder", http.MethodGet, "/static/../../secret.txt", 200, "<title>client</title>"},
		{"out of the folder by a link", http.MethodGet, "/static/link.txt", 404, "no such file"},
		{"a change", http.MethodPost, "/", 405, "only something to read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := get(t, dir, tc.method, tc.path)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.body) {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, tc.status, tc.body)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" && tc.status != 405 {
				t.Error("a browser may guess the type")
			}
		})
	}
	if got := get(t, dir, http.MethodGet, "/static/main.1a2b3c4d5e6f.js").Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("a file may be kept as %q", got)
	}
	if got := get(t, dir, http.MethodGet, "/x").Header().Get("Content-Security-Policy"); !strings.Contains(got, "script-src 'self'") {
		t.Errorf("the page may run scripts by %q", got)
	}
}

func TestWhoMayShowTheClientInAFrame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "root.html"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for setting, want := range map[string]string{
		"": "frame-ancestors 'self';", "https://a.example https://b.example": "frame-ancestors 'self' https://a.example https://b.example;",
		"https://a.example; script-src *": "frame-ancestors 'self';",
	} {
		cfg := &config.Config{}
		cfg.MusterSettings.ClientDirectory, cfg.ServiceSettings.FrameAncestors = dir, setting
		w := httptest.NewRecorder()
		(&web.Client{Config: func() *config.Config { return cfg }}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, want) {
			t.Errorf("with %q: %q, want %q", setting, got, want)
		}
	}
}

func TestPagesAskForHTTPS(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{}
	cfg.ServiceSettings.TLSStrictTransport, cfg.ServiceSettings.TLSStrictTransportMaxAge = true, 60
	w := httptest.NewRecorder()
	(&web.Client{Config: func() *config.Config { return cfg }}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if got := w.Header().Get("Strict-Transport-Security"); got != "max-age=60" {
		t.Errorf("header %q", got)
	}
}

func TestWithoutAClientTheServerSaysWhatItIs(t *testing.T) {
	t.Parallel()
	if w := get(t, "", http.MethodGet, "/"); w.Code != 200 || !strings.Contains(w.Body.String(), "/api/v4") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get(t, "", http.MethodGet, "/login"); w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
	if w := get(t, filepath.Join(t.TempDir(), "nowhere"), http.MethodGet, "/"); w.Code != 503 {
		t.Errorf("%d", w.Code)
	}
}
