package perm

import (
	"slices"

	"muster/internal/fault"
)

// CheckRolePatch decides whether the actor may replace the permissions of a role. In
// this order: the right to change permissions at all, no touching of the permissions
// that decide who rules the system (501), the right to change this kind of role,
// nothing above the actor's own level, known ids only (400).
func CheckRolePatch(a Actor, role Role, next []Permission) error {
	if err := a.Need(patchPermission(role.Name)); err != nil {
		return err
	}
	for _, p := range fixedPermissions {
		if slices.Contains(role.Permissions, p) != slices.Contains(next, p) {
			return fault.New(fault.Unavailable, "api.roles.patch_roles.not_allowed_permission.error")
		}
	}
	if err := a.Need(kindPermission(role.Name)); err != nil {
		return err
	}
	if !a.IsAdmin() {
		if err := a.needPatchLevel(role, next); err != nil {
			return err
		}
	}
	if !KnownAll(next) {
		return fault.New(fault.Invalid, "app.role.save.invalid_role.app_error")
	}
	return nil
}

// KnownAll tells whether a role may list all of the permissions.
func KnownAll(list []Permission) bool {
	return !slices.ContainsFunc(list, func(p Permission) bool { return !Known(p) })
}

// Unique returns the permissions without repetitions, in the order in which they
// first occur, never nil: the form in which the list of a role is stored. The argument
// is not changed.
func Unique(list []Permission) []Permission {
	out := make([]Permission, 0, len(list))
	seen := make(map[Permission]bool, len(list))
	for _, p := range list {
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// fixedPermissions decide who rules the system. No patch adds or removes them.
var fixedPermissions = [...]Permission{
	SysconsoleWriteUserManagementSystemRoles, SysconsoleReadUserManagementSystemRoles,
	ManageRoles, ManageSystem,
}

// patchPermission is what any patch of the role needs.
func patchPermission(name string) Permission {
	if name == RoleSystemAdmin || IsManagerRole(name) {
		return ManageSystem
	}
	return SysconsoleWriteUserManagementPermissions
}

// kindPermission is what a patch of this kind of role needs on top.
func kindPermission(name string) Permission {
	if name == RoleSystemUser || name == RoleSystemGuest || isMembershipRole(name) {
		return SysconsoleWriteUserManagementPermissions
	}
	return SysconsoleWriteUserManagementSystemRoles
}

// isMembershipRole tells whether the built-in role comes with being in a team, a
// channel, a playbook or a run, and is held only there.
func isMembershipRole(name string) bool {
	switch name {
	case RoleTeamAdmin, RoleTeamUser, RoleTeamGuest,
		RoleChannelAdmin, RoleChannelUser, RoleChannelGuest,
		RolePlaybookAdmin, RolePlaybookMember, RoleRunAdmin, RoleRunMember:
		return true
	}
	return false
}

// needPatchLevel keeps actors from raising themselves through a role they hold: only
// who has a permission adds it. In a membership role that goes for system permissions
// alone, because there shaping the rest for others is what the patch is for.
func (a Actor) needPatchLevel(role Role, next []Permission) error {
	for _, p := range next {
		if a.Can(p) || !Known(p) || slices.Contains(role.Permissions, p) {
			continue
		}
		scope, _ := ScopeOf(p)
		if scope == ScopeSystem || !isMembershipRole(role.Name) {
			return a.refuse(p)
		}
	}
	return nil
}
