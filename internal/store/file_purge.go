package store

import (
	"context"

	"muster/internal/model"
)

// Whole is something that takes its files with it when it is removed for good.
type Whole struct {
	files   []string // conditions on files f, each with the id of the whole as its argument
	uploads string   // condition on uploads; empty when there are none
}

// What takes files with it. An account takes those of others, too, that answer it.
var (
	WholeUser = Whole{uploads: `user_id = ?`, files: []string{
		`f.user_id = ?`,
		`f.post_id IN (SELECT r.id FROM posts p JOIN posts r ON r.root_id = p.id WHERE p.user_id = ?)`,
	}}
	WholeThread  = Whole{files: []string{`f.post_id = ?`, `f.post_id IN (SELECT id FROM posts WHERE root_id = ?)`}}
	WholeChannel = Whole{uploads: `channel_id = ?`, files: []string{`f.channel_id = ?`}}
	WholeTeam    = Whole{uploads: channelsOfTeam, files: []string{`f.` + channelsOfTeam}}
)

// FilesOf lists up to n of the files that go with something, removed ones included.
func (q Q) FilesOf(ctx context.Context, what Whole, id string, n int) (files []*model.FileInfo, err error) {
	for _, of := range what.files {
		files, err = list(ctx, q, scanFile, `SELECT `+fileCols+` FROM files f WHERE `+of+` LIMIT ?`, id, n)
		if err != nil || len(files) > 0 {
			break
		}
	}
	return files, err
}

// UploadsWith lists up to n of the uploads that go with something.
func (q Q) UploadsWith(ctx context.Context, what Whole, id string, n int) ([]*model.UploadSession, error) {
	if what.uploads == "" {
		return nil, nil
	}
	return list(ctx, q, scanUpload, `SELECT `+uploadCols+` FROM uploads WHERE `+what.uploads+` LIMIT ?`, id, n)
}

// DeleteFiles removes the descriptions of files for good, and counts those that were posted out of their channels.
func (t *Tx) DeleteFiles(ctx context.Context, ids []string) error {
	files := t.d.ids(ids)
	for _, text := range []string{
		`UPDATE channels SET files = files - x.n FROM (SELECT f.channel_id AS channel, COUNT(*) AS n FROM files f
			WHERE ` + t.d.idsIn("f.id") + ` AND f.post_id IS NOT NULL AND f.delete_at = 0 GROUP BY f.channel_id) AS x
			WHERE channels.id = x.channel`,
		`DELETE FROM files WHERE ` + t.d.idsIn("id"),
	} {
		if _, err := exec(ctx, t.Q, text, files); err != nil {
			return err
		}
	}
	return nil
}

// DeleteUploads removes uploads.
func (t *Tx) DeleteUploads(ctx context.Context, ids []string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM uploads WHERE `+t.d.idsIn("id"), t.d.ids(ids))
	return err
}
