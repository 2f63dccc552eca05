package talk

import (
	"context"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// SaveReaction puts an emoji on a post as the actor. Doing it again changes nothing.
func (s *Service) SaveReaction(ctx context.Context, a perm.Actor, r model.Reaction) (*model.Reaction, error) {
	switch {
	case !model.ValidID(r.UserID) || !model.ValidID(r.PostID) || r.EmojiName == "" || len(r.EmojiName) > model.EmojiNameMax:
		return nil, fault.New(fault.Invalid, "api.reaction.save_reaction.invalid.app_error")
	case r.UserID != a.UserID:
		return nil, fault.New(fault.Forbidden, "api.reaction.save_reaction.user_id.app_error")
	}
	out := &model.Reaction{UserID: r.UserID, PostID: r.PostID, EmojiName: r.EmojiName}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.reactable(ctx, tx, a, r.PostID, perm.AddReaction, "api.reaction.save.archived_channel.app_error")
		if err != nil {
			return err
		}
		if !model.KnownEmoji(r.EmojiName) {
			return fault.New(fault.NotFound, "app.emoji.get_by_name.no_result")
		}
		n, among, err := tx.CountEmojis(ctx, r.PostID, r.EmojiName)
		if err != nil {
			return err
		}
		if !among && n >= s.Config().ServiceSettings.UniqueEmojiReactionLimitPerPost {
			return fault.New(fault.Invalid, "app.reaction.save.save.too_many_reactions")
		}
		out.CreateAt, out.ChannelID = s.now(), p.Post.ChannelID
		out.UpdateAt = out.CreateAt
		if _, err := tx.InsertReaction(ctx, out); err != nil {
			return err
		}
		tx.Emit(event.ReactionAdded(*out))
		return s.reacted(ctx, tx, p.Post, true)
	})
	if err != nil {
		return nil, store.Fault(err, "app.reaction.save.save.app_error")
	}
	return out, nil
}

// DeleteReaction takes an emoji of an account off a post. One that is not there is fine.
func (s *Service) DeleteReaction(ctx context.Context, a perm.Actor, r model.Reaction) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.reactable(ctx, tx, a, r.PostID, perm.RemoveReaction, "api.reaction.delete.archived_channel.app_error")
		if err != nil {
			return err
		}
		if r.UserID != a.UserID {
			if err := a.NeedInChannel(perm.RemoveOthersReactions, p.Roles, p.TeamRoles); err != nil {
				return err
			}
		}
		if _, err := tx.DeleteReaction(ctx, &r); err != nil {
			return err
		}
		left, err := tx.Reactions(ctx, []string{r.PostID})
		if err != nil {
			return err
		}
		tx.Emit(event.ReactionRemoved(model.Reaction{UserID: r.UserID, PostID: r.PostID, EmojiName: r.EmojiName, UpdateAt: s.now()}, p.Post.ChannelID))
		return s.reacted(ctx, tx, p.Post, len(left) > 0)
	})
	return store.Fault(err, "app.reaction.delete.app_error")
}

// reactable reads and holds a post to which the actor may react. One that does not exist is
// refused like one that may not be reacted to.
func (s *Service) reactable(ctx context.Context, tx *store.Tx, a perm.Actor, postID string, need perm.Permission, archived string) (*store.PostAccess, error) {
	if _, err := tx.LockPosts(ctx, []string{postID}); err != nil {
		return nil, err
	}
	found, err := tx.PostAccesses(ctx, []string{postID}, a.UserID)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errPermission(a, need)
	}
	p := found[0]
	if err := a.NeedInChannel(need, p.Roles, p.TeamRoles); err != nil {
		return nil, err
	}
	switch {
	case p.Post.DeleteAt != 0:
		return nil, errNoPost()
	case p.Channel.DeleteAt != 0:
		return nil, fault.New(fault.Forbidden, archived)
	}
	return p, nil
}

// reacted notes on a post that reactions to it changed.
func (s *Service) reacted(ctx context.Context, tx *store.Tx, p *model.Post, any bool) error {
	p.HasReactions, p.UpdateAt = any, max(s.now(), p.UpdateAt+1)
	return tx.UpdatePost(ctx, p, p)
}

// Reactions lists the reactions to a post that the actor may read.
func (s *Service) Reactions(ctx context.Context, a perm.Actor, postID string) ([]*model.Reaction, error) {
	byPost, err := s.ReactionsByPosts(ctx, a, []string{postID})
	return byPost[postID], err
}

// ReactionsByPosts lists the reactions to posts, by post; the actor must be able to read all of them.
func (s *Service) ReactionsByPosts(ctx context.Context, a perm.Actor, postIDs []string) (map[string][]*model.Reaction, error) {
	postIDs = unique(postIDs)
	found, err := s.DB.PostAccesses(ctx, postIDs, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.reaction.get_for_post.app_error")
	}
	if len(found) < len(postIDs) {
		return nil, errPermission(a, perm.ReadChannelContent)
	}
	out := make(map[string][]*model.Reaction, len(postIDs))
	for _, p := range found {
		if err := s.Workspace.NeedContent(a, &p.ChannelAccess); err != nil {
			return nil, err
		}
		out[p.Post.ID] = []*model.Reaction{}
	}
	list, err := s.DB.Reactions(ctx, postIDs)
	for _, r := range list {
		out[r.PostID] = append(out[r.PostID], r)
	}
	return out, store.Fault(err, "app.reaction.get_for_post.app_error")
}
