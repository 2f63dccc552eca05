package arch

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"muster/internal/api/spec"
)

const compatibilityPage = "docs/compatibility.md"

// documented is a row of the table of operations: method, path, operation, state, notes.
var documented = regexp.MustCompile(`^(\| ([A-Z]+) \| ([^ |]+) \| (\w+) \| )(\w+)( \|.*)$`)

var parameter = regexp.MustCompile(`\{[^}]*\}|\*`)

// routeKey is a method and a path without the names of its parameters.
func routeKey(method, path string) string {
	return method + " " + parameter.ReplaceAllString(path, "{}")
}

// routes tells of each route of the API whether it is done.
func routes(t *testing.T) map[string]bool {
	t.Helper()
	tables := map[string]ast.Node{} // functions that give routes
	var used []string               // those the API is made of
	for _, s := range sources(t) {
		if s.pkg() != "internal/api" || s.test {
			continue
		}
		for _, d := range s.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			tables[fn.Name.Name] = fn
			if fn.Name.Name == "routes" {
				used = called(fn)
			}
		}
	}
	done := map[string]bool{}
	for _, name := range used {
		ast.Inspect(tables[name], func(n ast.Node) bool {
			if list, ok := n.(*ast.CompositeLit); ok {
				if key, finished, ok := route(list); ok {
					done[key] = done[key] || finished
				}
			}
			return true
		})
	}
	if len(done) < 50 {
		t.Fatalf("only %d routes found: the route table is not read as it should be", len(done))
	}
	return done
}

// called names the methods a function calls that give routes.
func called(fn *ast.FuncDecl) (names []string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && strings.HasSuffix(s.Sel.Name, "Routes") {
			names = append(names, s.Sel.Name)
		}
		return true
	})
	return names
}

// route reads {http.MethodGet, "/users", session, none, a.getUsers, 0}.
func route(l *ast.CompositeLit) (key string, done, ok bool) {
	if len(l.Elts) < 5 {
		return "", false, false
	}
	method, isMethod := l.Elts[0].(*ast.SelectorExpr)
	path, isPath := l.Elts[1].(*ast.BasicLit)
	if !isMethod || !isPath || !strings.HasPrefix(method.Sel.Name, "Method") {
		return "", false, false
	}
	full, done := "/api/v4"+strings.Trim(path.Value, `"`), true
	for _, e := range l.Elts[2:] {
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				done = done && id.Name != "notYet"
				if id.Name == "atRoot" {
					full = strings.TrimPrefix(full, "/api/v4")
				}
			}
			return true
		})
	}
	return routeKey(strings.ToUpper(strings.TrimPrefix(method.Sel.Name, "Method")), full), done, true
}

// TestCompatibilityIsTrue: docs/compatibility.md has a row for each operation of the
// users API, and says done of exactly those the server does. With -update it writes
// the states.
func TestCompatibilityIsTrue(t *testing.T) {
	t.Parallel()
	done := routes(t)
	var rows []string
	var page strings.Builder
	for line := range strings.Lines(read(t, compatibilityPage)) {
		row := documented.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if row == nil {
			page.WriteString(line)
			continue
		}
		rows = append(rows, row[2]+" "+row[3]+" "+row[4])
		state := "open"
		if done[routeKey(row[2], row[3])] {
			state = "done"
		}
		page.WriteString(row[1] + state + row[6] + "\n")
		if state != row[5] && !*update {
			t.Errorf("%s says that %s is %s, the routes say %s: go test ./internal/arch -update", compatibilityPage, row[4], row[5], state)
		}
	}
	var want []string
	for _, op := range spec.Operations() {
		want = append(want, fmt.Sprintf("%s %s %s", op.Method, op.Path, op.Name))
	}
	if !slices.Equal(rows, want) {
		t.Errorf("%s must have exactly these rows, in this order:\n%s", compatibilityPage, strings.Join(want, "\n"))
	}
	if *update {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(compatibilityPage)), []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
