package server

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// options are those of a server in a folder of its own.
func options(t *testing.T, more ...string) Options {
	t.Helper()
	folder, err := os.MkdirTemp("", "m") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) }) // it lies with other temporary files
	return Options{Log: slog.New(slog.DiscardHandler), Now: time.Now, Volatile: true, Environ: append([]string{
		"MM_MUSTERSETTINGS_DATADIRECTORY=" + folder, "MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:0",
	}, more...)}
}

func folderOf(t *testing.T, o Options) string {
	t.Helper()
	loaded, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Config.MusterSettings.DataDirectory
}

func TestNobodyOpensTheFolderOfARunningServer(t *testing.T) {
	t.Parallel()
	o := options(t)
	first, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), o); !errors.Is(err, ErrRunning) {
		t.Errorf("a command opened it: %v", err)
	}
	if _, err := Start(t.Context(), o); !errors.Is(err, ErrRunning) {
		t.Errorf("a second server started: %v", err)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	next, err := Open(t.Context(), o)
	if err != nil {
		t.Fatalf("the folder was not let go: %v", err)
	}
	if err := next.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAFolderThatIsHeldIsWaitedFor(t *testing.T) {
	t.Parallel()
	o := options(t)
	held, err := lockFile(filepath.Join(folderOf(t, o), "muster.lock"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*holdInterval)
	defer cancel()
	if _, err := Open(ctx, o); !errors.Is(err, errHeld) {
		t.Errorf("the folder was opened: %v", err)
	}
	time.AfterFunc(2*holdInterval, func() { _ = held.Close() })
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestADatabaseOutsideTheFolderIsHeldToo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shared.db")
	s, err := Open(t.Context(), options(t, "MM_SQLSETTINGS_DATASOURCE="+file))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockFile(file + ".lock"); !errors.Is(err, errHeld) {
		t.Errorf("got %v", err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestASocketWithALongPathIsRefusedInWords(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Environ[0] = "MM_MUSTERSETTINGS_DATADIRECTORY=" + filepath.Join(folderOf(t, o), strings.Repeat("deep/", 25))
	if _, err := Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "choose a folder with a shorter one") {
		t.Errorf("got %v", err)
	}
}

func TestStopDoesNotWaitForeverForBackgroundWork(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), options(t))
	if err != nil {
		t.Fatal(err)
	}
	goOn := make(chan struct{})
	s.stopWork = func() {}
	s.work.Go(func() { <-goOn })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(goOn)
	s.work.Wait()
}
