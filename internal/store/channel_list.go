package store

import (
	"context"
	"strings"

	"muster/internal/fold"
	"muster/internal/model"
)

// channelWords are the most words of a text that is looked for in channels.
const channelWords = 8

// matching keeps channels whose name, display name or purpose holds every word of a text.
func (w *where) matching(column, text string) {
	words := strings.Fields(fold.Text(text))
	for _, word := range words[:min(len(words), channelWords)] {
		w.add(column+` LIKE ? ESCAPE '\'`, "%"+likeEscaper.Replace(word)+"%")
	}
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// TeamChannels lists the channels of one type in a team that are not archived, by display
// name, as the index channels_team_id gives them.
func (q Q) TeamChannels(ctx context.Context, teamID, kind string, offset, limit int) ([]*model.Channel, error) {
	return list(ctx, q, scanChannel, `SELECT `+channelCols+` FROM channels c
		WHERE c.team_id = ? AND c.type = ? AND c.delete_at = 0
		ORDER BY c.display_name, c.id LIMIT ? OFFSET ?`, teamID, kind, limit, offset)
}

// memberOf keeps channels a viewer is in.
const memberOf = `EXISTS (SELECT 1 FROM channel_members v WHERE v.channel_id = c.id AND v.user_id = ?)`

// TeamSearch says which channels of a team somebody looks for.
type TeamSearch struct {
	TeamID   string
	ViewerID string
	Term     string // words that name, display name and purpose hold; empty for all
	Open     bool   // open channels the viewer is not in too
	OpenOnly bool   // no private ones
	All      bool   // private ones the viewer is not in too
	Archived bool   // archived ones only
	Offset   int
	Limit    int
}

// SearchTeamChannels lists channels of a team by display name. A team has a bounded number
// of them, which the index channels_team_id finds.
func (q Q) SearchTeamChannels(ctx context.Context, s TeamSearch) ([]*model.Channel, error) {
	w := &where{}
	w.add(`c.team_id = ?`, s.TeamID)
	switch {
	case s.All:
	case s.Open:
		w.add(`(c.type = 'O' OR `+memberOf+`)`, s.ViewerID)
	default:
		w.add(memberOf, s.ViewerID)
	}
	if s.OpenOnly {
		w.add(`c.type = 'O'`)
	}
	if s.Archived {
		w.add(`c.delete_at > 0`)
	}
	w.matching("c.search", s.Term)
	return list(ctx, q, scanChannel, `SELECT `+channelCols+` FROM channels c`+w.text()+`
		ORDER BY c.display_name, c.id LIMIT ? OFFSET ?`, append(w.args, s.Limit, s.Offset)...)
}

// OpenTeamChannels reads the open channels of a team among ids, by display name.
func (q Q) OpenTeamChannels(ctx context.Context, teamID string, ids []string) ([]*model.Channel, error) {
	return list(ctx, q, scanChannel, `SELECT `+channelCols+` FROM channels c
		WHERE `+q.d.idsIn("c.id")+` AND c.team_id = ? AND c.type = 'O' AND c.delete_at = 0 ORDER BY c.display_name, c.id`, q.d.ids(ids), teamID)
}

// ChannelAccesses reads the channels among ids, archived ones included, with the roles an
// account has there, by id.
func (q Q) ChannelAccesses(ctx context.Context, ids []string, userID string) ([]*ChannelAccess, error) {
	return list(ctx, q, scanChannelAccess, channelAccessSelect+`WHERE `+q.d.idsIn("c.id")+` ORDER BY c.id`, userID, userID, q.d.ids(ids))
}

// OwnChannels says which of the channels somebody is in are meant.
type OwnChannels struct {
	UserID string
	// TeamID means the channels of the team and those of no team; empty means those of every
	// team that is not archived.
	TeamID   string
	Archived bool  // archived ones too
	Since    int64 // of the archived ones, those archived at the time or later
	AfterID  string
	Limit    int // in order of id, beginning behind AfterID; 0 is all, by display name
}

// ChannelsOf lists the channels somebody is in.
func (q Q) ChannelsOf(ctx context.Context, o OwnChannels) ([]*model.Channel, error) {
	w := &where{}
	w.add(`m.user_id = ?`, o.UserID)
	if o.TeamID != "" {
		w.add(`(c.team_id = ? OR c.team_id IS NULL)`, o.TeamID)
	} else {
		w.add(`COALESCE(t.delete_at, 0) = 0`)
	}
	if !o.Archived {
		w.add(`c.delete_at = 0`)
	} else if o.Since > 0 {
		w.add(`(c.delete_at = 0 OR c.delete_at >= ?)`, o.Since)
	}
	order := ` ORDER BY c.display_name, c.id`
	if o.Limit > 0 {
		w.add(`m.channel_id > ?`, o.AfterID)
		order = ` ORDER BY m.channel_id LIMIT ?`
		w.args = append(w.args, o.Limit)
	}
	return list(ctx, q, scanChannel, `SELECT `+channelCols+` FROM channel_members m JOIN channels c ON c.id = m.channel_id
		LEFT JOIN teams t ON t.id = c.team_id`+w.text()+order, w.args...)
}

// SearchDirect lists up to n group channels somebody is in whose members' names hold the
// words, or direct channels with somebody whose name does. The display name of a direct
// channel is the name of the other person.
func (q Q) SearchDirect(ctx context.Context, userID, kind, term string, n int) ([]*model.Channel, error) {
	w := &where{}
	w.add(`m.user_id = ? AND c.type = ? AND c.delete_at = 0`, userID, kind)
	for _, word := range strings.Fields(fold.Text(term)) {
		w.add(`EXISTS (SELECT 1 FROM channel_members o WHERE o.channel_id = c.id AND (o.user_id <> m.user_id OR c.type = 'G' OR c.members = 1)
			AND o.username LIKE ? ESCAPE '\')`, "%"+likeEscaper.Replace(word)+"%")
		if len(w.conditions) > channelWords {
			break
		}
	}
	out, err := list(ctx, q, scanNamedChannel, `SELECT `+channelCols+`, COALESCE((SELECT MAX(o.username) FROM channel_members o
			WHERE o.channel_id = c.id AND c.type = 'D' AND (o.user_id <> m.user_id OR c.members = 1)), '')
		FROM channel_members m JOIN channels c ON c.id = m.channel_id`+w.text()+` ORDER BY c.id LIMIT ?`, append(w.args, n)...)
	return out, err
}

// scanNamedChannel reads a channel and the name of the other person in it, if there is one.
func scanNamedChannel(row scanner) (*model.Channel, error) {
	c, other := &model.Channel{}, ""
	err := row.Scan(append(channelDest(c), &other)...)
	if other != "" {
		c.DisplayName = other
	}
	c.Shared = model.NotShared(c.Type)
	return c, err
}

// timezoneOf is the name of the timezone of account u.
const timezoneOf = `CASE WHEN u.timezone->>'useAutomaticTimezone' = 'true' THEN u.timezone->>'automaticTimezone'
	ELSE u.timezone->>'manualTimezone' END`

// ChannelTimezones lists the timezones of the members of a channel, each once.
func (q Q) ChannelTimezones(ctx context.Context, channelID string) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT DISTINCT z.name FROM (
			SELECT `+timezoneOf+` AS name
			FROM channel_members m JOIN users u ON u.id = m.user_id WHERE m.channel_id = ?) z
		WHERE z.name <> '' ORDER BY z.name LIMIT 1000`, channelID)
}

// CommonTeams lists the teams that everybody in a channel is in, by id.
func (q Q) CommonTeams(ctx context.Context, channelID string) ([]*model.Team, error) {
	return list(ctx, q, scanTeam, `SELECT `+teamCols+` FROM teams t WHERE t.delete_at = 0 AND t.id IN (
			SELECT tm.team_id FROM channel_members m JOIN team_members tm ON tm.user_id = m.user_id AND tm.delete_at = 0
			WHERE m.channel_id = ? GROUP BY tm.team_id
			HAVING COUNT(*) = (SELECT COUNT(*) FROM channel_members x WHERE x.channel_id = ?))
		ORDER BY t.id`, channelID, channelID)
}

// CountTeamChannels tells how many channels of a team are not archived.
func (q Q) CountTeamChannels(ctx context.Context, teamID string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM channels WHERE team_id = ? AND delete_at = 0`, teamID)
}

// ShareTeam tells whether two accounts are members of one team.
func (q Q) ShareTeam(ctx context.Context, a, b string) (bool, error) {
	return one(ctx, q, scanValue[bool], `SELECT EXISTS (SELECT 1 FROM team_members x JOIN team_members y ON y.team_id = x.team_id
		WHERE x.user_id = ? AND y.user_id = ? AND x.delete_at = 0 AND y.delete_at = 0)`, a, b)
}
