package store

import (
	"context"

	"muster/internal/model"
)

// teamPlaceRow is a place in a team on its way into the database.
type teamPlaceRow struct {
	UserID   string `json:"user_id"`
	Username string `json:"username"`
	CreateAt int64  `json:"create_at"`
	Guest    bool   `json:"guest"`
	User     bool   `json:"user"`
	Admin    bool   `json:"admin"`
}

// EnterTeam stores the places of accounts that come into a team, for the first time or
// again; [Tx.CountTeam] keeps the counts.
func (t *Tx) EnterTeam(ctx context.Context, teamID string, members []*model.TeamMember) error {
	places := make([]teamPlaceRow, len(members))
	for i, m := range members {
		places[i] = teamPlaceRow{
			UserID: m.UserID, Username: m.Username, CreateAt: m.CreateAt, Guest: m.SchemeGuest, User: m.SchemeUser,
			Admin: m.SchemeAdmin,
		}
	}
	_, err := exec(ctx, t.Q, `INSERT INTO team_members (team_id, user_id, username, create_at, scheme_guest, scheme_user, scheme_admin)
		SELECT ?, r.value->>'user_id', r.value->>'username', CAST(r.value->>'create_at' AS BIGINT), CAST(r.value->>'guest' AS BOOLEAN),
			CAST(r.value->>'user' AS BOOLEAN), CAST(r.value->>'admin' AS BOOLEAN)
		FROM `+t.d.rows+` WHERE TRUE
		ON CONFLICT (team_id, user_id) DO UPDATE SET username = excluded.username, roles = '', create_at = excluded.create_at,
			delete_at = 0, scheme_guest = excluded.scheme_guest, scheme_user = excluded.scheme_user,
			scheme_admin = excluded.scheme_admin`, teamID, jsonRows(places))
	return err
}

// TeamMembersAmong reads the places that accounts have in a team, left ones included, by account.
func (q Q) TeamMembersAmong(ctx context.Context, teamID string, userIDs []string) ([]*model.TeamMember, error) {
	return list(ctx, q, scanTeamMember, `SELECT `+teamMemberCols+teamMemberFrom+`
		WHERE m.team_id = ? AND `+q.d.idsIn("m.user_id")+` ORDER BY m.user_id`, teamID, q.d.ids(userIDs))
}

// TouchUsers notes that accounts are seen differently from now on.
func (t *Tx) TouchUsers(ctx context.Context, userIDs []string, at int64) error {
	_, err := exec(ctx, t.Q, `UPDATE users SET update_at = ? WHERE update_at < ? AND `+t.d.idsIn("id"), at, at, t.d.ids(userIDs))
	return err
}

// InsertDefaultCategories gives accounts the three categories everybody has in a team,
// as far as they lack them.
func (t *Tx) InsertDefaultCategories(ctx context.Context, teamID string, userIDs []string) error {
	_, err := exec(ctx, t.Q, `INSERT INTO sidebar_categories (id, user_id, team_id, sort_order, sorting, type, display_name)
		SELECT k.type || '_' || u.id || '_' || t.id, u.id, t.id, k.sort_order, k.sorting, k.type, k.display_name
		FROM users u JOIN teams t ON t.id = ? CROSS JOIN (
			SELECT 'favorites' AS type, 0 AS sort_order, '' AS sorting, 'Favorites' AS display_name
			UNION ALL SELECT 'channels', 10, '', 'Channels'
			UNION ALL SELECT 'direct_messages', 20, 'recent', 'Direct Messages') k
		WHERE `+t.d.idsIn("u.id")+` ON CONFLICT (id) DO NOTHING`, teamID, t.d.ids(userIDs))
	return err
}

// LeaveChannelsOf takes an account out of every channel of a team, counts included,
// and forgets how it had ordered them.
func (t *Tx) LeaveChannelsOf(ctx context.Context, teamID string, u *model.User) error {
	guests := 0
	if u.IsGuest() {
		guests = 1
	}
	const channels = `SELECT id FROM channels WHERE team_id = ?`
	for _, s := range []struct {
		text string
		args []any
	}{
		{`UPDATE channels SET members = members - 1, guests = guests - ? WHERE team_id = ? AND id IN (
			SELECT channel_id FROM channel_members WHERE user_id = ?)`, []any{guests, teamID, u.ID}},
		{`DELETE FROM channel_members WHERE user_id = ? AND channel_id IN (` + channels + `)`, []any{u.ID, teamID}},
		{`DELETE FROM sidebar_channels WHERE user_id = ? AND category_id IN (
			SELECT id FROM sidebar_categories WHERE user_id = ? AND team_id = ?)`, []any{u.ID, u.ID, teamID}},
		{`DELETE FROM sidebar_categories WHERE user_id = ? AND team_id = ?`, []any{u.ID, teamID}},
		{`DELETE FROM preferences WHERE user_id = ? AND category = ?`, []any{u.ID, teamID}},
	} {
		if _, err := exec(ctx, t.Q, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}
