package store

import "context"

// Viewing restricts lists to the accounts that somebody may know of: members of the
// teams, and whoever is in a channel with UserID. Nil restricts nothing.
type Viewing struct {
	UserID  string
	TeamIDs []string
}

// addViewing adds the restriction to the conditions of a query; column holds the account.
// Both halves are looked up by the account of the row.
func (w *where) addViewing(d *dialect, column string, v *Viewing) {
	if v == nil {
		return
	}
	w.add(`(EXISTS (SELECT 1 FROM team_members vt WHERE vt.user_id = `+column+` AND vt.delete_at = 0 AND `+d.idsIn("vt.team_id")+`)
		OR EXISTS (SELECT 1 FROM channel_members vc JOIN channel_members vm ON vm.channel_id = vc.channel_id
			WHERE vc.user_id = `+column+` AND vm.user_id = ?))`, d.ids(v.TeamIDs), v.UserID)
}

// CountSeen tells how many of the accounts somebody may know of.
func (q Q) CountSeen(ctx context.Context, v *Viewing, userIDs []string) (int64, error) {
	w := &where{}
	w.add(q.d.idsIn("u.id"), q.d.ids(userIDs))
	w.addViewing(q.d, "u.id", v)
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM users u`+w.text(), w.args...)
}
