package workspace

import (
	"context"
	"slices"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// GroupList is a request for a page of groups.
type GroupList struct {
	store.GroupFilter
	CountMembers bool
}

// Groups gives a page of groups by display name, and how many there are on all pages.
// Without the right to manage groups only those are listed that can be mentioned.
func (s *Service) Groups(ctx context.Context, a perm.Actor, l GroupList) (groups []*model.Group, total int64, err error) {
	if !a.Can(perm.SysconsoleReadUserManagementGroups) {
		l.Referenceable = true
	}
	for _, teamID := range [...]string{l.NotInTeam, l.OfTeam} {
		if teamID == "" {
			continue
		}
		if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam); err != nil {
			return nil, 0, err
		}
	}
	for _, channelID := range [...]string{l.NotInChannel, l.OfChannel} {
		if channelID == "" {
			continue
		}
		if _, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel); err != nil {
			return nil, 0, err
		}
	}
	groups, err = s.DB.Groups(ctx, l.GroupFilter)
	if err == nil {
		total, err = s.DB.CountGroups(ctx, l.GroupFilter)
	}
	if err == nil && l.CountMembers {
		err = s.countMembers(ctx, a, groups)
	}
	for kind, placeID := range map[string]string{model.SyncableTeam: l.OfTeam, model.SyncableChannel: l.OfChannel} {
		if err == nil && placeID != "" {
			err = s.markAdmins(ctx, groups, kind, placeID)
		}
	}
	return groups, total, store.Fault(err, "app.select_error")
}

// markAdmins shows which groups of a place make their members admins there.
func (s *Service) markAdmins(ctx context.Context, groups []*model.Group, kind, placeID string) error {
	makes, err := s.DB.GroupsMakingAdmins(ctx, kind, placeID)
	for _, g := range groups {
		admins := slices.Contains(makes, g.ID)
		g.SchemeAdmin = &admins
	}
	return err
}

// countMembers shows how many members groups have: those the actor may know of.
func (s *Service) countMembers(ctx context.Context, a perm.Actor, groups []*model.Group) error {
	sight, err := s.Accounts.SightOf(ctx, a)
	if err != nil {
		return err
	}
	if sight != nil && len(groups) > 0 {
		ids := make([]string, len(groups))
		for i, g := range groups {
			ids[i] = g.ID
		}
		seen, err := s.DB.GroupSizesSeen(ctx, sight, ids)
		if err != nil {
			return store.Fault(err, "app.select_error")
		}
		for _, g := range groups {
			g.Members = seen[g.ID]
		}
	}
	for i, g := range groups {
		groups[i] = g.Counted()
	}
	return nil
}

// GroupsByNames gives the groups with these names that the actor may mention.
func (s *Service) GroupsByNames(ctx context.Context, a perm.Actor, names []string) ([]*model.Group, error) {
	groups, err := s.DB.GroupsByNames(ctx, names)
	if err != nil {
		return nil, store.Fault(err, "app.select_error")
	}
	kept := groups[:0]
	for _, g := range groups {
		if g.AllowReference || a.Can(perm.SysconsoleReadUserManagementGroups) {
			kept = append(kept, g)
		}
	}
	return kept, nil
}

// groupsOfMax bounds the list of groups of an account, which has no pages.
const groupsOfMax = 1000

// GroupsOf lists the groups an account is in, to itself and to administrators.
func (s *Service) GroupsOf(ctx context.Context, a perm.Actor, userID string) ([]*model.Group, error) {
	if userID != a.UserID && !a.IsAdmin() {
		return nil, fault.Permission(a.UserID, string(perm.ManageSystem))
	}
	groups, err := s.DB.Groups(ctx, store.GroupFilter{WithMember: userID, Limit: groupsOfMax})
	return groups, store.Fault(err, "app.select_error")
}

// GroupMembers gives a page of who is in a group, by username, and how many are in all.
func (s *Service) GroupMembers(ctx context.Context, a perm.Actor, groupID string, page, perPage int) (account.Answers, int64, error) {
	stats, err := s.GroupStats(ctx, a, groupID)
	if err != nil {
		return account.Answers{}, 0, err
	}
	list, err := s.Accounts.Users(ctx, a, account.UserList{Page: page, PerPage: perPage, InGroup: groupID})
	return list, stats.TotalMemberCount, err
}

