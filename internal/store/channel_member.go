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
