package event

import (
	"encoding/json"
	"strconv"

	"muster/internal/model"
)

// ThreadCopies encodes a thread once for all who follow it; what differs from one to the
// other is put into each copy when a socket gets it.
type ThreadCopies struct {
	shared string // inside a JSON text, without the end
}

// ThreadFor makes copies of a thread whose participants are whole accounts.
func ThreadFor(v model.ThreadView) ThreadCopies {
	text, _ := json.Marshal(struct { // a thread always has a JSON form
		ID           string          `json:"id"`
		ReplyCount   int64           `json:"reply_count"`
		LastReplyAt  int64           `json:"last_reply_at"`
		Participants json.RawMessage `json:"participants"`
		Post         *model.PostView `json:"post"`
		IsUrgent     bool            `json:"is_urgent"`
		DeleteAt     int64           `json:"delete_at"`
	}{v.ID, v.ReplyCount, v.LastReplyAt, v.Participants, v.Post, v.IsUrgent, v.DeleteAt})
	quoted, _ := json.Marshal(string(text[:len(text)-1]))
	return ThreadCopies{shared: string(quoted[:len(quoted)-1])}
}

// threadCopy is the copy of one follower: a JSON text that holds the thread.
type threadCopy struct {
	ThreadCopies
	lastViewed, replies, mentions int64
}

// MarshalJSON puts the copy together.
func (c threadCopy) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(c.shared)+100)
	b = append(b, c.shared...)
	b = strconv.AppendInt(append(b, `,\"last_viewed_at\":`...), c.lastViewed, 10)
	b = strconv.AppendInt(append(b, `,\"unread_replies\":`...), c.replies, 10)
	b = strconv.AppendInt(append(b, `,\"unread_mentions\":`...), c.mentions, 10)
	return append(b, `}"`...), nil
}

// Unread is what is unread in a thread for somebody.
type Unread struct{ Replies, Mentions int64 }

// ThreadUpdated tells somebody who follows a thread how it is now and, unless nil, what was
// unread for them before.
func ThreadUpdated(c ThreadCopies, m *model.ThreadMembership, teamID string, was *Unread) Event {
	e := Event{
		Name: "thread_updated", To: Audience{UserID: m.UserID, TeamID: teamID},
		Data: map[string]any{"thread": threadCopy{c, m.LastViewed, m.UnreadReplies, m.UnreadMentions}},
	}
	if was != nil {
		e.Data["previous_unread_replies"], e.Data["previous_unread_mentions"] = was.Replies, was.Mentions
	}
	return e
}

// ThreadFollowChanged tells somebody that they follow a thread, or no longer. The team is
// the one the request was about.
func ThreadFollowChanged(userID, teamID, threadID string, following bool, replies int64) Event {
	return Event{
		Name: "thread_follow_changed", To: Audience{UserID: userID, TeamID: teamID},
		Data: map[string]any{"thread_id": threadID, "state": following, "reply_count": replies},
	}
}

// ThreadRead tells somebody up to when they have read a thread, and what was unread for them
// before. The team is the one the request was about.
func ThreadRead(m *model.ThreadMembership, teamID, channelID string, was Unread) Event {
	return Event{Name: "thread_read_changed", To: Audience{UserID: m.UserID, TeamID: teamID}, Data: map[string]any{
		"thread_id": m.PostID, "timestamp": m.LastViewed, "channel_id": channelID,
		"unread_replies": m.UnreadReplies, "unread_mentions": m.UnreadMentions,
		"previous_unread_replies": was.Replies, "previous_unread_mentions": was.Mentions,
	}}
}

// ThreadsRead tells somebody that they have read all threads of a team.
func ThreadsRead(userID, teamID string) Event {
	return Event{Name: "thread_read_changed", To: Audience{UserID: userID, TeamID: teamID}, Data: map[string]any{}}
}
