package event

import "muster/internal/model"

// SystemPosted is Posted for what the server itself writes about an author.
func SystemPosted(p model.PostView, c *model.Channel, author string) Event {
	e := Posted(p, c, author, true)
	e.Data["sender_name"] = "System"
	return e
}
