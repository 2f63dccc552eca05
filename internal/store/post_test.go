package store

import (
	"testing"

	"muster/internal/model"
)

// writePost stores a post and counts it.
func writePost(t *testing.T, db *DB, p model.Post) *model.Post {
	t.Helper()
	p.ID, p.UpdateAt, p.Props = model.NewTimeID(p.CreateAt), p.CreateAt, model.RawJSON("{}")
	must(t, db, func(tx *Tx) error {
		if err := tx.InsertPosts(t.Context(), []*model.Post{&p}); err != nil {
			return err
		}
		return tx.CountPost(t.Context(), &p)
	})
	return &p
}

// idsOf gives the ids of posts.
func idsOf(posts []*model.Post) []string {
	out := []string{}
	for _, p := range posts {
		out = append(out, p.ID)
	}
	return out
}

func TestPostsAreStoredListedAndDeleted(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, list := t.Context(), value[[]*model.Post](t)
		u := addUser(t, db, "amy")
		c := addChannel(t, db, addTeam(t, db, "north").ID, "town")
		joinChannel(t, db, c.ID, u)
		a := writePost(t, db, model.Post{CreateAt: 10, UserID: u.ID, ChannelID: c.ID, Message: "a", FileIDs: model.StringList{"x"}, IsPinned: true})
		b := writePost(t, db, model.Post{CreateAt: 20, UserID: u.ID, ChannelID: c.ID, Message: "b", RootID: a.ID})
		d := writePost(t, db, model.Post{CreateAt: 30, UserID: u.ID, ChannelID: c.ID, Message: "d", Priority: "urgent", RequestedAck: true})
		equal(t, "one", value[*model.Post](t)(db.Post(ctx, a.ID)), a)
		equal(t, "priority", value[*model.Post](t)(db.Post(ctx, d.ID)), d)
		of := PostsOf{ChannelID: c.ID}
		for _, tc := range []struct {
			what string
			got  []*model.Post
			want []string
		}{
			{"many", list(db.Posts(ctx, []string{b.ID, "x"})), []string{b.ID}},
			{"page", list(db.PostPage(ctx, of, 1, 2)), []string{b.ID, a.ID}},
			{"roots", list(db.PostPage(ctx, PostsOf{ChannelID: c.ID, RootsOnly: true}, 0, 9)), []string{d.ID, a.ID}},
			{"before", list(db.PostsBefore(ctx, of, PostPlace{At: 20, ID: b.ID}, 9)), []string{a.ID}},
			{"after", list(db.PostsAfter(ctx, of, PostPlace{At: 10, ID: a.ID}, 9)), []string{b.ID, d.ID}},
			{"since", list(db.PostsSince(ctx, c.ID, 15, false, 9)), []string{d.ID, b.ID}},
			{"replies", list(db.Replies(ctx, []string{a.ID}, 9)), []string{b.ID}},
			{"thread down", list(db.ThreadReplies(ctx, a.ID, PostPlace{}, false, 9)), []string{b.ID}},
			{"thread updates", list(db.ThreadUpdates(ctx, a.ID, PostPlace{}, 9)), []string{b.ID}},
			{"thread up", list(db.ThreadReplies(ctx, a.ID, PostPlace{}, true, 9)), []string{b.ID}},
			{"pinned", list(db.PinnedPosts(ctx, c.ID, 9)), []string{a.ID}},
			{"versions", list(db.PostVersions(ctx, a.ID, 9)), []string{}},
		} {
			equal(t, tc.what, idsOf(tc.got), tc.want)
		}
		must(t, db, func(tx *Tx) error { return tx.TouchPosts(ctx, []TouchedPost{{ID: a.ID, At: 44}, {ID: d.ID, At: 1}}) })
		equal(t, "touched", value[*model.Post](t)(db.Post(ctx, a.ID)).UpdateAt, int64(44))
		equal(t, "not touched", value[*model.Post](t)(db.Post(ctx, d.ID)).UpdateAt, int64(30))
		must(t, db, func(tx *Tx) error {
			p, err := tx.LockPost(ctx, d.ID)
			if err != nil {
				return err
			}
			was := *p
			p.Message, p.Props = "changed", model.RawJSON(`{"k":1}`)
			if err := tx.UpdatePost(ctx, &was, p); err != nil {
				return err
			}
			if err := tx.CountPinned(ctx, c.ID, 2); err != nil {
				return err
			}
			locked, err := tx.LockPosts(ctx, []string{a.ID, d.ID})
			equal(t, "locked", idsOf(locked), []string{a.ID, d.ID})
			return err
		})
		equal(t, "changed", value[*model.Post](t)(db.Post(ctx, d.ID)).Message, "changed")
		equal(t, "counts", value[*model.Channel](t)(db.Channel(ctx, c.ID)).TotalMsgCount, int64(3))
		must(t, db, func(tx *Tx) error {
			gone, err := tx.DeletePosts(ctx, a.ID, u.ID, 50)
			equal(t, "deleted", len(gone), 2)
			return err
		})
		equal(t, "left", idsOf(list(db.PostPage(ctx, of, 0, 9))), []string{d.ID})
		equal(t, "who may read", value[*PostAccess](t)(db.PostAccess(ctx, d.ID, u.ID)).Roles, "channel_user")
		equal(t, "who may read many", len(value[[]*PostAccess](t)(db.PostAccesses(ctx, []string{a.ID, d.ID}, u.ID))), 2)
		must(t, db, func(tx *Tx) error {
			return tx.SavePreference(ctx, model.Preference{UserID: u.ID, Category: "flagged_post", Name: d.ID, Value: "true"})
		})
		equal(t, "saved", len(value[[]*PostAccess](t)(db.SavedPosts(ctx, u.ID, c.ID, "", 9))), 1)
		equal(t, "chosen", len(value[[]model.Preference](t)(db.PreferencesNamed(ctx, []string{u.ID}, "flagged_post", d.ID))), 1)
	})
}

