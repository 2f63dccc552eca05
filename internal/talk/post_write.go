package talk

import (
	"context"
	"errors"
	"maps"
	"slices"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
)

// batchOf is what one transaction knows while it writes posts of a channel.
type batchOf struct {
	channel *model.Channel
	writers map[string]*store.Writer
	roots   map[string]*model.Post
	apart   bool // its people may not write to each other
	at      int64
	drafts  []*draft // those that are admitted
	effects map[string]*store.PostEffect
	files   map[string]postFiles
}

// store writes drafts of one channel, in their order. Those that are refused get their
// fault; its own error is about all of them.
func (s *Service) store(ctx context.Context, tx *store.Tx, drafts []*draft) error {
	b, err := s.admitted(ctx, tx, drafts)
	if err != nil || len(b.drafts) == 0 {
		return err
	}
	posts := make([]*model.Post, len(b.drafts))
	for i, d := range b.drafts {
		posts[i] = d.post
	}
	if err := s.reserveFiles(ctx, tx, posts); err != nil {
		return err
	}
	if err := tx.InsertPosts(ctx, posts); err != nil {
		return err
	}
	if err := s.attachFiles(ctx, tx, posts); err != nil {
		return err
	}
	if b.files, err = s.filesOf(ctx, tx.Q, posts); err != nil {
		return err
	}
	totals, err := tx.CountPosts(ctx, b.channel.ID, posts)
	if err != nil {
		return err
	}
	if err := s.touchRoots(ctx, tx, posts); err != nil {
		return err
	}
	return s.tell(ctx, tx, b, totals)
}

// admitted reads what the drafts stand on and decides which of them are stored.
func (s *Service) admitted(ctx context.Context, tx *store.Tx, drafts []*draft) (*batchOf, error) {
	b := &batchOf{at: s.now(), writers: map[string]*store.Writer{}, roots: map[string]*model.Post{}, effects: map[string]*store.PostEffect{}}
	var users, roots []string
	for _, d := range drafts {
		users = append(users, d.post.UserID)
		if d.post.RootID != "" {
			roots = append(roots, d.post.RootID)
		}
	}
	if err := s.enter(ctx, tx, b, drafts[0].post.ChannelID, unique(users)); err != nil {
		return nil, err
	}
	locked, err := tx.LockPosts(ctx, unique(roots))
	if err != nil {
		return nil, err
	}
	for _, p := range locked {
		b.roots[p.ID] = p
	}
	for _, d := range drafts {
		refused := s.admit(d, b)
		if refused == nil {
			refused = d.wrong
		}
		if refused == nil && d.job != "" {
			if refused = tx.TakeJob(ctx, d.job); refused != nil && !errors.Is(refused, store.ErrNotFound) {
				return nil, refused
			}
		}
		if d.err = refused; d.err == nil {
			b.drafts = append(b.drafts, d)
		}
	}
	return b, nil
}

