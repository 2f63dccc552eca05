package store

import (
	"context"

	"muster/internal/model"
)

const groupCols = `g.id, g.name, g.display_name, g.description, g.source, g.remote_id, g.create_at, g.update_at, g.delete_at,
	g.allow_reference, g.members`

func scanGroup(row scanner) (*model.Group, error) {
	g := &model.Group{}
	return g, row.Scan(&g.ID, &g.Name, &g.DisplayName, &g.Description, &g.Source, &g.RemoteID, &g.CreateAt, &g.UpdateAt, &g.DeleteAt,
		&g.AllowReference, &g.Members)
}

// Group reads a group, removed ones included.
func (q Q) Group(ctx context.Context, id string) (*model.Group, error) {
	return one(ctx, q, scanGroup, `SELECT `+groupCols+` FROM user_groups g WHERE g.id = ?`, id)
}

// InsertGroup stores a new group.
func (t *Tx) InsertGroup(ctx context.Context, g *model.Group) error {
	name := ""
	if g.Name != nil {
		name = *g.Name
	}
	_, err := exec(ctx, t.Q, `INSERT INTO user_groups (id, name, display_name, description, source, remote_id, create_at, update_at,
			delete_at, allow_reference, search)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		g.ID, g.Name, g.DisplayName, g.Description, g.Source, g.RemoteID, g.CreateAt, g.UpdateAt,
		g.DeleteAt, g.AllowReference, foldedLines(name, g.DisplayName))
	return err
}
