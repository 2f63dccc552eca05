package talk

import (
	"context"
	"slices"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
)

// reply is an answer that was just stored, with what its thread has to know. It lies in
// the transaction that stores it, which holds the root.
type reply struct {
	post      *model.Post
	root      *model.Post
	channel   *model.Channel
	mentions  []string                          // accounts it mentions, its author never among them
	repliedTo []string                          // accounts it mentions only because it answers them
	at        int64                             // time of the use case
	before    map[string]model.ThreadMembership // of those who followed, and of the author
	events    []event.Event                     // what followers hear after the reply itself
}

// replied brings a thread in step with a new reply: its counts, who takes part, who follows
// it and what is unread for them. It gives how many replies there are now, and which of the
// followers it is pointed out to.
func (s *Service) replied(ctx context.Context, tx *store.Tx, r *reply) (replies int64, followers []string, err error) {
	list, err := tx.ThreadMemberships(ctx, r.root.ID, r.post.UserID)
	if err != nil {
		return 0, nil, err
	}
	r.before = make(map[string]model.ThreadMembership, len(list))
	for _, m := range list {
		r.before[m.UserID] = m
	}
	state, err := tx.AddReply(ctx, r.post)
	if err != nil {
		return 0, nil, err
	}
	if err := tx.AddParticipant(ctx, r.post, state); err != nil {
		return 0, nil, err
	}
	if err := tx.AdvanceThread(ctx, r.post, state); err != nil {
		return 0, nil, err
	}
	if err := s.followReply(ctx, tx, r, state); err != nil {
		return 0, nil, err
	}
	followers, err = s.tellFollowers(ctx, tx, r, state)
	return state.ReplyCount, followers, err
}

// followReply decides who follows a thread because of a reply. Without the setting that
// threads are followed by themselves, a mention counts only for those who follow already.
func (s *Service) followReply(ctx context.Context, tx *store.Tx, r *reply, state store.ThreadState) error {
	if !s.Config().ServiceSettings.ThreadAutoFollow {
		return tx.MentionFollowers(ctx, r.root.ID, r.mentions)
	}
	collapsed, err := s.collapsedFor(ctx, tx.Q, []string{r.post.UserID})
	if err != nil {
		return err
	}
	concerned, err := s.concerned(ctx, tx, r)
	if err != nil {
		return err
	}
	return tx.FollowReply(ctx, store.ReplyFollowers{
		Reply: r.post, Root: r.root, TeamID: r.channel.TeamID,
		AuthorReads: collapsed[r.post.UserID], At: r.at, Mentioned: r.mentions, Concerned: concerned, AutoFollow: true,
	}, state)
}

// concerned are those who follow unless they chose not to: whoever wants to hear of replies, the
// author of the root, if that was a person, and whom the root mentions, except in direct channels.
func (s *Service) concerned(ctx context.Context, tx *store.Tx, r *reply) ([]string, error) {
	out := slices.Clone(r.repliedTo)
	if r.root.UserID != r.post.UserID && !byWebhook(r.root) {
		out = append(out, r.root.UserID)
	}
	if r.channel.Type == model.ChannelDirect {
		return out, nil
	}
	mentioned, err := s.mentionedIn(ctx, tx, r.root)
	for _, id := range mentioned {
		if id != r.post.UserID {
			out = append(out, id)
		}
	}
	return out, err
}

// tellFollowers tells those who follow a thread, and see threads as such, about a reply.
// It gives to whom the reply itself is pointed out: those it mentions, and those who follow every thread.
func (s *Service) tellFollowers(ctx context.Context, tx *store.Tx, r *reply, state store.ThreadState) (pointedOut []string, err error) {
	mode := s.Config().ServiceSettings.CollapsedThreads
	if mode == collapsedDisabled {
		return nil, nil
	}
	followers, err := tx.ThreadFollowers(ctx, r.root, nil)
	if err != nil || len(followers) == 0 {
		return nil, err
	}
	copies, err := s.threadCopies(ctx, tx.Q, &model.Thread{
		ThreadMembership: model.ThreadMembership{PostID: r.root.ID}, ReplyCount: state.ReplyCount,
		LastReplyAt: state.LastReplyAt, Urgent: r.root.Priority == priorityUrgent,
	}, r.root, r.post.CreateAt)
	if err != nil {
		return nil, err
	}
	mentioned := setOf(slices.Concat(r.mentions, r.repliedTo))
	for i := range followers {
		f := &followers[i]
		if !seesCollapsed(mode, f.Collapsed) {
			continue
		}
		was := r.unreadBefore(f.UserID, state)
		if f.UserID == r.post.UserID { // nothing is unread, though nothing of it was shown yet
			f.LastViewed, f.UnreadReplies, f.UnreadMentions = r.before[f.UserID].LastViewed, 0, 0
		}
		r.events = append(r.events, event.ThreadUpdated(copies, &f.ThreadMembership, r.channel.TeamID, &was))
		if mentioned[f.UserID] || f.Auto && f.UserID != r.post.UserID {
			pointedOut = append(pointedOut, f.UserID)
		}
	}
	return pointedOut, nil
}

