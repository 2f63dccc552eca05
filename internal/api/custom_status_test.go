package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit"
)

func TestCustomStatus(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{}`}, func(t *testing.T, s *testkit.Server) {
		amy, bob, root := s.User("amy").For(t), s.User("bob").For(t), s.Admin().For(t)
		const path = "/users/me/status/custom"
		shown := func() string {
			var u model.User
			bob.Get("/users/" + amy.ID).Want(http.StatusOK).JSON(&u)
			return u.Props["customStatus"]
		}
		recent := func() (texts []string) {
			var p struct{ Value string }
			amy.Get("/users/me/preferences/custom_status/name/recent_custom_statuses").Want(http.StatusOK).JSON(&p)
			var list []model.CustomStatus
			if err := json.Unmarshal([]byte(p.Value), &list); err != nil {
				t.Fatal(err)
			}
			for _, cs := range list {
				texts = append(texts, cs.Text)
			}
			return texts
		}
		set := func(fields map[string]any) *testkit.Response { return amy.Put(path, fields) }

		s.Events.Take()
		for _, text := range []string{"a", "b", "c", "d", "e", "f", "c"} {
			set(map[string]any{"emoji": "smile", "text": text}).Want(http.StatusOK)
		}
		if got := strings.Join(recent(), " "); got != "c f e d b" {
			t.Errorf("the latest are %s", got)
		}
		s.Events.Want(t, strings.Repeat("user_updated user_updated user_updated sidebar_category_updated preferences_changed ", 7))
		end := s.Clock.Now().Add(time.Hour).UTC().Truncate(time.Second)
		set(map[string]any{"text": strings.Repeat("é", 120), "expires_at": end}).Want(http.StatusOK)
		if got, want := shown(), `{"emoji":"","text":"`+strings.Repeat("é", 100)+`","duration":"date_and_time","expires_at":"`+end.Format(time.RFC3339)+`"}`; got != want {
			t.Errorf("bob sees %s, want %s", got, want)
		}
		set(map[string]any{"emoji": "coffee", "text": "tea", "duration": "", "expires_at": ""}).Want(http.StatusOK)
		if got, want := shown(), `{"emoji":"coffee","text":"tea","duration":"","expires_at":"0001-01-01T00:00:00Z"}`; got != want {
			t.Errorf("without an end bob sees %s, want %s", got, want)
		}
		before := shown()
		for name, fields := range map[string]map[string]any{
			"nothing":                   {},
			"neither emoji nor text":    {"emoji": "", "text": ""},
			"an unknown duration":       {"text": "x", "duration": "for ever", "expires_at": end},
			"a duration without an end": {"text": "x", "duration": "today"},
			"an end that is over":       {"text": "x", "expires_at": s.Clock.Now().Add(-time.Hour).UTC()},
			"an end that is no time":    {"text": "x", "expires_at": "soon"},
			"a text that is none":       {"text": 5},
		} {
			if r := set(fields); r.StatusCode != http.StatusBadRequest || r.Text("id") != sessBadBody {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
			}
		}
		set(map[string]any{"emoji": "no emoji", "text": "x"}).WantFault(400, "api.custom_status.set_custom_statuses.emoji_not_found")
		bob.Put("/users/"+amy.ID+"/status/custom", map[string]string{"text": "x"}).WantFault(403, sessForbidden)
		bob.Delete("/users/"+amy.ID+"/status/custom").WantFault(403, sessForbidden)
		bob.Post("/users/"+amy.ID+"/status/custom/recent/delete", map[string]string{"emoji": "smile", "text": "c"}).WantFault(403, sessForbidden)
		root.Put("/users/"+sessUnknownID+"/status/custom", map[string]string{"text": "x"}).WantFault(404, "app.user.missing_account.const")
		amy.Put(path, "{").WantFault(400, sessBadBody)
		s.Visitor().For(t).Put(path, map[string]string{"text": "x"}).WantFault(401, sessEnded)
		if shown() != before {
			t.Errorf("what was refused changed it to %s", shown())
		}

		s.Events.Take()
		amy.Post(path+"/recent/delete", map[string]string{"emoji": "smile", "text": "c"}).Want(http.StatusOK)
		s.Events.Want(t, "sidebar_category_updated preferences_changed")
		amy.Do(http.MethodDelete, path+"/recent", map[string]string{"emoji": "smile", "text": "c"}).WantFault(400, "api.custom_status.recent_custom_statuses.delete.app_error")
		amy.Delete(path).Want(http.StatusOK)
		amy.Delete(path).Want(http.StatusOK)
		if shown() != "" {
			t.Errorf("after it was taken back bob sees %s", shown())
		}
		sessPatch(t, s, "TeamSettings", map[string]any{"EnableCustomUserStatuses": false})
		set(map[string]any{"text": "x"}).WantFault(501, "api.custom_status.disabled")
		amy.Delete(path).WantFault(501, "api.custom_status.disabled")
		amy.Post(path+"/recent/delete", map[string]string{"text": "x"}).WantFault(501, "api.custom_status.disabled")
	})
}
