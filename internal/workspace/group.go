package workspace

import (
	"context"
	"encoding/json"
	"errors"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// groupMembersMax is how many accounts one call may put into a group or take out of it.
const groupMembersMax = 1000

// GroupInput is what a client says of a group; nil is untouched.
type GroupInput struct {
	Name           *string  `json:"name"`
	DisplayName    *string  `json:"display_name"`
	Description    *string  `json:"description"`
	Source         string   `json:"source"`
	AllowReference *bool    `json:"allow_reference"`
	UserIDs        []string `json:"user_ids"`
}

// needCustomGroups refuses groups where they are switched off.
func (s *Service) needCustomGroups() error {
	if !s.Config().ServiceSettings.EnableCustomGroups {
		return fault.New(fault.Invalid, "api.custom_groups.feature_disabled")
	}
	return nil
}

// CreateGroup makes a group of accounts that can be mentioned together.
func (s *Service) CreateGroup(ctx context.Context, a perm.Actor, in *GroupInput) (*model.Group, error) {
	switch {
	case in.Source != model.GroupCustom:
		return nil, fault.New(fault.Invalid, "app.group.crud_permission")
	case in.AllowReference == nil || !*in.AllowReference:
		return nil, fault.New(fault.Invalid, "api.custom_groups.must_be_referenceable")
	case len(in.UserIDs) > groupMembersMax:
		return nil, fault.Body("user_ids")
	}
	if err := errors.Join(s.needCustomGroups(), a.Need(perm.CreateCustomGroup)); err != nil {
		return nil, err
	}
	now := s.now()
	g := &model.Group{ID: model.NewID(), Source: model.GroupCustom, CreateAt: now, UpdateAt: now, AllowReference: true}
	in.apply(g)
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := s.checkGroup(ctx, tx, g, ""); err != nil {
			return err
		}
		if err := tx.InsertGroup(ctx, g); err != nil {
			return err
		}
		return s.addToGroup(ctx, tx, g, in.UserIDs)
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, errGroupName()
	}
	if err != nil {
		return nil, store.Fault(err, "app.insert_error")
	}
	return g.Counted(), nil
}

func errGroupName() *fault.Error { return fault.New(fault.Invalid, "app.custom_group.unique_name") }

func (in *GroupInput) apply(g *model.Group) {
	if in.Name != nil {
		g.Name = in.Name
	}
	if in.DisplayName != nil {
		g.DisplayName = *in.DisplayName
	}
	if in.Description != nil {
		g.Description = *in.Description
	}
	if in.AllowReference != nil {
		g.AllowReference = *in.AllowReference
	}
}

// checkGroup checks a group before it is stored: its name must not be that of an account.
func (s *Service) checkGroup(ctx context.Context, tx *store.Tx, g *model.Group, oldName string) error {
	if err := g.Validate(); err != nil {
		return err
	}
	if g.NameText() == "" || g.NameText() == oldName {
		return nil
	}
	_, err := tx.UserIDByUsername(ctx, g.NameText())
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		return fault.New(fault.Invalid, "app.group.username_conflict")
	}
	return err
}

// addToGroup puts accounts into a group and tells them and everybody.
func (s *Service) addToGroup(ctx context.Context, tx *store.Tx, g *model.Group, userIDs []string) error {
	added, err := tx.AddGroupMembers(ctx, g.ID, userIDs, s.now())
	if err != nil {
		return err
	}
	g.Members += int64(len(added))
	tx.Emit(event.ReceivedGroup(asJSON(g), asJSON(g.Counted()))...)
	for _, m := range added {
		tx.Emit(event.GroupMemberAdded(m.UserID, asJSON(m)))
	}
	return nil
}

func asJSON(v any) string {
	text, _ := json.Marshal(v) // what is given to it always has a JSON form
	return string(text)
}

// group reads a group and refuses an actor who may not know of it.
func (s *Service) group(ctx context.Context, q store.Q, a perm.Actor, groupID string) (*model.Group, error) {
	g, err := q.Group(ctx, groupID)
	if err != nil {
		return nil, store.Fault(err, "app.select_error", fault.New(fault.NotFound, "app.group.no_rows"))
	}
	if g.Source == model.GroupCustom {
		return g, s.needCustomGroups()
	}
	if !g.AllowReference {
		return g, a.Need(perm.SysconsoleReadUserManagementGroups)
	}
	return g, nil
}

// Group describes a group.
func (s *Service) Group(ctx context.Context, a perm.Actor, groupID string, count bool) (*model.Group, error) {
	g, err := s.group(ctx, s.DB.Q, a, groupID)
	if err != nil || !count {
		return g, err
	}
	counted := []*model.Group{g}
	err = s.countMembers(ctx, a, counted)
	return counted[0], err
}

// needGroupRight refuses an actor who may not change a group: its members may as far as
// the role of group members grants it, everybody else by the system roles.
func (s *Service) needGroupRight(ctx context.Context, q store.Q, a perm.Actor, g *model.Group, p perm.Permission) error {
	if g.Source != model.GroupCustom {
		return a.Need(perm.SysconsoleWriteUserManagementGroups)
	}
	member, err := q.IsGroupMember(ctx, g.ID, a.UserID)
	if err != nil {
		return store.Fault(err, "app.select_error")
	}
	if member {
		return a.NeedIn(p, perm.RoleCustomGroupUser)
	}
	return a.Need(p)
}

