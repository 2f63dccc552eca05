package store

import "context"

// Sight is whom an account may see that may not see everybody: those it shares places
// with. One that shares nothing sees nobody.
type Sight struct {
	UserID   string
	Teams    []string // in which it may see members
	Channels bool     // it is in some channel
}

// sharesChannel holds for accounts in a column that are in a channel with an account.
func sharesChannel(column string) string {
	return `EXISTS (SELECT 1 FROM channel_members mine JOIN channel_members theirs ON theirs.channel_id = mine.channel_id
		WHERE mine.user_id = ? AND theirs.user_id = ` + column + `)`
}

// sharesTeam holds for accounts in a column that are in one of a list of teams.
func sharesTeam(d *dialect, column string) string {
	return `EXISTS (SELECT 1 FROM team_members x WHERE x.user_id = ` + column + ` AND x.delete_at = 0 AND ` + d.idsIn("x.team_id") + `)`
}

// onList adds the condition on accounts in a column of a list: somebody stands on it who is
// in one of the teams, if there are any, and in one of the channels, if there are any. Nil
// restricts nothing.
func (s *Sight) onList(w *where, d *dialect, column string) {
	if s == nil {
		return
	}
	if len(s.Teams) > 0 {
		w.add(sharesTeam(d, column), d.ids(s.Teams))
	}
	if s.Channels {
		w.add(sharesChannel(column), s.UserID)
	}
	if len(s.Teams) == 0 && !s.Channels {
		w.add("1 = 0")
	}
}

// CountSeen tells how many of some accounts somebody may look up: here one of the teams or
// one of the channels is enough.
func (q Q) CountSeen(ctx context.Context, s *Sight, userIDs []string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM users u WHERE `+q.d.idsIn("u.id")+`
		AND (`+sharesChannel("u.id")+` OR `+sharesTeam(q.d, "u.id")+`)`, q.d.ids(userIDs), s.UserID, q.d.ids(s.Teams))
}

// SeenAmong lists those of some accounts that may stand on a list, in no order.
func (q Q) SeenAmong(ctx context.Context, s *Sight, ids []string) ([]string, error) {
	w := &where{}
	w.add(q.d.idsIn("u.id"), q.d.ids(ids))
	s.onList(w, q.d, "u.id")
	return list(ctx, q, scanValue[string], `SELECT u.id FROM users u`+w.text(), w.args...)
}

// InAnyChannel tells whether an account is in a channel, archived ones included.
func (q Q) InAnyChannel(ctx context.Context, userID string) (bool, error) {
	return one(ctx, q, scanValue[bool], `SELECT EXISTS (SELECT 1 FROM channel_members WHERE user_id = ?)`, userID)
}

// KnownUserIDs lists the accounts that share a channel with one, which is left out.
func (q Q) KnownUserIDs(ctx context.Context, userID string) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT DISTINCT theirs.user_id
		FROM channel_members mine JOIN channel_members theirs ON theirs.channel_id = mine.channel_id
		WHERE mine.user_id = ? AND theirs.user_id <> ?`, userID, userID)
}

// ChannelUser is somebody in a channel.
type ChannelUser struct{ ChannelID, UserID string }

// GroupChannelUsers lists who else is in those of the channels that are group channels
// with an account in them, by channel and username.
func (q Q) GroupChannelUsers(ctx context.Context, userID string, channelIDs []string) ([]ChannelUser, error) {
	return list(ctx, q, func(row scanner) (u ChannelUser, err error) {
		err = row.Scan(&u.ChannelID, &u.UserID)
		return u, err
	}, `SELECT theirs.channel_id, theirs.user_id
		FROM channel_members mine JOIN channels c ON c.id = mine.channel_id
			JOIN channel_members theirs ON theirs.channel_id = mine.channel_id
		WHERE mine.user_id = ? AND `+q.d.idsIn("mine.channel_id")+` AND c.type = 'G' AND theirs.user_id <> ?
		ORDER BY theirs.channel_id, theirs.username`, userID, q.d.ids(channelIDs), userID)
}
