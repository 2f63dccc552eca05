package store

import (
	"context"

	"muster/internal/model"
)

const uploadCols = `id, type, create_at, user_id, COALESCE(channel_id, ''), filename, file_size, file_offset`

func scanUpload(row scanner) (*model.UploadSession, error) {
	u := &model.UploadSession{}
	return u, row.Scan(&u.ID, &u.Type, &u.CreateAt, &u.UserID, &u.ChannelID, &u.Filename, &u.FileSize, &u.FileOffset)
}

// Upload reads an upload that is not complete.
func (q Q) Upload(ctx context.Context, id string) (*model.UploadSession, error) {
	return one(ctx, q, scanUpload, `SELECT `+uploadCols+` FROM uploads WHERE id = ?`, id)
}

// UploadsOf lists the uploads of an account that are not complete, the oldest first.
func (q Q) UploadsOf(ctx context.Context, userID string, n int) ([]*model.UploadSession, error) {
	return list(ctx, q, scanUpload, `SELECT `+uploadCols+` FROM uploads WHERE user_id = ? ORDER BY create_at, id LIMIT ?`, userID, n)
}

// CountUploads tells how many uploads of an account are not complete.
func (q Q) CountUploads(ctx context.Context, userID string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM uploads WHERE user_id = ?`, userID)
}

// InsertUpload stores a new upload.
func (t *Tx) InsertUpload(ctx context.Context, u *model.UploadSession) error {
	_, err := exec(ctx, t.Q, `INSERT INTO uploads (id, type, create_at, user_id, channel_id, filename, file_size, file_offset)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		u.ID, u.Type, u.CreateAt, u.UserID, nullable(u.ChannelID), u.Filename, u.FileSize, u.FileOffset)
	return err
}

// LeaseUpload lets one writer alone go on with an upload until a time. ErrNotFound says
// that another one writes, or that the upload has gone on meanwhile.
func (t *Tx) LeaseUpload(ctx context.Context, u *model.UploadSession, now, until int64) error {
	return change(ctx, t.Q, `UPDATE uploads SET lease_until = ? WHERE id = ? AND file_offset = ? AND lease_until <= ?`,
		until, u.ID, u.FileOffset, now)
}

// AdvanceUpload says how far an upload has come and ends the lease on it.
func (t *Tx) AdvanceUpload(ctx context.Context, id string, offset int64) error {
	return change(ctx, t.Q, `UPDATE uploads SET file_offset = ?, lease_until = 0 WHERE id = ?`, offset, id)
}

// DeleteUpload removes an upload.
func (t *Tx) DeleteUpload(ctx context.Context, id string) error {
	return change(ctx, t.Q, `DELETE FROM uploads WHERE id = ?`, id)
}

// LostUploads lists up to n uploads that began before a time and were not completed.
func (q Q) LostUploads(ctx context.Context, before int64, n int) ([]*model.UploadSession, error) {
	return list(ctx, q, scanUpload, `SELECT `+uploadCols+` FROM uploads WHERE create_at < ? ORDER BY create_at LIMIT ?`, before, n)
}
