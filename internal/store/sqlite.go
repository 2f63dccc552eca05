package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// openSQLite opens one connection that writes and a pool that reads beside it.
// WAL lets readers go on while the writer works; FULL makes every acknowledged
// commit survive a power cut.
func openSQLite(ctx context.Context, o Options) (*DB, error) {
	sync := "FULL"
	if o.Volatile {
		sync = "OFF"
	}
	dsn := func(extra ...string) string {
		v := url.Values{"_pragma": append([]string{
			"busy_timeout(5000)", "foreign_keys(1)", "synchronous(" + sync + ")",
			"cache_size(-8192)", "temp_store(MEMORY)",
		}, extra...)}
		return "file:" + (&url.URL{Path: o.DataSource}).EscapedPath() + "?" + v.Encode()
	}
	writing, err := sql.Open("sqlite", dsn("journal_mode(WAL)", "wal_autocheckpoint(4000)", fmt.Sprintf("journal_size_limit(%d)", walLimit)))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.DataSource, classify(err))
	}
	w, err := startWriterAmong(ctx, writing, o.DataSource)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", o.DataSource, classify(err)), writing.Close())
	}
	reading, err := sql.Open("sqlite", dsn("query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", o.DataSource, classify(err)), w.close())
	}
	if o.MaxOpen == 0 {
		o.MaxOpen = max(4, runtime.GOMAXPROCS(0))
	}
	reading.SetMaxOpenConns(o.MaxOpen)
	reading.SetMaxIdleConns(o.MaxOpen)
	db := newDB(reading, sqliteDialect, &preparedPool{pool: reading}, o.Bus)
	db.writer = w
	return db, nil
}

// startWriterAmong is startWriter beside programs that open the same new file: its change to
// WAL does not wait for them as everything else does, but it is over in a moment.
func startWriterAmong(ctx context.Context, writing *sql.DB, file string) (*writer, error) {
	const patience, rest = 5 * time.Second, 50 * time.Millisecond
	for begin := time.Now(); ; {
		w, err := startWriter(ctx, writing, file)
		if err == nil || time.Since(begin) > patience || !errors.Is(classify(err), ErrLocked) {
			return w, err
		}
		select {
		case <-time.After(rest):
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		}
	}
}

// preparedPool keeps a prepared statement for each text: preparing costs SQLite
// more than most of our queries take.
type preparedPool struct {
	pool  *sql.DB
	known sync.Map // text → *sql.Stmt
}

// stable keeps SQLite from looking at the argument of a LIMIT to plan a statement: a
// statement whose plan depends on an argument is prepared anew each time it is run.
func stable(text string) string { return strings.ReplaceAll(text, "LIMIT ?", "LIMIT 0 + ?") }

func (p *preparedPool) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := p.known.Load(text); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := p.pool.PrepareContext(ctx, stable(text))
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if old, raced := p.known.LoadOrStore(text, s); raced {
		return old.(*sql.Stmt), s.Close()
	}
	return s, nil
}

func (p *preparedPool) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	s, err := p.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (p *preparedPool) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	s, err := p.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}
