package perm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/perm"
)

func TestPermissionLists(t *testing.T) {
	t.Parallel()
	current, deprecated := perm.All(), perm.Deprecated()
	if len(current) != 274 || len(deprecated) != 29 {
		t.Errorf("%d current and %d deprecated permissions, want 274 and 29", len(current), len(deprecated))
	}
	seen := map[perm.Permission]bool{}
	for _, p := range append(current, deprecated...) {
		if seen[p] {
			t.Errorf("%s is listed twice", p)
		}
		seen[p] = true
		if !perm.Known(p) {
			t.Errorf("%s is listed and not known", p)
		}
		if !perm.ValidRoleName(string(p)) {
			t.Errorf("%q has characters no id has", p)
		}
	}
}

func TestAllKeepsTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	all := perm.All()
	got := []perm.Permission{
		all[0], all[76], all[77], all[102], all[103], all[143], all[144],
		all[148], all[161], all[162], all[163], all[273],
	}
	want := []perm.Permission{
		"assign_system_admin_role", "manage_outgoing_oauth_connections",
		"invite_user", "playbook_private_create", "use_slash_commands", "manage_channel_access_rules",
		"manage_custom_group_members", "playbook_public_manage_properties", "run_view",
		"sysconsole_read_about_edition_and_license", "sysconsole_write_about_edition_and_license",
		"sysconsole_write_site_ip_filters",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestListsBelongToTheCaller(t *testing.T) {
	t.Parallel()
	perm.All()[0], perm.Deprecated()[0] = "broken", "broken"
	roles := perm.BuiltIn()
	for i := range roles {
		if len(roles[i].Permissions) > 0 {
			roles[i].Permissions[0] = "broken"
		}
	}
	for _, p := range append(perm.All(), perm.Deprecated()...) {
		if p == "broken" {
			t.Fatal("changing a returned list changed the package")
		}
	}
	for _, r := range perm.BuiltIn() {
		if len(r.Permissions) > 0 && r.Permissions[0] == "broken" {
			t.Errorf("changing a returned role changed %s", r.Name)
		}
	}
}

func TestScopeOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		permission perm.Permission
		scope      perm.Scope
		ok         bool
	}{
		{perm.ManageSystem, perm.ScopeSystem, true},
		{perm.GetPublicLink, perm.ScopeSystem, true},
		{perm.CreateCustomGroup, perm.ScopeSystem, true},
		{perm.SysconsoleReadPlugins, perm.ScopeSystem, true},
		{perm.ViewTeam, perm.ScopeTeam, true},
		{perm.PlaybookPublicCreate, perm.ScopeTeam, true},
		{perm.CreatePost, perm.ScopeChannel, true},
		{perm.EditCustomGroup, perm.ScopeGroup, true},
		{perm.RunCreate, perm.ScopePlaybook, true},
		{perm.RunView, perm.ScopeRun, true},
		{"manage_webhooks", "", false},
		{"nonsense", "", false},
		{"", "", false},
	} {
		scope, ok := perm.ScopeOf(tc.permission)
		if scope != tc.scope || ok != tc.ok {
			t.Errorf("ScopeOf(%q) = %q, %v, want %q, %v", tc.permission, scope, ok, tc.scope, tc.ok)
		}
	}
}

func TestEveryCurrentPermissionHasAScope(t *testing.T) {
	t.Parallel()
	got := map[perm.Scope]int{}
	for _, p := range perm.All() {
		scope, ok := perm.ScopeOf(p)
		if !ok {
			t.Errorf("%s has no scope", p)
		}
		got[scope]++
	}
	want := map[perm.Scope]int{
		perm.ScopeSystem: 77 + 112, perm.ScopeTeam: 26, perm.ScopeChannel: 41,
		perm.ScopeGroup: 4, perm.ScopePlaybook: 11, perm.ScopeRun: 3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAncillary(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		in, want []string
	}{
		{"nothing implies nothing", nil, []string{}},
		{"an unknown id stays", []string{"nonsense"}, []string{"nonsense"}},
		{"a plain permission implies nothing", []string{"create_post"}, []string{"create_post"}},
		{
			"a console permission brings its companions",
			[]string{"sysconsole_read_user_management_teams"},
			[]string{"sysconsole_read_user_management_teams", "list_private_teams", "list_public_teams", "view_team"},
		},
		{
			"companions come last, in order, and repeat",
			[]string{"sysconsole_read_reporting_site_statistics", "get_analytics", "sysconsole_read_reporting_team_statistics"},
			[]string{
				"sysconsole_read_reporting_site_statistics", "get_analytics",
				"sysconsole_read_reporting_team_statistics", "get_analytics", "get_analytics",
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, perm.Ancillary(tc.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAncillaryKnowsWhatItAdds(t *testing.T) {
	t.Parallel()
	implying := 0
	for _, p := range perm.All() {
		out := perm.Ancillary([]string{string(p)})
		if len(out) > 1 {
			implying++
		}
		for _, id := range out {
			if !perm.Known(perm.Permission(id)) {
				t.Errorf("%s implies the unknown %s", p, id)
			}
		}
	}
	if implying != 28 {
		t.Errorf("%d permissions imply others, want 28", implying)
	}
}
