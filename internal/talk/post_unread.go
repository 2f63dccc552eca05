package talk

import (
	"context"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// UnreadPost notes that an account has read a channel up to before one of its posts. For a client
// that shows no threads of their own, a reply makes its thread unread too, and roots stay as they are.
func (s *Service) UnreadPost(ctx context.Context, a perm.Actor, userID, postID string, threaded bool) (*model.ChannelUnreadAt, error) {
	if err := s.needUser(ctx, a, userID); err != nil {
		return nil, err
	}
	var out *model.ChannelUnreadAt
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.readable(ctx, tx.Q, a, postID, false)
		if err != nil {
			return err
		}
		c, err := tx.LockChannel(ctx, p.Channel.ID)
		if err != nil {
			return err
		}
		if out, err = s.unreadFrom(ctx, tx, c, userID, p.Post, threaded); err != nil {
			return err
		}
		tx.Emit(event.PostUnread(out, postID))
		return tx.UnreadChannel(ctx, out, s.now())
	})
	if err != nil {
		return nil, store.Fault(err, "app.channel.update_last_viewed_at_post.app_error")
	}
	return out, nil
}

// unreadFrom finds out what of a channel is unread from a post on, whose channel is held.
func (s *Service) unreadFrom(ctx context.Context, tx *store.Tx, c *model.Channel, userID string, p *model.Post, threaded bool) (*model.ChannelUnreadAt, error) {
	m, err := tx.LockChannelMember(ctx, c.ID, userID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_member.app_error", fault.New(fault.NotFound, "app.channel.get_member.missing.app_error"))
	}
	n, err := tx.UnreadSince(ctx, c, userID, p.CreateAt, recountMost)
	if err != nil {
		return nil, err
	}
	u := &model.ChannelUnreadAt{
		TeamID: c.TeamID, UserID: userID, ChannelID: c.ID, LastViewedAt: p.CreateAt - 1,
		MsgCount: max(0, c.TotalMsgCount-n.Msgs), MsgCountRoot: max(0, c.TotalMsgCountRoot-n.Roots),
		MentionCount: n.Mentions, MentionCountRoot: n.MentionsRoot, UrgentMentionCount: n.Urgent,
	}
	if p.RootID == "" {
		return u, nil
	}
	collapsed, err := s.collapsedFor(ctx, tx.Q, []string{userID})
	if err != nil || threaded && collapsed[userID] {
		return u, err
	}
	u.MsgCountRoot, u.MentionCountRoot, u.UrgentMentionCount = m.MsgCountRoot, m.MentionCountRoot, m.UrgentMentionCount
	return u, s.unreadThread(ctx, tx, c, p.RootID, []string{userID}, p.CreateAt-1)
}

// unreadThread lets accounts follow a thread, all of them with what came after a time unread,
// and tells them.
func (s *Service) unreadThread(ctx context.Context, tx *store.Tx, c *model.Channel, rootID string, userIDs []string, viewed int64) error {
	root, err := tx.LockPost(ctx, rootID)
	if err != nil {
		return err
	}
	mentions, err := s.threadMentions(ctx, tx.Q, c, rootID, userIDs, viewed+1)
	if err != nil {
		return err
	}
	starts := make([]store.ThreadStart, len(userIDs))
	for i, id := range userIDs {
		starts[i] = store.ThreadStart{UserID: id, Mentions: mentions[id]}
	}
	if err := tx.FollowUnread(ctx, rootID, starts, viewed, s.now()); err != nil {
		return err
	}
	return s.tellThread(ctx, tx, root, c, userIDs, nil)
}
