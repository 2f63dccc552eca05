package store

import (
	"context"

	"muster/internal/model"
)

const sessionCols = `id, create_at, expires_at, last_activity_at, user_id, device_id, is_oauth, expired_notify, props`

func scanSession(row scanner) (*model.Session, error) {
	s := &model.Session{}
	err := row.Scan(&s.ID, &s.CreateAt, &s.ExpiresAt, &s.LastActivityAt, &s.UserID, &s.DeviceID, &s.IsOAuth, &s.ExpiredNotify, &s.Props)
	return s, err
}

// SessionByToken finds a session by the hash of its token.
func (q Q) SessionByToken(ctx context.Context, hash []byte) (*model.Session, error) {
	return one(ctx, q, scanSession, `SELECT `+sessionCols+` FROM sessions WHERE token_hash = ?`, hash)
}

// Session reads a session by its id.
func (q Q) Session(ctx context.Context, id string) (*model.Session, error) {
	return one(ctx, q, scanSession, `SELECT `+sessionCols+` FROM sessions WHERE id = ?`, id)
}

// Sessions lists the sessions of an account, the most recently used first.
func (q Q) Sessions(ctx context.Context, userID string) ([]*model.Session, error) {
	return list(ctx, q, scanSession, `SELECT `+sessionCols+` FROM sessions WHERE user_id = ?
		ORDER BY last_activity_at DESC, id DESC`, userID)
}

// InsertSession stores a session with the hash of its token.
func (t *Tx) InsertSession(ctx context.Context, s *model.Session, hash []byte) error {
	_, err := exec(ctx, t.Q, `INSERT INTO sessions (id, token_hash, create_at, expires_at, last_activity_at, user_id,
			device_id, is_oauth, expired_notify, props)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, `+t.d.json+`)`,
		s.ID, hash, s.CreateAt, s.ExpiresAt, s.LastActivityAt, s.UserID, s.DeviceID, s.IsOAuth, s.ExpiredNotify, object(s.Props))
	return err
}

// TrimSessions ends the least recently used sessions of an account beyond keep.
func (t *Tx) TrimSessions(ctx context.Context, userID string, keep int) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE user_id = ? ORDER BY last_activity_at DESC, id DESC LIMIT 1000 OFFSET ?)`, userID, keep)
}

// DeleteSession ends one session.
func (t *Tx) DeleteSession(ctx context.Context, id string) error {
	return change(ctx, t.Q, `DELETE FROM sessions WHERE id = ?`, id)
}

// DeleteSessionsOf ends every session of an account except the one named, if any.
func (t *Tx) DeleteSessionsOf(ctx context.Context, userID, except string) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM sessions WHERE user_id = ? AND id <> ?`, userID, except)
}

// DeleteSessionsOfDevice ends the sessions of an account on one device except the one named.
func (t *Tx) DeleteSessionsOfDevice(ctx context.Context, userID, deviceID, except string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM sessions WHERE user_id = ? AND device_id = ? AND id <> ?`, userID, deviceID, except)
	return err
}

// DeleteAllSessions ends every session there is.
func (t *Tx) DeleteAllSessions(ctx context.Context) error {
	_, err := exec(ctx, t.Q, `DELETE FROM sessions`)
	return err
}

// DeleteExpiredSessions removes up to n sessions that ended before the time and tells how many.
func (t *Tx) DeleteExpiredSessions(ctx context.Context, before int64, n int) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE expires_at > 0 AND expires_at < ? ORDER BY expires_at LIMIT ?)`, before, n)
}

// TouchSession moves the last activity of a session forward.
func (t *Tx) TouchSession(ctx context.Context, id string, at int64) error {
	return change(ctx, t.Q, `UPDATE sessions SET last_activity_at = ? WHERE id = ?`, at, id)
}

// ExtendSession gives a session that has not ended a later end.
func (t *Tx) ExtendSession(ctx context.Context, id string, now, expiresAt int64) error {
	return change(ctx, t.Q, `UPDATE sessions SET expires_at = ?, expired_notify = FALSE
		WHERE id = ? AND expires_at > ?`, expiresAt, id, now)
}

// AttachDevice ties a session to a device.
func (t *Tx) AttachDevice(ctx context.Context, id, deviceID string, expiresAt int64) error {
	return change(ctx, t.Q, `UPDATE sessions SET device_id = ?, expires_at = ?, expired_notify = FALSE WHERE id = ?`,
		deviceID, expiresAt, id)
}

// SetSessionProps replaces the props of a session.
func (t *Tx) SetSessionProps(ctx context.Context, id string, props model.StringMap) error {
	return change(ctx, t.Q, `UPDATE sessions SET props = `+t.d.json+` WHERE id = ?`, object(props), id)
}
