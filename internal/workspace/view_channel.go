package workspace

import (
	"context"
	"errors"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// ViewChannel notes that somebody looks at a channel: it, and the one they come from, are
// read. It gives when each was read last.
func (s *Service) ViewChannel(ctx context.Context, a perm.Actor, userID string, v model.ChannelViewed) (map[string]int64, error) {
	var ids []string
	for _, part := range []struct{ name, id string }{{"channel_view.channel_id", v.ChannelID}, {"channel_view.prev_channel_id", v.PrevChannelID}} {
		switch {
		case part.id == "":
		case !model.ValidID(part.id):
			return nil, fault.Body(part.name)
		default:
			ids = append(ids, part.id)
		}
	}
	times, err := s.readChannels(ctx, a, userID, ids, v.CollapsedOK)
	if _, in := times[v.ChannelID]; err == nil && userID == a.UserID {
		if in || v.ChannelID == "" {
			s.Accounts.NoteViewing(userID, v.ChannelID)
		} else {
			s.Accounts.NoteActive(userID)
		}
	}
	return times, err
}

// ReadChannels marks channels as read. Channels somebody is not in are passed over. What is
// read already costs no change.
func (s *Service) ReadChannels(ctx context.Context, a perm.Actor, userID string, channelIDs []string) (map[string]int64, error) {
	return s.readChannels(ctx, a, userID, channelIDs, true)
}

// readChannels is ReadChannels for a client that shows threads of their own, or one that does
// not, for which they are a part of the channel.
func (s *Service) readChannels(ctx context.Context, a perm.Actor, userID string, channelIDs []string, threaded bool) (map[string]int64, error) {
	if err := s.needUser(ctx, a, userID); err != nil {
		return nil, err
	}
	times := map[string]int64{}
	views, err := s.DB.ChannelViews(ctx, userID, channelIDs)
	if err != nil {
		return nil, store.Fault(err, "app.channel.update_last_viewed_at.app_error")
	}
	behind := false
	for _, v := range views {
		times[v.ChannelID] = max(v.LastPostAt, v.ViewedAt)
		behind = behind || v.Unread || v.ViewedAt < v.LastPostAt
	}
	if !behind {
		return times, nil
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		views, err := tx.ChannelViews(ctx, userID, channelIDs)
		if err != nil {
			return err
		}
		unread := false
		clear(times)
		for _, v := range views {
			times[v.ChannelID] = max(v.LastPostAt, v.ViewedAt)
			unread = unread || v.Unread
		}
		if unread && s.Config().ServiceSettings.EnableChannelViewedMessages {
			tx.Emit(event.MultipleChannelsViewed(userID, times))
		}
		now := s.now()
		if err := tx.ViewChannels(ctx, userID, channelIDs, now); err != nil || !unread {
			return err
		}
		return s.readThreads(ctx, tx, userID, views, threaded, now)
	})
	return times, store.Fault(err, "app.channel.update_last_viewed_at.app_error")
}

// readThreads marks the threads of channels as read for somebody to whom they are a part of
// those: the client shows none of their own, or the account does not want any.
func (s *Service) readThreads(ctx context.Context, tx *store.Tx, userID string, views []store.ChannelView, threaded bool, at int64) error {
	collapsed, err := s.collapsed(ctx, tx.Q, userID)
	if err != nil || threaded && collapsed {
		return err
	}
	ids := make([]string, len(views))
	for i, v := range views {
		ids[i] = v.ChannelID
		if collapsed {
			tx.Emit(event.ChannelThreadsRead(userID, v.ChannelID, at))
		}
	}
	return tx.ReadThreadsOfChannels(ctx, userID, ids, at)
}

// collapsed tells whether an account sees replies in threads of their own.
func (s *Service) collapsed(ctx context.Context, q store.Q, userID string) (bool, error) {
	mode := s.Config().ServiceSettings.CollapsedThreads
	if mode == "always_on" || mode == "disabled" {
		return mode == "always_on", nil
	}
	p, err := q.Preference(ctx, userID, "display_settings", "collapsed_reply_threads")
	if errors.Is(err, store.ErrNotFound) {
		return mode == "default_on", nil
	}
	return p.Value == "on", err
}

// ChannelUnread tells how much of a channel somebody has not read.
func (s *Service) ChannelUnread(ctx context.Context, a perm.Actor, userID, channelID string) (*model.ChannelUnread, error) {
	if err := s.needUser(ctx, a, userID); err != nil {
		return nil, err
	}
	c, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.ReadChannel)
	if err != nil {
		return nil, err
	}
	missing := fault.New(fault.NotFound, "app.channel.get_unread.app_error")
	if c.Channel.DeleteAt > 0 {
		return nil, missing
	}
	m, err := s.DB.ChannelMember(ctx, channelID, userID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_unread.app_error", missing)
	}
	return m.Unread(c.Channel), nil
}
