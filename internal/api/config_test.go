package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"muster/internal/store"
	"muster/internal/testkit"
)

// configStored gives what is stored of the configuration; nil when nothing is.
func configStored(t testing.TB, s *testkit.Server) ([]byte, int64) {
	t.Helper()
	document, version, err := s.DB.Configuration(context.Background())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return document, version
}

func TestGetConfig(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_EMAILSETTINGS_SMTPPASSWORD=canary-smtp", "MM_TEAMSETTINGS_SITENAME=Here"}}, func(t *testing.T, s *testkit.Server) {
		amy, sam := s.User("amy"), s.WithRoles("sam", "system_user system_manager")
		t.Run("shows an administrator everything but secrets", func(t *testing.T) {
			r := s.Admin().For(t).Get("/config").Want(http.StatusOK)
			if got := r.Text("EmailSettings.SMTPPassword"); got != strings.Repeat("*", 32) {
				t.Errorf("SMTPPassword %q", got)
			}
			if r.Header.Get("Cache-Control") != "no-cache, no-store, must-revalidate" || r.Text("TeamSettings.SiteName") != "Here" {
				t.Errorf("Cache-Control %q, SiteName %s", r.Header.Get("Cache-Control"), r.Text("TeamSettings.SiteName"))
			}
		})
		t.Run("leaves out what is asked to be left out", func(t *testing.T) {
			r := s.Admin().For(t).Get("/config?remove_masked=true&remove_defaults=true").Want(http.StatusOK)
			if r.Value("EmailSettings.SMTPPassword") != nil || r.Value("ServiceSettings.MaximumURLLength") != nil || r.Text("TeamSettings.SiteName") != "Here" {
				t.Errorf("body %s", r.Body)
			}
		})
		t.Run("shows a manager what the role reads", func(t *testing.T) {
			r := sam.For(t).Get("/config").Want(http.StatusOK)
			if r.Value("TeamSettings.SiteName") == nil || r.Value("ExperimentalSettings") != nil {
				t.Errorf("body %s", r.Body)
			}
		})
		amy.Get("/config").WantFault(403, sessForbidden)
		s.Visitor().Get("/config").WantFault(401, sessEnded)
	})
}

func TestConfigEnvironment(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_TEAMSETTINGS_SITENAME=Here"}}, func(t *testing.T, s *testkit.Server) {
		r := s.Admin().Get("/config/environment").Want(http.StatusOK)
		if r.Value("TeamSettings.SiteName") != true || r.Value("TeamSettings.EnableOpenServer") != nil {
			t.Errorf("body %s", r.Body)
		}
		s.User("amy").Get("/config/environment").WantFault(403, sessForbidden)
		s.Visitor().Get("/config/environment").WantFault(401, sessEnded)
		t.Run("and decides whatever is stored", func(t *testing.T) {
			s.Admin().For(t).Put("/config/patch", `{"TeamSettings":{"SiteName":"There"}}`).Want(http.StatusOK)
			if got := s.Admin().For(t).Get("/config").Text("TeamSettings.SiteName"); got != "Here" {
				t.Errorf("SiteName %s", got)
			}
		})
	})
}

func TestUpdateConfig(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin := s.Admin()
		t.Run("with what was read changes nothing", func(t *testing.T) {
			s.Events.Take()
			r := admin.For(t).Get("/config").Want(http.StatusOK)
			again := admin.For(t).Put("/config", r.Body).Want(http.StatusOK)
			sessDiff(t, "answer", string(r.Body), string(again.Body))
			if document, version := configStored(t, s); len(document) > 0 || version != 0 {
				t.Errorf("stored %s as version %d", document, version)
			}
			s.Events.Want(t, "")
		})
		t.Run("stores what is different, answers it, and tells everybody", func(t *testing.T) {
			r := admin.For(t).Put("/config", `{"TeamSettings":{"SiteName":"There","MaxUsersPerTeam":77},"EmailSettings":{"SMTPPassword":"canary-smtp"}}`).Want(http.StatusOK)
			if r.Text("TeamSettings.SiteName") != "There" || strings.Contains(string(r.Body), "canary") {
				t.Errorf("body %s", r.Body)
			}
			if s.Visitor().For(t).Get("/config/client?format=old").Text("SiteName") != "There" {
				t.Error("clients are told another name")
			}
			events := s.Events.Take()
			if len(events) != 1 || events[0].Name != "config_changed" || strings.Contains(fmt.Sprint(events[0].Data), "canary") {
				t.Errorf("events %v", events)
			}
		})
		t.Run("keeps a secret that comes back masked", func(t *testing.T) {
			r := admin.For(t).Get("/config").Want(http.StatusOK)
			admin.For(t).Put("/config", strings.Replace(string(r.Body), `"There"`, `"Elsewhere"`, 1)).Want(http.StatusOK)
			if got := s.Live.Current().Config.EmailSettings.SMTPPassword.Reveal(); got != "canary-smtp" {
				t.Errorf("SMTPPassword %q", got)
			}
			s.Events.Want(t, "config_changed")
		})
		t.Run("passes over what the API may not change, silently", func(t *testing.T) {
			admin.For(t).Put("/config", `{"SqlSettings":{"DriverName":"other","DataSource":"x"},"ServiceSettings":{"ListenAddress":":1"}}`).Want(http.StatusOK)
			s.Events.Want(t, "")
		})
		t.Run("holds after a start", func(t *testing.T) {
			admin.For(t).Post("/config/reload", nil).Want(http.StatusOK)
			if got := admin.For(t).Get("/config").Text("TeamSettings.MaxUsersPerTeam"); got != "77" {
				t.Errorf("MaxUsersPerTeam %s", got)
			}
		})
	})
}

