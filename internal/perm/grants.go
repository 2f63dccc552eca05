package perm

// Grants is what every role grants at one moment. It never changes: when a role is
// patched a new snapshot is made and put in its place. A nil *Grants grants nothing.
type Grants struct {
	roles map[string]set
}

// NewGrants makes a snapshot of the roles. Deleted roles and unknown permissions are
// left out; of two roles with one name the later counts.
func NewGrants(roles []Role) *Grants {
	g := &Grants{roles: make(map[string]set, len(roles))}
	for _, r := range roles {
		if r.DeleteAt != 0 {
			delete(g.roles, r.Name)
			continue
		}
		g.roles[r.Name] = setOf(r.Permissions)
	}
	return g
}

// Has tells whether a role of this name exists and is not deleted.
func (g *Grants) Has(name string) bool {
	if g == nil {
		return false
	}
	_, ok := g.roles[name]
	return ok
}

// Allows tells whether any role of the string grants the permission. It serves
// questions about somebody who is not the caller; for the caller ask the Actor.
func (g *Grants) Allows(roles string, p Permission) bool {
	f, ok := facts[p]
	return ok && g.allowsBit(roles, f.bit)
}

func (g *Grants) allowsBit(roles string, bit int) bool {
	if g == nil {
		return false
	}
	for name := range RoleNames(roles) {
		if s, ok := g.roles[name]; ok && s.hasBit(bit) {
			return true
		}
	}
	return false
}

// union collects what the roles of the string grant together.
func (g *Grants) union(roles string) set {
	var all set
	if g == nil {
		return all
	}
	for name := range RoleNames(roles) {
		if s, ok := g.roles[name]; ok {
			all.add(&s)
		}
	}
	return all
}

// Resolve returns the actor with the rights its system roles have in this snapshot.
// Until then the actor of a session may do nothing. A background actor keeps exactly
// the rights it was declared with.
func (g *Grants) Resolve(a Actor) Actor {
	a.grants = g
	if a.System == "" {
		a.granted = g.union(a.Roles)
	}
	return a
}
