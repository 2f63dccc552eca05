package store

import (
	"context"
	"strings"

	"muster/internal/model"
)

// TeamFilter says which teams are wanted.
type TeamFilter struct {
	Term             string // folded; a part of the name or the display name
	Open             *bool  // those with or without allow_open_invite
	GroupConstrained *bool
	SchemeID         string // those that have the scheme
	Offset, Limit    int
}

func (f TeamFilter) where() *where {
	w := &where{}
	if f.Term != "" {
		w.add(`t.search LIKE ? ESCAPE '!'`, "%"+likeText.Replace(f.Term)+"%")
	}
	if f.Open != nil {
		w.add(`t.allow_open_invite = ?`, *f.Open)
	}
	if f.GroupConstrained != nil {
		w.add(`COALESCE(t.group_constrained, FALSE) = ?`, *f.GroupConstrained)
	}
	if f.SchemeID != "" {
		w.add(`t.scheme_id = ?`, f.SchemeID)
	}
	return w
}

// likeText makes a text match itself in LIKE … ESCAPE '!'.
var likeText = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Teams lists a page of teams by display name, with what the viewer is in each. It walks
// the order of display names: there are far fewer teams than accounts.
func (q Q) Teams(ctx context.Context, f TeamFilter, viewerID string) ([]*TeamAccess, error) {
	w := f.where()
	return list(ctx, q, scanTeamAccess, teamAccessSelect+w.text()+` ORDER BY t.display_name, t.id LIMIT ? OFFSET ?`,
		append(append([]any{viewerID}, w.args...), f.Limit, f.Offset)...)
}

// CountTeams tells how many teams pass a filter.
func (q Q) CountTeams(ctx context.Context, f TeamFilter) (int64, error) {
	w := f.where()
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM teams t`+w.text(), w.args...)
}

// CountTeamMembers counts those members of a team that somebody may know of.
func (q Q) CountTeamMembers(ctx context.Context, teamID string, v *Sight) (total, active int64, err error) {
	w := &where{}
	w.add(`m.team_id = ? AND m.delete_at = 0`, teamID)
	v.onList(w, q.d, "m.user_id")
	type counts struct{ total, active int64 }
	n, err := one(ctx, q, func(row scanner) (n counts, err error) {
		err = row.Scan(&n.total, &n.active)
		return n, err
	}, `SELECT COUNT(*), COUNT(CASE WHEN u.delete_at = 0 THEN 1 END) FROM team_members m JOIN users u ON u.id = m.user_id`+w.text(), w.args...)
	return n.total, n.active, err
}

const unreadCols = `COALESCE(c.team_id, ''),
	CAST(SUM(CASE WHEN m.notify_props->>'mark_unread' = 'mention' OR c.total_msg_count < m.msg_count THEN 0
		ELSE c.total_msg_count - m.msg_count END) AS BIGINT),
	CAST(SUM(m.mention_count) AS BIGINT), CAST(SUM(m.mention_count_root) AS BIGINT),
	CAST(SUM(CASE WHEN m.notify_props->>'mark_unread' = 'mention' OR c.total_msg_count_root < m.msg_count_root THEN 0
		ELSE c.total_msg_count_root - m.msg_count_root END) AS BIGINT)
	FROM channel_members m JOIN channels c ON c.id = m.channel_id`

func scanTeamUnread(row scanner) (*model.TeamUnread, error) {
	u := &model.TeamUnread{}
	return u, row.Scan(&u.TeamID, &u.MsgCount, &u.MentionCount, &u.MentionCountRoot, &u.MsgCountRoot)
}

// TeamsUnread sums up what an account has not read, by team, one of them left out. Direct and
// group channels are of none.
func (q Q) TeamsUnread(ctx context.Context, userID, exclude string) ([]*model.TeamUnread, error) {
	return list(ctx, q, scanTeamUnread, `SELECT `+unreadCols+`
		WHERE m.user_id = ? AND c.delete_at = 0 AND c.team_id <> ? GROUP BY COALESCE(c.team_id, '') ORDER BY 1`, userID, exclude)
}

// TeamUnread sums up what an account has not read in a team.
func (q Q) TeamUnread(ctx context.Context, userID, teamID string) (*model.TeamUnread, error) {
	found, err := list(ctx, q, scanTeamUnread, `SELECT `+unreadCols+`
		WHERE m.user_id = ? AND c.delete_at = 0 AND c.team_id = ? GROUP BY COALESCE(c.team_id, '')`, userID, teamID)
	if err != nil || len(found) == 0 {
		return &model.TeamUnread{TeamID: teamID}, err
	}
	return found[0], nil
}
