package talk

import (
	"context"
	"slices"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// PostPatch is what changes of a post; what is nil stays.
type PostPatch struct {
	Message  *string           `json:"message"`
	IsPinned *bool             `json:"is_pinned"`
	Props    *model.RawJSON    `json:"props"`
	FileIDs  *model.StringList `json:"file_ids"`
}

// PatchPost changes a post and tells the channel. What it said before is kept as an older version.
func (s *Service) PatchPost(ctx context.Context, a perm.Actor, id string, in PostPatch) (model.PostView, error) {
	var out model.PostView
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.editable(ctx, tx, a, id)
		if err != nil {
			return err
		}
		was, next := p.Post, *p.Post
		if err := s.apply(&next, in); err != nil {
			return err
		}
		next.UpdateAt = max(s.now(), was.UpdateAt+1)
		if err := s.exchangeFiles(ctx, tx, a, p, &next); err != nil {
			return err
		}
		if next.Message != was.Message || !slices.Equal(next.FileIDs, was.FileIDs) || string(next.Props) != string(was.Props) {
			if err := s.keepVersion(ctx, tx, was, &next); err != nil {
				return err
			}
		}
		if out, err = s.changed(ctx, tx, a, was, &next); err != nil {
			return err
		}
		tx.Emit(event.PostEdited(out))
		return nil
	})
	return out, store.Fault(err, "app.post.update.app_error", errNoPost())
}

// apply makes the changes and checks whether the post can be stored with them.
func (s *Service) apply(p *model.Post, in PostPatch) error {
	limit := s.Config().ServiceSettings.PostEditTimeLimit
	files := in.FileIDs != nil && !slices.Equal(*in.FileIDs, p.FileIDs)
	if text := in.Message != nil && *in.Message != p.Message; (text || files) && limit >= 0 && s.now() > p.CreateAt+int64(limit)*1000 {
		return fault.New(fault.Invalid, "api.post.update_post.permissions_time_limit.app_error").With("TimeLimit", limit)
	}
	if in.Message != nil {
		p.Message, p.Hashtags = *in.Message, model.Hashtags(*in.Message)
	}
	if files {
		p.FileIDs = unique(*in.FileIDs)
	}
	if in.IsPinned != nil {
		p.IsPinned = *in.IsPinned
	}
	if in.Props != nil && *in.Props != nil {
		props, err := keepOrigin(p.Props, *in.Props)
		if err != nil {
			return err
		}
		p.Props = props
	}
	return p.Check()
}

// editable reads a post and refuses an actor who may not change it. A post that is not there
// is refused like one that may not be changed.
func (s *Service) editable(ctx context.Context, tx *store.Tx, a perm.Actor, id string) (*store.PostAccess, error) {
	p, err := s.held(ctx, tx, a, id)
	if fault.Is(err, errNoPost().ID) {
		return nil, errPermission(a, perm.EditPost)
	}
	if err != nil {
		return nil, err
	}
	need := perm.EditOthersPosts
	if p.Post.UserID == a.UserID {
		need = perm.EditPost
	}
	if err := a.NeedInChannel(need, p.Roles, p.TeamRoles); err != nil {
		return nil, err
	}
	if err := s.Workspace.NeedCreatePost(a, &p.ChannelAccess); err != nil {
		return nil, err
	}
	switch {
	case p.Post.System():
		return nil, fault.New(fault.Invalid, "api.post.update_post.system_message.app_error")
	case p.Channel.DeleteAt != 0:
		return nil, fault.New(fault.Invalid, "api.post.update_post.can_not_update_post_in_deleted.error")
	}
	return p, nil
}

// held reads a post that is there and holds it.
func (s *Service) held(ctx context.Context, tx *store.Tx, a perm.Actor, id string) (*store.PostAccess, error) {
	locked, err := tx.LockPost(ctx, id)
	if err != nil {
		return nil, errReading(err)
	}
	p, err := tx.PostAccess(ctx, id, a.UserID)
	if err != nil {
		return nil, errReading(err)
	}
	p.Post = locked
	if locked.DeleteAt != 0 || locked.OriginalID != "" {
		return nil, errNoPost()
	}
	return p, nil
}

// keepVersion stores what a post said under an id of its own.
func (s *Service) keepVersion(ctx context.Context, tx *store.Tx, was, next *model.Post) error {
	next.EditAt = next.UpdateAt
	old := *was
	old.ID, old.OriginalID, old.DeleteAt, old.UpdateAt = model.NewTimeID(next.UpdateAt), was.ID, next.UpdateAt, next.UpdateAt
	old.IsPinned, old.HasReactions, old.RootID = false, false, ""
	return tx.InsertPost(ctx, &old)
}

// changed stores a post and gives what is sent of it.
func (s *Service) changed(ctx context.Context, tx *store.Tx, a perm.Actor, was, next *model.Post) (model.PostView, error) {
	if err := tx.UpdatePost(ctx, was, next); err != nil {
		return model.PostView{}, err
	}
	if was.IsPinned != next.IsPinned {
		by := 1
		if was.IsPinned {
			by = -1
		}
		if err := tx.CountPinned(ctx, next.ChannelID, by); err != nil {
			return model.PostView{}, err
		}
	}
	return s.view(ctx, tx.Q, a, next, shape{counts: true})
}

// PinPost pins a post to its channel, or takes it off.
func (s *Service) PinPost(ctx context.Context, a perm.Actor, id string, pinned bool) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.held(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if err := s.Workspace.NeedContent(a, &p.ChannelAccess); err != nil {
			return err
		}
		if p.Channel.DeleteAt != 0 {
			return fault.New(fault.Invalid, "api.post.patch_post.can_not_update_post_in_deleted.error")
		}
		next := *p.Post
		next.IsPinned, next.UpdateAt = pinned, max(s.now(), p.Post.UpdateAt+1)
		v, err := s.changed(ctx, tx, a, p.Post, &next)
		if err != nil {
			return err
		}
		tx.Emit(event.PostEdited(v))
		return nil
	})
	return store.Fault(err, "app.post.update.app_error", errNoPost())
}

// EditHistory lists what a post of the actor's said before, the newest first.
func (s *Service) EditHistory(ctx context.Context, a perm.Actor, id string) ([]model.PostView, error) {
	p, err := s.DB.PostAccess(ctx, id, a.UserID)
	if err != nil {
		return nil, errReading(err)
	}
	if p.Post.DeleteAt != 0 {
		return nil, errNoPost()
	}
	if p.Post.UserID != a.UserID {
		return nil, errPermission(a, perm.EditPost)
	}
	if err := a.NeedInChannel(perm.EditPost, p.Roles, p.TeamRoles); err != nil {
		return nil, err
	}
	old, err := s.DB.PostVersions(ctx, id, postsMax)
	if err == nil && len(old) == 0 {
		return nil, errNoPost()
	}
	if err != nil {
		return nil, errReading(err)
	}
	views, err := s.views(ctx, s.DB.Q, a, old, shape{})
	return views, errReading(err)
}
