package store

import (
	"context"

	"muster/internal/model"
)

// TeamAccess is a team and what somebody is there.
type TeamAccess struct {
	Team   *model.Team
	Member bool   // and has not left
	Roles  string // of the membership; empty for others
}

// TeamAccess reads a team together with the roles an account has there, in one statement.
func (q Q) TeamAccess(ctx context.Context, teamID, userID string) (*TeamAccess, error) {
	return q.teamAccess(ctx, `t.id = ?`, teamID, userID)
}

// TeamAccessByName is TeamAccess for a team that is known by its name.
func (q Q) TeamAccessByName(ctx context.Context, name, userID string) (*TeamAccess, error) {
	return q.teamAccess(ctx, `t.name = ?`, name, userID)
}

func (q Q) teamAccess(ctx context.Context, which, value, userID string) (*TeamAccess, error) {
	return one(ctx, q, scanTeamAccess, teamAccessSelect+`WHERE `+which, userID, value)
}

const teamAccessSelect = `SELECT ` + teamCols + `, m.user_id IS NOT NULL, COALESCE(m.roles, ''), COALESCE(m.scheme_guest, FALSE),
		COALESCE(m.scheme_user, FALSE), COALESCE(m.scheme_admin, FALSE), ` + teamRoleCols + `
	FROM teams t LEFT JOIN schemes ts ON ts.id = t.scheme_id AND ts.delete_at = 0
		LEFT JOIN team_members m ON m.team_id = t.id AND m.user_id = ? AND m.delete_at = 0 `

func scanTeamAccess(row scanner) (*TeamAccess, error) {
	a := &TeamAccess{Team: &model.Team{}}
	var f memberFlags
	err := row.Scan(append(teamDest(a.Team), f.dest(&a.Member)...)...)
	a.Roles = f.roles()
	return a, err
}

// memberFlags is what the roles of a membership come from.
type memberFlags struct {
	explicit           string
	guest, user, admin bool
	names              model.SchemeRoles
}

func (f *memberFlags) dest(member *bool) []any {
	return []any{member, &f.explicit, &f.guest, &f.user, &f.admin, &f.names.Guest, &f.names.User, &f.names.Admin}
}

func (f *memberFlags) roles() string { return f.names.Effective(f.explicit, f.guest, f.user, f.admin) }

// ChannelAccess is a channel and what somebody is there and in its team.
type ChannelAccess struct {
	Channel    *model.Channel
	Member     bool   // of the channel
	Roles      string // of that membership; empty for others
	TeamMember bool   // of the channel's team, and has not left
	TeamRoles  string // of that membership; empty for others
}

// ChannelAccess reads a channel, archived ones included, together with the roles an
// account has there and in its team, in one statement.
func (q Q) ChannelAccess(ctx context.Context, channelID, userID string) (*ChannelAccess, error) {
	return one(ctx, q, scanChannelAccess, channelAccessSelect+`WHERE c.id = ?`, userID, userID, channelID)
}

// ChannelAccessByName is ChannelAccess for a channel that is known by team and name.
func (q Q) ChannelAccessByName(ctx context.Context, teamID, name, userID string) (*ChannelAccess, error) {
	return one(ctx, q, scanChannelAccess, channelAccessSelect+`WHERE COALESCE(c.team_id, '') = ? AND c.name = ?`, userID, userID, teamID, name)
}

// Writer is somebody who wants to write in a channel.
type Writer struct {
	ChannelAccess
	UserID   string
	Username string
	LastRead int64 // how many of the channel's posts a member has read
}

// LockWriters holds a channel until the transaction ends, and reads it together with what
// accounts are there, in one statement.
func (t *Tx) LockWriters(ctx context.Context, channelID string, userIDs []string) ([]*Writer, error) {
	return list(ctx, t.Q, func(row scanner) (*Writer, error) {
		w := &Writer{ChannelAccess: ChannelAccess{Channel: &model.Channel{}}}
		var f, tf memberFlags
		dest := append(channelDest(w.Channel), f.dest(&w.Member)...)
		dest = append(append(dest, tf.dest(&w.TeamMember)...), &w.UserID, &w.Username, &w.LastRead)
		err := row.Scan(dest...)
		w.Roles, w.TeamRoles = f.roles(), tf.roles()
		return w, err
	}, channelAccessCols+`, u.id, u.username, COALESCE(m.msg_count, 0) FROM channels c`+channelSchemes+`
			JOIN users u ON `+t.d.idsIn("u.id")+`
			LEFT JOIN channel_members m ON m.channel_id = c.id AND m.user_id = u.id
			LEFT JOIN team_members tm ON tm.team_id = c.team_id AND tm.user_id = u.id AND tm.delete_at = 0
		WHERE c.id = ?`+t.d.forChange("c"), t.d.ids(userIDs), channelID)
}

const channelAccessCols = `SELECT ` + channelCols + `, m.user_id IS NOT NULL, COALESCE(m.roles, ''), COALESCE(m.scheme_guest, FALSE),
		COALESCE(m.scheme_user, FALSE), COALESCE(m.scheme_admin, FALSE), ` + channelRoleCols + `,
		tm.user_id IS NOT NULL, COALESCE(tm.roles, ''), COALESCE(tm.scheme_guest, FALSE),
		COALESCE(tm.scheme_user, FALSE), COALESCE(tm.scheme_admin, FALSE), ` + teamRoleCols

const channelAccessSelect = channelAccessCols + `
	FROM channels c` + channelSchemes + `
		LEFT JOIN channel_members m ON m.channel_id = c.id AND m.user_id = ?
		LEFT JOIN team_members tm ON tm.team_id = c.team_id AND tm.user_id = ? AND tm.delete_at = 0 `

func scanChannelAccess(row scanner) (*ChannelAccess, error) {
	a := &ChannelAccess{Channel: &model.Channel{}}
	var f, tf memberFlags
	dest := append(channelDest(a.Channel), f.dest(&a.Member)...)
	err := row.Scan(append(dest, tf.dest(&a.TeamMember)...)...)
	a.Roles, a.TeamRoles = f.roles(), tf.roles()
	a.Channel.Shared = model.NotShared(a.Channel.Type)
	return a, err
}
