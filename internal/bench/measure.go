package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
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
		if err := os.Chmod(folder, 0o755); err != nil {
			return err
		}
	}
	floor, err := start(ctx, "floor", nil, "")
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
	s := &site{database: database, env: settings(dir)}
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
	if err := s.seeded.giveTokens(ctx, open); err != nil {
		return err
	}
	profile := ""
	if o.profile != "" {
		profile = filepath.Join(o.profile, database)
	}
	if s.server, err = start(ctx, "muster", s.env, profile); err != nil {
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
	if err := s.signIn(max(o.connections, o.accountsOfSockets())); err != nil {
		return err
	}
	fmt.Printf("\n%s: first answer %d ms after the start, %.0f MB resident then\n\n", database, started.Milliseconds(), idle)
	if err := s.tables(ctx, o, floor); err != nil {
		return err
	}
	fmt.Printf("\n%.0f MB resident afterwards\n", s.server.residentMB())
	return nil
}

// settings are those of a server under load, whose files are in the folder.
func settings(dir string) []string {
	return []string{
		"MM_MUSTERSETTINGS_DATADIRECTORY=" + filepath.Join(dir, "data"),
		"MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:0", "MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=1000",
		"MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS=true", "MM_TEAMSETTINGS_MAXUSERSPERTEAM=100000",
	}
}

// tables prints everything that is measured.
func (s *site) tables(ctx context.Context, o options, floor *child) error {
	if err := s.table(ctx, o, floor); err != nil || o.only != "" {
		return err
	}
	return s.credentials(ctx, o)
}

// table measures every work and the floor of the same size beside it.
func (s *site) table(ctx context.Context, o options, floor *child) error {
	fmt.Println("| Work | Muster/s | p50 ms | p99 ms | Bytes | Floor/s | Ratio |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|")
	for _, w := range s.works() {
		if !strings.Contains(w.name, o.only) {
			continue
		}
		if err := s.measureWork(ctx, o, w, floor); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	if o.only == "" || o.only == "sign-in" {
		if err := s.storm(ctx, o); err != nil {
			return err
		}
	}
	if o.only == "" || o.only == "conversation" {
		if err := s.conversation(ctx, o); err != nil {
			return fmt.Errorf("conversation: %w", err)
		}
	}
	if o.only == "" || o.only == "websockets" {
		return s.sockets(ctx, o)
	}
	return nil
}

// turns is into how many parts the time of a work and of the floor is cut. They take
// turns, and the ratio is the median of the parts: other things the machine may have to
// do in the meantime meet both.
const turns = 7

// measureWork prints the line of one work, and another one for a single connection
// where the target is about how long an answer takes.
func (s *site) measureWork(ctx context.Context, o options, w work, floor *child) error {
	if _, err := load(ctx, s.server.address, o.connections, o.seconds, w.next); err != nil { // warm up
		return err
	}
	var got, least figures
	var ratios []float64
	for range turns {
		some, err := load(ctx, s.server.address, o.connections, o.seconds/turns, w.next)
		if err != nil {
			return err
		}
		beside, err := load(ctx, floor.address, o.connections, o.seconds/turns, w.floor(some.size))
		if err != nil {
			return fmt.Errorf("floor: %w", err)
		}
		ratios = append(ratios, some.perSecond()/beside.perSecond())
		got, least = got.and(some), least.and(beside)
	}
	sort.Float64s(ratios)
	fmt.Printf("| %s | %.0f | %.2f | %.2f | %d | %.0f | %.2f |\n", w.name, got.perSecond(), ms(got.percentile(50)), ms(got.percentile(99)), got.size,
		least.perSecond(), ratios[turns/2])
	var alone figures
	if w.timed {
		var err error
		if alone, err = load(ctx, s.server.address, 1, o.seconds, w.next); err != nil {
			return err
		}
		fmt.Printf("| %s, 1 connection | %.0f | %.2f | %.2f | %d | | |\n", w.name, alone.perSecond(), ms(alone.percentile(50)), ms(alone.percentile(99)), alone.size)
	}
	if failed := got.failed + alone.failed; failed > 0 {
		return fmt.Errorf("%d answers were errors", failed)
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// storm measures sign-ins against the bare hash, and reading beside a storm of them.
func (s *site) storm(ctx context.Context, o options) error {
	const turns = 3
	connections, signIn := o.connections, s.signInWork()
	var storm figures
	var ratios, bare []float64
	for range turns {
		some, err := load(ctx, s.server.address, connections, o.seconds, signIn)
		if err != nil {
			return fmt.Errorf("sign-in: %w", err)
		}
		if some.failed > 0 {
			return fmt.Errorf("sign-in: %d answers were errors", some.failed)
		}
		bare = append(bare, bareHashes(o.seconds))
		ratios = append(ratios, some.perSecond()/bare[len(bare)-1])
		storm = storm.and(some)
	}
	sort.Float64s(ratios)
	sort.Float64s(bare)
	fmt.Printf("| sign-in (bare hash beside it) | %.1f | %.2f | %.2f | %d | %.1f | %.2f |\n", storm.perSecond(), ms(storm.percentile(50)), ms(storm.percentile(99)),
		storm.size, bare[turns/2], ratios[turns/2])
	return s.besideStorm(ctx, o, connections, signIn)
}

// besideStorm compares reading alone with reading while others sign in.
func (s *site) besideStorm(ctx context.Context, o options, connections int, signIn func(int, int) []byte) error {
	me := s.works()[0].next
	alone, err := load(ctx, s.server.address, 2, o.seconds, me)
	if err != nil {
		return err
	}
	stop := make(chan error, 1)
	go func() {
		_, err := load(ctx, s.server.address, connections, o.seconds+time.Second, signIn)
		stop <- err
	}()
	beside, err := load(ctx, s.server.address, 2, o.seconds, me)
	if err = errors.Join(err, <-stop); err != nil {
		return err
	}
	fmt.Printf("| me, 2 connections, alone | %.0f | %.2f | %.2f | %d | | |\n", alone.perSecond(), ms(alone.percentile(50)), ms(alone.percentile(99)), alone.size)
	fmt.Printf("| me, 2 connections, beside sign-ins | %.0f | %.2f | %.2f | %d | | |\n", beside.perSecond(), ms(beside.percentile(50)), ms(beside.percentile(99)), beside.size)
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
