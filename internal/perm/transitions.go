package perm

import (
	"slices"
	"strings"

	"muster/internal/fault"
)

// level is what a stored role string makes of an account.
type level uint8

const (
	guest level = iota
	member
	admin
)

// deed is the way in which the roles of an account are changed.
type deed uint8

const (
	assign deed = iota
	promote
	demote
)

// rule is what every change by one deed has in common.
type rule struct {
	need       Permission
	impossible string // answer when the account has no transition by this deed
}

var rules = map[deed]rule{
	assign:  {need: ManageRoles},
	promote: {PromoteGuest, "api.user.promote_guest_to_user.no_guest.app_error"},
	demote:  {DemoteToGuest, "api.user.demote_user_to_guest.already_guest.app_error"},
}

// transition is a change of level by a deed.
type transition struct {
	deed     deed
	from, to level
}

// leave says who may bring a transition about. The zero value is nobody.
type leave uint8

const (
	byRight leave = iota + 1 // whoever has what the rule needs
	byAdmin                  // only with ManageSystem on top
)

// transitions are the changes that exist; assigning can bring about any.
var transitions = map[transition]leave{
	{assign, guest, guest}:   byRight,
	{assign, guest, member}:  byRight,
	{assign, guest, admin}:   byAdmin,
	{assign, member, guest}:  byRight,
	{assign, member, member}: byRight,
	{assign, member, admin}:  byAdmin,
	{assign, admin, guest}:   byAdmin,
	{assign, admin, member}:  byAdmin,
	{assign, admin, admin}:   byAdmin,
	{promote, guest, member}: byRight,
	{demote, member, guest}:  byRight,
	{demote, admin, guest}:   byAdmin,
}

// CheckRoleChange decides whether the actor may replace the role string of an account.
// It needs ManageRoles, and ManageSystem wherever system_admin is or will be. Besides,
// nobody edits above their own level: without ManageSystem an actor must itself hold
// everything the account may do before and after. The faults are body:roles and a
// refusal that names the permission. That the roles exist and that an admin remains is
// checked where the rows are.
func CheckRoleChange(a Actor, current, next string) error {
	if err := ValidRoleNames(next); err != nil {
		return err
	}
	return a.needTransition(assign, current, next)
}

// Promote gives the role string of a guest who becomes a member: system_guest gives
// way to system_user, other roles stay. It needs PromoteGuest and the actor's level;
// somebody who is no guest is answered with a documented 501.
func Promote(a Actor, current string) (string, error) {
	var names []string
	for name := range RoleNames(current) {
		if name == RoleSystemGuest {
			name = RoleSystemUser
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	next := strings.Join(names, " ")
	if err := a.needTransition(promote, current, next); err != nil {
		return "", err
	}
	return next, nil
}

// Demote gives the role string of a member who becomes a guest: all other roles are
// lost. It needs DemoteToGuest and the actor's level, and ManageSystem for a system
// admin; a guest is answered with a documented 501.
func Demote(a Actor, current string) (string, error) {
	if err := a.needTransition(demote, current, RoleSystemGuest); err != nil {
		return "", err
	}
	return RoleSystemGuest, nil
}

// needTransition is the one place where a change of system roles is decided.
func (a Actor) needTransition(d deed, current, next string) error {
	r := rules[d]
	if err := a.Need(r.need); err != nil {
		return err
	}
	switch transitions[transition{d, levelOf(current), levelOf(next)}] {
	case byRight:
	case byAdmin:
		if err := a.Need(ManageSystem); err != nil {
			return err
		}
	default:
		return fault.New(fault.Unavailable, r.impossible)
	}
	if !a.covers(current) || !a.covers(next) {
		return a.refuse(ManageSystem)
	}
	return nil
}

// covers tells whether the actor itself holds everything the roles grant. Background
// actors have no level: what they may do stands in the program.
func (a Actor) covers(roles string) bool {
	if a.System != "" || a.IsAdmin() {
		return true
	}
	granted := a.grants.union(roles)
	return a.granted.contains(&granted)
}

// levelOf reads the level from a stored role string.
func levelOf(roles string) level {
	switch {
	case IsSystemAdmin(roles):
		return admin
	case IsSystemGuest(roles):
		return guest
	}
	return member
}
