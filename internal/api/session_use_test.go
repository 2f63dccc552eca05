package api_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit"
)

// TestWorkExtendsSessions posts, reads and types: each lets the session end later, and no
// other request does.
func TestWorkExtendsSessions(t *testing.T) {
	env := append([]string{"MM_SERVICESETTINGS_SESSIONLENGTHWEBINHOURS=2"}, auditOn...)
	testkit.Each(t, testkit.Options{Env: env}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		team := s.Team(t, "tee", amy)
		browser := sessWithCookie(t, amy)
		browser.Header.Set("X-Requested-With", "XMLHttpRequest")
		post := map[string]string{"channel_id": team.Town, "message": "hello"}
		for _, tc := range []struct {
			name    string
			do      func(t *testing.T) *testkit.Response // nil answers say nothing of cookies
			extends bool
			cookies int
			record  bool
		}{
			{"a look", func(t *testing.T) *testkit.Response { return amy.For(t).Get("/users/me").Want(http.StatusOK) }, false, 0, false},
			{"a refused message", func(t *testing.T) *testkit.Response {
				return amy.For(t).Post("/posts", map[string]string{"channel_id": sessUnknownID, "message": "x"}).Want(http.StatusForbidden)
			}, false, 0, false},
			{"a message", func(t *testing.T) *testkit.Response { return amy.For(t).Post("/posts", post).Want(http.StatusCreated) }, true, 0, true},
			{"a message of a browser", func(t *testing.T) *testkit.Response {
				return browser.For(t).Post("/posts", post).Want(http.StatusCreated)
			}, true, 3, true},
			{"reading", func(t *testing.T) *testkit.Response {
				return browser.For(t).Post("/channels/members/me/view", map[string]string{"channel_id": team.Town}).Want(http.StatusOK)
			}, true, 3, true},
			{"typing", func(t *testing.T) *testkit.Response {
				if f := amy.For(t).Dial("").Ask(1, "user_typing", map[string]string{"channel_id": team.Town}); f.Status != "OK" {
					t.Errorf("reply %s", f.Text)
				}
				return nil
			}, true, 0, false},
			{"a ping", func(t *testing.T) *testkit.Response {
				amy.For(t).Dial("").Ask(1, "ping", nil)
				return nil
			}, false, 0, false},
		} {
			t.Run(tc.name, func(t *testing.T) {
				s.Clock.Advance(6 * time.Minute)
				was, records := sessRows(t, s, amy.ID)[0], len(auditAll(t, s))
				r := tc.do(t)
				now := sessRows(t, s, amy.ID)[0]
				if extended := now.ExpiresAt > was.ExpiresAt; extended != tc.extends {
					t.Errorf("extended %v, from %d to %d", extended, was.ExpiresAt, now.ExpiresAt)
				}
				if r != nil && len(r.Cookies()) != tc.cookies {
					t.Errorf("cookies %v", r.Cookies())
				}
				added := auditSince(t, s, records)
				if recorded := slices.ContainsFunc(added, isExtension); recorded != tc.record {
					t.Errorf("records %+v", added)
				}
			})
		}
		t.Run("all of which is activity", func(t *testing.T) {
			before := sessRows(t, s, amy.ID)[0].LastActivityAt
			if err := s.Accounts.FlushActivity(t.Context()); err != nil {
				t.Fatal(err)
			}
			if now := sessRows(t, s, amy.ID)[0].LastActivityAt; now <= before {
				t.Errorf("last activity %d, before it %d", now, before)
			}
		})
	})
}

func isExtension(r *model.AuditRecord) bool { return r.Event == "extendSessionExpiry" }

// TestSessionsNameTeams shows with each session the places its account has in teams.
func TestSessionsNameTeams(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		team, left := s.Team(t, "tee", amy), s.Team(t, "left", amy)
		amy.Delete("/teams/" + left.ID + "/members/" + amy.ID).Want(http.StatusOK)
		var rows []model.Session
		s.Admin().Get("/users/" + amy.ID + "/sessions").Want(http.StatusOK).JSON(&rows)
		if len(rows) != 1 || len(rows[0].TeamMembers) != 1 || rows[0].TeamMembers[0].TeamID != team.ID ||
			rows[0].TeamMembers[0].UserID != amy.ID || rows[0].TeamMembers[0].Roles != "team_user" {
			t.Errorf("sessions %+v", rows)
		}
	})
}
