package perm_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/fault"
	"muster/internal/perm"
)

func TestCheckRolePatch(t *testing.T) {
	t.Parallel()
	const fixed = "api.roles.patch_roles.not_allowed_permission.error"
	const invalid = "app.role.save.invalid_role.app_error"
	const permissions, systemRoles = "sysconsole_write_user_management_permissions", "sysconsole_write_user_management_system_roles"
	admin, manager, member := user("u", "system_user system_admin"), user("u", "system_user system_manager"), user("u", "system_user")
	keeper := holder("u", perm.SysconsoleWriteUserManagementPermissions, perm.SysconsoleWriteUserManagementSystemRoles)
	for _, tc := range []struct {
		name    string
		actor   perm.Actor
		role    string
		add     []perm.Permission
		remove  []perm.Permission
		refusal string
		fault   string
	}{
		{name: "an admin shapes users", actor: admin, role: "system_user", add: []perm.Permission{perm.CreateBot}, remove: []perm.Permission{perm.CreateTeam}},
		{name: "an admin shapes a manager role", actor: admin, role: "system_manager", add: []perm.Permission{perm.ReadAudits}},
		{name: "an admin changes nothing in system_admin", actor: admin, role: "system_admin"},
		{name: "an admin shapes guests", actor: admin, role: "channel_guest", remove: []perm.Permission{perm.UploadFile}},
		{name: "an admin may store a deprecated id", actor: admin, role: "system_user", add: []perm.Permission{"manage_webhooks"}},
		{name: "an unknown id", actor: admin, role: "system_user", add: []perm.Permission{"nonsense"}, fault: invalid},
		{name: "nobody hands out manage_system", actor: admin, role: "system_user", add: []perm.Permission{perm.ManageSystem}, fault: fixed},
		{name: "nobody hands out manage_roles", actor: admin, role: "system_manager", add: []perm.Permission{perm.ManageRoles}, fault: fixed},
		{name: "nobody weakens system_admin in this", actor: admin, role: "system_admin", remove: []perm.Permission{perm.SysconsoleReadUserManagementSystemRoles}, fault: fixed},
		{name: "what is fixed comes before what is unknown", actor: admin, role: "system_user", add: []perm.Permission{"nonsense", perm.SysconsoleWriteUserManagementSystemRoles}, fault: fixed},

		{name: "a member patches nothing", actor: member, role: "channel_user", refusal: permissions},
		{name: "a member does not reach manager roles", actor: member, role: "system_manager", refusal: "manage_system"},
		{name: "a member is refused before anything is judged", actor: member, role: "system_user", add: []perm.Permission{perm.ManageSystem, "nonsense"}, refusal: permissions},

		{name: "a manager shapes channel members", actor: manager, role: "channel_user", add: []perm.Permission{perm.ManageChannelRoles}},
		{name: "a manager takes from users", actor: manager, role: "system_user", remove: []perm.Permission{perm.CreateTeam}},
		{name: "a manager gives users what it has", actor: manager, role: "system_user", add: []perm.Permission{perm.ListPrivateTeams}},
		{name: "a manager gives users no more than it has", actor: manager, role: "system_user", add: []perm.Permission{perm.EditOtherUsers}, refusal: "edit_other_users"},
		{name: "a manager does not open all posts through users", actor: manager, role: "system_user", add: []perm.Permission{perm.ReadChannelContent}, refusal: "read_channel_content"},
		{name: "a manager hides no system permission in a membership", actor: manager, role: "team_user", add: []perm.Permission{perm.EditOtherUsers}, refusal: "edit_other_users"},
		{name: "a manager and an unknown id", actor: manager, role: "channel_user", add: []perm.Permission{"nonsense"}, fault: invalid},
		{name: "a manager hands out no manage_system", actor: manager, role: "system_user", add: []perm.Permission{perm.ManageSystem}, fault: fixed},
		{name: "a manager does not patch itself", actor: manager, role: "system_manager", refusal: "manage_system"},
		{name: "a manager does not patch admins", actor: manager, role: "system_admin", refusal: "manage_system"},
		{name: "a manager does not patch other roles", actor: manager, role: "system_post_all", refusal: systemRoles},
		{name: "a keeper of system roles does", actor: keeper, role: "system_post_all", remove: []perm.Permission{perm.UploadFile}},
		{name: "a keeper adds only its own", actor: keeper, role: "system_post_all", add: []perm.Permission{perm.ReadChannel}, refusal: "read_channel"},
		{name: "a keeper does not patch managers", actor: keeper, role: "shared_channel_manager", refusal: "manage_system"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			role := builtIn(t, tc.role)
			next := slices.DeleteFunc(slices.Concat(role.Permissions, tc.add), func(p perm.Permission) bool { return slices.Contains(tc.remove, p) })
			err := perm.CheckRolePatch(tc.actor, role, next)
			if tc.fault == "" {
				wantRefusal(t, err, "u", tc.refusal)
				return
			}
			kind := map[string]fault.Kind{fixed: fault.Unavailable, invalid: fault.Invalid}[tc.fault]
			if !fault.Is(err, tc.fault) || fault.KindOf(err) != kind {
				t.Errorf("got %v, want %s", err, tc.fault)
			}
		})
	}
}

func TestUnique(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want []perm.Permission }{
		{nil, []perm.Permission{}},
		{[]perm.Permission{"b", "a", "b"}, []perm.Permission{"b", "a"}},
	} {
		if diff := cmp.Diff(tc.want, perm.Unique(tc.in)); diff != "" {
			t.Error(diff)
		}
	}
}
