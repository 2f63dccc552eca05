// Command bench measures a Muster beside a floor: a bare net/http server that
// answers the same number of bytes. Both run as processes of their own on this
// machine, and the load comes from this one, so the ratio of the two in one run is
// what counts, not the absolute figures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// options are the flags.
type options struct {
	users       int
	connections int
	sockets     int
	seconds     time.Duration
	databases   string
	postgres    string
	only        string
	folder      string
	child       string
	even        int
	profile     string
}

func main() {
	var o options
	flag.IntVar(&o.users, "users", 10_000, "accounts in the database")
	flag.IntVar(&o.connections, "connections", 32, "connections the load comes over")
	flag.IntVar(&o.sockets, "sockets", 10_000, "websockets to open; 0 measures none")
	flag.DurationVar(&o.seconds, "for", 3*time.Second, "how long each work is measured")
	flag.StringVar(&o.databases, "databases", "sqlite,postgres", "which databases to measure")
	flag.StringVar(&o.postgres, "postgres", "", "address of a PostgreSQL whose user may create databases; a cluster of its own is started without it")
	flag.StringVar(&o.only, "only", "", "measure only works whose name contains this")
	flag.StringVar(&o.folder, "folder", "", "where databases are kept between runs; a temporary folder without it")
	flag.IntVar(&o.even, "even", 0, "instead of speed, compare answers about known and unknown accounts in so many tries each")
	flag.StringVar(&o.profile, "profile", "", "folder for profiles of the server (DATABASE.cpu, DATABASE.heap); best with -only")
	flag.StringVar(&o.child, "child", "", "run as a process under measurement (used by bench itself)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	switch o.child {
	case "muster":
		return profiled(o.profile, func() error { return serveMuster(ctx) })
	case "floor":
		return serveFloor(ctx)
	}
	return measure(ctx, o)
}
