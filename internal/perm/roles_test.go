package perm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/perm"
)

func builtIn(t testing.TB, name string) perm.Role {
	t.Helper()
	for _, r := range perm.BuiltIn() {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no built-in role %s", name)
	return perm.Role{}
}

func TestBuiltInRolesHaveTheirDocumentedSize(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"system_admin": 274, "system_user": 13, "system_guest": 2,
		"team_admin": 41, "team_user": 10, "team_guest": 1,
		"channel_admin": 24, "channel_user": 27, "channel_guest": 8,
		"system_post_all": 4, "system_post_all_public": 3, "team_post_all": 4, "team_post_all_public": 3,
		"system_user_access_token": 3, "system_custom_group_admin": 5, "custom_group_user": 0,
		"shared_channel_manager": 1, "secure_connection_manager": 1,
		"playbook_admin": 7, "playbook_member": 7, "run_admin": 2, "run_member": 1,
		"system_user_manager": 41, "system_manager": 122, "system_read_only_admin": 72,
	}
	got := map[string]int{}
	for _, r := range perm.BuiltIn() {
		got[r.Name] = len(r.Permissions)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuiltInRolesAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, r := range perm.BuiltIn() {
		if !perm.ValidRoleName(r.Name) {
			t.Errorf("%s is no role name", r.Name)
		}
		if len(perm.Unique(r.Permissions)) != len(r.Permissions) {
			t.Errorf("%s lists a permission twice", r.Name)
		}
		for _, p := range r.Permissions {
			if _, current := perm.ScopeOf(p); !current {
				t.Errorf("%s lists %s, which is not current", r.Name, p)
			}
		}
		if r.DeleteAt != 0 {
			t.Errorf("%s starts deleted", r.Name)
		}
	}
}

func TestBuiltInRoleFlagsAndKeys(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, key     string
		scheme, built bool
	}{
		{"system_admin", "global_admin", true, true},
		{"system_user", "global_user", true, true},
		{"system_guest", "global_guest", true, true},
		{"team_admin", "team_admin", true, true},
		{"run_member", "run_member", true, true},
		{"system_manager", "system_manager", false, true},
		{"system_post_all", "system_post_all", false, true},
		{"custom_group_user", "custom_group_user", false, false},
	} {
		got := builtIn(t, tc.name)
		got.Permissions = nil
		want := perm.Role{
			Name: tc.name, SchemeManaged: tc.scheme, BuiltIn: tc.built,
			DisplayName: "authentication.roles." + tc.key + ".name",
			Description: "authentication.roles." + tc.key + ".description",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestBuiltInRolesKeepTheirSurprises(t *testing.T) {
	t.Parallel()
	g := perm.NewGrants(perm.BuiltIn())
	for _, tc := range []struct {
		name, role string
		permission perm.Permission
		want       bool
	}{
		{"a manager sees channels", "system_manager", perm.ReadChannel, true},
		{"a manager reads no posts", "system_manager", perm.ReadChannelContent, false},
		{"a user manager cannot edit users", "system_user_manager", perm.EditOtherUsers, false},
		{"a channel admin reads through channel_user only", "channel_admin", perm.ReadChannel, false},
		{"a team admin deletes posts of others", "team_admin", perm.DeleteOthersPosts, true},
		{"a team admin does not edit them", "team_admin", perm.EditOthersPosts, false},
		{"posting everywhere is not reading", "system_post_all", perm.ReadChannelContent, false},
		{"users see members", "system_user", perm.ViewMembers, true},
		{"guests do not", "system_guest", perm.ViewMembers, false},
		{"only a read-only admin reads audits", "system_read_only_admin", perm.ReadAudits, true},
	} {
		if got := g.Allows(tc.role, tc.permission); got != tc.want {
			t.Errorf("%s: %s in %s is %v", tc.name, tc.permission, tc.role, got)
		}
	}
}

func TestIsManagerRole(t *testing.T) {
	t.Parallel()
	n := 0
	for _, r := range perm.BuiltIn() {
		if perm.IsManagerRole(r.Name) {
			n++
		}
	}
	if n != 5 || perm.IsManagerRole("system_admin") || perm.IsManagerRole("") {
		t.Errorf("%d manager roles, want 5, system_admin not among them", n)
	}
}
