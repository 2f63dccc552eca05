package api_test

import "testing"

// TestUserPlaceGoldens replays what was seen of accounts by their teams and channels.
func TestUserPlaceGoldens(t *testing.T) {
	replayMessaging(t, userPlaceDifferences, "users-list-filters.json", "users-search.json", "users-stats-known.json")
}

// userPlaceDifferences are the steps that are answered in another way, with the reason.
var userPlaceDifferences = byStep(map[string][]string{
	"one request has one answer: the error alone":                                 {"users-list-filters.json:12"},
	"a page before the first is the first, because nothing in good form is a 500": {"users-stats-known.json:31"},
})
