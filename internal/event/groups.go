package event

// ReceivedGroup tells everybody that a group was made or changed; group is its JSON, counted
// the same with the number of members, of whom guests need not know.
func ReceivedGroup(group, counted string) []Event {
	return []Event{
		{Name: "received_group", Data: map[string]any{"group": counted}, To: Audience{NoGuests: true}},
		{Name: "received_group", Data: map[string]any{"group": group}, To: Audience{GuestsOnly: true}},
	}
}

// GroupMemberAdded tells an account that it is in a group now; member is the place in JSON.
func GroupMemberAdded(userID, member string) Event {
	return Event{Name: "group_member_add", Data: map[string]any{"group_member": member}, To: Audience{UserID: userID}}
}

// GroupMemberRemoved tells an account that it is no longer in a group; member is the place in JSON.
func GroupMemberRemoved(userID, member string) Event {
	return Event{Name: "group_member_deleted", Data: map[string]any{"group_member": member}, To: Audience{UserID: userID}}
}

// GroupTied tells a team or channel (kind) that a group was tied to it, or is so no more.
func GroupTied(kind, groupID, placeID string, tied bool) Event {
	e := Event{Name: "received_group_associated_to_" + kind, Data: map[string]any{"group_id": groupID}}
	if !tied {
		e.Name = "received_group_not_associated_to_" + kind
	}
	if kind == "team" {
		e.To.TeamID = placeID
	} else {
		e.To.ChannelID = placeID
	}
	return e
}
