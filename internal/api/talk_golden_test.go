package api_test

import "testing"

// TestPostGoldens replays what was seen of posts, lists of them, and reactions.
func TestPostGoldens(t *testing.T) {
	replayMessaging(t, talkDifferences, "posts-crud.json", "posts-lists.json", "posts-reactions.json")
}

// TestThreadGoldens replays what was seen of threads and of those who follow them.
func TestThreadGoldens(t *testing.T) {
	replayMessaging(t, talkDifferences, "threads-create-autofollow.json", "threads-deleted.json", "threads-follow-unfollow.json",
		"threads-list-params.json", "threads-mention-follow.json", "threads-participants.json", "threads-prefs-and-view.json",
		"threads-read-all-and-set-unread.json")
}

// TestFileGoldens replays what was seen of files that are sent in parts.
func TestFileGoldens(t *testing.T) {
	replayMessaging(t, talkDifferences, "uploads.json")
}

// talkDifferences are the steps that are answered in another way, with the reason.
var talkDifferences = byStep(map[string][]string{
	"the documents know no null here: what is empty is [] or {}": {
		"posts-lists.json:33", "posts-lists.json:35",
		"posts-crud.json:56", "threads-deleted.json:13", "threads-deleted.json:20", "threads-list-params.json:22", "threads-list-params.json:32",
		"threads-read-all-and-set-unread.json:2",
	},
	"the documents know only whether a post asks to be acknowledged, and no null": {
		"threads-prefs-and-view.json:19",
	},
	"of what was deleted is told that it was there, not what it said": {
		"posts-crud.json:49",
		"threads-deleted.json:19", "threads-deleted.json:21", "threads-deleted.json:22",
	},
	"what is refused changes nothing: the thread is not followed": {
		"threads-read-all-and-set-unread.json:12", "threads-read-all-and-set-unread.json:13", "threads-read-all-and-set-unread.json:15",
		"threads-read-all-and-set-unread.json:16",
	},
})
