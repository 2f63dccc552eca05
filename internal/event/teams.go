package event

import (
	"encoding/json"

	"muster/internal/model"
)

// text is the JSON of a value as the string in which some events carry it.
func text(v any) string {
	b, _ := json.Marshal(v) // everything an event carries has a JSON form
	return string(b)
}

// AddedToTeam tells an account that it is in a team now.
func AddedToTeam(teamID, userID string) Event {
	return Event{
		Name: "added_to_team", Data: map[string]any{"team_id": teamID, "user_id": userID},
		To: Audience{UserID: userID}, Stale: Stale{MembershipsOf: []string{userID}},
	}
}

// LeftTeam tells a team, and the account itself, that the account is no longer in it.
func LeftTeam(teamID, userID string) []Event {
	data := map[string]any{"user_id": userID, "team_id": teamID}
	return []Event{
		{
			Name: "leave_team", Data: data, To: Audience{TeamID: teamID, OmitUsers: []string{userID}, About: userID},
			Stale: Stale{MembershipsOf: []string{userID}},
		},
		{Name: "leave_team", Data: data, To: Audience{UserID: userID}},
	}
}

// The events about a team that carry it.
const (
	TeamUpdated       = "update_team"
	TeamDeleted       = "delete_team"
	TeamRestored      = "restore_team"
	TeamSchemeUpdated = "update_team_scheme"
)

// TeamChanged tells the members of a team what became of it. Nobody gets its guarded fields.
func TeamChanged(name string, t *model.Team) Event {
	return Event{Name: name, Data: map[string]any{"team": text(t.View(model.TeamRights{}))}, To: Audience{TeamID: t.ID}}
}

// MemberRoleUpdated tells an account that it may do something else in a team.
func MemberRoleUpdated(m *model.TeamMember) Event {
	return Event{Name: "memberrole_updated", Data: map[string]any{"member": text(m)}, To: Audience{UserID: m.UserID}}
}

// UserAdded tells a channel, the account included, that the account is in it now.
func UserAdded(c *model.Channel, userID string) Event {
	return Event{
		Name: "user_added", Data: map[string]any{"user_id": userID, "team_id": c.TeamID},
		To: Audience{ChannelID: c.ID}, Stale: Stale{MembershipsOf: []string{userID}},
	}
}

// UserRemoved tells a channel, and the account itself, that the account is no longer in it.
func UserRemoved(c *model.Channel, userID, removerID string) []Event {
	return []Event{
		{
			Name: "user_removed", Data: map[string]any{"user_id": userID, "remover_id": removerID},
			To: Audience{ChannelID: c.ID}, Stale: Stale{MembershipsOf: []string{userID}},
		},
		{Name: "user_removed", Data: map[string]any{"channel_id": c.ID, "remover_id": removerID}, To: Audience{UserID: userID}},
	}
}

// GuestsDeactivated tells everybody that guests are no longer let in.
func GuestsDeactivated() Event { return Event{Name: "guests_deactivated", Data: map[string]any{}} }