func TestPatchConfig(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin := s.Admin()
		admin.Put("/config/patch", `{"ServiceSettings":{"SiteURL":"https://chat.example.com"}}`).Want(http.StatusOK)
		_, version := configStored(t, s)
		s.Events.Take()
		amy, sam := s.User("amy"), s.WithRoles("sam", "system_user system_manager")
		s.Events.Take()
		for _, path := range []string{"/config/patch", "/config"} {
			for _, tc := range []struct {
				name, body string
				as         *testkit.Client
				status     int
				fault      string
			}{
				{"half a body", `{"TeamSettings":{"SiteName":"x"}`, admin, 400, sessBadBody},
				{"an empty body", ``, admin, 400, sessBadBody},
				{"null", `null`, admin, 400, sessBadBody},
				{"a list", `[]`, admin, 400, sessBadBody},
				{"a text", `"x"`, admin, 400, sessBadBody},
				{"a section that is no object", `{"TeamSettings":5}`, admin, 400, sessBadBody},
				{"a value of another type", `{"TeamSettings":{"SiteName":"x","MaxUsersPerTeam":"many"}}`, admin, 400, sessBadBody},
				{"a body nested too deeply", `{"TeamSettings":{"SiteName":"x"},"X":` + sessDeep(64) + `}`, admin, 400, sessBadBody},
				{"a body with the character NUL", `{"TeamSettings":{"SiteName":"x\u0000"}}`, admin, 400, sessBadBody},
				{"a body that is too long", sessPad(`{"TeamSettings":{"SiteName":"x"}}`, 300513), admin, 413, "api.context.request_body_too_large.app_error"},
				{
					"a value out of bounds", `{"TeamSettings":{"SiteName":"x"},"PasswordSettings":{"MinimumLength":4}}`, admin, 400,
					"model.config.is_valid.password_length.app_error",
				},
				{
					"clearing the address", `{"TeamSettings":{"SiteName":"x"},"ServiceSettings":{"SiteURL":""}}`, admin, 400,
					"api.config.update_config.clear_siteurl.app_error",
				},
				{"an account", `{"TeamSettings":{"SiteName":"x"}}`, amy, 403, sessForbidden},
				{"a visitor", `{"TeamSettings":{"SiteName":"x"}}`, s.Visitor(), 401, sessEnded},
			} {
				t.Run("refuses "+tc.name+" at "+path, func(t *testing.T) { tc.as.For(t).Put(path, tc.body).WantFault(tc.status, tc.fault) })
			}
		}
		admin.Put("/config/patch", `{"TeamSettings":{"SiteName":"x"},"SqlSettings":{"DriverName":"other"}}`).
			WantFault(403, "api.config.update_config.not_allowed_security.app_error")
		for _, harmless := range []string{`{}`, `{"TeamSettings":{}}`, `{"TeamSettings":null}`, `{"What":{"Ever":[1]}}`, `{"TeamSettings":{"SiteName":null}}`} {
			admin.Put("/config/patch", harmless).Want(http.StatusOK)
		}
		if _, after := configStored(t, s); after != version {
			t.Errorf("version %d, want %d", after, version)
		}
		s.Events.Want(t, "")
		t.Run("takes from a manager what the role writes", func(t *testing.T) {
			sam.For(t).Put("/config/patch", `{"TeamSettings":{"SiteName":"Sam's"},"PasswordSettings":{"MinimumLength":20}}`).Want(http.StatusOK)
			now := &s.Live.Current().Config
			if now.TeamSettings.SiteName != "Sam's" || now.PasswordSettings.MinimumLength != 8 {
				t.Errorf("SiteName %s, MinimumLength %d", now.TeamSettings.SiteName, now.PasswordSettings.MinimumLength)
			}
			s.Events.Want(t, "config_changed")
		})
	})
}

