package spec

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"muster/internal/api/spec"
)

// Done reads the page about compatibility, which has a row for every operation, and
// lists those it says are done.
func Done(page string) ([]spec.Operation, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	status := map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) >= 6 {
			status[strings.TrimSpace(cells[3])] = strings.TrimSpace(cells[4])
		}
	}
	var done []spec.Operation
	for _, op := range spec.Operations() {
		if !slices.Contains([]string{"done", "open"}, status[op.Name]) {
			return nil, fmt.Errorf("%s is neither done nor open in %s", op.Name, page)
		}
		if status[op.Name] == "done" {
			done = append(done, op)
		}
	}
	return done, nil
}
