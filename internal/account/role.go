package account

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// RoleSet is every role at one moment. It never changes.
type RoleSet struct {
	Grants *perm.Grants
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
	roles, err := s.DB.Roles(context.Background()) // belongs to all requests, so not to the one that came first
	if err != nil {
		return nil, fault.New(fault.Internal, "app.role.get_all.app_error").Because(err)
	}
	set := newRoleSet(roles)
	if s.rolesVersion.Load() == version {
		s.roles.Store(set)
	}
	return set, nil
}

func newRoleSet(roles []*model.Role) *RoleSet {
	set := &RoleSet{all: roles, byName: map[string]*model.Role{}, byID: map[string]*model.Role{}}
	grants := make([]perm.Role, len(roles))
	for i, r := range roles {
		set.byName[r.Name], set.byID[r.ID] = r, r
		grants[i] = permRole(r)
	}
	set.Grants = perm.NewGrants(grants)
	return set
}

func permRole(r *model.Role) perm.Role {
	out := perm.Role{Name: r.Name, SchemeManaged: r.SchemeManaged, BuiltIn: r.BuiltIn, DeleteAt: r.DeleteAt,
		Permissions: make([]perm.Permission, len(r.Permissions))}
	for i, p := range r.Permissions {
		out.Permissions[i] = perm.Permission(p)
	}
	return out
}

// Bootstrap stores the built-in roles a database lacks. It must have run before
// the first request.
func (s *Service) Bootstrap(ctx context.Context) error {
	now := s.now()
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		have, err := tx.Roles(ctx)
		if err != nil {
			return err
		}
		known := newRoleSet(have)
		for _, r := range perm.BuiltIn() {
			if known.byName[r.Name] != nil {
				continue
			}
			row := &model.Role{ID: model.NewID(), Name: r.Name, DisplayName: r.DisplayName, Description: r.Description,
				CreateAt: now, UpdateAt: now, SchemeManaged: r.SchemeManaged, BuiltIn: r.BuiltIn}
			for _, p := range r.Permissions {
				row.Permissions = append(row.Permissions, string(p))
			}
			if err := tx.InsertRole(ctx, row); err != nil {
				return err
			}
		}
		tx.Emit(event.RolesStale())
		return nil
	})
}

// AllRoles lists every role, deleted ones included.
func (s *Service) AllRoles(_ context.Context, a perm.Actor) ([]*model.Role, error) {
	if err := a.Need(perm.ManageSystem); err != nil {
		return nil, err
	}
	set, err := s.Roles()
	if err != nil {
		return nil, err
	}
	return set.all, nil
}

// Role gives a role by its id, to anybody who is signed in.
func (s *Service) Role(_ context.Context, a perm.Actor, id string) (*model.Role, error) {
	set, err := s.rolesFor(a)
	if err != nil {
		return nil, err
	}
	if r := set.byID[id]; r != nil {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, "app.role.get.app_error")
}

// RoleByName gives a role by its name, to anybody who is signed in.
func (s *Service) RoleByName(_ context.Context, a perm.Actor, name string) (*model.Role, error) {
	set, err := s.rolesFor(a)
	if err != nil {
		return nil, err
	}
	if !perm.ValidRoleName(name) {
		return nil, fault.URL("role_name")
	}
	if r := set.byName[name]; r != nil {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, "app.role.get_by_name.app_error")
}

// rolesPerCall is the number of names one call may ask for.
const rolesPerCall = 100

// RolesByNames gives the roles that exist among names, to anybody who is signed in.
func (s *Service) RolesByNames(_ context.Context, a perm.Actor, names []string) ([]*model.Role, error) {
	set, err := s.rolesFor(a)
	if err != nil {
		return nil, err
	}
	switch {
	case len(names) == 0:
		return nil, fault.Body("rolenames")
	case len(names) > rolesPerCall:
		return nil, fault.New(fault.Invalid, "api.roles.get_multiple_by_name_too_many.request_error")
	}
	out := []*model.Role{}
	for _, name := range unique(names) {
		if strings.TrimSpace(name) == "" {
			continue
		}
		if !perm.ValidRoleName(name) {
			return nil, fault.Body("rolename")
		}
		if r := set.byName[name]; r != nil {
			out = append(out, r)
		}
	}
	return out, nil
}

