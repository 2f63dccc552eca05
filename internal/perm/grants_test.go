package perm_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"muster/internal/perm"
)

// world is a random set of roles and the plain reading of what they grant.
type world struct {
	roles  []perm.Role
	grants *perm.Grants
}

var (
	anyName       = rapid.SampledFrom([]string{"a", "b", "c", "d", "system_admin", "system_user", "system_guest", "ghost"})
	anyRoleString = rapid.Custom(func(t *rapid.T) string {
		names := rapid.SliceOfN(anyName, 0, 4).Draw(t, "names")
		return strings.Join(names, rapid.SampledFrom([]string{" ", "  "}).Draw(t, "blank"))
	})
	// A small choice makes hits and misses equally likely; the rest reaches every word of a set.
	anyPermission = rapid.OneOf(
		rapid.SampledFrom([]perm.Permission{perm.ManageSystem, perm.ManageRoles, perm.CreatePost, perm.EditOtherUsers, "nonsense", ""}),
		rapid.SampledFrom(append(perm.All(), perm.Deprecated()...)),
	)
)

func drawWorld(t *rapid.T) world {
	var w world
	for _, name := range []string{"a", "b", "c", "d", "system_admin", "system_user", "system_guest"} {
		w.roles = append(w.roles, perm.Role{
			Name:        name,
			DeleteAt:    rapid.SampledFrom([]int64{0, 0, 0, 1}).Draw(t, "delete_at"),
			Permissions: rapid.SliceOfN(anyPermission, 0, 8).Draw(t, "permissions"),
		})
	}
	w.grants = perm.NewGrants(w.roles)
	return w
}

// allows is the rule as one would say it, without sets.
func (w world) allows(p perm.Permission, roleStrings ...string) bool {
	if !perm.Known(p) {
		return false
	}
	for _, r := range w.roles {
		for _, s := range roleStrings {
			if r.DeleteAt == 0 && slices.Contains(strings.Fields(s), r.Name) && slices.Contains(r.Permissions, p) {
				return true
			}
		}
	}
	return false
}

func TestDecisionEqualsThePlainReading(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		system, team, channel := anyRoleString.Draw(t, "system"), anyRoleString.Draw(t, "team"), anyRoleString.Draw(t, "channel")
		p, q := anyPermission.Draw(t, "permission"), anyPermission.Draw(t, "another")
		a := w.grants.Resolve(perm.Actor{UserID: "u", Roles: system})

		check := func(what string, got, want bool) {
			if got != want {
				t.Errorf("%s(%q) = %v, want %v", what, p, got, want)
			}
		}
		check("Can", a.Can(p), w.allows(p, system))
		check("Allows", w.grants.Allows(system, p), w.allows(p, system))
		check("CanWith nothing", a.CanWith(p), w.allows(p, system))
		check("CanWith", a.CanWith(p, channel, team), w.allows(p, channel, team, system))
		inChannel := w.allows(p, channel, team, system) || w.allows(perm.ManageSystem, system)
		check("CanInChannel", a.CanInChannel(p, channel, team), inChannel)
		check("Need", a.Need(p) == nil, w.allows(p, system))
		check("Need two", a.Need(p, q) == nil, w.allows(p, system) && w.allows(q, system))
		check("NeedIn", a.NeedIn(p, team) == nil, w.allows(p, team, system))
		check("NeedInChannel", a.NeedInChannel(p, channel, team) == nil, inChannel)
		check("IsAdmin", a.IsAdmin(), w.allows(perm.ManageSystem, system))
	})
}

func TestSetsKeepEveryPermissionApart(t *testing.T) {
	t.Parallel()
	all := append(perm.All(), perm.Deprecated()...)
	for _, one := range all {
		g := perm.NewGrants([]perm.Role{{Name: "r", Permissions: []perm.Permission{one}}})
		a := g.Resolve(perm.Actor{UserID: "u", Roles: "r"})
		for _, p := range all {
			if a.Can(p) != (p == one) {
				t.Fatalf("a role with %s alone: Can(%s) = %v", one, p, a.Can(p))
			}
		}
	}
}

func TestGrantsHas(t *testing.T) {
	t.Parallel()
	g := perm.NewGrants([]perm.Role{{Name: "live"}, {Name: "dead", DeleteAt: 1}, {Name: "gone"}, {Name: "gone", DeleteAt: 1}})
	var none *perm.Grants
	for name, want := range map[string]bool{"live": true, "dead": false, "gone": false, "ghost": false, "": false} {
		if g.Has(name) != want || none.Has(name) {
			t.Errorf("Has(%q) = %v, want %v", name, g.Has(name), want)
		}
	}
}

func TestGrantsIgnoreLaterChangesOfTheRoles(t *testing.T) {
	t.Parallel()
	list := []perm.Permission{perm.CreatePost}
	g := perm.NewGrants([]perm.Role{{Name: "r", Permissions: list}})
	list[0] = perm.ManageSystem
	if g.Allows("r", perm.ManageSystem) || !g.Allows("r", perm.CreatePost) {
		t.Error("a snapshot changed with the slice it was made from")
	}
}
