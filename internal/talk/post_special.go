package talk

import (
	"context"
	"slices"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// pinnedMax bounds how many pinned posts, and how many saved ones, one answer holds.
const pinnedMax = 1000

// PinnedPosts lists what is pinned to a channel, newest first.
func (s *Service) PinnedPosts(ctx context.Context, a perm.Actor, channelID string) (*model.PostList, error) {
	if _, err := s.inContent(ctx, s.DB.Q, a, channelID); err != nil {
		return nil, err
	}
	posts, err := s.DB.PinnedPosts(ctx, channelID, pinnedMax)
	if err != nil {
		return nil, errReading(err)
	}
	list, err := s.plainList(ctx, a, posts)
	return list, errReading(err)
}

// plainList makes a list of posts and nothing else.
func (s *Service) plainList(ctx context.Context, a perm.Actor, posts []*model.Post) (*model.PostList, error) {
	views, err := s.views(ctx, s.DB.Q, a, posts, shape{counts: true})
	list := &model.PostList{Order: make([]string, len(views)), Posts: make(map[string]model.PostView, len(views))}
	for i, v := range views {
		list.Order[i], list.Posts[v.ID] = v.ID, v
	}
	return list, err
}

// Saved says which of the posts that somebody saved are wanted.
type Saved struct {
	ChannelID, TeamID string
	Page, PerPage     int
}

// SavedPosts lists the posts an account saved that it may still read, newest first.
func (s *Service) SavedPosts(ctx context.Context, a perm.Actor, userID string, f Saved) (*model.PostList, error) {
	if err := s.needUser(ctx, a, userID); err != nil {
		return nil, err
	}
	found, err := s.DB.SavedPosts(ctx, userID, f.ChannelID, f.TeamID, pinnedMax)
	if err != nil {
		return nil, errReading(err)
	}
	var posts []*model.Post
	for _, p := range found {
		if s.Workspace.NeedContent(a, &p.ChannelAccess) == nil {
			posts = append(posts, p.Post)
		}
	}
	from := min(f.Page*f.PerPage, len(posts))
	list, err := s.plainList(ctx, a, posts[from:min(from+f.PerPage, len(posts))])
	return list, errReading(err)
}

// PostInfo says where a post is.
type PostInfo struct {
	ChannelID          string `json:"channel_id"`
	ChannelType        string `json:"channel_type"`
	ChannelDisplayName string `json:"channel_display_name"`
	HasJoinedChannel   bool   `json:"has_joined_channel"`
	TeamID             string `json:"team_id"`
	TeamType           string `json:"team_type"`
	TeamDisplayName    string `json:"team_display_name"`
	HasJoinedTeam      bool   `json:"has_joined_team"`
}

// PostInfo says where a post is, to whoever may read it. To others it does not exist.
func (s *Service) PostInfo(ctx context.Context, a perm.Actor, id string) (*PostInfo, error) {
	p, err := s.readable(ctx, s.DB.Q, a, id, false)
	if fault.KindOf(err) == fault.Forbidden {
		return nil, errNoPost()
	}
	if err != nil {
		return nil, err
	}
	out := &PostInfo{
		ChannelID: p.Channel.ID, ChannelType: p.Channel.Type, ChannelDisplayName: p.Channel.DisplayName,
		HasJoinedChannel: p.Member, TeamID: p.Channel.TeamID, HasJoinedTeam: p.TeamMember,
	}
	if !p.Channel.InTeam() {
		return out, nil
	}
	t, err := s.DB.Team(ctx, p.Channel.TeamID)
	if err != nil {
		return nil, store.Fault(err, "app.team.get.finding.app_error")
	}
	out.TeamType, out.TeamDisplayName = model.TeamInvite, t.DisplayName
	if t.AllowOpenInvite {
		out.TeamType = model.TeamOpen
	}
	return out, nil
}

// CreateEphemeral shows a post to one account without storing it.
func (s *Service) CreateEphemeral(ctx context.Context, a perm.Actor, userID string, in *NewPost) (model.PostView, error) {
	c, err := account.InChannel(ctx, s.DB.Q, a, in.ChannelID, perm.CreatePostEphemeral)
	if err != nil {
		return model.PostView{}, err
	}
	d, err := s.draft(a, in)
	if err != nil {
		return model.PostView{}, err
	}
	p := d.post
	if p.Type = model.PostEphemeral; p.Check() != nil {
		return model.PostView{}, p.Check()
	}
	p.UpdateAt, p.ChannelID = 0, c.Channel.ID
	v := p.View()
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.EphemeralMessage(v, userID))
		return nil
	})
	return v, store.Fault(err, "app.post.save.app_error")
}

// ThreadPage says which part of a thread is wanted.
type ThreadPage struct {
	PerPage      int // 0 for all
	FromPost     string
	FromCreateAt int64
	// FromUpdateAt asks for what changed since then, in the order of the changes; with
	// UpdatesOnly for the root, too, only if it did.
	FromUpdateAt int64
	UpdatesOnly  bool
	Up           bool
	SkipThreads  bool
	Collapsed    bool
	Extended     bool
}

