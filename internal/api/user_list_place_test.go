package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"muster/internal/testkit"
)

// TestUsersListPlaces lists who is in a team, a channel or a group, and who is not.
func TestUsersListPlaces(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		s.Clock.Advance(time.Minute) // so that bob is newer
		bob := s.User("bob")
		s.User("carl")
		team := s.Team(t, "tee", amy, bob)
		channel := s.Channel(t, team.ID, "inside", "O", amy)
		amy.Put("/users/me/status", map[string]string{"user_id": amy.ID, "status": "dnd"}).Want(http.StatusOK)
		s.Clock.Advance(time.Minute)
		bob.Put("/users/me/status", map[string]string{"user_id": bob.ID, "status": "away"}).Want(http.StatusOK)
		bob.Delete("/teams/" + team.ID + "/members/" + bob.ID).Want(http.StatusOK)
		replace := strings.NewReplacer("TEAM", team.ID, "CHANNEL", channel)
		for query, want := range map[string]string{
			"in_team=TEAM":                                  "admin amy",
			"in_team=TEAM&sort=create_at":                   "bob amy admin",
			"in_team=TEAM&sort=last_activity_at":            "bob amy",
			"in_team=TEAM&team_roles=team_user":             "amy",
			"in_team=TEAM&active=true&role=system_admin":    "admin",
			"not_in_team=TEAM":                              "bob carl",
			"in_channel=CHANNEL":                            "admin amy",
			"in_channel=CHANNEL&sort=status":                "amy admin",
			"in_channel=CHANNEL&sort=admin":                 "admin amy",
			"in_channel=CHANNEL&channel_roles=channel_user": "amy",
			"in_team=TEAM&not_in_channel=CHANNEL":           "",
			"in_team=TEAM&in_channel=CHANNEL&per_page=1":    "admin",
			"without_team=true":                             "bob carl",
		} {
			usersWant(t, s.Admin().For(t).Get("/users?"+replace.Replace(query)), want)
		}
		var active []struct {
			At int64 `json:"last_activity_at"`
		}
		s.Admin().Get("/users?sort=last_activity_at&in_team=" + team.ID).Want(http.StatusOK).JSON(&active)
		if len(active) != 2 || active[1].At == 0 || active[0].At <= active[1].At {
			t.Errorf("last activity %+v", active)
		}
	})
}

// TestNamesOfGroups keeps accounts from having the name by which a group is mentioned.
func TestNamesOfGroups(t *testing.T) {
	const taken = "app.user.save.username_exists.app_error"
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		s.Admin().Post("/groups", map[string]any{
			"name": "cooks", "display_name": "Cooks", "source": "custom", "allow_reference": true,
			"user_ids": []string{amy.ID},
		}).Want(http.StatusCreated)
		s.Admin().Post("/users", usersBody("cooks", nil)).WantFault(http.StatusBadRequest, taken)
		s.Admin().Post("/users", usersBody("COOKS", nil)).WantFault(http.StatusBadRequest, taken)
		amy.Put("/users/me/patch", map[string]string{"username": "cooks"}).WantFault(http.StatusBadRequest, taken)
		amy.Put("/users/me", map[string]string{"id": amy.ID, "username": "cooks", "email": "amy@example.com"}).WantFault(http.StatusBadRequest, taken)
		amy.Put("/users/me/patch", map[string]string{"username": "cook"}).Want(http.StatusOK)
	})
}
