package talk

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

func errNoMembership() *fault.Error {
	return fault.New(fault.NotFound, "app.user.get_thread_membership_for_user.not_found")
}

func errNoThread() *fault.Error {
	return fault.New(fault.NotFound, "app.user.get_threads_for_user.not_found")
}

// needUser refuses an actor who may not act for an account.
func (s *Service) needUser(ctx context.Context, a perm.Actor, userID string) error {
	target := perm.Target{UserID: userID}
	if a.NeedUser(target) == nil {
		return nil
	}
	u, err := s.DB.User(ctx, userID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Fault(err, "app.user.get.app_error")
	}
	if err == nil {
		target.Exists, target.Roles = true, u.Roles
	}
	return a.NeedUser(target)
}

// needTeam refuses an actor who may not act for an account or not see the team.
func (s *Service) needTeam(ctx context.Context, a perm.Actor, userID, teamID string) error {
	if err := s.needUser(ctx, a, userID); err != nil {
		return err
	}
	_, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam)
	return err
}

// ThreadRef names a thread, whose it is to be, and the team the request is about, which
// is told back and means nothing else.
type ThreadRef struct{ UserID, TeamID, ThreadID string }

// needThread reads the root of a thread for an actor who may act for the account and read
// the channel. A thread that does not exist is refused like one that may not be read.
func (s *Service) needThread(ctx context.Context, q store.Q, a perm.Actor, ref ThreadRef) (*store.PostAccess, error) {
	if err := s.needUser(ctx, a, ref.UserID); err != nil {
		return nil, err
	}
	p, err := q.PostAccess(ctx, ref.ThreadID, a.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errPermission(a, perm.ReadChannelContent).Because(err)
	}
	if err != nil {
		return nil, store.Fault(err, "app.post.get.app_error")
	}
	return p, s.Workspace.NeedContent(a, &p.ChannelAccess)
}

// followed reads a thread for one who follows it.
func followed(ctx context.Context, q store.Q, ref ThreadRef) (*model.Thread, error) {
	t, err := q.ThreadOf(ctx, ref.UserID, ref.ThreadID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get_thread_membership_for_user.app_error", errNoMembership())
	}
	if !t.Following || !t.Replied {
		return nil, errNoThread()
	}
	return t, nil
}

// UserThread gives a thread that an account follows, with whole participants when extended.
func (s *Service) UserThread(ctx context.Context, a perm.Actor, ref ThreadRef, extended bool) (model.ThreadView, error) {
	p, err := s.needThread(ctx, s.DB.Q, a, ref)
	if err != nil {
		return model.ThreadView{}, err
	}
	t, err := followed(ctx, s.DB.Q, ref)
	if err != nil {
		return model.ThreadView{}, err
	}
	views, err := s.threadViews(ctx, a, []*model.Thread{t}, []*model.Post{p.Post}, extended)
	if err != nil {
		return model.ThreadView{}, err
	}
	return views[0], nil
}

// threadViews are what an actor gets of threads, in their order.
func (s *Service) threadViews(ctx context.Context, a perm.Actor, threads []*model.Thread, roots []*model.Post, extended bool) ([]model.ThreadView, error) {
	ids := make([]string, len(threads))
	for i, t := range threads {
		ids[i] = t.PostID
	}
	people, err := s.DB.ThreadParticipants(ctx, ids)
	if err != nil {
		return nil, errThreads(err)
	}
	facts := make(map[string]*threadFacts, len(people))
	for id, list := range people {
		facts[id] = &threadFacts{Participants: list}
	}
	encoded, err := s.participants(ctx, a, facts, shape{collapsed: true, extended: extended, listed: true})
	if err != nil {
		return nil, errThreads(err)
	}
	posts := make(map[string]*model.PostView, len(roots))
	for _, p := range roots {
		v := rootView(p)
		posts[p.ID] = &v
	}
	out := make([]model.ThreadView, len(threads))
	for i, t := range threads {
		who := encoded[t.PostID]
		if who == nil {
			who = []byte("[]")
		}
		out[i] = t.View(posts[t.PostID], who)
	}
	return out, nil
}

func errThreads(err error) error { return store.Fault(err, "app.user.get_threads_for_user.app_error") }

// FollowThread lets an account follow a post, or no longer. The post need not have a reply yet.
func (s *Service) FollowThread(ctx context.Context, a perm.Actor, ref ThreadRef, following bool) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if _, err := s.needThread(ctx, tx.Q, a, ref); err != nil {
			return err
		}
		return s.follows(ctx, tx, ref, following)
	})
	return store.Fault(err, "app.user.update_thread_follow_for_user.app_error", fault.NoUser())
}

// follows stores that somebody follows a post, or no longer, and tells them.
func (s *Service) follows(ctx context.Context, tx *store.Tx, ref ThreadRef, following bool) error {
	if _, err := tx.LockPost(ctx, ref.ThreadID); err != nil {
		return err
	}
	if err := tx.SaveThreadFollow(ctx, ref.UserID, ref.ThreadID, following, s.now()); err != nil {
		return err
	}
	replies, err := tx.ReplyCount(ctx, ref.ThreadID)
	tx.Emit(event.ThreadFollowChanged(ref.UserID, ref.TeamID, ref.ThreadID, following, replies))
	return err
}

