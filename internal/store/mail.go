package store

import "context"

// CountMail counts one more mail under a key and tells how many it counted since the
// first one, which lies behind since; an older first one begins the count anew. Of
// several callers at once each gets another number.
func (t *Tx) CountMail(ctx context.Context, key []byte, now, since int64) (int64, error) {
	return one(ctx, t.Q, scanValue[int64], `INSERT INTO mail_counts (key_hash, begun_at, n) VALUES (?, ?, 1)
		ON CONFLICT (key_hash) DO UPDATE SET
			n = CASE WHEN mail_counts.begun_at <= ? THEN 1 ELSE mail_counts.n + 1 END,
			begun_at = CASE WHEN mail_counts.begun_at <= ? THEN excluded.begun_at ELSE mail_counts.begun_at END
		RETURNING n`, key, now, since, since)
}

// DeleteOldMailCounts removes up to n counts that were begun before the time and
// tells how many.
func (t *Tx) DeleteOldMailCounts(ctx context.Context, before int64, n int) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM mail_counts WHERE key_hash IN (
		SELECT key_hash FROM mail_counts WHERE begun_at < ? ORDER BY begun_at LIMIT ?)`, before, n)
}
