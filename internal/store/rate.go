package store

import (
	"context"
	"time"
)

// Rate is how often something may happen: Most times at once, and as many again,
// evenly spread, in every Per.
type Rate struct {
	Most int64
	Per  time.Duration
}

// step is the time one happening costs, in milliseconds.
func (r Rate) step() int64 { return max(1, r.Per.Milliseconds()/max(1, r.Most)) }

// Wait tells how long, in milliseconds, until a key that is free at a time may be
// taken once more; 0 when it may be now.
func (r Rate) Wait(freeAt, now int64) int64 { return max(0, freeAt-now-(max(1, r.Most)-1)*r.step()) }

// Take counts that something happens under a key, for all nodes. ErrNotFound means
// that the rate does not allow it now; nothing was written then, so refusing costs
// little. Of several callers at once no more get through than the rate allows.
//
// What is stored is the time at which everything counted so far is forgotten.
func (t *Tx) Take(ctx context.Context, key []byte, r Rate, now int64) error {
	return change(ctx, t.Q, `INSERT INTO rates (key_hash, free_at) VALUES (?, ?)
		ON CONFLICT (key_hash) DO UPDATE SET
			free_at = CASE WHEN rates.free_at < ? THEN ? ELSE rates.free_at END + ?
		WHERE rates.free_at <= ?`, key, now+r.step(), now, now, r.step(), now+(max(1, r.Most)-1)*r.step())
}

// GiveBack forgets one happening that was counted under a key.
func (t *Tx) GiveBack(ctx context.Context, key []byte, r Rate) error {
	_, err := exec(ctx, t.Q, `UPDATE rates SET free_at = free_at - ? WHERE key_hash = ?`, r.step(), key)
	return err
}

// FreeAt tells when everything counted under a key is forgotten. ErrNotFound means
// that nothing is.
func (q Q) FreeAt(ctx context.Context, key []byte) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT free_at FROM rates WHERE key_hash = ?`, key)
}

// DeleteFreeRates removes up to n keys under which nothing is counted any more and
// tells how many.
func (t *Tx) DeleteFreeRates(ctx context.Context, now int64, n int) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM rates WHERE key_hash IN (
		SELECT key_hash FROM rates WHERE free_at <= ? ORDER BY free_at LIMIT ?)`, now, n)
}
