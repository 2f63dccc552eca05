package store

import (
	"context"

	"muster/internal/fold"
	"muster/internal/model"
)

const teamCols = `t.id, t.create_at, t.update_at, t.delete_at, t.name, t.display_name, t.description, t.email, t.type,
	t.company_name, t.allowed_domains, t.invite_id, t.allow_open_invite, t.last_team_icon_update, t.scheme_id,
	t.group_constrained, t.members, t.active_members`

func teamDest(t *model.Team) []any {
	return []any{
		&t.ID, &t.CreateAt, &t.UpdateAt, &t.DeleteAt, &t.Name, &t.DisplayName, &t.Description, &t.Email, &t.Type,
		&t.CompanyName, &t.AllowedDomains, &t.InviteID, &t.AllowOpenInvite, &t.LastTeamIconUpdate, &t.SchemeID,
		&t.GroupConstrained, &t.Members, &t.ActiveMembers,
	}
}

func scanTeam(row scanner) (*model.Team, error) {
	t := &model.Team{}
	return t, row.Scan(teamDest(t)...)
}

// foldedLines joins texts that are searched together, folded, one a line.
func foldedLines(texts ...string) string {
	var b []byte
	for i, s := range texts {
		if i > 0 {
			b = append(b, '\n')
		}
		b = append(b, fold.Text(s)...)
	}
	return string(b)
}

// Team reads a team.
func (q Q) Team(ctx context.Context, id string) (*model.Team, error) {
	return one(ctx, q, scanTeam, `SELECT `+teamCols+` FROM teams t WHERE t.id = ?`, id)
}

// TeamByName reads a team by its name in addresses.
func (q Q) TeamByName(ctx context.Context, name string) (*model.Team, error) {
	return one(ctx, q, scanTeam, `SELECT `+teamCols+` FROM teams t WHERE t.name = ?`, name)
}

// TeamByInviteID reads a team by the id its invitations carry.
func (q Q) TeamByInviteID(ctx context.Context, inviteID string) (*model.Team, error) {
	return one(ctx, q, scanTeam, `SELECT `+teamCols+` FROM teams t WHERE t.invite_id = ?`, inviteID)
}

// LockTeam reads a team and holds it until the transaction ends.
func (t *Tx) LockTeam(ctx context.Context, id string) (*model.Team, error) {
	return one(ctx, t.Q, scanTeam, `SELECT `+teamCols+` FROM teams t WHERE t.id = ?`+t.d.forUpdate, id)
}

// InsertTeam stores a new team.
func (t *Tx) InsertTeam(ctx context.Context, m *model.Team) error {
	_, err := exec(ctx, t.Q, `INSERT INTO teams (id, create_at, update_at, delete_at, name, display_name, description, email, type,
			company_name, allowed_domains, invite_id, allow_open_invite, last_team_icon_update, scheme_id, group_constrained, search)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, m.CreateAt, m.UpdateAt, m.DeleteAt, m.Name, m.DisplayName, m.Description, m.Email, m.Type,
		m.CompanyName, m.AllowedDomains, m.InviteID, m.AllowOpenInvite, m.LastTeamIconUpdate, m.SchemeID, m.GroupConstrained,
		foldedLines(m.Name, m.DisplayName))
	return err
}

// UpdateTeam stores what can change of a team; its counts have their own methods.
func (t *Tx) UpdateTeam(ctx context.Context, m *model.Team) error {
	return change(ctx, t.Q, `UPDATE teams SET update_at = ?, delete_at = ?, name = ?, display_name = ?, description = ?, email = ?,
			type = ?, company_name = ?, allowed_domains = ?, invite_id = ?, allow_open_invite = ?, last_team_icon_update = ?,
			scheme_id = ?, group_constrained = ?, search = ?
		WHERE id = ?`,
		m.UpdateAt, m.DeleteAt, m.Name, m.DisplayName, m.Description, m.Email,
		m.Type, m.CompanyName, m.AllowedDomains, m.InviteID, m.AllowOpenInvite, m.LastTeamIconUpdate,
		m.SchemeID, m.GroupConstrained, foldedLines(m.Name, m.DisplayName), m.ID)
}
