package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"muster/internal/server"
)

// asServer is the environment variable that makes the test binary a server.
const asServer = "MUSTER_CRASH_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		serve()
	}
	os.Exit(m.Run())
}

// serve runs a server until it is killed. It prints where it listens.
func serve() {
	s, err := server.Start(context.Background(), server.Options{Environ: os.Environ(), Log: slog.Default(), Now: time.Now})
	if err != nil {
		fmt.Fprintln(os.Stderr, "start:", err)
		os.Exit(1)
	}
	fmt.Println(s.URL)
	select {} // nobody stops it politely
}

// process is a server in a process of its own.
type process struct {
	url     string
	took    time.Duration // from its start to its first answer
	command *exec.Cmd
	errors  bytes.Buffer
}

// launch starts a server process without waiting for it.
func launch(t *testing.T, env []string) (*process, io.ReadCloser) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{command: exec.CommandContext(t.Context(), self)}
	p.command.Env = append(env, asServer+"=1")
	p.command.Stderr = &p.errors
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatalf("start server process: %v", err)
	}
	return p, out
}

// start starts a server process and waits until it answers.
func start(t *testing.T, env []string) *process {
	t.Helper()
	began := time.Now()
	p, out := launch(t, env)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = p.command.Wait() // so that all it wrote is here
		t.Fatalf("the server did not start: %v\n%s", err, p.errors.String())
	}
	p.url = strings.TrimSpace(line)
	var pong map[string]any
	if err := (client{url: p.url, http: &http.Client{}}).do(t.Context(), http.MethodGet, "/system/ping", nil, &pong); err != nil {
		t.Fatalf("the server does not answer: %v\n%s", err, p.errors.String())
	}
	p.took = time.Since(began)
	return p
}

// kill ends the process as a power cut would, and waits until it is gone.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Kill(); err != nil {
		t.Fatalf("kill: %v\n%s", err, p.errors.String())
	}
	_ = p.command.Wait() // it tells that the process was killed
}

// client speaks to a server with a token.
type client struct {
	url, token string
	http       *http.Client
}

// refusal is an answer that is no success.
type refusal struct {
	status int
	body   string
}

func (r refusal) Error() string { return fmt.Sprintf("status %d: %s", r.status, r.body) }

// statusOf gives the status of a refusal, 0 of any other error.
func statusOf(err error) int {
	var r refusal
	if errors.As(err, &r) {
		return r.status
	}
	return 0
}

// do sends a request and decodes the answer into out unless that is nil. Without
// an error the server has acknowledged what it was asked for.
func (c client) do(ctx context.Context, method, path string, in, out any) error {
	_, err := c.exchange(ctx, method, path, in, out)
	return err
}

// exchange is do for who wants the header of the answer.
func (c client) exchange(ctx context.Context, method, path string, in, out any) (http.Header, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+"/api/v4"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		return nil, refusal{res.StatusCode, string(answer)}
	}
	if out == nil {
		return res.Header, nil
	}
	return res.Header, json.Unmarshal(answer, out)
}