// changeGroup changes a group that the actor may change, and tells everybody.
func (s *Service) changeGroup(ctx context.Context, a perm.Actor, groupID string, p perm.Permission,
	change func(tx *store.Tx, g *model.Group) error,
) (*model.Group, error) {
	var g *model.Group
	err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		if g, err = s.group(ctx, tx.Q, a, groupID); err != nil {
			return err
		}
		if err = s.needGroupRight(ctx, tx.Q, a, g, p); err != nil {
			return err
		}
		if g, err = tx.LockGroup(ctx, groupID); err != nil {
			return err
		}
		return change(tx, g)
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, errGroupName()
	}
	if err != nil {
		return nil, store.Fault(err, "app.update_error", fault.New(fault.NotFound, "app.group.no_rows"))
	}
	return g.Counted(), nil
}

// saveGroup stores a changed group and tells everybody.
func (s *Service) saveGroup(ctx context.Context, tx *store.Tx, g *model.Group) error {
	g.UpdateAt = max(s.now(), g.UpdateAt+1)
	if err := tx.UpdateGroup(ctx, g); err != nil {
		return err
	}
	tx.Emit(event.ReceivedGroup(asJSON(g), asJSON(g.Counted()))...)
	return nil
}

// PatchGroup changes what a group is called and whether it can be mentioned.
func (s *Service) PatchGroup(ctx context.Context, a perm.Actor, groupID string, in *GroupInput) (*model.Group, error) {
	return s.changeGroup(ctx, a, groupID, perm.EditCustomGroup, func(tx *store.Tx, g *model.Group) error {
		oldName := g.NameText()
		in.apply(g)
		if g.Source == model.GroupCustom && !g.AllowReference {
			return fault.New(fault.Invalid, "api.custom_groups.must_be_referenceable")
		}
		if err := s.checkGroup(ctx, tx, g, oldName); err != nil {
			return err
		}
		return s.saveGroup(ctx, tx, g)
	})
}

// DeleteGroup archives a group; its name stays taken, so that it can come back.
func (s *Service) DeleteGroup(ctx context.Context, a perm.Actor, groupID string) error {
	_, err := s.changeGroup(ctx, a, groupID, perm.DeleteCustomGroup, func(tx *store.Tx, g *model.Group) error {
		if g.Source != model.GroupCustom {
			return fault.New(fault.Invalid, "app.group.crud_permission")
		}
		g.DeleteAt = s.now()
		return s.saveGroup(ctx, tx, g)
	})
	return err
}

// RestoreGroup brings an archived group back.
func (s *Service) RestoreGroup(ctx context.Context, a perm.Actor, groupID string) (*model.Group, error) {
	return s.changeGroup(ctx, a, groupID, perm.RestoreCustomGroup, func(tx *store.Tx, g *model.Group) error {
		if g.Source != model.GroupCustom {
			return fault.New(fault.Invalid, "app.group.crud_permission")
		}
		g.DeleteAt = 0
		return s.saveGroup(ctx, tx, g)
	})
}

// AddGroupMembers puts accounts into a custom group and gives those who came.
func (s *Service) AddGroupMembers(ctx context.Context, a perm.Actor, groupID string, userIDs []string) ([]*model.GroupMember, error) {
	return s.moveGroupMembers(ctx, a, groupID, userIDs, func(tx *store.Tx, g *model.Group) ([]*model.GroupMember, error) {
		added, err := tx.AddGroupMembers(ctx, g.ID, userIDs, s.now())
		for _, m := range added {
			tx.Emit(event.GroupMemberAdded(m.UserID, asJSON(m)))
		}
		return added, err
	})
}

// RemoveGroupMembers takes accounts out of a custom group and gives those who went.
func (s *Service) RemoveGroupMembers(ctx context.Context, a perm.Actor, groupID string, userIDs []string) ([]*model.GroupMember, error) {
	return s.moveGroupMembers(ctx, a, groupID, userIDs, func(tx *store.Tx, g *model.Group) ([]*model.GroupMember, error) {
		gone, err := tx.RemoveGroupMembers(ctx, g.ID, userIDs)
		for _, m := range gone {
			m.DeleteAt = s.now()
			tx.Emit(event.GroupMemberRemoved(m.UserID, asJSON(m)))
		}
		return gone, err
	})
}

func (s *Service) moveGroupMembers(ctx context.Context, a perm.Actor, groupID string, userIDs []string,
	move func(tx *store.Tx, g *model.Group) ([]*model.GroupMember, error),
) (out []*model.GroupMember, err error) {
	if len(userIDs) == 0 || len(userIDs) > groupMembersMax {
		return nil, fault.Body("user_ids")
	}
	_, err = s.changeGroup(ctx, a, groupID, perm.ManageCustomGroupMembers, func(tx *store.Tx, g *model.Group) error {
		if g.Source != model.GroupCustom {
			return fault.New(fault.Invalid, "app.group.crud_permission")
		}
		if err := s.needToMove(ctx, tx, a, g); err != nil {
			return err
		}
		out, err = move(tx, g)
		return err
	})
	return out, err
}

// needToMove refuses an actor who may not say who is in a group whose members become admins
// somewhere: everybody may put themselves into others.
func (s *Service) needToMove(ctx context.Context, tx *store.Tx, a perm.Actor, g *model.Group) error {
	makes, err := tx.GroupMakesAdmins(ctx, g.ID)
	if err != nil || !makes {
		return err
	}
	return a.Need(perm.SysconsoleWriteUserManagementGroups)
}
