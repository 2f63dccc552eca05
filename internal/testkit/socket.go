package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"muster/internal/event"
)

// Frame is what a server sends on a websocket: an event or a reply.
type Frame struct {
	Event     string         `json:"event"`
	Data      map[string]any `json:"data"`
	Broadcast map[string]any `json:"broadcast"`
	Seq       *int64         `json:"seq"`
	Status    string         `json:"status"`
	SeqReply  int64          `json:"seq_reply"`
	Error     struct {
		ID      string `json:"id"`
		Message string `json:"message"`
		Status  int    `json:"status_code"`
	} `json:"error"`
	Text string `json:"-"` // as it came
}

// Line is a websocket as a client has it.
type Line struct {
	Conn   *websocket.Conn
	frames chan Frame
	code   websocket.StatusCode // why it was closed; read it after frames was closed
	t      testing.TB
}

// lineWait is how long anything may take that is expected to come.
const lineWait = 15 * time.Second

// Dial opens a websocket with the client's token; the query follows the path as it is.
func (c *Client) Dial(query string) *Line {
	c.t.Helper()
	l, res, err := c.TryDial(query)
	if err != nil {
		status := 0
		if res != nil {
			status = res.StatusCode
		}
		c.t.Fatalf("open websocket: %d %v", status, err)
	}
	return l
}

// TryDial is Dial for websockets that may be refused.
func (c *Client) TryDial(query string) (*Line, *http.Response, error) {
	l, res, err := c.DialSilently(query)
	if err == nil {
		go l.read()
	}
	return l, res, err
}

// DialSilently opens a websocket nobody reads from.
func (c *Client) DialSilently(query string) (*Line, *http.Response, error) {
	h := c.Header.Clone()
	if c.Token != "" {
		h.Set("Authorization", "Bearer "+c.Token)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.t.Context()), lineWait)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, strings.Replace(c.base, "http", "ws", 1)+"/api/v4/websocket"+query, &websocket.DialOptions{HTTPHeader: h})
	if err != nil {
		return nil, res, err
	}
	conn.SetReadLimit(1 << 20)
	l := &Line{Conn: conn, frames: make(chan Frame, 1024), t: c.t}
	c.t.Cleanup(func() { _ = conn.CloseNow() }) // it may be closed already
	return l, res, nil
}

func (l *Line) read() {
	defer close(l.frames)
	for {
		_, text, err := l.Conn.Read(context.Background())
		if err != nil {
			l.code = websocket.CloseStatus(err)
			return
		}
		f := Frame{Text: string(text)}
		if err := json.Unmarshal(text, &f); err != nil {
			l.t.Errorf("frame %s: %v", text, err)
		}
		l.frames <- f
	}
}

// Send sends a frame: a string as it is, anything else as JSON.
func (l *Line) Send(frame any) {
	l.t.Helper()
	text, err := encode(frame)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), lineWait)
		defer cancel()
		err = l.Conn.Write(ctx, websocket.MessageText, text)
	}
	if err != nil {
		l.t.Fatalf("send %s: %v", text, err)
	}
}

// Next waits for the next frame.
func (l *Line) Next() Frame {
	l.t.Helper()
	select {
	case f, ok := <-l.frames:
		if !ok {
			l.t.Fatalf("the socket was closed (%d)", l.code)
		}
		return f
	case <-time.After(lineWait):
		l.t.Fatal("nothing came")
	}
	return Frame{}
}

// Frames gives what comes, for tests that wait for several things at once.
func (l *Line) Frames() <-chan Frame { return l.frames }

// Event waits for an event of this name and skips everything before it.
func (l *Line) Event(name string) Frame {
	l.t.Helper()
	for {
		if f := l.Next(); f.Event == name {
			return f
		}
	}
}

// Ask sends an action and waits for its reply; events before it are skipped.
func (l *Line) Ask(seq int64, action string, data any) Frame {
	l.t.Helper()
	l.Send(map[string]any{"seq": seq, "action": action, "data": data})
	for {
		if f := l.Next(); f.Status != "" {
			return f
		}
	}
}

// Closed waits until the server closed the socket and gives the reason.
func (l *Line) Closed() websocket.StatusCode {
	l.t.Helper()
	for end := time.After(lineWait); ; {
		select {
		case _, ok := <-l.frames:
			if !ok {
				return l.code
			}
		case <-end:
			l.t.Fatal("the socket stays open")
		}
	}
}

// Drop breaks the connection without a word.
func (l *Line) Drop() {
	l.t.Helper()
	if err := l.Conn.CloseNow(); err != nil && !errors.Is(err, context.Canceled) {
		l.t.Logf("drop connection: %v", err)
	}
	l.Closed()
}

// Marker is an event of the kit's own.
const Marker = "testkit_marker"

// Mark sends everybody an event up to which Heard collects.
func (s *Server) Mark() {
	s.Bus.Publish([]event.Event{{Name: Marker}})
}

// Heard gives the events that came before the next mark, without those of presence,
// which come when they like.
func (l *Line) Heard() []Frame {
	l.t.Helper()
	var list []Frame
	for {
		f := l.Next()
		switch f.Event {
		case Marker:
			return list
		case "", event.StatusChanged:
		default:
			list = append(list, f)
		}
	}
}

// Names gives the names of the events that came before the next mark, parted by blanks.
func (l *Line) Names() string {
	l.t.Helper()
	var names []string
	for _, f := range l.Heard() {
		names = append(names, f.Event)
	}
	return strings.Join(names, " ")
}
