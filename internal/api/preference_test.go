package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

// preferenceBody makes the body that stores one preference for each pair of key and value;
// a key is category/name.
func preferenceBody(userID string, pairs ...string) []model.Preference {
	var list []model.Preference
	for i := 0; i < len(pairs); i += 2 {
		category, name, _ := strings.Cut(pairs[i], "/")
		list = append(list, model.Preference{UserID: userID, Category: category, Name: name, Value: pairs[i+1]})
	}
	return list
}

// preferencesOf reads the preferences below a path, sorted.
func preferencesOf(t *testing.T, c *testkit.Client, path string) []string {
	t.Helper()
	var list []model.Preference
	c.For(t).Get(path).Want(http.StatusOK).JSON(&list)
	out := []string{}
	for _, p := range list {
		out = append(out, p.Category+"/"+p.Name+"="+p.Value)
	}
	slices.Sort(out)
	return out
}

func TestPreferencesOfANewAccount(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		sessDiff(t, "preferences", []string{"recommended_next_steps/hide=false", "system_notice/GMasDM=true", "tutorial_step/" + amy.ID + "=0"},
			preferencesOf(t, amy, "/users/me/preferences"))
	})
}

func TestUpdatePreferences(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		s.Events.Take()
		amy.Put("/users/me/preferences", preferenceBody(amy.ID, "last/channel", "x", "last/team", "", "display_settings/zone", "\u00e4\U0001f600")).Want(http.StatusOK)
		events := s.Events.Take()
		if len(events) != 2 || events[1].Name != "preferences_changed" || events[1].To.UserID != amy.ID {
			t.Errorf("events %v", events)
		} else if text, _ := events[1].Data["preferences"].(string); !strings.Contains(text, `"name":"channel"`) {
			t.Errorf("event %v", events[1].Data)
		}
		sessDiff(t, "category", []string{"last/channel=x", "last/team="}, preferencesOf(t, amy, "/users/me/preferences/last"))

		t.Run("replaces what is there", func(t *testing.T) {
			amy.For(t).Put("/users/"+amy.ID+"/preferences", preferenceBody(amy.ID, "last/channel", "y", "last/channel", "z")).Want(http.StatusOK)
			sessDiff(t, "category", []string{"last/channel=z", "last/team="}, preferencesOf(t, amy, "/users/me/preferences/last"))
			s.Events.Want(t, "sidebar_category_updated preferences_changed")
		})
		t.Run("is there for administrators", func(t *testing.T) {
			s.Admin().For(t).Put("/users/"+amy.ID+"/preferences", preferenceBody(amy.ID, "by/admin", "1")).Want(http.StatusOK)
			sessDiff(t, "category", []string{"by/admin=1"}, preferencesOf(t, s.Admin(), "/users/"+amy.ID+"/preferences/by"))
			s.Events.Want(t, "sidebar_category_updated preferences_changed")
		})
		t.Run("gives one of them", func(t *testing.T) {
			r := amy.For(t).Get("/users/me/preferences/last/name/channel").Want(http.StatusOK)
			if r.Text("value") != "z" || r.Text("user_id") != amy.ID || r.Text("category") != "last" || r.Text("name") != "channel" {
				t.Errorf("body %s", r.Body)
			}
			amy.For(t).Get("/users/me/preferences/last/name/nothing").WantFault(400, "app.preference.get.app_error")
			amy.For(t).Get("/users/me/preferences/nothing").WantFault(404, "api.preference.preferences_category.get.app_error")
			amy.For(t).Get("/users/me/preferences/"+strings.Repeat("x", 33)).WantFault(400, sessBadURL)
			amy.For(t).Get("/users/me/preferences/a%00b").WantFault(404, gateNoRoute)
			amy.For(t).Get("/users/me/preferences/"+url.PathEscape("\u00e4")).WantFault(400, sessBadURL)
			amy.For(t).Get("/users/me/preferences/last/name/"+url.PathEscape("\u00e4 %")).WantFault(400, "app.preference.get.app_error")
		})
		for _, path := range []string{"/preferences", "/preferences/last", "/preferences/last/name/channel"} {
			bob.Get("/users/"+amy.ID+path).WantFault(403, sessForbidden)
			bob.Get("/users/"+sessUnknownID+path).WantFault(403, sessForbidden)
			bob.Get("/users/junk"+path).WantFault(400, sessBadURL)
			s.Visitor().Get("/users/"+amy.ID+path).WantFault(401, sessEnded)
		}
		sessDiff(t, "nobody's", []string{}, preferencesOf(t, s.Admin(), "/users/"+sessUnknownID+"/preferences"))
	})
}

