package store

import (
	"context"

	"muster/internal/model"
)

// SetMfaSecret gives an account a secret; codes of the old one are worth nothing.
func (t *Tx) SetMfaSecret(ctx context.Context, userID string, secret model.Secret) error {
	return change(ctx, t.Q, `UPDATE users SET mfa_secret = ?, mfa_last_step = 0 WHERE id = ?`, secret, userID)
}

// SetMfaActive switches multi-factor of an account on or off; off also forgets the
// secret and the recovery codes.
func (t *Tx) SetMfaActive(ctx context.Context, userID string, active bool, at int64) error {
	if active {
		return change(ctx, t.Q, `UPDATE users SET mfa_active = TRUE, update_at = ? WHERE id = ?`, at, userID)
	}
	if err := t.DeleteRecoveryCodes(ctx, userID); err != nil {
		return err
	}
	return change(ctx, t.Q, `UPDATE users SET mfa_active = FALSE, mfa_secret = '', mfa_last_step = 0, update_at = ? WHERE id = ?`, at, userID)
}

// UseMfaStep spends a time step of an account. ErrNotFound means that it, or a later
// one, was spent already.
func (t *Tx) UseMfaStep(ctx context.Context, userID string, step int64) error {
	return change(ctx, t.Q, `UPDATE users SET mfa_last_step = ? WHERE id = ? AND mfa_last_step < ?`, step, userID, step)
}

// InsertRecoveryCode stores the hash of a recovery code.
func (t *Tx) InsertRecoveryCode(ctx context.Context, userID string, hash []byte) error {
	_, err := exec(ctx, t.Q, `INSERT INTO mfa_recovery_codes (user_id, code_hash) VALUES (?, ?)`, userID, hash)
	return err
}

// UseRecoveryCode spends a recovery code. ErrNotFound means that there is no such code (any more).
func (t *Tx) UseRecoveryCode(ctx context.Context, userID string, hash []byte) error {
	return change(ctx, t.Q, `DELETE FROM mfa_recovery_codes WHERE user_id = ? AND code_hash = ?`, userID, hash)
}

// DeleteRecoveryCodes removes all recovery codes of an account.
func (t *Tx) DeleteRecoveryCodes(ctx context.Context, userID string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM mfa_recovery_codes WHERE user_id = ?`, userID)
	return err
}

// CountRecoveryCodes tells how many recovery codes an account has left.
func (q Q) CountRecoveryCodes(ctx context.Context, userID string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM mfa_recovery_codes WHERE user_id = ?`, userID)
}
