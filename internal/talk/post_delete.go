package talk

import (
	"context"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/jobs"
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
		return s.deletePost(ctx, tx, a, p.Post)
	})
	return store.Fault(err, "app.post.delete.app_error", errNoPost())
}

// deletePost does what DeletePost says to a post that is held.
func (s *Service) deletePost(ctx context.Context, tx *store.Tx, a perm.Actor, p *model.Post) error {
	told, err := s.told(ctx, tx.Q, a, p)
	if err != nil {
		return err
	}
	gone, err := tx.DeletePosts(ctx, p.ID, a.UserID, max(s.now(), p.UpdateAt+1))
	if err != nil {
		return err
	}
	if err := s.unpinned(ctx, tx, p.ChannelID, gone); err != nil {
		return err
	}
	if err := s.touchRoots(ctx, tx, gone); err != nil {
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
}

// PurgePostJob is the type of the job that removes a post for good.
const PurgePostJob = "permanent_delete_post"

// purgeBatch is the number of rows one transaction of a removal takes.
const purgeBatch = 1000

// PermanentDeletePost removes a post, with the replies to it and their files, also one that was
// deleted before. It is deleted from the first moment; the removal goes on as a job if the
// request ends early.
func (s *Service) PermanentDeletePost(ctx context.Context, a perm.Actor, id string) error {
	if !a.Local && !s.Config().ServiceSettings.EnableAPIPostDeletion {
		return fault.New(fault.Unavailable, "api.post.delete_post.not_enabled.app_error")
	}
	job := jobs.Later(PurgePostJob, s.now(), model.StringMap{"post_id": id})
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := a.Need(perm.ManageSystem); err != nil {
			return err
		}
		p, err := tx.LockPost(ctx, id)
		if err != nil {
			return err
		}
		if p.OriginalID != "" {
			return errNoPost()
		}
		if p.DeleteAt == 0 {
			if err := s.deletePost(ctx, tx, a, p); err != nil {
				return err
			}
		}
		return tx.Enqueue(ctx, job)
	})
	if err == nil {
		err = jobs.Now(ctx, s.DB, job, s.Now, s.PurgePost)
	}
	return store.Fault(err, "app.post.permanent_delete_post.error", errNoPost())
}

// PurgePost does what a job of PermanentDeletePost says. It may be run again after it stopped anywhere.
func (s *Service) PurgePost(ctx context.Context, job *model.Job) error {
	id := job.Data["post_id"]
	if err := s.Accounts.RemoveFiles(ctx, store.WholeThread, id); err != nil {
		return err
	}
	for n := 1; n > 0; {
		err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.PurgeThread(ctx, id, purgeBatch)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
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
