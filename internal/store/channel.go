package store

import (
	"context"

	"muster/internal/model"
)

const channelCols = `c.id, c.create_at, c.update_at, c.delete_at, COALESCE(c.team_id, ''), c.type, c.display_name, c.name, c.header,
	c.purpose, c.last_post_at, c.total_msg_count, c.creator_id, c.scheme_id, c.props, c.group_constrained,
	c.total_msg_count_root, c.last_root_post_at, c.banner_info, c.default_category_name, c.members, c.guests, c.pinned_posts, c.files`

func channelDest(c *model.Channel) []any {
	return []any{
		&c.ID, &c.CreateAt, &c.UpdateAt, &c.DeleteAt, &c.TeamID, &c.Type, &c.DisplayName, &c.Name, &c.Header,
		&c.Purpose, &c.LastPostAt, &c.TotalMsgCount, &c.CreatorID, &c.SchemeID, &c.Props, &c.GroupConstrained,
		&c.TotalMsgCountRoot, &c.LastRootPostAt, &c.BannerInfo, &c.DefaultCategoryName, &c.Members, &c.Guests, &c.PinnedPosts, &c.Files,
	}
}

func scanChannel(row scanner) (*model.Channel, error) {
	c := &model.Channel{}
	err := row.Scan(channelDest(c)...)
	c.Shared = model.NotShared(c.Type)
	return c, err
}

// Channel reads a channel, archived ones included.
func (q Q) Channel(ctx context.Context, id string) (*model.Channel, error) {
	return one(ctx, q, scanChannel, `SELECT `+channelCols+` FROM channels c WHERE c.id = ?`, id)
}

// ChannelByName reads a channel of a team by its name; direct and group channels have no team.
func (q Q) ChannelByName(ctx context.Context, teamID, name string) (*model.Channel, error) {
	return one(ctx, q, scanChannel, `SELECT `+channelCols+` FROM channels c WHERE COALESCE(c.team_id, '') = ? AND c.name = ?`, teamID, name)
}

// LockChannel reads a channel and holds it until the transaction ends.
func (t *Tx) LockChannel(ctx context.Context, id string) (*model.Channel, error) {
	return one(ctx, t.Q, scanChannel, `SELECT `+channelCols+` FROM channels c WHERE c.id = ?`+t.d.forUpdate, id)
}

// InsertChannel stores a new channel.
func (t *Tx) InsertChannel(ctx context.Context, c *model.Channel) error {
	_, err := exec(ctx, t.Q, `INSERT INTO channels (id, create_at, update_at, delete_at, team_id, type, display_name, name, header,
			purpose, last_post_at, last_root_post_at, creator_id, scheme_id, group_constrained, props, banner_info,
			default_category_name, search)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, `+t.d.json+`, `+t.d.json+`, ?, ?)`,
		c.ID, c.CreateAt, c.UpdateAt, c.DeleteAt, nullable(c.TeamID), c.Type, c.DisplayName, c.Name, c.Header,
		c.Purpose, c.LastPostAt, c.LastRootPostAt, c.CreatorID, c.SchemeID, c.GroupConstrained, c.Props, c.BannerInfo,
		c.DefaultCategoryName, foldedLines(c.Name, c.DisplayName, c.Purpose))
	return err
}

// UpdateChannel stores what can change of a channel; its counts have their own methods.
func (t *Tx) UpdateChannel(ctx context.Context, c *model.Channel) error {
	return change(ctx, t.Q, `UPDATE channels SET update_at = ?, delete_at = ?, team_id = ?, type = ?, display_name = ?, name = ?,
			header = ?, purpose = ?, scheme_id = ?, group_constrained = ?, props = `+t.d.json+`, banner_info = `+t.d.json+`,
			default_category_name = ?, search = ?
		WHERE id = ?`,
		c.UpdateAt, c.DeleteAt, nullable(c.TeamID), c.Type, c.DisplayName, c.Name,
		c.Header, c.Purpose, c.SchemeID, c.GroupConstrained, c.Props, c.BannerInfo,
		c.DefaultCategoryName, foldedLines(c.Name, c.DisplayName, c.Purpose), c.ID)
}
