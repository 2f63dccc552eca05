package api_test

import "testing"

// TestChannelGoldens replays what was seen of channels, their members and the sidebar.
func TestChannelGoldens(t *testing.T) {
	replayMessaging(t, channelDifferences, "channels-create-read.json", "channels-dm-gm.json", "channels-members.json", "channels-update-archive.json", "sidebar-categories.json")
}

// channelDifferences are the steps that are answered in another way, with the reason.
var channelDifferences = byStep(map[string][]string{
	"the search in the channels of a team answers 201 as documented": {"channels-create-read.json:52"},
	"a setting nobody understands is refused, not stored":            {"channels-members.json:30"},
	"an event about a post always names the team":                    {"channels-update-archive.json:6"},
	"nothing depends on a licence":                                   {"channels-update-archive.json:28", "channels-update-archive.json:29"},
	"a body that is no permutation is the fault of who sent it: 400": {"sidebar-categories.json:13"},
})
