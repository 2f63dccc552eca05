package talk

import (
	"context"
	"encoding/json"
	"slices"

	"muster/internal/model"
	"muster/internal/store"
)

// recountPage is how many posts are read at a time when mentions are counted anew.
const recountPage = 1000

// hearers are members of a channel, and by what others call them.
type hearers struct {
	among     map[string]bool
	names     map[string][]string // accounts by a name they have
	words     *channelWords
	everybody []string // those who hear it when the whole channel is called
}

// hearersOf finds out by what accounts are called in a channel.
func (s *Service) hearersOf(ctx context.Context, q store.Q, c *model.Channel, userIDs []string) (*hearers, error) {
	h := &hearers{among: setOf(userIDs)}
	names, err := q.NamesOf(ctx, c.ID, userIDs)
	if err != nil {
		return nil, err
	}
	h.names = byName(names)
	if h.words, err = s.keywords.of(ctx, q, c.ID); err != nil {
		return nil, err
	}
	if most := s.Config().TeamSettings.MaxNotificationsPerChannel; c.Members <= int64(most) {
		h.everybody, err = q.MembersToNotify(ctx, c.ID, false, most)
	}
	return h, err
}

// called are those whom somebody else calls in a post.
func (h *hearers) called(p *model.Post) []string {
	if p.System() {
		return h.only(p.UserID, []string{addedBy(p)})
	}
	text := read(p.Message)
	ids := h.words.heard(text)
	for _, name := range text.names {
		ids = append(ids, h.names[name]...)
	}
	if text.everybody {
		ids = append(ids, h.everybody...)
	}
	return h.only(p.UserID, ids)
}

// only drops whoever is not meant, and the author.
func (h *hearers) only(author string, ids []string) []string {
	return slices.DeleteFunc(unique(ids), func(id string) bool { return id == author || !h.among[id] })
}

// addedBy is the account that a post says was added to the channel.
func addedBy(p *model.Post) string {
	var props struct {
		ID string `json:"addedUserId"`
	}
	if p.Type != model.PostAddToChannel && p.Type != model.PostAddGuestToChannel || json.Unmarshal(p.Props, &props) != nil {
		return ""
	}
	return props.ID
}

// threadMentions counts anew how often replies to a post called each of the accounts at a time
// or later: in a direct channel each reply of the other does, in a group channel none.
func (s *Service) threadMentions(ctx context.Context, q store.Q, c *model.Channel, rootID string, userIDs []string, since int64) (map[string]int64, error) {
	n := make(map[string]int64, len(userIDs))
	if c.Type == model.ChannelGroup {
		return n, nil
	}
	h, err := s.hearersOf(ctx, q, c, userIDs)
	if err != nil {
		return nil, err
	}
	for from := (store.PostPlace{At: since}); ; {
		replies, err := q.ThreadReplies(ctx, rootID, from, false, recountPage)
		if err != nil {
			return nil, err
		}
		for _, p := range replies {
			from = store.PostPlace{At: p.CreateAt, ID: p.ID}
			ids := h.called(p)
			if c.Type == model.ChannelDirect {
				ids = h.only(p.UserID, slices.Clone(userIDs))
			}
			for _, id := range ids {
				n[id]++
			}
		}
		if len(replies) < recountPage {
			return n, nil
		}
	}
}

// unreadPosts is what somebody has not read of a channel.
type unreadPosts struct{ msgs, roots, mentions, mentionsRoot, urgent int64 }

// unreadMax bounds how many posts can be unread again at once; older ones count as read.
const unreadMax = 10_000

// unreadSince counts what somebody has not read of a channel who has read it up to before a post.
func (s *Service) unreadSince(ctx context.Context, q store.Q, c *model.Channel, userID string, first *model.Post) (unreadPosts, error) {
	var n unreadPosts
	h, err := s.hearersOf(ctx, q, c, []string{userID})
	if err != nil {
		return n, err
	}
	from := store.Newest()
	for seen := 0; seen < unreadMax; seen += recountPage {
		posts, err := q.PostsBefore(ctx, store.PostsOf{ChannelID: c.ID}, from, recountPage)
		if err != nil {
			return n, err
		}
		if i := slices.IndexFunc(posts, func(p *model.Post) bool { return p.CreateAt < first.CreateAt }); i >= 0 {
			posts = posts[:i]
		}
		repliedTo, err := s.repliedTo(ctx, q, c.ID, userID, posts)
		if err != nil {
			return n, err
		}
		for _, p := range posts {
			from = store.PostPlace{At: p.CreateAt, ID: p.ID}
			n.add(p, h.concerns(c, p, userID) || repliedTo[p.RootID] && p.UserID != userID)
		}
		if len(posts) < recountPage {
			return n, nil
		}
	}
	return n, nil
}

// concerns tells whether a post of a channel mentions somebody.
func (h *hearers) concerns(c *model.Channel, p *model.Post, userID string) bool {
	if !c.InTeam() {
		return p.UserID != userID && !p.System()
	}
	return len(h.called(p)) > 0
}

func (n *unreadPosts) add(p *model.Post, mentioned bool) {
	msgs, roots := p.Counts()
	n.msgs, n.roots = n.msgs+msgs, n.roots+roots
	if !mentioned {
		return
	}
	n.mentions++
	if p.RootID == "" {
		n.mentionsRoot++
		if p.Priority == priorityUrgent {
			n.urgent++
		}
	}
}

// repliedTo are the roots among those of the posts of whose replies somebody wants to hear.
func (s *Service) repliedTo(ctx context.Context, q store.Q, channelID, userID string, posts []*model.Post) (map[string]bool, error) {
	var roots []string
	for _, p := range posts {
		if p.RootID != "" {
			roots = append(roots, p.RootID)
		}
	}
	found, err := s.membersRepliedTo(ctx, q, channelID, unique(roots), userID)
	out := make(map[string]bool, len(found))
	for _, r := range found {
		out[r.RootID] = true
	}
	return out, err
}

// membersRepliedTo finds who wants to hear of replies to the roots, or whether one member does.
// Who sees threads as such hears of them there.
func (s *Service) membersRepliedTo(ctx context.Context, q store.Q, channelID string, rootIDs []string, userID string) ([]store.Replied, error) {
	mode := s.Config().ServiceSettings.CollapsedThreads
	if len(rootIDs) == 0 || mode == collapsedAlwaysOn {
		return nil, nil
	}
	found, err := q.MembersRepliedTo(ctx, channelID, rootIDs, userID)
	return slices.DeleteFunc(found, func(r store.Replied) bool { return seesCollapsed(mode, r.Collapsed) }), err
}
