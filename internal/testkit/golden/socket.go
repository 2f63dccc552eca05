package golden

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// SocketTarget is a server a recording of a websocket is replayed against, with the
// accounts and variables its setup would make.
type SocketTarget struct {
	Base   string
	IDs    map[string]string // of the actors
	Tokens map[string]string // of their sessions
	Vars   map[string]string
}

// socketStep is what a client does on a websocket, or a request, with what it gets.
type socketStep struct {
	As        string              `json:"as"`
	WS        string              `json:"ws"`
	Conn      string              `json:"conn"`
	Frame     json.RawMessage     `json:"frame"`
	Query     string              `json:"query"`
	Path      string              `json:"path"`
	Note      string              `json:"note"`
	WithSeq   bool                `json:"with_seq"`
	OnlyKnown bool                `json:"only_known"`
	Racy      map[string][]string `json:"racy"`
	Golden    struct {
		Replies []any            `json:"replies"`
		Events  map[string][]any `json:"events"`
		Closed  bool             `json:"closed"`
		JSON    any              `json:"json"`
	} `json:"golden"`
}

// socketPlayer is one run.
type socketPlayer struct {
	t      testing.TB
	target SocketTarget
	labels map[string]string
	lines  map[string]*socketLine
}

// socketLine is an open websocket.
type socketLine struct {
	conn   *websocket.Conn
	frames chan map[string]any
	racy   []string // events that may come or not
}

// socketPatience is how long a step waits for what must come.
const socketPatience = 10 * time.Second

// ReplaySockets plays what clients did on websockets and reports each step after which
// they got something else. What comes too much is seen by the step after.
func ReplaySockets(t testing.TB, target SocketTarget, file string) {
	t.Helper()
	text, err := messaging.ReadFile("testdata/messaging/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Steps []socketStep }
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	p := &socketPlayer{t: t, target: target, labels: map[string]string{}, lines: map[string]*socketLine{}}
	for name, id := range target.IDs {
		p.labels[id] = "<id:" + name + ">"
	}
	for i, s := range doc.Steps {
		at := fmt.Sprintf("%s:%d %s %s %s %s", file, i+1, s.WS, s.Path, s.Frame, s.Note)
		if s.Conn == "" {
			s.Conn = s.As
		}
		if err := p.play(s); err != nil {
			t.Fatalf("%.200s\n\t%v", at, err)
		}
	}
}

func (p *socketPlayer) play(s socketStep) error {
	switch s.WS {
	case "open":
		if err := p.open(s); err != nil {
			return err
		}
	case "send":
		if err := p.send(s); err != nil {
			return err
		}
	case "":
		return p.get(s)
	default:
		return fmt.Errorf("no step %s", s.WS)
	}
	l := p.lines[s.Conn]
	if s.Golden.Closed {
		return l.closed()
	}
	l.racy = append(l.racy, s.Racy[s.Conn]...)
	var want []string
	for _, x := range append(slices.Clone(s.Golden.Replies), s.Golden.Events[s.Conn]...) {
		if m, ok := x.(map[string]any); !ok || !l.mayLack(m) {
			want = append(want, encode(x))
		}
	}
	return p.expect(s, l, want)
}

func (p *socketPlayer) open(s socketStep) error {
	header := http.Header{}
	if token := p.target.Tokens[s.As]; token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	ctx, cancel := context.WithTimeout(context.Background(), socketPatience)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, strings.Replace(p.target.Base, "http", "ws", 1)+"/api/v4/websocket?"+s.Query, &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		return err
	}
	if res.Body != nil {
		_ = res.Body.Close() // the connection is no longer its
	}
	l := &socketLine{conn: conn, frames: make(chan map[string]any, 100)}
	p.lines[s.Conn] = l
	p.t.Cleanup(func() { _ = conn.CloseNow() }) // it may be closed already
	go l.read()
	return nil
}

func (l *socketLine) read() {
	defer close(l.frames)
	for {
		_, text, err := l.conn.Read(context.Background())
		if err != nil {
			return
		}
		var frame map[string]any
		if json.Unmarshal(text, &frame) == nil {
			l.frames <- frame
		}
	}
}

// mayLack tells whether a frame is an event that may come or not.
func (l *socketLine) mayLack(frame map[string]any) bool {
	name, _ := frame["event"].(string)
	return slices.Contains(l.racy, name)
}

