package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"muster/internal/api/spec"
	"muster/internal/config"
	"muster/internal/model"
)

// gateAPI is an API without services: enough for what the gate decides alone.
func gateAPI(t testing.TB, env ...string) *API {
	t.Helper()
	loaded, err := config.Load(config.LoadOptions{Environ: env})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(Options{Live: config.NewLive(loaded, config.ClientInfo{}), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryRouteIsDeclared(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range (&API{}).routes() {
		name := r.method + " " + r.path
		switch {
		case r.access == 0, r.body == 0, r.do == nil:
			t.Errorf("%s lacks access, body limit or handler", name)
		case seen[name]:
			t.Errorf("%s is declared twice", name)
		case r.access == localOnly && r.extra&alsoLocal == 0:
			t.Errorf("%s can be reached by nobody", name)
		case readOnly(r.method) && r.body != none:
			t.Errorf("%s reads a body", name)
		case readOnly(r.method) && r.extra&noCSRF != 0:
			t.Errorf("%s is never asked for a CSRF token anyway", name)
		}
		seen[name] = true
	}
}

func TestRouteDeclaredIncompletelyIsRefused(t *testing.T) {
	t.Parallel()
	a := gateAPI(t)
	do := func(*call) error { return nil }
	for _, r := range []route{
		{method: "GET", path: "/x", body: none, do: do},
		{method: "GET", path: "/x", access: open, do: do},
		{method: "GET", path: "/x", access: open, body: none},
	} {
		if a.register(r) == nil {
			t.Errorf("%+v was accepted", r)
		}
	}
}

// shapeOf is a path without the names of its variables.
func shapeOf(path string) string {
	return regexp.MustCompile(`\{[^}]+\}|\*`).ReplaceAllString(path, "{}")
}

func TestEveryDocumentedOperationHasARoute(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	for _, r := range (&API{}).routes() {
		path := Prefix + r.path
		if r.extra&atRoot != 0 {
			path = r.path
		}
		have[r.method+" "+shapeOf(path)] = true
	}
	for _, op := range spec.Operations() {
		if !have[op.Method+" "+shapeOf(op.Path)] {
			t.Errorf("%s (%s %s) has no route", op.Name, op.Method, op.Path)
		}
	}
}

func TestOperationsStillToComeSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	a := gateAPI(t)
	documented := map[string]bool{}
	for _, op := range spec.Operations() {
		documented[op.Method+" "+shapeOf(op.Path)] = true
	}
	for _, r := range a.openRoutes() {
		path := Prefix + r.path
		if r.extra&atRoot != 0 {
			path = r.path
		}
		if !documented[r.method+" "+shapeOf(path)] {
			t.Errorf("%s %s is no documented operation", r.method, path)
		}
		w := httptest.NewRecorder()
		req := httptest.NewRequest(r.method, strings.ReplaceAll(shapeOf(path), "{}", model.NewID()), nil)
		req.RemoteAddr = "@"
		a.Control().ServeHTTP(w, req)
		if w.Code != http.StatusNotImplemented || !strings.Contains(w.Body.String(), "api.muster.not_yet.app_error") {
			t.Errorf("%s %s: %d %s", r.method, path, w.Code, w.Body)
		}
	}
}

func FuzzTokenOf(f *testing.F) {
	for _, seed := range [][3]string{
		{"MMAUTHTOKEN=abc", "Bearer def", "access_token=ghi"},
		{"", "bEARER def", ""},
		{"", "token def", ""},
		{"", "Bearer", "access_token="},
		{"MMAUTHTOKEN=", "Bearer def", ""},
		{"a=b; MMAUTHTOKEN=\"q\"", "", ""},
		{"", "", "access_token=%zz&access_token=x"},
		{"", "Bearer " + strings.Repeat("x", 60), ""},
		{"mmauthtoken=x", "Basic x", "xaccess_token=y"},
		{"MMAUTHTOKEN=\x00", "\xff", "%61ccess_token=x"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, cookie, auth, query string) {
		r := &http.Request{Header: http.Header{}, URL: &url.URL{RawQuery: query}}
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		if auth != "" {
			r.Header.Set("Authorization", auth)
		}
		token, from := tokenOf(r)
		if len(token) > tokenMax {
			t.Errorf("%d bytes of a token", len(token))
		}
		k, err := r.Cookie("MMAUTHTOKEN")
		lower := strings.ToLower(auth)
		switch {
		case err == nil:
			if from != fromCookie || !strings.HasPrefix(k.Value, token) {
				t.Errorf("cookie %q gives %q from %d", k.Value, token, from)
			}
		case strings.HasPrefix(lower, "bearer ") || strings.HasPrefix(lower, "token "):
			if from != fromHeader || !strings.Contains(auth, token) {
				t.Errorf("header %q gives %q from %d", auth, token, from)
			}
		case from == fromQuery:
			if want := r.URL.Query().Get("access_token"); token == "" || !strings.HasPrefix(want, token) {
				t.Errorf("query %q gives %q", query, token)
			}
		case token != "" || from != fromNowhere:
			t.Errorf("%q from %d out of nothing", token, from)
		}
	})
}

func FuzzClientAddress(f *testing.F) {
	for _, seed := range [][2]string{
		{"10.0.0.1:1", "1.2.3.4"},
		{"192.0.2.1:1", "1.2.3.4"},
		{"10.0.0.1:1", "x, 1.2.3.4:5, [::1]:6, 10.0.0.2"},
		{"@", "1.2.3.4"},
		{"[::ffff:10.0.0.1]:1", "fe80::1%eth0"},
		{"10.0.0.1:1", ",,,"},
		{"10.0.0.1:1", "1.2.3.4\x00"},
	} {
		f.Add(seed[0], seed[1])
	}
	cfg := config.Defaults()
	cfg.MusterSettings.TrustedProxies = []string{"10.0.0.0/8"}
	cfg.ServiceSettings.TrustedProxyIPHeader = []string{"X-Forwarded-For"}
	f.Fuzz(func(t *testing.T, peer, forwarded string) {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		addr, proxied := clientAddress(&cfg, r)
		at, err := netip.ParseAddrPort(peer)
		switch {
		case err != nil:
			if addr.IsValid() || proxied {
				t.Errorf("%q gives %v", peer, addr)
			}
		case !strings.HasPrefix(at.Addr().Unmap().String(), "10."):
			if addr != at.Addr().Unmap() || proxied {
				t.Errorf("a stranger at %q is believed to be %v", peer, addr)
			}
		case !proxied || !addr.IsValid():
			t.Errorf("%q behind a proxy gives %v, %v", forwarded, addr, proxied)
		}
	})
}

func FuzzPaging(f *testing.F) {
	for _, seed := range []string{
		"", "page=1&per_page=2", "page=-1", "per_page=0", "per_page=-1", "page=99999999999999999999", "page=9223372036854775807&per_page=200",
		"page=x&per_page=y", "page=%31", "page=1&page=2", "per_page=201", "page=+1", "page=0x10", "page=1e3",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		c := &call{r: &http.Request{URL: &url.URL{RawQuery: query}}}
		page, perPage := c.page()
		if page < 0 || perPage < 0 || perPage > perPageMax || page*perPage < 0 || int64(page)*int64(perPage) > 1<<31 {
			t.Errorf("%q gives page %d of %d", query, page, perPage)
		}
	})
}

func FuzzIDs(f *testing.F) {
	for _, seed := range []string{"me", "junk", "ybndrfg8ejkmcpqxot1uwisza3", "ybndrfg8ejkmcpqxot1uwisza_", "", "..", "\u00e4bndrfg8ejkmcpqxot1uwisza", "\x00", "me/", strings.Repeat("a", 27)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		chain := chi.NewRouteContext()
		chain.URLParams.Add("user_id", text)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, chain))
		c := &call{Context: r.Context(), r: r}
		id, err := c.userID()
		if valid := len(text) == model.IDLength && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""; valid != (err == nil) {
			t.Errorf("%q: %q, %v", text, id, err)
		}
		if err == nil && id != text {
			t.Errorf("%q became %q", text, id)
		}
	})
}