func TestPreferencesRefuse(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		amy.Put("/users/me/preferences", preferenceBody(amy.ID, "last/channel", "x")).Want(http.StatusOK)
		before := preferencesOf(t, amy, "/users/me/preferences")
		s.Events.Take()
		text := func(list []model.Preference) string {
			b, err := json.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		good := text(preferenceBody(amy.ID, "last/channel", "changed"))
		many := make([]model.Preference, 101)
		for i := range many {
			many[i] = model.Preference{UserID: amy.ID, Category: "many", Name: fmt.Sprint(i)}
		}
		mixed := append(preferenceBody(amy.ID, "last/channel", "changed"), preferenceBody(bob.ID, "last/channel", "changed")...)
		type row struct {
			name, path, body string
			as               *testkit.Client
			status           int
			fault            string
		}
		both := []row{
			{"half a body", "/users/me/preferences", good[:len(good)-1], amy, 400, sessBadBody},
			{"an empty body", "/users/me/preferences", ``, amy, 400, sessBadBody},
			{"null", "/users/me/preferences", `null`, amy, 400, sessBadBody},
			{"an object", "/users/me/preferences", `{}`, amy, 400, sessBadBody},
			{"an empty list", "/users/me/preferences", `[]`, amy, 400, sessBadBody},
			{"a list of texts", "/users/me/preferences", `["x"]`, amy, 400, sessBadBody},
			{"a value of another type", "/users/me/preferences", strings.Replace(good, `"changed"`, `5`, 1), amy, 400, sessBadBody},
			{"more than a hundred", "/users/me/preferences", text(many), amy, 400, sessBadBody},
			{"a body nested too deeply", "/users/me/preferences", `[{"x":` + sessDeep(63) + `}]`, amy, 400, sessBadBody},
			{"the character NUL", "/users/me/preferences", strings.Replace(good, "channel", `\u0000`, 1), amy, 400, sessBadBody},
			{"a body that is too long", "/users/me/preferences", sessPad(good, 300513), amy, 413, "api.context.request_body_too_large.app_error"},
			{"those of another account", "/users/" + amy.ID + "/preferences", good, bob, 403, sessForbidden},
			{"those of nobody", "/users/" + sessUnknownID + "/preferences", good, bob, 403, sessForbidden},
			{"a junk id", "/users/junk/preferences", good, amy, 400, sessBadURL},
			{"a visitor", "/users/" + amy.ID + "/preferences", good, s.Visitor(), 401, sessEnded},
		}
		invalid := func(name, key, value, field string) row {
			return row{
				name, "/users/me/preferences", text(append(preferenceBody(amy.ID, "last/channel", "changed"), preferenceBody(amy.ID, key, value)...)),
				amy, 400, "model.preference.is_valid." + field + ".app_error",
			}
		}
		onlyPut := []row{
			{"another account in the list", "/users/me/preferences", text(mixed), amy, 403, "api.preference.update_preferences.set.app_error"},
			{"an administrator who mixes accounts up", "/users/" + amy.ID + "/preferences", text(mixed), s.Admin(), 403, "api.preference.update_preferences.set.app_error"},
			{"an account that does not exist", "/users/" + sessUnknownID + "/preferences", text(preferenceBody(sessUnknownID, "a/b", "c")), s.Admin(), 404, "app.user.missing_account.const"},
			invalid("no category", "/x", "", "category"),
			invalid("a long category", strings.Repeat("x", 33)+"/x", "", "category"),
			invalid("a long name", "x/"+strings.Repeat("x", 33), "", "name"),
			invalid("a long value", "x/y", strings.Repeat("\u00e4", 20001), "value"),
			invalid("a theme that is no map", "theme/", "x", "theme"),
			invalid("a theme that is null", "theme/", "null", "theme"),
			invalid("a theme of other things", "theme/", `{"a":{}}`, "theme"),
			invalid("too many conversations", "sidebar_settings/limit_visible_dms_gms", "41", "limit_visible_dms_gms"),
			invalid("no conversations", "sidebar_settings/limit_visible_dms_gms", "0", "limit_visible_dms_gms"),
			invalid("conversations that are no number", "sidebar_settings/limit_visible_dms_gms", "few", "limit_visible_dms_gms"),
		}
		onlyDelete := []row{
			{"another account in the list", "/users/me/preferences", text(mixed), amy, 403, "api.preference.delete_preferences.delete.app_error"},
		}
		for _, tc := range append(slices.Clone(both), onlyPut...) {
			t.Run("to store: "+tc.name, func(t *testing.T) { tc.as.For(t).Put(tc.path, tc.body).WantFault(tc.status, tc.fault) })
		}
		for _, tc := range append(slices.Clone(both), onlyDelete...) {
			t.Run("to delete: "+tc.name, func(t *testing.T) { tc.as.For(t).Post(tc.path+"/delete", tc.body).WantFault(tc.status, tc.fault) })
		}
		sessDiff(t, "preferences afterwards", before, preferencesOf(t, amy, "/users/me/preferences"))
		s.Events.Want(t, "")
	})
}

