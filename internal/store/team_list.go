package store

import (
	"context"

	"muster/internal/model"
)

// TeamMemberList is a request for a page of who is in a team.
type TeamMemberList struct {
	View          *Sight
	Among         []string // these accounts only, unless nil
	ByUsername    bool     // in this order instead of that of the ids
	ActiveOnly    bool     // leaves out deactivated accounts
	Offset, Limit int
}

// TeamMembers lists a page of who is in a team and has not left.
func (q Q) TeamMembers(ctx context.Context, teamID string, l TeamMemberList) ([]*model.TeamMember, error) {
	w := &where{}
	w.add(`m.team_id = ? AND m.delete_at = 0`, teamID)
	if l.Among != nil {
		w.add(q.d.idsIn("m.user_id"), q.d.ids(l.Among))
	}
	if l.ActiveOnly {
		w.add(`EXISTS (SELECT 1 FROM users u WHERE u.id = m.user_id AND u.delete_at = 0)`)
	}
	l.View.onList(w, q.d, "m.user_id")
	order := "m.user_id"
	if l.ByUsername {
		order = "m.username"
	}
	return list(ctx, q, scanTeamMember, `SELECT `+teamMemberCols+teamMemberFrom+w.text()+` ORDER BY `+order+` LIMIT ? OFFSET ?`,
		append(w.args, l.Limit, l.Offset)...)
}

// GroupPlace is what the groups of a team make of an account.
type GroupPlace struct {
	UserID string
	Admin  bool
}

// InGroupsOfTeam lists those of the accounts that are in a group tied to a team.
func (q Q) InGroupsOfTeam(ctx context.Context, teamID string, userIDs []string) ([]GroupPlace, error) {
	return list(ctx, q, func(row scanner) (g GroupPlace, err error) {
		err = row.Scan(&g.UserID, &g.Admin)
		return g, err
	}, `SELECT DISTINCT gm.user_id, gt.scheme_admin FROM group_teams gt JOIN user_groups g ON g.id = gt.group_id AND g.delete_at = 0
			JOIN group_members gm ON gm.group_id = gt.group_id
		WHERE gt.team_id = ? AND gt.delete_at = 0 AND `+q.d.idsIn("gm.user_id"), teamID, q.d.ids(userIDs))
}

// TeamsOf lists the teams an account is in that are not archived, with what it is there.
func (q Q) TeamsOf(ctx context.Context, userID, viewerID string) ([]*TeamAccess, error) {
	return list(ctx, q, scanTeamAccess, teamAccessSelect+`JOIN team_members of ON of.team_id = t.id AND of.user_id = ? AND of.delete_at = 0
		WHERE t.delete_at = 0 ORDER BY t.display_name, t.id`, viewerID, userID)
}
