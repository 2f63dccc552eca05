package golden

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryRecordingAgreesWithItself(t *testing.T) {
	t.Parallel()
	for _, file := range Files() {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			doc, err := load(file)
			if err != nil {
				t.Fatal(err)
			}
			server := &playback{}
			outcomes, err := play(doc, server.start(t, doc))
			if err = errors.Join(err, server.fault); err != nil {
				t.Error(err)
			}
			if len(outcomes) != len(doc.Steps) {
				t.Errorf("%d of %d steps were played", len(outcomes), len(doc.Steps))
			}
			for i, o := range outcomes {
				if o.err != nil || len(o.diffs) > 0 {
					t.Errorf("%s: %v %v", place(file, i), o.err, o.diffs)
				}
			}
		})
	}
}

// witness hears what a test would report.
type witness struct {
	testing.TB
	errors, logs []string
}

func (w *witness) Helper() {}

func (w *witness) Errorf(format string, args ...any) {
	w.errors = append(w.errors, fmt.Sprintf(format, args...))
}

func (w *witness) Logf(format string, args ...any) {
	w.logs = append(w.logs, fmt.Sprintf(format, args...))
}

func (w *witness) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	panic(w)
}

// replay runs Replay with a witness against a playback of logout.json whose
// answer to step 9 may be another one.
func replay(t *testing.T, status float64, known map[string]string, change func(*Target)) *witness {
	t.Helper()
	doc, err := load("logout.json")
	if err != nil {
		t.Fatal(err)
	}
	server := &playback{change: func(step int, answer map[string]any) {
		if step == 9 && status != 0 {
			answer["status"] = status
		}
	}}
	target := server.start(t, doc)
	if change != nil {
		change(&target)
	}
	w := &witness{TB: t}
	defer func() {
		if r := recover(); r != nil && r != any(w) {
			panic(r)
		}
	}()
	Replay(w, target, "logout.json", known)
	return w
}

func TestReplayReports(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		status float64
		known  map[string]string
		change func(*Target)
		errors []string // a part of each error
		logs   []string
	}{
		{name: "nothing when all answers match"},
		{
			name: "an answer that differs", status: 418,
			errors: []string{"logout.json:9 GET /api/v4/users/me\n\t.status: 401 != 418"},
		},
		{
			name: "a known difference in the log", status: 418, known: map[string]string{"logout.json:9": "a teapot"},
			logs: []string{"allowed (a teapot): .status: 401 != 418"},
		},
		{
			name: "a known difference that is none", known: map[string]string{"logout.json:9": "a teapot"},
			errors: []string{"matches now; remove it from the known differences (a teapot)"},
		},
		{
			name: "a known difference of no step", known: map[string]string{"logout.json:99": "x", "logout.json:y": "x", "other.json:99": "x"},
			errors: []string{"logout.json:99: there is no such step", "logout.json:y: there is no such step"},
		},
		{
			name: "what the check of an exchange says", change: func(target *Target) {
				target.Check = func(req *http.Request, status int, _ http.Header, body []byte) error {
					if status == 401 && len(body) > 0 && req.Method == http.MethodPost {
						return errors.New("frightful")
					}
					return nil
				}
			},
			errors: []string{"frightful"},
		},
		{
			name: "a server that is not there", change: func(target *Target) { target.Base = "http://127.0.0.1:1" },
			errors: []string{"logout.json: sign in the administrator: "},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := replay(t, tc.status, tc.known, tc.change)
			wantParts(t, "errors", w.errors, tc.errors)
			wantParts(t, "logs", w.logs, tc.logs)
		})
	}
}

func wantParts(t *testing.T, what string, got, parts []string) {
	t.Helper()
	if len(got) != len(parts) {
		t.Errorf("%d %s, want %d: %q", len(got), what, len(parts), got)
		return
	}
	for i, part := range parts {
		if !strings.Contains(got[i], part) {
			t.Errorf("%s: got %q, want %q", what, got[i], part)
		}
	}
}

func TestComplainAllowsWhatTheRecordingAllows(t *testing.T) {
	t.Parallel()
	for _, s := range []step{{Differs: "the documents say so"}, {Edition: true}} {
		w := &witness{TB: t}
		complain(w, "x.json:1", s, outcome{diffs: []string{"d"}}, "", false)
		if len(w.errors) > 0 || len(w.logs) != 1 {
			t.Errorf("errors %q, logs %q", w.errors, w.logs)
		}
	}
}

func TestReplayNeedsWhatTheFileUses(t *testing.T) {
	t.Parallel()
	doc := &document{Steps: []step{{Via: "local"}}}
	if got := doc.lacking(Target{}); got != "LocalSocket" {
		t.Errorf("lacks %q, want LocalSocket", got)
	}
	doc = &document{Steps: []step{{MailTo: "a@example.com"}}}
	if got := doc.lacking(Target{}); got != "Mail" {
		t.Errorf("lacks %q, want Mail", got)
	}
	if got := doc.lacking(Target{Mail: func(string) []string { return nil }}); got != "" {
		t.Errorf("lacks %q, want nothing", got)
	}
}

func TestParseRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{"steps":[{"method":"GET","path":"/","sleep":1}]}`,
		`{"steps":[{"mail_to":"a","save":{"x":"("}}]}`,
		`{"steps":`,
	} {
		if _, err := parse("x.json", []byte(data)); err == nil {
			t.Errorf("%s is taken", data)
		}
	}
}

func TestMailStepSavesWhatItFinds(t *testing.T) {
	t.Parallel()
	calls := 0
	p := newPlayer(Target{Mail: func(address string) []string {
		if calls++; calls == 1 || address != "0amy@example.com" {
			return nil
		}
		return []string{"hello", "follow ?token=abc&x", "follow ?token=old"}
	}})
	s := step{MailTo: "0Amy@example.com", Save: map[string]string{"mail.token": "token=([a-z]+)"}, Answer: map[string]any{"mail": true}}
	if o := p.step(s); o.err != nil || len(o.diffs) > 0 {
		t.Fatalf("%v %v", o.err, o.diffs)
	}
	if d := cmp.Diff("abc", p.vars["mail.token"]); d != "" {
		t.Error(d)
	}
}