func (l *socketLine) closed() error {
	for late := time.After(socketPatience); ; {
		select {
		case frame, open := <-l.frames:
			if !open {
				return nil
			}
			if !l.mayLack(frame) {
				return fmt.Errorf("instead of being closed it got %s", encode(frame))
			}
		case <-late:
			return fmt.Errorf("it stays open")
		}
	}
}

var socketPlaceholder = regexp.MustCompile(`\$\{(\w+)\.(id|token)\}|\$\{repeat:(.):(\d+)\}|\$\{(\w+)\}`)

func (p *socketPlayer) fill(text string) string {
	return socketPlaceholder.ReplaceAllStringFunc(text, func(match string) string {
		m := socketPlaceholder.FindStringSubmatch(match)
		switch {
		case m[2] == "id":
			return p.target.IDs[m[1]]
		case m[2] == "token":
			return p.target.Tokens[m[1]]
		case m[3] != "":
			n, _ := strconv.Atoi(m[4]) // digits are a number
			return strings.Repeat(m[3], n)
		}
		return p.target.Vars[m[5]]
	})
}

func (p *socketPlayer) send(s socketStep) error {
	text := p.fill(string(s.Frame))
	var raw string
	if json.Unmarshal([]byte(text), &raw) == nil { // a frame that is no object is written as a text
		text = raw
	}
	ctx, cancel := context.WithTimeout(context.Background(), socketPatience)
	defer cancel()
	return p.lines[s.Conn].conn.Write(ctx, websocket.MessageText, []byte(text))
}

// expect waits for frames in any order and refuses others.
func (p *socketPlayer) expect(s socketStep, l *socketLine, want []string) error {
	for late := time.After(socketPatience); len(want) > 0; {
		select {
		case frame, open := <-l.frames:
			if !open {
				return fmt.Errorf("it was closed and lacks %s", strings.Join(want, "\n\t"))
			}
			if l.mayLack(frame) {
				continue
			}
			got := encode(p.normal(s, frame, ""))
			i := slices.Index(want, got)
			if i < 0 {
				return fmt.Errorf("got  %s\n\twant %s", got, strings.Join(want, "\n\t"))
			}
			want = slices.Delete(want, i, i+1)
		case <-late:
			return fmt.Errorf("lacks %s", strings.Join(want, "\n\t"))
		}
	}
	return nil
}

// normal replaces what differs from run to run.
func (p *socketPlayer) normal(s socketStep, value any, key string) any {
	switch x := value.(type) {
	case map[string]any:
		return p.normalFields(s, x, key)
	case []any:
		out := make([]any, len(x))
		for i, v := range x {
			out[i] = p.normal(s, v, "")
		}
		return out
	case string:
		return p.normalText(x, key)
	case float64:
		if x > 1.2e12 {
			return "<ms>"
		}
	}
	return value
}

func (p *socketPlayer) normalFields(s socketStep, fields map[string]any, key string) map[string]any {
	out := map[string]any{}
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		v := fields[k]
		unset := key == "broadcast" && (v == nil || v == "")
		foreign := key == "data" && s.OnlyKnown && p.labels[k] == ""
		if unset || foreign || k == "seq" && !s.WithSeq {
			continue
		}
		out[p.normalText(k, "")] = p.normal(s, v, k)
	}
	return out
}

func (p *socketPlayer) normalText(text, key string) string {
	switch key {
	case "version", "server_version":
		return "<version>"
	case "server_hostname":
		return "<host>"
	case "message":
		return "<text>"
	}
	if label := p.labels[text]; label != "" {
		return label
	}
	if len(text) == 26 && !strings.ContainsAny(text, "_. ") {
		return "<id>"
	}
	return text
}

// get asks for something between the frames.
func (p *socketPlayer) get(s socketStep) error {
	req, err := http.NewRequest(http.MethodGet, p.target.Base+"/api/v4"+p.fill(s.Path), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+p.target.Tokens[s.As])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var value any
	if err := json.NewDecoder(res.Body).Decode(&value); err != nil {
		return err
	}
	if got, want := encode(p.normal(s, value, "")), encode(s.Golden.JSON); got != want {
		return fmt.Errorf("got  %s\n\twant %s", got, want)
	}
	return nil
}
