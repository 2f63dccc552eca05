package api_test

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"muster/internal/api/spec"
	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

const gateNoRoute = "api.context.404.app_error"

func TestWhereTheTokenComesFrom(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		app := sessInsert(t, s, bob.ID, &model.Session{CreateAt: 1, LastActivityAt: 1, IsOAuth: true})
		long := gateLongToken(t, s, amy.ID)
		for _, tc := range []struct {
			name, cookie, header, query string
			who                         string // id of the account; empty: refused
			fault                       string
		}{
			{name: "a cookie", cookie: amy.Token, who: amy.ID},
			{name: "a quoted cookie", cookie: `"` + amy.Token + `"`, who: amy.ID},
			{name: "Bearer", header: "Bearer " + amy.Token, who: amy.ID},
			{name: "BEARER", header: "BEARER " + amy.Token, who: amy.ID},
			{name: "bearer", header: "bearer " + amy.Token, who: amy.ID},
			{name: "token", header: "token " + amy.Token, who: amy.ID},
			{name: "Token", header: "Token " + amy.Token, who: amy.ID},
			{name: "a query of an application", query: app.Token, who: bob.ID},
			{name: "a cookie before a header", cookie: amy.Token, header: "Bearer " + bob.Token, who: amy.ID},
			{name: "a header before a query", header: "Bearer " + amy.Token, query: app.Token, who: amy.ID},
			{name: "a query beside another scheme", header: "Basic YTpi", query: app.Token, who: bob.ID},
			{name: "the first 50 characters", header: "Bearer " + long + "and more", who: amy.ID},
			{name: "a useless cookie before a good header", cookie: "nonsense", header: "Bearer " + bob.Token, fault: sessEnded},
			{name: "an empty cookie before a good header", cookie: "-", header: "Bearer " + bob.Token, fault: sessEnded},
			{name: "a useless header before a good query", header: "Bearer x", query: app.Token, fault: sessEnded},
			{name: "a query of a person", query: amy.Token, fault: "api.context.token_provided.app_error"},
			{name: "a useless query", query: "nonsense", fault: sessEnded},
			{name: "a scheme nobody knows", header: "Basic " + amy.Token, fault: sessEnded},
			{name: "a scheme without a blank", header: "Bearer" + amy.Token, fault: sessEnded},
			{name: "a scheme alone", header: "Bearer", fault: sessEnded},
			{name: "two blanks", header: "Bearer  " + amy.Token, fault: sessEnded},
			{name: "the id of a session", header: "Bearer " + sessRows(t, s, amy.ID)[0].ID, fault: sessEnded},
			{name: "the id of an account", header: "Bearer " + amy.ID, fault: sessEnded},
			{name: "an empty query", query: "-", fault: sessEnded},
		} {
			t.Run(tc.name, func(t *testing.T) {
				c := s.Visitor().For(t)
				if tc.cookie != "" {
					c.Header.Set("Cookie", "other=1; MMAUTHTOKEN="+strings.TrimSuffix(tc.cookie, "-"))
				}
				if tc.header != "" {
					c.Header.Set("Authorization", tc.header)
				}
				query := ""
				if tc.query != "" {
					query = "?access_token=" + strings.TrimSuffix(tc.query, "-")
				}
				if r := c.Get("/users/me" + query); tc.who == "" {
					r.WantFault(401, tc.fault)
				} else if r.Want(http.StatusOK); r.Text("id") != tc.who {
					t.Errorf("signed in as %s, want %s", r.Text("id"), tc.who)
				}
			})
		}
	})
}

