package event

import (
	"encoding/json"

	"muster/internal/model"
)

// Posted tells the members of a channel that something was written there; senderName
// is the name of its author.
func Posted(p model.PostView, c *model.Channel, senderName string, setOnline bool) Event {
	post, _ := json.Marshal(p) // a post always has a JSON form
	return Event{Name: "posted", To: Audience{ChannelID: c.ID}, Data: map[string]any{
		"post": string(post), "channel_type": c.Type, "channel_display_name": c.DisplayName, "channel_name": c.Name,
		"sender_name": "@" + senderName, "team_id": c.TeamID, "set_online": setOnline,
	}}
}
