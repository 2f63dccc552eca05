package store

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"
)

func TestMigrationsOfBothDatabasesGoSideBySide(t *testing.T) {
	t.Parallel()
	names := map[string][]string{}
	for _, driver := range drivers {
		for i, m := range value[[]migration](t)(migrations(driver)) {
			names[driver] = append(names[driver], m.name)
			if !regexp.MustCompile(`^\d{4}_[a-z_]+$`).MatchString(m.name) {
				t.Errorf("%s/%s is not called like 0001_name.sql", driver, m.name)
			}
			if i > 0 && m.name[:4] == names[driver][i-1][:4] {
				t.Errorf("two migrations have the number %s", m.name[:4])
			}
		}
	}
	equal(t, "files", names[Postgres], names[SQLite])
	entries, err := fs.ReadDir(migrationFiles, "migrations")
	if err != nil || len(entries) != len(drivers) {
		t.Errorf("folders are %v (%v)", entries, err)
	}
}

// applied gives the recorded migrations.
func applied(t *testing.T, db *DB) []migration {
	t.Helper()
	return value[[]migration](t)(list(t.Context(), db.Q, scanMigration, `SELECT name, checksum FROM migrations ORDER BY name`))
}

// tables counts the tables there are.
func tables(t *testing.T, db *DB) int64 {
	t.Helper()
	text := `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'`
	if db.Driver() == Postgres {
		text = `SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'`
	}
	return value[int64](t)(one(t.Context(), db.Q, scanValue[int64], text))
}

func TestMigrationOfAMigratedDatabaseDoesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		must(t, db, keep(t.Context(), "kept", "1"))
		before := applied(t, db)
		if len(before) == 0 {
			t.Error("no migration is recorded")
		}
		for range 2 {
			if err := db.Migrate(t.Context()); err != nil {
				t.Errorf("migrate again: %v", err)
			}
		}
		equal(t, "migrations", len(applied(t, db)), len(before))
		wantValue(t, db.Q, "kept", "1")
	})
}

func TestMigrationByManyNodesAtOnceIsDoneOnce(t *testing.T) {
	t.Parallel()
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			o := empty(t, driver)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if err := migrateOnce(o); err != nil {
						t.Errorf("migrate: %v", err)
					}
				})
			}
			all.Wait()
			want, err := migrations(driver)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "migrations", len(applied(t, open(t, o))), len(want))
		})
	}
}

func TestDatabaseOfAnotherVersionIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		change := func(text string) {
			must(t, db, func(tx *Tx) error { _, err := exec(t.Context(), tx.Q, text); return err })
		}
		refused := func(what string, want ...string) {
			t.Helper()
			before := tables(t, db)
			err := db.Migrate(t.Context())
			for _, text := range want {
				if err == nil || !strings.Contains(err.Error(), text) {
					t.Errorf("%s gave %v, want an error that names %q", what, err, text)
				}
			}
			equal(t, "tables after "+what, tables(t, db), before)
		}
		change(`INSERT INTO migrations (name, checksum, applied_at) VALUES ('9999_future', 'x', 1)`)
		refused("a newer database", "newer", "9999_future")
		change(`DELETE FROM migrations WHERE name = '9999_future'`)
		change(`UPDATE migrations SET checksum = 'x' WHERE name = '0001_accounts'`)
		refused("a changed migration", "0001_accounts", "differs")
		change(`UPDATE migrations SET name = '0001_other' WHERE name = '0001_accounts'`)
		refused("another migration", "0001_other", "differs")
	})
}

func TestMigrationThatStopsLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			db := open(t, empty(t, driver))
			good := migration{name: "0001_good", text: "CREATE TABLE one (id TEXT); INSERT INTO one VALUES ('a?'); CREATE INDEX one_id ON one (id);"}
			for what, bad := range map[string]string{
				"a wrong statement": "CREATE TABLE two (id TEXT);\nCREATE TABLE three (;",
				"a wrong table":     "CREATE TABLE two (id TEXT); INSERT INTO missing VALUES (1)",
				"a wrong value":     "CREATE TABLE two (id TEXT NOT NULL); INSERT INTO two VALUES (NULL)",
			} {
				err := db.Tx(t.Context(), func(tx *Tx) error {
					if _, err := exec(t.Context(), tx.Q, migrationsTable); err != nil {
						return err
					}
					return tx.migrate(t.Context(), nil, []migration{good, {name: "0002_bad", text: bad}})
				})
				if err == nil || !strings.Contains(err.Error(), "migration 0002_bad") {
					t.Errorf("%s gave %v, want the name of the migration", what, err)
				}
				equal(t, "tables after "+what, tables(t, db), int64(0))
			}
			ctx, cancel := context.WithCancel(t.Context())
			err := db.Tx(ctx, func(tx *Tx) error {
				if _, err := exec(ctx, tx.Q, migrationsTable); err != nil {
					return err
				}
				cancel()
				return errors.Join(tx.migrate(ctx, nil, []migration{good}), ctx.Err())
			})
			wantErr[any](t, context.Canceled)(nil, err)
			equal(t, "tables after a stop", tables(t, db), int64(0))
			if err := db.Migrate(t.Context()); err != nil {
				t.Errorf("migrate after all: %v", err)
			}
		})
	}
}
