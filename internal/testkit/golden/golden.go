// Package golden replays recorded exchanges against a server and compares the
// answers.
//
// A golden is a list of requests and of what a reference server answered to
// them. What differs from run to run (ids, times, tokens, texts) was neutralised
// in the recording and is neutralised in the answers in the same way.
package golden

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Target is the server a golden is replayed against. It needs the settings that
// the recordings were made with; see testdata/README.md.
type Target struct {
	Base        string // address in front of /api/v4, such as http://127.0.0.1:8065
	LocalSocket string // path of the local mode socket; needed by files that use it

	// The system administrator. first-run.json creates this account, the other
	// files sign it in.
	AdminName, AdminPassword string

	// Mail gives the texts of the mails sent to an address so far, newest first.
	// It is needed by files that wait for mail.
	Mail func(address string) []string

	// Mark sends every socket an event of which it gives the name: what a socket was told before
	// belongs to the step that has ended. It is needed by files that open sockets.
	Mark func() string

	// Sockets tells how many sockets the server believes to be open, so that a step that closes
	// one ends when the server knows. It is needed by files that close sockets.
	Sockets func() int

	// Pending, when set, tells whether an answer says that the operation is still to
	// come; such a step is not compared.
	Pending func(status int, body []byte) bool

	// Check, when set, sees every exchange; its error is an error of the test.
	Check func(req *http.Request, status int, header http.Header, body []byte) error
}

// Replay sends the requests of a file (such as "create.json") one after another
// and reports each answer that differs. At the end it deletes the accounts the
// file has made.
//
// A step may differ when the recording itself says that it depends on the
// edition or that another answer is expected, or when known holds the reason
// under "create.json:12". An entry of known whose step matches, or does not
// exist, is an error as well. Entries of other files are ignored.
func Replay(t testing.TB, target Target, file string, known map[string]string) {
	t.Helper()
	doc, err := load(file)
	if err != nil {
		t.Fatal(err)
	}
	if lacking := doc.lacking(target); lacking != "" {
		t.Fatalf("%s needs a target with %s", file, lacking)
	}
	outcomes, err := play(doc, target)
	for i, o := range outcomes {
		reason, expected := known[place(file, i)]
		complain(t, place(file, i), doc.Steps[i], o, reason, expected)
	}
	if err != nil {
		t.Errorf("%s: %v", file, err)
	}
	for _, entry := range strangers(file, len(doc.Steps), known) {
		t.Errorf("%s: there is no such step", entry)
	}
}

// Files lists the recordings, in an order in which they can be replayed.
// first-run.json, which needs a server without accounts, comes first; and
// z-delete-all.json, which leaves none, comes last.
func Files() []string {
	entries, err := recordings.ReadDir(folder)
	if err != nil {
		panic(err) // the folder is part of the program
	}
	names := []string{"first-run.json"}
	for _, e := range entries {
		if e.Name() != names[0] {
			names = append(names, e.Name())
		}
	}
	return names
}

// place names a step as known does; i counts from 0.
func place(file string, i int) string { return file + ":" + strconv.Itoa(i+1) }

// outcome is what became of a step.
type outcome struct {
	diffs []string // how the answer differs, empty when it does not
	err   error    // why there is no answer
	check error    // what Target.Check said
}

// complain reports what is wrong with a step.
func complain(t testing.TB, at string, s step, o outcome, reason string, expected bool) {
	t.Helper()
	head := fmt.Sprintf("%s %s %s", at, s.Method, s.Path)
	if s.Note != "" {
		head += " # " + s.Note
	}
	if o.check != nil {
		t.Errorf("%s\n\t%v", head, o.check)
	}
	switch {
	case o.err != nil:
		t.Errorf("%s\n\tno answer: %v", head, o.err)
	case len(o.diffs) == 0 && expected:
		t.Errorf("%s\n\tmatches now; remove it from the known differences (%s)", head, reason)
	case len(o.diffs) == 0:
	case expected || s.Differs != "" || s.Edition:
		t.Logf("%s\n\tallowed (%s): %s", head, cmp.Or(reason, s.Differs, "edition"), strings.Join(o.diffs, "; "))
	default:
		t.Errorf("%s\n\t%s", head, strings.Join(o.diffs, "\n\t"))
	}
}

// strangers lists the entries of known that name a step the file does not have.
func strangers(file string, steps int, known map[string]string) []string {
	var out []string
	for entry := range known {
		number, mine := strings.CutPrefix(entry, file+":")
		if !mine {
			continue
		}
		if n, err := strconv.Atoi(number); err != nil || n < 1 || n > steps {
			out = append(out, entry)
		}
	}
	slices.Sort(out)
	return out
}
