package workspace

import (
	"context"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// InTeam is [account.InTeam].
func (s *Service) InTeam(ctx context.Context, q store.Q, a perm.Actor, teamID string, ps ...perm.Permission) (*store.TeamAccess, error) {
	return account.InTeam(ctx, q, a, teamID, ps...)
}

// InChannel is [account.InChannel].
func (s *Service) InChannel(ctx context.Context, q store.Q, a perm.Actor, channelID string, ps ...perm.Permission) (*store.ChannelAccess, error) {
	return account.InChannel(ctx, q, a, channelID, ps...)
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