func TestPostsMoveMembersAndTheirMentions(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		c := addChannel(t, db, addTeam(t, db, "north").ID, "town")
		joinChannel(t, db, c.ID, amy)
		joinChannel(t, db, c.ID, bob)
		must(t, db, func(tx *Tx) error {
			w := value[[]*Writer](t)(tx.Writers(ctx, value[*Room](t)(tx.LockRoom(ctx, c.ID)), []string{amy.ID, "x"}))
			equal(t, "writers", []any{len(w), w[0].Username, w[0].Roles, w[0].TeamMember, w[0].Channel.ID}, []any{1, "amy", "channel_user", false, c.ID})
			totals, err := tx.CountPosts(ctx, c.ID, []*model.Post{{CreateAt: 5}, {CreateAt: 9, RootID: "r"}, {CreateAt: 7, Type: model.PostJoinChannel}})
			equal(t, "totals", totals, PostTotals{Msgs: 2, MsgsRoot: 1, LastPostAt: 9})
			if err != nil {
				return err
			}
			return tx.MarkMembers(ctx, c.ID, 9, []PostEffect{
				{UserID: amy.ID, Read: true, Msgs: 2, MsgsRoot: 1, ViewedAt: 9},
				{UserID: bob.ID, Mentions: 2, MentionsRoot: 1, Urgent: 1},
			})
		})
		m := value[*model.ChannelMember](t)(db.ChannelMember(ctx, c.ID, amy.ID))
		equal(t, "read", []int64{m.MsgCount, m.MsgCountRoot, m.LastViewedAt, m.MentionCount}, []int64{2, 1, 9, 0})
		m = value[*model.ChannelMember](t)(db.ChannelMember(ctx, c.ID, bob.ID))
		equal(t, "mentioned", []int64{m.MsgCount, m.MentionCount, m.MentionCountRoot, m.UrgentMentionCount}, []int64{0, 2, 1, 1})
		equal(t, "named", value[[]Named](t)(db.MembersNamed(ctx, c.ID, []string{"bob", "cat"})), []Named{{"bob", bob.ID}})
		equal(t, "groups", len(value[[]Named](t)(db.MembersOfGroupsNamed(ctx, c.ID, []string{"bob"}, 9))), 0)
		equal(t, "everybody", len(value[[]string](t)(db.MembersToNotify(ctx, c.ID, false, 9))), 2)
		equal(t, "online", len(value[[]string](t)(db.MembersToNotify(ctx, c.ID, true, 9))), 0)
		equal(t, "members", len(value[[]string](t)(db.ChannelMemberIDs(ctx, c.ID, 9))), 2)
		root := writePost(t, db, model.Post{CreateAt: 10, UserID: bob.ID, ChannelID: c.ID})
		equal(t, "hears of no replies", len(value[[]Replied](t)(db.MembersRepliedTo(ctx, c.ID, []string{root.ID}, []Answer{}))), 0)
		must(t, db, func(tx *Tx) error {
			_, err := exec(ctx, tx.Q, `UPDATE users SET notify_props = `+tx.d.json+` WHERE id = ?`, `{"comments":"root"}`, bob.ID)
			return err
		})
		bobs := Answer{RootID: root.ID, UserID: bob.ID}
		equal(t, "hears of replies", value[[]Replied](t)(db.MembersRepliedTo(ctx, c.ID, []string{root.ID}, []Answer{bobs})), []Replied{{Answer: bobs}})
		must(t, db, func(tx *Tx) error {
			_, err := exec(ctx, tx.Q, `UPDATE users SET notify_props = `+tx.d.json+` WHERE id = ?`, `{"comments":"any"}`, amy.ID)
			return err
		})
		amys := Answer{RootID: root.ID, UserID: amy.ID}
		equal(t, "hears of replies after its own", value[[]Replied](t)(db.MembersRepliedTo(ctx, c.ID, []string{root.ID}, []Answer{amys})),
			[]Replied{{Answer: bobs}, {Answer: amys, New: true}})
		equal(t, "keywords", len(value[[]KeywordMember](t)(db.KeywordMembers(ctx, c.ID, nil))), 0)
	})
}

