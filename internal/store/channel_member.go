package store

import (
	"context"

	"muster/internal/model"
)

// channelRoleCols are the names that the flags of a membership in a channel stand for:
// those of the channel's scheme (cs), else of its team's (ts), else the built-in ones.
const channelRoleCols = `COALESCE(NULLIF(cs.default_channel_guest_role, ''), NULLIF(ts.default_channel_guest_role, ''), 'channel_guest'),
	COALESCE(NULLIF(cs.default_channel_user_role, ''), NULLIF(ts.default_channel_user_role, ''), 'channel_user'),
	COALESCE(NULLIF(cs.default_channel_admin_role, ''), NULLIF(ts.default_channel_admin_role, ''), 'channel_admin')`

const channelMemberCols = `m.channel_id, m.user_id, m.username, m.roles, m.create_at, m.last_viewed_at, m.msg_count, m.msg_count_root,
	m.mention_count, m.mention_count_root, m.urgent_mention_count, m.notify_props, m.last_update_at, m.scheme_guest,
	m.scheme_user, m.scheme_admin, ` + channelRoleCols

// channelSchemes joins the schemes that a channel c and its team have.
const channelSchemes = ` LEFT JOIN teams t ON t.id = c.team_id
	LEFT JOIN schemes cs ON cs.id = c.scheme_id AND cs.delete_at = 0
	LEFT JOIN schemes ts ON ts.id = t.scheme_id AND ts.delete_at = 0 `

const channelMemberFrom = ` FROM channel_members m JOIN channels c ON c.id = m.channel_id` + channelSchemes

func scanChannelMember(row scanner) (*model.ChannelMember, error) {
	m, r := &model.ChannelMember{}, model.SchemeRoles{}
	err := row.Scan(&m.ChannelID, &m.UserID, &m.Username, &m.ExplicitRoles, &m.CreateAt, &m.LastViewedAt, &m.MsgCount, &m.MsgCountRoot,
		&m.MentionCount, &m.MentionCountRoot, &m.UrgentMentionCount, &m.NotifyProps, &m.LastUpdateAt, &m.SchemeGuest,
		&m.SchemeUser, &m.SchemeAdmin, &r.Guest, &r.User, &r.Admin)
	m.Roles = r.Effective(m.ExplicitRoles, m.SchemeGuest, m.SchemeUser, m.SchemeAdmin)
	return m, err
}

// ChannelMember reads somebody's place in a channel.
func (q Q) ChannelMember(ctx context.Context, channelID, userID string) (*model.ChannelMember, error) {
	return one(ctx, q, scanChannelMember, `SELECT `+channelMemberCols+channelMemberFrom+`WHERE m.channel_id = ? AND m.user_id = ?`,
		channelID, userID)
}

// InsertChannelMember stores a new place in a channel; [Tx.CountChannel] keeps the counts.
func (t *Tx) InsertChannelMember(ctx context.Context, m *model.ChannelMember) error {
	_, err := exec(ctx, t.Q, `INSERT INTO channel_members (channel_id, user_id, username, roles, create_at, last_viewed_at, msg_count,
			msg_count_root, mention_count, mention_count_root, urgent_mention_count, notify_props, last_update_at,
			scheme_guest, scheme_user, scheme_admin)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, `+t.d.json+`, ?, ?, ?, ?)`,
		m.ChannelID, m.UserID, m.Username, m.ExplicitRoles, m.CreateAt, m.LastViewedAt, m.MsgCount,
		m.MsgCountRoot, m.MentionCount, m.MentionCountRoot, m.UrgentMentionCount, object(m.NotifyProps), m.LastUpdateAt,
		m.SchemeGuest, m.SchemeUser, m.SchemeAdmin)
	return err
}

// DeleteChannelMember removes somebody's place in a channel.
func (t *Tx) DeleteChannelMember(ctx context.Context, channelID, userID string) error {
	return change(ctx, t.Q, `DELETE FROM channel_members WHERE channel_id = ? AND user_id = ?`, channelID, userID)
}

// CountChannel changes how many members a channel has, and how many of them are guests.
func (t *Tx) CountChannel(ctx context.Context, channelID string, members, guests int) error {
	return change(ctx, t.Q, `UPDATE channels SET members = members + ?, guests = guests + ? WHERE id = ?`, members, guests, channelID)
}

