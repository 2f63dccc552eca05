package store

import (
	"context"

	"muster/internal/model"
)

// teamRoleCols are the names that the flags of a membership in team t stand for, given
// the scheme of the team, which is called ts.
const teamRoleCols = `COALESCE(NULLIF(ts.default_team_guest_role, ''), 'team_guest'),
	COALESCE(NULLIF(ts.default_team_user_role, ''), 'team_user'),
	COALESCE(NULLIF(ts.default_team_admin_role, ''), 'team_admin')`

const teamMemberCols = `m.team_id, m.user_id, m.username, m.roles, m.create_at, m.delete_at, m.scheme_guest, m.scheme_user,
	m.scheme_admin, ` + teamRoleCols

const teamMemberFrom = ` FROM team_members m JOIN teams t ON t.id = m.team_id
	LEFT JOIN schemes ts ON ts.id = t.scheme_id AND ts.delete_at = 0 `

func scanTeamMember(row scanner) (*model.TeamMember, error) {
	m, r := &model.TeamMember{}, model.SchemeRoles{}
	err := row.Scan(&m.TeamID, &m.UserID, &m.Username, &m.ExplicitRoles, &m.CreateAt, &m.DeleteAt, &m.SchemeGuest, &m.SchemeUser,
		&m.SchemeAdmin, &r.Guest, &r.User, &r.Admin)
	m.Roles = r.Effective(m.ExplicitRoles, m.SchemeGuest, m.SchemeUser, m.SchemeAdmin)
	return m, err
}

// TeamMember reads somebody's place in a team, also of somebody who left.
func (q Q) TeamMember(ctx context.Context, teamID, userID string) (*model.TeamMember, error) {
	return one(ctx, q, scanTeamMember, `SELECT `+teamMemberCols+teamMemberFrom+`WHERE m.team_id = ? AND m.user_id = ?`, teamID, userID)
}

// LockTeamMember reads somebody's place in a team and holds it until the transaction ends.
func (t *Tx) LockTeamMember(ctx context.Context, teamID, userID string) (*model.TeamMember, error) {
	if t.d.forUpdate != "" {
		if _, err := one(ctx, t.Q, scanValue[string], `SELECT user_id FROM team_members WHERE team_id = ? AND user_id = ?`+t.d.forUpdate,
			teamID, userID); err != nil {
			return nil, err
		}
	}
	return t.TeamMember(ctx, teamID, userID)
}

// TeamMembersOf lists the places of an account in teams, left ones included.
func (q Q) TeamMembersOf(ctx context.Context, userID string) ([]*model.TeamMember, error) {
	return list(ctx, q, scanTeamMember, `SELECT `+teamMemberCols+teamMemberFrom+`WHERE m.user_id = ? ORDER BY m.team_id`, userID)
}

// LiveTeamMembersOf lists the places of an account in teams that are not archived and that it has not left.
func (q Q) LiveTeamMembersOf(ctx context.Context, userID string) ([]*model.TeamMember, error) {
	return list(ctx, q, scanTeamMember, `SELECT `+teamMemberCols+teamMemberFrom+`
		WHERE m.user_id = ? AND m.delete_at = 0 AND t.delete_at = 0 ORDER BY m.team_id`, userID)
}

// SaveTeamMember stores a place in a team, new or changed; [Tx.CountTeam] keeps the counts.
func (t *Tx) SaveTeamMember(ctx context.Context, m *model.TeamMember) error {
	_, err := exec(ctx, t.Q, `INSERT INTO team_members (team_id, user_id, username, roles, create_at, delete_at,
			scheme_guest, scheme_user, scheme_admin)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (team_id, user_id) DO UPDATE SET username = excluded.username, roles = excluded.roles,
			create_at = excluded.create_at, delete_at = excluded.delete_at, scheme_guest = excluded.scheme_guest,
			scheme_user = excluded.scheme_user, scheme_admin = excluded.scheme_admin`,
		m.TeamID, m.UserID, m.Username, m.ExplicitRoles, m.CreateAt, m.DeleteAt, m.SchemeGuest, m.SchemeUser, m.SchemeAdmin)
	return err
}

// CountTeam changes how many members a team has, and how many of them are active.
func (t *Tx) CountTeam(ctx context.Context, teamID string, members, active int) error {
	return change(ctx, t.Q, `UPDATE teams SET members = members + ?, active_members = active_members + ? WHERE id = ?`,
		members, active, teamID)
}
