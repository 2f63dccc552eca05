package arch

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// requirement reads the version of a module in the text of a go.mod.
func requirement(text, module string) string {
	for line := range strings.Lines(text) {
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(words) >= 2 && words[0] == module {
			return words[1]
		}
	}
	return ""
}

// inUse asks the go command for the version of a module in this build, and where its go.mod is.
func inUse(t *testing.T, module string) (version, goMod string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}} {{.GoMod}}", module).Output()
	if err != nil {
		t.Fatalf("ask for the version of %s: %v", module, err)
	}
	if _, err := fmt.Sscan(string(out), &version, &goMod); err != nil {
		t.Fatalf("read %q: %v", out, err)
	}
	return version, goMod
}

// TestSQLiteRunsWithItsOwnLibc: the SQLite driver is C turned into Go together with
// one version of its C library, and works with no other.
func TestSQLiteRunsWithItsOwnLibc(t *testing.T) {
	t.Parallel()
	const libc = "modernc.org/libc"
	driver, goMod := inUse(t, "modernc.org/sqlite")
	text, err := os.ReadFile(goMod)
	if err != nil {
		t.Fatal(err)
	}
	want := requirement(string(text), libc)
	if got, _ := inUse(t, libc); want == "" || got != want {
		t.Errorf("the build uses %s %s, the driver %s wants %s: go get %s@%s", libc, got, driver, want, libc, want)
	}
}

// TestDependenciesAreExplained: docs/dependencies.md has a line for each module the
// program or its tests import, and for none that go.mod does not name.
func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	goMod, doc := read(t, "go.mod"), read(t, "docs/dependencies.md")
	explained := map[string]bool{}
	for line := range strings.Lines(doc) {
		cell, ok := strings.CutPrefix(line, "| `")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(cell, "`")
		explained[name] = true
		if requirement(goMod, name) == "" {
			t.Errorf("docs/dependencies.md explains %s, which go.mod does not name", name)
		}
	}
	for _, s := range sources(t) {
		for _, imported := range s.imports() {
			if !strings.Contains(strings.Split(imported, "/")[0], ".") {
				continue // standard library, or ours
			}
			if !explains(explained, imported) {
				t.Errorf("%s imports %s, whose module docs/dependencies.md does not explain", s.path, imported)
			}
		}
	}
}

// read gives a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// explains tells whether the package belongs to one of the modules.
func explains(modules map[string]bool, imported string) bool {
	for name := imported; name != "."; name = path.Dir(name) {
		if modules[name] {
			return true
		}
	}
	return false
}
