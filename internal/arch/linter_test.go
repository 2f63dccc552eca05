package arch

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the arrows into .golangci.yml and the states into docs/compatibility.md")

// The lines of .golangci.yml between which the arrows stand.
const (
	arrowsBegin = "        # The arrows of internal/arch, written by: go test ./internal/arch -update\n"
	arrowsEnd   = "        # End of the arrows.\n"
)

// TestLinterHoldsTheSameArrows keeps the linter's rules, which an editor shows while
// a line is written, equal to those of this package.
func TestLinterHoldsTheSameArrows(t *testing.T) {
	t.Parallel()
	text := read(t, ".golangci.yml")
	before, rest, begins := strings.Cut(text, arrowsBegin)
	got, after, ends := strings.Cut(rest, arrowsEnd)
	if !begins || !ends {
		t.Fatalf(".golangci.yml lacks the lines %q and %q", arrowsBegin, arrowsEnd)
	}
	want := depguard()
	if got == want {
		return
	}
	if !*update {
		t.Fatal(".golangci.yml holds other arrows: go test ./internal/arch -update")
	}
	text = before + arrowsBegin + want + arrowsEnd + after
	if err := os.WriteFile(filepath.Join(root, ".golangci.yml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// depguard writes the arrows and restrictions as rules of the linter.
func depguard() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(arrows)) {
		a := arrows[name]
		var denied []string
		deny := func(pkg, why string) {
			denied = append(denied, fmt.Sprintf("            - {pkg: %s, desc: %q}\n", pkg, why))
		}
		if !slices.Contains(a.may, "*") {
			deny(module+"internal", name+" may import "+listed(a.may)+": "+a.why)
		} else if !isTestkit(name) {
			deny(module+"internal/testkit", "testkit is for tests")
		}
		for _, r := range restrictions {
			if !r.allowed(name, a) {
				deny(r.library+"$", r.why)
			}
		}
		if len(denied) == 0 {
			continue
		}
		fmt.Fprintf(&b, "        %s:\n          list-mode: lax\n          files: [\"**/internal/%s/*.go\", \"!$test\"]\n",
			strings.ReplaceAll(name, "/", "-"), name)
		if len(a.may) > 0 && !slices.Contains(a.may, "*") {
			b.WriteString("          allow:\n")
			for _, to := range a.may {
				fmt.Fprintf(&b, "            - %sinternal/%s$\n", module, to)
			}
		}
		b.WriteString("          deny:\n" + strings.Join(denied, ""))
	}
	return b.String()
}
