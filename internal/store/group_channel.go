package store

import (
	"context"

	"muster/internal/model"
)

// GroupOfChannel is a group that is tied to a channel.
type GroupOfChannel struct {
	ChannelID string
	Group     *model.Group
}

// ChannelGroups says which groups that are tied to channels of a team are meant.
type ChannelGroups struct {
	TeamID        string
	ViewerID      string // is in the channels
	Open          bool   // those of open channels the viewer is not in too
	Referenceable bool   // only groups that can be mentioned
	Offset, Limit int
}

// GroupsByChannel lists a page of the groups that are tied to channels of a team, by channel.
func (q Q) GroupsByChannel(ctx context.Context, f ChannelGroups) ([]GroupOfChannel, error) {
	w := &where{}
	w.add(`c.team_id = ? AND c.delete_at = 0 AND tie.delete_at = 0 AND g.delete_at = 0`, f.TeamID)
	if f.Open {
		w.add(`(c.type = 'O' OR `+memberOf+`)`, f.ViewerID)
	} else {
		w.add(memberOf, f.ViewerID)
	}
	if f.Referenceable {
		w.add(`g.allow_reference`)
	}
	return list(ctx, q, func(row scanner) (GroupOfChannel, error) {
		x, admins := GroupOfChannel{}, false
		g, err := scanGroup(scanBehind{row, []any{&x.ChannelID, &admins}})
		x.Group, g.SchemeAdmin = g, &admins
		return x, err
	}, `SELECT tie.channel_id, tie.scheme_admin, `+groupCols+` FROM group_channels tie JOIN channels c ON c.id = tie.channel_id
		JOIN user_groups g ON g.id = tie.group_id`+w.text()+` ORDER BY tie.channel_id, g.display_name, g.id LIMIT ? OFFSET ?`,
		append(w.args, f.Limit, f.Offset)...)
}

// scanBehind scans a row whose first columns go somewhere else.
type scanBehind struct {
	row   scanner
	first []any
}

// Scan reads the columns behind the first ones into dest.
func (s scanBehind) Scan(dest ...any) error { return s.row.Scan(append(s.first, dest...)...) }
