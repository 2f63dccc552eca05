package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// serialisationTries is how often a use case is run before a deadlock or a
// serialisation failure becomes its error.
const serialisationTries = 8

// interpret keeps a connection from compiling statements: that takes longer than any of
// ours runs, and the planner's guesses for searches are high enough to make it try. It is
// a statement because poolers refuse parameters they do not know.
func interpret(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, "SET jit = off")
	return err
}

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(o.DataSource)
	if err != nil {
		return nil, errors.New("SqlSettings.DataSource is not a PostgreSQL connection string") // the cause may hold the password
	}
	if _, set := cfg.RuntimeParams["application_name"]; !set {
		cfg.RuntimeParams["application_name"] = "muster"
	}
	if o.Volatile {
		cfg.RuntimeParams["synchronous_commit"] = "off"
	}
	pool := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(interpret))
	if o.MaxOpen == 0 {
		o.MaxOpen = 20
	}
	if o.Idle == nil {
		o.Idle = &Idle{Most: o.MaxOpen, For: 5 * time.Minute}
	}
	pool.SetMaxOpenConns(o.MaxOpen)
	pool.SetMaxIdleConns(o.Idle.Most)
	pool.SetConnMaxIdleTime(o.Idle.For)
	pool.SetConnMaxLifetime(o.Idle.Lifetime)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to PostgreSQL at %s:%d, database %q: %w", cfg.Host, cfg.Port, cfg.Database,
			unreachable(err)), pool.Close())
	}
	r := &rebinder{}
	return newDB(pool, postgresDialect, rebound{pool, r}, o.Bus), nil
}

// unreachable keeps what the server said and drops the rest, which may name the user and the password.
func unreachable(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return errors.New(pg.Message)
	}
	var conn *pgconn.ConnectError
	if errors.As(err, &conn) {
		return errors.New("no answer: is it running, and are host and port right?")
	}
	return err
}

// runner is what *sql.DB and *sql.Tx have in common.
type runner interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// rebound writes placeholders the way PostgreSQL wants them. The driver keeps a
// prepared statement for each text on each connection.
type rebound struct {
	runner
	r *rebinder
}

func (b rebound) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return b.QueryContext(ctx, b.r.rebind(text), args...)
}

func (b rebound) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	return b.ExecContext(ctx, b.r.rebind(text), args...)
}

// script runs a text of several statements.
func (b rebound) script(ctx context.Context, text string) error {
	_, err := b.ExecContext(ctx, text, pgx.QueryExecModeSimpleProtocol)
	return err
}

// postgresTx runs a use case in a transaction and again when the database asks for it.
func (db *DB) postgresTx(ctx context.Context, run func(handle) error) error {
	for try := 1; ; try++ {
		err := db.postgresTry(ctx, run)
		if err == nil || try == serialisationTries || !again(err) {
			return err
		}
		wait := time.NewTimer(time.Duration(rand.Int64N(int64(try) * int64(4*time.Millisecond))))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

func (db *DB) postgresTry(ctx context.Context, run func(handle) error) error {
	tx, err := db.pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", classify(err))
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if err := guarded(run, rebound{tx, db.h.(rebound).r}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", classify(err))
	}
	return nil
}

// again tells whether the failure goes away when the use case is run once more.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
