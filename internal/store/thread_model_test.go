package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"muster/internal/model"
)

// The model of threads: nothing is kept, everything is counted from what was written.
type (
	threadReply struct {
		post    *model.Post
		deleted int64
	}
	threadReader struct {
		following  bool
		lastViewed int64
		mentions   int64
	}
	threadModel struct {
		root    *model.Post
		deleted int64
		replies []*threadReply
		readers map[string]*threadReader
	}
)

// live are the replies that are there, or that went with the root.
func (m *threadModel) live() (out []*threadReply) {
	for _, r := range m.replies {
		if r.deleted == m.deleted {
			out = append(out, r)
		}
	}
	return out
}

func (m *threadModel) lastReplyAt() (at int64) {
	for _, r := range m.live() {
		at = max(at, r.post.CreateAt)
	}
	return at
}

func (m *threadModel) participants() (out []string) {
	for _, r := range m.replies { // in the order in which they came, deleted ones included
		out = slices.DeleteFunc(out, func(id string) bool { return id == r.post.UserID })
		out = append(out, r.post.UserID)
	}
	return slices.DeleteFunc(out, func(id string) bool {
		return !slices.ContainsFunc(m.live(), func(r *threadReply) bool { return r.post.UserID == id })
	})
}

func (m *threadModel) unreadReplies(lastViewed int64) (n int64) {
	for _, r := range m.replies {
		if r.deleted == 0 && r.post.CreateAt > lastViewed {
			n++
		}
	}
	return n
}

// threadWorld is a database and its model.
type threadWorld struct {
	threadPlace
	db      *DB
	rand    *rand.Rand
	now     int64
	threads []*threadModel
	members map[string]bool
}

func TestThreadsEqualARecountAfterAnything(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		seed := rand.Uint64()
		defer func() {
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		}()
		w := &threadWorld{
			threadPlace: addThreadPlace(t, db, "amy", "bob", "cat", "dan"), db: db, rand: rand.New(rand.NewPCG(seed, 1)),
			now: 1000, members: map[string]bool{},
		}
		for _, u := range w.users {
			w.members[u.ID] = true
		}
		for range 4 {
			w.now++
			w.threads = append(w.threads, &threadModel{root: addPost(t, db, w.channel, w.user(), nil, w.now), readers: map[string]*threadReader{}})
		}
		for step := range 160 {
			w.now += 1 + w.rand.Int64N(3)
			what := w.step(t)
			if step%10 == 0 || step > 150 {
				w.compare(t)
			}
			if t.Failed() {
				t.Fatalf("after step %d: %s", step, what)
			}
		}
	})
}

func (w *threadWorld) user() *model.User { return w.users[w.rand.IntN(len(w.users))] }

// step does something to the database and to the model.
func (w *threadWorld) step(t *testing.T) string {
	t.Helper()
	m, u := w.threads[w.rand.IntN(len(w.threads))], w.user()
	var what string
	must(t, w.db, func(tx *Tx) error {
		ctx := t.Context()
		switch n := w.rand.IntN(100); {
		case n < 40 && m.deleted == 0 && w.members[u.ID]:
			what = "reply"
			return w.reply(ctx, tx, m, u)
		case n < 50:
			what = "delete a reply"
			return w.deleteReply(ctx, tx, m)
		case n < 52:
			what = "delete a root"
			return w.deleteRoot(ctx, tx, m)
		case n < 70:
			what = "follow or not"
			return w.follow(ctx, tx, m, u, n < 60)
		case n < 85:
			what = "read up to a time"
			return w.read(ctx, tx, m, u, m.root.CreateAt+w.rand.Int64N(w.now+3-m.root.CreateAt))
		case n < 90:
			what = "read all"
			return w.readAll(ctx, tx, u)
		default:
			what = "leave or come back"
			return w.move(ctx, tx, u)
		}
	})
	return what
}

