package store

import (
	"context"
	"strings"

	"muster/internal/model"
)

// ThreadFilter says which of the threads somebody follows are wanted.
type ThreadFilter struct {
	UserID        string
	TeamID        string
	ExcludeDirect bool // those of the team alone, none of direct and group channels
	Unread        bool
	Deleted       bool  // those whose root was deleted too, and count replies that were deleted
	Since         int64 // only those replied to or touched since
	Before, After *ThreadPlace
	Limit         int
}

// ThreadPlace is the place of a thread on lists.
type ThreadPlace struct {
	PostID      string
	LastReplyAt int64
}

// ThreadPlace tells where a thread stands on lists.
func (q Q) ThreadPlace(ctx context.Context, postID string) (*ThreadPlace, error) {
	return one(ctx, q, func(row scanner) (*ThreadPlace, error) {
		p := &ThreadPlace{}
		return p, row.Scan(&p.PostID, &p.LastReplyAt)
	}, `SELECT post_id, last_reply_at FROM threads WHERE post_id = ?`, postID)
}

// Threads lists followed threads, the one with the newest reply first, or with After the other
// way round. Each place and state is a range of an index in the order of the list; the
// statement puts the beginnings of these ranges together.
func (q Q) Threads(ctx context.Context, f ThreadFilter) ([]*model.Thread, error) {
	order, arms := f.arms()
	var text strings.Builder
	var args []any
	for i, a := range arms {
		if i > 0 {
			text.WriteString(" UNION ALL ")
		}
		text.WriteString(`SELECT * FROM (SELECT m.post_id, m.last_reply_at FROM thread_memberships m
			WHERE m.user_id = ? AND m.team_id = ? AND m.deleted = ` + a.deleted + ` AND m.following AND ` + a.where + order + ` LIMIT ?) a`)
		args = append(args, f.UserID, a.teamID)
		args = append(append(args, a.args...), f.Limit)
	}
	cols := threadCols
	if f.Deleted {
		cols = strings.Replace(cols, "m.unread_replies", `(SELECT COUNT(*) FROM posts r
			WHERE r.root_id = m.post_id AND r.create_at > m.last_viewed AND r.original_id IS NULL)`, 1)
	}
	return list(ctx, q, scanThread, `SELECT `+cols+` FROM (SELECT * FROM (`+text.String()+`) m`+order+` LIMIT ?) x
			JOIN thread_memberships m ON m.post_id = x.post_id AND m.user_id = ?
			JOIN threads t ON t.post_id = x.post_id`+order, append(args, f.Limit, f.UserID)...)
}

// threadArm is one range of an index.
type threadArm struct {
	teamID  string
	deleted string // as SQL
	where   string
	args    []any
}

// arms gives the ranges a list is put together from, and their order.
func (f *ThreadFilter) arms() (order string, arms []threadArm) {
	order = ` ORDER BY m.last_reply_at DESC, m.post_id DESC`
	where, args := `m.last_reply_at IS NOT NULL`, []any{}
	if f.Unread {
		where = `m.last_viewed < m.last_reply_at`
	}
	if f.Before != nil {
		where += ` AND (m.last_reply_at, m.post_id) < (?, ?)`
		args = append(args, f.Before.LastReplyAt, f.Before.PostID)
	}
	if f.After != nil {
		order = ` ORDER BY m.last_reply_at, m.post_id`
		where += ` AND (m.last_reply_at, m.post_id) > (?, ?)`
		args = append(args, f.After.LastReplyAt, f.After.PostID)
	}
	wheres := []threadArm{{where: where, args: args}}
	if f.Since > 0 {
		wheres = []threadArm{
			{where: where + ` AND m.last_reply_at >= ?`, args: append(args[:len(args):len(args)], f.Since)},
			{where: where + ` AND m.last_reply_at < ? AND m.last_updated >= ?`, args: append(args[:len(args):len(args)], f.Since, f.Since)},
		}
	}
	teams, states := []string{f.TeamID}, []string{"FALSE"}
	if !f.ExcludeDirect {
		teams = append(teams, "")
	}
	if f.Deleted {
		states = append(states, "TRUE")
	}
	for _, team := range teams {
		for _, state := range states {
			for _, a := range wheres {
				arms = append(arms, threadArm{teamID: team, deleted: state, where: a.where, args: a.args})
			}
		}
	}
	return order, arms
}

// ThreadTotals reads the kept totals of what somebody follows in a team and, unless excluded,
// in direct and group channels; with deleted also of threads whose root was deleted.
func (q Q) ThreadTotals(ctx context.Context, f ThreadFilter) (model.ThreadTotals, error) {
	teams := []string{f.TeamID}
	if !f.ExcludeDirect {
		teams = append(teams, "")
	}
	return one(ctx, q, func(row scanner) (t model.ThreadTotals, err error) {
		return t, row.Scan(&t.Total, &t.Unread, &t.Mentions, &t.UrgentMentions)
	}, `SELECT CAST(COALESCE(SUM(followed), 0) AS BIGINT), CAST(COALESCE(SUM(unread), 0) AS BIGINT),
			CAST(COALESCE(SUM(mentions), 0) AS BIGINT), CAST(COALESCE(SUM(urgent_mentions), 0) AS BIGINT)
		FROM thread_counts WHERE user_id = ? AND `+q.d.idsIn("team_id")+` AND (? OR NOT deleted)`, f.UserID, q.d.ids(teams), f.Deleted)
}

// ThreadTotalsByTeam reads the kept totals of every team of somebody; direct and group channels
// have no team and stand under "".
func (q Q) ThreadTotalsByTeam(ctx context.Context, userID string) (map[string]model.ThreadTotals, error) {
	out := map[string]model.ThreadTotals{}
	_, err := list(ctx, q, func(row scanner) (t model.ThreadTotals, err error) {
		var teamID string
		err = row.Scan(&teamID, &t.Total, &t.Unread, &t.Mentions, &t.UrgentMentions)
		out[teamID] = t
		return t, err
	}, `SELECT team_id, followed, unread, mentions, urgent_mentions FROM thread_counts WHERE user_id = ? AND NOT deleted`, userID)
	return out, err
}

// ThreadMentions sums up by channel how often somebody was mentioned in threads they follow
// in a team and in direct and group channels.
func (q Q) ThreadMentions(ctx context.Context, userID, teamID string) (map[string]int64, error) {
	return counts(ctx, q, `SELECT m.channel_id, CAST(SUM(m.unread_mentions) AS BIGINT) FROM thread_memberships m
		WHERE m.user_id = ? AND m.team_id IN (?, '') AND m.following AND m.unread_mentions > 0
			AND m.last_reply_at IS NOT NULL AND NOT m.deleted
		GROUP BY m.channel_id`, userID, teamID)
}
