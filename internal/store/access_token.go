package store

import (
	"context"

	"muster/internal/model"
)

const accessTokenCols = `t.id, t.user_id, t.description, t.is_active, t.create_at, t.expires_at, t.last_used_at`

func scanAccessToken(row scanner) (*model.UserAccessToken, error) {
	t := &model.UserAccessToken{}
	return t, row.Scan(&t.ID, &t.UserID, &t.Description, &t.IsActive, &t.CreateAt, &t.ExpiresAt, &t.LastUsedAt)
}

// InsertAccessToken stores a token with the hash of its secret.
func (t *Tx) InsertAccessToken(ctx context.Context, n *model.UserAccessToken, hash []byte) error {
	_, err := exec(ctx, t.Q, `INSERT INTO user_access_tokens (id, token_hash, user_id, description, is_active, create_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, n.ID, hash, n.UserID, n.Description, n.IsActive, n.CreateAt, n.ExpiresAt)
	return err
}

// AccessToken reads a token by its id.
func (q Q) AccessToken(ctx context.Context, id string) (*model.UserAccessToken, error) {
	return one(ctx, q, scanAccessToken, `SELECT `+accessTokenCols+` FROM user_access_tokens t WHERE t.id = ?`, id)
}

// LockAccessToken reads a token and holds it until the transaction ends.
func (t *Tx) LockAccessToken(ctx context.Context, id string) (*model.UserAccessToken, error) {
	return one(ctx, t.Q, scanAccessToken, `SELECT `+accessTokenCols+` FROM user_access_tokens t WHERE t.id = ?`+t.d.forUpdate, id)
}

// AccessTokenByHash finds a token by the hash of its secret.
func (q Q) AccessTokenByHash(ctx context.Context, hash []byte) (*model.UserAccessToken, error) {
	return one(ctx, q, scanAccessToken, `SELECT `+accessTokenCols+` FROM user_access_tokens t WHERE t.token_hash = ?`, hash)
}

// AccessTokens lists the tokens of an account, or with an empty id of all, newest first: the
// ids begin with the time.
func (q Q) AccessTokens(ctx context.Context, userID string, offset, limit int) ([]*model.UserAccessToken, error) {
	w := &where{}
	if userID != "" {
		w.add("t.user_id = ?", userID)
	}
	return list(ctx, q, scanAccessToken, `SELECT `+accessTokenCols+` FROM user_access_tokens t`+w.text()+`
		ORDER BY t.id DESC LIMIT ? OFFSET ?`, append(w.args, limit, offset)...)
}

// CountAccessTokens tells how many tokens an account has.
func (q Q) CountAccessTokens(ctx context.Context, userID string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM user_access_tokens WHERE user_id = ?`, userID)
}

// AccessTokensMatching lists the tokens whose own id, or whose owner's id or name,
// is the term, newest first.
func (q Q) AccessTokensMatching(ctx context.Context, term string, limit int) ([]*model.UserAccessToken, error) {
	return list(ctx, q, scanAccessToken, `SELECT `+accessTokenCols+` FROM user_access_tokens t
		WHERE t.id = ? OR t.user_id = ? OR t.user_id IN (SELECT id FROM users WHERE username = ?)
		ORDER BY t.id DESC LIMIT ?`, term, term, term, limit)
}

// SetAccessTokenActive switches a token on or off.
func (t *Tx) SetAccessTokenActive(ctx context.Context, id string, active bool) error {
	return change(ctx, t.Q, `UPDATE user_access_tokens SET is_active = ? WHERE id = ?`, active, id)
}

// RotateAccessToken gives a token another secret.
func (t *Tx) RotateAccessToken(ctx context.Context, id string, hash []byte) error {
	return change(ctx, t.Q, `UPDATE user_access_tokens SET token_hash = ?, last_used_at = 0 WHERE id = ?`, hash, id)
}

// DeleteAccessToken removes a token.
func (t *Tx) DeleteAccessToken(ctx context.Context, id string) error {
	return change(ctx, t.Q, `DELETE FROM user_access_tokens WHERE id = ?`, id)
}

// TouchAccessToken notes when a token was last used.
func (t *Tx) TouchAccessToken(ctx context.Context, id string, at int64) error {
	_, err := exec(ctx, t.Q, `UPDATE user_access_tokens SET last_used_at = ? WHERE id = ? AND last_used_at < ?`, at, id, at)
	return err
}

// DeleteSessionsOfAccessToken ends the sessions that stand for a token.
func (t *Tx) DeleteSessionsOfAccessToken(ctx context.Context, id string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM user_access_tokens WHERE id = ?)`, id)
	return err
}
