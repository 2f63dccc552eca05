package talk

import (
	"context"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// DeletePost marks a post as deleted, a root with the replies to it, and tells the channel.
func (s *Service) DeletePost(ctx context.Context, a perm.Actor, id string) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.removable(ctx, tx, a, id)
		if err != nil {
			return err
		}
		told, err := s.told(ctx, tx.Q, a, p.Post)
		if err != nil {
			return err
		}
		gone, err := tx.DeletePosts(ctx, id, a.UserID, max(s.now(), p.Post.UpdateAt+1))
		if err != nil {
			return err
		}
		if err := s.unpinned(ctx, tx, p.Post.ChannelID, gone); err != nil {
			return err
		}
		if err := s.unreplied(ctx, tx, gone); err != nil {
			return err
		}
		if err := s.removeFiles(ctx, tx, gone); err != nil {
			return err
		}
		tx.Emit(event.PostDeleted(told, a.UserID)...)
		return nil
	})
	return store.Fault(err, "app.post.delete.app_error", errNoPost())
}

// removable reads a post and refuses an actor who may not delete it. It holds the post.
func (s *Service) removable(ctx context.Context, tx *store.Tx, a perm.Actor, id string) (*store.PostAccess, error) {
	p, err := s.held(ctx, tx, a, id)
	if err != nil {
		return nil, err
	}
	need := perm.DeleteOthersPosts
	if p.Post.UserID == a.UserID {
		need = perm.DeletePost
	}
	return p, a.NeedInChannel(need, p.Roles, p.TeamRoles)
}

// told is what sockets are told of a post before it changes.
func (s *Service) told(ctx context.Context, q store.Q, a perm.Actor, p *model.Post) (model.PostView, error) {
	v := []model.PostView{p.View()}
	v[0].Metadata = nil
	err := s.tellThreads(ctx, q, a, v, shape{counts: true})
	return v[0], err
}

// unpinned takes deleted posts out of the count of what is pinned to their channel.
func (s *Service) unpinned(ctx context.Context, tx *store.Tx, channelID string, gone []*model.Post) error {
	n := 0
	for _, p := range gone {
		if p.IsPinned {
			n--
		}
	}
	if n == 0 {
		return nil
	}
	return tx.CountPinned(ctx, channelID, n)
}