// What belongs to whoever runs the machine is refused to administrators where a setting says so.
func TestRestrictedAdministrators(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_EXPERIMENTALSETTINGS_RESTRICTSYSTEMADMIN=true"}, EnvOf: localSocket}, func(t *testing.T, s *testkit.Server) {
		s.Admin().Post("/config/reload", nil).WantFault(403, sessForbidden)
		s.Socket().Post("/config/reload", nil).Want(http.StatusOK)
	})
}

func TestReloadConfig(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		s.User("amy").Post("/config/reload", nil).WantFault(403, sessForbidden)
		s.Visitor().Post("/config/reload", nil).WantFault(401, sessEnded)
		s.Events.Take()
		s.Admin().Post("/config/reload", nil).Want(http.StatusOK)
		s.Events.Want(t, "")
	})
}

// TestChangesOfSettingsAtTheSameTime makes sure that none of several administrators
// overwrites what another one changed.
func TestChangesOfSettingsAtTheSameTime(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		changes := map[string]string{
			"SiteName": `"S"`, "CustomDescriptionText": `"D"`, "MaxUsersPerTeam": "77", "EnableOpenServer": "true",
			"EnableUserDeactivation": "true", "EnableUserCreation": "false",
		}
		var wait sync.WaitGroup
		for key, value := range changes {
			wait.Go(func() {
				r, err := s.Admin().Try(http.MethodPut, "/config/patch", `{"TeamSettings":{"`+key+`":`+value+`}}`)
				if err != nil || r.StatusCode != http.StatusOK {
					t.Errorf("%s: %v %v", key, r, err)
				}
			})
		}
		wait.Wait()
		now := s.Live.Current().Config.TeamSettings
		if now.SiteName != "S" || now.CustomDescriptionText != "D" || now.MaxUsersPerTeam != 77 || !now.EnableOpenServer || !now.EnableUserDeactivation || now.EnableUserCreation {
			t.Errorf("settings %+v", now)
		}
	})
}

// configSecondNode starts another server on the same database, in a folder of its own.
func configSecondNode(t *testing.T, s *testkit.Server, more ...string) *testkit.Server {
	t.Helper()
	folder := t.TempDir()
	env := slices.DeleteFunc(slices.Clone(s.Env), func(v string) bool { return strings.HasPrefix(v, "MM_MUSTERSETTINGS_DATADIRECTORY=") })
	return testkit.Boot(t, folder, append(append(env, "MM_MUSTERSETTINGS_DATADIRECTORY="+folder), more...), testkit.Options{NoAdmin: true})
}

// TestSettingsReachEveryNode runs two servers that share nothing but the database.
func TestSettingsReachEveryNode(t *testing.T) {
	t.Parallel()
	one := testkit.Start(t, store.Postgres, testkit.Options{})
	two := configSecondNode(t, one)
	admin := one.Admin()
	there := two.Visitor()
	there.Token = admin.Token
	name := func() string { return there.Get("/config/client?format=old").Text("SiteName") }

	admin.Put("/config/patch", `{"TeamSettings":{"SiteName":"First"}}`).Want(http.StatusOK)
	sessEventually(t, "the second node knows the name", func() bool { return name() == "First" })
	events := two.Events.Take()
	if len(events) == 0 || events[0].Name != "config_changed" {
		t.Errorf("clients of the second node are told %v", events)
	}

	// A change on each node at the same time: the slower one is made anew on top of the other.
	var wait sync.WaitGroup
	for client, body := range map[*testkit.Client]string{admin: `{"TeamSettings":{"SiteName":"Second"}}`, there: `{"TeamSettings":{"CustomDescriptionText":"Text"}}`} {
		wait.Go(func() {
			if r, err := client.Try(http.MethodPut, "/config/patch", body); err != nil || r.StatusCode != http.StatusOK {
				t.Errorf("%s: %v %v", body, r, err)
			}
		})
	}
	wait.Wait()
	for _, s := range []*testkit.Server{one, two} {
		sessEventually(t, "both changes are on both nodes", func() bool {
			now := s.Live.Current().Config.TeamSettings
			return now.SiteName == "Second" && now.CustomDescriptionText == "Text"
		})
	}
}
