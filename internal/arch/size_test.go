package arch

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// The longest file and the longest function, in lines.
const (
	fileMax     = 400
	functionMax = 60
)

// Files and functions that may be longer, each with its reason: "internal/x/y.go" and
// "internal/x.Name".
var (
	longFiles     = map[string]string{}
	longFunctions = map[string]string{}
)

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	long := map[string]bool{}
	for _, s := range sources(t) {
		if s.test || s.lines <= fileMax {
			continue
		}
		long[s.path] = true
		if longFiles[s.path] == "" {
			t.Errorf("%s has %d lines, at most %d are allowed: split it by what a reader would look for", s.path, s.lines, fileMax)
		}
	}
	for path := range longFiles {
		if !long[path] {
			t.Errorf("%s is no exception any more: remove it from longFiles", path)
		}
	}
}

func TestFunctionsAreShort(t *testing.T) {
	t.Parallel()
	long := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || s.test {
				continue
			}
			lines := s.line(fn.End()) - s.line(fn.Pos()) + 1
			name := s.pkg() + "." + nameOf(fn)
			if lines <= functionMax {
				continue
			}
			long[name] = true
			if longFunctions[name] == "" {
				t.Errorf("%s: %s has %d lines, at most %d are allowed", s.path, nameOf(fn), lines, functionMax)
			}
		}
	}
	for name := range longFunctions {
		if !long[name] {
			t.Errorf("%s is no exception any more: remove it from longFunctions", name)
		}
	}
}

// nameOf gives Name, or Type.Name of a method.
func nameOf(fn *ast.FuncDecl) string {
	if receiver := receiverOf(fn); receiver != "" {
		return receiver + "." + fn.Name.Name
	}
	return fn.Name.Name
}

// receiverOf gives the type a method belongs to.
func receiverOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return ""
	}
	expr := fn.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	t.Parallel()
	described := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		described[s.pkg()] = described[s.pkg()] || s.Doc.Text() != ""
		for _, d := range s.Decls {
			for _, missing := range undocumented(d) {
				t.Errorf("%s:%d: %s is exported and has no comment", s.path, s.line(missing.Pos()), missing.Name)
			}
		}
	}
	for pkg, ok := range described {
		if !ok {
			t.Errorf("%s has no package comment", pkg)
		}
	}
}

// undocumented gives the exported names of a declaration without a comment. The
// comment of a group counts for constants and variables, not for types.
func undocumented(d ast.Decl) (out []*ast.Ident) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		receiver := receiverOf(d)
		if d.Name.IsExported() && (receiver == "" || ast.IsExported(receiver)) && !says(d.Doc) {
			out = append(out, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && !says(s.Doc) && (d.Lparen.IsValid() || !says(d.Doc)) {
					out = append(out, s.Name)
				}
			case *ast.ValueSpec:
				out = append(out, undocumentedValues(d, s)...)
			}
		}
	}
	return out
}

func undocumentedValues(d *ast.GenDecl, s *ast.ValueSpec) (out []*ast.Ident) {
	if says(d.Doc) || says(s.Doc) || says(s.Comment) {
		return nil
	}
	for _, name := range s.Names {
		if name.IsExported() {
			out = append(out, name)
		}
	}
	return out
}

// says tells whether there is a comment for readers, not only one for tools.
func says(c *ast.CommentGroup) bool { return strings.TrimSpace(c.Text()) != "" }

func TestNothingHappensBeforeMain(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, d := range s.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: init runs unasked: build what it builds where it is wired", s.path)
			}
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
				dotImports(t, s)
			}
		}
	}
}

func dotImports(t *testing.T, s source) {
	t.Helper()
	for _, i := range s.Imports {
		if i.Name != nil && i.Name.Name == "." {
			t.Errorf("%s imports %s into its own names", s.path, i.Path.Value)
		}
	}
}
