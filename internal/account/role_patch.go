package account

import (
	"context"
	"slices"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// PatchRole replaces what a role grants; the same list again changes nothing and
// tells nobody.
func (s *Service) PatchRole(ctx context.Context, a perm.Actor, id string, permissions *[]string) (*model.Role, error) {
	was, err := s.Roles()
	if err != nil {
		return nil, err
	}
	var out *model.Role
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		role, err := tx.LockRole(ctx, id)
		if err != nil {
			return store.Fault(err, "app.role.get.app_error", fault.New(fault.NotFound, "app.role.get.app_error"))
		}
		list := role.Permissions
		if permissions != nil {
			list = *permissions
		}
		next := permRole(&model.Role{Name: role.Name, Permissions: list}).Permissions
		if err := perm.CheckRolePatch(a, permRole(role), next); err != nil {
			return err
		}
		list = slices.Compact(append([]string{}, slices.Sorted(slices.Values(list))...))
		if sameList(list, role.Permissions) {
			out = was.with(role).byID[id]
			return nil
		}
		changed := *role
		changed.Permissions, changed.UpdateAt = list, max(s.now(), role.UpdateAt+1)
		if err := tx.SetRolePermissions(ctx, id, list, changed.UpdateAt); err != nil {
			return err
		}
		now := was.with(&changed)
		out = now.byID[id]
		if err := announceRoles(ctx, tx, now.changedFrom(was)); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, changed.UpdateAt, ""))
	})
	if err != nil {
		return nil, store.Fault(err, "app.role.save.app_error")
	}
	return out, nil
}

// announcedMax is how many teams and channels are told that a role of their scheme grants
// something else; those beyond it learn it when they read the role.
const announcedMax = 1000

// announceRoles tells whom it concerns that roles grant something else: everybody, or those
// in the teams and channels that have the scheme of the role.
func announceRoles(ctx context.Context, tx *store.Tx, roles []*model.Role) error {
	var schemes []string
	for _, r := range roles {
		if r.SchemeID != nil {
			schemes = append(schemes, *r.SchemeID)
		}
	}
	places := map[string][]store.SchemePlace{}
	if len(schemes) > 0 {
		found, err := tx.SchemePlaces(ctx, unique(schemes), announcedMax)
		if err != nil {
			return err
		}
		for _, p := range found {
			places[p.SchemeID] = append(places[p.SchemeID], p)
		}
	}
	tx.Emit(event.RolesStale())
	for _, r := range roles {
		if r.SchemeID == nil {
			tx.Emit(event.RoleUpdated(r, event.Audience{}))
			continue
		}
		for _, p := range places[*r.SchemeID] {
			tx.Emit(event.RoleUpdated(r, event.Audience{TeamID: p.TeamID, ChannelID: p.ChannelID}))
		}
	}
	return nil
}
