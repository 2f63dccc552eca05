package blob

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFolderIsPrivateAndTidy(t *testing.T) {
	t.Parallel()
	f, dir := newFolder(t)
	put(t, f, "users/amy/profile.png", "face")
	if err := f.Put(t.Context(), "users/bob/profile.png", strings.NewReader("x"), 2); err == nil {
		t.Error("short content was stored")
	}
	var names []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		stat, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if got := stat.Mode().Perm(); got != want && runtime.GOOS != "windows" {
			t.Errorf("%s has mode %o", name, got)
		}
		relative, err := filepath.Rel(dir, name)
		names = append(names, filepath.ToSlash(relative))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".", ".unfinished", "users", "users/amy", "users/amy/profile.png"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
}

func TestFolderSweepsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Now()
	if err := os.Mkdir(filepath.Join(dir, unfinished), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"crashed": 25 * time.Hour, "of-another-node": time.Hour} {
		file := filepath.Join(dir, unfinished, name)
		if err := os.WriteFile(file, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := OpenFolder(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	left, err := os.ReadDir(filepath.Join(dir, unfinished))
	if err != nil || len(left) != 1 || left[0].Name() != "of-another-node" {
		t.Errorf("left %v: %v", left, err)
	}
}

func TestFolderFollowsNoLinkOutside(t *testing.T) {
	t.Parallel()
	f, dir := newFolder(t)
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if file, _, err := f.Open(t.Context(), "link/secret"); err == nil {
		t.Error("a file outside was opened", file.Close())
	}
	if err := f.Put(t.Context(), "link/new", strings.NewReader("x"), 1); err == nil {
		t.Error("a file outside was written")
	}
	if err := f.DeletePrefix(t.Context(), "link/"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(outside, "secret")); err != nil {
		t.Errorf("the file outside: %v", err)
	}
}
