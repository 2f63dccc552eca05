package store

import (
	"context"

	"muster/internal/model"
)

// ChannelSearch says which channels of all teams are meant.
type ChannelSearch struct {
	Term string
	// ViewerID, when given, keeps the channels somebody can read: those they are in, and the
	// open ones of their teams.
	ViewerID     string
	Guest        bool // the viewer reads only what they are in
	TeamIDs      []string
	Types        []string // O or P; empty for both
	Deleted      bool     // archived ones only
	WithDeleted  bool     // archived ones too
	Constrained  bool     // only those whose members come from groups
	Free         bool     // only the others
	NotInGroup   string   // not linked to this group
	ExcludeNames []string
	Offset       int
	Limit        int
}

func (s *ChannelSearch) where(d *dialect) *where {
	w := &where{}
	w.add(`c.team_id IS NOT NULL`)
	switch {
	case s.ViewerID != "" && s.Guest:
		w.add(memberOf, s.ViewerID)
	case s.ViewerID != "":
		w.add(`(`+memberOf+` OR (c.type = 'O' AND EXISTS (SELECT 1 FROM team_members tm
			WHERE tm.team_id = c.team_id AND tm.user_id = ? AND tm.delete_at = 0)))`, s.ViewerID, s.ViewerID)
	}
	if len(s.TeamIDs) > 0 {
		w.add(d.idsIn("c.team_id"), d.ids(s.TeamIDs))
	}
	if len(s.Types) > 0 {
		w.add(d.idsIn("c.type"), d.ids(s.Types))
	}
	switch {
	case s.Deleted:
		w.add(`c.delete_at > 0`)
	case !s.WithDeleted:
		w.add(`c.delete_at = 0`)
	}
	if s.Constrained {
		w.add(`COALESCE(c.group_constrained, FALSE)`)
	}
	if s.Free {
		w.add(`NOT COALESCE(c.group_constrained, FALSE)`)
	}
	if s.NotInGroup != "" {
		w.add(`NOT EXISTS (SELECT 1 FROM group_channels g WHERE g.channel_id = c.id AND g.group_id = ? AND g.delete_at = 0)`, s.NotInGroup)
	}
	if len(s.ExcludeNames) > 0 {
		w.add(`NOT (`+d.idsIn("c.name")+`)`, d.ids(s.ExcludeNames))
	}
	w.matching("c.search", s.Term)
	return w
}

// AllChannels lists channels of all teams by display name, as the index channels_display_name gives them.
func (q Q) AllChannels(ctx context.Context, s ChannelSearch) ([]*model.ChannelWithTeam, error) {
	w := s.where(q.d)
	return list(ctx, q, func(row scanner) (*model.ChannelWithTeam, error) {
		c := &model.ChannelWithTeam{}
		return c, row.Scan(append(channelDest(&c.Channel), &c.TeamDisplayName, &c.TeamName, &c.TeamUpdateAt)...)
	}, `SELECT `+channelCols+`, t.display_name, t.name, t.update_at FROM channels c JOIN teams t ON t.id = c.team_id`+w.text()+`
		ORDER BY c.display_name, c.id LIMIT ? OFFSET ?`, append(w.args, s.Limit, s.Offset)...)
}

// CountChannels tells how many channels of all teams are meant.
func (q Q) CountChannels(ctx context.Context, s ChannelSearch) (int64, error) {
	w := s.where(q.d)
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM channels c`+w.text(), w.args...)
}
