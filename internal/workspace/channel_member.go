package workspace

import (
	"context"
	"iter"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// noMember is what is said of somebody who is not in a channel.
func noMember() *fault.Error {
	return fault.New(fault.NotFound, "app.channel.get_member.missing.app_error")
}

// ChannelMembers lists who is in a channel.
func (s *Service) ChannelMembers(ctx context.Context, a perm.Actor, channelID string, page, perPage int) ([]*model.ChannelMember, error) {
	if _, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel); err != nil {
		return nil, err
	}
	list, err := s.DB.ChannelMembers(ctx, channelID, page*perPage, perPage)
	return forViewer(a, list), store.Fault(err, "app.channel.get_members.app_error")
}

// forViewer hides from the actor when others read a channel.
func forViewer(a perm.Actor, list []*model.ChannelMember) []*model.ChannelMember {
	for i, m := range list {
		list[i] = m.For(a.UserID)
	}
	return list
}

// ChannelMembersByIDs gives the places in a channel of the accounts ids names.
func (s *Service) ChannelMembersByIDs(ctx context.Context, a perm.Actor, channelID string, ids []string) ([]*model.ChannelMember, error) {
	if _, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel); err != nil {
		return nil, err
	}
	list, err := s.DB.ChannelMembersAmong(ctx, channelID, ids)
	return forViewer(a, list), store.Fault(err, "app.channel.get_members_by_ids.app_error")
}

// ChannelMember gives somebody's place in a channel.
func (s *Service) ChannelMember(ctx context.Context, a perm.Actor, channelID, userID string) (*model.ChannelMember, error) {
	if _, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel); err != nil {
		return nil, err
	}
	m, err := s.DB.ChannelMember(ctx, channelID, userID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_member.app_error", noMember())
	}
	return m.For(a.UserID), nil
}

// ChannelMembersInTeam gives somebody's places in the channels of a team and in those of no team.
func (s *Service) ChannelMembersInTeam(ctx context.Context, a perm.Actor, userID, teamID string) ([]*model.ChannelMember, error) {
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam); err != nil {
		return nil, err
	}
	if userID != a.UserID {
		if err := a.Need(perm.ManageSystem); err != nil {
			return nil, err
		}
	}
	list, err := s.DB.ChannelMembersOf(ctx, userID, teamID)
	return forViewer(a, list), store.Fault(err, "app.channel.get_members.app_error")
}

// ChannelMemberships gives a page of somebody's places in the channels of all teams.
func (s *Service) ChannelMemberships(ctx context.Context, a perm.Actor, userID string, page, perPage int) ([]*model.ChannelMemberWithTeam, error) {
	if err := s.needUser(ctx, a, userID); err != nil {
		return nil, err
	}
	list, err := s.DB.ChannelMembershipsOf(ctx, userID, "", page*perPage, perPage)
	return withTeamsFor(a, list), store.Fault(err, "app.channel.get_members.app_error")
}

func withTeamsFor(a perm.Actor, list []*model.ChannelMemberWithTeam) []*model.ChannelMemberWithTeam {
	for _, m := range list {
		m.ChannelMember = *m.For(a.UserID)
	}
	return list
}

// EveryChannelMembership gives all of somebody's places in channels, a page at a time so that
// no number of them fills the memory. The first page is there when it returns.
func (s *Service) EveryChannelMembership(ctx context.Context, a perm.Actor, userID string) (iter.Seq2[[]*model.ChannelMemberWithTeam, error], error) {
	if err := s.needUser(ctx, a, userID); err != nil {
		return nil, err
	}
	next := func(after string) ([]*model.ChannelMemberWithTeam, error) {
		list, err := s.DB.ChannelMembershipsOf(ctx, userID, after, 0, streamPage)
		return withTeamsFor(a, list), store.Fault(err, "app.channel.get_members.app_error")
	}
	return pages(next, func(m *model.ChannelMemberWithTeam) string { return m.ChannelID }, noMember())
}
