package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestEveryMethodIsTestedOnBothDatabases fails for each exported method of the
// store that no test of this package calls, and for each query or change that is
// called only by tests of one database.
func TestEveryMethodIsTestedOnBothDatabases(t *testing.T) {
	t.Parallel()
	called := map[string]bool{}       // by any test
	calledOnBoth := map[string]bool{} // by tests that run on every database, and their helpers
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests: %v", err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			names := callsIn(fn)
			both := !strings.HasPrefix(fn.Name.Name, "Test") || slices.Contains(names, "onEach")
			for _, n := range names {
				called[n] = true
				calledOnBoth[n] = calledOnBoth[n] || both
			}
		}
	}
	for _, kind := range []reflect.Type{reflect.TypeFor[*DB](), reflect.TypeFor[*Tx](), reflect.TypeFor[Q]()} {
		for i := range kind.NumMethod() {
			name := kind.Method(i).Name
			_, isQuery := reflect.TypeFor[*Tx]().MethodByName(name)
			switch {
			case !called[name]:
				t.Errorf("no test calls %s.%s", kind, name)
			case isQuery && !calledOnBoth[name]:
				t.Errorf("%s.%s is tested on one database only; see onEach", kind, name)
			}
		}
	}
}

// callsIn gives the names of the functions and methods a function calls.
func callsIn(fn *ast.FuncDecl) (names []string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f := call.Fun.(type) {
		case *ast.Ident:
			names = append(names, f.Name)
		case *ast.SelectorExpr:
			names = append(names, f.Sel.Name)
		}
		return true
	})
	return names
}
