package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"muster/internal/api/spec"
	"muster/internal/fault"
	"muster/internal/model"
)

// TestEveryChangeLeavesAnAuditRecord counts: a route that changes something has a record
// name, or says why it has none.
func TestEveryChangeLeavesAnAuditRecord(t *testing.T) {
	t.Parallel()
	routes := map[string]route{}
	for _, r := range (&API{}).routes() {
		routes[r.method+" "+shapeOf(r.path)] = r
		key := r.method + " " + r.path
		_, named := auditRecords[key]
		_, excused := unrecorded[key]
		changes := !readOnly(r.method) && r.extra&noCSRF == 0
		if changes && !named && !excused {
			t.Errorf("%s leaves no audit record: name it in audit_names.go", key)
		}
		if named && excused {
			t.Errorf("%s is named and excused", key)
		}
	}
	for _, op := range spec.Operations() {
		if _, ok := routes[op.Method+" "+shapeOf(strings.TrimPrefix(op.Path, Prefix))]; !ok {
			t.Errorf("%s has no route", op.Name)
		}
	}
	known := map[string]bool{}
	for _, r := range routes {
		known[r.method+" "+r.path] = true
	}
	for key, as := range auditRecords {
		if !known[key] {
			t.Errorf("%s is no route", key)
		}
		if as.name == "" || as.of.param != "" && !strings.Contains(key, "{"+as.of.param+"}") {
			t.Errorf("%s: %+v", key, as)
		}
	}
	for key, why := range unrecorded {
		if !known[key] || why == "" {
			t.Errorf("%s is no route or has no reason", key)
		}
	}
}

// TestNoSecretIsKeptByName: no parameter of this name is ever kept, whoever lists it.
func TestNoSecretIsKeptByName(t *testing.T) {
	t.Parallel()
	for key, as := range auditRecords {
		for _, name := range as.keep {
			for _, part := range []string{"password", "secret", "code", "auth_data", "magic"} {
				if strings.Contains(strings.ToLower(name), part) {
					t.Errorf("%s keeps %s", key, name)
				}
			}
			if name == "token" || name == "text" || name == "t" || name == "iid" {
				t.Errorf("%s keeps %s", key, name)
			}
		}
	}
}

func TestOutcomeOfARequest(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		err    error
		status string
		id     string
		code   int
	}{
		{"done", nil, model.AuditSuccess, "", 0},
		{"refused", fault.New(fault.Forbidden, "x"), model.AuditFail, "x", 403},
		{"not classified", errors.New("broken"), model.AuditFail, internalID, 500},
		{"done but for a remainder", fault.New(fault.PartlyDone, "y"), model.AuditSuccess, "y", 202},
		{"caller gone", fault.New(fault.Internal, "z").Because(context.Canceled), model.AuditAttempt, "z", 500},
		{"panic", fmt.Errorf("x: %w", errPanicked), model.AuditAttempt, internalID, 500},
	} {
		status, why := (&call{}).outcome(tc.err)
		if status != tc.status || (why == nil) != (tc.err == nil) || why != nil && *why != (model.AuditError{ID: tc.id, StatusCode: tc.code}) {
			t.Errorf("%s: %s %+v", tc.name, status, why)
		}
	}
}

func TestParametersArePlain(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"a"`: `"a"`, `1.5`: `1.5`, `true`: `true`, `["a","b"]`: `["a","b"]`, `[1,2,3]`: `3`,
		`null`: ``, `{"a":1}`: ``, `1e999`: ``, `["` + strings.Repeat(`x","`, listMax) + `"]`: fmt.Sprint(listMax + 1),
	} {
		got, ok := plain(json.RawMessage(raw))
		text, _ := json.Marshal(got)
		if !ok {
			text = nil
		}
		if string(text) != want {
			t.Errorf("%.30s became %s, want %s", raw, text, want)
		}
	}
	if got := stateJSON(map[string]any{"id": "i", "x": strings.Repeat("x", stateMax)}); string(got) != `{"id":"i","truncated":true}` {
		t.Errorf("a large state became %.50s", got)
	}
}

// TestNoNoteIsNoTrouble: handlers take notes whether or not records are kept.
func TestNoNoteIsNoTrouble(t *testing.T) {
	t.Parallel()
	var n *note
	n.about("a", "b")
	n.made("a", "b")
	n.with("a", "b")
	n.signedIn(&model.Session{})
	(&call{}).endRecord(nil)
	if recordedAs(route{method: http.MethodGet, path: "/users"}) != nil {
		t.Error("reading users leaves a record")
	}
}
