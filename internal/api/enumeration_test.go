package api_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// TestAnswersDoNotTellWhichAccountsExist asks as a stranger about accounts of every kind
// and about nobody: apart from the id of the request every byte is the same.
func TestAnswersDoNotTellWhichAccountsExist(t *testing.T) {
	o := testkit.Options{Config: `{"ServiceSettings":{"EnableMultifactorAuthentication":true}}`}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		names := []string{"protected"}
		mfaProtect(t, s, s.User("protected"))
		for _, who := range mailStrangers {
			if names = append(names, who.name); who.change != nil {
				sessChange(t, s, s.Make(testkit.Account{Username: who.name}), who.change)
			}
		}
		mailRequireVerification(t, s, true)
		for path, body := range map[string]func(who string) any{
			"/users/login": func(who string) any { return map[string]string{"login_id": who, "password": "wrong-Passw0rd"} },
			"/users/login with a code": func(who string) any {
				return map[string]string{"login_id": who, "password": "wrong", "token": "123456"}
			},
			"/users/login/type":          func(who string) any { return map[string]string{"login_id": who} },
			"/users/mfa":                 func(who string) any { return map[string]string{"login_id": who} },
			"/users/password/reset/send": func(who string) any { return map[string]string{"email": who + "@example.com"} },
			"/users/email/verify/send":   func(who string) any { return map[string]string{"email": who + "@example.com"} },
		} {
			var want any
			for _, who := range names {
				got := enumerationSeen(t, s, path, body(who))
				if want == nil {
					want = got
				}
				mailEqual(t, path+" about "+who, got, want)
			}
		}
	})
}

// enumerationSeen is all that a stranger sees of an answer.
func enumerationSeen(t *testing.T, s *testkit.Server, path string, body any) any {
	t.Helper()
	path, _, _ = strings.Cut(path, " ")
	r := s.Visitor().For(t).Do(http.MethodPost, path, body)
	header := maps.Clone(r.Header)
	for _, name := range []string{"X-Request-Id", "Date"} {
		delete(header, name)
	}
	text := string(r.Body)
	if id := r.Text("request_id"); id != "" {
		text = strings.Replace(text, id, "", 1)
	}
	return []any{r.StatusCode, text, header}
}
