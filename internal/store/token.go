package store

import (
	"context"

	"muster/internal/model"
)

func scanToken(row scanner) (*model.OneTimeToken, error) {
	t := &model.OneTimeToken{}
	return t, row.Scan(&t.Type, &t.CreateAt, &t.UserID, &t.Extra)
}

const tokenCols = `type, create_at, COALESCE(user_id, ''), extra`

// InsertToken stores a token that works once with the hash of its secret.
func (t *Tx) InsertToken(ctx context.Context, n *model.OneTimeToken, hash []byte) error {
	_, err := exec(ctx, t.Q, `INSERT INTO tokens (token_hash, type, create_at, user_id, extra) VALUES (?, ?, ?, ?, `+t.d.json+`)`,
		hash, n.Type, n.CreateAt, nullable(n.UserID), object(n.Extra))
	return err
}

// Token reads a token without spending it.
func (q Q) Token(ctx context.Context, hash []byte) (*model.OneTimeToken, error) {
	return one(ctx, q, scanToken, `SELECT `+tokenCols+` FROM tokens WHERE token_hash = ?`, hash)
}

// UseToken spends a token of a type. ErrNotFound means that there is none (any more):
// of several callers at once exactly one gets it.
func (t *Tx) UseToken(ctx context.Context, hash []byte, kind string) (*model.OneTimeToken, error) {
	return one(ctx, t.Q, scanToken, `DELETE FROM tokens WHERE token_hash = ? AND type = ? RETURNING `+tokenCols, hash, kind)
}

// DeleteTokensOf removes the tokens of a type that are about an account.
func (t *Tx) DeleteTokensOf(ctx context.Context, userID, kind string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM tokens WHERE user_id = ? AND type = ?`, userID, kind)
	return err
}

// TokensOf lists the tokens of a type that are about an account, the oldest first.
func (q Q) TokensOf(ctx context.Context, userID, kind string) ([]*model.OneTimeToken, error) {
	return list(ctx, q, scanToken, `SELECT `+tokenCols+` FROM tokens WHERE user_id = ? AND type = ? ORDER BY create_at, token_hash`, userID, kind)
}

// DeleteTokensMadeBy removes the tokens of a type that are about an account and were
// made by the time.
func (t *Tx) DeleteTokensMadeBy(ctx context.Context, userID, kind string, at int64) error {
	_, err := exec(ctx, t.Q, `DELETE FROM tokens WHERE user_id = ? AND type = ? AND create_at <= ?`, userID, kind, at)
	return err
}

// DeleteOldTokens removes up to n tokens made before the time and tells how many.
func (t *Tx) DeleteOldTokens(ctx context.Context, before int64, n int) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM tokens WHERE token_hash IN (
		SELECT token_hash FROM tokens WHERE create_at < ? ORDER BY create_at LIMIT ?)`, before, n)
}
