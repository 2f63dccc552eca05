package store

import (
	"context"
	"strings"

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

var teamAccessSelect = `SELECT ` + teamCols + `, ` + memberFlagCols("m") + `, ` + teamRoleCols + `
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

// Room is a channel as those find it who write in it.
type Room struct {
	Channel          *model.Channel
	roles, teamRoles model.SchemeRoles // what the flags of memberships stand for
}

// LockRoom reads a channel, archived ones included, and holds it until the transaction ends.
func (t *Tx) LockRoom(ctx context.Context, channelID string) (*Room, error) {
	return one(ctx, t.Q, func(row scanner) (*Room, error) {
		r := &Room{Channel: &model.Channel{}}
		dest := append(channelDest(r.Channel), &r.roles.Guest, &r.roles.User, &r.roles.Admin)
		return r, row.Scan(append(dest, &r.teamRoles.Guest, &r.teamRoles.User, &r.teamRoles.Admin)...)
	}, `SELECT `+channelCols+`, `+channelRoleCols+`, `+teamRoleCols+` FROM channels c`+channelSchemes+`WHERE c.id = ?`+t.d.forChange("c"), channelID)
}

// Writer is somebody who wants to write in a channel.
type Writer struct {
	ChannelAccess
	UserID   string
	Username string
}

// Writers reads what accounts are in a channel. That the members are chosen by their ids twice
// keeps PostgreSQL from reading all members of a channel it knows little about.
func (t *Tx) Writers(ctx context.Context, r *Room, userIDs []string) ([]*Writer, error) {
	ids := t.d.ids(userIDs)
	return list(ctx, t.Q, func(row scanner) (*Writer, error) {
		w := &Writer{ChannelAccess: ChannelAccess{Channel: r.Channel}}
		var f, tf memberFlags
		err := row.Scan(&w.UserID, &w.Username, &w.Member, &f.explicit, &f.guest, &f.user, &f.admin,
			&w.TeamMember, &tf.explicit, &tf.guest, &tf.user, &tf.admin)
		f.names, tf.names = r.roles, r.teamRoles
		w.Roles, w.TeamRoles = f.roles(), tf.roles()
		return w, err
	}, `SELECT u.id, u.username, `+memberFlagCols("m")+`, `+memberFlagCols("tm")+` FROM users u
			LEFT JOIN channel_members m ON m.channel_id = ? AND m.user_id = u.id AND `+t.d.idsIn("m.user_id")+`
			LEFT JOIN team_members tm ON tm.team_id = ? AND tm.user_id = u.id AND tm.delete_at = 0 AND `+t.d.idsIn("tm.user_id")+`
		WHERE `+t.d.idsIn("u.id"), r.Channel.ID, ids, r.Channel.TeamID, ids, ids)
}

// memberFlagCols are whether there is a membership, and its flags.
func memberFlagCols(table string) string {
	return strings.ReplaceAll(`x.user_id IS NOT NULL, COALESCE(x.roles, ''), COALESCE(x.scheme_guest, FALSE),
		COALESCE(x.scheme_user, FALSE), COALESCE(x.scheme_admin, FALSE)`, "x.", table+".")
}

var channelAccessCols = `SELECT ` + channelCols + `, ` + memberFlagCols("m") + `, ` + channelRoleCols + `, ` + memberFlagCols("tm") + `, ` + teamRoleCols

var channelAccessSelect = channelAccessCols + `
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
