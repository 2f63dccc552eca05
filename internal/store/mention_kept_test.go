package store

import (
	"strings"
	"testing"

	"muster/internal/model"
)

func TestMentionsAreKeptAndCounted(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		p := addThreadPlace(t, db, "amy", "bob", "cat")
		amy, bob, cat := p.users[0], p.users[1], p.users[2]
		write := func(at int64, by *model.User, more model.Post) *model.Post {
			more.CreateAt, more.UserID, more.ChannelID = at, by.ID, p.channel.ID
			return writePost(t, db, more)
		}
		root := write(10, amy, model.Post{Priority: model.PriorityUrgent})
		one := write(20, bob, model.Post{RootID: root.ID})
		two := write(30, bob, model.Post{RootID: root.ID})
		write(40, amy, model.Post{Type: model.PostJoinChannel})
		must(t, db, func(tx *Tx) error {
			return tx.InsertMentions(ctx, []PostMention{
				{PostID: root.ID, UserID: cat.ID, InThread: true},
				{PostID: one.ID, UserID: cat.ID, InThread: true},
				{PostID: two.ID, UserID: cat.ID},
				{PostID: two.ID, UserID: amy.ID, InThread: true},
			})
		})
		equal(t, "in a reply", value[[]string](t)(db.MentionedIn(ctx, two.ID)), []string{amy.ID})
		in := func(since int64, n int) map[string]int64 {
			return value[map[string]int64](t)(db.MentionsInReplies(ctx, root.ID, []string{amy.ID, cat.ID}, since, n))
		}
		equal(t, "in the thread", in(20, 9), map[string]int64{amy.ID: 1, cat.ID: 1})
		equal(t, "since the second reply", in(30, 9), map[string]int64{amy.ID: 1})
		equal(t, "in the newest", in(20, 1), map[string]int64{amy.ID: 1})
		equal(t, "by author", value[map[string]int64](t)(db.RepliesByAuthor(ctx, root.ID, 20, 9)), map[string]int64{bob.ID: 2})
		unread := func(c model.Channel, since int64, n int) Unread {
			c.ID = p.channel.ID
			return value[Unread](t)(db.UnreadSince(ctx, &c, cat.ID, since, n))
		}
		open := model.Channel{Type: model.ChannelOpen}
		equal(t, "unread", unread(open, 10, 9), Unread{Msgs: 3, Roots: 1, Mentions: 3, MentionsRoot: 1, Urgent: 1})
		equal(t, "unread since", unread(open, 20, 9), Unread{Msgs: 2, Mentions: 2})
		equal(t, "unread of the newest", unread(open, 10, 2), Unread{Msgs: 1, Mentions: 1})
		equal(t, "unread of two", unread(model.Channel{Type: model.ChannelDirect}, 20, 9), Unread{Msgs: 2, Mentions: 3, MentionsRoot: 1})
		equal(t, "unread of some", unread(model.Channel{Type: model.ChannelGroup}, 20, 9), Unread{Msgs: 2, Mentions: 2})
	})
}

// TestCountingMentionsAnewReadsNoTableWhole looks at how both databases count what is unread in a channel with many posts.
func TestCountingMentionsAnewReadsNoTableWhole(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, w := t.Context(), newTalk(t, db)
		writeMany(t, db, w.channel.ID, w.bob.ID, 1000, 20_000, newChatter())
		if db.Driver() == Postgres {
			must(t, db, func(tx *Tx) error {
				_, err := exec(ctx, tx.Q, `ANALYZE`)
				return err
			})
		}
		p := &planned{handle: db.h, explain: map[string]string{SQLite: "EXPLAIN QUERY PLAN ", Postgres: "EXPLAIN "}[db.Driver()]}
		q := db.Q
		q.h = p
		value[Unread](t)(q.UnreadSince(ctx, w.channel, w.amy.ID, 1, 100))
		value[map[string]int64](t)(q.MentionsInReplies(ctx, model.NewID(), []string{w.amy.ID}, 1, 100))
		for _, plan := range p.plans {
			for _, scan := range map[string][]string{SQLite: {"SCAN p", "SCAN m", "TEMP B-TREE FOR ORDER"}, Postgres: {"Seq Scan on posts", "Sort Key: p."}}[db.Driver()] {
				if strings.Contains(plan, scan) {
					t.Errorf("reads too much:\n%s", plan)
				}
			}
		}
	})
}
