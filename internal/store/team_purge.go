package store

import (
	"context"

	"muster/internal/model"
)

const channelsOfTeam = `channel_id IN (SELECT id FROM channels WHERE team_id = ?)`

// TeamTraces are the tables that are emptied, in this order, before a team goes.
var TeamTraces = []Trace{
	{Table: "files", key: "id", of: channelsOfTeam},
	{Table: "uploads", key: "id", of: channelsOfTeam},
	{Table: "reactions", key: "post_id, user_id, emoji_name", of: channelsOfTeam},
	{Table: "posts", key: "id", of: "(root_id IS NOT NULL OR original_id IS NOT NULL) AND " + channelsOfTeam},
	{Table: "posts", key: "id", of: channelsOfTeam},
	{Table: "sidebar_channels", key: "category_id, channel_id", of: channelsOfTeam},
	{Table: "sidebar_channels", key: "category_id, channel_id", of: "category_id IN (SELECT id FROM sidebar_categories WHERE team_id = ?)"},
	{Table: "sidebar_categories", key: "id", of: "team_id = ?"},
	{Table: "channel_members", key: "channel_id, user_id", of: channelsOfTeam},
	{Table: "group_channels", key: "group_id, channel_id", of: channelsOfTeam},
	{Table: "channels", key: "id", of: "team_id = ?"},
	{Table: "group_teams", key: "group_id, team_id", of: "team_id = ?"},
	{Table: "team_members", key: "team_id, user_id", of: "team_id = ?"},
	{Table: "preferences", key: "user_id, category, name", of: "category = ?"},
}

// DeleteTeam removes the row of a team whose traces are gone already.
func (t *Tx) DeleteTeam(ctx context.Context, teamID string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM teams WHERE id = ?`, teamID)
	return err
}

// MembersOutsideGroups lists up to n members of a team that are in none of its groups.
// Bots are in no group and may stay.
func (q Q) MembersOutsideGroups(ctx context.Context, teamID string, n int) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT m.user_id FROM team_members m JOIN users u ON u.id = m.user_id
		WHERE m.team_id = ? AND m.delete_at = 0 AND NOT u.is_bot AND NOT EXISTS (
			SELECT 1 FROM group_teams gt JOIN user_groups g ON g.id = gt.group_id AND g.delete_at = 0
				JOIN group_members gm ON gm.group_id = gt.group_id
			WHERE gt.team_id = m.team_id AND gt.delete_at = 0 AND gm.user_id = m.user_id)
		ORDER BY m.user_id LIMIT ?`, teamID, n)
}

// TeamRoleNames gives the names that the flags of memberships in a team stand for.
func (q Q) TeamRoleNames(ctx context.Context, teamID string) (model.SchemeRoles, error) {
	return one(ctx, q, func(row scanner) (r model.SchemeRoles, err error) {
		err = row.Scan(&r.Guest, &r.User, &r.Admin)
		return r, err
	}, `SELECT `+teamRoleCols+` FROM teams t LEFT JOIN schemes ts ON ts.id = t.scheme_id AND ts.delete_at = 0 WHERE t.id = ?`, teamID)
}
