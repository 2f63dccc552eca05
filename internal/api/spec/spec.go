// Package spec holds the published description of the API: the OpenAPI document
// and the table of the operations Muster exists to answer.
package spec

import (
	_ "embed" // the two files below
	"fmt"
	"strconv"
	"strings"
)

//go:embed operations.tsv
var operationsTable string

//go:embed all.json
var openAPI []byte

//go:embed muster.json
var additions []byte

// Operation is one line of the operations table.
type Operation struct {
	Method   string // upper case
	Path     string // with placeholders: /api/v4/users/{user_id}
	Name     string // the operation id of the OpenAPI document, unique
	Statuses []int  // the documented statuses, ascending
}

// Operations lists the operations table in its own order. It panics on a
// malformed table, which is part of the program.
func Operations() []Operation {
	lines := strings.Split(strings.TrimSpace(operationsTable), "\n")[1:] // the first names the columns
	out := make([]Operation, 0, len(lines))
	for i, line := range lines {
		op, err := parseOperation(line)
		if err != nil {
			panic(fmt.Sprintf("operations.tsv line %d: %v", i+2, err))
		}
		out = append(out, op)
	}
	return out
}

// OpenAPI gives the OpenAPI document as JSON. The bytes are shared: callers must
// not change them.
func OpenAPI() []byte { return openAPI }

// Additions gives the OpenAPI document of the operations that only Muster has, as JSON.
// The bytes are shared like those of OpenAPI.
func Additions() []byte { return additions }

// parseOperation reads the columns method, path, operation and statuses.
func parseOperation(line string) (Operation, error) {
	cols := strings.Split(line, "\t")
	if len(cols) < 4 {
		return Operation{}, fmt.Errorf("%d columns instead of 4", len(cols))
	}
	op := Operation{Method: cols[0], Path: cols[1], Name: cols[2]}
	for _, s := range strings.Split(cols[3], ",") {
		status, err := strconv.Atoi(s)
		if err != nil {
			return Operation{}, fmt.Errorf("status of %s: %w", op.Name, err)
		}
		op.Statuses = append(op.Statuses, status)
	}
	return op, nil
}
