package store

import (
	"context"
	"testing"

	"muster/internal/model"
)

// addPost stores a post written at a time; a reply when root is given.
func addPost(t *testing.T, db *DB, c *model.Channel, u *model.User, root *model.Post, at int64) *model.Post {
	t.Helper()
	p := &model.Post{ID: model.NewTimeID(at), CreateAt: at, UpdateAt: at, UserID: u.ID, ChannelID: c.ID, Message: "hi"}
	if root != nil {
		p.RootID = root.ID
	}
	must(t, db, func(tx *Tx) error { return tx.InsertPost(t.Context(), p) })
	return p
}

// follow does what a reply does to its thread.
func follow(ctx context.Context, tx *Tx, f ReplyFollowers) error {
	s, err := tx.AddReply(ctx, f.Reply)
	if err != nil {
		return err
	}
	if err := tx.AddParticipant(ctx, f.Reply, s); err != nil {
		return err
	}
	if err := tx.AdvanceThread(ctx, f.Reply, s); err != nil {
		return err
	}
	return tx.FollowReply(ctx, f, s)
}

// unfollow does what the removal of a reply does to its thread.
func unfollow(ctx context.Context, tx *Tx, r *model.Post) error {
	s, err := tx.RemoveReply(ctx, r)
	if err != nil {
		return err
	}
	if err := tx.RemoveParticipant(ctx, r); err != nil {
		return err
	}
	return tx.RetreatThread(ctx, r, s)
}

func markDeleted(ctx context.Context, tx *Tx, at int64, ids ...string) error {
	_, err := exec(ctx, tx.Q, `UPDATE posts SET delete_at = ? WHERE delete_at = 0 AND (`+tx.d.idsIn("id")+` OR `+tx.d.idsIn("root_id")+`)`, at, tx.d.ids(ids), tx.d.ids(ids))
	return err
}

// threadPlace is a channel with people in it.
type threadPlace struct {
	team    *model.Team
	channel *model.Channel
	users   []*model.User
}

func addThreadPlace(t *testing.T, db *DB, names ...string) threadPlace {
	t.Helper()
	p := threadPlace{team: addTeam(t, db, "north")}
	p.channel = addChannel(t, db, p.team.ID, "town")
	for _, n := range names {
		u := addUser(t, db, n)
		joinTeam(t, db, p.team.ID, u)
		joinChannel(t, db, p.channel.ID, u)
		p.users = append(p.users, u)
	}
	return p
}

