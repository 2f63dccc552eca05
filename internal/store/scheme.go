package store

import (
	"context"
	"strings"

	"muster/internal/model"
)

const schemeCols = `id, name, display_name, description, create_at, update_at, delete_at, scope, default_team_admin_role,
	default_team_user_role, default_team_guest_role, default_channel_admin_role, default_channel_user_role,
	default_channel_guest_role, default_playbook_admin_role, default_playbook_member_role, default_run_admin_role,
	default_run_member_role`

func schemeDest(s *model.Scheme) []any {
	return []any{
		&s.ID, &s.Name, &s.DisplayName, &s.Description, &s.CreateAt, &s.UpdateAt, &s.DeleteAt, &s.Scope, &s.DefaultTeamAdminRole,
		&s.DefaultTeamUserRole, &s.DefaultTeamGuestRole, &s.DefaultChannelAdminRole, &s.DefaultChannelUserRole,
		&s.DefaultChannelGuestRole, &s.DefaultPlaybookAdminRole, &s.DefaultPlaybookMemberRole, &s.DefaultRunAdminRole,
		&s.DefaultRunMemberRole,
	}
}

func scanScheme(row scanner) (*model.Scheme, error) {
	s := &model.Scheme{}
	return s, row.Scan(schemeDest(s)...)
}

// Scheme reads a scheme that is not deleted.
func (q Q) Scheme(ctx context.Context, id string) (*model.Scheme, error) {
	return one(ctx, q, scanScheme, `SELECT `+schemeCols+` FROM schemes WHERE id = ? AND delete_at = 0`, id)
}

// LockScheme is Scheme and holds it until the transaction ends.
func (t *Tx) LockScheme(ctx context.Context, id string) (*model.Scheme, error) {
	return one(ctx, t.Q, scanScheme, `SELECT `+schemeCols+` FROM schemes WHERE id = ? AND delete_at = 0`+t.d.forUpdate, id)
}

// Schemes lists the schemes of a scope, or of all, newest first.
func (q Q) Schemes(ctx context.Context, scope string, offset, limit int) ([]*model.Scheme, error) {
	w := &where{}
	w.add(`delete_at = 0`)
	if scope != "" {
		w.add(`scope = ?`, scope)
	}
	return list(ctx, q, scanScheme, `SELECT `+schemeCols+` FROM schemes`+w.text()+` ORDER BY create_at DESC, id DESC LIMIT ? OFFSET ?`,
		append(w.args, limit, offset)...)
}

// InsertScheme stores a new scheme.
func (t *Tx) InsertScheme(ctx context.Context, s *model.Scheme) error {
	_, err := exec(ctx, t.Q, `INSERT INTO schemes (`+schemeCols+`) VALUES (?`+strings.Repeat(`, ?`, len(schemeDest(s))-1)+`)`,
		schemeDest(s)...)
	return err
}

// UpdateScheme stores what is written about a scheme, and whether it is deleted.
func (t *Tx) UpdateScheme(ctx context.Context, s *model.Scheme) error {
	return change(ctx, t.Q, `UPDATE schemes SET name = ?, display_name = ?, description = ?, update_at = ?, delete_at = ? WHERE id = ?`,
		s.Name, s.DisplayName, s.Description, s.UpdateAt, s.DeleteAt, s.ID)
}

// AbandonScheme takes a scheme from every team and channel that has it, and deletes its roles.
func (t *Tx) AbandonScheme(ctx context.Context, schemeID string, at int64) error {
	for _, table := range []string{"teams", "channels"} {
		if _, err := exec(ctx, t.Q, `UPDATE `+table+` SET scheme_id = NULL WHERE scheme_id = ?`, schemeID); err != nil {
			return err
		}
	}
	_, err := exec(ctx, t.Q, `UPDATE roles SET delete_at = ?, update_at = ? WHERE scheme_id = ? AND delete_at = 0`, at, at, schemeID)
	return err
}

