package workspace

import (
	"context"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// SetChannelRoles replaces what somebody is in a channel by a list of role names. Those that
// the channel gives by flags become flags; others must grant nothing that the actor lacks
// there. Whether somebody is a guest is not decided here.
func (s *Service) SetChannelRoles(ctx context.Context, a perm.Actor, channelID, userID, roles string) error {
	if !validMemberRoles(roles) {
		return fault.Body("roles")
	}
	return s.changeChannelMember(ctx, a, channelID, userID, func(c *store.ChannelAccess, m *model.ChannelMember, names model.SchemeRoles) error {
		given, err := s.readMemberRoles(roles, names, channelRoleFaults)
		if err != nil {
			return err
		}
		if err := given.check(m.SchemeGuest, channelRoleFaults); err != nil {
			return err
		}
		if err := a.NeedToCover(given.explicit, c.Roles, c.TeamRoles); err != nil {
			return err
		}
		m.ExplicitRoles, m.SchemeUser, m.SchemeAdmin = given.explicit, given.user, given.admin
		return nil
	})
}

// SetChannelSchemeRoles says whether a member of a channel is its admin.
func (s *Service) SetChannelSchemeRoles(ctx context.Context, a perm.Actor, channelID, userID string, f Flags) error {
	return s.changeChannelMember(ctx, a, channelID, userID, func(_ *store.ChannelAccess, m *model.ChannelMember, _ model.SchemeRoles) error {
		if err := f.check(m.SchemeGuest, channelRoleFaults); err != nil {
			return err
		}
		m.SchemeUser, m.SchemeAdmin = true, f.Admin
		return nil
	})
}

// changeChannelMember lets an actor who may decide about roles change a place in a channel.
func (s *Service) changeChannelMember(ctx context.Context, a perm.Actor, channelID, userID string,
	change func(*store.ChannelAccess, *model.ChannelMember, model.SchemeRoles) error,
) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		c, err := account.InChannel(ctx, tx.Q, a, channelID, perm.ManageChannelRoles)
		if err != nil {
			return err
		}
		m, err := tx.LockChannelMember(ctx, channelID, userID)
		if err != nil {
			return store.Fault(err, "app.channel.get_member.app_error", noMember())
		}
		names, err := tx.ChannelSchemeRoles(ctx, channelID)
		if err != nil {
			return err
		}
		if err := change(c, m, names); err != nil {
			return err
		}
		m.Roles = names.Effective(m.ExplicitRoles, m.SchemeGuest, m.SchemeUser, m.SchemeAdmin)
		return s.saveChannelMember(ctx, tx, m)
	})
	return store.Fault(err, "app.channel.update_member.app_error")
}

// saveChannelMember stores a changed place in a channel and tells the account.
func (s *Service) saveChannelMember(ctx context.Context, tx *store.Tx, m *model.ChannelMember) error {
	m.LastUpdateAt = max(s.now(), m.LastUpdateAt+1)
	tx.Emit(event.ChannelMemberUpdated(m))
	return tx.UpdateChannelMember(ctx, m)
}

// SetNotifyProps changes what somebody wants to hear of a channel; settings that are not
// given stay.
func (s *Service) SetNotifyProps(ctx context.Context, a perm.Actor, channelID, userID string, props model.StringMap) error {
	if err := s.needUser(ctx, a, userID); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		m, err := tx.LockChannelMember(ctx, channelID, userID)
		if err != nil {
			return store.Fault(err, "app.channel.get_member.app_error", noMember())
		}
		if m.NotifyProps, err = m.MergeNotifyProps(props); err != nil {
			return err
		}
		return s.saveChannelMember(ctx, tx, m)
	})
	return store.Fault(err, "app.channel.update_member.app_error")
}