func TestReplyMakesAThreadAndItsFollowers(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		p := addThreadPlace(t, db, "amy", "bob", "cat", "dan")
		amy, bob, cat, dan := p.users[0], p.users[1], p.users[2], p.users[3]
		must(t, db, func(tx *Tx) error {
			_, err := exec(ctx, tx.Q, `UPDATE channel_members SET notify_props = `+tx.d.json+` WHERE user_id = ?`,
				`{"channel_auto_follow_threads":"on"}`, dan.ID)
			return err
		})
		root := addPost(t, db, p.channel, amy, nil, 10)
		one := addPost(t, db, p.channel, bob, root, 20)
		must(t, db, func(tx *Tx) error {
			return follow(ctx, tx, ReplyFollowers{
				Reply: one, Root: root, TeamID: p.team.ID, AuthorReads: true, At: 20,
				Mentioned: []string{cat.ID}, Concerned: []string{amy.ID}, AutoFollow: true,
			})
		})
		thread := func(u *model.User) []int64 {
			m := value[*model.Thread](t)(db.ThreadOf(ctx, u.ID, root.ID))
			following := int64(0)
			if m.Following {
				following = 1
			}
			return []int64{following, m.LastViewed, m.UnreadReplies, m.UnreadMentions, m.ReplyCount, m.LastReplyAt}
		}
		equal(t, "author", thread(bob), []int64{1, 20, 0, 0, 1, 20})
		equal(t, "author of the root", thread(amy), []int64{1, 0, 1, 0, 1, 20})
		equal(t, "mentioned", thread(cat), []int64{1, 0, 1, 1, 1, 20})
		equal(t, "member who follows all", thread(dan), []int64{1, 0, 1, 0, 1, 20})
		equal(t, "followers", len(value[[]Follower](t)(db.ThreadFollowers(ctx, root, nil))), 4)
		equal(t, "followers among some", len(value[[]Follower](t)(db.ThreadFollowers(ctx, root, []string{cat.ID, "x"}))), 1)
		equal(t, "memberships", len(value[[]model.ThreadMembership](t)(db.ThreadMemberships(ctx, root.ID, "x"))), 4)
		equal(t, "replies", value[int64](t)(db.ReplyCount(ctx, root.ID)), int64(1))
		totals := func(u *model.User) model.ThreadTotals {
			return value[model.ThreadTotals](t)(db.ThreadTotals(ctx, ThreadFilter{UserID: u.ID, TeamID: p.team.ID}))
		}
		equal(t, "totals", totals(cat), model.ThreadTotals{Total: 1, Unread: 1, Mentions: 1})
		equal(t, "by team", value[map[string]model.ThreadTotals](t)(db.ThreadTotalsByTeam(ctx, cat.ID)),
			map[string]model.ThreadTotals{p.team.ID: {Total: 1, Unread: 1, Mentions: 1}})
		equal(t, "mentions", value[map[string]int64](t)(db.ThreadMentions(ctx, cat.ID, p.team.ID)), map[string]int64{p.channel.ID: 1})

		two := addPost(t, db, p.channel, amy, root, 30)
		must(t, db, func(tx *Tx) error { return tx.SaveThreadFollow(ctx, cat.ID, root.ID, false, 25) })
		must(t, db, func(tx *Tx) error { return tx.SaveThreadFollow(ctx, dan.ID, root.ID, false, 25) })
		must(t, db, func(tx *Tx) error {
			return follow(ctx, tx, ReplyFollowers{Reply: two, Root: root, TeamID: p.team.ID, At: 30, Mentioned: []string{cat.ID}, AutoFollow: true})
		})
		equal(t, "mention brings back", thread(cat), []int64{1, 0, 2, 2, 2, 30})
		equal(t, "nothing else does", thread(dan), []int64{0, 0, 2, 0, 2, 30})
		equal(t, "who read is behind", thread(bob), []int64{1, 20, 1, 0, 2, 30})
		equal(t, "participants", value[map[string][]string](t)(db.ThreadParticipants(ctx, []string{root.ID})),
			map[string][]string{root.ID: {bob.ID, amy.ID}})
		equal(t, "on a page", value[[]PostThread](t)(db.PostThreads(ctx, bob.ID, []string{root.ID, one.ID})),
			[]PostThread{{PostID: root.ID, ReplyCount: 2, LastReplyAt: 30, Following: true}})

		must(t, db, func(tx *Tx) error {
			if err := markDeleted(ctx, tx, 40, two.ID); err != nil {
				return err
			}
			return unfollow(ctx, tx, two)
		})
		equal(t, "reply deleted", thread(bob), []int64{1, 20, 0, 0, 1, 20})
		equal(t, "participants left", value[map[string][]string](t)(db.ThreadParticipants(ctx, []string{root.ID})),
			map[string][]string{root.ID: {bob.ID}})
		must(t, db, func(tx *Tx) error {
			if err := markDeleted(ctx, tx, 50, root.ID); err != nil {
				return err
			}
			return tx.DeleteThread(ctx, root.ID, 50)
		})
		equal(t, "root deleted", totals(cat), model.ThreadTotals{})
		equal(t, "deleted ones", value[model.ThreadTotals](t)(db.ThreadTotals(ctx, ThreadFilter{UserID: cat.ID, TeamID: p.team.ID, Deleted: true})),
			model.ThreadTotals{Total: 1, Unread: 1, Mentions: 2})
	})
}

