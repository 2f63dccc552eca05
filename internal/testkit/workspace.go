package testkit

import (
	"net/http"
	"testing"

	"muster/internal/model"
)

// Team is a team a test made.
type Team struct {
	ID       string
	Name     string
	InviteID string
	Town     string // id of town-square
}

// Team makes a team, which nobody may join by themselves, with these members. Its admin
// is the first account.
func (s *Server) Team(t testing.TB, name string, members ...*Client) Team {
	t.Helper()
	return s.TeamWith(t, map[string]any{"name": name, "display_name": "Team " + name, "type": "O"}, members...)
}

// TeamWith is Team for a body of one's own.
func (s *Server) TeamWith(t testing.TB, body map[string]any, members ...*Client) Team {
	t.Helper()
	admin := s.admin.For(t)
	r := admin.Post("/teams", body).Want(http.StatusCreated)
	team := Team{ID: r.Text("id"), Name: r.Text("name"), InviteID: r.Text("invite_id")}
	town, err := s.DB.ChannelByName(t.Context(), team.ID, model.TownSquare)
	if err != nil {
		t.Fatalf("find town-square: %v", err)
	}
	team.Town = town.ID
	for _, m := range members {
		s.Join(t, team.ID, m.ID)
	}
	return team
}

// Join puts an account into a team.
func (s *Server) Join(t testing.TB, teamID, userID string) {
	t.Helper()
	s.admin.For(t).Post("/teams/"+teamID+"/members", map[string]string{"team_id": teamID, "user_id": userID}).Want(http.StatusCreated)
}

// Channel makes a channel of a team, O or P, with these members of the team. Its admin is
// the first account. It gives its id.
func (s *Server) Channel(t testing.TB, teamID, name, kind string, members ...*Client) string {
	t.Helper()
	admin := s.admin.For(t)
	id := admin.Post("/channels", map[string]string{"team_id": teamID, "name": name, "display_name": "Channel " + name, "type": kind}).
		Want(http.StatusCreated).Text("id")
	for _, m := range members {
		admin.Post("/channels/"+id+"/members", map[string]string{"user_id": m.ID}).Want(http.StatusCreated)
	}
	return id
}
