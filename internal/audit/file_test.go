package audit

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
)

// aFile opens a file of records whose clock the test moves.
func aFile(t *testing.T, o fileOptions) (*file, *time.Time) {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	o.now, o.log = func() time.Time { return at }, slog.New(slog.DiscardHandler)
	if o.path == "" {
		o.path = filepath.Join(t.TempDir(), "deep", "audit.log")
	}
	f, err := openFile(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.close() })
	return f, &at
}

func put(t *testing.T, f *file, ids ...string) {
	t.Helper()
	for _, id := range ids {
		r := &model.AuditRecord{ID: id, Actor: model.AuditActor{AuditPeer: model.AuditPeer{Client: "<é>"}}}
		if err := f.write(t.Context(), []*model.AuditRecord{r}); err != nil {
			t.Fatal(err)
		}
	}
}

// idsIn reads the records of a file.
func idsIn(t *testing.T, path string) string {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	var r io.Reader = in
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(in); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var rec model.AuditRecord
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil || rec.Actor.Client != "<é>" {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		ids = append(ids, rec.ID)
	}
	return strings.Join(ids, " ")
}

// aside names the files that were put aside, the oldest first.
func aside(t *testing.T, f *file) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(f.path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ours := f.asideAt(e.Name()); ours {
			names = append(names, filepath.Join(filepath.Dir(f.path), e.Name()))
		}
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	return names
}

func TestFileGoesOnWhereItEndedAndIsPrivate(t *testing.T) {
	t.Parallel()
	f, _ := aFile(t, fileOptions{size: 1 << 20})
	put(t, f, "a")
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(f.path, 0o644); err != nil {
		t.Fatal(err)
	}
	again, _ := aFile(t, fileOptions{path: f.path, size: 1 << 20})
	put(t, again, "b")
	if got := idsIn(t, f.path); got != "a b" {
		t.Errorf("the file holds %s", got)
	}
	if len(aside(t, again)) != 0 {
		t.Error("a small file was put aside")
	}
}

func TestFileIsPutAsideCompressedAndRemoved(t *testing.T) {
	t.Parallel()
	f, at := aFile(t, fileOptions{size: 1, backups: 2, compress: true})
	put(t, f, "a", "b")
	put(t, f, "c") // in the same moment
	names := aside(t, f)
	if len(names) != 2 || idsIn(t, names[0]) != "a" || idsIn(t, names[1]) != "b" || idsIn(t, f.path) != "c" {
		t.Fatalf("put aside: %v", names)
	}
	*at = at.Add(time.Hour)
	put(t, f, "d")
	if names = aside(t, f); len(names) != 2 || idsIn(t, names[0]) != "b" || idsIn(t, names[1]) != "c" {
		t.Errorf("kept: %v", names)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".log.gz") {
			t.Errorf("%s is not compressed", name)
		}
	}
}

func TestFilesLeaveWithAge(t *testing.T) {
	t.Parallel()
	f, at := aFile(t, fileOptions{size: 1, age: 2 * day})
	other := filepath.Join(filepath.Dir(f.path), "audit-notes.log")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, f, "a", "b")
	*at = at.Add(day)
	put(t, f, "c")
	*at = at.Add(day + time.Second)
	put(t, f, "d")
	var got []string
	for _, name := range aside(t, f) {
		got = append(got, idsIn(t, name))
	}
	if strings.Join(got, " ") != "b c" || !exists(other) {
		t.Errorf("kept: %v", got)
	}
}

func TestFileThatCannotBePutAsideGoesOn(t *testing.T) {
	t.Parallel()
	f, _ := aFile(t, fileOptions{size: 1})
	put(t, f, "a")
	if err := os.Remove(f.path); err != nil { // somebody moved it away: there is nothing to rename
		t.Fatal(err)
	}
	put(t, f, "b", "c")
	if got := idsIn(t, f.path); got != "c" {
		t.Errorf("the file holds %s", got)
	}
}
