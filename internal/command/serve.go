package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"muster/internal/config"
	"muster/internal/server"
)

type serveCommand struct{}

// Help explains the command.
func (*serveCommand) Help() string {
	return `With nothing configured it keeps everything in ./data, uses an embedded SQLite database and listens on 127.0.0.1:8065. It says on
standard output where it listens and, while there is no account, how to make the first one; the log goes to standard error.

An interrupt or SIGTERM ends it: requests in progress finish, for MusterSettings.ShutdownTimeoutSeconds at most. A second one ends
it at once.

Examples:

    muster serve
    muster --config /etc/muster.json serve
    MM_SERVICESETTINGS_LISTENADDRESS=:8065 muster serve
    MM_SQLSETTINGS_DRIVERNAME=postgres MM_SQLSETTINGS_DATASOURCE=postgres://muster@db/muster muster serve`
}

// Run serves until the context ends.
func (*serveCommand) Run(ctx context.Context, a *app) (err error) {
	loaded, err := a.load()
	if err != nil {
		return err
	}
	l := newLogs(a.Stderr)
	defer func() { err = errors.Join(err, l.close()) }()
	if err := l.apply(&loaded.Config); err != nil {
		return err
	}
	if len(loaded.Unknown) > 0 {
		l.log.Warn("configuration has keys that are not used", "keys", loaded.Unknown)
	}
	s, err := server.Start(ctx, a.serverOptions(l.log))
	if err != nil && ctx.Err() != nil {
		l.log.Info("server stopped before it had started")
		return nil
	}
	if err != nil {
		return err
	}
	return a.serve(ctx, s, l)
}

// serve stands by a server that has started, and stops it.
func (a *app) serve(ctx context.Context, s *server.Server, l *logs) error {
	cfg := s.Live.Current().Config // now with the settings that are stored in the database
	err := l.apply(&cfg)
	if err == nil {
		err = a.greet(s)
	}
	if err != nil {
		return errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	l.log.Info("server started", "version", server.BuildNumber, "address", s.URL, "database", s.DB.Driver())
	warnOfFolder(&cfg, l.log)
	<-ctx.Done()
	most := time.Duration(s.Live.Current().Config.MusterSettings.ShutdownTimeoutSeconds) * time.Second
	l.log.Info("server stops", "waits_at_most", most)
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), most)
	defer cancel()
	if err := s.Stop(limited); err != nil {
		return fmt.Errorf("stop server: %w", err)
	}
	l.log.Info("server stopped")
	return nil
}

// warnOfFolder tells when others on the machine may read what the server keeps.
func warnOfFolder(cfg *config.Config, log *slog.Logger) {
	folder := cfg.MusterSettings.DataDirectory
	info, err := os.Stat(folder)
	if err == nil && info.Mode().Perm()&0o007 != 0 {
		log.Warn("other users of this machine may look into the data folder: chmod 700 it", "folder", folder)
	}
}
