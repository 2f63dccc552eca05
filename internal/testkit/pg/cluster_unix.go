//go:build unix

package pg

import (
	"context"
	"database/sql"
	_ "embed" // supervise.sh
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

//go:embed supervise.sh
var supervise string

// grace is for how many seconds the cluster waits for another test process: long
// enough for the next package to compile.
const grace = 30

// clusterPossible tells why there can be no throw-away cluster, nil when there can.
func clusterPossible() error {
	_, err := tools()
	return err
}

// toolset is what a cluster is made with.
type toolset struct {
	bin        string              // folder of initdb and postgres
	credential *syscall.Credential // whom to become, nil to stay; the server refuses to be root
}

// tools finds the toolset of this machine.
var tools = sync.OnceValues(func() (toolset, error) {
	bin, err := binaries()
	if err != nil {
		return toolset{}, err
	}
	for _, program := range []string{"sh", "flock"} {
		if _, err := exec.LookPath(program); err != nil {
			return toolset{}, fmt.Errorf("the program %s is missing", program)
		}
	}
	if os.Getuid() != 0 {
		return toolset{bin: bin}, nil
	}
	credential, err := unprivileged()
	return toolset{bin, credential}, err
})

// binaries gives the folder of the newest installed server.
func binaries() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is valid
	best, newest := "", -1
	for _, initdb := range found {
		bin := filepath.Dir(initdb)
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
		if err == nil && version > newest {
			best, newest = bin, version
		}
	}
	if best == "" {
		return "", errors.New("no server is installed (initdb)")
	}
	return best, nil
}

// unprivileged finds a user for root to become.
func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, fmt.Errorf("ids of the user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("there is no user postgres or nobody for root to become")
}

// joinCluster gives the address of the cluster, started if need be, and the lock
// that keeps it running: it ends after all such locks were closed, as the system
// does for a process that is no more.
func joinCluster() (dsn string, membership io.Closer, err error) {
	kit, err := tools()
	if err != nil {
		return "", nil, err
	}
	home, err := ownFolder()
	if err != nil {
		return "", nil, err
	}
	users, err := lock(filepath.Join(home, "users"), syscall.LOCK_SH)
	if err != nil {
		return "", nil, err
	}
	c := &cluster{toolset: kit, dir: filepath.Join(home, "pg"), lock: users.Name()}
	if err := c.ensure(filepath.Join(home, "start")); err != nil {
		_ = users.Close() // the first error is the one that tells
		return "", nil, fmt.Errorf("start a throw-away cluster in %s: %w", c.dir, err)
	}
	return c.dsn(), users, nil
}

// ownFolder gives the folder all test processes of this user share, after making
// sure that nobody else could have prepared it.
func ownFolder() (string, error) {
	home := filepath.Join(os.TempDir(), "muster-postgres-"+strconv.Itoa(os.Getuid()))
	if err := os.Mkdir(home, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("make the folder of the cluster: %w", err)
	}
	info, err := os.Lstat(home)
	if err != nil {
		return "", fmt.Errorf("look at the folder of the cluster: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Getuid() || info.Mode().Perm()&0o022 != 0 {
		return "", fmt.Errorf("%s belongs to somebody else", home)
	}
	return home, nil
}

// lock opens a file, made if need be, and waits for a lock on it.
func lock(name string, how int) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open a lock: %w", err)
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = f.Close() // the first error is the one that tells
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return f, nil
}

// cluster is a throw-away cluster.
type cluster struct {
	toolset
	dir  string // of the data, the socket and the log
	lock string // the file that users of the cluster hold
}

// dsn is the address of the administrating database.
func (c *cluster) dsn() string {
	return "postgres://postgres@/postgres?sslmode=disable&host=" + url.QueryEscape(c.dir)
}

// ping tells whether the cluster answers.
func (c *cluster) ping() error {
	db, err := sql.Open("pgx", c.dsn())
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return db.PingContext(ctx)
}

// ensure starts the cluster unless it answers. Whoever holds the lock of that
// name is doing just this.
func (c *cluster) ensure(name string) error {
	starting, err := lock(name, syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer starting.Close()
	if c.ping() == nil {
		return nil
	}
	return c.start()
}

// start makes the cluster anew and waits until it answers.
func (c *cluster) start() error {
	if err := c.clear(); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(c.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command("sh", "-c", supervise, "supervise.sh", c.bin, c.dir, c.lock, strconv.Itoa(grace))
	// None of our own pipes goes along: go test would wait for their end. An own
	// session keeps the keyboard's interrupt away.
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.credential}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return c.await(ended)
}

// clear leaves an empty folder that belongs to the user of the server.
func (c *cluster) clear() error {
	if err := os.RemoveAll(c.dir); err != nil {
		return err
	}
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return err
	}
	if c.credential == nil {
		return nil
	}
	return os.Chown(c.dir, int(c.credential.Uid), int(c.credential.Gid))
}

// await returns when the cluster answers, or with the log when it never will.
func (c *cluster) await(ended <-chan error) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for c.ping() != nil {
		select {
		case <-tick.C:
			continue
		case err := <-ended:
			return fmt.Errorf("it ended (%v): %s", err, c.lastWords())
		case <-late:
			return fmt.Errorf("it does not answer: %s", c.lastWords())
		}
	}
	return nil
}

// lastWords gives the end of the log.
func (c *cluster) lastWords() string {
	text, err := os.ReadFile(filepath.Join(c.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-2000):]))
}
