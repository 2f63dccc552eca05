package spec

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOperations(t *testing.T) {
	t.Parallel()
	ops := Operations()
	if len(ops) != 77 {
		t.Errorf("the table has %d operations, want 77", len(ops))
	}
	want := Operation{Method: "POST", Path: "/api/v4/users/login", Name: "Login", Statuses: []int{201, 400, 403}}
	if d := cmp.Diff(want, ops[0]); d != "" {
		t.Errorf("first operation (-want +got):\n%s", d)
	}
	names := map[string]bool{}
	for _, op := range ops {
		if names[op.Name] {
			t.Errorf("%s is there twice", op.Name)
		}
		names[op.Name] = true
		if !slices.IsSorted(op.Statuses) {
			t.Errorf("the statuses of %s are not ascending: %v", op.Name, op.Statuses)
		}
	}
}

func TestEachOperationIsInTheDocument(t *testing.T) {
	t.Parallel()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string                     `json:"operationId"`
			Responses   map[string]json.RawMessage `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(OpenAPI(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, op := range Operations() {
		entry := doc.Paths[op.Path][strings.ToLower(op.Method)]
		if entry.OperationID != op.Name {
			t.Errorf("%s %s is %q in the document, %q in the table", op.Method, op.Path, entry.OperationID, op.Name)
		}
		for _, status := range op.Statuses {
			if _, ok := entry.Responses[strconv.Itoa(status)]; !ok {
				t.Errorf("%s: the document lacks status %d", op.Name, status)
			}
		}
	}
}

func TestParseOperation(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, line string }{
		{"too few columns", "GET\t/x\tX"},
		{"a status that is no number", "GET\t/x\tX\t200,ok\t"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if op, err := parseOperation(tc.line); err == nil {
				t.Errorf("parsed as %+v", op)
			}
		})
	}
}