func FuzzDigestible(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":"\u0000"}`, `{"a":"\\u0000"}`, `"\\\u0000"`, strings.Repeat("[", 64) + strings.Repeat("]", 64),
		strings.Repeat("[", 65) + strings.Repeat("]", 65), `{"[[[[":"{\"{{"}`, `"`, `\u0000`, `{"\u0000":1}`, "\"\xff\"", `"\ud800"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !json.Valid(body) {
			return // never gets further than the decoder
		}
		var v any
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if d.Decode(&v) != nil {
			return
		}
		if want := depthOf(v) <= jsonDepth && !hasNUL(v); digestible(body) != want {
			t.Errorf("%q: %v, want %v", body, !want, want)
		}
	})
}

func depthOf(v any) int {
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			deepest = max(deepest, depthOf(e))
		}
	case []any:
		for _, e := range v {
			deepest = max(deepest, depthOf(e))
		}
	default:
		return 0
	}
	return deepest + 1
}

func hasNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case map[string]any:
		for k, e := range v {
			if hasNUL(k) || hasNUL(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasNUL)
	}
	return false
}

func FuzzQueries(f *testing.F) {
	for _, seed := range []string{"", "a=b", "a=%00", "a=%ff", "a=\xff", "%00=a", "a=%", "a=%zz&b=%00", "a;b=%00", "a=%25%30%30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if !storableQuery(query) {
			return
		}
		c := &call{r: &http.Request{URL: &url.URL{RawQuery: query}}}
		for name := range c.r.URL.Query() {
			if v := c.value(name); strings.ContainsRune(v, 0) || !utf8.ValidString(v) {
				t.Errorf("%q gives %q", query, v)
			}
		}
	})
}

func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"/api/v4/users/me", "/api/v4/users/%2e%2e", "/api/v4/users/a%00b", "/sub/api/v4/system/ping", "//", "/api/v4/users/email/a%2Fb", "/sub", "/subapi/v4", "/\xff"} {
		f.Add(seed)
	}
	a := gateAPI(f, "MM_SERVICESETTINGS_SITEURL=https://chat.example.com/sub")
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || u.Path == "" {
			return
		}
		r := &http.Request{Method: http.MethodDelete, URL: u, RequestURI: path, Header: http.Header{}, RemoteAddr: "192.0.2.1:1", Body: http.NoBody}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r.WithContext(t.Context()))
		if w.Code < 400 || w.Code >= 500 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%q: %d %s", path, w.Code, w.Body)
		}
	})
}

func FuzzHeaderNames(f *testing.F) {
	for _, seed := range []string{"", "authorization, x-csrf-token", "a,,b", "x\r\ny: z", strings.Repeat("a,", 100), "*"} {
		f.Add(seed)
	}
	shape := regexp.MustCompile(`^([A-Za-z0-9_-]+(, [A-Za-z0-9_-]+)*)?$`)
	f.Fuzz(func(t *testing.T, list string) {
		if got := headerNames(list); !shape.MatchString(got) || strings.Count(got, ",") >= corsHeadersMax {
			t.Errorf("%q gives %q", list, got)
		}
	})
}

func FuzzAcceptLanguage(f *testing.F) {
	for _, seed := range []string{"en", "de-AT;q=0.5, *", "x-y-z", "\xff", strings.Repeat("a-", 500)} {
		f.Add(seed)
	}
	a := gateAPI(f)
	f.Fuzz(func(t *testing.T, language string) {
		if text := a.messages.text(language, "api.context.invalid_body_param.app_error", map[string]any{"Name": "x"}); text == "" {
			t.Errorf("no text for %q", language)
		}
	})
}

func TestPanicsAreBlankErrors(t *testing.T) {
	t.Parallel()
	c := &call{api: &API{Options: Options{Log: slog.New(slog.DiscardHandler)}}}
	if err := c.run(func(*call) error { panic("canary") }); err == nil || strings.Contains(fmt.Sprint(err), "canary") {
		t.Errorf("error %v", err)
	}
}
