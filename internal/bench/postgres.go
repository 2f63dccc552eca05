package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// cluster is a PostgreSQL of the run's own, with the settings it comes with.
type cluster struct {
	dir, dsn string
	as       *syscall.Credential
}

// startCluster makes and starts a cluster in the folder. The server refuses to run
// as root, so it runs as the user postgres then.
func startCluster(ctx context.Context, dir string) (*cluster, error) {
	c := &cluster{dir: filepath.Join(dir, "postgres")}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, fmt.Errorf("find a user to run PostgreSQL as: %w", err)
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		c.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := errors.Join(os.Chmod(dir, 0o755), os.MkdirAll(c.dir, 0o700), os.Chown(c.dir, int(uid), int(gid))); err != nil {
			return nil, err
		}
	}
	if _, err := os.Stat(filepath.Join(c.dir, "data")); err != nil {
		if err := c.run(ctx, "initdb", "-D", filepath.Join(c.dir, "data"), "-A", "trust", "-U", "bench", "--encoding=UTF8", "--locale=C"); err != nil {
			return nil, err
		}
	}
	// PostgreSQL looks once a minute at what it knows of tables that grew: here in every second,
	// because a run does in seconds what takes minutes elsewhere.
	opts := "-c autovacuum_naptime=1s -c listen_addresses='' -c unix_socket_directories=" + c.dir + " -c shared_buffers=1GB -c max_wal_size=4GB -c maintenance_work_mem=512MB"
	if err := c.run(ctx, "pg_ctl", "-D", filepath.Join(c.dir, "data"), "-w", "-l", filepath.Join(c.dir, "log"), "-o", opts, "start"); err != nil {
		return nil, err
	}
	c.dsn = "host=" + c.dir + " user=bench dbname=postgres"
	return c, nil
}

func (c *cluster) stop(ctx context.Context) error {
	return c.run(ctx, "pg_ctl", "-D", filepath.Join(c.dir, "data"), "-m", "fast", "-w", "stop")
}

// run calls a program of the PostgreSQL installation.
func (c *cluster) run(ctx context.Context, name string, args ...string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
		if len(found) == 0 {
			return fmt.Errorf("%s is not installed", name)
		}
		path = found[len(found)-1]
	}
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // the program and its arguments are ours
	cmd.Dir = c.dir
	if c.as != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}
