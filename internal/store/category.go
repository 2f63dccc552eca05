package store

import (
	"context"

	"muster/internal/model"
)

const categoryCols = `k.id, k.user_id, k.team_id, k.sort_order, k.sorting, k.type, k.display_name, k.muted, k.collapsed`

func scanCategory(row scanner) (*model.Category, error) {
	c := &model.Category{ChannelIDs: []string{}}
	return c, row.Scan(&c.ID, &c.UserID, &c.TeamID, &c.SortOrder, &c.Sorting, &c.Type, &c.DisplayName, &c.Muted, &c.Collapsed)
}

// Categories lists the categories of an account in a team, in order, without their channels.
func (q Q) Categories(ctx context.Context, userID, teamID string) ([]*model.Category, error) {
	return list(ctx, q, scanCategory, `SELECT `+categoryCols+` FROM sidebar_categories k
		WHERE k.user_id = ? AND k.team_id = ? ORDER BY k.sort_order, k.id`, userID, teamID)
}

// LockCategories is Categories for somebody who is about to change them: changes of one
// account's sidebar wait for each other.
func (t *Tx) LockCategories(ctx context.Context, userID, teamID string) ([]*model.Category, error) {
	return list(ctx, t.Q, scanCategory, `SELECT `+categoryCols+` FROM sidebar_categories k
		WHERE k.user_id = ? AND k.team_id = ? ORDER BY k.sort_order, k.id`+t.d.forUpdate, userID, teamID)
}

// Placed is a channel under a heading of the sidebar; without one it has not been placed.
type Placed struct {
	ChannelID  string
	CategoryID string
	Direct     bool // a direct or group channel
}

// PlacedChannels lists the channels an account is in, of a team and of no team, with the categories
// they stand in: those placed in their order, behind them all others by display name.
// Archived ones are left out.
func (q Q) PlacedChannels(ctx context.Context, userID, teamID string) ([]Placed, error) {
	return list(ctx, q, func(row scanner) (p Placed, err error) {
		return p, row.Scan(&p.ChannelID, &p.CategoryID, &p.Direct)
	}, `SELECT c.id, COALESCE(s.category_id, ''), c.team_id IS NULL
		FROM channel_members m JOIN channels c ON c.id = m.channel_id
			LEFT JOIN (sidebar_channels s JOIN sidebar_categories k ON k.id = s.category_id AND k.team_id = ?)
				ON s.channel_id = c.id AND s.user_id = m.user_id
		WHERE m.user_id = ? AND (c.team_id = ? OR c.team_id IS NULL) AND c.delete_at = 0
		ORDER BY s.category_id IS NULL, s.sort_order, c.display_name, c.id`, teamID, userID, teamID)
}

// InsertCategory stores a new category without channels.
func (t *Tx) InsertCategory(ctx context.Context, c *model.Category) error {
	_, err := exec(ctx, t.Q, `INSERT INTO sidebar_categories (id, user_id, team_id, sort_order, sorting, type, display_name, muted, collapsed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.ID, c.UserID, c.TeamID, c.SortOrder, c.Sorting, c.Type, c.DisplayName, c.Muted, c.Collapsed)
	return err
}

// categoryRow is a changed category on its way into the database.
type categoryRow struct {
	ID        string `json:"id"`
	Order     int64  `json:"sort_order"`
	Sorting   string `json:"sorting"`
	Name      string `json:"display_name"`
	Muted     bool   `json:"muted"`
	Collapsed bool   `json:"collapsed"`
}

// UpdateCategories stores what can change of categories, without their channels.
func (t *Tx) UpdateCategories(ctx context.Context, list []*model.Category) error {
	changed := make([]categoryRow, len(list))
	for i, c := range list {
		changed[i] = categoryRow{ID: c.ID, Order: c.SortOrder, Sorting: c.Sorting, Name: c.DisplayName, Muted: c.Muted, Collapsed: c.Collapsed}
	}
	_, err := exec(ctx, t.Q, `UPDATE sidebar_categories SET sort_order = CAST(r.value->>'sort_order' AS BIGINT), sorting = r.value->>'sorting',
			display_name = r.value->>'display_name', muted = CAST(r.value->>'muted' AS BOOLEAN),
			collapsed = CAST(r.value->>'collapsed' AS BOOLEAN)
		FROM `+t.d.rows+` WHERE sidebar_categories.id = r.value->>'id'`, jsonRows(changed))
	return err
}

// placeRow is a channel in a category on its way into the database.
type placeRow struct {
	CategoryID string `json:"category_id"`
	ChannelID  string `json:"channel_id"`
	Order      int    `json:"sort_order"`
}

// PlaceChannels replaces the channels of categories of an account.
func (t *Tx) PlaceChannels(ctx context.Context, userID string, categories []*model.Category) error {
	ids, places := make([]string, len(categories)), []placeRow{}
	for i, c := range categories {
		ids[i] = c.ID
		for n, channelID := range c.ChannelIDs {
			places = append(places, placeRow{c.ID, channelID, n * model.CategoryStep})
		}
	}
	if _, err := exec(ctx, t.Q, `DELETE FROM sidebar_channels WHERE user_id = ? AND `+t.d.idsIn("category_id"), userID, t.d.ids(ids)); err != nil {
		return err
	}
	_, err := exec(ctx, t.Q, `INSERT INTO sidebar_channels (category_id, channel_id, user_id, sort_order)
		SELECT r.value->>'category_id', r.value->>'channel_id', CAST(? AS TEXT), CAST(r.value->>'sort_order' AS BIGINT)
		FROM `+t.d.rows+` WHERE TRUE ON CONFLICT (category_id, channel_id) DO NOTHING`, userID, jsonRows(places))
	return err
}

// UnplaceChannels takes channels out of every category an account has in a team.
func (t *Tx) UnplaceChannels(ctx context.Context, userID, teamID string, channelIDs []string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM sidebar_channels WHERE user_id = ? AND `+t.d.idsIn("channel_id")+`
		AND category_id IN (SELECT id FROM sidebar_categories WHERE user_id = ? AND team_id = ?)`,
		userID, t.d.ids(channelIDs), userID, teamID)
	return err
}