// gateLongToken stores a session whose token has exactly the 50 characters that count.
func gateLongToken(t *testing.T, s *testkit.Server, userID string) string {
	t.Helper()
	token := strings.Repeat("0123456789", 5)
	err := s.DB.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.InsertSession(context.Background(), &model.Session{ID: model.NewID(), UserID: userID, CreateAt: 1, LastActivityAt: 1}, model.HashToken(token))
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestOpenRoutesIgnoreUselessTokens(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		for _, tc := range []struct{ name, header, value string }{
			{"cookie", "Cookie", "MMAUTHTOKEN=nonsense"},
			{"header", "Authorization", "Bearer nonsense"},
		} {
			t.Run("in a "+tc.name, func(t *testing.T) {
				c := sessWithHeader(t, s.Visitor(), tc.header, tc.value)
				r := c.Get("/system/ping").Want(http.StatusOK)
				if len(r.Cookies()) > 0 {
					t.Errorf("cookies %v", r.Cookies())
				}
				c.Get("/config/client?format=old").Want(http.StatusOK)
				sessLogin(c, "amy", testkit.Password).Want(http.StatusCreated)
			})
		}
		v := s.Visitor()
		v.Get("/system/ping?access_token=nonsense").Want(http.StatusOK)
		v.Get("/system/ping?access_token="+amy.Token).WantFault(401, "api.context.token_provided.app_error")
	})
}

func TestUselessTokensLoseTheirCookie(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		gone := func(r *testkit.Response) bool {
			k := sessCookies(r)["MMAUTHTOKEN"]
			return k != nil && k.MaxAge < 0 && k.Value == ""
		}
		if r := s.Visitor().Get("/users/me"); gone(r) {
			t.Error("nothing to take from a visitor")
		}
		for _, h := range [][2]string{{"Cookie", "MMAUTHTOKEN=x"}, {"Authorization", "Bearer x"}} {
			r := sessWithHeader(t, s.Visitor(), h[0], h[1]).Get("/users/me")
			if r.WantFault(401, sessEnded); !gone(r) {
				t.Errorf("%s: the cookie stays: %v", h[0], r.Header)
			}
		}
	})
}

func TestCSRF(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_SERVICESETTINGS_SITEURL=https://chat.example.com"}}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		without := sessInsert(t, s, amy.ID, &model.Session{CreateAt: 1, LastActivityAt: 1})
		host := strings.TrimPrefix(s.URL, "http://")
		headers := func(pairs ...string) map[string]string {
			out := map[string]string{}
			for i := 0; i < len(pairs); i += 2 {
				out[pairs[i]] = pairs[i+1]
			}
			return out
		}
		for _, tc := range []struct {
			name    string
			session *testkit.Client
			headers map[string]string
			passes  bool
			strict  bool // passes even when the token alone counts
		}{
			{"no proof at all", amy, headers(), false, false},
			{"the token", amy, headers("X-CSRF-Token", amy.CSRF), true, true},
			{"another token", amy, headers("X-CSRF-Token", model.NewID()), false, false},
			{"the token of the session itself", amy, headers("X-CSRF-Token", amy.Token), false, false},
			{"the token in the cookie only", amy, headers("Cookie", "MMAUTHTOKEN="+amy.Token+"; MMCSRF="+amy.CSRF), false, false},
			{"a request by script", amy, headers("X-Requested-With", "XMLHttpRequest"), true, false},
			{"a request by something else", amy, headers("X-Requested-With", "xmlhttprequest"), false, false},
			{"another token and a request by script", amy, headers("X-CSRF-Token", "x", "X-Requested-With", "XMLHttpRequest"), true, false},
			{"no token where the session has none", without, headers(), false, false},
			{"an empty token where the session has none", without, headers("X-CSRF-Token", ""), false, false},
			{"the token from the site", amy, headers("X-CSRF-Token", amy.CSRF, "Origin", "https://chat.example.com"), true, true},
			{"the token from the address itself", amy, headers("X-CSRF-Token", amy.CSRF, "Origin", "http://"+host), true, true},
			{"the token from another origin", amy, headers("X-CSRF-Token", amy.CSRF, "Origin", "https://evil.example.com"), false, false},
			{"the token from an origin that begins alike", amy, headers("X-CSRF-Token", amy.CSRF, "Origin", "https://chat.example.com.evil.com"), false, false},
			{"the token from nowhere", amy, headers("X-CSRF-Token", amy.CSRF, "Origin", "null"), false, false},
			{"the token from an origin that is none", amy, headers("X-CSRF-Token", amy.CSRF, "Origin", "::"), false, false},
			{"a request by script from another origin", amy, headers("X-Requested-With", "XMLHttpRequest", "Origin", "https://evil.example.com"), false, false},
		} {
			for _, strict := range []bool{false, true} {
				name := tc.name
				if strict {
					name += ", strictly"
				}
				t.Run(name, func(t *testing.T) {
					sessPatch(t, s, "ServiceSettings", map[string]any{"ExperimentalStrictCSRFEnforcement": strict})
					c := sessWithCookie(t, tc.session)
					for k, v := range tc.headers {
						c.Header.Set(k, v)
					}
					r := c.Put("/users/me/patch", `{"nickname":"x"}`)
					if tc.passes && (!strict || tc.strict) {
						r.Want(http.StatusOK)
						return
					}
					if r.WantFault(401, sessEnded); sessCookies(r)["MMAUTHTOKEN"] == nil {
						t.Error("the cookie is not taken away")
					}
				})
			}
		}
		t.Run("is not asked of reading", func(t *testing.T) {
			c := sessWithCookie(t, amy)
			c.Get("/users/me").Want(http.StatusOK)
			c.Do(http.MethodHead, "/users/me", nil).Want(http.StatusOK)
			c.Post("/users/ids", []string{amy.ID}).Want(http.StatusOK)
		})
		t.Run("is not asked of tokens in headers", func(t *testing.T) {
			sessWithHeader(t, amy, "Origin", "https://evil.example.com").Put("/users/me/patch", `{"nickname":"y"}`).Want(http.StatusOK)
		})
		t.Run("is asked where no session is needed", func(t *testing.T) {
			sessLogin(sessWithCookie(t, amy), "amy", testkit.Password).WantFault(401, sessEnded)
		})
	})
}

