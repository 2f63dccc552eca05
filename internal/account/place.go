package account

import (
	"context"
	"errors"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// InTeam reads a team and refuses an actor who lacks one of the permissions there. A
// team that does not exist is refused like one in which the actor may do nothing.
func InTeam(ctx context.Context, q store.Q, a perm.Actor, teamID string, ps ...perm.Permission) (*store.TeamAccess, error) {
	t, err := q.TeamAccess(ctx, teamID, a.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Permission(a.UserID, permissionNames(ps)...).Because(err)
	}
	if err != nil {
		return nil, store.Fault(err, "app.team.get.finding.app_error")
	}
	for _, p := range ps {
		if err := a.NeedIn(p, t.Roles); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// InChannel reads a channel and refuses an actor who lacks one of the permissions
// there. A channel that does not exist is refused like one in which the actor may do nothing.
func InChannel(ctx context.Context, q store.Q, a perm.Actor, channelID string, ps ...perm.Permission) (*store.ChannelAccess, error) {
	c, err := q.ChannelAccess(ctx, channelID, a.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Permission(a.UserID, permissionNames(ps)...).Because(err)
	}
	if err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error")
	}
	for _, p := range ps {
		if err := a.NeedInChannel(p, c.Roles, c.TeamRoles); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// NeedContent refuses an actor who may not read what is written in a channel. An open
// channel can be read by its team without joining it.
func NeedContent(a perm.Actor, c *store.ChannelAccess) error {
	if a.CanInChannel(perm.ReadChannelContent, c.Roles, c.TeamRoles) {
		return nil
	}
	if c.Channel.Type == model.ChannelOpen && a.CanWith(perm.ReadPublicChannel, c.TeamRoles) {
		return nil
	}
	return fault.Permission(a.UserID, string(perm.ReadChannelContent))
}

func permissionNames(ps []perm.Permission) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = string(p)
	}
	return out
}

// SightOf says whom the actor may see; nil is everybody. Without view_members that is
// whoever shares a team, in which the actor's roles grant it, or a channel.
func (s *Service) SightOf(ctx context.Context, a perm.Actor) (*store.Sight, error) {
	if a.Can(perm.ViewMembers) {
		return nil, nil
	}
	out := &store.Sight{UserID: a.UserID}
	places, err := s.DB.LiveTeamMembersOf(ctx, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get_view_restrictions.app_error")
	}
	for _, m := range places {
		if a.CanWith(perm.ViewMembers, m.Roles) {
			out.Teams = append(out.Teams, m.TeamID)
		}
	}
	out.Channels, err = s.DB.InAnyChannel(ctx, a.UserID)
	return out, store.Fault(err, "app.user.get_view_restrictions.app_error")
}

// See refuses an actor who may not know of an account. Without view_members that is
// everybody but oneself and those one shares a team or channel with.
func (s *Service) See(ctx context.Context, a perm.Actor, userID string) error {
	if a.UserID == userID && userID != "" {
		return nil
	}
	sight, err := s.SightOf(ctx, a)
	if err != nil || sight == nil {
		return err
	}
	seen, err := s.DB.CountSeen(ctx, sight, []string{userID})
	if err != nil {
		return store.Fault(err, "app.user.get_view_restrictions.app_error")
	}
	if seen == 0 {
		return a.Need(perm.ViewMembers)
	}
	return nil
}

// KnownUsers lists the accounts the actor shares a channel with, itself left out.
func (s *Service) KnownUsers(ctx context.Context, a perm.Actor) ([]string, error) {
	ids, err := s.DB.KnownUserIDs(ctx, a.UserID)
	return ids, store.Fault(err, "app.user.get_known_users.get_users.app_error")
}

// groupChannelsMax is how many group channels one call may name; the others are left out.
const groupChannelsMax = 50

// GroupChannelUsers gives, by channel, who else is in those of the channels that are
// group channels of the actor's.
func (s *Service) GroupChannelUsers(ctx context.Context, a perm.Actor, channelIDs []string) (map[string]Answers, error) {
	rows, err := s.DB.GroupChannelUsers(ctx, a.UserID, channelIDs[:min(len(channelIDs), groupChannelsMax)])
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_profile_by_group_channel_ids_for_user.app_error")
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.UserID
	}
	list, err := s.listed(ctx, a, unique(ids), nil)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Record, len(list.Records))
	for _, r := range list.Records {
		byID[r.ID] = r
	}
	out := map[string]Answers{}
	for _, row := range rows {
		if r := byID[row.UserID]; r != nil {
			in := out[row.ChannelID]
			in.Records, in.View, in.Privacy = append(in.Records, r), list.View, list.Privacy
			out[row.ChannelID] = in
		}
	}
	return out, nil
}

// needGroup refuses an actor who may not know who is in a group.
func (s *Service) needGroup(ctx context.Context, a perm.Actor, groupID string) error {
	g, err := s.DB.Group(ctx, groupID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fault.New(fault.NotFound, "app.group.no_rows").Because(err)
	case err != nil:
		return store.Fault(err, "app.select_error")
	case g.Source == model.GroupCustom && !s.Config().ServiceSettings.EnableCustomGroups:
		return fault.New(fault.Invalid, "api.custom_groups.feature_disabled")
	case g.Source != model.GroupCustom && !g.AllowReference:
		return a.Need(perm.SysconsoleReadUserManagementGroups)
	}
	return nil
}
