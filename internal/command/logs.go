package command

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"

	"muster/internal/config"
)

// off is a level that nothing reaches.
const off = slog.Level(math.MaxInt32)

// logs is the log of the server. Its places exist from the start and are switched
// by their levels, because the settings are known in two steps: those that are
// stored can be read only when the database is open.
type logs struct {
	log  *slog.Logger
	text slog.LevelVar // console, for people
	json slog.LevelVar // console, for programs
	kept slog.LevelVar // file
	file logFile
}

// newLogs makes a log that is silent until settings are applied.
func newLogs(console io.Writer) *logs {
	l := &logs{}
	for _, level := range []*slog.LevelVar{&l.text, &l.json, &l.kept} {
		level.Set(off)
	}
	l.log = slog.New(slog.NewMultiHandler(
		slog.NewTextHandler(console, &slog.HandlerOptions{Level: &l.text}),
		slog.NewJSONHandler(console, &slog.HandlerOptions{Level: &l.json}),
		slog.NewJSONHandler(&l.file, &slog.HandlerOptions{Level: &l.kept}),
	))
	return l
}

// apply puts LogSettings to use.
func (l *logs) apply(cfg *config.Config) error {
	s := cfg.LogSettings
	console, file := off, off
	if s.EnableConsole {
		if err := console.UnmarshalText([]byte(s.ConsoleLevel)); err != nil {
			return fmt.Errorf("understand LogSettings.ConsoleLevel: %w", err)
		}
	}
	if s.EnableFile {
		if err := file.UnmarshalText([]byte(s.FileLevel)); err != nil {
			return fmt.Errorf("understand LogSettings.FileLevel: %w", err)
		}
		path := s.FileLocation
		if path == "" {
			path = filepath.Join(cfg.MusterSettings.DataDirectory, "muster.log")
		}
		if err := l.file.open(path); err != nil {
			return fmt.Errorf("open log file: %w", err)
		}
	}
	l.text.Set(off)
	l.json.Set(off)
	if s.ConsoleJson {
		l.json.Set(console)
	} else {
		l.text.Set(console)
	}
	l.kept.Set(file)
	return nil
}

func (l *logs) close() error { return l.file.close() }

// logFile is the file of the log, or nothing while it is not open.
type logFile struct {
	mu   sync.Mutex
	file *os.File
}

// Write adds to the file.
func (f *logFile) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return len(line), nil
	}
	return f.file.Write(line)
}

// open makes the file go on at this path. Only its owner may read it.
func (f *logFile) open(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	next, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.file
	f.file = next
	if old != nil {
		return old.Close()
	}
	return nil
}

func (f *logFile) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	file := f.file
	f.file = nil
	return errors.Join(file.Sync(), file.Close())
}
