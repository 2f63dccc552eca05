package api_test

import (
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
)

func TestOtherOrigins(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		const listed, other = "https://app.example.com", "https://evil.example.com"
		corsOf := func(h http.Header) map[string]string {
			out := map[string]string{}
			for k := range h {
				if strings.HasPrefix(k, "Access-Control-") {
					out[strings.TrimPrefix(k, "Access-Control-")] = h.Get(k)
				}
			}
			return out
		}
		ask := func(t *testing.T, origin string) map[string]string {
			r := sessWithHeader(t, amy, "Origin", origin).Get("/users/me").Want(http.StatusOK)
			return corsOf(r.Header)
		}
		preflight := func(t *testing.T, origin string, status int) map[string]string {
			c := sessWithHeader(t, s.Visitor(), "Origin", origin)
			c.Header.Set("Access-Control-Request-Method", "PUT")
			c.Header.Set("Access-Control-Request-Headers", "authorization,x-csrf-token, bad header,\u00e4,")
			return corsOf(c.Do(http.MethodOptions, "/users/me/patch", nil).Want(status).Header)
		}
		none := map[string]string{}
		asked := map[string]string{"Allow-Methods": "GET, HEAD, POST, PUT, DELETE", "Allow-Headers": "authorization, x-csrf-token", "Max-Age": "600"}
		with := func(base map[string]string, pairs ...string) map[string]string {
			out := map[string]string{}
			for k, v := range base {
				out[k] = v
			}
			for i := 0; i < len(pairs); i += 2 {
				out[pairs[i]] = pairs[i+1]
			}
			return out
		}
		set := func(t *testing.T, from string, credentials bool, exposed string) {
			sessPatch(t, s, "ServiceSettings", map[string]any{"AllowCorsFrom": from, "CorsAllowCredentials": credentials, "CorsExposedHeaders": exposed})
		}
		t.Run("are told nothing by default", func(t *testing.T) {
			sessDiff(t, "answer", none, ask(t, listed))
			preflight(t, listed, http.StatusNotFound)
		})
		t.Run("may read when they are listed", func(t *testing.T) {
			set(t, "https://first.example.com "+strings.ToUpper(listed), false, "Token X-Version-Id")
			sessDiff(t, "answer", map[string]string{"Allow-Origin": listed, "Expose-Headers": "Token, X-Version-Id"}, ask(t, listed))
			sessDiff(t, "preflight", with(asked, "Allow-Origin", listed), preflight(t, listed, http.StatusNoContent))
			sessDiff(t, "another origin", none, ask(t, other))
			sessDiff(t, "preflight of another origin", none, preflight(t, other, http.StatusNoContent))
			sessDiff(t, "no origin", none, ask(t, ""))
			if vary := amy.For(t).Get("/users/me").Header.Get("Vary"); vary != "Origin" {
				t.Errorf("Vary %q: a cache would mix up origins", vary)
			}
		})
		t.Run("may send cookies when they are listed and the settings say so", func(t *testing.T) {
			set(t, listed, true, "")
			sessDiff(t, "answer", map[string]string{"Allow-Origin": listed, "Allow-Credentials": "true"}, ask(t, listed))
			c := sessWithHeader(t, sessWithCookie(t, amy), "Origin", listed)
			sessWithHeader(t, c, "X-CSRF-Token", amy.CSRF).Put("/users/me/patch", `{"nickname":"x"}`).Want(http.StatusOK)
			c.Put("/users/me/patch", `{"nickname":"y"}`).WantFault(401, sessEnded)
		})
		t.Run("may read without cookies when every origin may", func(t *testing.T) {
			set(t, "*", true, "")
			sessDiff(t, "answer", map[string]string{"Allow-Origin": "*"}, ask(t, other))
			sessDiff(t, "preflight", with(asked, "Allow-Origin", "*"), preflight(t, other, http.StatusNoContent))
			c := sessWithHeader(t, sessWithCookie(t, amy), "Origin", other)
			sessWithHeader(t, c, "X-CSRF-Token", amy.CSRF).Put("/users/me/patch", `{"nickname":"z"}`).WantFault(401, sessEnded)
		})
		t.Run("get the headers with refusals too", func(t *testing.T) {
			set(t, listed, false, "")
			r := sessWithHeader(t, s.Visitor(), "Origin", listed).Get("/users/me")
			r.WantFault(401, sessEnded)
			sessDiff(t, "refusal", map[string]string{"Allow-Origin": listed}, corsOf(r.Header))
		})
		t.Run("make no method of OPTIONS", func(t *testing.T) {
			sessWithHeader(t, s.Visitor(), "Origin", listed).Do(http.MethodOptions, "/users", nil).WantFault(404, gateNoRoute)
		})
	})
}
