package workspace

import (
	"context"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// AddChannelMembers puts accounts into a channel, all with the same few statements. Who
// cannot come is left out; when nobody can, the fault says why the last one cannot. It gives
// the places of those who are in the channel now, in the order they were named.
func (s *Service) AddChannelMembers(ctx context.Context, a perm.Actor, channelID string, userIDs []string) ([]*model.ChannelMember, error) {
	if len(userIDs) == 1 && userIDs[0] == a.UserID {
		m, err := s.enterChannel(ctx, a, channelID)
		if err != nil {
			return nil, store.Fault(err, "app.channel.add_member.app_error")
		}
		return []*model.ChannelMember{m}, nil
	}
	var out []*model.ChannelMember
	err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		_, out, err = s.AddToChannel(ctx, tx, a, channelID, userIDs)
		return err
	})
	return out, store.Fault(err, "app.channel.add_member.app_error")
}

// AddToChannel is AddChannelMembers as a part of something larger. It gives the channel, too.
func (s *Service) AddToChannel(ctx context.Context, tx *store.Tx, a perm.Actor, channelID string, userIDs []string) (*model.Channel, []*model.ChannelMember, error) {
	userIDs = distinct(userIDs)
	c, err := s.openTo(ctx, tx, a, channelID, userIDs)
	if err != nil {
		return nil, nil, err
	}
	users, last, err := s.admitToChannel(ctx, tx, c, userIDs)
	if err != nil {
		return nil, nil, err
	}
	if len(users) == 0 {
		return nil, nil, last
	}
	by, err := s.adder(ctx, tx, a)
	if err != nil {
		return nil, nil, err
	}
	members, err := s.joinChannel(ctx, tx, c, users, channelEntry{by: by})
	if err != nil {
		return nil, nil, err
	}
	out := make([]*model.ChannelMember, len(users))
	for i, u := range users {
		out[i] = members[u.ID].For(a.UserID)
	}
	return c, out, nil
}

// distinct drops repetitions and keeps the order.
func distinct(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// adder reads who adds others, nil for the local socket.
func (s *Service) adder(ctx context.Context, tx *store.Tx, a perm.Actor) (*model.User, error) {
	if a.UserID == "" {
		return nil, nil
	}
	return tx.User(ctx, a.UserID)
}

// openTo holds a channel to which the actor wants to add accounts and refuses an actor who may not.
func (s *Service) openTo(ctx context.Context, tx *store.Tx, a perm.Actor, channelID string, userIDs []string) (*model.Channel, error) {
	if _, err := tx.LockChannel(ctx, channelID); err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error", channelMissing())
	}
	c, err := s.mayOpen(ctx, tx.Q, a, channelID, userIDs)
	if err != nil {
		return nil, err
	}
	return c, s.needGroups(ctx, tx.Q, c, userIDs)
}

// mayOpen refuses an actor who may not add accounts to a channel, and channels nobody is added to.
func (s *Service) mayOpen(ctx context.Context, q store.Q, a perm.Actor, channelID string, userIDs []string) (*model.Channel, error) {
	c, err := q.ChannelAccess(ctx, channelID, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error", channelMissing())
	}
	if !c.Channel.InTeam() {
		return nil, fault.New(fault.Invalid, "api.channel.add_user_to_channel.type.app_error")
	}
	for _, id := range userIDs {
		if err := mayAddToChannel(a, c, id); err != nil {
			return nil, err
		}
	}
	if a.IsGuest {
		if err := a.NeedInChannel(perm.ReadChannel, c.Roles, c.TeamRoles); err != nil {
			return nil, err
		}
		if err := s.See(ctx, a, userIDs...); err != nil {
			return nil, err
		}
	}
	if c.Channel.DeleteAt > 0 {
		return nil, errBuriedChannel()
	}
	return c.Channel, nil
}

func errBuriedChannel() *fault.Error {
	return fault.New(fault.Invalid, "api.channel.add_user_to_channel.deleted.app_error")
}

