package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// How error ids begin, and what a whole one looks like. The names of files and keys
// of the program have at most one dot, ids have two or more.
var (
	idStart = regexp.MustCompile(`^(api|app|model|store|mfa|ent|web|basic_security_check)\.[a-zA-Z0-9_]`)
	idWhole = regexp.MustCompile(`^[a-z_]+(\.[a-zA-Z0-9_]+){2,}$`)
)

// form is an error id with a hole, written with * in its place: model.user.is_valid.*.app_error.
// An id without a hole is a form too.
type form string

// fill puts a text into the hole.
func (f form) fill(text string) form { return form(strings.Replace(string(f), "*", text, 1)) }

// made is what the sources say about error ids.
type made struct {
	ids    map[string]bool
	params map[form]map[string]bool // form → names given to fault.Error.With
	open   map[form]bool            // forms whose hole is filled with something that is no literal
}

// function is a place where a parameter can become part of an id. Functions inside of
// another one are known there only.
type function struct{ scope, name string }

// composer is a parameter that fills the hole of a form.
type composer struct {
	index int
	form  form
}

// reader reads one package.
type reader struct {
	made
	consts    map[string]string
	composers map[function][]composer
	params    map[function][]string // names of the parameters
}

// idsInSources finds every error id the program can make: literals, and forms filled
// with literals by the functions that take a part of an id as their parameter.
func idsInSources(t *testing.T) made {
	t.Helper()
	all := made{ids: map[string]bool{}, params: map[form]map[string]bool{}, open: map[form]bool{}}
	for _, files := range packages(t, "..") {
		r := &reader{made: all, consts: map[string]string{}, composers: map[function][]composer{}, params: map[function][]string{}}
		for _, f := range files {
			r.declarations(f)
		}
		for before := -1; before != len(all.ids)+len(all.open)+r.known(); {
			before = len(all.ids) + len(all.open) + r.known()
			for _, f := range files {
				r.file(f)
			}
		}
	}
	return all
}

// packages parses the sources below a folder, tests and test tools excepted.
func packages(t *testing.T, root string) map[string][]*ast.File {
	t.Helper()
	out := map[string][]*ast.File{}
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "testkit"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
		out[filepath.Dir(path)] = append(out[filepath.Dir(path)], f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (r *reader) known() (n int) {
	for _, list := range r.composers {
		n += len(list)
	}
	return n
}

// declarations notes the constants and the parameters of the package's functions.
func (r *reader) declarations(f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			r.params[function{name: d.Name.Name}] = names(d.Type.Params)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				v, ok := s.(*ast.ValueSpec)
				if !ok || d.Tok != token.CONST {
					continue
				}
				for i, value := range v.Values {
					if text, ok := literal(value); ok {
						r.consts[v.Names[i].Name] = text
					}
				}
			}
		}
	}
}

func names(params *ast.FieldList) (out []string) {
	for _, p := range params.List {
		for _, n := range p.Names {
			out = append(out, n.Name)
		}
	}
	return out
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// file reads one file; a second reading uses the composers the first one found.
func (r *reader) file(f *ast.File) {
	for _, d := range f.Decls {
		if imports, ok := d.(*ast.GenDecl); ok && imports.Tok == token.IMPORT {
			continue
		}
		in := []function{{}}
		if fn, ok := d.(*ast.FuncDecl); ok {
			in[0].name = fn.Name.Name
		}
		r.node(d, in)
	}
}

// node reads a part of a file; in are the functions around it, the outermost first.
func (r *reader) node(n ast.Node, in []function) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			return r.assignment(n, in)
		case *ast.CallExpr:
			r.call(n, in)
		case *ast.BinaryExpr:
			if n.Op == token.ADD {
				r.text(n, in)
				return false
			}
		case *ast.BasicLit:
			r.text(n, in)
		}
		return true
	})
}

