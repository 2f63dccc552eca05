package account

import (
	"context"
	"strings"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Bootstrap stores the built-in roles a database lacks. It must have run before
// the first request.
func (s *Service) Bootstrap(ctx context.Context) error {
	now := s.now()
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		have, err := tx.Roles(ctx)
		if err != nil {
			return err
		}
		known := newRoleSet(have, nil)
		var missing []*model.Role
		for _, r := range perm.BuiltIn() {
			if known.byName[r.Name] != nil {
				continue
			}
			row := &model.Role{
				ID: model.NewID(), Name: r.Name, DisplayName: r.DisplayName, Description: r.Description,
				CreateAt: now, UpdateAt: now, SchemeManaged: r.SchemeManaged, BuiltIn: r.BuiltIn,
			}
			for _, p := range r.Permissions {
				row.Permissions = append(row.Permissions, string(p))
			}
			missing = append(missing, row)
		}
		tx.Emit(event.RolesStale())
		return tx.InsertRoles(ctx, missing)
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