func TestThreadsAreReadAndLeft(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		p := addThreadPlace(t, db, "amy", "bob")
		amy, bob := p.users[0], p.users[1]
		other := addTeam(t, db, "south")
		root := addPost(t, db, p.channel, amy, nil, 10)
		fails(t, db, ErrNotFound, func(tx *Tx) error {
			return tx.ReadThread(ctx, ThreadRead{UserID: amy.ID, PostID: root.ID, LastViewed: 5, At: 5})
		})
		must(t, db, func(tx *Tx) error { return tx.SaveThreadFollow(ctx, amy.ID, root.ID, true, 12) })
		equal(t, "no thread yet", value[*model.Thread](t)(db.ThreadOf(ctx, amy.ID, root.ID)).Replied, false)
		equal(t, "not counted yet", value[model.ThreadTotals](t)(db.ThreadTotals(ctx, ThreadFilter{UserID: amy.ID, TeamID: p.team.ID})), model.ThreadTotals{})
		for at := int64(20); at < 25; at++ {
			r := addPost(t, db, p.channel, bob, root, at)
			must(t, db, func(tx *Tx) error {
				return follow(ctx, tx, ReplyFollowers{Reply: r, Root: root, TeamID: p.team.ID, AuthorReads: true, At: at, Mentioned: []string{amy.ID}})
			})
		}
		unread := func() []int64 {
			m := value[*model.Thread](t)(db.ThreadOf(ctx, amy.ID, root.ID))
			return []int64{m.LastViewed, m.UnreadReplies, m.UnreadMentions}
		}
		equal(t, "unread", unread(), []int64{12, 5, 5})
		must(t, db, func(tx *Tx) error {
			return tx.ReadThread(ctx, ThreadRead{UserID: amy.ID, PostID: root.ID, LastViewed: 22, Mentions: 2, At: 30})
		})
		equal(t, "read in part", unread(), []int64{22, 2, 2})
		equal(t, "place", *value[*ThreadPlace](t)(db.ThreadPlace(ctx, root.ID)), ThreadPlace{PostID: root.ID, LastReplyAt: 24})
		must(t, db, func(tx *Tx) error { return tx.MentionFollowers(ctx, root.ID, []string{amy.ID, "x"}) })
		equal(t, "mentioned once more", unread(), []int64{22, 2, 3})
		must(t, db, func(tx *Tx) error { return tx.Unmention(ctx, root.ID, []string{amy.ID, bob.ID}) })
		equal(t, "mentioned once less", unread(), []int64{22, 2, 2})
		must(t, db, func(tx *Tx) error { return tx.ReadThreads(ctx, amy.ID, p.team.ID, 40) })
		equal(t, "read", unread(), []int64{40, 0, 0})
		must(t, db, func(tx *Tx) error { return tx.ReadThreadsOfChannels(ctx, amy.ID, []string{p.channel.ID}, 50) })
		equal(t, "read with the channel", unread(), []int64{50, 0, 0})
		must(t, db, func(tx *Tx) error { return tx.MoveThreads(ctx, p.channel.ID, other.ID) })
		equal(t, "moved", value[map[string]model.ThreadTotals](t)(db.ThreadTotalsByTeam(ctx, amy.ID)),
			map[string]model.ThreadTotals{p.team.ID: {}, other.ID: {Total: 1}})
		must(t, db, func(tx *Tx) error { return tx.StrangersLeaveThreads(ctx, p.channel.ID) })
		value[*model.Thread](t)(db.ThreadOf(ctx, amy.ID, root.ID)) // who is in the channel stays
		eve := addUser(t, db, "eve")
		stranger := func(gone func(tx *Tx) error) {
			must(t, db, func(tx *Tx) error { return tx.SaveThreadFollow(ctx, eve.ID, root.ID, true, 60) })
			value[*model.Thread](t)(db.ThreadOf(ctx, eve.ID, root.ID))
			must(t, db, gone)
			wantErr[*model.Thread](t, ErrNotFound)(db.ThreadOf(ctx, eve.ID, root.ID))
		}
		stranger(func(tx *Tx) error { return tx.StrangersLeaveThreads(ctx, p.channel.ID) })
		stranger(func(tx *Tx) error { return tx.MakeGuest(ctx, eve.ID) })
		must(t, db, func(tx *Tx) error { return tx.LeaveThreadsOfTeam(ctx, amy.ID, other.ID) })
		must(t, db, func(tx *Tx) error { return tx.LeaveThreadsOfChannel(ctx, p.channel.ID, bob.ID) })
		wantErr[*model.Thread](t, ErrNotFound)(db.ThreadOf(ctx, amy.ID, root.ID))
		wantErr[*model.Thread](t, ErrNotFound)(db.ThreadOf(ctx, bob.ID, root.ID))
	})
}

