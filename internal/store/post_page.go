package store

import (
	"context"
	"math"

	"muster/internal/model"
)

// PostsOf says which posts of a channel are listed.
type PostsOf struct {
	ChannelID string
	RootsOnly bool
	Deleted   bool // as well
}

// where is the condition; each of its four forms has its index, but for deleted posts, which only
// few may list.
func (o PostsOf) where() string {
	text := ` WHERE p.channel_id = ? AND p.original_id IS NULL`
	if !o.Deleted {
		text += ` AND p.delete_at = 0`
	}
	if o.RootsOnly {
		text += ` AND p.root_id IS NULL`
	}
	return text
}

// PostPage lists a channel newest first, a page at a time.
func (q Q) PostPage(ctx context.Context, o PostsOf, offset, n int) ([]*model.Post, error) {
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p`+o.where()+`
		ORDER BY p.create_at DESC, p.id DESC LIMIT ? OFFSET ?`, o.ChannelID, n, offset)
}

// PostPlace is where a post stands in its channel: comparing the pair keeps pages stable when
// two posts share a millisecond.
type PostPlace struct {
	At int64
	ID string
}

// Newest is the place behind every post.
func Newest() PostPlace { return PostPlace{At: math.MaxInt64} }

// PostsBefore lists the n posts of a channel before a place, newest first.
func (q Q) PostsBefore(ctx context.Context, o PostsOf, at PostPlace, n int) ([]*model.Post, error) {
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p`+o.where()+` AND (p.create_at, p.id) < (?, ?)
		ORDER BY p.create_at DESC, p.id DESC LIMIT ?`, o.ChannelID, at.At, at.ID, n)
}

// PostsAfter lists the n posts of a channel behind a place, oldest first.
func (q Q) PostsAfter(ctx context.Context, o PostsOf, at PostPlace, n int) ([]*model.Post, error) {
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p`+o.where()+` AND (p.create_at, p.id) > (?, ?)
		ORDER BY p.create_at, p.id LIMIT ?`, o.ChannelID, at.At, at.ID, n)
}

// PostsSince lists up to n posts of a channel that changed after a time, deleted ones
// included, the newest change first.
func (q Q) PostsSince(ctx context.Context, channelID string, since int64, rootsOnly bool, n int) ([]*model.Post, error) {
	o := PostsOf{ChannelID: channelID, RootsOnly: rootsOnly, Deleted: true}
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p`+o.where()+` AND p.update_at > ?
		ORDER BY p.update_at DESC LIMIT ?`, channelID, since, n)
}

// Replies lists the replies to several roots, oldest first, up to n.
func (q Q) Replies(ctx context.Context, rootIDs []string, n int) ([]*model.Post, error) {
	if len(rootIDs) == 0 {
		return nil, nil
	}
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p
		WHERE `+q.d.idsIn("p.root_id")+` AND p.delete_at = 0 AND p.original_id IS NULL
		ORDER BY p.create_at, p.id LIMIT ?`, q.d.ids(rootIDs), n)
}

// PinnedPosts lists what is pinned to a channel, newest first.
func (q Q) PinnedPosts(ctx context.Context, channelID string, n int) ([]*model.Post, error) {
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p
		WHERE p.channel_id = ? AND p.is_pinned AND p.delete_at = 0 AND p.original_id IS NULL
		ORDER BY p.create_at DESC, p.id DESC LIMIT ?`, channelID, n)
}

// PostVersions lists the older versions of a post, newest first.
func (q Q) PostVersions(ctx context.Context, id string, n int) ([]*model.Post, error) {
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p WHERE p.original_id = ? ORDER BY p.id DESC LIMIT ?`, id, n)
}

// ThreadUpdates lists the replies to a root that changed behind a place, in the order of the
// changes.
func (q Q) ThreadUpdates(ctx context.Context, rootID string, from PostPlace, n int) ([]*model.Post, error) {
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p
		WHERE p.root_id = ? AND p.delete_at = 0 AND p.original_id IS NULL AND (p.update_at, p.id) > (?, ?)
		ORDER BY p.update_at, p.id LIMIT ?`, rootID, from.At, from.ID, n)
}

// ThreadReplies lists the replies to a root from a place on: behind it, oldest first, or
// before it, newest first. The zero place is the end at which the list begins.
func (q Q) ThreadReplies(ctx context.Context, rootID string, from PostPlace, up bool, n int) ([]*model.Post, error) {
	compare, order := `(p.create_at, p.id) > (?, ?)`, `p.create_at, p.id`
	if up {
		compare, order = `(p.create_at, p.id) < (?, ?)`, `p.create_at DESC, p.id DESC`
		if from.At == 0 {
			from = Newest()
		}
	}
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p
		WHERE p.root_id = ? AND p.delete_at = 0 AND p.original_id IS NULL AND `+compare+` ORDER BY `+order+` LIMIT ?`, rootID, from.At, from.ID, n)
}
