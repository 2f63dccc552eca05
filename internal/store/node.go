package store

import "context"

// NodeSeen notes that a node runs.
func (t *Tx) NodeSeen(ctx context.Context, id string, at int64) error {
	_, err := exec(ctx, t.Q, `INSERT INTO nodes (id, seen_at) VALUES (?, ?)
		ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`, id, at)
	return err
}

// NodeGone forgets a node that stops.
func (t *Tx) NodeGone(ctx context.Context, id string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM nodes WHERE id = ?`, id)
	return err
}

// DropNodes forgets the nodes but one that were not seen since a time, and tells how many
// those are.
func (t *Tx) DropNodes(ctx context.Context, but string, since int64) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM nodes WHERE id <> ? AND seen_at < ?`, but, since)
}

// TakeOffline ends the presence of up to n accounts whose sockets no node that runs holds,
// and gives them; what was chosen by hand stays. The index statuses_present has those that
// are there.
func (t *Tx) TakeOffline(ctx context.Context, n int) ([]string, error) {
	return list(ctx, t.Q, scanValue[string], `UPDATE statuses SET status = 'offline', active_channel = '', node_id = ''
		WHERE user_id IN (SELECT user_id FROM statuses
			WHERE status <> 'offline' AND status IN ('online', 'away') AND manual = FALSE AND node_id NOT IN (SELECT id FROM nodes)
			ORDER BY user_id LIMIT ?)
		RETURNING user_id`, n)
}
