package api_test

import "testing"

// TestTeamGoldens replays what was seen of teams, their members and roles.
func TestTeamGoldens(t *testing.T) {
	replayMessaging(t, teamDifferences, "teams-create-read.json", "teams-members.json", "teams-update-lifecycle.json", "roles.json", "absent-and-unlicensed.json")
}

// teamDifferences are the steps that are answered in another way, with the reason.
var teamDifferences = byStep(map[string][]string{
	"who has left a team leaves it once": {"teams-members.json:29"},
	"nothing depends on a licence": {
		"absent-and-unlicensed.json:6", "absent-and-unlicensed.json:7", "absent-and-unlicensed.json:8", "absent-and-unlicensed.json:9",
		"absent-and-unlicensed.json:10", "absent-and-unlicensed.json:29",
	},
	"what there is none of is an empty list, so that clients start": {
		"absent-and-unlicensed.json:11", "absent-and-unlicensed.json:18", "absent-and-unlicensed.json:20", "absent-and-unlicensed.json:22",
		"absent-and-unlicensed.json:23", "absent-and-unlicensed.json:24",
	},
	"what is not offered has no address": {
		"absent-and-unlicensed.json:12", "absent-and-unlicensed.json:26", "absent-and-unlicensed.json:28",
		"absent-and-unlicensed.json:30",
	},
})
