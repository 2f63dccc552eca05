package store

import (
	"context"
	"strings"

	"muster/internal/model"
)

// InsertAudit adds a row to the access history.
func (t *Tx) InsertAudit(ctx context.Context, a *model.Audit) error {
	_, err := exec(ctx, t.Q, `INSERT INTO audits (id, create_at, user_id, action, extra_info, ip_address, session_id)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, a.ID, a.CreateAt, nullable(a.UserID), a.Action, a.ExtraInfo, a.IPAddress, a.SessionID)
	return err
}

// Audits lists the access history of an account, newest first.
func (q Q) Audits(ctx context.Context, userID string, offset, limit int) ([]*model.Audit, error) {
	return list(ctx, q, func(row scanner) (*model.Audit, error) {
		a := &model.Audit{}
		return a, row.Scan(&a.ID, &a.CreateAt, &a.UserID, &a.Action, &a.ExtraInfo, &a.IPAddress, &a.SessionID)
	}, `SELECT id, create_at, COALESCE(user_id, ''), action, extra_info, ip_address, session_id FROM audits
		WHERE user_id = ? ORDER BY id DESC LIMIT ? OFFSET ?`, userID, limit, offset)
}

const roleCols = `id, name, display_name, description, create_at, update_at, delete_at, permissions, scheme_managed, built_in, scheme_id`

func scanRole(row scanner) (*model.Role, error) {
	r := &model.Role{}
	var permissions string
	err := row.Scan(&r.ID, &r.Name, &r.DisplayName, &r.Description, &r.CreateAt, &r.UpdateAt, &r.DeleteAt,
		&permissions, &r.SchemeManaged, &r.BuiltIn, &r.SchemeID)
	r.Permissions = strings.Fields(permissions)
	return r, err
}

// Roles lists every role, deleted ones included, by name.
func (q Q) Roles(ctx context.Context) ([]*model.Role, error) {
	return list(ctx, q, scanRole, `SELECT `+roleCols+` FROM roles ORDER BY name`)
}

// LockRole reads a role and holds it until the transaction ends.
func (t *Tx) LockRole(ctx context.Context, id string) (*model.Role, error) {
	return one(ctx, t.Q, scanRole, `SELECT `+roleCols+` FROM roles WHERE id = ?`+t.d.forUpdate, id)
}

// RolesNamed reads the roles of these names, deleted ones included, by name.
func (q Q) RolesNamed(ctx context.Context, names []string) ([]*model.Role, error) {
	return list(ctx, q, scanRole, `SELECT `+roleCols+` FROM roles WHERE `+q.d.idsIn("name")+` ORDER BY name`, q.d.ids(names))
}

// roleRow is a role on its way into the database.
type roleRow struct {
	*model.Role
	Text string `json:"text"` // of the permissions
}

// InsertRoles stores roles unless some of their names exist.
func (t *Tx) InsertRoles(ctx context.Context, roles []*model.Role) error {
	rows := make([]roleRow, len(roles))
	for i, r := range roles {
		rows[i] = roleRow{r, strings.Join(r.Permissions, " ")}
	}
	_, err := exec(ctx, t.Q, `INSERT INTO roles (`+roleCols+`) SELECT r.value->>'id', r.value->>'name', r.value->>'display_name',
			r.value->>'description', CAST(r.value->>'create_at' AS BIGINT), CAST(r.value->>'update_at' AS BIGINT),
			CAST(r.value->>'delete_at' AS BIGINT), r.value->>'text', CAST(r.value->>'scheme_managed' AS BOOLEAN),
			CAST(r.value->>'built_in' AS BOOLEAN), r.value->>'scheme_id'
		FROM `+t.d.rows+` WHERE TRUE ON CONFLICT (name) DO NOTHING`, jsonRows(rows))
	return err
}

// SetRolePermissions replaces what a role grants.
func (t *Tx) SetRolePermissions(ctx context.Context, id string, permissions []string, at int64) error {
	return change(ctx, t.Q, `UPDATE roles SET permissions = ?, update_at = ? WHERE id = ?`, strings.Join(permissions, " "), at, id)
}

func scanPreference(row scanner) (p model.Preference, err error) {
	err = row.Scan(&p.UserID, &p.Category, &p.Name, &p.Value)
	return p, err
}

// Preferences lists the settings of an account, all or those of one category.
func (q Q) Preferences(ctx context.Context, userID, category string) ([]model.Preference, error) {
	w := &where{}
	w.add("user_id = ?", userID)
	if category != "" {
		w.add("category = ?", category)
	}
	return list(ctx, q, scanPreference, `SELECT user_id, category, name, value FROM preferences`+w.text()+`
		ORDER BY category, name LIMIT ?`, append(w.args, model.PreferencesPerOwner)...)
}

// Preference reads one setting.
func (q Q) Preference(ctx context.Context, userID, category, name string) (model.Preference, error) {
	return one(ctx, q, scanPreference, `SELECT user_id, category, name, value FROM preferences
		WHERE user_id = ? AND category = ? AND name = ?`, userID, category, name)
}

// SavePreference stores one setting.
func (t *Tx) SavePreference(ctx context.Context, p model.Preference) error {
	_, err := exec(ctx, t.Q, `INSERT INTO preferences (user_id, category, name, value) VALUES (?, ?, ?, ?)
		ON CONFLICT (user_id, category, name) DO UPDATE SET value = excluded.value`, p.UserID, p.Category, p.Name, p.Value)
	return err
}

// CountPreferences tells how many settings an account has.
func (q Q) CountPreferences(ctx context.Context, userID string) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*) FROM preferences WHERE user_id = ?`, userID)
}

