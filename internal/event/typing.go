package event

// Typing tells a channel that somebody writes there; parentID is the thread, if any.
func Typing(userID, channelID, parentID string) Event {
	return Event{
		Name: "typing", Data: map[string]any{"user_id": userID, "parent_id": parentID},
		To: Audience{ChannelID: channelID, OmitUsers: []string{userID}},
	}
}
