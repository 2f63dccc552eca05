package store

import (
	"context"

	"muster/internal/model"
)

// channelPlaceRow is a new place in a channel on its way into the database.
type channelPlaceRow struct {
	UserID   string          `json:"user_id"`
	Username string          `json:"username"`
	CreateAt int64           `json:"create_at"`
	Notify   model.StringMap `json:"notify"`
	Guest    bool            `json:"guest"`
	User     bool            `json:"user"`
	Admin    bool            `json:"admin"`
}

// InsertChannelMembers stores new places in a channel and tells whose they are: who has
// one already is left out. [Tx.CountChannel] keeps the counts.
func (t *Tx) InsertChannelMembers(ctx context.Context, channelID string, members []*model.ChannelMember) ([]string, error) {
	places := make([]channelPlaceRow, len(members))
	for i, m := range members {
		places[i] = channelPlaceRow{
			UserID: m.UserID, Username: m.Username, CreateAt: m.CreateAt, Notify: object(m.NotifyProps),
			Guest: m.SchemeGuest, User: m.SchemeUser, Admin: m.SchemeAdmin,
		}
	}
	return list(ctx, t.Q, scanValue[string], `INSERT INTO channel_members (channel_id, user_id, username, create_at, notify_props,
			last_update_at, scheme_guest, scheme_user, scheme_admin)
		SELECT ?, r.value->>'user_id', r.value->>'username', CAST(r.value->>'create_at' AS BIGINT), `+t.d.asJSON(`r.value->>'notify'`)+`,
			CAST(r.value->>'create_at' AS BIGINT), CAST(r.value->>'guest' AS BOOLEAN), CAST(r.value->>'user' AS BOOLEAN),
			CAST(r.value->>'admin' AS BOOLEAN)
		FROM `+t.d.rows+` WHERE TRUE
		ON CONFLICT (channel_id, user_id) DO NOTHING RETURNING user_id`, channelID, jsonRows(places))
}

// ChannelMembersAmong reads the places that accounts have in a channel.
func (q Q) ChannelMembersAmong(ctx context.Context, channelID string, userIDs []string) ([]*model.ChannelMember, error) {
	return list(ctx, q, scanChannelMember, `SELECT `+channelMemberCols+channelMemberFrom+`
		WHERE m.channel_id = ? AND `+q.d.idsIn("m.user_id"), channelID, q.d.ids(userIDs))
}

// MentionInChannel counts one more mention for the places of accounts in a channel.
func (t *Tx) MentionInChannel(ctx context.Context, channelID string, userIDs []string) error {
	_, err := exec(ctx, t.Q, `UPDATE channel_members SET mention_count = mention_count + 1, mention_count_root = mention_count_root + 1
		WHERE channel_id = ? AND `+t.d.idsIn("user_id"), channelID, t.d.ids(userIDs))
	return err
}

// ForgetChannelOrder takes a channel out of the sidebar categories of an account.
func (t *Tx) ForgetChannelOrder(ctx context.Context, channelID, userID string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM sidebar_channels WHERE user_id = ? AND channel_id = ?`, userID, channelID)
	return err
}

// InAChannelOf tells whether an account has a place in any channel of a team, archived ones included.
func (q Q) InAChannelOf(ctx context.Context, teamID, userID string) (bool, error) {
	return one(ctx, q, scanValue[bool], `SELECT EXISTS (SELECT 1 FROM channel_members m JOIN channels c ON c.id = m.channel_id
		WHERE m.user_id = ? AND c.team_id = ?)`, userID, teamID)
}

// OpenChannelsNamed lists the open channels of a team that have one of the names, by name.
func (q Q) OpenChannelsNamed(ctx context.Context, teamID string, names []string) ([]*model.Channel, error) {
	return list(ctx, q, scanChannel, `SELECT `+channelCols+` FROM channels c
		WHERE COALESCE(c.team_id, '') = ? AND `+q.d.idsIn("c.name")+` AND c.type = 'O' AND c.delete_at = 0 ORDER BY c.name`,
		teamID, q.d.ids(names))
}