// tellThread tells those of the accounts who follow a thread, and see threads as such, how it is
// now and, unless nil, what was unread before.
func (s *Service) tellThread(ctx context.Context, tx *store.Tx, root *model.Post, c *model.Channel, among []string, was *event.Unread) error {
	mode := s.Config().ServiceSettings.CollapsedThreads
	if mode == collapsedDisabled {
		return nil
	}
	found, err := tx.PostThreads(ctx, "", []string{root.ID})
	if err != nil || len(found) == 0 { // nobody answered yet: it is no thread
		return err
	}
	followers, err := tx.ThreadFollowers(ctx, root, among)
	if err != nil {
		return err
	}
	copies, err := s.threadCopies(ctx, tx.Q, &model.Thread{
		ThreadMembership: model.ThreadMembership{PostID: root.ID}, ReplyCount: found[0].ReplyCount,
		LastReplyAt: found[0].LastReplyAt, Urgent: root.Priority == priorityUrgent,
	}, root, root.UpdateAt)
	for i := range followers {
		if f := &followers[i]; seesCollapsed(mode, f.Collapsed) {
			tx.Emit(event.ThreadUpdated(copies, &f.ThreadMembership, c.TeamID, was))
		}
	}
	return err
}

// unreadBefore is what was unread for somebody before the reply: for its author all there is,
// when the thread is new to them; for others nothing, when they did not follow.
func (r *reply) unreadBefore(userID string, state store.ThreadState) event.Unread {
	m, known := r.before[userID]
	switch {
	case userID == r.post.UserID && !known:
		return event.Unread{Replies: state.ReplyCount - 1}
	case userID != r.post.UserID && !m.Following:
		return event.Unread{}
	}
	return event.Unread{Replies: m.UnreadReplies, Mentions: m.UnreadMentions}
}

// threadCopies encodes a thread for its followers. touched is when the root changed at last.
func (s *Service) threadCopies(ctx context.Context, q store.Q, t *model.Thread, root *model.Post, touched int64) (event.ThreadCopies, error) {
	people, err := q.ThreadParticipants(ctx, []string{t.PostID})
	if err != nil {
		return event.ThreadCopies{}, err
	}
	list, err := s.Accounts.ParticipantsWithin(ctx, q, people[t.PostID])
	if err != nil {
		return event.ThreadCopies{}, err
	}
	post := rootView(root)
	post.UpdateAt = max(post.UpdateAt, touched)
	return event.ThreadFor(t.View(&post, list.AppendJSON(nil))), nil
}

// unreplied brings a thread in step with the deletion of posts: of its root with all replies,
// or of one reply. It is called after they were marked as deleted.
func (s *Service) unreplied(ctx context.Context, tx *store.Tx, gone []*model.Post) error {
	for _, p := range gone {
		if p.RootID == "" {
			return tx.DeleteThread(ctx, p.ID, p.DeleteAt)
		}
	}
	for _, p := range gone {
		if _, err := tx.LockPost(ctx, p.RootID); err != nil {
			return err
		}
		state, err := tx.RemoveReply(ctx, p)
		if err != nil {
			return err
		}
		if err := tx.RemoveParticipant(ctx, p); err != nil {
			return err
		}
		if err := tx.RetreatThread(ctx, p, state); err != nil {
			return err
		}
		if err := s.unmention(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// unmention takes back the mentions of a reply that was deleted from those who had not read it,
// and tells them.
func (s *Service) unmention(ctx context.Context, tx *store.Tx, p *model.Post) error {
	list, err := tx.ThreadMemberships(ctx, p.RootID, "")
	if err != nil {
		return err
	}
	var ids []string
	for _, m := range list {
		if m.UnreadMentions > 0 && m.LastViewed < p.CreateAt && m.UserID != p.UserID {
			ids = append(ids, m.UserID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	c, err := tx.Channel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	if c.InTeam() {
		mentioned, err := tx.MentionedIn(ctx, p.ID)
		if err != nil {
			return err
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(mentioned, id) })
	}
	if len(ids) == 0 {
		return nil
	}
	if err := tx.Unmention(ctx, p.RootID, ids); err != nil {
		return err
	}
	root, err := tx.Post(ctx, p.RootID)
	if err != nil {
		return err
	}
	return s.tellThread(ctx, tx, root, c, ids, &event.Unread{})
}

// threads gives what is known of the threads of root posts that have replies, by root. The
// account is who asks, whose following is told.
func (s *Service) threads(ctx context.Context, q store.Q, userID string, rootIDs []string) (map[string]*threadFacts, error) {
	found, err := q.PostThreads(ctx, userID, rootIDs)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	people, err := q.ThreadParticipants(ctx, rootIDs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*threadFacts, len(found))
	for _, t := range found {
		f := &threadFacts{Replies: t.ReplyCount, LastReplyAt: t.LastReplyAt, Participants: people[t.PostID]}
		if t.Following {
			f.Following = &t.Following
		}
		out[t.PostID] = f
	}
	return out, nil
}

// threadFacts are what a root post tells of its thread.
type threadFacts struct {
	Replies      int64
	LastReplyAt  int64
	Participants []string // accounts, in the order in which they are shown
	Following    *bool    // nil when the one who asks does not follow
}

// The ways in which a server shows threads.
const (
	collapsedDisabled   = "disabled"
	collapsedDefaultOn  = "default_on"
	collapsedAlwaysOn   = "always_on"
	collapsedPreference = "on"
)

// seesCollapsed tells whether somebody sees threads as such, given what they chose.
func seesCollapsed(mode, chosen string) bool {
	switch {
	case mode == collapsedAlwaysOn:
		return true
	case mode == collapsedDisabled:
		return false
	case chosen == "":
		return mode == collapsedDefaultOn
	}
	return chosen == collapsedPreference
}

// rootView is what a thread shows of its root: the post without what belongs to it.
func rootView(p *model.Post) model.PostView {
	v := p.View()
	v.Metadata = nil
	return v
}

func setOf(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, v := range list {
		out[v] = true
	}
	return out
}