var gateVersion = regexp.MustCompile(`^11\.6\.0\.\w+\.[0-9a-f]{64}\.true$`)

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		etag := amy.Get("/users/me").Header.Get("Etag")
		for _, tc := range []struct {
			name   string
			ask    func(c *testkit.Client) *testkit.Response
			status int
			get    bool
			body   bool
		}{
			{"reading", func(c *testkit.Client) *testkit.Response { return c.Get("/users/me") }, 200, true, true},
			{"asking without the body", func(c *testkit.Client) *testkit.Response { return c.Do("HEAD", "/users/me", nil) }, 200, true, false},
			{"what has not changed", func(c *testkit.Client) *testkit.Response {
				return sessWithHeader(t, c, "If-None-Match", etag).Get("/users/me")
			}, 304, true, false},
			{"writing", func(c *testkit.Client) *testkit.Response { return c.Put("/users/me/patch", `{}`) }, 200, false, true},
			{"signing out", func(c *testkit.Client) *testkit.Response { return s.Visitor().Post("/users/logout", nil) }, 201, false, true},
			{"no session", func(c *testkit.Client) *testkit.Response { return s.Visitor().Get("/users/me") }, 401, true, true},
			{"no permission", func(c *testkit.Client) *testkit.Response { return c.Get("/config") }, 403, true, true},
			{"no path", func(c *testkit.Client) *testkit.Response { return c.Get("/nothing") }, 404, true, true},
			{"no method", func(c *testkit.Client) *testkit.Response { return c.Do("PATCH", "/users/me", nil) }, 404, false, true},
			{"a path that is too long", func(c *testkit.Client) *testkit.Response { return c.Get("/users?x=" + strings.Repeat("x", 2048)) }, 414, true, true},
			{"a body that is too long", func(c *testkit.Client) *testkit.Response {
				return c.Put("/users/me/patch", strings.Repeat(" ", 300513))
			}, 413, false, true},
			{"a query nobody can store", func(c *testkit.Client) *testkit.Response { return c.Get("/users?in_team=%00") }, 400, true, true},
		} {
			t.Run(tc.name, func(t *testing.T) {
				r := tc.ask(amy.For(t)).Want(tc.status)
				h := r.Header
				if !model.ValidID(h.Get("X-Request-Id")) || !gateVersion.MatchString(h.Get("X-Version-Id")) {
					t.Errorf("X-Request-Id %q, X-Version-Id %q", h.Get("X-Request-Id"), h.Get("X-Version-Id"))
				}
				want := map[string]string{
					"Content-Type": "application/json", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
					"Permissions-Policy": "", "Expires": "", "Strict-Transport-Security": "",
				}
				if tc.get {
					want["Expires"] = "0"
				}
				if tc.status == http.StatusNotModified {
					want["Content-Type"] = "" // there is no content
				}
				for name, value := range want {
					if h.Get(name) != value {
						t.Errorf("%s is %q, want %q", name, h.Get(name), value)
					}
				}
				if _, there := h["Permissions-Policy"]; !there {
					t.Error("no Permissions-Policy")
				}
				if id := r.Text("request_id"); tc.status >= 400 && tc.status != 404 && id != h.Get("X-Request-Id") {
					t.Errorf("request_id %q beside %q", id, h.Get("X-Request-Id"))
				}
				if got := len(r.Body) > 0; got != tc.body {
					t.Errorf("body %q", r.Body)
				}
			})
		}
		t.Run("and tells browsers to come back encrypted where that is wanted", func(t *testing.T) {
			sessPatch(t, s, "ServiceSettings", map[string]any{"TLSStrictTransport": true, "TLSStrictTransportMaxAge": 5})
			if got := s.Visitor().For(t).Get("/system/ping").Header.Get("Strict-Transport-Security"); got != "max-age=5" {
				t.Errorf("Strict-Transport-Security %q", got)
			}
		})
		t.Run("and another version when clients have to read the settings again", func(t *testing.T) {
			before := amy.For(t).Get("/users/me").Header.Get("X-Version-Id")
			sessPatch(t, s, "ServiceSettings", map[string]any{"MaximumLoginAttempts": 11})
			if got := amy.For(t).Get("/users/me").Header.Get("X-Version-Id"); got != before {
				t.Error("another version although clients are told nothing new")
			}
			sessPatch(t, s, "TeamSettings", map[string]any{"SiteName": "Elsewhere"})
			if got := amy.For(t).Get("/users/me").Header.Get("X-Version-Id"); got == before {
				t.Error("the same version although clients are told something new")
			}
		})
	})
}

