package perm

import "muster/internal/fault"

// Actor is the party on whose behalf something is done. The zero Actor may do
// nothing. The gate fills one in from the session and lets Grants.Resolve add the
// rights; changing Roles later has no effect until it is resolved again.
type Actor struct {
	UserID    string
	SessionID string
	IP        string
	UserAgent string
	Path      string // request path, for the access history
	Roles     string // names of the system roles, separated by blanks
	System    string // name of a background actor, empty for everybody else
	Local     bool   // unrestricted session of local mode; UserID is empty
	IsOAuth   bool   // the session belongs to an OAuth application
	IsBot     bool
	IsGuest   bool

	granted set     // what the system roles grant, or what a background actor was given
	grants  *Grants // the snapshot in which membership roles are looked up
}

// Background makes the named actor of work that no session asked for. It holds the
// given permissions and no roles. A missing name or an unknown permission is a
// mistake in the program and panics.
func Background(name string, permissions ...Permission) Actor {
	if name == "" {
		panic("perm: background actor without a name")
	}
	for _, p := range permissions {
		if !Known(p) {
			panic("perm: background actor " + name + " with unknown permission " + string(p))
		}
	}
	return Actor{System: name, granted: setOf(permissions)}
}

// Can is the system check: do the system roles of the actor grant the permission?
func (a Actor) Can(p Permission) bool {
	return a.Local || a.granted.has(p)
}

// CanWith is the check inside a team or group: does a membership role or a system
// role grant the permission? Each scoped string holds the roles of one membership;
// it is empty for somebody who is no member or has left.
func (a Actor) CanWith(p Permission, scoped ...string) bool {
	if a.Local {
		return true
	}
	f, ok := facts[p]
	if !ok {
		return false
	}
	if a.granted.hasBit(f.bit) {
		return true
	}
	for _, roles := range scoped {
		if a.grants.allowsBit(roles, f.bit) {
			return true
		}
	}
	return false
}

// CanInChannel is the check inside a channel: the roles there, the roles in its team
// (empty for direct and group channels), the system roles, or ManageSystem, which
// opens every channel that exists.
func (a Actor) CanInChannel(p Permission, channelRoles, teamRoles string) bool {
	return a.CanWith(p, channelRoles, teamRoles) || a.IsAdmin()
}

// Need refuses an actor whose system roles lack one of the permissions; the fault
// names those that are missing.
func (a Actor) Need(p Permission, more ...Permission) error {
	var missing []Permission
	if !a.Can(p) {
		missing = append(missing, p)
	}
	for _, m := range more {
		if !a.Can(m) {
			missing = append(missing, m)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return a.refuse(missing...)
}

// NeedIn is CanWith as a fault.
func (a Actor) NeedIn(p Permission, scoped ...string) error {
	if a.CanWith(p, scoped...) {
		return nil
	}
	return a.refuse(p)
}

// NeedInChannel is CanInChannel as a fault.
func (a Actor) NeedInChannel(p Permission, channelRoles, teamRoles string) error {
	if a.CanInChannel(p, channelRoles, teamRoles) {
		return nil
	}
	return a.refuse(p)
}

// NeedToCover refuses an actor who does not hold everything that the roles grant, by
// its system roles or those of a membership: nobody hands out more than they have.
func (a Actor) NeedToCover(roles string, scoped ...string) error {
	if a.IsAdmin() {
		return nil
	}
	wanted, held := a.grants.union(roles), a.granted
	for _, s := range scoped {
		more := a.grants.union(s)
		held.add(&more)
	}
	if held.contains(&wanted) {
		return nil
	}
	return a.refuse(ManageSystem)
}

// IsAdmin tells whether the actor may manage the system, as a local session may.
func (a Actor) IsAdmin() bool { return a.Can(ManageSystem) }

// refuse makes the fault that names the permissions. Its detail is for the log and
// developer mode, where the name of a background actor says more than no user id.
func (a Actor) refuse(permissions ...Permission) error {
	who := a.UserID
	if who == "" {
		who = a.System
	}
	ids := make([]string, len(permissions))
	for i, p := range permissions {
		ids[i] = string(p)
	}
	return fault.Permission(who, ids...)
}
