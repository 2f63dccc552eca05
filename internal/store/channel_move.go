package store

import "context"

// notInTeam keeps members m of a channel who are not in a team.
const notInTeam = `NOT EXISTS (SELECT 1 FROM team_members tm WHERE tm.team_id = ? AND tm.user_id = channel_members.user_id AND tm.delete_at = 0)`

// RemoveForeigners takes out of a channel who is not in a team, and gives whom; [Tx.RecountChannel] keeps the counts.
func (t *Tx) RemoveForeigners(ctx context.Context, channelID, teamID string) ([]string, error) {
	return list(ctx, t.Q, scanValue[string], `DELETE FROM channel_members WHERE channel_id = ? AND `+notInTeam+` RETURNING user_id`, channelID, teamID)
}

// CountForeigners tells how many members of a channel are not in a team.
func (q Q) CountForeigners(ctx context.Context, channelID, teamID string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM channel_members WHERE channel_id = ? AND `+notInTeam, channelID, teamID)
}

// UnplaceEverywhere takes a channel out of everybody's categories.
func (t *Tx) UnplaceEverywhere(ctx context.Context, channelID string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM sidebar_channels WHERE channel_id = ?`, channelID)
	return err
}

// RecountChannel counts the members of a channel anew.
func (t *Tx) RecountChannel(ctx context.Context, channelID string) error {
	return change(ctx, t.Q, `UPDATE channels SET
			members = (SELECT COUNT(*) FROM channel_members m WHERE m.channel_id = channels.id),
			guests = (SELECT COUNT(*) FROM channel_members m WHERE m.channel_id = channels.id AND m.scheme_guest)
		WHERE id = ?`, channelID)
}
