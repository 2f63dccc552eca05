package store

import (
	"context"

	"muster/internal/model"
)

const botCols = `b.user_id, u.username, u.first_name, b.description, b.owner_id, b.last_icon_update, b.create_at, b.update_at, b.delete_at`

const botFrom = ` FROM bots b JOIN users u ON u.id = b.user_id `

func scanBot(row scanner) (*model.Bot, error) {
	b := &model.Bot{}
	return b, row.Scan(&b.UserID, &b.Username, &b.DisplayName, &b.Description, &b.OwnerID, &b.LastIconUpdate, &b.CreateAt, &b.UpdateAt, &b.DeleteAt)
}

// Bot reads a bot, deleted ones included.
func (q Q) Bot(ctx context.Context, userID string) (*model.Bot, error) {
	return one(ctx, q, scanBot, `SELECT `+botCols+botFrom+`WHERE b.user_id = ?`, userID)
}

// BotOwner tells who owns a bot.
func (q Q) BotOwner(ctx context.Context, userID string) (string, error) {
	return one(ctx, q, scanValue[string], `SELECT owner_id FROM bots WHERE user_id = ?`, userID)
}

// BotFilter says which bots a list is about.
type BotFilter struct {
	OwnerID        string // empty for all
	IncludeDeleted bool
	OnlyOrphaned   bool // whose owner is a deactivated account
	Offset         int
	Limit          int
}

// Bots lists bots, the oldest first.
func (q Q) Bots(ctx context.Context, f BotFilter) ([]*model.Bot, error) {
	w := &where{}
	if f.OwnerID != "" {
		w.add("b.owner_id = ?", f.OwnerID)
	}
	if !f.IncludeDeleted {
		w.add("b.delete_at = 0")
	}
	if f.OnlyOrphaned {
		w.add("b.owner_id IN (SELECT o.id FROM users o WHERE o.delete_at > 0)")
	}
	return list(ctx, q, scanBot, `SELECT `+botCols+botFrom+w.text()+`
		ORDER BY b.create_at, u.username LIMIT ? OFFSET ?`, append(w.args, f.Limit, f.Offset)...)
}

// ActiveBotsOf lists up to n active bots of an owner, the oldest first.
func (q Q) ActiveBotsOf(ctx context.Context, ownerID string, n int) ([]*model.Bot, error) {
	return q.Bots(ctx, BotFilter{OwnerID: ownerID, Limit: n})
}

// InsertBot makes an account a bot.
func (t *Tx) InsertBot(ctx context.Context, b *model.Bot) error {
	_, err := exec(ctx, t.Q, `INSERT INTO bots (user_id, description, owner_id, last_icon_update, create_at, update_at, delete_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, b.UserID, b.Description, b.OwnerID, b.LastIconUpdate, b.CreateAt, b.UpdateAt, b.DeleteAt)
	return err
}

// UpdateBot stores what belongs to the bot itself; its name is its account's.
func (t *Tx) UpdateBot(ctx context.Context, b *model.Bot) error {
	return change(ctx, t.Q, `UPDATE bots SET description = ?, owner_id = ?, update_at = ?, delete_at = ? WHERE user_id = ?`,
		b.Description, b.OwnerID, b.UpdateAt, b.DeleteAt, b.UserID)
}

// DeleteBot makes an account no longer a bot.
func (t *Tx) DeleteBot(ctx context.Context, userID string) error {
	return change(ctx, t.Q, `DELETE FROM bots WHERE user_id = ?`, userID)
}