// Thread lists a thread: its root and the replies. It can be asked for by any of its posts.
func (s *Service) Thread(ctx context.Context, a perm.Actor, id string, w ThreadPage) (*model.PostList, error) {
	p, err := s.readable(ctx, s.DB.Q, a, id, false)
	if err != nil {
		return nil, err
	}
	root := p.Post
	if root.RootID != "" {
		if root, err = s.DB.Post(ctx, root.RootID); err != nil {
			return nil, errReading(err)
		}
	}
	posts := []*model.Post{root}
	more := false
	if w.SkipThreads {
		posts[0] = p.Post
	} else {
		var replies []*model.Post
		if replies, more, err = s.threadPart(ctx, root.ID, w); err != nil {
			return nil, errReading(err)
		}
		if w.UpdatesOnly && root.UpdateAt <= w.FromUpdateAt {
			posts = nil
		}
		slices.SortFunc(replies, newestFirst)
		posts = append(posts, replies...)
	}
	list, err := s.list(ctx, a, posts, Listing{SkipThreads: true, Collapsed: w.Collapsed, Extended: w.Extended}, shape{counts: true}, "", "")
	if err == nil && !w.SkipThreads {
		list.HasNext = &more
	}
	return list, errReading(err)
}

// threadPart reads the replies of a part of a thread, and tells whether more posts follow. The
// root counts as the oldest of them, though it is in every part.
func (s *Service) threadPart(ctx context.Context, rootID string, w ThreadPage) (replies []*model.Post, more bool, err error) {
	n, all := w.PerPage, w.PerPage == 0
	if all {
		n = postsMax
	}
	if w.FromUpdateAt > 0 {
		replies, err = s.DB.ThreadUpdates(ctx, rootID, store.PostPlace{At: w.FromUpdateAt, ID: w.FromPost}, n+1)
		return replies[:min(n, len(replies))], len(replies) > n, err
	}
	from := store.PostPlace{At: w.FromCreateAt, ID: w.FromPost}
	if !all && !w.Up && from == (store.PostPlace{}) {
		n--
	}
	replies, err = s.DB.ThreadReplies(ctx, rootID, from, w.Up, n+1)
	more = len(replies) > n || !all && w.Up && len(replies) == n
	return replies[:min(n, len(replies))], more, err
}

// UnreadPosts lists the posts around the oldest one that an account has not read; without one,
// the newest.
func (s *Service) UnreadPosts(ctx context.Context, a perm.Actor, userID, channelID string, before, after int, l Listing) (*model.PostList, error) {
	if err := s.needUser(ctx, a, userID); err != nil {
		return nil, err
	}
	if _, err := s.DB.Channel(ctx, channelID); err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error", fault.New(fault.NotFound, "app.channel.get.existing.app_error"))
	}
	if _, err := s.inContent(ctx, s.DB.Q, a, channelID); err != nil {
		return nil, err
	}
	m, err := s.DB.ChannelMember(ctx, channelID, userID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_member.app_error", fault.New(fault.NotFound, "app.channel.get_member.missing.app_error"))
	}
	newer, err := s.DB.PostsAfter(ctx, l.of(channelID), store.PostPlace{At: m.LastViewedAt, ID: "~"}, after+1)
	if err != nil {
		return nil, errReading(err)
	}
	if len(newer) == 0 {
		l.PerPage = before
		list, err := s.page(ctx, a, channelID, l)
		return list, errReading(err)
	}
	older, err := s.DB.PostsBefore(ctx, l.of(channelID), store.PostPlace{At: newer[0].CreateAt, ID: newer[0].ID}, before+1)
	if err != nil {
		return nil, errReading(err)
	}
	next, prev := "", ""
	if len(newer) > after {
		next, newer = newer[after].ID, newer[:after]
	}
	if len(older) > before {
		prev, older = older[before].ID, older[:before]
	}
	oldest := newer[0]
	slices.Reverse(newer)
	list, err := s.list(ctx, a, append(newer, older...), l, shape{counts: true}, next, prev)
	if err != nil {
		return nil, errReading(err)
	}
	list.HasNext = new(bool)
	return list, errReading(s.addThread(ctx, a, list, oldest, l))
}

// addThread puts the whole thread of a post into a list of posts, unless only these are wanted.
func (s *Service) addThread(ctx context.Context, a perm.Actor, list *model.PostList, p *model.Post, l Listing) error {
	if l.SkipThreads {
		return nil
	}
	rootID := p.RootID
	if rootID == "" {
		rootID = p.ID
	}
	replies, err := s.DB.Replies(ctx, []string{rootID}, threadsMax)
	if err != nil {
		return err
	}
	root, err := s.DB.Posts(ctx, []string{rootID})
	if err != nil {
		return err
	}
	views, err := s.views(ctx, s.DB.Q, a, undeleted(append(root, replies...)), shape{counts: true, collapsed: l.Collapsed, extended: l.Extended})
	for _, v := range views {
		list.Posts[v.ID] = v
	}
	return err
}