// GroupStats is how many accounts a group has.
type GroupStats struct {
	GroupID          string `json:"group_id"`
	TotalMemberCount int64  `json:"total_member_count"`
}

// GroupStats counts the members of a group.
func (s *Service) GroupStats(ctx context.Context, a perm.Actor, groupID string) (GroupStats, error) {
	g, err := s.Group(ctx, a, groupID, true)
	if err != nil {
		return GroupStats{}, err
	}
	return GroupStats{GroupID: g.ID, TotalMemberCount: g.Members}, nil
}

// MembersWithout is who would have to leave a team or channel if only some groups might be in it.
type MembersWithout struct {
	Users account.Answers `json:"users"`
	Total int64           `json:"total_count"`
}

// TeamMembersMinusGroups lists members of a team who are in none of the groups.
func (s *Service) TeamMembersMinusGroups(ctx context.Context, a perm.Actor, teamID string, groupIDs []string, page, perPage int,
) (MembersWithout, error) {
	if err := a.Need(perm.SysconsoleReadUserManagementGroups); err != nil {
		return MembersWithout{}, err
	}
	return s.minusGroups(ctx, a, store.UserFilter{InTeam: teamID, NotInGroups: groupIDs, Offset: page * perPage, Limit: perPage})
}

// ChannelMembersMinusGroups is [Service.TeamMembersMinusGroups] for a channel.
func (s *Service) ChannelMembersMinusGroups(ctx context.Context, a perm.Actor, channelID string, groupIDs []string, page, perPage int,
) (MembersWithout, error) {
	if err := a.Need(perm.SysconsoleReadUserManagementGroups); err != nil {
		return MembersWithout{}, err
	}
	return s.minusGroups(ctx, a, store.UserFilter{InChannel: channelID, NotInGroups: groupIDs, Offset: page * perPage, Limit: perPage})
}

func (s *Service) minusGroups(ctx context.Context, a perm.Actor, f store.UserFilter) (MembersWithout, error) {
	f.Active = true
	ids, err := s.DB.UserIDs(ctx, f)
	if err != nil {
		return MembersWithout{}, store.Fault(err, "app.team.get_members.app_error")
	}
	total, err := s.DB.CountUsers(ctx, f, true)
	if err != nil {
		return MembersWithout{}, store.Fault(err, "app.team.get_members.app_error")
	}
	users, err := s.Accounts.UsersByIDs(ctx, a, ids, 0)
	return MembersWithout{Users: users, Total: total}, err
}

// groupCountsMax bounds the list of groups in a channel, which has no pages.
const groupCountsMax = 1000

// GroupCounts tells how many members of a channel are in each group that can be mentioned.
func (s *Service) GroupCounts(ctx context.Context, a perm.Actor, channelID string, timezones bool) ([]model.GroupCount, error) {
	if _, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel); err != nil {
		return nil, err
	}
	list, err := s.DB.GroupCounts(ctx, channelID, groupCountsMax)
	if !timezones {
		for i := range list {
			list[i].Timezones = 0
		}
	}
	return list, store.Fault(err, "app.channel.get_member_count.app_error")
}

// GroupsByChannel gives, by channel, the groups tied to those channels of a team that the
// actor can see: a page of them, or as many as fit into one answer.
func (s *Service) GroupsByChannel(ctx context.Context, a perm.Actor, teamID string, l GroupList) (map[string][]*model.Group, error) {
	t, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam)
	if err != nil {
		return nil, err
	}
	if l.Limit == 0 {
		l.Offset, l.Limit = 0, groupsOfMax
	}
	rows, err := s.DB.GroupsByChannel(ctx, store.ChannelGroups{
		TeamID: teamID, ViewerID: a.UserID, Open: a.CanWith(perm.ListTeamChannels, t.Roles),
		Referenceable: l.Referenceable || !a.Can(perm.SysconsoleReadUserManagementGroups), Offset: l.Offset, Limit: l.Limit,
	})
	if err != nil {
		return nil, store.Fault(err, "app.select_error")
	}
	out := map[string][]*model.Group{}
	for _, r := range rows {
		out[r.ChannelID] = append(out[r.ChannelID], r.Group)
	}
	return out, nil
}
