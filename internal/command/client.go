package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"muster/internal/api"
	"muster/internal/config"
	"muster/internal/server"
	"muster/internal/store"
)

// answerIn is how long a command waits for one answer.
const answerIn = time.Minute

// client asks the API with the rights of the local socket.
type client struct {
	http  *http.Client
	close func(ctx context.Context) error
}

// need says what a command needs of the server it asks.
type need struct {
	create bool // a database that does not exist is made
	change bool // the command changes something
}

// reach gives the API of the server that runs on the data folder or, when none
// does, of the database.
func (a *app) reach(ctx context.Context, want need) (*client, error) {
	loaded, err := a.load()
	if err != nil {
		return nil, err
	}
	cfg := &loaded.Config
	for {
		running, err := server.Running(ctx, cfg)
		if err != nil {
			return nil, err
		}
		if running {
			return overSocket(server.ControlSocket(cfg)), nil
		}
		c, err := a.inProcess(ctx, cfg, want)
		if !errors.Is(err, server.ErrRunning) { // else one has just started
			return c, err
		}
	}
}

func overSocket(path string) *client {
	var d net.Dialer
	t := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "unix", path) }}
	return &client{http: &http.Client{Transport: t, Timeout: answerIn}, close: func(context.Context) error {
		t.CloseIdleConnections()
		return nil
	}}
}

// inProcess opens the database like a server that nobody can reach but this process.
func (a *app) inProcess(ctx context.Context, cfg *config.Config, want need) (*client, error) {
	if o := server.StoreOptions(cfg); o.Driver == store.SQLite && !want.create {
		if _, err := os.Stat(o.DataSource); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("there is no database at %s yet: start the server (muster serve) or make the first account (muster admin create)", o.DataSource)
		}
	}
	// The causes of internal errors are told to the log alone, and here nobody else reads it.
	log := slog.New(slog.NewTextHandler(a.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	s, err := server.Open(ctx, a.serverOptions(log))
	if err != nil {
		return nil, err
	}
	if want.change && cfg.SqlSettings.DriverName == store.Postgres {
		a.note("No server runs on %s. One that runs elsewhere on the same database may go on with what it knew: run the command there.",
			cfg.MusterSettings.DataDirectory)
	}
	return &client{http: &http.Client{Transport: direct{s.API.Control()}, Timeout: answerIn}, close: s.Stop}, nil
}

// end lets go of the server; err is what happened before.
func (c *client) end(ctx context.Context, err error) error {
	return errors.Join(err, c.close(context.WithoutCancel(ctx)))
}

// do sends a request and reads the answer into out, unless that is nil.
func (c *client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://muster"+api.Prefix+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "muster/"+server.BuildNumber)
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // it was read
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		refused := &refusal{Status: res.StatusCode}
		if json.Unmarshal(text, refused) != nil || refused.Message == "" {
			refused.Message = "the server answered " + res.Status
		}
		return refused
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("understand answer to %s %s: %w", method, path, err)
	}
	return nil
}

// direct hands requests to a handler of this process.
type direct struct{ handler http.Handler }

// RoundTrip calls the handler and gives what it wrote.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	out := &recorded{header: http.Header{}, status: http.StatusOK}
	d.handler.ServeHTTP(out, in)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", out.status, http.StatusText(out.status)), StatusCode: out.status, Proto: r.Proto, ProtoMajor: r.ProtoMajor,
		ProtoMinor: r.ProtoMinor, Header: out.header, Body: io.NopCloser(&out.body), ContentLength: int64(out.body.Len()), Request: r,
	}, nil
}

// recorded is an answer kept in memory.
type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorded) Header() http.Header { return r.header }

func (r *recorded) WriteHeader(status int) { r.status = status }

func (r *recorded) Write(b []byte) (int, error) { return r.body.Write(b) }
