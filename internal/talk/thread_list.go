package talk

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// ThreadListing says which of the threads an account follows are wanted, and in which form.
type ThreadListing struct {
	PerPage       int
	Since         string // milliseconds; empty for all
	Before, After string // threads
	Unread        bool
	Deleted       bool // deleted ones too
	Extended      bool // with whole participants
	TotalsOnly    bool
	ThreadsOnly   bool
	ExcludeDirect bool // only those of the team
}

// UserThreads is a page of threads with the totals of all of them.
type UserThreads struct {
	model.ThreadTotals
	Threads []model.ThreadView `json:"threads"` // empty when only the totals were asked for
}

// Threads lists the threads an account follows in a team and in direct and group channels.
func (s *Service) Threads(ctx context.Context, a perm.Actor, userID, teamID string, l ThreadListing) (UserThreads, error) {
	out := UserThreads{Threads: []model.ThreadView{}}
	if err := s.needTeam(ctx, a, userID, teamID); err != nil {
		return out, err
	}
	f, err := l.filter(userID, teamID)
	if err != nil {
		return out, err
	}
	if !l.ThreadsOnly {
		if out.ThreadTotals, err = s.DB.ThreadTotals(ctx, f); err != nil {
			return out, errThreads(err)
		}
		if l.Unread {
			out.Total = out.Unread
		}
	}
	if !l.TotalsOnly {
		out.Threads, err = s.threadPage(ctx, a, f, l)
	}
	return out, err
}

// filter checks what is asked for.
func (l *ThreadListing) filter(userID, teamID string) (store.ThreadFilter, error) {
	f := store.ThreadFilter{UserID: userID, TeamID: teamID, ExcludeDirect: l.ExcludeDirect, Unread: l.Unread, Deleted: l.Deleted, Limit: l.PerPage}
	if l.Before != "" && l.After != "" {
		return f, fault.New(fault.Invalid, "api.getThreadsForUser.bad_params")
	}
	if l.TotalsOnly && l.ThreadsOnly {
		return f, fault.New(fault.Invalid, "api.getThreadsForUser.bad_only_params")
	}
	if l.Since != "" {
		at, err := strconv.ParseInt(l.Since, 10, 64)
		if err != nil || at < 0 {
			return f, fault.Body("since").Because(err)
		}
		f.Since = at
	}
	return f, nil
}

// threadPage lists threads. A thread nobody knows has none before or behind it.
func (s *Service) threadPage(ctx context.Context, a perm.Actor, f store.ThreadFilter, l ThreadListing) ([]model.ThreadView, error) {
	var err error
	for _, from := range []struct {
		id    string
		place **store.ThreadPlace
	}{{l.Before, &f.Before}, {l.After, &f.After}} {
		if from.id == "" {
			continue
		}
		*from.place, err = s.DB.ThreadPlace(ctx, from.id)
		if errors.Is(err, store.ErrNotFound) {
			return []model.ThreadView{}, nil
		}
		if err != nil {
			return nil, errThreads(err)
		}
	}
	threads, err := s.DB.Threads(ctx, f)
	if err != nil {
		return nil, errThreads(err)
	}
	ids := make([]string, len(threads))
	for i, t := range threads {
		ids[i] = t.PostID
	}
	threads, roots, err := s.stillReadable(ctx, a, threads, ids)
	if err != nil {
		return nil, errThreads(err)
	}
	return s.threadViews(ctx, a, threads, roots, l.Extended)
}

// stillReadable gives those of the threads, with their roots, whose channels the actor may read: one
// can follow a thread of a channel one is not in, until that is no longer open to everybody.
func (s *Service) stillReadable(ctx context.Context, a perm.Actor, threads []*model.Thread, ids []string) ([]*model.Thread, []*model.Post, error) {
	found, err := s.DB.PostAccesses(ctx, ids, a.UserID)
	roots, readable := make([]*model.Post, 0, len(found)), make(map[string]bool, len(found))
	for _, p := range found {
		if s.Workspace.NeedContent(a, &p.ChannelAccess) == nil {
			roots, readable[p.Post.ID] = append(roots, p.Post), true
		}
	}
	return slices.DeleteFunc(threads, func(t *model.Thread) bool { return !readable[t.PostID] }), roots, err
}

// ThreadMentions sums up by channel how often an account was mentioned in threads it follows
// in a team and in direct and group channels.
func (s *Service) ThreadMentions(ctx context.Context, a perm.Actor, userID, teamID string) (map[string]int64, error) {
	if err := s.needTeam(ctx, a, userID, teamID); err != nil {
		return nil, err
	}
	counts, err := s.DB.ThreadMentions(ctx, userID, teamID)
	return counts, errThreads(err)
}