func (s *Service) rolesFor(a perm.Actor) (*RoleSet, error) {
	if a.UserID == "" && !a.Local {
		return nil, fault.NoSession()
	}
	return s.Roles()
}

// PatchRole replaces what a role grants; the same list again changes nothing and
// tells nobody.
func (s *Service) PatchRole(ctx context.Context, a perm.Actor, id string, permissions *[]string) (*model.Role, error) {
	var out *model.Role
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		role, err := tx.LockRole(ctx, id)
		if err != nil {
			return store.Fault(err, "app.role.get.app_error", fault.New(fault.NotFound, "app.role.get.app_error"))
		}
		out = role
		if permissions == nil {
			return perm.CheckRolePatch(a, permRole(role), permRole(role).Permissions)
		}
		next := &model.Role{Name: role.Name, Permissions: *permissions}
		if err := perm.CheckRolePatch(a, permRole(role), permRole(next).Permissions); err != nil {
			return err
		}
		list := slices.Compact(append([]string{}, slices.Sorted(slices.Values(*permissions))...))
		if slices.Equal(list, slices.Sorted(slices.Values(role.Permissions))) {
			return nil
		}
		changed := *role
		changed.Permissions, changed.UpdateAt = list, s.now()
		if err := tx.SetRolePermissions(ctx, id, list, changed.UpdateAt); err != nil {
			return err
		}
		text, err := json.Marshal(&changed)
		if err != nil {
			return err
		}
		tx.Emit(event.RoleUpdated(string(text)))
		out = &changed
		return tx.InsertAudit(ctx, s.audit(a, changed.UpdateAt, ""))
	})
	if err != nil {
		return nil, store.Fault(err, "app.role.save.app_error")
	}
	return out, nil
}

// UpdateRoles replaces the role string of an account. Sessions read the roles of
// their account, so that the change holds for them at once.
func (s *Service) UpdateRoles(ctx context.Context, a perm.Actor, userID, roles string) error {
	// An empty list is refused although it is well-formed, so only after the question who asks.
	if err := perm.ValidRoleNames(roles); err != nil && roles != "" {
		return err
	}
	if err := a.Need(perm.ManageRoles); err != nil {
		return err
	}
	if roles == "" {
		return fault.Body("roles")
	}
	known, err := s.Roles()
	if err != nil {
		return err
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.New(fault.Invalid, "app.user.missing_account.const"))
		}
		if err := perm.CheckRoleChange(a, was.Roles, roles); err != nil {
			return err
		}
		for name := range strings.FieldsSeq(roles) {
			if !known.Has(name) {
				return fault.New(fault.Invalid, "app.role.check_roles_exist.role_not_found").With("Name", name)
			}
		}
		return s.changeRoles(ctx, tx, a, was, roles)
	})
	return store.Fault(err, "app.user.update.finding.app_error")
}

func (s *Service) changeRoles(ctx context.Context, tx *store.Tx, a perm.Actor, was *model.User, roles string) error {
	u := was.Clone()
	u.Roles, u.UpdateAt = roles, max(s.now(), was.UpdateAt+1)
	if len(roles) > model.RolesMax {
		return fault.New(fault.Invalid, "model.user.is_valid.roles_limit.app_error")
	}
	if was.IsSystemAdmin() && !u.IsSystemAdmin() && was.Active() && !was.IsBot {
		if err := s.adminRemains(ctx, tx); err != nil {
			return err
		}
	}
	if err := tx.UpdateUser(ctx, was, u); err != nil {
		return err
	}
	tx.Emit(event.UserRoleUpdated(u.ID, roles))
	return tx.InsertAudit(ctx, s.audit(a, u.UpdateAt, "user="+u.ID+" roles="+roles))
}

// adminRemains refuses to take the role from the last active person who has it.
func (s *Service) adminRemains(ctx context.Context, tx *store.Tx) error {
	if err := tx.LockAdmins(ctx); err != nil {
		return err
	}
	counts, err := tx.UserCounts(ctx)
	if err != nil {
		return err
	}
	var admins int64
	for _, c := range counts {
		if c.Active && !c.IsBot && perm.IsSystemAdmin(c.Roles) {
			admins += c.N
		}
	}
	if admins <= 1 {
		return fault.New(fault.Invalid, "app.user.update.lastAdmin.app_error")
	}
	return nil
}
