package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"muster/internal/config"
	"muster/internal/web"
)

// page is a root page as clients have one.
const page = `<!DOCTYPE html><html><head><meta charset="utf-8"><link rel="manifest" href="/static/manifest.json"></head>` +
	`<body><a href="/static-is-no-folder">x</a><script defer src="/static/main.0123456789abcdef.js"></script></body></html>`

// bundle is a script that is worth being compressed.
var bundle = strings.Repeat("console.log('hello');\n", 200)

// clientFolder is a small client in a folder.
func clientFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"root.html": page, "main.0123456789abcdef.js": bundle, "remote_entry.js": bundle,
		"css/start.css": "body{background:url(/static/files/0123456789abcdef.png)}", "manifest.json": `{"icons":[{"src": "/static/icon.png"}]}`,
		"i18n/de.json": `{"path":"/static/"}`, "files/0123456789abcdef.png": "picture", "files/a.woff2": "font", "emoji/1f600.png": "smile", ".git/config": "secret", "i18n/.hidden.json": "{}",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// asked is a client at an address that is asked for a path with headers.
func asked(t *testing.T, dir, site string) func(path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	cfg := &config.Config{}
	cfg.MusterSettings.ClientDirectory, cfg.ServiceSettings.SiteURL = dir, site
	c := &web.Client{Config: func() *config.Config { return cfg }}
	return func(path string, headers ...string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		c.ServeHTTP(w, r)
		return w
	}
}

func TestFilesAreKeptByBrowsersAsLongAsTheyAreTheSame(t *testing.T) {
	t.Parallel()
	dir := clientFolder(t)
	get := asked(t, dir, "")
	for path, cached := range map[string]string{
		"/": "no-cache", "/login": "no-cache", "/static/root.html": "no-cache", "/static/remote_entry.js": "no-cache",
		"/static/manifest.json": "no-cache", "/static/main.0123456789abcdef.js": "public, max-age=31536000, immutable",
		"/static/emoji/1f600.png": "public, max-age=86400", "/static/files/a.woff2": "public, max-age=86400",
		"/static/files/0123456789abcdef.png": "public, max-age=31536000, immutable", "/static/none.0123456789abcdef.js": "",
	} {
		first := get(path)
		tag := first.Header().Get("ETag")
		if got := first.Header().Get("Cache-Control"); got != cached || (tag == "") != (cached == "") {
			t.Errorf("%s: %q with the tag %q, want %q", path, got, tag, cached)
		}
		if tag == "" {
			continue
		}
		if again := get(path, "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s: %d when it is the same", path, again.Code)
		}
	}
	tag := get("/static/remote_entry.js").Header().Get("ETag")
	if err := os.WriteFile(filepath.Join(dir, "remote_entry.js"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if now := get("/static/remote_entry.js", "If-None-Match", tag); now.Code != http.StatusOK || now.Body.String() != "other" {
		t.Errorf("%d %s after it changed", now.Code, now.Body)
	}
}

func TestTypesOfFilesDoNotDependOnTheMachine(t *testing.T) {
	t.Parallel()
	get := asked(t, clientFolder(t), "")
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/static/remote_entry.js": "text/javascript; charset=utf-8",
		"/static/css/start.css": "text/css; charset=utf-8", "/static/manifest.json": "application/json", "/static/files/a.woff2": "font/woff2",
	} {
		if got := get(path).Header().Get("Content-Type"); got != kind {
			t.Errorf("%s: %s, want %s", path, got, kind)
		}
	}
}

func TestEveryPageIsKeptOutOfForeignFrames(t *testing.T) {
	t.Parallel()
	get := asked(t, clientFolder(t), "")
	for _, path := range []string{"/", "/north/channels/town-square", "/static/root.html", "/static/none"} {
		h := get(path).Header()
		if h.Get("X-Frame-Options") != "SAMEORIGIN" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
			t.Errorf("%s: %v", path, h)
		}
	}
	for _, path := range []string{"/static/.git/config", "/static/i18n/.hidden.json", "/static//.git/config"} {
		if w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestTextsAreCompressed(t *testing.T) {
	t.Parallel()
	get := asked(t, clientFolder(t), "")
	const path = "/static/remote_entry.js"
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			w := get(path, "Accept-Encoding", "br, gzip;q=0.5")
			z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
			if err != nil {
				t.Errorf("%v: %s", err, w.Header())
				return
			}
			text, err := io.ReadAll(z)
			if err != nil || string(text) != bundle || w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%v %d bytes, %v", err, len(text), w.Header())
			}
		})
	}
	all.Wait()
	packed := get(path, "Accept-Encoding", "gzip").Header().Get("ETag")
	for _, headers := range [][]string{
		{},
		{"Accept-Encoding", "br"},
		{"Accept-Encoding", "gzip;q=0"},
		{"Accept-Encoding", "gzip; q=0.0, br"},
		{"Accept-Encoding", "gzip", "Range", "bytes=0-99999"},
	} {
		w := get(path, headers...)
		if w.Header().Get("Content-Encoding") != "" || w.Body.String() != bundle || w.Header().Get("ETag") == packed {
			t.Errorf("with %v: %d %v", headers, w.Code, w.Header())
		}
	}
	if w := get(path, "Accept-Encoding", "gzip", "If-None-Match", packed); w.Code != http.StatusNotModified {
		t.Errorf("%d when it is the same", w.Code)
	}
	for _, small := range []string{"/", "/static/files/0123456789abcdef.png"} {
		if w := get(small, "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed", small)
		}
	}
}

func TestClientBelowAPath(t *testing.T) {
	t.Parallel()
	dir := clientFolder(t)
	get := asked(t, dir, "https://example.com/team/chat")
	root := get("/login").Body.String()
	for _, want := range []string{
		`<head><script src="/team/chat/static/muster-base.js"></script>`, `href="/team/chat/static/manifest.json"`,
		`src="/team/chat/static/main.0123456789abcdef.js"`, `href="/static-is-no-folder"`,
	} {
		if !strings.Contains(root, want) {
			t.Errorf("no %s in %s", want, root)
		}
	}
	for path, want := range map[string]string{
		"/static/css/start.css": "url(/team/chat/static/files/", "/static/manifest.json": `"/team/chat/static/icon.png"`,
		"/static/muster-base.js": "window.publicPath = '/team/chat/static/';", "/static/i18n/de.json": `{"path":"/static/"}`,
	} {
		if w := get(path); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", path, w.Code, w.Body, want)
		}
	}
	atRoot := asked(t, dir, "https://example.com")
	if w := atRoot("/"); w.Body.String() != page || w.Header().Get("ETag") == get("/").Header().Get("ETag") {
		t.Errorf("at the root of its host: %s", w.Body)
	}
	if w := atRoot("/static/muster-base.js"); w.Code != http.StatusNotFound {
		t.Errorf("at the root of its host there is %s", w.Body)
	}
	odd := asked(t, dir, `https://example.com/a'"<script>`)
	if w := odd("/"); w.Body.String() != page {
		t.Errorf("with an odd address: %s", w.Body)
	}
}
