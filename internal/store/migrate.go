package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

//go:embed migrations
var migrationFiles embed.FS

// migrationLock is the key of the advisory lock that lets one node migrate at a time.
const migrationLock = 0x6d757374

// migrationsTable makes the record of what was applied.
const migrationsTable = `CREATE TABLE IF NOT EXISTS migrations (
	name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)`

type migration struct {
	name     string // file name, which orders it
	text     string
	checksum string
}

// Migrate brings the database to the newest schema, forward only. Several nodes
// may call it at once. It refuses a database whose applied migrations are not
// the ones of this binary.
func (db *DB) Migrate(ctx context.Context) error {
	want, err := migrations(db.d.name)
	if err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *Tx) error {
		if db.d.name == Postgres {
			if _, err := exec(ctx, tx.Q, `SELECT pg_advisory_xact_lock(?)`, migrationLock); err != nil {
				return fmt.Errorf("lock for migration: %w", err)
			}
		}
		if _, err := exec(ctx, tx.Q, migrationsTable); err != nil {
			return fmt.Errorf("make table of migrations: %w", err)
		}
		applied, err := list(ctx, tx.Q, scanMigration, `SELECT name, checksum FROM migrations ORDER BY name`)
		if err != nil {
			return fmt.Errorf("read applied migrations: %w", err)
		}
		return tx.migrate(ctx, applied, want)
	})
}

func (t *Tx) migrate(ctx context.Context, applied, want []migration) error {
	for i, m := range applied {
		if i >= len(want) {
			return fmt.Errorf("the database was migrated by a newer Muster (%s): use that version or a newer one", m.name)
		}
		if m.name != want[i].name || m.checksum != want[i].checksum {
			return fmt.Errorf("migration %s differs from the one that was applied", m.name)
		}
	}
	for _, m := range want[len(applied):] {
		if err := t.h.(*attempt).script(ctx, m.text); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
		if _, err := exec(ctx, t.Q, `INSERT INTO migrations (name, checksum, applied_at) VALUES (?, ?, ?)`,
			m.name, m.checksum, time.Now().UnixMilli()); err != nil {
			return fmt.Errorf("record migration %s: %w", m.name, err)
		}
	}
	return nil
}

func scanMigration(row scanner) (m migration, err error) {
	err = row.Scan(&m.name, &m.checksum)
	return m, err
}

func migrations(dialectName string) ([]migration, error) {
	dir := path.Join("migrations", dialectName)
	entries, err := fs.ReadDir(migrationFiles, dir) // sorted by name
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	var out []migration
	for _, e := range entries {
		text, err := fs.ReadFile(migrationFiles, path.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		sum := sha256.Sum256(text)
		out = append(out, migration{name: strings.TrimSuffix(e.Name(), ".sql"), text: string(text), checksum: hex.EncodeToString(sum[:])})
	}
	return out, nil
}