func (w *threadWorld) reply(ctx context.Context, tx *Tx, m *threadModel, u *model.User) error {
	r := &model.Post{ID: model.NewTimeID(w.now), CreateAt: w.now, UpdateAt: w.now, UserID: u.ID, ChannelID: w.channel.ID, RootID: m.root.ID}
	if err := tx.InsertPost(ctx, r); err != nil {
		return err
	}
	f := ReplyFollowers{Reply: r, Root: m.root, TeamID: w.team.ID, AuthorReads: w.rand.IntN(4) > 0, At: w.now}
	for _, o := range w.users {
		if o.ID == u.ID {
			continue
		}
		switch w.rand.IntN(4) {
		case 0:
			f.Mentioned = append(f.Mentioned, o.ID)
		case 1:
			f.Concerned = append(f.Concerned, o.ID)
		}
	}
	m.replies = append(m.replies, &threadReply{post: r})
	for _, o := range w.users {
		called, concerned := slices.Contains(f.Mentioned, o.ID), slices.Contains(f.Concerned, o.ID)
		reader := m.readers[o.ID]
		if o.ID == u.ID || w.members[o.ID] && (called || concerned && reader == nil) {
			reader = w.reader(m, o)
			reader.following = true
		}
		switch {
		case reader == nil:
		case o.ID == u.ID && f.AuthorReads:
			reader.lastViewed, reader.mentions = w.now, 0
		case called && w.members[o.ID]:
			reader.mentions++
		}
	}
	return follow(ctx, tx, f)
}

func (w *threadWorld) reader(m *threadModel, u *model.User) *threadReader {
	if m.readers[u.ID] == nil {
		m.readers[u.ID] = &threadReader{}
	}
	return m.readers[u.ID]
}

func (w *threadWorld) deleteReply(ctx context.Context, tx *Tx, m *threadModel) error {
	live := m.live()
	if len(live) == 0 || m.deleted != 0 {
		return nil
	}
	r := live[w.rand.IntN(len(live))]
	r.deleted = w.now
	for _, reader := range m.readers {
		if reader.lastViewed >= m.lastReplyAt() {
			reader.mentions = 0
		}
	}
	if err := markDeleted(ctx, tx, w.now, r.post.ID); err != nil {
		return err
	}
	return unfollow(ctx, tx, r.post)
}

func (w *threadWorld) deleteRoot(ctx context.Context, tx *Tx, m *threadModel) error {
	if m.deleted != 0 {
		return nil
	}
	for _, r := range m.live() {
		r.deleted = w.now
	}
	m.deleted = w.now
	if err := markDeleted(ctx, tx, w.now, m.root.ID); err != nil {
		return err
	}
	return tx.DeleteThread(ctx, m.root.ID, w.now)
}

func (w *threadWorld) follow(ctx context.Context, tx *Tx, m *threadModel, u *model.User, following bool) error {
	reader := w.reader(m, u)
	if reader.following = following; following {
		reader.lastViewed, reader.mentions = w.now, 0
	}
	return tx.SaveThreadFollow(ctx, u.ID, m.root.ID, following, w.now)
}

func (w *threadWorld) read(ctx context.Context, tx *Tx, m *threadModel, u *model.User, at int64) error {
	reader := m.readers[u.ID]
	if reader == nil {
		return nil
	}
	reader.lastViewed, reader.mentions = at, w.rand.Int64N(3)
	return tx.ReadThread(ctx, ThreadRead{UserID: u.ID, PostID: m.root.ID, LastViewed: at, Mentions: reader.mentions, At: w.now})
}

func (w *threadWorld) readAll(ctx context.Context, tx *Tx, u *model.User) error {
	for _, m := range w.threads {
		if reader := m.readers[u.ID]; reader != nil {
			reader.lastViewed, reader.mentions = w.now, 0
		}
	}
	return tx.ReadThreads(ctx, u.ID, w.team.ID, w.now)
}

// move lets somebody leave the channel, or come back.
func (w *threadWorld) move(ctx context.Context, tx *Tx, u *model.User) error {
	if w.members[u.ID] = !w.members[u.ID]; w.members[u.ID] {
		return tx.InsertChannelMember(ctx, &model.ChannelMember{
			ChannelID: w.channel.ID, UserID: u.ID, Username: u.Username, CreateAt: 1,
			SchemeUser: true, NotifyProps: model.DefaultChannelNotifyProps(),
		})
	}
	for _, m := range w.threads {
		delete(m.readers, u.ID)
	}
	if err := tx.LeaveThreadsOfChannel(ctx, w.channel.ID, u.ID); err != nil {
		return err
	}
	return tx.DeleteChannelMember(ctx, w.channel.ID, u.ID)
}

