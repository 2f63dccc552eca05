package account

import (
	"context"
	"slices"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// RoleSet is every role at one moment, as it reads: a role of a channel's scheme grants what
// is left of the role it stands in for. It never changes.
type RoleSet struct {
	Grants *perm.Grants
	stored []*model.Role
	ties   []store.ChannelTie
	all    []*model.Role
	byName map[string]*model.Role
	byID   map[string]*model.Role
}

// Has tells whether a role of this name exists and is not deleted.
func (r *RoleSet) Has(name string) bool { return r.Grants.Has(name) }

// Named gives the role of a name, deleted ones included; nil when there is none.
func (r *RoleSet) Named(name string) *model.Role { return r.byName[name] }

// Roles gives the roles, from memory unless one changed.
func (s *Service) Roles() (*RoleSet, error) {
	if set := s.roles.Load(); set != nil {
		return set, nil
	}
	s.rolesMu.Lock()
	defer s.rolesMu.Unlock()
	version := s.rolesVersion.Load()
	ctx := context.Background() // belongs to all requests, so not to the one that came first
	roles, err := s.DB.Roles(ctx)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.role.get_all.app_error").Because(err)
	}
	ties, err := s.DB.ChannelTies(ctx)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.role.get_all.app_error").Because(err)
	}
	set := newRoleSet(roles, ties)
	if s.rolesVersion.Load() == version {
		s.roles.Store(set)
	}
	return set, nil
}

func newRoleSet(stored []*model.Role, ties []store.ChannelTie) *RoleSet {
	set := &RoleSet{
		stored: stored, ties: ties, all: make([]*model.Role, len(stored)), byName: map[string]*model.Role{},
		byID: map[string]*model.Role{},
	}
	for _, r := range stored {
		set.byName[r.Name] = r
	}
	left := set.leftOver()
	grants := make([]perm.Role, len(stored))
	for i, r := range stored {
		if permissions, ok := left[r.Name]; ok && r.DeleteAt == 0 {
			c := *r
			c.Permissions = permissions
			r = &c
		}
		set.all[i], set.byName[r.Name], set.byID[r.ID] = r, r, r
		grants[i] = permRole(r)
	}
	set.Grants = perm.NewGrants(grants)
	return set
}

// leftOver gives what the roles of channels' schemes grant, by name, from the stored roles.
// Where channels with one scheme belong to teams with different ones, what is left in all
// of them counts.
func (r *RoleSet) leftOver() map[string][]string {
	out := map[string][]string{}
	for _, t := range r.ties {
		for _, pair := range [...]struct {
			own, without string
			admin        bool
		}{{t.Own.Guest, t.Without.Guest, false}, {t.Own.User, t.Without.User, false}, {t.Own.Admin, t.Without.Admin, true}} {
			if r.byName[pair.own] == nil {
				continue
			}
			next := perm.InChannelScheme(r.byName[pair.own].Permissions, r.granted(pair.without), pair.admin)
			if was, twice := out[pair.own]; twice {
				next = slices.DeleteFunc(next, func(p string) bool { return !slices.Contains(was, p) })
			}
			out[pair.own] = next
		}
	}
	return out
}

// granted is what a stored role lists; nothing when it does not exist or is deleted.
func (r *RoleSet) granted(name string) []string {
	if role := r.byName[name]; role != nil && role.DeleteAt == 0 {
		return role.Permissions
	}
	return nil
}

// with gives the set after a change of a role.
func (r *RoleSet) with(changed *model.Role) *RoleSet {
	stored := slices.Clone(r.stored)
	if i := slices.IndexFunc(stored, func(x *model.Role) bool { return x.ID == changed.ID }); i >= 0 {
		stored[i] = changed
	} else {
		stored = append(stored, changed)
	}
	return newRoleSet(stored, r.ties)
}

// changedFrom lists the roles that grant something else than they did in another set.
func (r *RoleSet) changedFrom(was *RoleSet) (out []*model.Role) {
	for _, role := range r.all {
		if old := was.byID[role.ID]; old == nil || !sameList(old.Permissions, role.Permissions) {
			out = append(out, role)
		}
	}
	return out
}

// sameList tells whether two lists of permissions hold the same, in whatever order.
func sameList(a, b []string) bool {
	return slices.Equal(a, b) || slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func permRole(r *model.Role) perm.Role {
	out := perm.Role{
		Name: r.Name, SchemeManaged: r.SchemeManaged, BuiltIn: r.BuiltIn, DeleteAt: r.DeleteAt,
		Permissions: make([]perm.Permission, len(r.Permissions)),
	}
	for i, p := range r.Permissions {
		out.Permissions[i] = perm.Permission(p)
	}
	return out
}
