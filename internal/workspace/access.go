package workspace

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
func (s *Service) InTeam(ctx context.Context, q store.Q, a perm.Actor, teamID string, ps ...perm.Permission) (*store.TeamAccess, error) {
	t, err := q.TeamAccess(ctx, teamID, a.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Permission(a.UserID, names(ps)...).Because(err)
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
func (s *Service) InChannel(ctx context.Context, q store.Q, a perm.Actor, channelID string, ps ...perm.Permission) (*store.ChannelAccess, error) {
	c, err := q.ChannelAccess(ctx, channelID, a.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Permission(a.UserID, names(ps)...).Because(err)
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

func names(ps []perm.Permission) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = string(p)
	}
	return out
}

// NeedContent refuses an actor who may not read what is written in a channel. An open
// channel can be read by its team without joining it.
func (s *Service) NeedContent(a perm.Actor, c *store.ChannelAccess) error {
	if a.CanInChannel(perm.ReadChannelContent, c.Roles, c.TeamRoles) {
		return nil
	}
	if c.Channel.Type == model.ChannelOpen && a.CanWith(perm.ReadPublicChannel, c.TeamRoles) {
		return nil
	}
	return fault.Permission(a.UserID, string(perm.ReadChannelContent))
}

// NeedCreatePost refuses an actor who may not write in a channel.
func (s *Service) NeedCreatePost(a perm.Actor, c *store.ChannelAccess) error {
	if a.CanInChannel(perm.CreatePost, c.Roles, c.TeamRoles) {
		return nil
	}
	if c.Channel.Type == model.ChannelOpen && a.CanWith(perm.CreatePostPublic, c.TeamRoles) {
		return nil
	}
	return fault.Permission(a.UserID, string(perm.CreatePost))
}
