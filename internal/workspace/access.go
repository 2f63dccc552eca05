package workspace

import (
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

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
