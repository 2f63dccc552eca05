package api_test

import (
	"net/http"
	"testing"

	"muster/internal/testkit"
)

// TestUsersSearchPlaces looks for accounts among those who are in a place, and among
// those who are not: the first of the places in the documented order counts.
func TestUsersSearchPlaces(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob, carl := s.User("amy"), s.User("bob"), s.User("carl")
		team := s.Team(t, "tee", amy, bob) // made by admin, who is in it
		other := s.Team(t, "other", carl)
		channel := s.Channel(t, team.ID, "inside", "O", amy)
		type fields = map[string]any
		for _, tc := range []struct {
			name string
			in   fields
			want string
		}{
			{"in a team", fields{"team_id": team.ID}, "admin amy bob"},
			{"by a name, in a team", fields{"team_id": team.ID, "term": "b"}, "bob"},
			{"of another team", fields{"team_id": team.ID, "term": "carl"}, ""},
			{"in another team", fields{"team_id": other.ID}, "admin carl"},
			{"who is an admin of the team", fields{"team_id": team.ID, "team_roles": []string{"team_admin"}}, ""}, // a system admin is none
			{"who is a member of the team", fields{"team_id": team.ID, "team_roles": []string{"team_user"}}, "amy bob"},
			{"in a channel", fields{"in_channel_id": channel}, "admin amy"},
			{"in a channel, whatever the team", fields{"in_channel_id": channel, "team_id": other.ID}, "admin amy"},
			{"in a channel and not in it", fields{"in_channel_id": channel, "not_in_channel_id": channel, "team_id": team.ID}, "admin amy"},
			{"in the team but not in the channel", fields{"not_in_channel_id": channel, "team_id": team.ID}, "bob"},
			{"not in a team", fields{"not_in_team_id": team.ID}, "carl"},
			{"not in a team, whatever the other", fields{"not_in_team_id": team.ID, "team_id": team.ID}, "carl"},
			{"not in a team, among groups that are tied to it", fields{"not_in_team_id": team.ID, "group_constrained": true}, ""},
		} {
			t.Run(tc.name, func(t *testing.T) {
				if tc.in["term"] == nil {
					tc.in["term"] = "*"
				}
				usersWant(t, s.Admin().For(t).Post("/users/search", tc.in).Want(http.StatusOK), tc.want)
			})
		}
		amy.Post("/users/search", fields{"term": "*", "team_id": team.ID}).Want(http.StatusOK)
		amy.Post("/users/search", fields{"term": "*", "team_id": other.ID}).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
	})
}
