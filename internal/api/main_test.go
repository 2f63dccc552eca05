package api_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"muster/internal/testkit/spec"
)

// neverSeen are documented statuses that no request can lead to, with the reason.
var neverSeen = map[string]string{}

// TestMain counts after a whole run: every documented status of every operation
// that is done must have been observed by some test.
func TestMain(m *testing.M) {
	code := m.Run()
	partial := flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.fuzz").Value.String() != "" ||
		flag.Lookup("test.skip").Value.String() != "" || flag.Lookup("test.list").Value.String() != ""
	if code == 0 && !partial {
		code = count()
	}
	os.Exit(code)
}

func count() int {
	done, err := spec.Done("../../docs/compatibility.md")
	if err != nil {
		fmt.Println("FAIL: operations that are done:", err)
		return 1
	}
	checker, err := spec.New()
	if err != nil {
		fmt.Println("FAIL: description of the API:", err)
		return 1
	}
	code := 0
	for _, p := range checker.Observed.Missing(done) {
		key := fmt.Sprintf("%s %d", p.Operation, p.Status)
		if neverSeen[key] == "" {
			fmt.Printf("FAIL: no test observed %s\n", key)
			code = 1
		}
	}
	for _, p := range checker.Observed.Pairs() {
		if key := fmt.Sprintf("%s %d", p.Operation, p.Status); neverSeen[key] != "" {
			fmt.Printf("FAIL: %s was observed although it cannot occur\n", key)
			code = 1
		}
	}
	return code
}
