package workspace

import (
	"context"
	"errors"
	"strings"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// channelMissing is what is said of a channel that does not exist.
func channelMissing() *fault.Error {
	return fault.New(fault.NotFound, "app.channel.get.existing.app_error")
}

// CreateChannel makes an open or private channel of a team; the actor becomes its admin.
func (s *Service) CreateChannel(ctx context.Context, a perm.Actor, in *model.Channel) (*model.Channel, error) {
	c, err := s.newChannel(a, in)
	if err != nil {
		return nil, err
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		needed := perm.CreatePublicChannel
		if c.Type == model.ChannelPrivate {
			needed = perm.CreatePrivateChannel
		}
		if _, err := account.InTeam(ctx, tx.Q, a, c.TeamID, needed); err != nil {
			return err
		}
		if err := s.insertTeamChannel(ctx, tx, c); err != nil {
			return err
		}
		return s.addCreator(ctx, tx, a, c)
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, channelExists().Because(err)
	}
	return c, store.Fault(err, "app.channel.create_channel.internal_error")
}

// channelExists says that a team has a channel of the name already.
func channelExists() *fault.Error {
	return fault.New(fault.Invalid, "store.sql_channel.save_channel.exists.app_error")
}

// newChannel checks what somebody wants of a channel of a team.
func (s *Service) newChannel(a perm.Actor, in *model.Channel) (*model.Channel, error) {
	now := s.now()
	c := &model.Channel{
		ID: model.NewID(), CreateAt: now, UpdateAt: now, TeamID: in.TeamID, Type: in.Type,
		DisplayName: strings.TrimSpace(in.DisplayName), Name: in.Name, Header: in.Header, Purpose: in.Purpose,
		CreatorID: a.UserID, GroupConstrained: in.GroupConstrained, BannerInfo: in.BannerInfo, DefaultCategoryName: in.DefaultCategoryName,
	}
	switch {
	case in.TeamID == "":
		return nil, fault.Body("team_id")
	case c.DisplayName == "":
		return nil, fault.Body("display_name")
	case in.ID != "":
		return nil, fault.New(fault.Invalid, "store.sql_channel.save_channel.existing.app_error")
	case in.Type == model.ChannelDirect || in.Type == model.ChannelGroup:
		return nil, fault.New(fault.Invalid, "api.channel.create_channel.direct_channel.app_error")
	}
	return c, c.Validate()
}

// insertTeamChannel stores a channel unless its team has too many.
func (s *Service) insertTeamChannel(ctx context.Context, tx *store.Tx, c *model.Channel) error {
	most := s.Config().TeamSettings.MaxChannelsPerTeam
	n, err := tx.CountTeamChannels(ctx, c.TeamID)
	if err != nil {
		return err
	}
	if n >= int64(most) {
		return fault.New(fault.Invalid, "api.channel.create_channel.max_channel_limit.app_error").With("Max", most)
	}
	return tx.InsertChannel(ctx, c)
}

// addCreator makes whoever created a channel its first member and admin.
func (s *Service) addCreator(ctx context.Context, tx *store.Tx, a perm.Actor, c *model.Channel) error {
	if a.UserID == "" {
		return nil // made over the local socket
	}
	u, err := tx.LockUser(ctx, a.UserID)
	if err != nil {
		return err
	}
	if err := tx.InsertChannelMember(ctx, newPlace(c, u, true)); err != nil {
		return err
	}
	guests := 0
	if u.IsGuest() {
		guests = 1
	}
	if err := tx.CountChannel(ctx, c.ID, 1, guests); err != nil {
		return err
	}
	tx.Emit(event.MembershipsStale(u.ID))
	if err := s.writeSystemPost(ctx, tx, c, entryPost(c, u, channelEntry{})); err != nil {
		return err
	}
	tx.Emit(event.ChannelCreated(c))
	return nil
}

// newPlace is the place of somebody who is in a channel from its beginning.
func newPlace(c *model.Channel, u *model.User, admin bool) *model.ChannelMember {
	return &model.ChannelMember{
		ChannelID: c.ID, UserID: u.ID, Username: u.Username, CreateAt: c.CreateAt, LastUpdateAt: c.CreateAt,
		NotifyProps: model.DefaultChannelNotifyProps(), SchemeGuest: u.IsGuest(), SchemeUser: !u.IsGuest(), SchemeAdmin: admin && !u.IsGuest(),
	}
}

// Channel gives a channel, archived or not. Whoever is in the team may look at open ones.
func (s *Service) Channel(ctx context.Context, a perm.Actor, id string) (*model.Channel, error) {
	c, err := s.DB.ChannelAccess(ctx, id, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error", channelMissing())
	}
	if err := needSeeChannel(a, c); err != nil {
		return nil, err
	}
	return c.Channel, nil
}

// needSeeChannel refuses an actor who may not know that a channel exists: open ones are known
// to their team, others to those who may read them.
func needSeeChannel(a perm.Actor, c *store.ChannelAccess) error {
	if c.Channel.Type == model.ChannelOpen && a.CanWith(perm.ReadPublicChannel, c.TeamRoles) {
		return nil
	}
	return a.NeedInChannel(perm.ReadChannel, c.Roles, c.TeamRoles)
}

// ChannelByName gives a channel of a team by its name. Whoever may not know of it is told
// that it does not exist.
func (s *Service) ChannelByName(ctx context.Context, a perm.Actor, teamID, name string, archived bool) (*model.Channel, error) {
	missing := fault.New(fault.NotFound, "app.channel.get_by_name.missing.app_error")
	c, err := s.DB.ChannelAccessByName(ctx, teamID, name, a.UserID)
	switch {
	case err != nil:
		return nil, store.Fault(err, "app.channel.get_by_name.existing.app_error", missing)
	case c.Channel.DeleteAt > 0 && !archived:
		return nil, missing
	case c.Channel.Type == model.ChannelOpen:
		return c.Channel, needSeeChannel(a, c)
	case a.CanWith(perm.ManageTeam, c.TeamRoles) || a.CanInChannel(perm.ReadChannel, c.Roles, c.TeamRoles):
		return c.Channel, nil
	}
	return nil, missing
}

// ChannelByTeamName is ChannelByName for a team that is known by its name.
func (s *Service) ChannelByTeamName(ctx context.Context, a perm.Actor, team, name string, archived bool) (*model.Channel, error) {
	t, err := s.DB.TeamByName(ctx, team)
	if err != nil {
		return nil, store.Fault(err, "app.team.get_by_name.app_error", fault.New(fault.NotFound, "app.team.get_by_name.missing.app_error"))
	}
	return s.ChannelByName(ctx, a, t.ID, name, archived)
}