func TestDeletePreferences(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		amy.Put("/users/me/preferences", preferenceBody(amy.ID, "a/1", "x", "a/2", "x", "b/1", "x")).Want(http.StatusOK)
		bob.Put("/users/me/preferences", preferenceBody(bob.ID, "a/1", "x")).Want(http.StatusOK)
		s.Events.Take()
		amy.Post("/users/me/preferences/delete", preferenceBody(amy.ID, "a/1", "whatever", "c/1", "")).Want(http.StatusOK)
		s.Events.Want(t, "sidebar_category_updated preferences_deleted")
		sessDiff(t, "category", []string{"a/2=x"}, preferencesOf(t, amy, "/users/me/preferences/a"))
		sessDiff(t, "the other account's", []string{"a/1=x"}, preferencesOf(t, bob, "/users/me/preferences/a"))
		s.Admin().Post("/users/"+amy.ID+"/preferences/delete", preferenceBody(amy.ID, "a/2", "")).Want(http.StatusOK)
		amy.Get("/users/me/preferences/a").WantFault(404, "api.preference.preferences_category.get.app_error")
	})
}

func TestThemesAndLimits(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		theme := `{"type":"Mine","image":"x.png","codeTheme":"github","a":"#fff","b":"#A0b1C2","c":"red","d":"#12345","e":"#fff;} body {"}`
		amy.Put("/users/me/preferences", preferenceBody(amy.ID, "theme/", theme, "sidebar_settings/limit_visible_dms_gms", "40")).Want(http.StatusOK)
		var list []model.Preference
		amy.Get("/users/me/preferences/theme").Want(http.StatusOK).JSON(&list)
		var got map[string]string
		if err := json.Unmarshal([]byte(list[0].Value), &got); err != nil {
			t.Fatal(err)
		}
		sessDiff(t, "theme", map[string]string{
			"type": "Mine", "image": "x.png", "codeTheme": "github", "a": "#fff", "b": "#A0b1C2", "c": "#ffffff",
			"d": "#ffffff", "e": "#ffffff",
		}, got)
		fine := `{"type":"Mine",  "a":"#fff"}`
		amy.Put("/users/me/preferences", preferenceBody(amy.ID, "theme/", fine)).Want(http.StatusOK)
		sessDiff(t, "a theme without faults", []string{"theme/=" + fine}, preferencesOf(t, amy, "/users/me/preferences/theme"))
		longest := preferenceBody(amy.ID, strings.Repeat("c", 32)+"/"+strings.Repeat("n", 32), strings.Repeat("\u00e4", 20000))
		amy.Put("/users/me/preferences", longest).Want(http.StatusOK)
	})
}