func TestThreadsAreListedByTheirNewestReply(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		p := addThreadPlace(t, db, "amy", "bob")
		amy, bob := p.users[0], p.users[1]
		direct := addChannel(t, db, "", "a__b")
		joinChannel(t, db, direct.ID, amy)
		names := map[string]string{}
		for i, c := range []*model.Channel{p.channel, direct, p.channel, p.channel, direct} {
			at := int64(i + 1)
			root := addPost(t, db, c, amy, nil, at)
			names[root.ID] = string("abcde"[i])
			r := addPost(t, db, c, bob, root, 10*at)
			must(t, db, func(tx *Tx) error {
				return follow(ctx, tx, ReplyFollowers{Reply: r, Root: root, TeamID: c.TeamID, At: 10 * at, Concerned: []string{amy.ID}})
			})
			if i == 2 {
				must(t, db, func(tx *Tx) error {
					if err := markDeleted(ctx, tx, 99, root.ID); err != nil {
						return err
					}
					return tx.DeleteThread(ctx, root.ID, 99)
				})
			}
			if i == 3 {
				must(t, db, func(tx *Tx) error {
					return tx.ReadThread(ctx, ThreadRead{UserID: amy.ID, PostID: root.ID, LastViewed: 70, At: 70})
				})
			}
		}
		listed := func(f ThreadFilter) (out string) {
			f.UserID, f.TeamID = amy.ID, p.team.ID
			if f.Limit == 0 {
				f.Limit = 10
			}
			for _, m := range value[[]*model.Thread](t)(db.Threads(ctx, f)) {
				out += names[m.PostID]
			}
			return out
		}
		equal(t, "all", listed(ThreadFilter{}), "edba")
		equal(t, "of the team alone", listed(ThreadFilter{ExcludeDirect: true}), "da")
		equal(t, "deleted too", listed(ThreadFilter{Deleted: true}), "edcba")
		equal(t, "unread", listed(ThreadFilter{Unread: true}), "eba")
		equal(t, "first two", listed(ThreadFilter{Limit: 2}), "ed")
		equal(t, "before", listed(ThreadFilter{Before: &ThreadPlace{LastReplyAt: 50, PostID: ""}}), "dba")
		equal(t, "after", listed(ThreadFilter{After: &ThreadPlace{LastReplyAt: 20, PostID: "zzz"}}), "de")
		equal(t, "touched since", listed(ThreadFilter{Since: 45}), "ed")
		equal(t, "touched since, of the team", listed(ThreadFilter{Since: 55, ExcludeDirect: true}), "d")
	})
}

func TestThreadsForgetAnAccount(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		p := addThreadPlace(t, db, "amy", "bob", "cat")
		amy, bob, cat := p.users[0], p.users[1], p.users[2]
		root := addPost(t, db, p.channel, amy, nil, 10)
		for i, u := range []*model.User{bob, cat, bob} {
			r := addPost(t, db, p.channel, u, root, 20+int64(i))
			must(t, db, func(tx *Tx) error {
				if err := tx.InsertMentions(ctx, []PostMention{{PostID: r.ID, UserID: amy.ID, InThread: true}}); err != nil {
					return err
				}
				return follow(ctx, tx, ReplyFollowers{Reply: r, Root: root, TeamID: p.team.ID, AuthorReads: true, At: 20 + int64(i), Mentioned: []string{amy.ID}})
			})
		}
		must(t, db, func(tx *Tx) error {
			n, err := tx.ForgetReplies(ctx, bob.ID, 10)
			equal(t, "threads", n, 1)
			return err
		})
		m := value[*model.Thread](t)(db.ThreadOf(ctx, amy.ID, root.ID))
		equal(t, "what is left", []int64{m.ReplyCount, m.LastReplyAt, m.UnreadReplies, m.UnreadMentions}, []int64{1, 21, 1, 1})
		m = value[*model.Thread](t)(db.ThreadOf(ctx, cat.ID, root.ID))
		equal(t, "for who read", []int64{m.ReplyCount, m.LastReplyAt, m.UnreadReplies}, []int64{1, 21, 0})
		equal(t, "totals", value[model.ThreadTotals](t)(db.ThreadTotals(ctx, ThreadFilter{UserID: cat.ID, TeamID: p.team.ID})), model.ThreadTotals{Total: 1})
		equal(t, "participants", value[map[string][]string](t)(db.ThreadParticipants(ctx, []string{root.ID})), map[string][]string{root.ID: {cat.ID}})
		must(t, db, func(tx *Tx) error {
			n, err := tx.ForgetReplies(ctx, bob.ID, 10)
			equal(t, "no more threads", n, 0)
			return err
		})
	})
}
