package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// maxBatch is the number of use cases one commit may carry, so that the first
// of them does not wait without bound.
const maxBatch = 256

// walLimit is the size in bytes from which the write-ahead log is emptied by force.
const walLimit = 64 << 20

// How long the writer waits for other connections: usually, and when it only tidies
// up, at first and at most.
const (
	writerPatience  = 5 * time.Second
	trimPatience    = 100 * time.Millisecond
	trimPatienceMax = time.Second
)

// patience is the statement that sets how long a connection waits for others.
func patience(d time.Duration) string {
	return fmt.Sprintf("PRAGMA busy_timeout = %d", d.Milliseconds())
}

// errClosed answers use cases that come after the database was closed.
var errClosed = errors.New("the database is closed")

// writer is SQLite's only writing connection. Use cases that wait for it run
// one after another as savepoints of one transaction and are acknowledged after
// its single commit: the cost of reaching the disk is shared by all of them.
type writer struct {
	pool  *sql.DB
	conn  *sql.Conn
	known map[string]*sql.Stmt
	queue chan *useCase
	done  chan struct{}
	quit  chan struct{}
	once  sync.Once
	turn  chan struct{} // closed when the use case committed last has announced its events

	log              string // file of the write-ahead log
	trimAt, trimStep int64  // bytes
	trimsFailed      int    // in a row
}

// useCase is one use case on its way through the writer.
type useCase struct {
	run    func(handle) error
	err    error
	before <-chan struct{} // closed when it may announce its events
	after  chan<- struct{} // to be closed when it has
	answer chan error
}

func startWriter(ctx context.Context, pool *sql.DB, file string) (*writer, error) {
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		pool: pool, conn: conn, known: map[string]*sql.Stmt{}, queue: make(chan *useCase, maxBatch),
		done: make(chan struct{}), quit: make(chan struct{}), turn: make(chan struct{}),
		log: file + "-wal", trimAt: walLimit, trimStep: walLimit,
	}
	close(w.turn)
	go w.loop()
	return w, nil
}

// do queues a use case, waits until its changes are on disk, and calls announce
// after those of all use cases that were committed before it: whoever listens
// hears of changes in the order in which they happened. A use case whose context
// ends while it waits is not run.
func (w *writer) do(ctx context.Context, run func(handle) error, announce func()) error {
	c := &useCase{answer: make(chan error, 1)}
	c.run = func(h handle) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return run(h)
	}
	select {
	case w.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
	if err := w.wait(c); err != nil {
		return err
	}
	defer close(c.after)
	<-c.before
	announce()
	return nil
}

// wait gives the answer to a queued use case, also when the writer ended just
// after or just before it.
func (w *writer) wait(c *useCase) error {
	select {
	case err := <-c.answer:
		return err
	case <-w.done:
	}
	select {
	case err := <-c.answer:
		return err
	default:
		return errClosed
	}
}

// close finishes what waits and closes the connection.
func (w *writer) close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.done
	for _, s := range w.known {
		_ = s.Close() // the connection is closed next
	}
	return errors.Join(w.conn.Close(), w.pool.Close())
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case c := <-w.queue:
			w.batch(c)
			w.trim()
		case <-w.quit:
			for c := w.next(); c != nil; c = w.next() {
				w.batch(c)
			}
			return
		}
	}
}

// next gives a use case that waits, nil when there is none.
func (w *writer) next() *useCase {
	select {
	case c := <-w.queue:
		return c
	default:
		return nil
	}
}

// batch runs first and whatever waits behind it in one transaction. When that
// fails, each of them runs again in a transaction of its own, so that only those
// fail that cannot be stored.
func (w *writer) batch(first *useCase) {
	var batch []*useCase
	err := w.transaction(func(yield func(*useCase) bool) {
		for c := first; c != nil && len(batch) < maxBatch; c = w.next() {
			batch = append(batch, c)
			if !yield(c) {
				return
			}
		}
	})
	switch {
	case err == nil:
		w.answer(nil, batch...)
	case len(batch) == 0: // it could not begin; whoever waits would wait as long again
		w.answer(err, first)
		for c := w.next(); c != nil; c = w.next() {
			w.answer(err, c)
		}
	case len(batch) == 1:
		w.answer(err, first)
	default:
		for _, c := range batch {
			w.answer(w.transaction(func(yield func(*useCase) bool) { yield(c) }), c)
		}
	}
}

// transaction runs use cases as savepoints of one transaction. Its error means
// that none of them is stored.
func (w *writer) transaction(cases iter.Seq[*useCase]) error {
	if err := w.plain("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", classify(err))
	}
	for c := range cases {
		if err := w.savepoint(c); err != nil {
			_ = w.plain("ROLLBACK") // usually SQLite has done so already; err says why
			return err
		}
	}
	if err := w.plain("COMMIT"); err != nil {
		_ = w.plain("ROLLBACK") // the connection must leave the transaction; err says why
		return fmt.Errorf("commit: %w", classify(err))
	}
	return nil
}

// savepoint runs a use case so that its failure undoes its own changes only. Its
// error means that the whole transaction is lost, as a full disk makes it.
func (w *writer) savepoint(c *useCase) error {
	err := w.plain("SAVEPOINT use_case")
	if err == nil {
		if c.err = guarded(c.run, w); c.err != nil {
			err = w.plain("ROLLBACK TO use_case")
		}
		err = errors.Join(err, w.plain("RELEASE use_case"))
	}
	if err != nil {
		return errors.Join(c.err, classify(err))
	}
	return nil
}

// answer tells use cases how they ended; failed is the error of their transaction.
func (w *writer) answer(failed error, batch ...*useCase) {
	for _, c := range batch {
		if failed != nil {
			c.err = failed
		}
		if c.err == nil {
			after := make(chan struct{})
			c.before, c.after, w.turn = w.turn, after, after
		}
		c.answer <- c.err
	}
}

// trim empties the write-ahead log by force when it has grown large. SQLite does
// it by itself, but only in a moment in which nobody reads. Now new readers do
// not count, and the running ones are waited for, though not for long: a backup
// may read for minutes.
func (w *writer) trim() {
	info, err := os.Stat(w.log)
	if err != nil || info.Size() < w.trimAt {
		return
	}
	var busy, frames, moved int64
	wait := min(trimPatience*time.Duration(1+w.trimsFailed), trimPatienceMax)
	_ = w.plain(patience(wait)) // without it the next statement only waits longer
	err = w.conn.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	_ = w.plain(patience(writerPatience))
	w.trimAt = w.trimStep
	w.trimsFailed = 0
	if err != nil || busy != 0 { // a log that stays is no harm but its size
		w.trimAt += info.Size()
		w.trimsFailed++
	}
}

// guarded turns a panic of a use case into its error, so that the writer and the
// use cases beside it go on.
func guarded(run func(handle) error, h handle) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("use case panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return run(h)
}

// plain runs a statement without arguments.
func (w *writer) plain(text string) error {
	_, err := w.exec(context.Background(), text, nil)
	return err
}

// script runs a text of several statements.
func (w *writer) script(_ context.Context, text string) error {
	_, err := w.conn.ExecContext(context.Background(), text)
	return err
}

func (w *writer) statement(text string) (*sql.Stmt, error) {
	if s, ok := w.known[text]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), stable(text))
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	w.known[text] = s
	return s, nil
}

// query and exec ignore the caller's context: a cancelled statement would roll
// back the changes of others.
func (w *writer) query(_ context.Context, text string, args []any) (*sql.Rows, error) {
	s, err := w.statement(text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (w *writer) exec(_ context.Context, text string, args []any) (sql.Result, error) {
	s, err := w.statement(text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}