func TestWhatDoesNotExist(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		for _, c := range []*testkit.Client{s.Visitor(), s.Admin()} {
			for _, tc := range [][2]string{
				{"GET", "/nothing"},
				{"GET", "/"},
				{"GET", ""},
				{"GET", "/users/"},
				{"GET", "//users"},
				{"DELETE", "/users"},
				{"PATCH", "/users/me"},
				{"OPTIONS", "/users"},
				{"TRACE", "/users"},
				{"POST", "/system/ping"},
				{"GET", "/users/me/x"},
				{"GET", "/users/a%00b"},
				{"GET", "/users/%ff"},
				{"GET", "/../v4/users"},
				{"GET", "/users/me/../me"},
				{"GET", "/Users"},
				{"HEAD", "/users/login/x"},
				{"GET", "/users/me%2Fsessions/x"},
			} {
				t.Run(tc[0]+" "+tc[1], func(t *testing.T) {
					r := c.For(t).Do(tc[0], tc[1], nil)
					if tc[0] == "HEAD" {
						r.Want(http.StatusNotFound)
						return
					}
					r.WantFault(404, gateNoRoute)
					if r.Value("request_id") != nil || r.Text("detailed_error") == "" || r.Value("status_code") != 404.0 {
						t.Errorf("body %s", r.Body)
					}
				})
			}
		}
		t.Run("below another version", func(t *testing.T) {
			if res, body := sessRaw(t, http.MethodGet, s.URL+"/api/v5/users", nil); res.StatusCode != http.StatusNotFound || !strings.Contains(body, gateNoRoute) {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	})
}

func TestEveryDocumentedOperationExists(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		fill := regexp.MustCompile(`\{[^}]+\}`)
		open := map[string]bool{
			"CreateUser": true, "Login": true, "LoginByCwsToken": true, "LoginSSOCodeExchange": true, "LoginIntune": true, "Logout": true,
			"ResetPassword": true, "SendPasswordResetEmail": true, "VerifyUserEmail": true, "SendVerificationEmail": true, "CheckUserMfa": true,
			"SwitchAccountType": true, "GetLoginType": true,
		}
		for _, op := range spec.Operations() {
			if op.Name == "PermanentDeleteAllUsers" {
				continue // on the local socket only
			}
			t.Run(op.Name, func(t *testing.T) {
				res, body := sessRaw(t, op.Method, s.URL+fill.ReplaceAllString(op.Path, sessUnknownID), nil)
				if open[op.Name] == (res.StatusCode == http.StatusUnauthorized) || strings.Contains(body, gateNoRoute) {
					t.Errorf("%d %s", res.StatusCode, body)
				}
			})
		}
	})
}

