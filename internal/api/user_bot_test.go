package api_test

import (
	"net/http"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

// chgBotOwner makes an account that may have bots, with a bot.
func chgBotOwner(s *testkit.Server, name string) (owner *testkit.Client, bot string) {
	id := chgRoleID(s, "system_post_all")
	s.Admin().Put("/roles/"+id+"/patch", `{"permissions":["create_bot","manage_bots","read_bots"]}`).Want(http.StatusOK)
	owner = s.WithRoles(name, "system_user system_post_all")
	return owner, owner.Post("/bots", `{"username":"`+name+`bot"}`).Want(http.StatusCreated).Text("user_id")
}

func TestBotsAreInTheHandsOfTheirOwner(t *testing.T) {
	chgEach(t, []string{"MM_SERVICESETTINGS_ENABLEBOTACCOUNTCREATION=true"}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		owner, bot := chgBotOwner(s, "owner")
		editor, itself := chgEditor(s, "editor"), chgSession(t, s, bot, false)
		colleague, _ := chgBotOwner(s, "colleague")
		form, kind := chgForm(t, "image", chgPNG(t, 8, 8))
		requests := []struct{ method, path, body string }{
			{"PUT", "/patch", `{"nickname":"n"}`},
			{"PUT", "", `{"id":"` + bot + `","username":"ownerbot","email":"ownerbot@localhost","timezone":{}}`},
			{"POST", "/image", string(form)},
			{"DELETE", "/image", ""},
			{"DELETE", "", ""},
		}
		send := func(c *testkit.Client, method, path, body string) *testkit.Response {
			as := c.For(t)
			if method == http.MethodPost {
				as.Header.Set("Content-Type", kind)
			}
			return as.Do(method, "/users/"+bot+path, body)
		}
		chgUnchanged(t, s, db, func() {
			for _, c := range []*testkit.Client{editor, itself, colleague} {
				for _, r := range requests {
					send(c, r.method, r.path, r.body).WantFault(http.StatusForbidden, chgForbidden)
				}
			}
		})
		for _, c := range []*testkit.Client{s.Admin(), owner} {
			for _, r := range requests {
				send(c, r.method, r.path, r.body).Want(http.StatusOK)
			}
			chgActive(s.Admin(), bot, "true").Want(http.StatusOK)
		}
		// The address of a bot is not confirmed by anybody.
		chgConfig(s, `{"EmailSettings":{"RequireEmailVerification":true}}`)
		if got := owner.Put("/users/"+bot+"/patch", `{"email":"other@localhost"}`).Want(http.StatusOK).Text("email"); got != "other@localhost" {
			t.Errorf("the bot has the address %q", got)
		}
	})
}

func TestBotsGoWithTheirOwner(t *testing.T) {
	chgEach(t, []string{"MM_SERVICESETTINGS_ENABLEBOTACCOUNTCREATION=true"}, func(t *testing.T, s *testkit.Server) {
		for _, goes := range []string{"true", "false"} {
			chgConfig(s, `{"ServiceSettings":{"DisableBotsWhenOwnerIsDeactivated":`+goes+`}}`)
			owner, bot := chgBotOwner(s, "owner"+goes)
			session := chgSession(t, s, bot, false)
			session.Get("/users/me").Want(http.StatusOK)
			s.Events.Take()
			chgActive(s.Admin(), owner.ID, "false").Want(http.StatusOK)
			events := chgOffEvents + " user_activation_status_change"
			if goes == "true" {
				events = "status_change " + chgOffEvents + " " + strings.TrimPrefix(events, "status_change ")
			}
			var got []string
			for _, e := range s.Events.Take() {
				if e.Name != "direct_added" && e.Name != "posted" { // by which administrators are told of the bots, some time
					got = append(got, e.Name)
				}
			}
			if strings.Join(got, " ") != events {
				t.Errorf("events %q, want %q", got, events)
			}
			disabled := chgUser(s, bot)["delete_at"].(float64) > 0 &&
				s.Admin().Get("/bots/"+bot+"?include_deleted=true").Want(http.StatusOK).Value("delete_at").(float64) > 0
			if ended := session.Get("/users/me").StatusCode == http.StatusUnauthorized; disabled != (goes == "true") || ended != disabled {
				t.Errorf("DisableBotsWhenOwnerIsDeactivated=%s: disabled %v, sessions ended %v", goes, disabled, ended)
			}
			chgActive(s.Admin(), owner.ID, "true").Want(http.StatusOK)
			if back := chgUser(s, bot)["delete_at"].(float64) == 0; back == (goes == "true") {
				t.Errorf("DisableBotsWhenOwnerIsDeactivated=%s: after activation the bot is active: %v", goes, back)
			}
		}
	})
}

// DELETE leaves the record of a bot, which only its own operations change.
func TestDeletingTheAccountOfABot(t *testing.T) {
	chgEach(t, []string{"MM_SERVICESETTINGS_ENABLEBOTACCOUNTCREATION=true", "MM_SERVICESETTINGS_ENABLEAPIUSERDELETION=true"}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		_, bot := chgBotOwner(s, "owner")
		s.Admin().Delete("/users/" + bot).Want(http.StatusOK)
		if r := s.Admin().Get("/bots/" + bot).Want(http.StatusOK); r.Value("delete_at").(float64) != 0 || chgUser(s, bot)["delete_at"].(float64) == 0 {
			t.Errorf("bot %s", r.Body)
		}
		s.Admin().Delete("/users/" + bot + "?permanent=true").Want(http.StatusOK)
		s.Admin().Get("/bots/"+bot+"?include_deleted=true").WantFault(http.StatusNotFound, "store.sql_bot.get.missing.app_error")
		chgNoTraces(t, s, db, bot)
		chgCountsAgree(t, db)
	})
}

// TestABotWritesToItsOwner, and administrators are told when the owner is gone.
func TestABotWritesToItsOwner(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: withBots}, func(t *testing.T, s *testkit.Server) {
		owner, bot := chgBotOwner(s, "owner")
		said := func(c *testkit.Client, name, kind string) string {
			t.Helper()
			var out struct {
				Posts map[string]struct{ Type, Message string }
			}
			for _, id := range c.Get("/users/me/channels").Want(http.StatusOK).Column("id") {
				r := c.Get("/channels/" + id).Want(http.StatusOK)
				if r.Text("name") != name {
					continue
				}
				c.Get("/channels/" + id + "/posts").Want(http.StatusOK).JSON(&out)
				for _, p := range out.Posts {
					if p.Type == kind {
						return p.Message
					}
				}
			}
			return ""
		}
		if said(owner, model.DirectName(bot, owner.ID), "add_bot_teams_channels") == "" {
			t.Error("the bot did not write")
		}
		admin := s.Admin()
		own := model.DirectName(admin.ID, admin.ID)
		s.User("nobody")
		chgActive(admin, owner.ID, "false").Want(http.StatusOK)
		mailSettle(t, s)
		if got := said(admin, own, "system_generic"); !strings.Contains(got, "@owner ") || !strings.HasSuffix(got, "@ownerbot") {
			t.Errorf("the administrator is told %q", got)
		}
	})
}
