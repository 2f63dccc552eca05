package workspace

import (
	"context"
	"strings"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// SetChannelRoles replaces the roles somebody has in a channel. Names that the flags of a
// membership stand for become flags; whether somebody is a guest is not decided here.
func (s *Service) SetChannelRoles(ctx context.Context, a perm.Actor, channelID, userID, roles string) error {
	for name := range perm.RoleNames(roles) {
		if !perm.ValidRoleName(name) {
			return fault.Body("roles")
		}
	}
	known, err := s.Accounts.Roles()
	if err != nil {
		return err
	}
	return s.changeChannelMember(ctx, a, channelID, userID, func(m *model.ChannelMember, names model.SchemeRoles) error {
		var explicit []string
		var guest, user, admin bool
		for name := range perm.RoleNames(roles) {
			role := known.Named(name)
			switch {
			case role == nil || role.DeleteAt > 0:
				return fault.New(fault.Invalid, "app.role.get_by_name.app_error")
			case name == names.Guest:
				guest = true
			case name == names.User:
				user = true
			case name == names.Admin:
				admin = true
			case role.SchemeManaged:
				return fault.New(fault.Invalid, "api.channel.update_channel_member_roles.scheme_role.app_error").With("Role", name)
			default:
				explicit = append(explicit, name)
			}
		}
		if err := checkChannelFlags(m, guest, user); err != nil {
			return err
		}
		m.ExplicitRoles, m.SchemeGuest, m.SchemeUser, m.SchemeAdmin = strings.Join(explicit, " "), guest, user, admin
		return nil
	})
}

// checkChannelFlags keeps a member a guest or a user, whichever it is.
func checkChannelFlags(m *model.ChannelMember, guest, user bool) error {
	switch {
	case guest && user:
		return fault.New(fault.Invalid, "api.channel.update_channel_member_roles.guest_and_user.app_error")
	case guest != m.SchemeGuest:
		return fault.New(fault.Invalid, "api.channel.update_channel_member_roles.changing_guest_role.app_error")
	case !guest && !user:
		return fault.New(fault.Invalid, "api.channel.update_channel_member_roles.unset_user_scheme.app_error")
	}
	return nil
}

// SchemeFlags are the roles of a membership that its scheme gives names.
type SchemeFlags struct {
	Guest bool `json:"scheme_guest"`
	User  bool `json:"scheme_user"`
	Admin bool `json:"scheme_admin"`
}

// SetChannelSchemeRoles says whether a member of a channel is its admin.
func (s *Service) SetChannelSchemeRoles(ctx context.Context, a perm.Actor, channelID, userID string, f SchemeFlags) error {
	return s.changeChannelMember(ctx, a, channelID, userID, func(m *model.ChannelMember, _ model.SchemeRoles) error {
		switch {
		case m.SchemeGuest:
			return fault.New(fault.Invalid, "api.channel.update_channel_member_roles.guest.app_error")
		case f.Guest:
			return fault.New(fault.Invalid, "api.channel.update_channel_member_roles.user_and_guest.app_error")
		case !f.User:
			return fault.New(fault.Invalid, "api.channel.update_channel_member_roles.unset_user_scheme.app_error")
		}
		m.SchemeUser, m.SchemeAdmin = true, f.Admin
		return nil
	})
}

// changeChannelMember lets an actor who may decide about roles change a place in a channel.
func (s *Service) changeChannelMember(ctx context.Context, a perm.Actor, channelID, userID string,
	change func(*model.ChannelMember, model.SchemeRoles) error) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if _, err := s.InChannel(ctx, tx.Q, a, channelID, perm.ManageChannelRoles); err != nil {
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
		if err := change(m, names); err != nil {
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