// ChannelMembers lists the places in a channel by account.
func (q Q) ChannelMembers(ctx context.Context, channelID string, offset, limit int) ([]*model.ChannelMember, error) {
	return list(ctx, q, scanChannelMember, `SELECT `+channelMemberCols+channelMemberFrom+`
		WHERE m.channel_id = ? ORDER BY m.user_id LIMIT ? OFFSET ?`, channelID, limit, offset)
}

// ChannelMembersOf lists the places of an account in the channels of a team and in those of no team.
func (q Q) ChannelMembersOf(ctx context.Context, userID, teamID string) ([]*model.ChannelMember, error) {
	return list(ctx, q, scanChannelMember, `SELECT `+channelMemberCols+channelMemberFrom+`
		WHERE m.user_id = ? AND (c.team_id = ? OR c.team_id IS NULL) ORDER BY m.channel_id`, userID, teamID)
}

// ChannelMembershipsOf lists the places of an account in channels of all teams, archived ones
// included, by channel, beginning behind one.
func (q Q) ChannelMembershipsOf(ctx context.Context, userID, afterID string, offset, limit int) ([]*model.ChannelMemberWithTeam, error) {
	return list(ctx, q, func(row scanner) (*model.ChannelMemberWithTeam, error) {
		w := &model.ChannelMemberWithTeam{}
		m, err := scanChannelMember(scanMore{row, []any{&w.TeamDisplayName, &w.TeamName, &w.TeamUpdateAt}})
		w.ChannelMember = *m
		return w, err
	}, `SELECT `+channelMemberCols+`, COALESCE(t.display_name, ''), COALESCE(t.name, ''), COALESCE(t.update_at, 0)`+channelMemberFrom+`
		WHERE m.user_id = ? AND m.channel_id > ? ORDER BY m.channel_id LIMIT ? OFFSET ?`, userID, afterID, limit, offset)
}

// scanMore is a row whose last columns go elsewhere.
type scanMore struct {
	scanner
	more []any
}

func (s scanMore) Scan(dest ...any) error { return s.scanner.Scan(append(dest, s.more...)...) }

// LockChannelMember reads somebody's place in a channel and holds it until the transaction ends.
func (t *Tx) LockChannelMember(ctx context.Context, channelID, userID string) (*model.ChannelMember, error) {
	if t.d.forUpdate != "" {
		if _, err := one(ctx, t.Q, scanValue[string], `SELECT user_id FROM channel_members WHERE channel_id = ? AND user_id = ?`+t.d.forUpdate,
			channelID, userID); err != nil {
			return nil, err
		}
	}
	return t.ChannelMember(ctx, channelID, userID)
}

// UpdateChannelMember stores the roles and settings of a place in a channel; what was read has its own methods.
func (t *Tx) UpdateChannelMember(ctx context.Context, m *model.ChannelMember) error {
	return change(ctx, t.Q, `UPDATE channel_members SET roles = ?, scheme_guest = ?, scheme_user = ?, scheme_admin = ?,
			notify_props = `+t.d.json+`, last_update_at = ?
		WHERE channel_id = ? AND user_id = ?`,
		m.ExplicitRoles, m.SchemeGuest, m.SchemeUser, m.SchemeAdmin, object(m.NotifyProps), m.LastUpdateAt, m.ChannelID, m.UserID)
}

// ChannelSchemeRoles gives the names that the flags of a membership in a channel stand for.
func (q Q) ChannelSchemeRoles(ctx context.Context, channelID string) (model.SchemeRoles, error) {
	return one(ctx, q, func(row scanner) (r model.SchemeRoles, err error) {
		return r, row.Scan(&r.Guest, &r.User, &r.Admin)
	}, `SELECT `+channelRoleCols+` FROM channels c`+channelSchemes+`WHERE c.id = ?`, channelID)
}

// CountOutsideGroups tells how many of the accounts, bots excepted, are in no group of a channel.
func (q Q) CountOutsideGroups(ctx context.Context, channelID string, userIDs []string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM users u WHERE `+q.d.idsIn("u.id")+` AND NOT u.is_bot AND NOT EXISTS (
		SELECT 1 FROM group_members gm JOIN group_channels gc ON gc.group_id = gm.group_id AND gc.delete_at = 0
			JOIN user_groups g ON g.id = gm.group_id AND g.delete_at = 0
		WHERE gm.user_id = u.id AND gc.channel_id = ?)`, q.d.ids(userIDs), channelID)
}