// assignment reads name := func(…) {…}, whose parameters may compose ids too.
func (r *reader) assignment(a *ast.AssignStmt, in []function) bool {
	fn, ok := a.Rhs[0].(*ast.FuncLit)
	name, named := a.Lhs[0].(*ast.Ident)
	if !ok || !named || len(a.Rhs) != 1 {
		return true
	}
	inner := function{scope: in[0].name, name: name.Name}
	r.params[inner] = names(fn.Type.Params)
	r.node(fn.Body, append(slices.Clone(in), inner))
	return false
}

// text notes an id, or the parameter that makes one.
func (r *reader) text(e ast.Expr, in []function) {
	f, hole := r.form(e)
	r.note(f, hole, in)
}

// form writes an expression with * for what is no literal; hole is that part.
func (r *reader) form(e ast.Expr) (f form, hole ast.Expr) {
	if text, ok := literal(e); ok {
		return form(text), nil
	}
	if id, ok := e.(*ast.Ident); ok && r.consts[id.Name] != "" {
		return form(r.consts[id.Name]), nil
	}
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		left, leftHole := r.form(sum.X)
		right, rightHole := r.form(sum.Y)
		if leftHole == nil {
			leftHole = rightHole
		}
		return left + right, leftHole
	}
	return "*", e
}

func (r *reader) note(f form, hole ast.Expr, in []function) {
	if !idStart.MatchString(string(f)) {
		return
	}
	if hole == nil {
		if idWhole.MatchString(string(f)) {
			r.ids[string(f)] = true
		}
		return
	}
	id, ok := hole.(*ast.Ident)
	for i := len(in) - 1; ok && i >= 0; i-- {
		if index := slices.Index(r.params[in[i]], id.Name); index >= 0 {
			if c := (composer{index, f}); !slices.Contains(r.composers[in[i]], c) {
				r.composers[in[i]] = append(r.composers[in[i]], c)
			}
			return
		}
	}
	r.open[f] = true
}

// call fills the forms of the function that is called, and notes what With gives.
func (r *reader) call(c *ast.CallExpr, in []function) {
	for _, known := range r.composersOf(c, in) {
		if known.index < len(c.Args) {
			f, hole := r.form(c.Args[known.index])
			r.note(known.form.fill(string(f)), hole, in)
		}
	}
	if name, given := with(c); given {
		for _, f := range r.faultOf(c.Fun.(*ast.SelectorExpr).X, in) {
			if r.made.params[f] == nil {
				r.made.params[f] = map[string]bool{}
			}
			r.made.params[f][name] = true
		}
	}
}

// composersOf gives what is known of the function that is called: one of this
// package, or one inside of the functions around the call.
func (r *reader) composersOf(c *ast.CallExpr, in []function) []composer {
	switch fn := c.Fun.(type) {
	case *ast.Ident:
		if inner := r.composers[function{scope: in[0].name, name: fn.Name}]; inner != nil {
			return inner
		}
		return r.composers[function{name: fn.Name}]
	case *ast.SelectorExpr:
		return r.composers[function{name: fn.Sel.Name}]
	}
	return nil
}

// with recognises f.With("Name", …).
func with(c *ast.CallExpr) (name string, ok bool) {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "With" || len(c.Args) != 2 {
		return "", false
	}
	return literal(c.Args[0])
}

// faultOf gives the forms of the fault an expression makes.
func (r *reader) faultOf(e ast.Expr, in []function) (out []form) {
	c, ok := e.(*ast.CallExpr)
	if !ok {
		return nil
	}
	for _, known := range r.composersOf(c, in) {
		f, _ := r.form(c.Args[known.index])
		out = append(out, known.form.fill(string(f)))
	}
	if s, ok := c.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"With", "Because", "Explain"}, s.Sel.Name) {
		return append(out, r.faultOf(s.X, in)...)
	}
	if len(c.Args) == 2 { // fault.New(kind, id)
		f, _ := r.form(c.Args[1])
		out = append(out, f)
	}
	return out
}
