package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"muster/internal/model"
)

// anAuditRecord makes a full record that is not stored yet.
func anAuditRecord(at int64, event, userID, objectID string) *model.AuditRecord {
	r := &model.AuditRecord{
		ID: model.NewTimeID(at), CreateAt: at, Event: event, Status: model.AuditFail,
		Actor: model.AuditActor{UserID: userID, SessionID: "s", AuditPeer: model.AuditPeer{Client: "browser é", IPAddress: "::1", XForwardedFor: "10.0.0.1"}},
		Deed: model.AuditDeed{ObjectType: "user", ObjectID: objectID, AuditDetails: model.AuditDetails{
			Parameters: map[string]any{"roles": "a b", "active": true, "n": 5.0}, PriorState: json.RawMessage(`{"a":1}`), NextState: json.RawMessage(`{"a":2}`),
		}},
		Meta: model.AuditMeta{APIPath: "/api/v4/x", Method: "PUT", RequestID: "r", Local: true}, Error: &model.AuditError{ID: "e", StatusCode: 400},
	}
	r.Fit()
	return r
}

func auditIDs(t *testing.T, db *DB, f AuditFilter) (out []string) {
	t.Helper()
	for _, r := range value[[]*model.AuditRecord](t)(db.AuditRecords(t.Context(), f)) {
		out = append(out, r.ID)
	}
	return out
}

func TestAuditRecordsAreStoredChosenAndForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := model.NewID(), model.NewID()
		a := anAuditRecord(10, "login", amy, "")
		b := anAuditRecord(20, "patchUser", amy, bob)
		c := anAuditRecord(30, "patchUser", bob, bob)
		d := anAuditRecord(40, "logout", "", amy)
		d.Error, d.Deed.AuditDetails, d.Meta.Local = nil, model.AuditDetails{}, false
		batch := []*model.AuditRecord{a, b, c, d}
		for range 2 { // a batch that was stored already changes nothing
			must(t, db, func(tx *Tx) error { return tx.InsertAuditRecords(ctx, batch) })
		}
		got := value[[]*model.AuditRecord](t)(db.AuditRecords(ctx, AuditFilter{Limit: 9}))
		for _, r := range got { // blanks are the database's
			for _, state := range []*json.RawMessage{&r.Deed.PriorState, &r.Deed.NextState} {
				if *state != nil {
					*state = json.RawMessage(strings.ReplaceAll(string(*state), " ", ""))
				}
			}
		}
		equal(t, "records", got, batch)
		for _, tc := range []struct {
			name string
			f    AuditFilter
			want []*model.AuditRecord
		}{
			{"first page", AuditFilter{Limit: 2}, []*model.AuditRecord{a, b}},
			{"next page", AuditFilter{After: b.ID, Limit: 2}, []*model.AuditRecord{c, d}},
			{"times", AuditFilter{After: model.TimeIDPrefix(20), Before: model.TimeIDPrefix(40), Limit: 9}, []*model.AuditRecord{b, c}},
			{"event", AuditFilter{Event: "patchUser", Limit: 9}, []*model.AuditRecord{b, c}},
			{"account", AuditFilter{UserID: bob, Limit: 9}, []*model.AuditRecord{b, c}},
			{"account, a page", AuditFilter{UserID: amy, Limit: 2}, []*model.AuditRecord{a, b}},
			{"account, next page", AuditFilter{UserID: amy, After: b.ID, Limit: 2}, []*model.AuditRecord{d}},
			{"account and event", AuditFilter{UserID: amy, Event: "login", Limit: 9}, []*model.AuditRecord{a}},
			{"nobody", AuditFilter{UserID: "x", Limit: 9}, nil},
		} {
			var want []string
			for _, r := range tc.want {
				want = append(want, r.ID)
			}
			equal(t, tc.name, auditIDs(t, db, tc.f), want)
		}

		after, steps := "", 0
		for more := true; more; more = after != "" {
			must(t, db, func(tx *Tx) (err error) { after, err = tx.ForgetAuditRecords(ctx, bob, after, 1); return err })
			if steps++; steps > 5 {
				t.Fatal("forgetting does not end")
			}
		}
		got = value[[]*model.AuditRecord](t)(db.AuditRecords(ctx, AuditFilter{Limit: 9}))
		equal(t, "what amy did to bob", []any{got[1].Actor, got[1].Deed}, []any{b.Actor, model.AuditDeed{ObjectType: "user", ObjectID: bob}})
		equal(t, "what bob did", []any{got[2].Actor, got[2].Deed}, []any{model.AuditActor{UserID: bob, SessionID: "s"}, model.AuditDeed{ObjectType: "user", ObjectID: bob}})
		equal(t, "what others did", got[0].Actor, a.Actor)

		must(t, db, func(tx *Tx) error {
			n, err := tx.DeleteAuditRecords(ctx, model.TimeIDPrefix(30), 1)
			equal(t, "removed", n, int64(1))
			return err
		})
		must(t, db, func(tx *Tx) error { _, err := tx.DeleteAuditRecords(ctx, model.TimeIDPrefix(30), 9); return err })
		equal(t, "kept", auditIDs(t, db, AuditFilter{Limit: 9}), []string{c.ID, d.ID})
	})
}

func TestAuditRecordsAreFoundByIndex(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		for i := range 20 {
			var batch []*model.AuditRecord
			for j := range 200 {
				batch = append(batch, anAuditRecord(int64(i*200+j), fmt.Sprint("event", j%20), fmt.Sprint(j), fmt.Sprint(j+1)))
			}
			must(t, db, func(tx *Tx) error { return tx.InsertAuditRecords(ctx, batch) })
		}
		for _, f := range []AuditFilter{
			{After: model.TimeIDPrefix(3990), Limit: 5},
			{Event: "event3", After: model.TimeIDPrefix(3000), Limit: 5},
			{UserID: "7", After: model.TimeIDPrefix(100), Limit: 5},
		} {
			w := f.where("")
			if f.UserID != "" {
				w = f.where("user_id = ?")
			}
			plan := auditPlan(t, db, `SELECT id FROM audit_records`+w.text()+` ORDER BY id LIMIT ?`, append(w.args, f.Limit)...)
			if strings.Contains(plan, "SCAN") || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%+v: %s", f, plan)
			}
		}
	})
}

// auditPlan says how a query would be run.
func auditPlan(t *testing.T, db *DB, query string, args ...any) string {
	t.Helper()
	explain, columns := "EXPLAIN QUERY PLAN ", 4
	if db.Driver() == Postgres {
		must(t, db, func(tx *Tx) error { _, err := exec(t.Context(), tx.Q, `ANALYZE audit_records`); return err })
		explain, columns = "EXPLAIN ", 1
	}
	lines := value[[][]string](t)(list(t.Context(), db.Q, func(row scanner) ([]string, error) { return text(row, columns) }, explain+query, args...))
	return fmt.Sprint(lines)
}
