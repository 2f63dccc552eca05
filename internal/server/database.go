package server

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"muster/internal/config"
	"muster/internal/store"
)

// StoreOptions says which database a configuration means.
func StoreOptions(cfg *config.Config) store.Options {
	sql := &cfg.SqlSettings
	o := store.Options{Driver: sql.DriverName, DataSource: sql.DataSource.Reveal(), MaxOpen: sql.MaxOpenConns, Idle: &store.Idle{
		Most:     sql.MaxIdleConns,
		For:      time.Duration(sql.ConnMaxIdleTimeMilliseconds) * time.Millisecond,
		Lifetime: time.Duration(sql.ConnMaxLifetimeMilliseconds) * time.Millisecond,
	}}
	if o.Driver == store.SQLite && o.DataSource == "" {
		o.DataSource = filepath.Join(cfg.MusterSettings.DataDirectory, "muster.db")
	}
	return o
}

// DatabaseName says in words which database a configuration means, without the
// user and the password of it.
func DatabaseName(cfg *config.Config) string {
	o := StoreOptions(cfg)
	if o.Driver == store.SQLite {
		return "SQLite, " + o.DataSource
	}
	p, err := pgconn.ParseConfig(o.DataSource)
	if err != nil { // it may hold the password, so nothing of it is shown
		return "PostgreSQL"
	}
	return fmt.Sprintf("PostgreSQL, %s on %s:%d", p.Database, p.Host, p.Port)
}
