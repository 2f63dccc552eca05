package event

import "muster/internal/model"

// Posted tells the members of a channel that something was written there; senderName
// is the name of its author.
func Posted(p model.PostView, c *model.Channel, senderName string, setOnline bool) Event {
	display := c.DisplayName
	if c.Type == model.ChannelDirect { // which is called after whom one talks to
		display = "@" + senderName
	}
	return Event{Name: "posted", To: Audience{ChannelID: c.ID}, Data: map[string]any{
		"post": text(p), "channel_type": c.Type, "channel_display_name": display, "channel_name": c.Name,
		"sender_name": "@" + senderName, "team_id": c.TeamID, "set_online": setOnline,
	}}
}

// WithFiles says of a new post that it has files, and whether a picture is among them.
func (e *Event) WithFiles(picture bool) {
	e.Data["otherFile"] = "true"
	if picture {
		e.Data["image"] = "true"
	}
}

// Concern tells accounts, each in its own copy, how the event concerns them: that a post
// "mentions" them, or that they are "followers" of its thread.
func (e *Event) Concern(how string, userIDs []string) {
	for _, id := range userIDs {
		if e.For == nil {
			e.For = make(map[string]map[string]any, len(userIDs))
		}
		if e.For[id] == nil {
			e.For[id] = map[string]any{}
		}
		e.For[id][how] = `["` + id + `"]`
	}
}

// PostEdited tells the members of a channel that a post is another now.
func PostEdited(p model.PostView) Event {
	return Event{Name: "post_edited", To: Audience{ChannelID: p.ChannelID}, Data: map[string]any{"post": text(p)}}
}

// PostDeleted tells the members of a channel that a post is gone; administrators learn by whom.
func PostDeleted(p model.PostView, by string) []Event {
	post := text(p)
	return []Event{
		{Name: "post_deleted", To: Audience{ChannelID: p.ChannelID, OthersOnly: true}, Data: map[string]any{"post": post}},
		{Name: "post_deleted", To: Audience{ChannelID: p.ChannelID, AdminsOnly: true}, Data: map[string]any{"post": post, "delete_by": by}},
	}
}

// MultipleChannelsViewed tells an account which of its channels it has read, and up to when.
func MultipleChannelsViewed(userID string, times map[string]int64) Event {
	return Event{Name: "multiple_channels_viewed", To: Audience{UserID: userID}, Data: map[string]any{"channel_times": times}}
}

// PostUnread tells an account from which post on it has not read a channel.
func PostUnread(u *model.ChannelUnreadAt, postID string) Event {
	return Event{Name: "post_unread", To: Audience{UserID: u.UserID, TeamID: u.TeamID, ChannelID: u.ChannelID}, Data: map[string]any{
		"msg_count": u.MsgCount, "msg_count_root": u.MsgCountRoot, "mention_count": u.MentionCount, "mention_count_root": u.MentionCountRoot,
		"urgent_mention_count": u.UrgentMentionCount, "last_viewed_at": u.LastViewedAt, "post_id": postID,
	}}
}

// EphemeralMessage shows a post to one account that nobody stored.
func EphemeralMessage(p model.PostView, userID string) Event {
	return Event{Name: "ephemeral_message", To: Audience{UserID: userID, ChannelID: p.ChannelID}, Data: map[string]any{"post": text(p)}}
}

// AckAdded tells the members of a channel that somebody acknowledged a post.
func AckAdded(a model.PostAck, channelID string) Event {
	return Event{Name: "post_acknowledgement_added", To: Audience{ChannelID: channelID}, Data: map[string]any{"acknowledgement": text(a)}}
}

// AckRemoved tells the members of a channel that somebody took an acknowledgement back.
func AckRemoved(a model.PostAck, channelID string) Event {
	return Event{Name: "post_acknowledgement_removed", To: Audience{ChannelID: channelID}, Data: map[string]any{"acknowledgement": text(a)}}
}

// ReactionAdded tells the members of a channel that somebody reacted to a post.
func ReactionAdded(r model.Reaction) Event {
	return Event{Name: "reaction_added", To: Audience{ChannelID: r.ChannelID}, Data: map[string]any{"reaction": text(r)}}
}

// ReactionRemoved tells the members of a channel that somebody took a reaction back.
func ReactionRemoved(r model.Reaction, channelID string) Event {
	return Event{Name: "reaction_removed", To: Audience{ChannelID: channelID}, Data: map[string]any{"reaction": text(r)}}
}
