package event

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/model"
)

func TestThreadIsEncodedOnceAndStillDiffersForEachFollower(t *testing.T) {
	t.Parallel()
	root := (&model.Post{ID: "root", Message: "\"quoted\" <b> \\ ☃"}).View()
	thread := &model.Thread{ThreadMembership: model.ThreadMembership{PostID: "root"}, ReplyCount: 2, LastReplyAt: 5}
	copies := ThreadFor(thread.View(&root, json.RawMessage(`[{"id":"amy"}]`)))
	for _, m := range []model.ThreadMembership{{UserID: "amy", LastViewed: 3, UnreadReplies: 1, UnreadMentions: 1}, {UserID: "bob"}} {
		e := ThreadUpdated(copies, &m, "team", &Unread{Replies: 7})
		var data struct {
			Thread string
			Was    int64 `json:"previous_unread_replies"`
		}
		if err := json.Unmarshal([]byte(payload(t, e)), &data); err != nil {
			t.Fatal(err)
		}
		var got model.ThreadView
		if err := json.Unmarshal([]byte(data.Thread), &got); err != nil {
			t.Fatal(err)
		}
		thread.ThreadMembership = m
		thread.PostID = "root"
		if d := cmp.Diff(thread.View(&root, json.RawMessage(`[{"id":"amy"}]`)), got); d != "" || data.Was != 7 || e.To.UserID != m.UserID {
			t.Errorf("copy of %s (-want +got): %s", m.UserID, d)
		}
	}
}