func TestLimitsOfRequests(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		const tooLong, tooLarge = "basic_security_check.url.too_long_error", "api.context.request_body_too_large.app_error"
		url := func(n int) string { return "/users/me?x=" + strings.Repeat("x", n-len("/api/v4/users/me?x=")) }
		amy.Get(url(2048)).Want(http.StatusOK)
		amy.Get(url(2049)).WantFault(414, tooLong)
		s.Visitor().Get(url(2049)).WantFault(414, tooLong)
		s.Visitor().Get("/nothing"+strings.Repeat("x", 2048)).WantFault(414, tooLong)

		amy.Put("/users/me/patch", sessPad(`{"nickname":"a"}`, 300512)).Want(http.StatusOK)
		amy.Put("/users/me/patch", sessPad(`{"nickname":"b"}`, 300513)).WantFault(413, tooLarge)
		unsaid := io.MultiReader(strings.NewReader(`{"nickname":"c"` + strings.Repeat(" ", 300513) + `}`)) // a length not given in advance
		if res, body := sessRaw(t, http.MethodPut, s.URL+"/api/v4/users/me/patch", unsaid, "Authorization", "Bearer "+amy.Token); res.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%d %s", res.StatusCode, body)
		}
		s.Visitor().Put("/users/me/patch", sessPad(`{}`, 300513)).WantFault(401, sessEnded)

		amy.Put("/users/me/patch", `{"nickname":"d","x":`+sessDeep(63)+`}`).Want(http.StatusOK)
		amy.Put("/users/me/patch", `{"nickname":"e","x":`+sessDeep(64)+`}`).WantFault(400, sessBadBody)
		amy.Put("/users/me/patch", `{"nickname":"f","x":"`+strings.Repeat("[", 1000)+`\"{"}`).Want(http.StatusOK)
		amy.Put("/users/me/patch", `{"nickname":"g\u0000"}`).WantFault(400, sessBadBody)
		amy.Put("/users/me/patch", `{"nickname":"h\\u0000"}`).Want(http.StatusOK)
		amy.Put("/users/me/patch", "{\"nickname\":\"i\xff\"}").Want(http.StatusOK)
		if got := amy.Get("/users/me").Text("nickname"); got != "i\ufffd" {
			t.Errorf("nickname %q", got)
		}
		t.Run("follow the settings", func(t *testing.T) {
			sessPatch(t, s, "ServiceSettings", map[string]any{"MaximumPayloadSizeBytes": 1000, "MaximumURLLength": 100})
			amy.For(t).Put("/users/me/patch", sessPad(`{}`, 1513)).WantFault(413, tooLarge)
			amy.For(t).Put("/users/me/patch", sessPad(`{}`, 1512)).Want(http.StatusOK)
			amy.For(t).Get(url(101)).WantFault(414, tooLong)
			amy.For(t).Get(url(100)).Want(http.StatusOK)
		})
	})
}
