// Package store holds every SQL statement of Muster, for SQLite and PostgreSQL
// from one text, together with transactions, migrations and the translation of
// database errors.
//
// A method of Q is one statement and runs on the reader pool or inside a
// transaction; a method of Tx changes something and exists only inside one.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"muster/internal/event"
	"muster/internal/model"
)

// handle runs statements somewhere: on a pool or inside a transaction.
type handle interface {
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
	exec(ctx context.Context, text string, args []any) (sql.Result, error)
}

// Q runs statements. DB and Tx embed it, so each query exists once.
type Q struct {
	h handle
	d *dialect
	n *atomic.Int64
}

// DB is the database: a pool for reading, and Tx for changes.
type DB struct {
	Q
	pool       *sql.DB
	writer     *writer // SQLite only
	bus        event.Bus
	jobsAdded  chan struct{}
	statements atomic.Int64
}

// Tx is a transaction in progress.
type Tx struct {
	Q
	events   []event.Event
	enqueued bool
}

// Emit announces events once the transaction has been committed.
func (t *Tx) Emit(events ...event.Event) { t.events = append(t.events, events...) }

// Options says which database to open.
type Options struct {
	Driver     string // SQLite or Postgres
	DataSource string // file of the SQLite database, or a PostgreSQL connection string
	MaxOpen    int    // connections for reading; 0 chooses
	Idle       *Idle  // nil chooses
	Bus        event.Bus
	// Volatile gives up durability for speed: tests only.
	Volatile bool
}

// Idle says how connections to PostgreSQL are kept that nobody uses.
type Idle struct {
	Most     int
	For      time.Duration // 0 is for good
	Lifetime time.Duration // in use or not; 0 is for good
}

// Open opens the database without changing it; see [DB.Migrate].
func Open(ctx context.Context, o Options) (*DB, error) {
	switch o.Driver {
	case SQLite:
		return openSQLite(ctx, o)
	case Postgres:
		return openPostgres(ctx, o)
	}
	return nil, fmt.Errorf("unknown database driver %q: use %q or %q", o.Driver, SQLite, Postgres)
}

func newDB(pool *sql.DB, d *dialect, h handle, bus event.Bus) *DB {
	db := &DB{pool: pool, bus: bus, jobsAdded: make(chan struct{}, 1)}
	db.Q = Q{h: h, d: d, n: &db.statements}
	return db
}

// Driver names the database in use, [SQLite] or [Postgres].
func (db *DB) Driver() string { return db.d.name }

// Statements counts what has been run since the start, for tests and metrics.
func (db *DB) Statements() int64 { return db.statements.Load() }

// JobsAdded receives a value soon after a job was enqueued on this node.
func (db *DB) JobsAdded() <-chan struct{} { return db.jobsAdded }

// Ping answers nil when the database can be read.
func (db *DB) Ping(ctx context.Context) error {
	_, err := one(ctx, db.Q, scanValue[int64], `SELECT 1`)
	return err
}

// Close waits for running changes and closes the database.
func (db *DB) Close() error {
	var err error
	if db.writer != nil {
		err = db.writer.close()
	}
	return errors.Join(err, db.pool.Close())
}

// Tx runs one use case as one transaction: fn's changes are all kept, durably,
// when Tx returns nil, and none otherwise. Events leave after the commit. fn may
// be run again after a serialisation failure and must only run SQL and pure code.
func (db *DB) Tx(ctx context.Context, fn func(tx *Tx) error) error {
	var tx *Tx
	run := func(h handle) error {
		a := &attempt{handle: h}
		tx = &Tx{Q: Q{h: a, d: db.d, n: db.n}}
		if err := fn(tx); err != nil {
			return err
		}
		return classify(a.err)
	}
	if db.writer != nil {
		return db.writer.do(ctx, run, func() { db.announce(tx) })
	}
	if err := db.postgresTx(ctx, run); err != nil {
		return err
	}
	db.announce(tx)
	return nil
}

// announce tells what a committed use case has to tell.
func (db *DB) announce(tx *Tx) {
	if len(tx.events) > 0 {
		db.bus.Publish(tx.events)
	}
	if tx.enqueued {
		select {
		case db.jobsAdded <- struct{}{}:
		default: // a wake-up is already waiting
		}
	}
}

// attempt runs the statements of one use case until one of them fails: from then
// on nothing runs, and the use case fails whatever it answers. PostgreSQL wants
// it so; SQLite may have left the transaction by itself and would keep what follows.
type attempt struct {
	handle
	err error
}

func (a *attempt) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if a.err != nil {
		return nil, a.err
	}
	rows, err := a.handle.query(ctx, text, args)
	a.err = err
	return rows, err
}

func (a *attempt) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if a.err != nil {
		return nil, a.err
	}
	res, err := a.handle.exec(ctx, text, args)
	a.err = err
	return res, err
}

// script runs a text of several statements.
func (a *attempt) script(ctx context.Context, text string) error {
	a.err = a.handle.(scripter).script(ctx, text)
	return a.err
}

// scripter is a handle inside a transaction.
type scripter interface {
	script(ctx context.Context, text string) error
}

// scanner is a row.
type scanner interface{ Scan(dest ...any) error }

// list runs a query and scans every row. A text that cannot be stored matches none.
func list[T any](ctx context.Context, q Q, scan func(scanner) (T, error), text string, args ...any) (out []T, err error) {
	if !storable(args) {
		return nil, nil
	}
	q.n.Add(1)
	rows, err := q.h.query(ctx, text, args)
	if err != nil {
		return nil, classify(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("scan row: %w", err)
		}
		out = append(out, v)
	}
	return out, classify(rows.Err())
}

// one runs a query for a single row; none is ErrNotFound.
func one[T any](ctx context.Context, q Q, scan func(scanner) (T, error), text string, args ...any) (T, error) {
	var zero T
	rows, err := list(ctx, q, scan, text, args...)
	if err != nil {
		return zero, err
	}
	if len(rows) == 0 {
		return zero, ErrNotFound
	}
	return rows[0], nil
}

// exec runs a statement and tells how many rows it changed.
func exec(ctx context.Context, q Q, text string, args ...any) (int64, error) {
	if !storable(args) {
		return 0, ErrText
	}
	q.n.Add(1)
	res, err := q.h.exec(ctx, text, args)
	if err != nil {
		return 0, classify(err)
	}
	n, err := res.RowsAffected()
	return n, classify(err)
}

// change runs a statement that must change a row; none is ErrNotFound.
func change(ctx context.Context, q Q, text string, args ...any) error {
	n, err := exec(ctx, q, text, args...)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// scanValue scans a row of one column.
func scanValue[T any](row scanner) (v T, err error) {
	err = row.Scan(&v)
	return v, err
}

// nullable stores an empty text as NULL, for references that may be absent.
func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// object gives a JSON column that may not be null its value; nil is an empty object.
func object(m model.StringMap) model.StringMap {
	if m == nil {
		return model.StringMap{}
	}
	return m
}
