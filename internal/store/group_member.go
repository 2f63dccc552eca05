package store

import (
	"context"

	"muster/internal/model"
)

func scanGroupMember(row scanner) (*model.GroupMember, error) {
	m := &model.GroupMember{}
	return m, row.Scan(&m.GroupID, &m.UserID, &m.CreateAt)
}

// IsGroupMember tells whether an account is in a group.
func (q Q) IsGroupMember(ctx context.Context, groupID, userID string) (bool, error) {
	return one(ctx, q, scanValue[bool], `SELECT EXISTS (SELECT 1 FROM group_members WHERE group_id = ? AND user_id = ?)`, groupID, userID)
}

// AddGroupMembers puts active accounts into a group and gives those who were not in it; the count follows.
func (t *Tx) AddGroupMembers(ctx context.Context, groupID string, userIDs []string, at int64) ([]*model.GroupMember, error) {
	added, err := list(ctx, t.Q, scanGroupMember, `INSERT INTO group_members (group_id, user_id, username, create_at)
		SELECT CAST(? AS TEXT), u.id, u.username, CAST(? AS BIGINT) FROM users u WHERE `+t.d.idsIn("u.id")+` AND u.delete_at = 0
		ON CONFLICT (group_id, user_id) DO NOTHING RETURNING group_id, user_id, create_at`, groupID, at, t.d.ids(userIDs))
	if err != nil {
		return nil, err
	}
	return added, t.countGroup(ctx, groupID, len(added))
}

// RemoveGroupMembers takes accounts out of a group and gives those who were in it; the count follows.
func (t *Tx) RemoveGroupMembers(ctx context.Context, groupID string, userIDs []string) ([]*model.GroupMember, error) {
	gone, err := list(ctx, t.Q, scanGroupMember, `DELETE FROM group_members WHERE group_id = ? AND `+t.d.idsIn("user_id")+`
		RETURNING group_id, user_id, create_at`, groupID, t.d.ids(userIDs))
	if err != nil {
		return nil, err
	}
	return gone, t.countGroup(ctx, groupID, -len(gone))
}

func (t *Tx) countGroup(ctx context.Context, groupID string, by int) error {
	return change(ctx, t.Q, `UPDATE user_groups SET members = members + ? WHERE id = ?`, by, groupID)
}

// GroupCounts counts, by group, the active members of a channel who are in a group that can be
// mentioned, and their timezones.
func (q Q) GroupCounts(ctx context.Context, channelID string, n int) ([]model.GroupCount, error) {
	return list(ctx, q, func(row scanner) (c model.GroupCount, err error) {
		err = row.Scan(&c.GroupID, &c.Members, &c.Timezones)
		return c, err
	}, `SELECT gm.group_id, COUNT(*), COUNT(DISTINCT NULLIF(`+timezoneOf+`, '')) FROM channel_members m
			JOIN users u ON u.id = m.user_id AND u.delete_at = 0 JOIN group_members gm ON gm.user_id = m.user_id
			JOIN user_groups g ON g.id = gm.group_id AND g.delete_at = 0 AND g.allow_reference
		WHERE m.channel_id = ? GROUP BY gm.group_id ORDER BY gm.group_id LIMIT ?`, channelID, n)
}

// GroupSizesSeen counts, by group, the active members somebody may know of.
func (q Q) GroupSizesSeen(ctx context.Context, v *Sight, groupIDs []string) (map[string]int64, error) {
	w := &where{}
	w.add(q.d.idsIn("gm.group_id"), q.d.ids(groupIDs))
	v.onList(w, q.d, "gm.user_id")
	return counts(ctx, q, `SELECT gm.group_id, COUNT(*) FROM group_members gm JOIN users u ON u.id = gm.user_id AND u.delete_at = 0`+w.text()+`
		GROUP BY gm.group_id`, w.args...)
}

