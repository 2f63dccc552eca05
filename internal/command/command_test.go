package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/config"
	"muster/internal/store"
)

// result is how a command ended.
type result struct {
	code        int
	out, errors string
}

// run runs a command on the data folder with this input.
func run(ctx context.Context, folder, input string, args ...string) result {
	var out, errs bytes.Buffer
	code := Run(ctx, Process{Args: args, Stdin: strings.NewReader(input), Stdout: &out, Stderr: &errs, Environ: []string{
		"MM_MUSTERSETTINGS_DATADIRECTORY=" + folder, "MM_MUSTERSETTINGS_ARGON2MEMORYKIB=7168", "MM_MUSTERSETTINGS_ARGON2PASSES=1",
	}})
	return result{code, out.String(), errs.String()}
}

var makeAmy = []string{"admin", "create", "--username", "amy", "--email", "amy@example.com"}

func TestALockedDatabaseIsSaidInWords(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if r := run(t.Context(), folder, "pass-words-9\n", makeAmy...); r.code != exitDone {
		t.Fatal(r)
	}
	db, err := store.Open(t.Context(), store.Options{Driver: store.SQLite, DataSource: filepath.Join(folder, "muster.db")})
	if err != nil {
		t.Fatal(err)
	}
	var r result
	err = db.Tx(t.Context(), func(*store.Tx) error { // which holds the lock
		r = run(t.Context(), folder, "", "user", "list")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.code != exitFailed || !strings.Contains(r.errors, "the database is locked by another program") {
		t.Errorf("got %+v", r)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if r := run(t.Context(), folder, "", "user", "list"); r.code != exitDone || !strings.Contains(r.out, "amy@example.com") {
		t.Errorf("afterwards: %+v", r)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		err  error
		want int
	}{
		{"anything", os.ErrPermission, exitFailed},
		{"a full disk", fmt.Errorf("commit: %w", store.ErrFull), exitFailed},
		{"wrong usage", misused("no"), exitUsage},
		{"a broken configuration, even one that is stored", fmt.Errorf("start: %w", config.Problems{{Key: "A.B"}}), exitUsage},
		{"nothing of that name", fmt.Errorf("find: %w", missing("no")), exitMissing},
		{"a refusal of the API", &refusal{Status: http.StatusForbidden}, exitFailed},
		{"nothing there, says the API", &refusal{Status: http.StatusNotFound}, exitMissing},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := codeOf(tc.err); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestFailuresAreReported(t *testing.T) {
	t.Parallel()
	problems := config.Problems{{Key: "A.B", Text: "is odd"}, {Key: "C.D", Text: "is even"}}
	refused := &refusal{Status: 400, ID: "app.odd", Message: "Odd.\x1b[2J", Detail: "why"}
	for _, tc := range []struct {
		name, text string
		err        error
		want       report
	}{
		{
			"a list of problems", "muster: the configuration cannot be used:\n  A.B is odd\n  C.D is even\n", problems,
			report{Error: problems.Error(), Problems: []string{"A.B is odd", "C.D is even"}, ExitCode: exitUsage},
		},
		{
			"a refusal, without what would change the terminal", "muster: amy: Odd.\ufffd[2J (app.odd): why\n", fmt.Errorf("amy: %w", refused),
			report{Error: "amy: Odd.\x1b[2J (app.odd): why", ID: "app.odd", ExitCode: exitFailed},
		},
		{
			"a full disk", "muster: commit: the database cannot grow: the disk is full\n", fmt.Errorf("commit: %w", store.ErrFull),
			report{Error: "commit: the database cannot grow: the disk is full", ExitCode: exitFailed},
		},
		{
			"an interrupt", "muster: interrupted: ask: context canceled\n", fmt.Errorf("ask: %w", context.Canceled),
			report{Error: "interrupted: ask: context canceled", ExitCode: exitFailed},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var text, object bytes.Buffer
			(&app{Process: Process{Stderr: &text}}).fail(tc.err)
			(&app{Process: Process{Stderr: &object}, json: true}).fail(tc.err)
			if diff := cmp.Diff(tc.text, text.String()); diff != "" {
				t.Error(diff)
			}
			var got report
			if err := json.Unmarshal(object.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNamesCannotChangeTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{Process: Process{Stdout: &out}}
	show := listing{app: a}
	if err := show.add([]*account{{Username: "amy", FirstName: "\x1b]0;owned\a", LastName: "\u202eymA"}}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\a\u202e") {
		t.Errorf("got %q", out.String())
	}
}

func TestTheConfigurationFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	inFolder := filepath.Join(folder, "config.json")
	if err := os.WriteFile(inFolder, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := "MM_MUSTERSETTINGS_DATADIRECTORY=" + folder
	for _, tc := range []struct {
		name, flag string
		environ    []string
		want       string
	}{
		{"the flag wins", "a.json", []string{"MUSTER_CONFIG=b.json", data}, "a.json"},
		{"then the variable", "", []string{"MUSTER_CONFIG=b.json", data}, "b.json"},
		{"of a variable given twice the last one counts", "", []string{"MUSTER_CONFIG=b.json", "MUSTER_CONFIG=c.json"}, "c.json"},
		{"then the data folder", "", []string{data}, inFolder},
		{"else none", "", []string{"MM_MUSTERSETTINGS_DATADIRECTORY=" + t.TempDir()}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := &app{Process: Process{Environ: tc.environ}}
			if got := a.findConfig(tc.flag); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestMailsArePreviewed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if r := run(t.Context(), folder, "", "mail", "preview"); r.code != exitDone || !strings.Contains(r.out, "password_reset\n") {
		t.Errorf("the kinds: %+v", r)
	}
	if r := run(t.Context(), folder, "", "mail", "preview", "password_reset", "--locale", "de"); r.code != exitDone ||
		!strings.Contains(r.out, "Subject: ") || !strings.Contains(r.out, "token=example") {
		t.Errorf("one: %+v", r)
	}
	if r := run(t.Context(), folder, "", "mail", "preview", "password_reset", "--html"); r.code != exitDone || !strings.Contains(r.out, "<html") {
		t.Errorf("as a page: %+v", r)
	}
	if r := run(t.Context(), folder, "", "mail", "preview", "nothing"); r.code != exitUsage || !strings.Contains(r.errors, "password_reset") {
		t.Errorf("an unknown one: %+v", r)
	}
}
