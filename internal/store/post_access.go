package store

import (
	"context"

	"muster/internal/model"
)

// PostAccess is a post with what somebody is in its channel.
type PostAccess struct {
	Post *model.Post
	ChannelAccess
}

// PostAccess reads a post, deleted ones included, together with what an account is in its
// channel, in one statement.
func (q Q) PostAccess(ctx context.Context, postID, userID string) (*PostAccess, error) {
	return one(ctx, q, scanPostAccess, postAccessSelect+`WHERE p.id = ?`, userID, userID, postID)
}

// PostAccesses is PostAccess for several posts; those that do not exist are left out.
func (q Q) PostAccesses(ctx context.Context, postIDs []string, userID string) ([]*PostAccess, error) {
	if len(postIDs) == 0 {
		return nil, nil
	}
	return list(ctx, q, scanPostAccess, postAccessSelect+`WHERE `+q.d.idsIn("p.id"), userID, userID, q.d.ids(postIDs))
}

var postAccessSelect = channelAccessCols + `, ` + postCols + `
	FROM posts p JOIN channels c ON c.id = p.channel_id` + channelSchemes + `
		LEFT JOIN channel_members m ON m.channel_id = c.id AND m.user_id = ?
		LEFT JOIN team_members tm ON tm.team_id = c.team_id AND tm.user_id = ? AND tm.delete_at = 0 `

func scanPostAccess(row scanner) (*PostAccess, error) {
	a := &PostAccess{Post: &model.Post{}, ChannelAccess: ChannelAccess{Channel: &model.Channel{}}}
	var f, tf memberFlags
	dest := append(channelDest(a.Channel), f.dest(&a.Member)...)
	dest = append(append(dest, tf.dest(&a.TeamMember)...), postDest(a.Post)...)
	err := row.Scan(dest...)
	a.Roles, a.TeamRoles = f.roles(), tf.roles()
	return a, err
}

// SavedPosts lists the posts an account saved, with what it is in their channels, newest first:
// of one channel or team, when these are given.
func (q Q) SavedPosts(ctx context.Context, userID, channelID, teamID string, n int) ([]*PostAccess, error) {
	return list(ctx, q, scanPostAccess, postAccessSelect+`
		WHERE p.id IN (SELECT name FROM preferences WHERE user_id = ? AND category = 'flagged_post')
			AND p.delete_at = 0 AND p.original_id IS NULL AND (? = '' OR p.channel_id = ?) AND (? = '' OR c.team_id = ?)
		ORDER BY p.create_at DESC, p.id DESC LIMIT ?`, userID, userID, userID, channelID, channelID, teamID, teamID, n)
}