// DropUnusedSchemes removes the schemes whose names begin with a prefix and that no channel
// has, with their roles. The index on names finds them.
func (t *Tx) DropUnusedSchemes(ctx context.Context, prefix string) error {
	const unused = `(SELECT s.id FROM schemes s WHERE s.name >= ? AND s.name < ?
		AND NOT EXISTS (SELECT 1 FROM channels c WHERE c.scheme_id = s.id))`
	for _, text := range []string{`DELETE FROM roles WHERE scheme_id IN ` + unused, `DELETE FROM schemes WHERE id IN ` + unused} {
		if _, err := exec(ctx, t.Q, text, prefix, prefix+"{"); err != nil { // behind every letter a name can have
			return err
		}
	}
	return nil
}

// SchemeChannels lists the channels that have a scheme, archived ones included, by display name.
func (q Q) SchemeChannels(ctx context.Context, schemeID string, offset, limit int) ([]*model.Channel, error) {
	return list(ctx, q, scanChannel, `SELECT `+channelCols+` FROM channels c WHERE c.scheme_id = ?
		ORDER BY c.display_name, c.id LIMIT ? OFFSET ?`, schemeID, limit, offset)
}

// SchemePlace is a team or channel that has a scheme.
type SchemePlace struct{ SchemeID, TeamID, ChannelID string }

// SchemePlaces lists up to n teams and channels that have one of the schemes.
func (q Q) SchemePlaces(ctx context.Context, schemeIDs []string, n int) ([]SchemePlace, error) {
	return list(ctx, q, func(row scanner) (p SchemePlace, err error) {
		err = row.Scan(&p.SchemeID, &p.TeamID, &p.ChannelID)
		return p, err
	}, `SELECT scheme_id, id, '' FROM teams WHERE `+q.d.idsIn("scheme_id")+`
		UNION ALL SELECT scheme_id, '', id FROM channels WHERE `+q.d.idsIn("scheme_id")+` ORDER BY 1, 2, 3 LIMIT ?`,
		q.d.ids(schemeIDs), q.d.ids(schemeIDs), n)
}

// ChannelTie is what memberships in a channel stand for by the scheme of the channel, and
// what they would stand for without it.
type ChannelTie struct{ Own, Without model.SchemeRoles }

const channelTieCols = `COALESCE(cs.default_channel_guest_role, ''), COALESCE(cs.default_channel_user_role, ''),
	COALESCE(cs.default_channel_admin_role, ''), COALESCE(NULLIF(ts.default_channel_guest_role, ''), 'channel_guest'),
	COALESCE(NULLIF(ts.default_channel_user_role, ''), 'channel_user'), COALESCE(NULLIF(ts.default_channel_admin_role, ''), 'channel_admin')`

func scanChannelTie(row scanner) (t ChannelTie, err error) {
	err = row.Scan(&t.Own.Guest, &t.Own.User, &t.Own.Admin, &t.Without.Guest, &t.Without.User, &t.Without.Admin)
	return t, err
}

// ChannelTies lists the ties of all schemes of channels, each once. A scheme that no channel
// has is tied to the built-in roles.
func (q Q) ChannelTies(ctx context.Context) ([]ChannelTie, error) {
	return list(ctx, q, scanChannelTie, `SELECT DISTINCT `+channelTieCols+` FROM schemes cs
		LEFT JOIN channels c ON c.scheme_id = cs.id LEFT JOIN teams t ON t.id = c.team_id
		LEFT JOIN schemes ts ON ts.id = t.scheme_id AND ts.delete_at = 0
		WHERE cs.scope = 'channel' AND cs.delete_at = 0 ORDER BY 1, 4, 5, 6`)
}

// ChannelTie reads the tie of a channel; its own names are empty without a scheme.
func (q Q) ChannelTie(ctx context.Context, channelID string) (ChannelTie, error) {
	return one(ctx, q, scanChannelTie, `SELECT `+channelTieCols+` FROM channels c`+channelSchemes+`WHERE c.id = ?`, channelID)
}
