package store

import (
	"context"
	"encoding/json"
	"slices"

	"muster/internal/model"
)

// auditRow is a record as it is stored, under the names of the columns.
type auditRow struct {
	ID          string             `json:"id"`
	CreateAt    int64              `json:"create_at"`
	Event       string             `json:"event"`
	Status      string             `json:"status"`
	UserID      string             `json:"user_id"`
	SessionID   string             `json:"session_id"`
	ObjectType  string             `json:"object_type"`
	ObjectID    string             `json:"object_id"`
	APIPath     string             `json:"api_path"`
	Method      string             `json:"method"`
	RequestID   string             `json:"request_id"`
	Local       bool               `json:"local"`
	ErrorID     string             `json:"error_id"`
	ErrorStatus int                `json:"error_status"`
	Peer        model.AuditPeer    `json:"peer"`
	Details     model.AuditDetails `json:"details"`
}

func auditRowOf(r *model.AuditRecord) auditRow {
	row := auditRow{
		ID: r.ID, CreateAt: r.CreateAt, Event: r.Event, Status: r.Status, UserID: r.Actor.UserID, SessionID: r.Actor.SessionID,
		ObjectType: r.Deed.ObjectType, ObjectID: r.Deed.ObjectID, APIPath: r.Meta.APIPath, Method: r.Meta.Method,
		RequestID: r.Meta.RequestID, Local: r.Meta.Local, Peer: r.Actor.AuditPeer, Details: r.Deed.AuditDetails,
	}
	if r.Error != nil {
		row.ErrorID, row.ErrorStatus = r.Error.ID, r.Error.StatusCode
	}
	return row
}

const auditRecordCols = `id, create_at, event, status, user_id, session_id, object_type, object_id, api_path, method, request_id,
	local, error_id, error_status, peer, details`

// InsertAuditRecords stores a batch of records; those that are stored already stay as
// they are.
func (t *Tx) InsertAuditRecords(ctx context.Context, records []*model.AuditRecord) error {
	rows := make([]auditRow, len(records))
	for i, r := range records {
		rows[i] = auditRowOf(r)
	}
	_, err := exec(ctx, t.Q, `INSERT INTO audit_records (`+auditRecordCols+`)
		SELECT value->>'id', CAST(value->>'create_at' AS BIGINT), value->>'event', value->>'status', value->>'user_id', value->>'session_id',
			value->>'object_type', value->>'object_id', value->>'api_path', value->>'method', value->>'request_id',
			CAST(value->>'local' AS BOOLEAN), value->>'error_id', CAST(value->>'error_status' AS BIGINT), value->'peer', value->'details'
		FROM `+t.d.rows+` WHERE TRUE ON CONFLICT (id) DO NOTHING`, jsonRows(rows))
	return err
}

func scanAuditRecord(row scanner) (*model.AuditRecord, error) {
	r, failure := &model.AuditRecord{}, model.AuditError{}
	var peer, details []byte
	err := row.Scan(&r.ID, &r.CreateAt, &r.Event, &r.Status, &r.Actor.UserID, &r.Actor.SessionID, &r.Deed.ObjectType, &r.Deed.ObjectID,
		&r.Meta.APIPath, &r.Meta.Method, &r.Meta.RequestID, &r.Meta.Local, &failure.ID, &failure.StatusCode, &peer, &details)
	if err != nil {
		return nil, err
	}
	if failure != (model.AuditError{}) {
		r.Error = &failure
	}
	r.Time = model.AuditTime(r.CreateAt)
	if err := json.Unmarshal(peer, &r.Actor.AuditPeer); err != nil {
		return nil, err
	}
	return r, json.Unmarshal(details, &r.Deed.AuditDetails)
}

// AuditFilter chooses records; what is empty chooses all.
type AuditFilter struct {
	After  string // id or time prefix behind which to begin
	Before string // id or time prefix before which to end
	UserID string // who did it or to whom it was done
	Event  string
	Limit  int
}

// where gives the conditions of a choice; whose is one that names the account, if any.
func (f AuditFilter) where(whose string) *where {
	w := &where{}
	w.add("id > ?", f.After)
	if f.Before != "" {
		w.add("id < ?", f.Before)
	}
	if f.Event != "" {
		w.add("event = ?", f.Event)
	}
	if whose != "" {
		w.add(whose, f.UserID)
	}
	return w
}

// AuditRecords lists records, the oldest first. Every choice has an index that ends with
// the id. For an account two of them give a page each, and the union is cut.
func (q Q) AuditRecords(ctx context.Context, f AuditFilter) ([]*model.AuditRecord, error) {
	if f.UserID == "" {
		w := f.where("")
		return list(ctx, q, scanAuditRecord, `SELECT `+auditRecordCols+` FROM audit_records`+w.text()+` ORDER BY id LIMIT ?`,
			append(w.args, f.Limit)...)
	}
	did, suffered := f.where("user_id = ?"), f.where("object_id = ?")
	page := func(w *where) string {
		return `SELECT id FROM (SELECT id FROM audit_records` + w.text() + ` ORDER BY id LIMIT ?) AS page`
	}
	args := slices.Concat(did.args, []any{f.Limit}, suffered.args, []any{f.Limit, f.Limit})
	return list(ctx, q, scanAuditRecord, `SELECT `+auditRecordCols+` FROM audit_records
		WHERE id IN (`+page(did)+` UNION `+page(suffered)+`) ORDER BY id LIMIT ?`, args...)
}

// ForgetAuditRecords takes what is personal out of up to n records of an account behind
// an id: from where it acted, and the details of what it did and of what was done to it.
// It gives the last id it saw, empty when there are no more.
func (t *Tx) ForgetAuditRecords(ctx context.Context, userID, after string, n int) (string, error) {
	found, err := t.AuditRecords(ctx, AuditFilter{After: after, UserID: userID, Limit: n})
	if err != nil || len(found) == 0 {
		return "", err
	}
	ids := make([]string, len(found))
	for i, r := range found {
		ids[i] = r.ID
	}
	_, err = exec(ctx, t.Q, `UPDATE audit_records SET details = `+t.d.json+`, peer = CASE WHEN user_id = ? THEN `+t.d.json+` ELSE peer END
		WHERE `+t.d.idsIn("id"), "{}", userID, "{}", t.d.ids(ids))
	return ids[len(ids)-1], err
}

// DeleteAuditRecords removes up to n records from before an id or time prefix.
func (t *Tx) DeleteAuditRecords(ctx context.Context, before string, n int) (int64, error) {
	return exec(ctx, t.Q, `DELETE FROM audit_records WHERE id IN (SELECT id FROM audit_records WHERE id < ? ORDER BY id LIMIT ?)`, before, n)
}