// ReadThreads notes that an account has read its threads in a team and in direct and group channels.
func (s *Service) ReadThreads(ctx context.Context, a perm.Actor, userID, teamID string) error {
	if err := s.needTeam(ctx, a, userID, teamID); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.ThreadsRead(userID, teamID))
		return tx.ReadThreads(ctx, userID, teamID, s.now())
	})
	return store.Fault(err, "app.user.update_threads_read_for_user.app_error")
}

// ReadThread notes up to when an account has read a thread, in the past or in the future.
func (s *Service) ReadThread(ctx context.Context, a perm.Actor, ref ThreadRef, until string) (model.ThreadView, error) {
	at, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return model.ThreadView{}, fault.URL("timestamp").Because(err)
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.needThread(ctx, tx.Q, a, ref)
		if err != nil {
			return err
		}
		if _, err := tx.LockPost(ctx, ref.ThreadID); err != nil {
			return err
		}
		t, err := followed(ctx, tx.Q, ref)
		switch {
		case err != nil:
			return err
		case p.Post.DeleteAt != 0:
			return errNoPost()
		}
		return s.reads(ctx, tx, ref, p, at, at, event.Unread{Replies: t.UnreadReplies, Mentions: t.UnreadMentions})
	})
	if err != nil {
		return model.ThreadView{}, store.Fault(err, "app.user.update_thread_read_for_user.app_error")
	}
	return s.UserThread(ctx, a, ref, false)
}

// reads stores up to when somebody has read a thread, and how often they are mentioned from a
// time on, and tells them.
func (s *Service) reads(ctx context.Context, tx *store.Tx, ref ThreadRef, p *store.PostAccess, until, from int64, was event.Unread) error {
	mentions, err := s.threadMentions(ctx, tx.Q, p.Channel, ref.ThreadID, []string{ref.UserID}, from)
	if err != nil {
		return err
	}
	if err := tx.ReadThread(ctx, store.ThreadRead{UserID: ref.UserID, PostID: ref.ThreadID, LastViewed: until, Mentions: mentions[ref.UserID], At: s.now()}); err != nil {
		return err
	}
	t, err := tx.ThreadOf(ctx, ref.UserID, ref.ThreadID)
	if err != nil {
		return err
	}
	tx.Emit(event.ThreadRead(&t.ThreadMembership, ref.TeamID, p.Channel.ID, was))
	return nil
}

// UnreadThread lets an account follow a thread and have read it up to before one of its posts.
func (s *Service) UnreadThread(ctx context.Context, a perm.Actor, ref ThreadRef, postID string) (model.ThreadView, error) {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.needThread(ctx, tx.Q, a, ref)
		if err != nil {
			return err
		}
		post, err := tx.Post(ctx, postID)
		if err != nil || post.DeleteAt != 0 || post.OriginalID != "" {
			return store.Fault(cmp.Or(err, store.ErrNotFound), "app.post.get.app_error", errNoPost())
		}
		if post.ID != ref.ThreadID && post.RootID != ref.ThreadID {
			return fault.New(fault.Invalid, "app.user.update_thread_read_for_user_by_post.app_error")
		}
		if err := s.follows(ctx, tx, ref, true); err != nil {
			return err
		}
		if _, err := followed(ctx, tx.Q, ref); err != nil {
			return err
		}
		return s.reads(ctx, tx, ref, p, post.CreateAt-1, post.CreateAt, event.Unread{})
	})
	if err != nil {
		return model.ThreadView{}, store.Fault(err, "app.user.update_thread_read_for_user_by_post.app_error")
	}
	return s.UserThread(ctx, a, ref, false)
}

// AddChannelMembers puts accounts into a channel because of a thread in it, which they then
// follow with everything in it unread; see [workspace.Service.AddChannelMembers].
func (s *Service) AddChannelMembers(ctx context.Context, a perm.Actor, channelID string, userIDs []string, rootID string) ([]*model.ChannelMember, error) {
	var out []*model.ChannelMember
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		c, members, err := s.Workspace.AddToChannel(ctx, tx, a, channelID, userIDs)
		if err != nil {
			return err
		}
		root, err := tx.Post(ctx, rootID)
		if err != nil || root.ChannelID != c.ID || root.RootID != "" || root.OriginalID != "" || root.DeleteAt != 0 {
			return store.Fault(cmp.Or(err, store.ErrNotFound), "app.post.get.app_error", fault.Body("post_root_id"))
		}
		ids := make([]string, len(members))
		for i, m := range members {
			ids[i] = m.UserID
		}
		out = members
		if err := s.calledBefore(ctx, tx, rootID, members); err != nil {
			return err
		}
		return s.unreadThread(ctx, tx, c, rootID, ids, root.CreateAt-1)
	})
	return out, store.Fault(err, "app.channel.add_member.app_error")
}
