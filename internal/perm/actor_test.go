package perm_test

import (
	"testing"

	"muster/internal/fault"
	"muster/internal/perm"
)

// user is an actor with these system roles on a new installation.
func user(id, roles string) perm.Actor {
	return perm.NewGrants(perm.BuiltIn()).Resolve(perm.Actor{UserID: id, Roles: roles})
}

// holder is an actor whose only system role grants these permissions, beside the
// built-in roles.
func holder(id string, permissions ...perm.Permission) perm.Actor {
	roles := append(perm.BuiltIn(), perm.Role{Name: "custom", Permissions: permissions})
	return perm.NewGrants(roles).Resolve(perm.Actor{UserID: id, Roles: "custom"})
}

// wantRefusal checks for a 403 that names the permissions, or for none with "".
func wantRefusal(t *testing.T, err error, who, permissions string) {
	t.Helper()
	if permissions == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	f := fault.As(err)
	if f == nil {
		t.Errorf("got %v, want a refusal naming %s", err, permissions)
		return
	}
	if f.Kind != fault.Forbidden || f.ID != "api.context.permissions.app_error" {
		t.Errorf("got %v of kind %d, want a refusal", err, f.Kind)
	}
	if want := "userId=" + who + ", permission=" + permissions; f.Detail != want {
		t.Errorf("detail is %q, want %q", f.Detail, want)
	}
}

func TestActorsWithoutRights(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]perm.Actor{
		"the zero actor":                       {},
		"a session that was not resolved":      {UserID: "u", Roles: "system_admin system_user"},
		"a forged background actor":            {System: "jobs"},
		"an unknown role":                      user("u", "ghost"),
		"no role":                              user("u", ""),
		"a resolved zero actor":                perm.NewGrants(perm.BuiltIn()).Resolve(perm.Actor{}),
		"a background actor without a right":   perm.Background("jobs"),
		"a session resolved against nothing":   (*perm.Grants)(nil).Resolve(perm.Actor{UserID: "u", Roles: "system_admin"}),
		"a forged and resolved background one": perm.NewGrants(perm.BuiltIn()).Resolve(perm.Actor{System: "x", Roles: "system_admin"}),
	} {
		for _, p := range append(perm.All(), "nonsense", "") {
			if a.Can(p) || a.CanWith(p) || a.CanInChannel(p, "", "") || a.Need(p) == nil || a.NeedIn(p) == nil {
				t.Errorf("%s may %q", name, p)
			}
		}
		if a.IsAdmin() {
			t.Errorf("%s is an admin", name)
		}
		if a.NeedUser(perm.Target{}) == nil || a.NeedUserOrBot(perm.Target{IsBot: true}) == nil {
			t.Errorf("%s may act on an account without an id", name)
		}
	}
}

func TestLocalActorMayDoEverything(t *testing.T) {
	t.Parallel()
	a := perm.Actor{Local: true}
	for _, p := range perm.All() {
		if !a.Can(p) || !a.CanWith(p, "ghost") || !a.CanInChannel(p, "", "") || a.Need(p, perm.ManageSystem) != nil {
			t.Errorf("a local session may not %s", p)
		}
	}
	adminAccount := perm.Target{UserID: "x", Roles: "system_user system_admin", Exists: true}
	bot := perm.Target{UserID: "b", IsBot: true, OwnerID: "x", Exists: true}
	if !a.IsAdmin() || a.NeedUser(adminAccount) != nil || a.NeedAboveAdmin(adminAccount) != nil || a.NeedUserOrBot(bot) != nil {
		t.Error("a local session is kept from an account")
	}
}

func TestBackgroundActor(t *testing.T) {
	t.Parallel()
	a := perm.Background("session sweep", perm.RevokeUserAccessToken)
	if !a.Can(perm.RevokeUserAccessToken) || a.Can(perm.ReadUserAccessToken) {
		t.Error("a background actor has other rights than it was declared with")
	}
	wantRefusal(t, a.Need(perm.ManageSystem), "session sweep", "manage_system")
	if a.CanWith(perm.CreatePost, "channel_user") {
		t.Error("a background actor without a snapshot uses a membership role")
	}
	a = perm.NewGrants(perm.BuiltIn()).Resolve(a)
	if !a.Can(perm.RevokeUserAccessToken) || a.Can(perm.ReadUserAccessToken) {
		t.Error("resolving changed what a background actor was declared with")
	}
}

func TestBackgroundActorMustBeDeclaredRight(t *testing.T) {
	t.Parallel()
	for name, declare := range map[string]func(){
		"without a name":             func() { perm.Background("", perm.CreatePost) },
		"with an unknown permission": func() { perm.Background("jobs", "nonsense") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s it is accepted", name)
				}
			}()
			declare()
		}()
	}
}

func TestNeedNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	a := user("u1", "system_user")
	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"what is held is not refused", a.Need(perm.CreateTeam), ""},
		{"one", a.Need(perm.ManageSystem), "manage_system"},
		{"two", a.Need(perm.ManageSystem, perm.ManageRoles), "manage_system,manage_roles"},
		{"the held one of two is not named", a.Need(perm.CreateTeam, perm.ManageRoles), "manage_roles"},
		{"a membership grants it", a.NeedIn(perm.ViewTeam, "team_user"), ""},
		{"no membership", a.NeedIn(perm.ViewTeam, ""), "view_team"},
		{"the wrong membership", a.NeedIn(perm.ManageTeam, "team_user"), "manage_team"},
		{"a system role goes for every team", a.NeedIn(perm.CreateEmojis, ""), ""},
		{"a channel role", a.NeedInChannel(perm.CreatePost, "channel_user", ""), ""},
		{"a team role in its channel", a.NeedInChannel(perm.DeleteOthersPosts, "channel_user", "team_user team_admin"), ""},
		{"neither", a.NeedInChannel(perm.DeleteOthersPosts, "channel_user", "team_user"), "delete_others_posts"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wantRefusal(t, tc.err, "u1", tc.want)
		})
	}
}

func TestChangingRolesAfterwardsChangesNothing(t *testing.T) {
	t.Parallel()
	a := user("u", "system_user")
	a.Roles = "system_admin"
	if a.IsAdmin() {
		t.Error("an actor raised itself without being resolved")
	}
}

func TestResolvingAgainForgetsEarlierRights(t *testing.T) {
	t.Parallel()
	a := user("u", "system_user system_admin")
	a.Roles = "system_user"
	if a = perm.NewGrants(perm.BuiltIn()).Resolve(a); a.IsAdmin() {
		t.Error("an actor kept the rights of a role that was taken away")
	}
}

func TestManageSystemOpensChannelsNotTeams(t *testing.T) {
	t.Parallel()
	a := holder("u", perm.ManageSystem)
	if !a.CanInChannel(perm.ReadChannelContent, "", "") || a.CanWith(perm.ViewTeam, "") {
		t.Error("manage_system alone opens channels and no teams")
	}
}
