package arch

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// requirementRow is a row of the table in docs/security.md: number and title, state, tests.
	requirementRow = regexp.MustCompile(`^\| ([678]\.\d+\.\d+) [^|]+ \| ([^|]+) \| (.+) \|$`)
	namedTest      = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
)

// requirementsOf is how many requirements the sections of ASVS 5.0 have.
var requirementsOf = map[string]int{
	"6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4,
	"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2, "8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2,
}

// TestSecurityClaimsAreTested makes sure that what docs/security.md calls met is shown
// by tests that exist, and that no requirement is passed over.
func TestSecurityClaimsAreTested(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	seen := map[string]int{}
	for line := range strings.Lines(string(page)) {
		named := namedTest.FindAllStringSubmatch(line, -1)
		for _, n := range named {
			if !tests[n[1]] {
				t.Errorf("there is no %s: %s", n[1], line)
			}
		}
		row := requirementRow.FindStringSubmatch(strings.TrimSpace(line))
		if row == nil {
			continue
		}
		seen[row[1][:strings.LastIndexByte(row[1], '.')]]++
		switch state := row[2]; {
		case !slices.Contains([]string{"met", "partly", "not met", "later", "not applicable"}, state):
			t.Errorf("%s is in the state %q", row[1], state)
		case (state == "met" || state == "partly") && len(named) == 0:
			t.Errorf("%s is %s, but no test shows it", row[1], state)
		}
	}
	for section, want := range requirementsOf {
		if seen[section] != want {
			t.Errorf("section %s has %d rows, ASVS has %d", section, seen[section], want)
		}
	}
}

// testNames gives the tests of the program.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		for _, d := range s.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				out[fn.Name.Name] = true
			}
		}
	}
	return out
}
