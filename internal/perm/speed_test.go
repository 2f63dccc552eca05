package perm_test

import (
	"testing"

	"muster/internal/perm"
)

// decisions are the questions every request asks.
func decisions() map[string]func() {
	g := perm.NewGrants(perm.BuiltIn())
	session := perm.Actor{UserID: "u", Roles: "system_user system_post_all"}
	a := g.Resolve(session)
	target := perm.Target{UserID: "x", Roles: "system_user", Exists: true}
	admin := g.Resolve(perm.Actor{UserID: "r", Roles: "system_admin system_user"})
	return map[string]func(){
		"Resolve":       func() { a = g.Resolve(session) },
		"Can":           func() { a.Can(perm.ManageSystem) },
		"CanWith":       func() { a.CanWith(perm.ManageTeam, "team_user team_admin") },
		"CanInChannel":  func() { a.CanInChannel(perm.EditOthersPosts, "channel_user channel_admin", "team_user") },
		"Need":          func() { _ = admin.Need(perm.ManageSystem, perm.ManageRoles) },
		"NeedInChannel": func() { _ = a.NeedInChannel(perm.EditPost, "channel_user", "team_user") },
		"NeedUserOrBot": func() { _ = admin.NeedUserOrBot(target) },
		"HasRole":       func() { perm.HasRole(session.Roles, "system_admin") },
	}
}

// Not parallel: allocations of other tests would be counted.
func TestDecisionsAllocateNothing(t *testing.T) {
	for name, decide := range decisions() {
		if n := testing.AllocsPerRun(100, decide); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkDecision(b *testing.B) {
	for name, decide := range decisions() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				decide()
			}
		})
	}
}
