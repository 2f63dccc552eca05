package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"muster/internal/server"
)

// serveMuster is the server under measurement, configured by its environment.
func serveMuster(ctx context.Context) error {
	s, err := server.Start(ctx, server.Options{
		Environ: os.Environ(), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	fmt.Println(s.URL)
	<-ctx.Done()
	return s.Stop(context.WithoutCancel(ctx))
}

// serveFloor answers any request with as many bytes as the path says.
func serveFloor(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	body := []byte(strings.Repeat("x", 1<<20))
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a broken request only spoils its own figure
		n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		n = min(n, len(body))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(n))
		_, _ = w.Write(body[:n])
	})}
	fmt.Println("http://" + l.Addr().String())
	go func() { <-ctx.Done(); _ = srv.Close() }()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// child is a process under measurement.
type child struct {
	cmd     *exec.Cmd
	address string // host:port
	started time.Duration
}

// profiled runs a child and writes where it spent its time to NAME.cpu and what it
// held in memory at the end to NAME.heap, unless name is empty.
func profiled(name string, serve func() error) (err error) {
	if name == "" {
		return serve()
	}
	cpu, err := os.Create(name + ".cpu")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	err = serve()
	pprof.StopCPUProfile()
	heap, e := os.Create(name + ".heap")
	if e == nil {
		e = errors.Join(pprof.WriteHeapProfile(heap), heap.Close())
	}
	return errors.Join(err, e, cpu.Close())
}

// start runs this program again as the named child and waits until it answers.
func start(ctx context.Context, kind string, env []string, profile string) (*child, error) {
	cmd := exec.CommandContext(ctx, os.Args[0], "-child", kind, "-profile", profile) //nolint:gosec // it is this very program
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s did not start: %w", kind, errors.Join(err, cmd.Wait()))
	}
	c := &child{cmd: cmd, address: strings.TrimPrefix(strings.TrimSpace(line), "http://")}
	if kind == "muster" {
		if _, err := newConn(c.address).do(get("/api/v4/system/ping", "")); err != nil {
			return nil, err
		}
	}
	c.started = time.Since(begin)
	return c, nil
}

func (c *child) stop() error {
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return c.cmd.Wait()
}

// residentMB is the memory of the process in megabytes, 0 where the system does not say.
func (c *child) residentMB() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}
