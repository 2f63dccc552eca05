package store

import (
	"context"

	"muster/internal/fold"
	"muster/internal/model"
)

const groupCols = `g.id, g.name, g.display_name, g.description, g.source, COALESCE(g.remote_id, ''), g.create_at, g.update_at, g.delete_at,
	g.allow_reference, g.members, EXISTS (SELECT 1 FROM group_teams x WHERE x.group_id = g.id AND x.delete_at = 0)
		OR EXISTS (SELECT 1 FROM group_channels x WHERE x.group_id = g.id AND x.delete_at = 0)`

func scanGroup(row scanner) (*model.Group, error) {
	g := &model.Group{}
	return g, row.Scan(&g.ID, &g.Name, &g.DisplayName, &g.Description, &g.Source, &g.RemoteID, &g.CreateAt, &g.UpdateAt, &g.DeleteAt,
		&g.AllowReference, &g.Members, &g.HasSyncables)
}

// Group reads a group, removed ones included.
func (q Q) Group(ctx context.Context, id string) (*model.Group, error) {
	return one(ctx, q, scanGroup, `SELECT `+groupCols+` FROM user_groups g WHERE g.id = ?`, id)
}

// LockGroup reads a group and holds it until the transaction ends.
func (t *Tx) LockGroup(ctx context.Context, id string) (*model.Group, error) {
	return one(ctx, t.Q, scanGroup, `SELECT `+groupCols+` FROM user_groups g WHERE g.id = ?`+t.d.forUpdate, id)
}

// GroupsByNames lists the groups with exactly these names that are not removed.
func (q Q) GroupsByNames(ctx context.Context, names []string) ([]*model.Group, error) {
	return list(ctx, q, scanGroup, `SELECT `+groupCols+` FROM user_groups g WHERE `+q.d.idsIn("g.name")+` AND g.delete_at = 0 ORDER BY g.name`,
		q.d.ids(names))
}

// GroupFilter says which groups a list is about.
type GroupFilter struct {
	Term          string // occurs in the name or the display name
	Source        string
	Referenceable bool
	WithMember    string // an account that is in it
	Since         int64  // changed since then
	Archived      bool   // removed ones, too
	OnlyArchived  bool
	NotInTeam     string // not tied to the team
	NotInChannel  string // not tied to the channel
	OfTeam        string // tied to the team
	OfChannel     string // tied to the channel
	Offset, Limit int
}

func (f *GroupFilter) where() *where {
	w := &where{}
	if f.Term != "" {
		w.add("REPLACE(g.search, ?, '') <> g.search", fold.Text(f.Term))
	}
	if f.Source != "" {
		w.add("g.source = ?", f.Source)
	}
	if f.Referenceable {
		w.add("g.allow_reference")
	}
	if f.WithMember != "" {
		w.add("EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.id AND m.user_id = ?)", f.WithMember)
	}
	if f.Since > 0 {
		w.add("g.update_at >= ?", f.Since)
	}
	switch {
	case f.OnlyArchived:
		w.add("g.delete_at > 0")
	case !f.Archived && f.Since == 0:
		w.add("g.delete_at = 0")
	}
	for _, tie := range []struct{ id, text string }{
		{f.NotInTeam, "NOT EXISTS (SELECT 1 FROM group_teams x WHERE x.group_id = g.id AND x.delete_at = 0 AND x.team_id = ?)"},
		{f.NotInChannel, "NOT EXISTS (SELECT 1 FROM group_channels x WHERE x.group_id = g.id AND x.delete_at = 0 AND x.channel_id = ?)"},
		{f.OfTeam, "EXISTS (SELECT 1 FROM group_teams x WHERE x.group_id = g.id AND x.delete_at = 0 AND x.team_id = ?)"},
		{f.OfChannel, "EXISTS (SELECT 1 FROM group_channels x WHERE x.group_id = g.id AND x.delete_at = 0 AND x.channel_id = ?)"},
	} {
		if tie.id != "" {
			w.add(tie.text, tie.id)
		}
	}
	return w
}

// Groups lists groups by display name.
func (q Q) Groups(ctx context.Context, f GroupFilter) ([]*model.Group, error) {
	w := f.where()
	return list(ctx, q, scanGroup, `SELECT `+groupCols+` FROM user_groups g`+w.text()+` ORDER BY g.display_name, g.id LIMIT ? OFFSET ?`,
		append(w.args, f.Limit, f.Offset)...)
}

// CountGroups counts the groups of a list.
func (q Q) CountGroups(ctx context.Context, f GroupFilter) (int64, error) {
	w := f.where()
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM user_groups g`+w.text(), w.args...)
}

// InsertGroup stores a new group without members.
func (t *Tx) InsertGroup(ctx context.Context, g *model.Group) error {
	_, err := exec(ctx, t.Q, `INSERT INTO user_groups (id, name, display_name, description, source, remote_id, create_at, update_at,
			delete_at, allow_reference, search)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		g.ID, g.Name, g.DisplayName, g.Description, g.Source, nullable(g.RemoteID), g.CreateAt, g.UpdateAt,
		g.DeleteAt, g.AllowReference, foldedLines(g.NameText(), g.DisplayName))
	return err
}

// UpdateGroup stores what can change of a group; its members have their own methods.
func (t *Tx) UpdateGroup(ctx context.Context, g *model.Group) error {
	return change(ctx, t.Q, `UPDATE user_groups SET name = ?, display_name = ?, description = ?, update_at = ?, delete_at = ?,
			allow_reference = ?, search = ? WHERE id = ?`,
		g.Name, g.DisplayName, g.Description, g.UpdateAt, g.DeleteAt, g.AllowReference, foldedLines(g.NameText(), g.DisplayName), g.ID)
}
