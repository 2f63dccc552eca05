package talk

import (
	"context"
	"errors"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Post gives a post whose channel the actor may read. A deleted one is gone for all but
// administrators who ask for it.
func (s *Service) Post(ctx context.Context, a perm.Actor, id string, deletedToo bool) (model.PostView, error) {
	if deletedToo {
		if err := a.Need(perm.ManageSystem); err != nil {
			return model.PostView{}, err
		}
	}
	p, err := s.readable(ctx, s.DB.Q, a, id, deletedToo)
	if err != nil {
		return model.PostView{}, err
	}
	v, err := s.view(ctx, s.DB.Q, a, p.Post, shape{counts: true})
	return v, errReading(err)
}

// readable reads a post and refuses an actor who may not read its channel.
func (s *Service) readable(ctx context.Context, q store.Q, a perm.Actor, id string, deletedToo bool) (*store.PostAccess, error) {
	p, err := q.PostAccess(ctx, id, a.UserID)
	if err != nil {
		return nil, errReading(err)
	}
	if p.Post.DeleteAt != 0 && !deletedToo {
		return nil, errNoPost()
	}
	return p, s.Workspace.NeedContent(a, &p.ChannelAccess)
}

// postsMax is how many posts can be asked for by their ids.
const postsMax = 1000

// PostsByIDs gives those of the posts that exist and that the actor may read.
func (s *Service) PostsByIDs(ctx context.Context, a perm.Actor, ids []string) ([]model.PostView, error) {
	if a.UserID == "" && !a.Local {
		return nil, fault.NoSession()
	}
	if len(ids) > postsMax {
		return nil, fault.New(fault.Invalid, "api.post.posts_by_ids.invalid_body.request_error").With("MaxLength", postsMax)
	}
	found, err := s.DB.PostAccesses(ctx, unique(ids), a.UserID)
	if err != nil {
		return nil, errReading(err)
	}
	posts := make([]*model.Post, 0, len(found))
	for _, p := range found {
		if p.Post.DeleteAt == 0 && s.Workspace.NeedContent(a, &p.ChannelAccess) == nil {
			posts = append(posts, p.Post)
		}
	}
	views, err := s.views(ctx, s.DB.Q, a, posts, shape{counts: true})
	return views, errReading(err)
}

// inContent reads a channel whose posts the actor may read. One that does not exist is
// refused like one that may not be read.
func (s *Service) inContent(ctx context.Context, q store.Q, a perm.Actor, channelID string) (*store.ChannelAccess, error) {
	c, err := q.ChannelAccess(ctx, channelID, a.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errPermission(a, perm.ReadChannelContent).Because(err)
	}
	if err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error")
	}
	return c, s.Workspace.NeedContent(a, c)
}
