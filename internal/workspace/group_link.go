package workspace

import (
	"context"
	"errors"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// SyncablePatch is what a client says of the tie between a group and a place; nil is untouched.
type SyncablePatch struct {
	AutoAdd     *bool `json:"auto_add"`
	SchemeAdmin *bool `json:"scheme_admin"`
}

// GroupSyncables lists the teams or channels (kind) a group is tied to.
func (s *Service) GroupSyncables(ctx context.Context, a perm.Actor, kind, groupID string) ([]*model.GroupSyncable, error) {
	if err := a.Need(perm.SysconsoleReadUserManagementGroups); err != nil {
		return nil, err
	}
	if _, err := s.group(ctx, s.DB.Q, a, groupID); err != nil {
		return nil, err
	}
	list, err := s.DB.GroupSyncables(ctx, kind, groupID)
	return list, store.Fault(err, "app.select_error")
}

// GroupSyncable tells how a group is tied to a team or channel.
func (s *Service) GroupSyncable(ctx context.Context, a perm.Actor, kind, groupID, placeID string) (*model.GroupSyncable, error) {
	if err := a.Need(perm.SysconsoleReadUserManagementGroups); err != nil {
		return nil, err
	}
	y, err := s.DB.GroupSyncable(ctx, kind, groupID, placeID)
	if err == nil && y.DeleteAt != 0 {
		err = store.ErrNotFound
	}
	return y, store.Fault(err, "app.select_error", fault.New(fault.NotFound, "app.group.no_rows"))
}

// LinkGroup ties a group to a team or channel.
func (s *Service) LinkGroup(ctx context.Context, a perm.Actor, kind, groupID, placeID string, p SyncablePatch) (*model.GroupSyncable, error) {
	return s.tie(ctx, a, kind, groupID, placeID, func(y *model.GroupSyncable, _ bool) error {
		y.DeleteAt = 0
		p.apply(y)
		return nil
	})
}

// UnlinkGroup unties a group from a team or channel; its members stay there.
func (s *Service) UnlinkGroup(ctx context.Context, a perm.Actor, kind, groupID, placeID string) error {
	_, err := s.tie(ctx, a, kind, groupID, placeID, func(y *model.GroupSyncable, tied bool) error {
		if !tied {
			return fault.New(fault.Invalid, "app.group.group_syncable_already_deleted")
		}
		y.DeleteAt = s.now()
		return nil
	})
	return err
}

// PatchGroupLink changes how a group is tied to a team or channel.
func (s *Service) PatchGroupLink(ctx context.Context, a perm.Actor, kind, groupID, placeID string, p SyncablePatch) (*model.GroupSyncable, error) {
	return s.tie(ctx, a, kind, groupID, placeID, func(y *model.GroupSyncable, tied bool) error {
		if !tied {
			return fault.New(fault.NotFound, "app.group.no_rows")
		}
		p.apply(y)
		return nil
	})
}

func (p SyncablePatch) apply(y *model.GroupSyncable) {
	if p.AutoAdd != nil {
		y.AutoAdd = *p.AutoAdd
	}
	if p.SchemeAdmin != nil {
		y.SchemeAdmin = *p.SchemeAdmin
	}
}

// tie changes the tie between a group and a place that the actor may manage.
func (s *Service) tie(ctx context.Context, a perm.Actor, kind, groupID, placeID string,
	change func(y *model.GroupSyncable, tied bool) error,
) (y *model.GroupSyncable, err error) {
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		if _, err := s.group(ctx, tx.Q, a, groupID); err != nil {
			return err
		}
		roles, err := s.needPlace(ctx, tx.Q, a, kind, placeID)
		if err != nil {
			return err
		}
		now := s.now()
		y, err = tx.GroupSyncable(ctx, kind, groupID, placeID)
		if errors.Is(err, store.ErrNotFound) {
			y, err = &model.GroupSyncable{GroupID: groupID, PlaceID: placeID, CreateAt: now, DeleteAt: now}, nil
		}
		if err != nil {
			return err
		}
		wasTied := y.DeleteAt == 0
		if err := change(y, wasTied); err != nil {
			return err
		}
		if y.SchemeAdmin && y.DeleteAt == 0 {
			if err := a.NeedIn(makingAdmins[kind], roles...); err != nil {
				return err
			}
		}
		y.UpdateAt = now
		if err := tx.SaveGroupSyncable(ctx, kind, y); err != nil {
			return err
		}
		if tied := y.DeleteAt == 0; tied != wasTied {
			tx.Emit(event.GroupTied(kind, groupID, placeID, tied))
		}
		return nil
	})
	return y, store.Fault(err, "app.update_error")
}

// makingAdmins is what somebody needs in a place to make its admins, by kind.
var makingAdmins = map[string]perm.Permission{
	model.SyncableTeam:    perm.ManageTeamRoles,
	model.SyncableChannel: perm.ManageChannelRoles,
}

// needPlace refuses an actor who may not say who belongs to a team or channel, and gives the
// roles the actor has there.
func (s *Service) needPlace(ctx context.Context, q store.Q, a perm.Actor, kind, placeID string) ([]string, error) {
	if kind == model.SyncableTeam {
		t, err := account.InTeam(ctx, q, a, placeID, perm.ManageTeam)
		if err != nil {
			return nil, err
		}
		return []string{t.Roles}, nil
	}
	c, err := account.InChannel(ctx, q, a, placeID)
	if err != nil {
		return nil, err
	}
	needed := perm.ManagePublicChannelMembers
	if c.Channel.Type == model.ChannelPrivate {
		needed = perm.ManagePrivateChannelMembers
	}
	return []string{c.Roles, c.TeamRoles}, a.NeedInChannel(needed, c.Roles, c.TeamRoles)
}
