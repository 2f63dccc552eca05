// Package jsclient runs the official JavaScript client, unmodified, against a server.
package jsclient

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"muster/internal/testkit"
	"muster/internal/testkit/spec"
)

// settings are what the client's operations need.
const settings = `{
	"ServiceSettings": {"EnableUserAccessTokens": true, "EnableMultifactorAuthentication": true, "EnableBotAccountCreation": true},
	"MusterSettings": {"BlockCommonPasswords": false}
}`

func TestOfficialClient(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		if os.Getenv("MUSTER_REQUIRE_NODE") == "1" {
			t.Fatal("npm is not installed")
		}
		t.Skip("npm is not installed")
	}
	if _, err := os.Stat("node_modules"); err != nil {
		if out, err := exec.CommandContext(t.Context(), npm, "ci", "--silent").CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	testkit.Each(t, testkit.Options{Real: true, Config: settings}, func(t *testing.T, s *testkit.Server) {
		w := watch(t, s.URL)
		cmd := exec.CommandContext(t.Context(), npm, "test", "--silent")
		cmd.Env = append(os.Environ(), "MUSTER_URL="+w.url, "MUSTER_ADMIN=admin", "MUSTER_ADMIN_PASSWORD="+testkit.Password)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !strings.Contains(string(out), "# fail 0") || strings.Contains(string(out), "# pass 0") {
			t.Fatalf("nothing was tested:\n%s", out)
		}
		w.wantEvery(t)
	})
}

// watcher stands between the client and a server and notes what is called.
type watcher struct {
	url    string
	called spec.Observed
}

func watch(t *testing.T, server string) *watcher {
	t.Helper()
	checker, err := spec.New()
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // which the origin of a page is compared with
		},
		ModifyResponse: func(r *http.Response) error {
			w.called.Note(checker.Operation(r.Request), r.StatusCode)
			return nil
		},
	})
	t.Cleanup(proxy.Close)
	w.url = proxy.URL
	return w
}

// wantEvery fails for each operation that is done and that the client did not call.
func (w *watcher) wantEvery(t *testing.T) {
	t.Helper()
	done, err := spec.Done("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	for _, p := range w.called.Pairs() {
		called[p.Operation] = true
	}
	for _, op := range done {
		if !called[op.Name] {
			t.Errorf("the client never called %s (%s %s)", op.Name, op.Method, op.Path)
		}
	}
}
