package perm_test

import (
	"testing"

	"pgregory.net/rapid"

	"muster/internal/fault"
	"muster/internal/perm"
)

// delegate is a member who may also change roles, promote and demote, but no admin.
func delegate(more ...perm.Permission) perm.Actor {
	list := append([]perm.Permission{perm.ManageRoles, perm.PromoteGuest, perm.DemoteToGuest}, more...)
	roles := append(perm.BuiltIn(), perm.Role{Name: "delegate", Permissions: list})
	return perm.NewGrants(roles).Resolve(perm.Actor{UserID: "u", Roles: "system_user delegate"})
}

func TestCheckRoleChange(t *testing.T) {
	t.Parallel()
	admin := user("u", "system_user system_admin")
	for _, tc := range []struct {
		name          string
		actor         perm.Actor
		current, next string
		want          string // permission the refusal names
	}{
		{"an admin makes an admin", admin, "system_user", "system_user system_admin", ""},
		{"an admin unmakes an admin", admin, "system_user system_admin", "system_user", ""},
		{"an admin makes a manager", admin, "system_user", "system_user system_manager", ""},
		{"an admin stores a guest role", admin, "system_user", "system_guest", ""},
		{"an admin stores a team role", admin, "system_user", "team_user", ""},
		{"an admin repairs an account without roles", admin, "", "system_user", ""},
		{"a local session makes an admin", perm.Actor{Local: true}, "", "system_user system_admin", ""},
		{"a member changes nothing", user("u", "system_user"), "system_user", "system_user", "manage_roles"},
		{"a member does not make itself an admin", user("u", "system_user"), "system_user", "system_user system_admin", "manage_roles"},
		{"a manager changes nothing", user("u", "system_user system_manager"), "system_user", "system_user", "manage_roles"},
		{"a delegate keeps a member a member", delegate(), "system_user", "system_user", ""},
		{"a delegate makes a guest a member", delegate(), "system_guest", "system_user", ""},
		{"a delegate makes a member a guest", delegate(), "system_user", "system_guest", ""},
		{"a delegate gives its own role", delegate(), "system_user", "system_user delegate", ""},
		{"a delegate makes no admin", delegate(), "system_user", "system_user system_admin", "manage_system"},
		{"a delegate unmakes no admin", delegate(), "system_user system_admin", "system_user", "manage_system"},
		{"a delegate touches no admin", delegate(), "system_user system_admin", "system_admin system_user", "manage_system"},
		{"a delegate with the old permission makes no admin", delegate(perm.AssignSystemAdminRole), "system_user", "system_user system_admin", "manage_system"},
		{"a delegate makes no manager", delegate(), "system_user", "system_user system_manager", "manage_system"},
		{"a delegate makes itself no manager", delegate(), "system_user delegate", "system_user delegate system_read_only_admin", "manage_system"},
		{"a delegate unmakes no manager", delegate(), "system_user system_manager", "system_user", "manage_system"},
		{"a delegate gives no role it does not hold", delegate(), "system_user", "system_user system_post_all", "manage_system"},
		{
			"a delegate gives a role whose permissions it holds", delegate(perm.CreateUserAccessToken, perm.ReadUserAccessToken, perm.RevokeUserAccessToken),
			"system_user", "system_user system_user_access_token", "",
		},
		{"background work does what it was declared for", perm.Background("sync", perm.ManageRoles), "system_user", "system_guest", ""},
		{"background work makes no admin by manage_roles", perm.Background("sync", perm.ManageRoles), "system_user", "system_user system_admin", "manage_system"},
		{"background work may be declared to make admins", perm.Background("first account", perm.ManageRoles, perm.ManageSystem), "", "system_admin system_user", ""},
		{"the zero actor changes nothing", perm.Actor{}, "", "system_user", "manage_roles"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := perm.CheckRoleChange(tc.actor, tc.current, tc.next)
			wantRefusal(t, err, tc.actor.UserID+tc.actor.System, tc.want)
		})
	}
}

func TestMalformedRolesNeverReplaceOthers(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"", " ", "system_admin", "BAD", "system_user\tsystem_admin"} {
		err := perm.CheckRoleChange(user("u", "system_user system_admin"), "system_user", next)
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Params["Name"] != "roles" {
			t.Errorf("changing to %q: %v, want body:roles", next, err)
		}
	}
}

