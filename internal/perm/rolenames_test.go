package perm_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"muster/internal/fault"
	"muster/internal/perm"
)

var roleNamePattern = regexp.MustCompile(`\A[a-z0-9_]{1,64}\z`)

func TestValidRoleNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, roles string
		ok          bool
	}{
		{"one role", "system_user", true},
		{"an admin who is a user", "system_user system_admin", true},
		{"in either order", "system_admin system_user", true},
		{"an unknown name has a fine form", "nonsense", true},
		{"digits and underscores", "_0 9_a", true},
		{"blanks around", " system_user ", true},
		{"blanks between", "system_user  system_post_all", true},
		{"a repetition", "system_user system_user", true},
		{"the longest name", strings.Repeat("a", 64), true},
		{"a longer one", strings.Repeat("a", 65), false},
		{"nothing", "", false},
		{"blanks alone", "   ", false},
		{"an admin alone", "system_admin", false},
		{"an admin alone, twice", " system_admin  system_admin ", false},
		{"capitals", "BAD", false},
		{"one bad among good", "system_user bad-name", false},
		{"a tab does not separate", "system_user\tsystem_admin", false},
		{"nor does a line break", "system_user\n", false},
		{"nor a wide blank", "system_user\u00a0x", false},
		{"letters beyond ASCII", "rôle", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := perm.ValidRoleNames(tc.roles)
			if (err == nil) != tc.ok {
				t.Fatalf("ValidRoleNames(%q) = %v", tc.roles, err)
			}
			if err != nil && (!fault.Is(err, "api.context.invalid_body_param.app_error") ||
				fault.As(err).Params["Name"] != "roles") {
				t.Errorf("ValidRoleNames(%q) = %v, want body:roles", tc.roles, err)
			}
		})
	}
}

func TestHasRole(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, roles, role string
		want              bool
	}{
		{"first", "system_admin system_user", "system_admin", true},
		{"last", "system_user system_admin", "system_admin", true},
		{"between blanks", "  system_admin  ", "system_admin", true},
		{"a longer word is another", "system_admin_x x_system_admin", "system_admin", false},
		{"behind a tab it is no word", "x\tsystem_admin", "system_admin", false},
		{"nobody has the empty role", "a  b ", "", false},
		{"no roles", "", "system_admin", false},
	} {
		if got := perm.HasRole(tc.roles, tc.role); got != tc.want {
			t.Errorf("%s: HasRole(%q, %q) = %v", tc.name, tc.roles, tc.role, got)
		}
	}
}

func TestRoleNamesMayStopEarly(t *testing.T) {
	t.Parallel()
	for name := range perm.RoleNames("a b c") {
		if name != "a" {
			t.Fatalf("first name is %q", name)
		}
		break
	}
}

func FuzzRoleNames(f *testing.F) {
	for _, s := range []string{"", " ", "system_admin", "system_user system_admin", "a\tb", "A b", "é", " a  a "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, roles string) {
		want := slices.DeleteFunc(strings.Split(roles, " "), func(s string) bool { return s == "" })
		got := slices.Collect(perm.RoleNames(roles))
		if !slices.Equal(got, want) {
			t.Fatalf("names of %q are %q, want %q", roles, got, want)
		}
		valid, beside := true, false
		for _, name := range want {
			wellFormed := roleNamePattern.MatchString(name)
			if perm.ValidRoleName(name) != wellFormed {
				t.Fatalf("ValidRoleName(%q) = %v", name, !wellFormed)
			}
			if !perm.HasRole(roles, name) {
				t.Fatalf("%q lacks its own %q", roles, name)
			}
			valid = valid && wellFormed
			beside = beside || name != "system_admin"
		}
		if err := perm.ValidRoleNames(roles); (err == nil) != (valid && beside) {
			t.Fatalf("ValidRoleNames(%q) = %v", roles, err)
		}
		if perm.IsSystemAdmin(roles) != slices.Contains(want, "system_admin") {
			t.Fatalf("IsSystemAdmin(%q) is wrong", roles)
		}
		if perm.IsSystemGuest(roles) != slices.Contains(want, "system_guest") {
			t.Fatalf("IsSystemGuest(%q) is wrong", roles)
		}
	})
}
