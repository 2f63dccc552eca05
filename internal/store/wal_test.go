package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// logSize gives the size of the log beside a SQLite database in bytes.
func logSize(t *testing.T, db *DB) int64 {
	t.Helper()
	info, err := os.Stat(db.writer.log)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// trimEarly makes the log small: SQLite tries to empty it from 100 kB on, and the
// writer by force from 400 kB on.
func trimEarly(t *testing.T, db *DB) {
	t.Helper()
	must(t, db, func(tx *Tx) error {
		db.writer.trimAt, db.writer.trimStep = 400<<10, 400<<10 // the writer runs this
		for _, p := range []string{`PRAGMA wal_autocheckpoint = 25`, `PRAGMA journal_size_limit = 409600`} {
			if _, err := list(t.Context(), tx.Q, scanValue[int64], p); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeMuch stores 10 kB a use case until it has stored that many bytes.
func writeMuch(t *testing.T, db *DB, bytes int) {
	t.Helper()
	for i := range bytes / 10_000 {
		must(t, db, func(tx *Tx) error {
			return tx.InsertUser(t.Context(), withNickname(fmt.Sprint("written", bytes, "-", i), strings.Repeat("x", 10_000)))
		})
	}
}

// beginReading opens a transaction that reads until it is rolled back.
func beginReading(t *testing.T, db *DB) *sql.Tx {
	reader, err := db.pool.BeginTx(context.Background(), nil)
	if err != nil {
		t.Errorf("begin reading: %v", err)
		return nil
	}
	countUsers(t, reader)
	return reader
}

func countUsers(t *testing.T, reader *sql.Tx) (n int) {
	if err := reader.QueryRowContext(context.Background(), `SELECT COUNT(*) FROM users`).Scan(&n); err != nil {
		t.Errorf("read: %v", err)
	}
	return n
}

func TestLogIsEmptiedAlthoughSomebodyAlwaysReads(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	trimEarly(t, db)
	reader := beginReading(t, db)
	next := func() { // the next one begins before the last one ends
		last := reader
		reader = beginReading(t, db)
		_ = last.Rollback() // it changed nothing
	}
	n := 0
	until(t, func() bool {
		n++
		writeMuch(t, db, 20_000+n) // what the reader does not see cannot leave the log
		next()
		large := logSize(t, db)
		for began := time.Now(); large > 400<<10 && time.Since(began) < trimPatience; next() {
			if logSize(t, db) < large/2 {
				return true
			}
		}
		return false
	})
	_ = reader.Rollback() // it changed nothing
}

func TestReaderThatStaysKeepsTheLogOnlyWhileItReads(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	trimEarly(t, db)
	before := value[[]string](t)(db.UserIDs(t.Context(), UserFilter{Limit: 1000}))
	reader := beginReading(t, db)
	equal(t, "accounts when it began", countUsers(t, reader), len(before))
	writeMuch(t, db, 1_000_000)
	equal(t, "accounts it still sees", countUsers(t, reader), len(before))
	if size := logSize(t, db); size < 1_000_000 {
		t.Errorf("the log of %d bytes cannot hold what the reader must not see", size)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	writeMuch(t, db, 500_000)
	if size := logSize(t, db); size > 500<<10 {
		t.Errorf("the log still has %d kB after the reader went", size>>10)
	}
	must(t, db, func(tx *Tx) error {
		n, err := one(t.Context(), tx.Q, scanValue[int64], `PRAGMA busy_timeout`)
		equal(t, "patience of the writer", n, writerPatience.Milliseconds())
		return err
	})
}