func TestReactionsAreStoredOnce(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		c := addChannel(t, db, addTeam(t, db, "north").ID, "town")
		p := writePost(t, db, model.Post{CreateAt: 10, UserID: u.ID, ChannelID: c.ID})
		r := &model.Reaction{UserID: u.ID, PostID: p.ID, EmojiName: "+1", CreateAt: 11, UpdateAt: 11, ChannelID: c.ID}
		for _, want := range []bool{true, false} {
			must(t, db, func(tx *Tx) error {
				fresh, err := tx.InsertReaction(ctx, r)
				equal(t, "new", fresh, want)
				return err
			})
		}
		equal(t, "reactions", value[[]*model.Reaction](t)(db.Reactions(ctx, []string{p.ID})), []*model.Reaction{r})
		n, among, err := db.CountEmojis(ctx, p.ID, "+1")
		equal(t, "emojis", []any{n, among, err}, []any{1, true, error(nil)})
		for _, want := range []bool{true, false} {
			must(t, db, func(tx *Tx) error {
				was, err := tx.DeleteReaction(ctx, r)
				equal(t, "was there", was, want)
				return err
			})
		}
	})
}

func TestPostsAreAcknowledged(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		c := addChannel(t, db, addTeam(t, db, "north").ID, "town")
		p := writePost(t, db, model.Post{CreateAt: 10, UserID: u.ID, ChannelID: c.ID, RequestedAck: true})
		for _, at := range []int64{11, 12} {
			must(t, db, func(tx *Tx) error {
				a, err := tx.SaveAck(ctx, model.PostAck{PostID: p.ID, UserID: u.ID, AcknowledgedAt: at})
				equal(t, "first", a, &model.PostAck{PostID: p.ID, UserID: u.ID, AcknowledgedAt: 11})
				return err
			})
		}
		equal(t, "one", value[*model.PostAck](t)(db.Ack(ctx, p.ID, u.ID)).AcknowledgedAt, int64(11))
		equal(t, "of posts", len(value[[]*model.PostAck](t)(db.Acks(ctx, []string{p.ID, "x"}))), 1)
		must(t, db, func(tx *Tx) error { return tx.DeleteAck(ctx, p.ID, u.ID) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.DeleteAck(ctx, p.ID, u.ID) })
	})
}