// DeleteCategory removes a category; its channels are in none then.
func (t *Tx) DeleteCategory(ctx context.Context, id string) error {
	if _, err := exec(ctx, t.Q, `DELETE FROM sidebar_channels WHERE category_id = ?`, id); err != nil {
		return err
	}
	return change(ctx, t.Q, `DELETE FROM sidebar_categories WHERE id = ?`, id)
}

// FavorChannels puts channels among the favourites of an account, in every team where they
// can be seen, and out of its other categories.
func (t *Tx) FavorChannels(ctx context.Context, userID string, channelIDs []string) error {
	if _, err := exec(ctx, t.Q, `DELETE FROM sidebar_channels WHERE user_id = ? AND `+t.d.idsIn("channel_id")+`
			AND category_id IN (SELECT id FROM sidebar_categories WHERE user_id = ? AND type <> 'favorites')`,
		userID, t.d.ids(channelIDs), userID); err != nil {
		return err
	}
	_, err := exec(ctx, t.Q, `INSERT INTO sidebar_channels (category_id, channel_id, user_id, sort_order)
		SELECT k.id, c.id, k.user_id, (SELECT COALESCE(MAX(s.sort_order), 0) + 10 FROM sidebar_channels s WHERE s.category_id = k.id)
		FROM sidebar_categories k JOIN channel_members m ON m.user_id = k.user_id
			JOIN channels c ON c.id = m.channel_id AND (c.team_id = k.team_id OR c.team_id IS NULL)
		WHERE k.user_id = ? AND k.type = 'favorites' AND `+t.d.idsIn("c.id")+`
		ON CONFLICT (category_id, channel_id) DO NOTHING`, userID, t.d.ids(channelIDs))
	return err
}

// UnfavorChannels takes channels out of the favourites of an account.
func (t *Tx) UnfavorChannels(ctx context.Context, userID string, channelIDs []string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM sidebar_channels WHERE user_id = ? AND `+t.d.idsIn("channel_id")+`
		AND category_id IN (SELECT id FROM sidebar_categories WHERE user_id = ? AND type = 'favorites')`,
		userID, t.d.ids(channelIDs), userID)
	return err
}

// SaveFavorites stores the preferences that say which channels are favourites, and removes those of others.
func (t *Tx) SaveFavorites(ctx context.Context, userID string, on, off []string) error {
	if len(on) > 0 {
		added := make([]placeRow, len(on))
		for i, id := range on {
			added[i].ChannelID = id
		}
		if _, err := exec(ctx, t.Q, `INSERT INTO preferences (user_id, category, name, value)
				SELECT CAST(? AS TEXT), CAST(? AS TEXT), r.value->>'channel_id', 'true' FROM `+t.d.rows+` WHERE TRUE
				ON CONFLICT (user_id, category, name) DO UPDATE SET value = excluded.value`,
			userID, model.FavoritePreference, jsonRows(added)); err != nil {
			return err
		}
	}
	if len(off) == 0 {
		return nil
	}
	_, err := exec(ctx, t.Q, `DELETE FROM preferences WHERE user_id = ? AND category = ? AND `+t.d.idsIn("name"),
		userID, model.FavoritePreference, t.d.ids(off))
	return err
}
