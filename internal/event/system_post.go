package event

import "muster/internal/model"

// SystemPosted is Posted for what the server itself writes.
func SystemPosted(p model.PostView, c *model.Channel) Event {
	e := Posted(p, c, "", true)
	e.Data["sender_name"] = "System"
	return e
}
