package store

import "context"

// PurgePostsOfUser removes up to n posts for good that are an account's, answer one of its
// posts, or are older versions of these, and tells how many. It is called until nothing is
// left: what others refer to goes last.
func (t *Tx) PurgePostsOfUser(ctx context.Context, userID string, n int) (int, error) {
	return t.purgePosts(ctx, `u.user_id = ?`, userID, n)
}

// PurgePostsOfChannel removes up to n posts of a channel for good and tells how many. It is
// called until nothing is left.
func (t *Tx) PurgePostsOfChannel(ctx context.Context, channelID string, n int) (int, error) {
	return t.purgePosts(ctx, `u.channel_id = ?`, channelID, n)
}

// PurgeThread removes up to n posts for good of a post, the replies to it and their older
// versions, and tells how many. It is called until nothing is left.
func (t *Tx) PurgeThread(ctx context.Context, postID string, n int) (int, error) {
	return t.purgePosts(ctx, `u.id = ?`, postID, n)
}

// purgePosts takes the posts no other one refers to first.
func (t *Tx) purgePosts(ctx context.Context, which, value string, n int) (int, error) {
	for _, from := range []string{
		`SELECT v.id FROM posts u JOIN posts r ON r.root_id = u.id JOIN posts v ON v.original_id = r.id WHERE `,
		`SELECT r.id FROM posts u JOIN posts r ON r.root_id = u.id WHERE `,
		`SELECT v.id FROM posts u JOIN posts v ON v.original_id = u.id WHERE `,
		`SELECT u.id FROM posts u WHERE `,
	} {
		ids, err := list(ctx, t.Q, scanValue[string], from+which+` LIMIT ?`, value, n)
		if err != nil {
			return 0, err
		}
		if len(ids) > 0 {
			return len(ids), t.removePosts(ctx, ids)
		}
	}
	return 0, nil
}

// removePosts removes posts with what hangs on them; threads and who follows them go by themselves.
func (t *Tx) removePosts(ctx context.Context, ids []string) error {
	posts := t.d.ids(ids)
	for _, text := range []string{
		`UPDATE channels SET pinned_posts = pinned_posts - x.n FROM (
			SELECT p.channel_id AS channel, COUNT(*) AS n FROM posts p
			WHERE ` + t.d.idsIn("p.id") + ` AND p.is_pinned AND p.delete_at = 0 AND p.original_id IS NULL GROUP BY p.channel_id) AS x
			WHERE channels.id = x.channel`,
		`DELETE FROM reactions WHERE ` + t.d.idsIn("post_id"),
		`DELETE FROM preferences WHERE category = 'flagged_post' AND ` + t.d.idsIn("name"),
		`DELETE FROM posts WHERE ` + t.d.idsIn("id"),
	} {
		if _, err := exec(ctx, t.Q, text, posts); err != nil {
			return err
		}
	}
	return nil
}
