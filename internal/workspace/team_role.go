package workspace

import (
	"context"
	"strings"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// UpdateTeamMemberRoles replaces what somebody is in a team by a list of role names. Those
// that the team gives by flags become flags; others must grant nothing that the actor
// lacks there.
func (s *Service) UpdateTeamMemberRoles(ctx context.Context, a perm.Actor, teamID, userID, roles string) error {
	if !validMemberRoles(roles) {
		return fault.Body("team_member_roles")
	}
	return s.changeTeamMember(ctx, a, teamID, userID, func(tx *store.Tx, t *store.TeamAccess, m *model.TeamMember) error {
		named, err := tx.TeamRoleNames(ctx, teamID)
		if err != nil {
			return err
		}
		given, err := s.readMemberRoles(roles, named, teamRoleFaults)
		if err != nil {
			return err
		}
		if err := given.check(m.SchemeGuest, teamRoleFaults); err != nil {
			return err
		}
		if err := a.NeedToCover(given.explicit, t.Roles); err != nil {
			return err
		}
		m.ExplicitRoles, m.SchemeUser, m.SchemeAdmin = given.explicit, given.user, given.admin
		return nil
	})
}

// validMemberRoles tells whether a list of roles can be one of a membership. None at all is
// well-formed: it is refused later, for what it would leave.
func validMemberRoles(roles string) bool {
	return strings.TrimSpace(roles) == "" || perm.ValidRoleNames(roles) == nil
}

// memberRoles is what a list of role names makes of a membership.
type memberRoles struct {
	explicit           string
	guest, user, admin bool
}

// readMemberRoles sorts role names into flags and explicit roles. A role that flags stand
// for must be one of those of the place.
func (s *Service) readMemberRoles(roles string, named model.SchemeRoles, ids roleFaults) (out memberRoles, err error) {
	known, err := s.Accounts.Roles()
	if err != nil {
		return out, err
	}
	var explicit []string
	for name := range perm.RoleNames(roles) {
		role := known.Named(name)
		switch {
		case role == nil || role.DeleteAt != 0:
			return out, fault.New(fault.Invalid, "app.role.get_by_name.app_error")
		case !role.SchemeManaged:
			explicit = append(explicit, name)
		case name == named.Admin:
			out.admin = true
		case name == named.User:
			out.user = true
		case name == named.Guest:
			out.guest = true
		default:
			return out, fault.New(fault.Invalid, ids.foreign)
		}
	}
	out.explicit = strings.Join(explicit, " ")
	return out, nil
}

// check refuses flags that cannot be together, or that would make a guest of a member.
func (r memberRoles) check(guest bool, ids roleFaults) error {
	switch {
	case r.guest && r.user:
		return fault.New(fault.Invalid, ids.both)
	case r.guest != guest:
		return fault.New(fault.Invalid, ids.changed)
	case !r.guest && !r.user:
		return fault.New(fault.Invalid, ids.neither)
	}
	return nil
}

// roleFaults are the documented ids for flags that cannot be, from a list of names and as flags.
type roleFaults struct{ foreign, both, changed, neither, guest, userAndGuest string }

var (
	teamRoleFaults = roleFaults{
		foreign:      "api.channel.update_team_member_roles.scheme_role.app_error",
		both:         "api.team.update_team_member_roles.guest_and_user.app_error",
		changed:      "api.channel.update_team_member_roles.changing_guest_role.app_error",
		neither:      "api.team.update_team_member_roles.unset_user_scheme.app_error",
		guest:        "api.team.update_team_member_roles.guest.app_error",
		userAndGuest: "api.team.update_team_member_roles.user_and_guest.app_error",
	}
	channelRoleFaults = roleFaults{
		foreign:      "api.channel.update_channel_member_roles.scheme_role.app_error",
		both:         "api.channel.update_channel_member_roles.guest_and_user.app_error",
		changed:      "api.channel.update_channel_member_roles.changing_guest_role.app_error",
		neither:      "api.channel.update_channel_member_roles.unset_user_scheme.app_error",
		guest:        "api.channel.update_channel_member_roles.guest.app_error",
		userAndGuest: "api.channel.update_channel_member_roles.user_and_guest.app_error",
	}
)

// Flags are what a membership is by the scheme of its place.
type Flags struct {
	Admin bool `json:"scheme_admin"`
	User  bool `json:"scheme_user"`
	Guest bool `json:"scheme_guest"`
}

// check refuses flags that would make a guest of a member or change a guest, or leave nothing.
func (f Flags) check(guest bool, ids roleFaults) error {
	switch {
	case guest:
		return fault.New(fault.Invalid, ids.guest)
	case f.Guest:
		return fault.New(fault.Invalid, ids.userAndGuest)
	case !f.User:
		return fault.New(fault.Invalid, ids.neither)
	}
	return nil
}

// UpdateTeamMemberFlags makes a member of a team its admin, or takes that back.
func (s *Service) UpdateTeamMemberFlags(ctx context.Context, a perm.Actor, teamID, userID string, f Flags) error {
	return s.changeTeamMember(ctx, a, teamID, userID, func(_ *store.Tx, _ *store.TeamAccess, m *model.TeamMember) error {
		if err := f.check(m.SchemeGuest, teamRoleFaults); err != nil {
			return err
		}
		m.SchemeAdmin = f.Admin
		return nil
	})
}

// changeTeamMember lets somebody who manages roles in a team change what a member is, and
// tells the member.
func (s *Service) changeTeamMember(ctx context.Context, a perm.Actor, teamID, userID string,
	change func(*store.Tx, *store.TeamAccess, *model.TeamMember) error,
) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		t, err := account.InTeam(ctx, tx.Q, a, teamID, perm.ManageTeamRoles)
		if err != nil {
			return err
		}
		missing := fault.New(fault.NotFound, "app.team.get_member.missing.app_error")
		m, err := tx.LockTeamMember(ctx, teamID, userID)
		if err != nil {
			return store.Fault(err, "app.team.get_member.app_error", missing)
		}
		if m.DeleteAt != 0 {
			return missing
		}
		if err := change(tx, t, m); err != nil {
			return err
		}
		if err := tx.SaveTeamMember(ctx, m); err != nil {
			return err
		}
		if m, err = tx.TeamMember(ctx, teamID, userID); err != nil {
			return err
		}
		tx.Emit(event.MemberRoleUpdated(m))
		return nil
	})
	return store.Fault(err, "app.team.save_member.save.app_error")
}
