package workspace

import (
	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// NeedContent is [account.NeedContent].
func (s *Service) NeedContent(a perm.Actor, c *store.ChannelAccess) error {
	return account.NeedContent(a, c)
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
