package store

import (
	"context"
	"slices"
	"strings"

	"muster/internal/model"
)

// signRows is how many rows one statement stores.
const signRows = 100

// SaveSigns stores the presence of accounts as their sockets on a node tell it, which never
// replaces what was chosen by hand but for the channel they look at. Accounts that are gone
// are left out.
func (t *Tx) SaveSigns(ctx context.Context, nodeID string, list []*model.Status) error {
	const row = `(CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS TEXT))`
	for part := range slices.Chunk(list, signRows) {
		args := make([]any, 0, 4*len(part)+1)
		args = append(args, nodeID)
		for _, st := range part {
			args = append(args, st.UserID, st.Status, st.LastActivityAt, st.ActiveChannel)
		}
		_, err := exec(ctx, t.Q, `INSERT INTO statuses (`+statusCols+`, node_id)
			SELECT v.column1, v.column2, FALSE, v.column3, 0, '', v.column4, CAST(? AS TEXT) FROM (VALUES `+strings.TrimSuffix(strings.Repeat(row+", ", len(part)), ", ")+`) AS v
			WHERE EXISTS (SELECT 1 FROM users WHERE users.id = v.column1)
			ON CONFLICT (user_id) DO UPDATE SET status = CASE WHEN statuses.manual THEN statuses.status ELSE excluded.status END,
				last_activity_at = CASE WHEN statuses.manual THEN statuses.last_activity_at ELSE excluded.last_activity_at END,
				active_channel = excluded.active_channel, node_id = excluded.node_id`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// StatusesAround lists up to n accounts that are not offline and share a channel with
// the account, itself included.
func (q Q) StatusesAround(ctx context.Context, userID string, n int) ([]*model.Status, error) {
	return list(ctx, q, scanStatus, `SELECT `+statusCols+` FROM statuses
		WHERE status <> 'offline' AND (user_id = ? OR EXISTS (
			SELECT 1 FROM channel_members own JOIN channel_members theirs ON theirs.channel_id = own.channel_id
			WHERE own.user_id = ? AND theirs.user_id = statuses.user_id))
		LIMIT ?`, userID, userID, n)
}

// PlacesOf gives the ids of the teams and channels each of the accounts is in, archived
// channels left out.
func (q Q) PlacesOf(ctx context.Context, userIDs []string) (map[string][]string, error) {
	out := make(map[string][]string, len(userIDs))
	_, err := list(ctx, q, func(row scanner) (struct{}, error) {
		var userID, id string
		err := row.Scan(&userID, &id)
		out[userID] = append(out[userID], id)
		return struct{}{}, err
	}, `SELECT user_id, team_id FROM team_members WHERE delete_at = 0 AND `+q.d.idsIn("user_id")+`
		UNION ALL SELECT m.user_id, m.channel_id FROM channel_members m JOIN channels c ON c.id = m.channel_id
		WHERE c.delete_at = 0 AND `+q.d.idsIn("m.user_id"), q.d.ids(userIDs), q.d.ids(userIDs))
	return out, err
}

// Acquainted gives those of the accounts ids names that share a channel with another one.
func (q Q) Acquainted(ctx context.Context, ids []string, userID string) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT DISTINCT known.user_id FROM channel_members known
		JOIN channel_members other ON other.channel_id = known.channel_id
		WHERE other.user_id = ? AND `+q.d.idsIn("known.user_id"), userID, q.d.ids(ids))
}
