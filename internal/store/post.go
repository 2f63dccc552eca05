package store

import (
	"context"
	"strings"

	"muster/internal/model"
)

const postCols = `p.id, p.create_at, p.update_at, p.edit_at, p.delete_at, p.is_pinned, p.user_id, p.channel_id, COALESCE(p.root_id, ''),
	COALESCE(p.original_id, ''), p.message, p.type, p.props, p.hashtags, p.file_ids, p.has_reactions, p.priority, p.requested_ack`

// postReturned is postCols where a statement has one table only.
var postReturned = strings.ReplaceAll(postCols, "p.", "")

func postDest(p *model.Post) []any {
	return []any{
		&p.ID, &p.CreateAt, &p.UpdateAt, &p.EditAt, &p.DeleteAt, &p.IsPinned, &p.UserID, &p.ChannelID, &p.RootID,
		&p.OriginalID, &p.Message, &p.Type, &p.Props, &p.Hashtags, &p.FileIDs, &p.HasReactions, &p.Priority, &p.RequestedAck,
	}
}

func scanPost(row scanner) (*model.Post, error) {
	p := &model.Post{}
	return p, row.Scan(postDest(p)...)
}

// Post reads a post, deleted ones and older versions included.
func (q Q) Post(ctx context.Context, id string) (*model.Post, error) {
	return one(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p WHERE p.id = ?`, id)
}

// Posts reads those of the posts that exist, deleted ones included.
func (q Q) Posts(ctx context.Context, ids []string) ([]*model.Post, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p WHERE `+q.d.idsIn("p.id"), q.d.ids(ids))
}

// LockPost reads a post and holds it until the transaction ends.
func (t *Tx) LockPost(ctx context.Context, id string) (*model.Post, error) {
	return one(ctx, t.Q, scanPost, `SELECT `+postCols+` FROM posts p WHERE p.id = ?`+t.d.forChange("p"), id)
}

// LockPosts reads those of the posts that exist and holds them until the transaction ends.
func (t *Tx) LockPosts(ctx context.Context, ids []string) ([]*model.Post, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return list(ctx, t.Q, scanPost, `SELECT `+postCols+` FROM posts p WHERE `+t.d.idsIn("p.id")+` ORDER BY p.id`+t.d.forChange("p"),
		t.d.ids(ids))
}

// InsertPost stores a new post; [Tx.CountPosts] moves the channel's counters.
func (t *Tx) InsertPost(ctx context.Context, p *model.Post) error {
	return t.InsertPosts(ctx, []*model.Post{p})
}

// postRow is a post as one of many that are stored at once.
type postRow struct {
	ID           string           `json:"id"`
	CreateAt     int64            `json:"create_at"`
	UpdateAt     int64            `json:"update_at"`
	EditAt       int64            `json:"edit_at"`
	DeleteAt     int64            `json:"delete_at"`
	IsPinned     bool             `json:"is_pinned"`
	UserID       string           `json:"user_id"`
	ChannelID    string           `json:"channel_id"`
	RootID       *string          `json:"root_id"`
	OriginalID   *string          `json:"original_id"`
	Message      string           `json:"message"`
	Type         string           `json:"type"`
	Props        model.RawJSON    `json:"props"`
	Hashtags     string           `json:"hashtags"`
	FileIDs      model.StringList `json:"file_ids"`
	HasReactions bool             `json:"has_reactions"`
	Priority     string           `json:"priority"`
	RequestedAck bool             `json:"requested_ack"`
}

// optional is a reference that may be absent.
func optional(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// InsertPosts stores new posts and makes them known to the search.
func (t *Tx) InsertPosts(ctx context.Context, posts []*model.Post) error {
	rows := make([]postRow, len(posts))
	for i, p := range posts {
		if !model.Storable(p.Message) || !model.Storable(p.Type) || !model.Storable(string(p.Props)) {
			return ErrText
		}
		rows[i] = postRow{
			ID: p.ID, CreateAt: p.CreateAt, UpdateAt: p.UpdateAt, EditAt: p.EditAt, DeleteAt: p.DeleteAt,
			IsPinned: p.IsPinned, UserID: p.UserID, ChannelID: p.ChannelID, RootID: optional(p.RootID),
			OriginalID: optional(p.OriginalID), Message: p.Message, Type: p.Type, Props: p.Props, Hashtags: p.Hashtags,
			FileIDs: p.FileIDs, HasReactions: p.HasReactions, Priority: p.Priority, RequestedAck: p.RequestedAck,
		}
		if p.Props == nil {
			rows[i].Props = model.RawJSON("{}")
		}
	}
	_, err := exec(ctx, t.Q, `INSERT INTO posts (id, create_at, update_at, edit_at, delete_at, is_pinned, user_id, channel_id, root_id,
			original_id, message, type, props, hashtags, file_ids, has_reactions, priority, requested_ack)
		SELECT x.id, x.create_at, x.update_at, x.edit_at, x.delete_at, x.is_pinned, x.user_id, x.channel_id, x.root_id,
			x.original_id, x.message, x.type, x.props, x.hashtags, x.file_ids, x.has_reactions, x.priority, x.requested_ack
		FROM `+t.d.records("id text", "create_at bigint", "update_at bigint", "edit_at bigint", "delete_at bigint", "is_pinned boolean",
		"user_id text", "channel_id text", "root_id text", "original_id text", "message text", "type text", "props jsonb",
		"hashtags text", "file_ids jsonb", "has_reactions boolean", "priority text", "requested_ack boolean"), jsonRows(rows))
	if err != nil {
		return err
	}
	return t.IndexPosts(ctx, posts)
}

// UpdatePost stores what can change of a post, and keeps the search in step with it.
func (t *Tx) UpdatePost(ctx context.Context, was, p *model.Post) error {
	err := change(ctx, t.Q, `UPDATE posts SET update_at = ?, edit_at = ?, delete_at = ?, is_pinned = ?, message = ?, type = ?,
			props = `+t.d.json+`, hashtags = ?, file_ids = `+t.d.json+`, has_reactions = ?, priority = ?, requested_ack = ?
		WHERE id = ?`, p.UpdateAt, p.EditAt, p.DeleteAt, p.IsPinned, p.Message, p.Type, p.Props, p.Hashtags, p.FileIDs, p.HasReactions,
		p.Priority, p.RequestedAck, p.ID)
	if err != nil || p.Message == was.Message && p.Hashtags == was.Hashtags {
		return err
	}
	return t.IndexPosts(ctx, []*model.Post{p})
}

// TouchedPost says when a post last changed.
type TouchedPost struct {
	ID string `json:"id"`
	At int64  `json:"at"`
}

// TouchPosts moves forward when posts last changed, as a reply does with its root.
func (t *Tx) TouchPosts(ctx context.Context, posts []TouchedPost) error {
	_, err := exec(ctx, t.Q, `UPDATE posts SET update_at = x.at FROM `+t.d.records("id text", "at bigint")+`
		WHERE posts.id = x.id AND posts.update_at < x.at`, jsonRows(posts))
	return err
}

// DeletePosts marks a post and the replies to it as deleted, says in them by whom, and gives
// them. Whoever does so holds the root.
func (t *Tx) DeletePosts(ctx context.Context, id, by string, at int64) ([]*model.Post, error) {
	return list(ctx, t.Q, scanPost, `UPDATE posts AS p SET delete_at = ?, update_at = ?, props = `+t.d.withText("props", "deleteBy")+`
		WHERE (p.id = ? OR p.root_id = ?) AND p.delete_at = 0 AND p.original_id IS NULL RETURNING `+postReturned,
		at, at, by, id, id)
}
