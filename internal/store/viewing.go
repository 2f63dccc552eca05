package store

import "context"

// addSight restricts a list to the accounts in a column that somebody may know of: members
// of the teams, and whoever is in a channel with them. Nil restricts nothing. Both halves
// are looked up by the account of the row.
func (w *where) addSight(d *dialect, column string, s *Sight) {
	if s == nil {
		return
	}
	w.add(`(EXISTS (SELECT 1 FROM team_members vt WHERE vt.user_id = `+column+` AND vt.delete_at = 0 AND `+d.idsIn("vt.team_id")+`)
		OR EXISTS (SELECT 1 FROM channel_members vc JOIN channel_members vm ON vm.channel_id = vc.channel_id
			WHERE vc.user_id = `+column+` AND vm.user_id = ?))`, d.ids(s.Teams), s.UserID)
}

// CountSeen tells how many of the accounts somebody may know of.
func (q Q) CountSeen(ctx context.Context, s *Sight, userIDs []string) (int64, error) {
	w := &where{}
	w.add(q.d.idsIn("u.id"), q.d.ids(userIDs))
	w.addSight(q.d, "u.id", s)
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM users u`+w.text(), w.args...)
}