// GroupMakesAdmins tells whether the members of a group become admins of a team or channel it is tied to.
func (q Q) GroupMakesAdmins(ctx context.Context, groupID string) (bool, error) {
	return one(ctx, q, scanValue[bool], `SELECT EXISTS (SELECT 1 FROM group_teams WHERE group_id = ? AND scheme_admin AND delete_at = 0)
		OR EXISTS (SELECT 1 FROM group_channels WHERE group_id = ? AND scheme_admin AND delete_at = 0)`, groupID, groupID)
}

// A place a group can be tied to.
type groupPlace struct{ table, column, names, from string }

var groupPlaces = map[string]groupPlace{
	model.SyncableTeam: {"group_teams", "team_id", `t.display_name, t.type, '', '', ''`, `JOIN teams t ON t.id = x.team_id`},
	model.SyncableChannel: {
		"group_channels", "channel_id", `c.display_name, c.type, COALESCE(t.id, ''), COALESCE(t.display_name, ''), COALESCE(t.type, '')`,
		`JOIN channels c ON c.id = x.channel_id LEFT JOIN teams t ON t.id = c.team_id`,
	},
}

func scanSyncable(row scanner) (*model.GroupSyncable, error) {
	s := &model.GroupSyncable{}
	return s, row.Scan(&s.GroupID, &s.PlaceID, &s.AutoAdd, &s.SchemeAdmin, &s.CreateAt, &s.UpdateAt, &s.DeleteAt)
}

// GroupSyncables lists the teams or channels a group is tied to.
func (q Q) GroupSyncables(ctx context.Context, kind, groupID string) ([]*model.GroupSyncable, error) {
	p := groupPlaces[kind]
	return list(ctx, q, func(row scanner) (*model.GroupSyncable, error) {
		s := &model.GroupSyncable{}
		return s, row.Scan(&s.GroupID, &s.PlaceID, &s.AutoAdd, &s.SchemeAdmin, &s.CreateAt, &s.UpdateAt, &s.DeleteAt,
			&s.Name, &s.Type, &s.TeamID, &s.TeamName, &s.TeamType)
	}, `SELECT x.group_id, x.`+p.column+`, x.auto_add, x.scheme_admin, x.create_at, x.update_at, x.delete_at, `+p.names+`
		FROM `+p.table+` x `+p.from+` WHERE x.group_id = ? AND x.delete_at = 0 ORDER BY x.`+p.column, groupID)
}

// GroupsMakingAdmins lists the groups whose members become admins of a team or channel they are tied to.
func (q Q) GroupsMakingAdmins(ctx context.Context, kind, placeID string) ([]string, error) {
	p := groupPlaces[kind]
	return list(ctx, q, scanValue[string], `SELECT group_id FROM `+p.table+` WHERE `+p.column+` = ? AND delete_at = 0 AND scheme_admin`, placeID)
}

// GroupSyncable reads how a group is tied to a team or channel, also one that it was tied to.
func (q Q) GroupSyncable(ctx context.Context, kind, groupID, placeID string) (*model.GroupSyncable, error) {
	p := groupPlaces[kind]
	return one(ctx, q, scanSyncable, `SELECT group_id, `+p.column+`, auto_add, scheme_admin, create_at, update_at, delete_at
		FROM `+p.table+` WHERE group_id = ? AND `+p.column+` = ?`, groupID, placeID)
}

// SaveGroupSyncable stores how a group is tied to a team or channel.
func (t *Tx) SaveGroupSyncable(ctx context.Context, kind string, s *model.GroupSyncable) error {
	p := groupPlaces[kind]
	_, err := exec(ctx, t.Q, `INSERT INTO `+p.table+` (group_id, `+p.column+`, auto_add, scheme_admin, create_at, update_at, delete_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (group_id, `+p.column+`) DO UPDATE SET auto_add = excluded.auto_add, scheme_admin = excluded.scheme_admin,
			update_at = excluded.update_at, delete_at = excluded.delete_at`,
		s.GroupID, s.PlaceID, s.AutoAdd, s.SchemeAdmin, s.CreateAt, s.UpdateAt, s.DeleteAt)
	return err
}
