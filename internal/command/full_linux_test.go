package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// tinyDisk gives a folder on a disk of its own, or none where that is not allowed.
func tinyDisk(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size)
	if errors.Is(err, os.ErrPermission) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

func TestAFullDiskIsSaidInWords(t *testing.T) {
	t.Parallel()
	const words = "the disk is full"
	folder := tinyDisk(t, "128k")
	if folder == "" {
		t.Log("this process may make no disks: TestFailuresAreReported alone shows the words")
		return
	}
	r := run(t.Context(), folder, "pass-words-9\n", makeAmy...)
	if r.code != exitFailed || !strings.Contains(r.errors, words) {
		t.Errorf("at the first start: %+v", r)
	}

	folder = tinyDisk(t, "2m")
	if r := run(t.Context(), folder, "pass-words-9\n", makeAmy...); r.code != exitDone {
		t.Fatal(r)
	}
	filler := filepath.Join(folder, "filler")
	if err := os.WriteFile(filler, make([]byte, 4<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	r = run(t.Context(), folder, "", "user", "list")
	if r.code != exitFailed || !strings.Contains(r.errors, words) || strings.Contains(r.errors, "panic") {
		t.Errorf("later: %+v", r)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if r := run(t.Context(), folder, "", "user", "list"); r.code != exitDone || !strings.Contains(r.out, "amy@example.com") {
		t.Errorf("with room again: %+v", r)
	}
}
