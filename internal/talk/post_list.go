package talk

import (
	"context"
	"slices"
	"strings"

	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Listing says which posts of a channel are wanted, and in which form.
type Listing struct {
	Page, PerPage int
	Since         int64  // milliseconds; 0 for a page
	Before, After string // posts
	Deleted       bool
	SkipThreads   bool // only the posts themselves
	Collapsed     bool // only roots, which tell of their threads
	Extended      bool // with whole participants
}

// Limits of what one list holds.
const (
	sinceMax   = 1000
	threadsMax = 1000 // replies that come with a page
)

// ChannelPosts lists posts of a channel, newest first.
func (s *Service) ChannelPosts(ctx context.Context, a perm.Actor, channelID string, l Listing) (*model.PostList, error) {
	c, err := s.inContent(ctx, s.DB.Q, a, channelID)
	if err != nil {
		return nil, err
	}
	if l.Deleted {
		if err := a.NeedInChannel(perm.ReadDeletedPosts, c.Roles, c.TeamRoles); err != nil {
			return nil, err
		}
	}
	var list *model.PostList
	switch {
	case l.Since > 0:
		list, err = s.since(ctx, a, channelID, l)
	case l.Before != "" || l.After != "":
		list, err = s.around(ctx, a, channelID, l)
	default:
		list, err = s.page(ctx, a, channelID, l)
	}
	return list, errReading(err)
}

func (l Listing) of(channelID string) store.PostsOf {
	return store.PostsOf{ChannelID: channelID, RootsOnly: l.Collapsed, Deleted: l.Deleted}
}

// page lists a page by its number, with the neighbours of its ends.
func (s *Service) page(ctx context.Context, a perm.Actor, channelID string, l Listing) (*model.PostList, error) {
	from, n := l.Page*l.PerPage, l.PerPage+1 // one more, which is the older neighbour
	if l.Page > 0 {
		from, n = from-1, n+1 // and the newer one
	}
	posts, err := s.DB.PostPage(ctx, l.of(channelID), from, n)
	if err != nil {
		return nil, err
	}
	next, prev := "", ""
	if l.Page > 0 && len(posts) > 0 {
		next, posts = posts[0].ID, posts[1:]
	}
	if len(posts) > l.PerPage {
		prev, posts = posts[l.PerPage].ID, posts[:l.PerPage]
	}
	if len(posts) == 0 {
		next = ""
	}
	return s.list(ctx, a, posts, l, shape{counts: l.SkipThreads}, next, prev)
}

// around lists the posts before or behind one of them.
func (s *Service) around(ctx context.Context, a perm.Actor, channelID string, l Listing) (*model.PostList, error) {
	id := l.Before
	if id == "" {
		id = l.After
	}
	place, err := s.place(ctx, channelID, id)
	if err != nil {
		return nil, err
	}
	var posts []*model.Post
	var next, prev string
	if l.Before != "" {
		next = id
	} else {
		prev = id
	}
	switch {
	case place == nil: // nothing stands before or behind it
	case l.Before != "":
		posts, err = s.DB.PostsBefore(ctx, l.of(channelID), *place, l.PerPage+1)
		if len(posts) > l.PerPage {
			prev, posts = posts[l.PerPage].ID, posts[:l.PerPage]
		}
	default:
		posts, err = s.DB.PostsAfter(ctx, l.of(channelID), *place, l.PerPage+1)
		if len(posts) > l.PerPage {
			next, posts = posts[l.PerPage].ID, posts[:l.PerPage]
		}
		slices.Reverse(posts)
	}
	if err != nil {
		return nil, err
	}
	return s.list(ctx, a, posts, l, shape{counts: true}, next, prev)
}

// place finds where a post stands in a channel, nil when it is not there.
func (s *Service) place(ctx context.Context, channelID, id string) (*store.PostPlace, error) {
	posts, err := s.DB.Posts(ctx, []string{id})
	if err != nil || len(posts) == 0 || posts[0].ChannelID != channelID {
		return nil, err
	}
	return &store.PostPlace{At: posts[0].CreateAt, ID: id}, nil
}

// since lists what changed after a time, what was deleted included.
func (s *Service) since(ctx context.Context, a perm.Actor, channelID string, l Listing) (*model.PostList, error) {
	posts, err := s.DB.PostsSince(ctx, channelID, l.Since, l.Collapsed, sinceMax)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(posts, newestFirst)
	l.SkipThreads = true // but for the roots of replies
	return s.list(ctx, a, posts, l, shape{}, "", "")
}

func newestFirst(a, b *model.Post) int {
	switch {
	case a.CreateAt != b.CreateAt && a.CreateAt > b.CreateAt:
		return -1
	case a.CreateAt != b.CreateAt:
		return 1
	}
	return strings.Compare(b.ID, a.ID)
}

// list makes a page of posts, with the threads they belong to when these are wanted.
func (s *Service) list(ctx context.Context, a perm.Actor, posts []*model.Post, l Listing, sh shape, next, prev string) (*model.PostList, error) {
	sh.collapsed, sh.extended = l.Collapsed, l.Extended
	order := make([]string, len(posts))
	for i, p := range posts {
		order[i] = p.ID
	}
	all := posts
	if !l.Collapsed {
		more, err := s.threadsOf(ctx, posts, l)
		if err != nil {
			return nil, err
		}
		all = append(slices.Clone(posts), more...)
	}
	views, err := s.views(ctx, s.DB.Q, a, all, sh)
	if err != nil {
		return nil, err
	}
	list := &model.PostList{Order: order, Posts: make(map[string]model.PostView, len(views)), NextPostID: next, PrevPostID: prev}
	for _, v := range views {
		list.Posts[v.ID] = v
	}
	return list, nil
}

// threadsOf reads the roots of replies among the posts and, when wanted, all replies to these
// roots, without those that are there already. Next to a post, but not on a page by its number,
// roots come with the replies to them as well.
func (s *Service) threadsOf(ctx context.Context, posts []*model.Post, l Listing) ([]*model.Post, error) {
	known := make(map[string]bool, len(posts))
	for _, p := range posts {
		known[p.ID] = true
	}
	var roots, missing []string
	for _, p := range posts {
		if p.RootID == "" {
			if l.Before != "" || l.After != "" {
				roots = append(roots, p.ID)
			}
			continue
		}
		roots = append(roots, p.RootID)
		if !known[p.RootID] {
			missing = append(missing, p.RootID)
		}
	}
	more, err := s.DB.Posts(ctx, unique(missing))
	if err != nil || l.SkipThreads {
		return undeleted(more), err
	}
	answers, err := s.DB.Replies(ctx, unique(roots), threadsMax)
	for _, p := range answers {
		if !known[p.ID] {
			more = append(more, p)
		}
	}
	return undeleted(more), err
}

func undeleted(posts []*model.Post) []*model.Post {
	return slices.DeleteFunc(posts, func(p *model.Post) bool { return p.DeleteAt != 0 })
}
