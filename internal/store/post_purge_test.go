package store

import (
	"testing"

	"muster/internal/model"
)

func TestPostsGoForGoodWithWhatHangsOnThem(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		c := addChannel(t, db, addTeam(t, db, "north").ID, "town")
		root := writePost(t, db, model.Post{CreateAt: 10, UserID: amy.ID, ChannelID: c.ID, IsPinned: true})
		reply := writePost(t, db, model.Post{CreateAt: 11, UserID: bob.ID, ChannelID: c.ID, RootID: root.ID})
		writePost(t, db, model.Post{CreateAt: 12, UserID: bob.ID, ChannelID: c.ID, OriginalID: reply.ID, DeleteAt: 12})
		kept := writePost(t, db, model.Post{CreateAt: 13, UserID: bob.ID, ChannelID: c.ID})
		must(t, db, func(tx *Tx) error {
			if err := tx.CountPinned(ctx, c.ID, 1); err != nil {
				return err
			}
			_, err := tx.InsertReaction(ctx, &model.Reaction{UserID: bob.ID, PostID: root.ID, EmojiName: "+1", CreateAt: 14, ChannelID: c.ID})
			return err
		})
		purge := func(one func(tx *Tx) (int, error)) (total int) {
			for n := 1; n > 0; {
				must(t, db, func(tx *Tx) (err error) { n, err = one(tx); return err })
				total += n
			}
			return total
		}
		equal(t, "posts of amy", purge(func(tx *Tx) (int, error) { return tx.PurgePostsOfUser(ctx, amy.ID, 1) }), 3)
		equal(t, "pinned", value[*model.Channel](t)(db.Channel(ctx, c.ID)).PinnedPosts, int64(0))
		equal(t, "left", idsOf(value[[]*model.Post](t)(db.PostPage(ctx, PostsOf{ChannelID: c.ID}, 0, 9))), []string{kept.ID})
		equal(t, "thread", purge(func(tx *Tx) (int, error) { return tx.PurgeThread(ctx, kept.ID, 9) }), 1)
		equal(t, "channel", purge(func(tx *Tx) (int, error) { return tx.PurgePostsOfChannel(ctx, c.ID, 9) }), 0)
	})
}
