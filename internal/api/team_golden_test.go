package api_test

import "testing"

// TestTeamGoldens replays what was seen of teams, their members and roles.
func TestTeamGoldens(t *testing.T) {
	replayMessaging(t, teamDifferences, "teams-members.json")
}

// teamDifferences are the steps that are answered in another way, with the reason.
var teamDifferences = map[string]string{}
