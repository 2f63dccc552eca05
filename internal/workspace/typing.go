package workspace

import (
	"context"
	"errors"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Typing tells a channel that somebody writes there, in reply to a post or not: the
// actor, or another one for whom it may act because it manages the system.
func (s *Service) Typing(ctx context.Context, a perm.Actor, userID, channelID, parentID string) error {
	if a.UserID == "" {
		return fault.NoSession()
	}
	writer := a
	if userID != a.UserID {
		if err := a.Need(perm.ManageSystem); err != nil {
			return err
		}
		var err error
		writer, err = s.Accounts.ActorOf(ctx, userID)
		if fault.KindOf(err) == fault.NotFound { // nobody may write
			return fault.Permission(a.UserID, string(perm.CreatePost)).Because(err)
		}
		if err != nil {
			return err
		}
	}
	if len(parentID) > model.IDLength {
		return fault.Body("parent_id")
	}
	if err := s.mayWrite(ctx, writer, channelID); err != nil {
		return err
	}
	if s.Config().ServiceSettings.EnableUserTypingMessages {
		s.Bus.Publish([]event.Event{event.Typing(userID, channelID, parentID)})
	}
	return nil
}

// mayWrite refuses who may not write in a channel, or one that does not exist.
func (s *Service) mayWrite(ctx context.Context, a perm.Actor, channelID string) error {
	c, err := s.DB.ChannelAccess(ctx, channelID, a.UserID)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Channel.DeleteAt != 0 {
		return fault.Permission(a.UserID, string(perm.CreatePost)).Because(err)
	}
	if err != nil {
		return store.Fault(err, "app.channel.get.find.app_error")
	}
	return s.NeedCreatePost(a, c)
}
