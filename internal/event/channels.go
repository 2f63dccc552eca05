package event

import (
	"slices"

	"muster/internal/model"
)

// ChannelCreated tells whoever made a channel that it is there.
func ChannelCreated(c *model.Channel) Event {
	return Event{Name: "channel_created", Data: map[string]any{"channel_id": c.ID, "team_id": c.TeamID}, To: Audience{UserID: c.CreatorID}}
}

// DirectAdded tells both people of a new direct channel about it.
func DirectAdded(c *model.Channel, teammateID string, members []string) Event {
	return Event{
		Name: "direct_added", Data: map[string]any{"creator_id": c.CreatorID, "teammate_id": teammateID},
		To: Audience{ChannelID: c.ID}, Stale: Stale{MembershipsOf: members, Lists: true},
	}
}

// GroupAdded tells each member of a new group channel about it.
func GroupAdded(c *model.Channel, members []string) []Event {
	data := map[string]any{"teammate_ids": text(members)}
	out := make([]Event, len(members))
	for i, id := range members {
		out[i] = Event{Name: "group_added", Data: data, To: Audience{UserID: id, ChannelID: c.ID}}
	}
	out[0].Stale = Stale{MembershipsOf: members, Lists: true}
	return out
}

// ChannelUpdated tells a channel that it is another.
func ChannelUpdated(c *model.Channel) Event {
	return Event{Name: "channel_updated", Data: map[string]any{"channel": text(c)}, To: Audience{ChannelID: c.ID}}
}

// ChannelConverted tells a team that a channel of its became private or open.
func ChannelConverted(c *model.Channel) []Event {
	return toTeam(c, Event{Name: "channel_converted", Data: map[string]any{"channel_id": c.ID}})
}

// ChannelSchemeUpdated tells a channel that its memberships stand for other roles.
func ChannelSchemeUpdated(c *model.Channel) Event {
	return Event{Name: "channel_scheme_updated", Data: map[string]any{}, To: Audience{ChannelID: c.ID}}
}

// toTeam gives the copies of an event about an open channel: its team hears of it, and of
// guests those who are in the channel. What is stale goes with the last.
func toTeam(c *model.Channel, e Event) []Event {
	team, guests := e, e
	team.To, team.Stale = Audience{TeamID: c.TeamID, NoGuests: true}, Stale{}
	guests.To = Audience{ChannelID: c.ID, TeamID: c.TeamID, GuestsOnly: true}
	return []Event{team, guests}
}

// toKnowers gives the copies of an event about a channel that came or went for those who know of
// it: its team when it is open, else its members.
func toKnowers(c *model.Channel, e Event) []Event {
	if c.Type == model.ChannelOpen {
		return toTeam(c, e)
	}
	e.To = Audience{ChannelID: c.ID}
	return []Event{e}
}

// ChannelDeleted tells that a channel is archived.
func ChannelDeleted(c *model.Channel) []Event {
	return toKnowers(c, Event{
		Name: "channel_deleted", Data: map[string]any{"channel_id": c.ID, "delete_at": c.DeleteAt},
		Stale: Stale{Closed: []string{c.ID}},
	})
}

// ChannelRestored tells that a channel is no longer archived.
func ChannelRestored(c *model.Channel) []Event {
	return toKnowers(c, Event{Name: "channel_restored", Data: map[string]any{"channel_id": c.ID}, Stale: Stale{Opened: []string{c.ID}}})
}

// ChannelMemberUpdated tells an account that its place in a channel is another.
func ChannelMemberUpdated(m *model.ChannelMember) Event {
	return Event{Name: "channel_member_updated", Data: map[string]any{"channelMember": text(m)}, To: Audience{UserID: m.UserID}}
}

// MembersAdded tells the members of a channel, and each newcomer, who is in it now.
func MembersAdded(c *model.Channel, userIDs []string) []Event {
	out := make([]Event, 0, 2*len(userIDs))
	for _, id := range userIDs {
		data := map[string]any{"user_id": id, "team_id": c.TeamID}
		out = append(out, Event{Name: "user_added", Data: data, To: Audience{ChannelID: c.ID, OmitUsers: []string{id}}},
			Event{Name: "user_added", Data: data, To: Audience{UserID: id, ChannelID: c.ID}})
	}
	if len(out) > 0 {
		out[0].Stale = Stale{MembershipsOf: slices.Clone(userIDs), Lists: true}
	}
	return out
}

// The events about the sidebar of an account in a team; the data is what changed.
const (
	CategoryCreated = "sidebar_category_created"
	CategoryDeleted = "sidebar_category_deleted"
	CategoryUpdated = "sidebar_category_updated"
	CategoryOrder   = "sidebar_category_order_updated"
)

func sidebar(name, userID, teamID, key string, value any) Event {
	return Event{Name: name, Data: map[string]any{key: value}, To: Audience{UserID: userID, TeamID: teamID}}
}

// CategoryCame tells an account's other clients of a new category, or of one that is gone.
func CategoryCame(name string, c *model.Category) Event {
	return sidebar(name, c.UserID, c.TeamID, "category_id", c.ID)
}

// CategoriesUpdated tells an account's other clients how categories look now.
func CategoriesUpdated(userID, teamID string, list []*model.Category) Event {
	return sidebar(CategoryUpdated, userID, teamID, "updatedCategories", text(list))
}

// CategoriesOrdered tells an account's other clients the order of its categories.
func CategoriesOrdered(userID, teamID string, order []string) Event {
	return sidebar(CategoryOrder, userID, teamID, "order", order)
}

// FavoritesChanged tells an account's other clients that preferences moved channels between categories.
func FavoritesChanged(userID string) Event {
	return Event{Name: CategoryUpdated, Data: map[string]any{}, To: Audience{UserID: userID}}
}

// ChannelThreadsRead tells an account's clients that it read all threads of a channel.
func ChannelThreadsRead(userID, channelID string, at int64) Event {
	return Event{Name: "thread_read_changed", Data: map[string]any{"timestamp": at}, To: Audience{UserID: userID, ChannelID: channelID}}
}
