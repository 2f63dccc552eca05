package model

import "encoding/json"

// PriorityUrgent is the priority of a root whose thread is urgent.
const PriorityUrgent = "urgent"

// ThreadMembership says how far somebody has read a thread they follow, or followed. It
// can be there before the first reply.
type ThreadMembership struct {
	PostID         string
	UserID         string
	Following      bool
	LastViewed     int64
	UnreadMentions int64
	UnreadReplies  int64 // those written after LastViewed and not deleted
}

// Thread is a thread as one who has a membership finds it.
type Thread struct {
	ThreadMembership
	Replied     bool // there has been a reply; without one it is no thread yet
	ReplyCount  int64
	LastReplyAt int64
	DeleteAt    int64
	Urgent      bool
}

// ThreadTotals sums up the threads somebody follows somewhere.
type ThreadTotals struct {
	Total          int64 `json:"total"`
	Unread         int64 `json:"total_unread_threads"`
	Mentions       int64 `json:"total_unread_mentions"`
	UrgentMentions int64 `json:"total_unread_urgent_mentions"`
}

// Add sums up two places.
func (t ThreadTotals) Add(o ThreadTotals) ThreadTotals {
	return ThreadTotals{
		Total: t.Total + o.Total, Unread: t.Unread + o.Unread, Mentions: t.Mentions + o.Mentions,
		UrgentMentions: t.UrgentMentions + o.UrgentMentions,
	}
}

// ThreadView is what is sent of a thread to somebody who follows it.
type ThreadView struct {
	ID             string          `json:"id"`
	ReplyCount     int64           `json:"reply_count"`
	LastReplyAt    int64           `json:"last_reply_at"`
	LastViewedAt   int64           `json:"last_viewed_at"`
	Participants   json.RawMessage `json:"participants"` // accounts, or what stands for them
	Post           *PostView       `json:"post"`
	UnreadReplies  int64           `json:"unread_replies"`
	UnreadMentions int64           `json:"unread_mentions"`
	IsUrgent       bool            `json:"is_urgent"`
	DeleteAt       int64           `json:"delete_at"`
}

// View builds what is sent of a thread.
func (t *Thread) View(root *PostView, participants json.RawMessage) ThreadView {
	return ThreadView{
		ID: t.PostID, ReplyCount: t.ReplyCount, LastReplyAt: t.LastReplyAt, LastViewedAt: t.LastViewed,
		Participants: participants, Post: root, UnreadReplies: t.UnreadReplies, UnreadMentions: t.UnreadMentions,
		IsUrgent: t.Urgent, DeleteAt: t.DeleteAt,
	}
}
