package password

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the list below
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// The 3,000 passwords that are tried first, one a line, in lower case and in the order
// of bytes. The test of this file composes and writes it.
//
//go:embed blocklist.txt.gz
var blocklistFile []byte

var blocklist = sync.OnceValues(func() ([]string, error) {
	r, err := gzip.NewReader(bytes.NewReader(blocklistFile))
	if err != nil {
		return nil, fmt.Errorf("open list of common passwords: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read list of common passwords: %w", err)
	}
	return strings.Fields(string(text)), nil
})

// common tells whether a password stands in the list, however its letters are written.
func common(pw string) bool {
	list, err := blocklist()
	if err != nil {
		panic(err) // the list is part of the program
	}
	_, found := slices.BinarySearch(list, strings.ToLower(pw))
	return found
}

// nameMin is the number of bytes from which a name counts: shorter ones stand in any text.
const nameMin = 3

// leansOn tells whether a password is too short without the names in it. One that
// is long enough without them may hold them.
func (p Policy) leansOn(pw string, names []string) bool {
	pw = strings.ToLower(pw)
	rest := pw
	for _, name := range names {
		if name = strings.ToLower(strings.TrimSpace(name)); len(name) >= nameMin {
			rest = strings.ReplaceAll(rest, name, "")
		}
	}
	return len(rest) < len(pw) && len(rest) < p.MinimumLength
}
