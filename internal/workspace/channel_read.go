package workspace

import (
	"context"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// ChannelStats gives the kept counts of a channel; files can be left out.
func (s *Service) ChannelStats(ctx context.Context, a perm.Actor, channelID string, noFiles bool) (*model.ChannelStats, error) {
	access, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel)
	if err != nil {
		return nil, err
	}
	c := access.Channel
	out := &model.ChannelStats{ChannelID: c.ID, MemberCount: c.Members, GuestCount: c.Guests, PinnedPostCount: c.PinnedPosts, FilesCount: c.Files}
	if noFiles {
		out.FilesCount = -1
	}
	return out, nil
}

// ChannelMemberCounts gives how many members channels have, of which the actor may read
// each, or list it when it is open.
func (s *Service) ChannelMemberCounts(ctx context.Context, a perm.Actor, ids []string) (map[string]int64, error) {
	list, err := s.DB.ChannelAccesses(ctx, ids, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_member_count.app_error")
	}
	out := make(map[string]int64, len(list))
	for _, c := range list {
		if !a.CanInChannel(perm.ReadChannelContent, c.Roles, c.TeamRoles) &&
			(c.Channel.Type != model.ChannelOpen || !a.CanWith(perm.ListTeamChannels, c.TeamRoles)) {
			return nil, fault.Permission(a.UserID, string(perm.ListTeamChannels))
		}
		out[c.Channel.ID] = c.Channel.Members
	}
	for _, id := range ids {
		if _, found := out[id]; !found {
			return nil, fault.Permission(a.UserID, string(perm.ListTeamChannels))
		}
	}
	return out, nil
}

// ChannelTimezones lists the timezones of the members of a channel.
func (s *Service) ChannelTimezones(ctx context.Context, a perm.Actor, channelID string) ([]string, error) {
	if _, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel); err != nil {
		return nil, err
	}
	list, err := s.DB.ChannelTimezones(ctx, channelID)
	return list, store.Fault(err, "app.channel.get_channel_members_timezones.app_error")
}

// CommonTeams lists the teams that all members of a direct or group channel are in.
func (s *Service) CommonTeams(ctx context.Context, a perm.Actor, channelID string) ([]model.TeamView, error) {
	c, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel)
	if err != nil {
		return nil, err
	}
	if a.IsGuest {
		return nil, fault.Permission(a.UserID, string(perm.ReadChannel))
	}
	if c.Channel.InTeam() {
		return nil, fault.New(fault.Invalid, "app.channel.get_common_teams.incorrect_channel_type")
	}
	list, err := s.DB.CommonTeams(ctx, channelID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_common_teams.store_get_common_teams_error")
	}
	out := make([]model.TeamView, len(list))
	places, err := s.teamRoles(ctx, a)
	if err != nil {
		return nil, err
	}
	for i, t := range list {
		out[i] = t.View(model.TeamRights{Email: a.CanWith(perm.ManageTeam, places[t.ID]), InviteID: a.CanWith(perm.InviteUser, places[t.ID])})
	}
	return out, nil
}

// teamRoles gives the roles the actor has in each of its teams.
func (s *Service) teamRoles(ctx context.Context, a perm.Actor) (map[string]string, error) {
	list, err := s.DB.TeamMembersOf(ctx, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.team.get_members.app_error")
	}
	out := make(map[string]string, len(list))
	for _, m := range list {
		if m.DeleteAt == 0 {
			out[m.TeamID] = m.Roles
		}
	}
	return out, nil
}
