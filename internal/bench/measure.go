package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"muster/internal/password"
	"muster/internal/store"
)

// site is one database with a server on it.
type site struct {
	database string
	env      []string
	server   *child
	seeded   *seeded
}

func measure(ctx context.Context, o options) (err error) {
	folder := o.folder
	if folder == "" {
		if folder, err = os.MkdirTemp("", "muster-bench"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	}
	floor, err := start(ctx, "floor", nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, floor.stop()) }()
	fmt.Printf("%d users, %d connections, %s a work, %d cores, %s\n", o.users, o.connections, o.seconds, runtime.NumCPU(), runtime.Version())
	for database := range strings.SplitSeq(o.databases, ",") {
		if err := measureOn(ctx, o, database, folder, floor); err != nil {
			return fmt.Errorf("%s: %w", database, err)
		}
	}
	return nil
}

func measureOn(ctx context.Context, o options, database, folder string, floor *child) (err error) {
	dir := filepath.Join(folder, fmt.Sprintf("%s-%d", database, o.users))
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // PostgreSQL runs as another user inside
		return err
	}
	s := &site{database: database, env: []string{"MM_MUSTERSETTINGS_DATADIRECTORY=" + filepath.Join(dir, "data"),
		"MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:0", "MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=1000"}}
	open := store.Options{Driver: database, DataSource: filepath.Join(dir, "data", "muster.db")}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		return err
	}
	if database == store.Postgres {
		dsn := o.postgres
		if dsn == "" {
			c, err := startCluster(ctx, dir)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, c.stop(context.WithoutCancel(ctx))) }()
			dsn = c.dsn
		}
		open.DataSource = dsn
		s.env = append(s.env, "MM_SQLSETTINGS_DRIVERNAME=postgres", "MM_SQLSETTINGS_DATASOURCE="+dsn)
	}
	if o.even > 0 {
		s.env = append(s.env, unbounded...)
	}
	if s.seeded, err = fill(ctx, open, o.users); err != nil {
		return err
	}
	if s.server, err = start(ctx, "muster", s.env); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.server.stop()) }()
	if o.even > 0 {
		if err := s.signIn(1); err != nil {
			return err
		}
		return s.even(ctx, o.even)
	}
	started, idle := s.server.started, s.server.residentMB()
	if err := s.signIn(o.connections); err != nil {
		return err
	}
	fmt.Printf("\n%s: first answer %d ms after the start, %.0f MB resident then\n\n", database, started.Milliseconds(), idle)
	if err := s.table(ctx, o, floor); err != nil {
		return err
	}
	fmt.Printf("\n%.0f MB resident afterwards\n", s.server.residentMB())
	return nil
}

// table measures every work and the floor of the same size beside it.
func (s *site) table(ctx context.Context, o options, floor *child) error {
	fmt.Println("| Work | Muster/s | p50 ms | p99 ms | Bytes | Floor/s | Ratio |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|")
	for _, w := range s.works() {
		if !strings.Contains(w.name, o.only) {
			continue
		}
		if _, err := load(ctx, s.server.address, o.connections, o.seconds/3, w.next); err != nil { // warm up
			return fmt.Errorf("%s: %w", w.name, err)
		}
		got, err := load(ctx, s.server.address, o.connections, o.seconds, w.next)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		if got.failed > 0 {
			return fmt.Errorf("%s: %d answers were errors", w.name, got.failed)
		}
		beside, ratio := "", ""
		if w.floor != nil {
			least, err := load(ctx, floor.address, o.connections, o.seconds, w.floor(got.size))
			if err != nil {
				return fmt.Errorf("floor: %w", err)
			}
			beside, ratio = fmt.Sprintf("%.0f", least.perSecond), fmt.Sprintf("%.2f", got.perSecond/least.perSecond)
		}
		fmt.Printf("| %s | %.0f | %.2f | %.2f | %d | %s | %s |\n", w.name, got.perSecond, ms(got.p50), ms(got.p99), got.size, beside, ratio)
	}
	if o.only == "" {
		if err := s.storm(ctx, o); err != nil {
			return err
		}
	}
	if o.only == "" || o.only == "websockets" {
		return s.sockets(ctx, o)
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// storm measures sign-ins against the bare hash, and reading beside a storm of them.
func (s *site) storm(ctx context.Context, o options) error {
	bare := bareHashes(o.seconds)
	signIn := s.signInWork()
	storm, err := load(ctx, s.server.address, 2*runtime.NumCPU(), o.seconds, signIn)
	if err != nil {
		return fmt.Errorf("sign-in: %w", err)
	}
	fmt.Printf("| sign-in (bare hash beside it) | %.1f | %.2f | %.2f | %d | %.1f | %.2f |\n", storm.perSecond, ms(storm.p50), ms(storm.p99),
		storm.size, bare, storm.perSecond/bare)
	me := s.works()[0].next
	alone, err := load(ctx, s.server.address, 2, o.seconds, me)
	if err != nil {
		return err
	}
	stop := make(chan error, 1)
	go func() {
		_, err := load(ctx, s.server.address, 2*runtime.NumCPU(), o.seconds+time.Second, signIn)
		stop <- err
	}()
	beside, err := load(ctx, s.server.address, 2, o.seconds, me)
	if err = errors.Join(err, <-stop); err != nil {
		return err
	}
	fmt.Printf("| me, 2 connections, alone | %.0f | %.2f | %.2f | %d | | |\n", alone.perSecond, ms(alone.p50), ms(alone.p99), alone.size)
	fmt.Printf("| me, 2 connections, beside sign-ins | %.0f | %.2f | %.2f | %d | | |\n", beside.perSecond, ms(beside.p50), ms(beside.p99), beside.size)
	return nil
}

// bareHashes tells how many hashes a second all cores compute with nothing around them.
func bareHashes(d time.Duration) float64 {
	h, err := password.New(password.Options{})
	if err != nil {
		return 0
	}
	stored, err := h.Hash(context.Background(), seedPassword)
	if err != nil {
		return 0
	}
	n := make(chan int, runtime.NumCPU())
	begin := time.Now()
	for range runtime.NumCPU() {
		go func() {
			done := 0
			for time.Since(begin) < d {
				if ok, _, err := h.Verify(context.Background(), stored, seedPassword); ok && err == nil {
					done++
				}
			}
			n <- done
		}()
	}
	total := 0
	for range runtime.NumCPU() {
		total += <-n
	}
	return float64(total) / time.Since(begin).Seconds()
}