// enter holds the channel and finds out what the authors are there; nobody is anything in
// one that does not exist.
func (s *Service) enter(ctx context.Context, tx *store.Tx, b *batchOf, channelID string, userIDs []string) error {
	room, err := tx.LockRoom(ctx, channelID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b.channel = room.Channel
	writers, err := tx.Writers(ctx, room, userIDs)
	if err != nil {
		return err
	}
	for _, w := range writers {
		b.writers[w.UserID] = w
	}
	b.apart, err = s.Workspace.KeptApart(ctx, tx.Q, b.channel)
	return err
}

// touchRoots moves forward when the roots of replies that came or went last changed.
func (s *Service) touchRoots(ctx context.Context, tx *store.Tx, posts []*model.Post) error {
	last := map[string]int64{}
	for _, p := range posts {
		if p.RootID != "" {
			last[p.RootID] = max(last[p.RootID], p.CreateAt, p.DeleteAt)
		}
	}
	if len(last) == 0 {
		return nil
	}
	touched := make([]store.TouchedPost, 0, len(last))
	for _, id := range slices.Sorted(maps.Keys(last)) {
		touched = append(touched, store.TouchedPost{ID: id, At: last[id]})
	}
	return tx.TouchPosts(ctx, touched)
}

// tell brings members, threads and sockets in step with what was stored.
func (s *Service) tell(ctx context.Context, tx *store.Tx, b *batchOf, totals store.PostTotals) error {
	if err := s.mentioned(ctx, tx, b); err != nil {
		return err
	}
	if err := s.keepMentions(ctx, tx, b); err != nil {
		return err
	}
	collapsed, err := s.collapsedFor(ctx, tx.Q, b.repliers())
	if err != nil {
		return err
	}
	var read counter
	read.start(b, totals)
	for _, d := range b.drafts {
		read.step(d.post)
		b.mention(d)
		if !d.dated && (d.post.RootID == "" || !collapsed[d.post.UserID]) {
			b.read(d.post.UserID, &read)
		}
		files := b.files[d.post.ID]
		d.view = createdView(d.post, files.text)
		followers, later, err := s.follow(ctx, tx, b, d)
		if err != nil {
			return err
		}
		posted := event.Posted(d.view, b.channel, b.writers[d.post.UserID].Username, d.setOnline)
		if files.text != nil {
			posted.WithFiles(files.picture)
		}
		posted.Concern("mentions", d.concerns())
		posted.Concern("followers", followers)
		tx.Emit(posted)
		tx.Emit(later...)
	}
	return s.markMembers(ctx, tx, b)
}

// follow brings the thread of a reply in step and tells who follows it, and what they
// hear once they know of the reply.
func (s *Service) follow(ctx context.Context, tx *store.Tx, b *batchOf, d *draft) (followers []string, later []event.Event, err error) {
	if d.post.RootID == "" {
		return nil, nil, nil
	}
	r := &reply{post: d.post, root: b.roots[d.post.RootID], channel: b.channel, mentions: d.mentions, repliedTo: d.repliedTo, at: b.at}
	d.view.ReplyCount, followers, err = s.replied(ctx, tx, r)
	return followers, r.events, err
}

// markMembers stores what the posts did to members, and tells those who have read the channel by writing.
func (s *Service) markMembers(ctx context.Context, tx *store.Tx, b *batchOf) error {
	effects := make([]store.PostEffect, 0, len(b.effects))
	for _, id := range slices.Sorted(maps.Keys(b.effects)) {
		e := b.effects[id]
		effects = append(effects, *e)
		if e.Read && b.writers[id].Member {
			tx.Emit(event.MultipleChannelsViewed(id, map[string]int64{b.channel.ID: e.ViewedAt}))
		}
	}
	return tx.MarkMembers(ctx, b.channel.ID, b.at, effects)
}

// repliers are the authors of replies.
func (b *batchOf) repliers() []string {
	var out []string
	for _, d := range b.drafts {
		if d.post.RootID != "" {
			out = append(out, d.post.UserID)
		}
	}
	return unique(out)
}

// effect is what the posts do to a member.
func (b *batchOf) effect(userID string) *store.PostEffect {
	e := b.effects[userID]
	if e == nil {
		e = &store.PostEffect{UserID: userID}
		b.effects[userID] = e
	}
	return e
}

// concerns are all whom a draft mentions.
func (d *draft) concerns() []string { return slices.Concat(d.mentions, d.repliedTo) }

// mention counts what a post says to members.
func (b *batchOf) mention(d *draft) {
	for _, id := range d.concerns() {
		e := b.effect(id)
		e.Mentions++
		if d.post.RootID != "" {
			continue
		}
		e.MentionsRoot++
		if d.post.Priority == priorityUrgent {
			e.Urgent++
		}
	}
}

// read says that a member has read everything up to now.
func (b *batchOf) read(userID string, n *counter) {
	*b.effect(userID) = store.PostEffect{UserID: userID, Read: true, Msgs: n.msgs, MsgsRoot: n.roots, ViewedAt: n.lastAt}
}

// counter follows what a channel counts from post to post.
type counter struct{ msgs, roots, lastAt int64 }

// start goes back to before the posts, whose sum is known.
func (n *counter) start(b *batchOf, totals store.PostTotals) {
	n.msgs, n.roots = totals.Msgs, totals.MsgsRoot
	n.lastAt = b.channel.LastPostAt
	for _, d := range b.drafts {
		msgs, roots := d.post.Counts()
		n.msgs, n.roots = n.msgs-msgs, n.roots-roots
	}
}

func (n *counter) step(p *model.Post) {
	msgs, roots := p.Counts()
	n.msgs, n.roots, n.lastAt = n.msgs+msgs, n.roots+roots, max(n.lastAt, p.CreateAt)
}
