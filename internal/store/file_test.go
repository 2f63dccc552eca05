package store

import (
	"testing"

	"muster/internal/model"
)

func TestFileIsStoredAttachedAndRemoved(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		team, u, other := addTeam(t, db, "north"), addUser(t, db, "amy"), addUser(t, db, "bob")
		c := addChannel(t, db, team.ID, "town")
		f := &model.FileInfo{
			ID: model.NewTimeID(5), UserID: u.ID, ChannelID: c.ID, CreateAt: 5, UpdateAt: 5, Name: "a.png", Extension: "png",
			Size: 7, MimeType: "image/png", Width: 3, Height: 4, HasPreviewImage: true,
		}
		must(t, db, func(tx *Tx) error { return tx.InsertFile(ctx, f) })
		equal(t, "by id", value[*model.FileInfo](t)(db.File(ctx, f.ID)), f)
		equal(t, "lost", value[[]*model.FileInfo](t)(db.LostFiles(ctx, 6, 9)), []*model.FileInfo{f})
		equal(t, "of an account", value[[]*model.FileInfo](t)(db.FilesOf(ctx, WholeUser, u.ID, 9)), []*model.FileInfo{f})
		equal(t, "of a team", value[[]*model.FileInfo](t)(db.FilesOf(ctx, WholeTeam, team.ID, 9)), []*model.FileInfo{f})
		equal(t, "of a channel", value[[]*model.FileInfo](t)(db.FilesOf(ctx, WholeChannel, c.ID, 9)), []*model.FileInfo{f})
		equal(t, "of a thread", len(value[[]*model.FileInfo](t)(db.FilesOf(ctx, WholeThread, f.ID, 9))), 0)
		p := &model.Post{ID: model.NewTimeID(9), CreateAt: 9, UpdateAt: 9, UserID: u.ID, ChannelID: c.ID}
		foreign := *p
		foreign.UserID = other.ID
		must(t, db, func(tx *Tx) error {
			if err := tx.InsertPost(ctx, p); err != nil {
				return err
			}
			for i, want := range []int{0, 1, 0} { // of another author, of the author, attached already
				by := []*model.Post{&foreign, p, p}[i]
				free, err := tx.LockFreeFiles(ctx, by, []string{f.ID, "x"})
				equal(t, "free", len(free), want)
				if err != nil {
					return err
				}
				got, err := tx.AttachFiles(ctx, by, []string{f.ID, "x"})
				equal(t, "attached", len(got), want)
				if err != nil {
					return err
				}
			}
			return tx.CountFiles(ctx, c.ID, 1)
		})
		equal(t, "of a post", len(value[[]*model.FileInfo](t)(db.FilesOfPosts(ctx, []string{p.ID, "x"}, false))), 1)
		equal(t, "of its thread", len(value[[]*model.FileInfo](t)(db.FilesOf(ctx, WholeThread, p.ID, 9))), 1)
		more := &model.FileInfo{ID: model.NewTimeID(6), UserID: u.ID, PostID: p.ID, ChannelID: c.ID, CreateAt: 6, UpdateAt: 6, Name: "b", MimeType: "x"}
		must(t, db, func(tx *Tx) error {
			if err := tx.InsertFile(ctx, more); err != nil {
				return err
			}
			if err := tx.CountFiles(ctx, c.ID, 1); err != nil {
				return err
			}
			return tx.DeleteFiles(ctx, []string{more.ID, "x"})
		})
		equal(t, "kept count", value[*model.Channel](t)(db.Channel(ctx, c.ID)).Files, int64(1))
		must(t, db, func(tx *Tx) error {
			n, err := tx.RemoveFilesOfPosts(ctx, []string{p.ID}, 12)
			equal(t, "removed", n, int64(1))
			return err
		})
		wantErr[*model.FileInfo](t, ErrNotFound)(db.File(ctx, f.ID))
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.DeleteLostFile(ctx, f.ID) }) // it was posted
		lost := &model.FileInfo{ID: model.NewTimeID(7), UserID: u.ID, ChannelID: c.ID, CreateAt: 7, UpdateAt: 7, Name: "c", MimeType: "x"}
		must(t, db, func(tx *Tx) error { return tx.InsertFile(ctx, lost) })
		must(t, db, func(tx *Tx) error { return tx.RemoveFiles(ctx, []string{lost.ID, "x"}, 13) })
		wantErr[*model.FileInfo](t, ErrNotFound)(db.File(ctx, lost.ID))
		must(t, db, func(tx *Tx) error { return tx.DeleteLostFile(ctx, lost.ID) })
	})
}

func TestUploadHasOneWriterAtATime(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, u := t.Context(), addUser(t, db, "amy")
		up := &model.UploadSession{ID: model.NewID(), Type: model.UploadAttachment, CreateAt: 5, UserID: u.ID, Filename: "a", FileSize: 10}
		must(t, db, func(tx *Tx) error { return tx.InsertUpload(ctx, up) })
		equal(t, "by id", value[*model.UploadSession](t)(db.Upload(ctx, up.ID)), up)
		equal(t, "of an account", value[[]*model.UploadSession](t)(db.UploadsOf(ctx, u.ID, 9)), []*model.UploadSession{up})
		equal(t, "how many", value[int64](t)(db.CountUploads(ctx, u.ID)), int64(1))
		equal(t, "lost", len(value[[]*model.UploadSession](t)(db.LostUploads(ctx, 5, 9))), 0)
		must(t, db, func(tx *Tx) error { return tx.LeaseUpload(ctx, up, 100, 200) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.LeaseUpload(ctx, up, 199, 300) })
		must(t, db, func(tx *Tx) error { return tx.AdvanceUpload(ctx, up.ID, 4) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.LeaseUpload(ctx, up, 300, 400) }) // knows an older offset
		up.FileOffset = 4
		must(t, db, func(tx *Tx) error { return tx.LeaseUpload(ctx, up, 300, 400) })
		must(t, db, func(tx *Tx) error { return tx.LeaseUpload(ctx, up, 400, 500) }) // the writer before died
		equal(t, "with an account", len(value[[]*model.UploadSession](t)(db.UploadsWith(ctx, WholeUser, u.ID, 9))), 1)
		equal(t, "with a thread", len(value[[]*model.UploadSession](t)(db.UploadsWith(ctx, WholeThread, u.ID, 9))), 0)
		other := &model.UploadSession{ID: model.NewID(), Type: model.UploadAttachment, CreateAt: 6, UserID: u.ID, Filename: "b", FileSize: 1}
		must(t, db, func(tx *Tx) error {
			if err := tx.InsertUpload(ctx, other); err != nil {
				return err
			}
			return tx.DeleteUploads(ctx, []string{other.ID, "x"})
		})
		must(t, db, func(tx *Tx) error { return tx.DeleteUpload(ctx, up.ID) })
		wantErr[*model.UploadSession](t, ErrNotFound)(db.Upload(ctx, up.ID))
	})
}