// mayAddToChannel refuses an actor who may not put an account into a channel.
func mayAddToChannel(a perm.Actor, c *store.ChannelAccess, userID string) error {
	switch {
	case c.Channel.Type == model.ChannelPrivate:
		return a.NeedInChannel(perm.ManagePrivateChannelMembers, c.Roles, c.TeamRoles)
	case userID == a.UserID:
		return a.NeedIn(perm.JoinPublicChannels, c.TeamRoles)
	}
	return a.NeedInChannel(perm.ManagePublicChannelMembers, c.Roles, c.TeamRoles)
}

// needGroups refuses accounts that are in no group of a channel whose members come from groups.
func (s *Service) needGroups(ctx context.Context, q store.Q, c *model.Channel, userIDs []string) error {
	if !c.Constrained() {
		return nil
	}
	n, err := q.CountOutsideGroups(ctx, c.ID, userIDs)
	if err == nil && n > 0 {
		return fault.New(fault.Invalid, "api.channel.add_members.user_denied")
	}
	return err
}

// admitToChannel decides for each account whether it can come into a channel of its team. The
// fault is that of the last one that cannot.
func (s *Service) admitToChannel(ctx context.Context, tx *store.Tx, c *model.Channel, userIDs []string) ([]*model.User, error, error) {
	list, err := tx.HoldUsers(ctx, userIDs)
	if err != nil {
		return nil, nil, err
	}
	byID := make(map[string]*model.User, len(list))
	for _, u := range list {
		byID[u.ID] = u
	}
	places, err := s.teamMembersAmong(ctx, tx.Q, c.TeamID, userIDs)
	if err != nil {
		return nil, nil, err
	}
	var users []*model.User
	var last error
	for _, id := range userIDs {
		u, place := byID[id], places[id]
		switch {
		case u == nil:
			last = fault.NoUser()
		case place == nil:
			last = fault.New(fault.NotFound, "app.team.get_member.missing.app_error")
		case place.DeleteAt > 0:
			last = fault.New(fault.Invalid, "api.channel.add_user.to.channel.failed.deleted.app_error")
		case !u.Active():
			last = fault.New(fault.Forbidden, "app.channel.add_member.deleted_user.app_error")
		default:
			users = append(users, u)
		}
	}
	return users, last, nil
}

// RemoveChannelMember takes somebody out of a channel; everybody may leave, but for the
// channel that a team is made of.
func (s *Service) RemoveChannelMember(ctx context.Context, a perm.Actor, channelID, userID string) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldUser(ctx, userID); err != nil { // first, as whoever changes the account does
			return err
		}
		if _, err := tx.LockChannel(ctx, channelID); err != nil {
			return store.Fault(err, "app.channel.get.find.app_error", channelMissing())
		}
		c, err := tx.ChannelAccess(ctx, channelID, a.UserID)
		if err != nil {
			return err
		}
		u, err := tx.User(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		if err := mayRemove(a, c, u); err != nil {
			return err
		}
		by, err := s.adder(ctx, tx, a)
		if err != nil {
			return err
		}
		return store.Fault(s.leaveChannel(ctx, tx, c.Channel, u, by), "app.channel.remove_member.app_error", noMember())
	})
	return store.Fault(err, "app.channel.remove_member.app_error")
}

func mayRemove(a perm.Actor, c *store.ChannelAccess, u *model.User) error {
	self := u.ID == a.UserID
	if !c.Channel.InTeam() {
		return fault.New(fault.Invalid, "api.channel.remove_channel_member.type.app_error")
	}
	if c.Channel.Constrained() && !self && !u.IsBot {
		return fault.New(fault.Invalid, "api.channel.remove_member.group_constrained.app_error")
	}
	if !self {
		needed := perm.ManagePublicChannelMembers
		if c.Channel.Type == model.ChannelPrivate {
			needed = perm.ManagePrivateChannelMembers
		}
		if err := a.NeedInChannel(needed, c.Roles, c.TeamRoles); err != nil {
			return err
		}
	}
	if c.Channel.Name == model.TownSquare && !u.IsGuest() {
		return fault.New(fault.Invalid, "api.channel.remove.default.app_error").With("Channel", c.Channel.DisplayName)
	}
	return nil
}