// DeletePreference removes one setting; one that is not there is fine.
func (t *Tx) DeletePreference(ctx context.Context, p model.Preference) error {
	_, err := exec(ctx, t.Q, `DELETE FROM preferences WHERE user_id = ? AND category = ? AND name = ?`, p.UserID, p.Category, p.Name)
	return err
}

func scanStatus(row scanner) (*model.Status, error) {
	s := &model.Status{}
	return s, row.Scan(&s.UserID, &s.Status, &s.Manual, &s.LastActivityAt, &s.DNDEndTime, &s.PrevStatus, &s.ActiveChannel)
}

const statusCols = `user_id, status, manual, last_activity_at, dnd_end_time, prev_status, active_channel`

// Status reads the presence of an account.
func (q Q) Status(ctx context.Context, userID string) (*model.Status, error) {
	return one(ctx, q, scanStatus, `SELECT `+statusCols+` FROM statuses WHERE user_id = ?`, userID)
}

// Statuses reads the presence of those accounts among ids that have one.
func (q Q) Statuses(ctx context.Context, ids []string) ([]*model.Status, error) {
	return list(ctx, q, scanStatus, `SELECT `+statusCols+` FROM statuses WHERE `+q.d.idsIn("user_id"), q.d.ids(ids))
}

// SaveStatus stores the presence of an account.
func (t *Tx) SaveStatus(ctx context.Context, s *model.Status) error {
	_, err := exec(ctx, t.Q, `INSERT INTO statuses (`+statusCols+`) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET status = excluded.status, manual = excluded.manual,
			last_activity_at = excluded.last_activity_at, dnd_end_time = excluded.dnd_end_time,
			prev_status = excluded.prev_status, active_channel = excluded.active_channel`,
		s.UserID, s.Status, s.Manual, s.LastActivityAt, s.DNDEndTime, s.PrevStatus, s.ActiveChannel)
	return err
}

// ExpiredDND lists up to n accounts whose timed "do not disturb" ended by the time in seconds.
func (q Q) ExpiredDND(ctx context.Context, by int64, n int) ([]*model.Status, error) {
	return list(ctx, q, scanStatus, `SELECT `+statusCols+` FROM statuses
		WHERE dnd_end_time > 0 AND dnd_end_time <= ? AND status = 'dnd' ORDER BY dnd_end_time LIMIT ?`, by, n)
}
