package pg

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// patience bounds each step of preparing or dropping a database.
const patience = 60 * time.Second

// prefix marks the databases that are ours to drop. A process adds a random name
// to it and, for each of its databases, a number.
const prefix = "muster_test_"

// server is a PostgreSQL server and the templates this process made on it.
type server struct {
	admin string // address of the database that databases are made from
	owner string // prefix and name of this process
	db    *sql.DB

	presence   *sql.Conn // shows owner to other processes as long as this one lives
	membership io.Closer // keeps the throw-away cluster running; nil elsewhere

	made      atomic.Int64 // databases so far
	mu        sync.Mutex   // held while templates are looked up
	templates map[string]func() (string, error)
	copying   sync.Mutex // held while a template is copied, which needs it for itself
}

// connect opens the administrating connections and clears away what processes
// that are no more have left.
func connect(dsn string) (*server, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", External, err)
	}
	s := &server{admin: dsn, templates: map[string]func() (string, error){}}
	s.owner = prefix + strings.ToLower(rand.Text()[:12])
	config.RuntimeParams["application_name"] = s.owner
	s.db = stdlib.OpenDB(*config)
	s.db.SetMaxIdleConns(4)
	if err := s.appear(); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// appear makes this process visible to others, and only then looks for theirs.
func (s *server) appear() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if s.presence, err = s.db.Conn(ctx); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return s.sweep(ctx)
}

// sweep drops the databases whose owner is not connected. Templates always end
// here, because a process does not know which of its tests is the last.
func (s *server) sweep(ctx context.Context) error {
	var names string
	if err := s.presence.QueryRowContext(ctx, `SELECT COALESCE(string_agg(d.datname, ' '), '') FROM pg_database d
		WHERE starts_with(d.datname, $1) AND NOT EXISTS (SELECT FROM pg_stat_activity a
			WHERE starts_with(a.application_name, $1) AND starts_with(d.datname, a.application_name || '_'))`,
		prefix).Scan(&names); err != nil {
		return fmt.Errorf("list the databases: %w", err)
	}
	for _, name := range strings.Fields(names) {
		_ = s.drop(name) // another process may be doing the same
	}
	return nil
}

// template gives the name of the template for a key, made at the first need.
func (s *server) template(key string, fill func(dsn string) error) (string, error) {
	s.mu.Lock()
	get := s.templates[key]
	if get == nil {
		get = sync.OnceValues(func() (string, error) { return s.prepare(fill) })
		s.templates[key] = get
	}
	s.mu.Unlock()
	return get()
}

// prepare makes a template.
func (s *server) prepare(fill func(dsn string) error) (string, error) {
	name, err := s.create("template1")
	if err != nil {
		return "", err
	}
	if err := fill(s.dsn(name)); err != nil {
		return "", err
	}
	// A backend outlives its client for a moment, and a template with a visitor
	// cannot be copied.
	return name, s.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
}

// create makes a database from a template.
func (s *server) create(template string) (string, error) {
	name := s.owner + "_" + strconv.FormatInt(s.made.Add(1), 10)
	s.copying.Lock()
	defer s.copying.Unlock()
	return name, s.exec("CREATE DATABASE " + name + " TEMPLATE " + template)
}

// drop removes a database with whoever is still connected to it.
func (s *server) drop(name string) error {
	return s.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
}

// exec runs a statement that needs no answer.
func (s *server) exec(statement string, args ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := s.db.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
