package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the top of the repository, seen from here.
const root = "../.."

// source is one Go file.
type source struct {
	path  string // from the top of the repository, with slashes: internal/store/db.go
	test  bool
	lines int
	set   *token.FileSet
	*ast.File
}

// pkg is the folder of the file: internal/store.
func (s source) pkg() string { return s.path[:strings.LastIndexByte(s.path, '/')] }

// imports gives the paths the file imports.
func (s source) imports() (out []string) {
	for _, i := range s.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			panic(err) // the parser has accepted it
		}
		out = append(out, path)
	}
	return out
}

// line gives the line of a position.
func (s source) line(p token.Pos) int { return s.set.Position(p).Line }

// sources gives every Go file of the program. The folders that are not searched
// hold no Go of ours.
func sources(t *testing.T) []source {
	t.Helper()
	list, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var parsed = sync.OnceValues(func() ([]source, error) {
	var out []source
	for _, top := range []string{"cmd", "internal", "test"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules"):
				return filepath.SkipDir
			case filepath.Ext(path) != ".go":
				return nil
			}
			s, err := parse(path)
			out = append(out, s)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
})

func parse(path string) (source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return source{}, err
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return source{}, err
	}
	s := source{path: filepath.ToSlash(rel), test: strings.HasSuffix(path, "_test.go"), set: token.NewFileSet()}
	s.lines = strings.Count(string(text), "\n")
	s.File, err = parser.ParseFile(s.set, path, text, parser.ParseComments|parser.SkipObjectResolution)
	return s, err
}
