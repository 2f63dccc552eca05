package api_test

import (
	"net/http"
	"testing"

	"muster/internal/testkit"
)

func TestTeamBeginsWithItsDefaultChannels(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		s.Events.Take()
		r := amy.Post("/teams", `{"name":"north","display_name":"North","type":"O","email":"x@example.com","invite_id":"mine"}`).Want(http.StatusCreated)
		id := r.Text("id")
		if r.Text("email") != "amy@example.com" || r.Text("invite_id") == "mine" || r.Text("invite_id") == "" {
			t.Errorf("team %s", r.Body)
		}
		s.Events.Want(t, "user_added posted user_added posted added_to_team")
		m := amy.Get("/teams/" + id + "/members/me").Want(http.StatusOK)
		if m.Text("roles") != "team_user team_admin" {
			t.Errorf("creator %s", m.Body)
		}
		body := map[string]string{"team_id": id, "user_id": bob.ID}
		bob.Get("/teams/"+id).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		bob.Post("/teams/"+id+"/members", body).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		s.Events.Take()
		if m = amy.Post("/teams/"+id+"/members", body).Want(http.StatusCreated); m.Text("roles") != "team_user" {
			t.Errorf("member %s", m.Body)
		}
		s.Events.Want(t, "user_added posted user_added posted added_to_team added_to_team")
		if got := bob.Get("/teams/" + id).Want(http.StatusOK); got.Text("email") != "" || got.Text("invite_id") == "" {
			t.Errorf("a member gets %s", got.Body)
		}
		amy.Post("/teams/"+id+"/members", body).Want(http.StatusCreated)
		s.Events.Want(t, "added_to_team")
		amy.Delete("/teams/" + id + "/members/" + bob.ID).Want(http.StatusOK)
		s.Events.Want(t, "posted leave_team leave_team")
		amy.Delete("/teams/" + id + "/members/" + bob.ID).Want(http.StatusOK)
		s.Events.Want(t, "")
		if got := amy.Get("/teams/" + id + "/members/" + bob.ID).Want(http.StatusOK); got.Text("delete_at") == "0" {
			t.Errorf("who left is %s", got.Body)
		}
		bob.Get("/teams/"+id).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		amy.Delete("/teams/"+id+"/members/"+s.Admin().ID).WantFault(http.StatusBadRequest, "api.team.remove_user_from_team.missing.app_error")
	})
}
