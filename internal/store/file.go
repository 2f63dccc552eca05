package store

import (
	"context"
	"strings"

	"muster/internal/model"
)

const fileCols = `f.id, f.user_id, COALESCE(f.post_id, ''), f.channel_id, f.create_at, f.update_at, f.delete_at, f.name, f.extension,
	f.size, f.mime_type, f.width, f.height, f.has_preview_image`

// fileReturned is fileCols where a statement has one table only.
var fileReturned = strings.ReplaceAll(fileCols, "f.", "")

func scanFile(row scanner) (*model.FileInfo, error) {
	f := &model.FileInfo{}
	return f, row.Scan(&f.ID, &f.UserID, &f.PostID, &f.ChannelID, &f.CreateAt, &f.UpdateAt, &f.DeleteAt, &f.Name, &f.Extension,
		&f.Size, &f.MimeType, &f.Width, &f.Height, &f.HasPreviewImage)
}

// File reads the description of a file that is not removed.
func (q Q) File(ctx context.Context, id string) (*model.FileInfo, error) {
	return one(ctx, q, scanFile, `SELECT `+fileCols+` FROM files f WHERE f.id = ? AND f.delete_at = 0`, id)
}

// FilesOfPosts lists the files of posts in the order they were sent, removed ones only when they are wanted.
func (q Q) FilesOfPosts(ctx context.Context, postIDs []string, removedToo bool) ([]*model.FileInfo, error) {
	return list(ctx, q, scanFile, `SELECT `+fileCols+` FROM files f WHERE `+q.d.idsIn("f.post_id")+` AND (? OR f.delete_at = 0) ORDER BY f.id`,
		q.d.ids(postIDs), removedToo)
}

// InsertFile stores the description of a file whose content is stored already.
func (t *Tx) InsertFile(ctx context.Context, f *model.FileInfo) error {
	_, err := exec(ctx, t.Q, `INSERT INTO files (id, user_id, post_id, channel_id, create_at, update_at, delete_at, name, extension,
			size, mime_type, width, height, has_preview_image)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.ID, f.UserID, nullable(f.PostID), f.ChannelID, f.CreateAt, f.UpdateAt, f.DeleteAt, f.Name, f.Extension,
		f.Size, f.MimeType, f.Width, f.Height, f.HasPreviewImage)
	return err
}

// LockFreeFiles gives those of some files that the author of a post sent to its channel
// and that no post has yet, and holds them until the transaction ends.
func (t *Tx) LockFreeFiles(ctx context.Context, p *model.Post, ids []string) ([]string, error) {
	return list(ctx, t.Q, scanValue[string], `SELECT id FROM files WHERE `+t.d.idsIn("id")+` AND user_id = ? AND channel_id = ?
		AND post_id IS NULL AND delete_at = 0`+t.d.forUpdate, t.d.ids(ids), p.UserID, p.ChannelID)
}

// AttachFiles makes files that their author sent to a channel, and that no post has yet,
// part of a post, and makes them known to the search. It gives those it could attach.
func (t *Tx) AttachFiles(ctx context.Context, p *model.Post, ids []string) ([]*model.FileInfo, error) {
	files, err := list(ctx, t.Q, scanFile, `UPDATE files SET post_id = ?, update_at = ?
		WHERE `+t.d.idsIn("id")+` AND user_id = ? AND channel_id = ? AND post_id IS NULL AND delete_at = 0 RETURNING `+fileReturned,
		p.ID, p.CreateAt, t.d.ids(ids), p.UserID, p.ChannelID)
	if err != nil {
		return nil, err
	}
	return files, t.IndexFiles(ctx, files)
}

// CountFiles changes how many files the posts of a channel have.
func (t *Tx) CountFiles(ctx context.Context, channelID string, by int) error {
	return change(ctx, t.Q, `UPDATE channels SET files = files + ? WHERE id = ?`, by, channelID)
}

// RemoveFilesOfPosts marks the files of posts as removed and tells how many that were.
func (t *Tx) RemoveFilesOfPosts(ctx context.Context, postIDs []string, at int64) (int64, error) {
	return exec(ctx, t.Q, `UPDATE files SET delete_at = ?, update_at = ? WHERE `+t.d.idsIn("post_id")+` AND delete_at = 0`,
		at, at, t.d.ids(postIDs))
}

// RemoveFiles marks files as removed.
func (t *Tx) RemoveFiles(ctx context.Context, ids []string, at int64) error {
	_, err := exec(ctx, t.Q, `UPDATE files SET delete_at = ?, update_at = ? WHERE `+t.d.idsIn("id")+` AND delete_at = 0`, at, at, t.d.ids(ids))
	return err
}

// LostFiles lists up to n files that nobody posted since a time.
func (q Q) LostFiles(ctx context.Context, before int64, n int) ([]*model.FileInfo, error) {
	return list(ctx, q, scanFile, `SELECT `+fileCols+` FROM files f WHERE f.post_id IS NULL AND f.create_at < ? ORDER BY f.create_at LIMIT ?`,
		before, n)
}

// DeleteLostFile removes the description of a file for good that nobody posted. ErrNotFound says that
// somebody did meanwhile.
func (t *Tx) DeleteLostFile(ctx context.Context, id string) error {
	return change(ctx, t.Q, `DELETE FROM files WHERE id = ? AND post_id IS NULL`, id)
}
