package perm

import "slices"

// Names of the built-in roles.
const (
	RoleSystemAdmin             = "system_admin"
	RoleSystemUser              = "system_user"
	RoleSystemGuest             = "system_guest"
	RoleTeamAdmin               = "team_admin"
	RoleTeamUser                = "team_user"
	RoleTeamGuest               = "team_guest"
	RoleChannelAdmin            = "channel_admin"
	RoleChannelUser             = "channel_user"
	RoleChannelGuest            = "channel_guest"
	RoleSystemPostAll           = "system_post_all"
	RoleSystemPostAllPublic     = "system_post_all_public"
	RoleTeamPostAll             = "team_post_all"
	RoleTeamPostAllPublic       = "team_post_all_public"
	RoleSystemUserAccessToken   = "system_user_access_token"
	RoleSystemCustomGroupAdmin  = "system_custom_group_admin"
	RoleCustomGroupUser         = "custom_group_user"
	RoleSharedChannelManager    = "shared_channel_manager"
	RoleSecureConnectionManager = "secure_connection_manager"
	RolePlaybookAdmin           = "playbook_admin"
	RolePlaybookMember          = "playbook_member"
	RoleRunAdmin                = "run_admin"
	RoleRunMember               = "run_member"
	RoleSystemUserManager       = "system_user_manager"
	RoleSystemManager           = "system_manager"
	RoleSystemReadOnlyAdmin     = "system_read_only_admin"
)

// Role is a named list of permissions.
type Role struct {
	Name          string
	DisplayName   string // translation key
	Description   string // translation key
	SchemeManaged bool   // assigned through the flags of a membership, not by name
	BuiltIn       bool
	DeleteAt      int64 // milliseconds; unless it is 0 the role grants nothing
	Permissions   []Permission
}

// BuiltIn returns the roles of a new installation with the permissions they start
// with; the caller owns them.
func BuiltIn() []Role {
	admin := schemeRole(RoleSystemAdmin, All()...)
	roles := slices.Concat([]Role{admin}, builtInRoles, managerRoles)
	for i := range roles {
		roles[i].Permissions = slices.Clone(roles[i].Permissions)
	}
	return roles
}

// IsManagerRole tells whether the role is one of those that hand parts of the system
// console to people who are not system admins. Only an admin may change their lists.
func IsManagerRole(name string) bool {
	switch name {
	case RoleSystemUserManager, RoleSystemReadOnlyAdmin, RoleSystemManager,
		RoleSharedChannelManager, RoleSecureConnectionManager:
		return true
	}
	return false
}

// namedRole is a built-in role that is assigned by its name.
func namedRole(name string, permissions ...Permission) Role {
	key := name
	switch name {
	case RoleSystemAdmin:
		key = "global_admin"
	case RoleSystemUser:
		key = "global_user"
	case RoleSystemGuest:
		key = "global_guest"
	}
	return Role{
		Name:        name,
		DisplayName: "authentication.roles." + key + ".name",
		Description: "authentication.roles." + key + ".description",
		BuiltIn:     name != RoleCustomGroupUser, // the documented exception
		Permissions: permissions,
	}
}

// schemeRole is a built-in role that follows from the flags of a user or a membership.
func schemeRole(name string, permissions ...Permission) Role {
	r := namedRole(name, permissions...)
	r.SchemeManaged = true
	return r
}
