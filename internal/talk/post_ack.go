package talk

import (
	"context"
	"errors"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// ackRegret is how long an acknowledgement can be taken back.
const ackRegret = 5 * time.Minute

// AcknowledgePost notes that an account acknowledges a post that asks for it, and tells the
// channel. Doing it again changes nothing.
func (s *Service) AcknowledgePost(ctx context.Context, a perm.Actor, userID, postID string) (*model.PostAck, error) {
	var out *model.PostAck
	err := s.acknowledging(ctx, a, userID, postID, "api.acknowledgement.save.archived_channel.app_error", func(tx *store.Tx, p *model.Post) error {
		if !p.RequestedAck {
			return fault.URL("post_id")
		}
		now := s.now()
		ack, err := tx.SaveAck(ctx, model.PostAck{PostID: postID, UserID: userID, AcknowledgedAt: now})
		if out = ack; err != nil || ack.AcknowledgedAt != now {
			return err
		}
		tx.Emit(event.AckAdded(*ack, p.ChannelID))
		return tx.TouchPosts(ctx, []store.TouchedPost{{ID: postID, At: now}})
	})
	if err != nil {
		return nil, store.Fault(err, "app.acknowledgement.save.save.app_error")
	}
	return out, nil
}

// DeleteAck takes an acknowledgement back soon after it was made, and tells the channel.
func (s *Service) DeleteAck(ctx context.Context, a perm.Actor, userID, postID string) error {
	err := s.acknowledging(ctx, a, userID, postID, "api.acknowledgement.delete.archived_channel.app_error", func(tx *store.Tx, p *model.Post) error {
		ack, err := tx.Ack(ctx, postID, userID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return fault.New(fault.NotFound, "app.acknowledgement.get.app_error")
		case err != nil:
			return err
		case s.now()-ack.AcknowledgedAt > ackRegret.Milliseconds():
			return fault.New(fault.Forbidden, "api.acknowledgement.delete.deadline.app_error")
		}
		if err := tx.DeleteAck(ctx, postID, userID); err != nil {
			return err
		}
		tx.Emit(event.AckRemoved(*ack, p.ChannelID))
		return tx.TouchPosts(ctx, []store.TouchedPost{{ID: postID, At: s.now()}})
	})
	return store.Fault(err, "app.acknowledgement.delete.app_error")
}

// acknowledging does something to the acknowledgement an account gives of a post, which is held;
// archived is what is said where nothing changes any more.
func (s *Service) acknowledging(ctx context.Context, a perm.Actor, userID, postID, archived string, do func(tx *store.Tx, p *model.Post) error) error {
	if err := s.needUser(ctx, a, userID); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.held(ctx, tx, a, postID)
		if err != nil {
			return err
		}
		if err := s.Workspace.NeedContent(a, &p.ChannelAccess); err != nil {
			return err
		}
		if p.Channel.DeleteAt != 0 {
			return fault.New(fault.Forbidden, archived)
		}
		return do(tx, p.Post)
	})
}
