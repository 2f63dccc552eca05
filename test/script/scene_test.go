package script

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a story waits for anything: long, for machines that have much to do.
const patience = time.Minute

type sceneKey struct{}

// scene is what the steps of one story share.
type scene struct {
	folder   string
	path     string   // where programs are
	settings []string // NAME=value, for the program

	server   *exec.Cmd
	log      *bytes.Buffer // of the server, complete when done is closed
	done     chan struct{}
	greeting string
	url      string
	web      *http.Client
	held     net.Conn
	rest     string // of the request that is held
}

func at(ts *testscript.TestScript) *scene { return ts.Value(sceneKey{}).(*scene) }

// end cleans up after a story, whatever became of it.
func (s *scene) end() {
	if s.held != nil {
		_ = s.held.Close()
	}
	if s.server != nil {
		_ = s.server.Process.Kill()
		<-s.done
	}
}

// client asks without keeping connections, which would only have to be closed.
func (s *scene) client() *http.Client {
	if s.web == nil {
		s.web = &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	}
	return s.web
}

// program finds the program under test.
func (s *scene) program(name string) (string, error) {
	for _, folder := range filepath.SplitList(s.path) {
		if path := filepath.Join(folder, name); isProgram(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no %s", name)
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}

func (s *scene) serve(ts *testscript.TestScript, args []string) error {
	if s.server != nil {
		return errors.New("a server runs already")
	}
	path, err := s.program("muster")
	if err != nil {
		return err
	}
	cmd := exec.Command(path, append(args, "serve")...)
	cmd.Args[0] = "muster"
	cmd.Dir, cmd.Env = s.folder, append([]string{"PATH=" + s.path}, s.settings...)
	s.log, s.done = &bytes.Buffer{}, make(chan struct{})
	cmd.Stderr = s.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.server = cmd
	greeting := make([]byte, 64<<10)
	n, _ := out.Read(greeting) // the greeting comes in one piece; an error shows as none
	go func() {
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait() // the exit code is asked for
		close(s.done)
	}()
	s.greeting = string(greeting[:n])
	if s.url = regexp.MustCompile(`http://[0-9.:]+`).FindString(s.greeting); s.url == "" {
		<-s.done
		return fmt.Errorf("the server did not greet:\n%s", s.log)
	}
	ts.Setenv("URL", s.url)
	_, err = io.WriteString(ts.Stdout(), s.greeting)
	return err
}

// paste runs a command of the greeting as somebody would who copies it.
func (s *scene) paste(ts *testscript.TestScript, prefix string) error {
	_, rest, ok := strings.Cut(s.greeting, "\n  "+prefix)
	if !ok {
		return fmt.Errorf("the greeting has no %s:\n%s", prefix, s.greeting)
	}
	line, _, _ := strings.Cut(rest, "\n\n")
	return ts.Exec("sh", "-c", prefix+line)
}

func (s *scene) signal(name string) error {
	sig, ok := map[string]os.Signal{"TERM": syscall.SIGTERM, "INT": os.Interrupt, "KILL": os.Kill}[name]
	if !ok || s.server == nil {
		return fmt.Errorf("cannot send %s to server %v", name, s.server)
	}
	return s.server.Process.Signal(sig)
}

func (s *scene) ended(ts *testscript.TestScript, how string) error {
	select {
	case <-s.done:
	case <-time.After(patience):
		return errors.New("the server goes on")
	}
	state := s.server.ProcessState
	s.server = nil
	if _, err := s.log.WriteTo(ts.Stderr()); err != nil {
		return err
	}
	if how == "signal" {
		how = "-1"
	}
	if got := strconv.Itoa(state.ExitCode()); got != how {
		return fmt.Errorf("the server ended with %v", state)
	}
	return nil
}

// hold sends the first half of a request and makes sure that the server waits for the second.
func (s *scene) hold(path, body string) error {
	c, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), patience)
	if err != nil {
		return err
	}
	s.held = c
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	half := len(body) / 2
	s.rest = body[half:]
	if _, err := fmt.Fprintf(c, "POST /api/v4%s HTTP/1.1\r\nHost: muster\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"+
		"Expect: 100-continue\r\n\r\n", path, len(body)); err != nil {
		return err
	}
	goOn := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n")) // sent when the body is asked for
	if _, err := io.ReadFull(c, goOn); err != nil {
		return err
	}
	_, err = io.WriteString(c, body[:half])
	return err
}

// closed waits until nobody answers at the address any more.
func (s *scene) closed() error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		c, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), patience)
		if err != nil {
			return nil
		}
		_ = c.Close()
	}
	return errors.New("the server still accepts connections")
}

func (s *scene) finish(ts *testscript.TestScript) error {
	if _, err := io.WriteString(s.held, s.rest); err != nil {
		return err
	}
	res, err := http.ReadResponse(bufio.NewReader(s.held), nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = fmt.Fprintln(ts.Stdout(), res.StatusCode)
	return err
}
