package talk

import (
	"context"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
)

// reply is an answer that was just stored, with what its thread has to know. It lies in
// the transaction that stores it, which holds the root.
type reply struct {
	post     *model.Post
	root     *model.Post
	channel  *model.Channel
	mentions []string      // accounts it mentions, its author never among them
	at       int64         // time of the use case
	events   []event.Event // what followers hear after the reply itself
}

// replied brings a thread in step with a new reply: its counts, who takes part, who follows
// it and what is unread for them. It gives how many replies there are now, and who of those
// it mentions follows.
func (s *Service) replied(ctx context.Context, tx *store.Tx, r *reply) (replies int64, followers []string, err error) {
	state, err := tx.AddReply(ctx, r.post)
	if err != nil {
		return 0, nil, err
	}
	if err := tx.AddParticipant(ctx, r.post, state); err != nil {
		return 0, nil, err
	}
	followed, err := tx.FollowerIDs(ctx, r.root.ID)
	if err != nil {
		return 0, nil, err
	}
	if err := tx.AdvanceThread(ctx, r.post, state); err != nil {
		return 0, nil, err
	}
	if err := s.followReply(ctx, tx, r, state); err != nil {
		return 0, nil, err
	}
	told, err := s.tellFollowers(ctx, tx, r, state, followed)
	for _, id := range r.mentions {
		if told[id] {
			followers = append(followers, id)
		}
	}
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
	return tx.FollowReply(ctx, store.ReplyFollowers{Reply: r.post, Root: r.root, TeamID: r.channel.TeamID,
		AuthorReads: collapsed[r.post.UserID], At: r.at, Mentioned: r.mentions, Concerned: concerned, AutoFollow: true}, state)
}

// concerned are those who follow unless they chose not to: the author of the root, if that
// was a person, and whom the root mentions, except in direct channels.
func (s *Service) concerned(ctx context.Context, tx *store.Tx, r *reply) ([]string, error) {
	var out []string
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
// followed are those who did before. It gives who was told.
func (s *Service) tellFollowers(ctx context.Context, tx *store.Tx, r *reply, state store.ThreadState, followed []string) (map[string]bool, error) {
	mode := s.Config().ServiceSettings.CollapsedThreads
	if mode == collapsedDisabled {
		return nil, nil
	}
	followers, err := tx.ThreadFollowers(ctx, r.root)
	if err != nil || len(followers) == 0 {
		return nil, err
	}
	copies, err := s.threadCopies(ctx, tx.Q, &model.Thread{ThreadMembership: model.ThreadMembership{PostID: r.root.ID}, ReplyCount: state.ReplyCount,
		LastReplyAt: state.LastReplyAt, Urgent: r.root.Priority == priorityUrgent}, r.root, r.post.CreateAt)
	if err != nil {
		return nil, err
	}
	before, called, told := setOf(followed), setOf(r.mentions), make(map[string]bool, len(followers))
	for i := range followers {
		f := &followers[i]
		if !seesCollapsed(mode, f.Collapsed) {
			continue
		}
		var was event.Unread
		if before[f.UserID] {
			was = unreadBefore(&f.ThreadMembership, r.post, called[f.UserID])
		}
		if f.UserID == r.post.UserID {
			f.UnreadReplies, f.UnreadMentions = 0, 0
		}
		r.events = append(r.events, event.ThreadUpdated(copies, &f.ThreadMembership, r.channel.TeamID, was))
		told[f.UserID] = true
	}
	return told, nil
}

// unreadBefore is what was unread for somebody before a reply.
func unreadBefore(m *model.ThreadMembership, reply *model.Post, mentioned bool) event.Unread {
	was := event.Unread{Replies: m.UnreadReplies, Mentions: m.UnreadMentions}
	if m.LastViewed < reply.CreateAt {
		was.Replies--
	}
	if mentioned {
		was.Mentions--
	}
	return was
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
	}
	return nil
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