// compare tells where the database is not what the model counts.
func (w *threadWorld) compare(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for _, u := range w.users {
		wanted, live, all := []string{}, model.ThreadTotals{}, model.ThreadTotals{}
		for _, m := range w.threads {
			reader := m.readers[u.ID]
			got, err := w.db.ThreadOf(ctx, u.ID, m.root.ID)
			if (err == nil) != (reader != nil) {
				t.Errorf("%s: membership %v, wanted %v", u.Username, err, reader)
			}
			if reader == nil || err != nil {
				continue
			}
			equal(t, "membership of "+u.Username, fmt.Sprint(got.Following, got.LastViewed, got.UnreadMentions, got.UnreadReplies),
				fmt.Sprint(reader.following, reader.lastViewed, reader.mentions, m.unreadReplies(reader.lastViewed)))
			if len(m.replies) == 0 || !reader.following {
				continue
			}
			one := model.ThreadTotals{Total: 1, Mentions: reader.mentions}
			if reader.lastViewed < m.lastReplyAt() {
				one.Unread = 1
			}
			if all = all.Add(one); m.deleted == 0 {
				live = live.Add(one)
				wanted = append(wanted, m.root.ID)
			}
		}
		f := ThreadFilter{UserID: u.ID, TeamID: w.team.ID, Limit: 10}
		equal(t, "totals of "+u.Username, value[model.ThreadTotals](t)(w.db.ThreadTotals(ctx, f)), live)
		f.Deleted = true
		equal(t, "totals with deleted ones of "+u.Username, value[model.ThreadTotals](t)(w.db.ThreadTotals(ctx, f)), all)
		f.Deleted = false
		listed := []string{}
		for _, m := range value[[]*model.Thread](t)(w.db.Threads(ctx, f)) {
			listed = append(listed, m.PostID)
		}
		byID := map[string]*threadModel{}
		for _, m := range w.threads {
			byID[m.root.ID] = m
		}
		slices.SortFunc(wanted, func(a, b string) int {
			return cmp.Or(cmp.Compare(byID[b].lastReplyAt(), byID[a].lastReplyAt()), cmp.Compare(b, a))
		})
		equal(t, "list of "+u.Username, listed, wanted)
	}
	for _, m := range w.threads {
		if len(m.replies) == 0 {
			continue
		}
		got := value[[]PostThread](t)(w.db.PostThreads(ctx, "", []string{m.root.ID}))
		equal(t, "thread", got, []PostThread{{PostID: m.root.ID, ReplyCount: int64(len(m.live())), LastReplyAt: m.lastReplyAt()}})
		people := value[map[string][]string](t)(w.db.ThreadParticipants(ctx, []string{m.root.ID}))
		equal(t, "participants", fmt.Sprint(people[m.root.ID]), fmt.Sprint(m.participants()))
	}
	w.recount(t)
}

// recount lets the database itself sum up what it keeps.
func (w *threadWorld) recount(t *testing.T) {
	t.Helper()
	sums := func(query string) []string {
		out := map[string]bool{}
		for _, r := range rows(t, w.db, 7, query) {
			out[fmt.Sprint(r)] = true
		}
		return slices.Sorted(maps.Keys(out))
	}
	equal(t, "kept totals", sums(`SELECT user_id, team_id, CASE WHEN deleted THEN 1 ELSE 0 END, followed, unread, mentions, urgent_mentions
			FROM thread_counts WHERE followed <> 0 OR unread <> 0 OR mentions <> 0 OR urgent_mentions <> 0`),
		sums(`SELECT user_id, team_id, CASE WHEN deleted THEN 1 ELSE 0 END, COUNT(*), COUNT(*) FILTER (WHERE last_viewed < last_reply_at),
			SUM(unread_mentions), COALESCE(SUM(unread_mentions) FILTER (WHERE urgent), 0)
			FROM thread_memberships WHERE following AND last_reply_at IS NOT NULL GROUP BY user_id, team_id, deleted`))
}
