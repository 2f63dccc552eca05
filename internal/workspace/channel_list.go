package workspace

import (
	"context"
	"errors"
	"iter"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Limits of the lists of channels.
const (
	suggestionsMax = 50   // of an autocompletion
	foundMax       = 100  // of a search
	streamPage     = 200  // rows read at a time for answers without an end
	channelIDsMax  = 1000 // ids of one question
)

// OpenChannels lists the open channels of a team.
func (s *Service) OpenChannels(ctx context.Context, a perm.Actor, teamID string, page, perPage int) ([]*model.Channel, error) {
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ListTeamChannels); err != nil {
		return nil, err
	}
	list, err := s.DB.TeamChannels(ctx, teamID, model.ChannelOpen, page*perPage, perPage)
	return list, store.Fault(err, "app.channel.get_public_channels.get.app_error")
}

// PrivateChannels lists the private channels of a team, for administrators.
func (s *Service) PrivateChannels(ctx context.Context, a perm.Actor, teamID string, page, perPage int) ([]*model.Channel, error) {
	if err := a.Need(perm.ManageSystem); err != nil {
		return nil, err
	}
	list, err := s.DB.TeamChannels(ctx, teamID, model.ChannelPrivate, page*perPage, perPage)
	return list, store.Fault(err, "app.channel.get_private_channels.get.app_error")
}

// ArchivedChannels lists the archived channels of a team: open ones, and private ones the
// actor is in. Administrators get all.
func (s *Service) ArchivedChannels(ctx context.Context, a perm.Actor, teamID string, page, perPage int) ([]*model.Channel, error) {
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ListTeamChannels); err != nil {
		return nil, err
	}
	list, err := s.DB.SearchTeamChannels(ctx, store.TeamSearch{
		TeamID: teamID, ViewerID: a.UserID, Open: true, All: a.IsAdmin(), Archived: true,
		Offset: page * perPage, Limit: perPage,
	})
	return list, store.Fault(err, "app.channel.get_deleted.existing.app_error")
}

// ChannelsByIDs gives the open channels of a team among ids. Guests must be able to read each.
func (s *Service) ChannelsByIDs(ctx context.Context, a perm.Actor, teamID string, ids []string) ([]*model.Channel, error) {
	for _, id := range ids {
		if !model.ValidID(id) {
			return nil, fault.Body("channel_ids")
		}
	}
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam); err != nil {
		return nil, err
	}
	list, err := s.DB.OpenTeamChannels(ctx, teamID, ids)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_channels_by_ids.get.app_error")
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "app.channel.get_channels_by_ids.not_found.app_error")
	}
	if a.IsGuest {
		if err := s.needReadAll(ctx, a, ids); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// needReadAll refuses an actor who cannot read one of the channels.
func (s *Service) needReadAll(ctx context.Context, a perm.Actor, ids []string) error {
	list, err := s.DB.ChannelAccesses(ctx, ids, a.UserID)
	if err != nil {
		return store.Fault(err, "app.channel.get_channels_by_ids.get.app_error")
	}
	for _, c := range list {
		if err := a.NeedInChannel(perm.ReadChannel, c.Roles, c.TeamRoles); err != nil {
			return err
		}
	}
	return nil
}

// OwnChannels says which of somebody's channels are asked for.
type OwnChannels struct {
	UserID   string
	TeamID   string // empty: of all teams
	Archived bool
	Since    int64
}

func noChannels() *fault.Error {
	return fault.New(fault.NotFound, "app.channel.get_channels.not_found.app_error")
}

// ChannelsInTeam lists the channels of a team somebody is in, and those of no team.
func (s *Service) ChannelsInTeam(ctx context.Context, a perm.Actor, o OwnChannels) ([]*model.Channel, error) {
	if o.Since < 0 {
		return nil, fault.URL("last_delete_at")
	}
	if err := s.needUser(ctx, a, o.UserID); err != nil {
		return nil, err
	}
	if _, err := account.InTeam(ctx, s.DB.Q, a, o.TeamID, perm.ViewTeam); err != nil {
		return nil, err
	}
	list, err := s.DB.ChannelsOf(ctx, store.OwnChannels{UserID: o.UserID, TeamID: o.TeamID, Archived: o.Archived, Since: o.Since})
	if err == nil && len(list) == 0 {
		return nil, noChannels()
	}
	return list, store.Fault(err, "app.channel.get_channels.get.app_error")
}

// ChannelsOf gives the channels somebody is in, of all teams, a page at a time so that no
// number of them fills the memory. The first page is there when it returns.
func (s *Service) ChannelsOf(ctx context.Context, a perm.Actor, o OwnChannels) (iter.Seq2[[]*model.Channel, error], error) {
	if o.Since < 0 {
		return nil, fault.URL("last_delete_at")
	}
	if err := s.needUser(ctx, a, o.UserID); err != nil {
		return nil, err
	}
	next := func(after string) ([]*model.Channel, error) {
		list, err := s.DB.ChannelsOf(ctx, store.OwnChannels{UserID: o.UserID, Archived: o.Archived, Since: o.Since, AfterID: after, Limit: streamPage})
		return list, store.Fault(err, "app.channel.get_channels.get.app_error")
	}
	return pages(next, func(c *model.Channel) string { return c.ID }, noChannels())
}

// pages gives rows a page at a time, each behind the last of the page before. No row at all is a fault.
func pages[T any](next func(after string) ([]T, error), key func(T) string, none *fault.Error) (iter.Seq2[[]T, error], error) {
	page, err := next("")
	if err != nil {
		return nil, err
	}
	if len(page) == 0 {
		return nil, none
	}
	return func(yield func([]T, error) bool) {
		for yield(page, err) && err == nil && len(page) == streamPage {
			page, err = next(key(page[len(page)-1]))
		}
	}, nil
}

// needUser refuses an actor who may not act for an account.
func (s *Service) needUser(ctx context.Context, a perm.Actor, userID string) error {
	target := perm.Target{UserID: userID}
	if userID != a.UserID && !a.IsAdmin() {
		u, err := s.DB.User(ctx, userID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return store.Fault(err, "app.user.get.app_error")
		}
		if err == nil {
			target.Roles, target.Exists = u.Roles, true
		}
	}
	return a.NeedUser(target)
}
