package event

import "muster/internal/model"

// UserUpdated tells everybody that an account changed: administrators, all
// others, and the account itself each get their own view of it.
func UserUpdated(u *model.User, p model.Privacy) []Event {
	view := func(v model.View, to Audience) Event {
		return Event{Name: "user_updated", Data: map[string]any{"user": u.View(v, p)}, To: to}
	}
	admins := view(model.ViewAdmin, Audience{OmitUsers: []string{u.ID}, AdminsOnly: true, About: u.ID})
	admins.Stale = Stale{Users: []string{u.ID}, Lists: true}
	return []Event{
		admins,
		view(model.ViewOther, Audience{OmitUsers: []string{u.ID}, OthersOnly: true, About: u.ID}),
		view(model.ViewSelf, Audience{UserID: u.ID}),
	}
}

// PictureChanged tells everybody, the account included, that its picture is another.
func PictureChanged(u *model.User, p model.Privacy) Event {
	return Event{
		Name: "user_updated", Data: map[string]any{"user": u.View(model.ViewOther, p)},
		To: Audience{About: u.ID}, Stale: Stale{Users: []string{u.ID}},
	}
}

// NewUser tells everybody that an account was made.
func NewUser(userID string) Event {
	return Event{
		Name: "new_user", Data: map[string]any{"user_id": userID}, To: Audience{About: userID},
		Stale: Stale{Users: []string{userID}, Lists: true},
	}
}

// UserRoleUpdated tells an account that its roles are others.
func UserRoleUpdated(userID, roles string) Event {
	return Event{
		Name: "user_role_updated", Data: map[string]any{"user_id": userID, "roles": roles},
		To: Audience{UserID: userID}, Stale: Stale{Users: []string{userID}, Lists: true},
	}
}

// UserActivationStatusChange tells everybody that some account was switched on or off.
func UserActivationStatusChange() Event {
	return Event{Name: "user_activation_status_change", Data: map[string]any{}}
}

// StatusChanged is the name of what StatusChange tells.
const StatusChanged = "status_change"

// StatusChange tells an account its own presence.
func StatusChange(userID, status string) Event {
	return Event{
		Name: StatusChanged, Data: map[string]any{"user_id": userID, "status": status},
		To: Audience{UserID: userID},
	}
}

// StatusFound is StatusChange for a presence nobody chose: whoever is off line by it, but has a
// socket on another node, is not.
func StatusFound(userID, status string) Event {
	e := StatusChange(userID, status)
	if status == model.StatusOffline {
		e.Stale.Left = userID
	}
	return e
}

// UsersStale makes caches forget accounts; nobody else is told.
func UsersStale(userIDs ...string) Event { return Event{Stale: Stale{Users: userIDs}} }

// SessionsEnded makes caches and sockets forget every session of the accounts;
// those that still exist are read again.
func SessionsEnded(userIDs ...string) Event { return Event{Stale: Stale{SessionsOf: userIDs}} }

// AllSessionsEnded makes caches and sockets forget every session.
func AllSessionsEnded() Event { return Event{Stale: Stale{AllSessions: true}} }

// UserGone makes caches forget an account that was removed for good.
func UserGone(userID string) Event {
	return Event{Stale: Stale{Users: []string{userID}, SessionsOf: []string{userID}, Lists: true, Gone: true}}
}

// RolesStale makes caches forget the definitions of roles.
func RolesStale() Event { return Event{Stale: Stale{Roles: true}} }

// RoleUpdated tells people that a role grants something else; [RolesStale] goes before it.
func RoleUpdated(role *model.Role, to Audience) Event {
	return Event{Name: "role_updated", Data: map[string]any{"role": text(role)}, To: to}
}

// PreferencesChanged tells an account which of its settings were stored; preferences is their JSON.
func PreferencesChanged(userID, preferences string) Event {
	return Event{Name: "preferences_changed", Data: map[string]any{"preferences": preferences}, To: Audience{UserID: userID}}
}

// PreferencesDeleted tells an account which of its settings were removed; preferences is their JSON.
func PreferencesDeleted(userID, preferences string) Event {
	return Event{Name: "preferences_deleted", Data: map[string]any{"preferences": preferences}, To: Audience{UserID: userID}}
}

// ConfigChanged tells everybody the new client configuration.
func ConfigChanged(client map[string]string) Event {
	return Event{Name: "config_changed", Data: map[string]any{"config": client}}
}

// ListsStale makes caches forget an account and its place on lists; nobody else is told.
func ListsStale(userID string) Event {
	return Event{Stale: Stale{Users: []string{userID}, Lists: true}}
}

// TermsChanged tells the nodes that other terms of service are in force.
func TermsChanged(termsID string) Event {
	return Event{Stale: Stale{Terms: termsID}}
}

// MembershipsStale makes sockets forget in which teams and channels the accounts are;
// nobody else is told.
func MembershipsStale(userIDs ...string) Event {
	return Event{Stale: Stale{MembershipsOf: userIDs}}
}

// Busy makes every node refuse what can wait until a time, 0 to end that.
func Busy(until int64) Event { return Event{Stale: Stale{BusyUntil: &until}} }

// Lost makes caches and sockets of this node forget everything: it was cut off
// from the others and missed what they announced.
func Lost() Event { return Event{Stale: Stale{Everything: true}} }
