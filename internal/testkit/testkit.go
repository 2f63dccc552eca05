// Package testkit boots whole servers for tests, on a fresh database of each kind,
// and speaks to them over real HTTP. Every exchange is checked against the
// description of the API.
package testkit

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"muster/internal/hub"
	"muster/internal/server"
	"muster/internal/store"
	"muster/internal/testkit/pg"
)

// Databases are the kinds of database every test runs on.
var Databases = []string{store.SQLite, store.Postgres}

// Password is the one of every account the kit makes.
const Password = "Passw0rd-1"

// Options say how a server under test differs from a plain one.
type Options struct {
	// Env are settings as environment variables, such as MM_TEAMSETTINGS_ENABLEOPENSERVER=true.
	Env []string
	// EnvOf gives settings that name files in the data folder.
	EnvOf func(folder string) []string
	// Config is a configuration file: unlike those of the environment, its settings can
	// be changed over the API.
	Config string
	// NoAdmin starts without any account.
	NoAdmin bool
	// Real uses the clock of the machine instead of one the test moves.
	Real bool
	// Sockets are the times and bounds of websockets that differ from the usual ones.
	Sockets hub.Limits
	// Durable keeps the durability of the database, for tests that kill servers.
	Durable bool
}

// Each runs a test on every kind of database, side by side.
func Each(t *testing.T, o Options, test func(t *testing.T, s *Server)) {
	t.Helper()
	t.Parallel()
	for _, database := range Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			test(t, Start(t, database, o))
		})
	}
}

// Server is a running server with what a test needs of it.
type Server struct {
	*server.Server
	Clock  *Clock
	Events *Events
	Folder string // data folder
	Env    []string
	t      testing.TB
	admin  *Client
}

// cheap keeps hashing, and everything else that is slow on purpose, quick. Audit records
// are off because they are stored in the background, which would disturb tests that count
// statements; those that are about them switch them on.
var cheap = []string{
	"MM_MUSTERSETTINGS_ARGON2MEMORYKIB=7168", "MM_MUSTERSETTINGS_ARGON2PASSES=1", "MM_MUSTERSETTINGS_HASHQUEUE=1000",
	"MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:0", "MM_MUSTERSETTINGS_AUDITDATABASEENABLED=false",
}

// Start boots a server on a fresh database; it stops with the test.
func Start(t testing.TB, database string, o Options) *Server {
	t.Helper()
	folder := shortFolder(t)
	env := append(append([]string{"MM_MUSTERSETTINGS_DATADIRECTORY=" + folder}, cheap...), databaseEnv(t, database, folder)...)
	if o.EnvOf != nil {
		env = append(env, o.EnvOf(folder)...)
	}
	return Boot(t, folder, append(env, o.Env...), o)
}

// Boot starts a server on whatever the environment names; Start is for fresh ones.
func Boot(t testing.TB, folder string, env []string, o Options) *Server {
	t.Helper()
	s := &Server{Clock: &Clock{real: o.Real, at: time.Now().Truncate(time.Second)}, Folder: folder, Env: env, t: t}
	var err error
	file := ""
	if o.Config != "" {
		file = filepath.Join(folder, "config.json")
		if err := os.WriteFile(file, []byte(o.Config), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.Server, err = server.Start(t.Context(), server.Options{ConfigFile: file, Environ: env, Log: Logger(t), Now: s.Clock.Now, Volatile: !o.Durable, Sockets: o.Sockets})
	if err != nil {
		t.Fatalf("start server: %v", err)
	}
	s.Events = listen(s.Bus)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Errorf("stop server: %v", err)
		}
	})
	if !o.NoAdmin {
		s.admin = s.firstAdmin()
	}
	return s
}

// shortFolder makes a folder whose path leaves room for the name of a socket.
func shortFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "m")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove data folder: %v", err)
		}
	})
	return dir
}

// databaseEnv makes a fresh database with the schema in it and the settings that use it.
func databaseEnv(t testing.TB, database, folder string) []string {
	t.Helper()
	if database == store.SQLite {
		if err := os.WriteFile(filepath.Join(folder, "muster.db"), sqliteTemplate(t), 0o600); err != nil {
			t.Fatal(err)
		}
		return nil
	}
	dsn := pg.Clone(t, "schema", func(dsn string) error { return prepare(store.Postgres, dsn) })
	return []string{"MM_SQLSETTINGS_DRIVERNAME=postgres", "MM_SQLSETTINGS_DATASOURCE=" + dsn, "MM_SQLSETTINGS_MAXOPENCONNS=6"}
}

// prepare brings an empty database to the schema.
func prepare(driver, dataSource string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Driver: driver, DataSource: dataSource, Volatile: true})
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return db.Close()
}

var templateOnce = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "m")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left of a temporary folder does no harm
	file := filepath.Join(dir, "template.db")
	if err := prepare(store.SQLite, file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func sqliteTemplate(t testing.TB) []byte {
	t.Helper()
	content, err := templateOnce()
	if err != nil {
		t.Fatalf("prepare SQLite template: %v", err)
	}
	return content
}

// Clock is the time of a server under test.
type Clock struct {
	mu   sync.Mutex
	real bool
	at   time.Time
}

// Now gives the time. It moves by a millisecond with every reading, so that what
// happens later is later.
func (c *Clock) Now() time.Time {
	if c.real {
		return time.Now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Millisecond)
	return c.at
}

// Advance moves the time forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Logger writes to the log of the test, which is shown when it fails.
func Logger(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(logWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

type logWriter struct{ t testing.TB }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Logf("%s", p)
	return len(p), nil
}

// Another starts a second node on the database of the first, with a data folder of its own.
func (s *Server) Another(t testing.TB) *Server {
	t.Helper()
	folder := shortFolder(t)
	env := append(slices.Clone(s.Env), "MM_MUSTERSETTINGS_DATADIRECTORY="+folder)
	return Boot(t, folder, env, Options{NoAdmin: true})
}

// As gives somebody who signed in on another node as a client of this one.
func (s *Server) As(t testing.TB, c *Client) *Client {
	d := c.For(t)
	d.base = s.URL
	return d
}

// Fails starts a server that must not start and gives the reason.
func Fails(t testing.TB, env ...string) error {
	t.Helper()
	folder := shortFolder(t)
	s, err := server.Start(t.Context(), server.Options{
		Environ: append(append(slices.Clone(cheap), "MM_MUSTERSETTINGS_DATADIRECTORY="+folder), env...),
		Log:     slog.New(slog.DiscardHandler), Now: time.Now, Volatile: true,
	})
	if err == nil {
		_ = s.Stop(t.Context()) // the test fails anyway
	}
	return err
}
