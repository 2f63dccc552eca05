package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"muster/internal/config"
	"muster/internal/store"
)

// ErrRunning says that a server answers on the socket of the data folder.
var ErrRunning = errors.New("another server is running")

var errHeld = errors.New("another process holds it and does not answer: a server that starts or stops, or a command; try again soon")

// How long a process waits for one that may be about to let go of the data folder,
// and how often it looks.
const (
	holdPatience = 5 * time.Second
	holdInterval = 50 * time.Millisecond
)

// socketPathMax is the longest path of a socket that every system takes, in bytes.
const socketPathMax = 103

// Running tells whether a server answers on the socket of the data folder. The
// error says that one may be there but cannot be asked.
func Running(ctx context.Context, cfg *config.Config) (bool, error) {
	path := ControlSocket(cfg)
	if len(path) > socketPathMax {
		return false, nil // nobody can listen there
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", path)
	switch {
	case err == nil:
		return true, c.Close()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return false, nil
	case errors.Is(err, fs.ErrPermission):
		return false, fmt.Errorf("%s belongs to somebody else: run this as the user who runs the server: %w", path, err)
	}
	return false, fmt.Errorf("ask for a server at %s: %w", path, err)
}

// hold takes the data folder for this process, and with it a SQLite database that
// lies elsewhere: two servers on one of them would not learn of each other's
// changes. The files stay when they are let go; removing one could take it from
// under somebody who waits for it.
func (s *Server) hold(ctx context.Context, cfg *config.Config) error {
	paths := []string{filepath.Join(cfg.MusterSettings.DataDirectory, "muster.lock")}
	if file := cfg.SqlSettings.DataSource; cfg.SqlSettings.DriverName == store.SQLite && file != "" {
		paths = append(paths, file.Reveal()+".lock")
	}
	ctx, cancel := context.WithTimeout(ctx, holdPatience)
	defer cancel()
	for _, path := range paths {
		f, err := holdFile(ctx, cfg, path)
		if err != nil {
			return err
		}
		s.held = append(s.held, f)
	}
	return nil
}

func holdFile(ctx context.Context, cfg *config.Config, path string) (*os.File, error) {
	tick := time.NewTicker(holdInterval)
	defer tick.Stop()
	for {
		f, err := lockFile(path)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, errHeld) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if running, err := Running(ctx, cfg); err == nil && running {
			return nil, fmt.Errorf("%w on the data folder %s", ErrRunning, cfg.MusterSettings.DataDirectory)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("lock %s: %w", path, errHeld)
		}
	}
}

// release lets go of what hold took.
func (s *Server) release() error {
	var errs []error
	for _, f := range s.held {
		errs = append(errs, f.Close())
	}
	s.held = nil
	return errors.Join(errs...)
}