func TestNobodyRaisesAnybodyAboveThemselves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		own, current, next := anyRoleString.Draw(t, "own"), anyRoleString.Draw(t, "current"), anyRoleString.Draw(t, "next")
		a := w.grants.Resolve(perm.Actor{UserID: "u", Roles: own})
		if perm.CheckRoleChange(a, current, next) != nil {
			return
		}
		if !w.allows(perm.ManageRoles, own) {
			t.Fatal("allowed without manage_roles")
		}
		if w.allows(perm.ManageSystem, own) {
			return
		}
		if perm.IsSystemAdmin(current) || perm.IsSystemAdmin(next) {
			t.Fatal("an admin's roles changed without manage_system")
		}
		for _, p := range append(perm.All(), perm.Deprecated()...) {
			if w.allows(p, current, next) && !w.allows(p, own) {
				t.Fatalf("the account holds %s and the actor does not", p)
			}
		}
	})
}

func TestPromoteAndDemote(t *testing.T) {
	t.Parallel()
	const noGuest = "api.user.promote_guest_to_user.no_guest.app_error"
	const already = "api.user.demote_user_to_guest.already_guest.app_error"
	admin, stranger := user("u", "system_user system_admin"), user("u", "system_user")
	for _, tc := range []struct {
		name    string
		change  func(perm.Actor, string) (string, error)
		actor   perm.Actor
		current string
		next    string
		refusal string
		fault   string
	}{
		{name: "a guest becomes a member", change: perm.Promote, actor: admin, current: "system_guest", next: "system_user"},
		{
			name: "other roles stay in their place", change: perm.Promote, actor: admin,
			current: "system_post_all system_guest custom_group_user", next: "system_post_all system_user custom_group_user",
		},
		{name: "a guest who was a member too", change: perm.Promote, actor: admin, current: "system_user system_guest", next: "system_user"},
		{name: "a delegate promotes", change: perm.Promote, actor: delegate(), current: "system_guest", next: "system_user"},
		{name: "background work promotes", change: perm.Promote, actor: perm.Background("sync", perm.PromoteGuest), current: "system_guest", next: "system_user"},
		{name: "a stranger does not promote", change: perm.Promote, actor: stranger, current: "system_guest", refusal: "promote_guest"},
		{name: "a stranger does not learn who is a guest", change: perm.Promote, actor: stranger, current: "system_user", refusal: "promote_guest"},
		{name: "a member cannot be promoted", change: perm.Promote, actor: admin, current: "system_user", fault: noGuest},
		{name: "nor an account without roles", change: perm.Promote, actor: admin, current: "", fault: noGuest},
		{name: "a guest above the delegate stays", change: perm.Promote, actor: delegate(), current: "system_guest system_manager", refusal: "manage_system"},

		{name: "a member becomes a guest and loses the rest", change: perm.Demote, actor: admin, current: "system_user system_manager", next: "system_guest"},
		{name: "an admin demotes an admin", change: perm.Demote, actor: admin, current: "system_user system_admin", next: "system_guest"},
		{name: "a delegate demotes", change: perm.Demote, actor: delegate(), current: "system_user", next: "system_guest"},
		{name: "a delegate demotes no admin", change: perm.Demote, actor: delegate(), current: "system_user system_admin", refusal: "manage_system"},
		{name: "a delegate demotes no manager", change: perm.Demote, actor: delegate(), current: "system_user system_manager", refusal: "manage_system"},
		{name: "a stranger does not demote", change: perm.Demote, actor: stranger, current: "system_user", refusal: "demote_to_guest"},
		{name: "a guest cannot be demoted", change: perm.Demote, actor: admin, current: "system_guest", fault: already},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			next, err := tc.change(tc.actor, tc.current)
			if next != tc.next {
				t.Errorf("roles are %q, want %q", next, tc.next)
			}
			if tc.fault == "" {
				wantRefusal(t, err, tc.actor.UserID+tc.actor.System, tc.refusal)
				return
			}
			if !fault.Is(err, tc.fault) || fault.KindOf(err) != fault.Unavailable {
				t.Errorf("got %v, want %s", err, tc.fault)
			}
		})
	}
}
