package golden

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// socketStep is the part of a step that tells of sockets.
type socketStep struct {
	Socket  string              `json:"ws"`   // what a socket does; empty for a request
	Conn    string              `json:"conn"` // its name, that of the account when there is none
	Auth    string              `json:"auth"`
	Frame   any                 `json:"frame"`
	WithSeq bool                `json:"with_seq"`
	Global  bool                `json:"global"`
	Racy    map[string][]string `json:"racy"`
}

var errNotOpen = errors.New("the socket is not open")

// line is an open socket.
type line struct {
	conn    *websocket.Conn
	as      string
	frames  chan map[string]any
	greeted bool // it gets events
	closed  bool
}

// patience is how long what must come may take.
const patience = 5 * time.Second

// seenFrames is what a socket got after a step.
type seenFrames struct{ events, replies []map[string]any }

// hangUp ends the sockets that are still open.
func (r *talker) hangUp() {
	for _, l := range r.lines {
		_ = l.conn.CloseNow() // nobody is interested any more
	}
}

// socketOutcome lets a socket do something and compares what came over all of them.
func (r *talker) socketOutcome(s exchangeStep) outcome {
	name := s.line()
	var diffs []string
	var err error
	switch s.Socket {
	case "open":
		var status int
		if status, err = r.open(s); status != s.Golden.Upgrade {
			diffs = append(diffs, fmt.Sprintf("upgrade %d != %d", s.Golden.Upgrade, status))
		}
	case "send":
		err = r.write(s)
	case "close", "drop":
		err = r.hang(name, s.Socket)
	case "none":
	default:
		err = fmt.Errorf("no step %s", s.Socket)
	}
	if errors.Is(err, errNotOpen) {
		diffs, err = append(diffs, err.Error()), nil
	}
	if err != nil {
		return outcome{err: err}
	}
	seen := r.gather(s)
	if err := r.keepEvents(s, seen[name]); err != nil {
		return outcome{err: err}
	}
	if l := r.lines[name]; s.Golden.Closed && l != nil {
		diffs = append(diffs, "it stays open")
	}
	diffs = append(diffs, r.replyDiffs(s, seen[name].replies)...)
	return outcome{diffs: append(diffs, r.eventDiffs(s, seen)...)}
}

func (s exchangeStep) line() string {
	if s.Conn != "" {
		return s.Conn
	}
	return s.As
}

// open opens a socket and gives the status the upgrade was answered with.
func (r *talker) open(s exchangeStep) (int, error) {
	query, err := r.query(s.Query)
	if err == nil && len(r.lines) == 0 && !r.numbered {
		err = r.quiet()
	}
	if err != nil {
		return 0, err
	}
	header := http.Header{}
	if token := r.tokens[s.As]; token != "" && s.Auth != "none" {
		header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range s.Headers {
		if v, err = r.fillText(v); err != nil {
			return 0, err
		}
		header.Set(k, v)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, strings.Replace(r.target.Base, "http", "ws", 1)+"/api/v4/websocket?"+query, &websocket.DialOptions{HTTPHeader: header})
	if res != nil && res.Body != nil {
		_ = res.Body.Close() // the connection is no longer its
	}
	if err != nil {
		if res != nil {
			return res.StatusCode, nil
		}
		return 0, err
	}
	l := &line{conn: conn, as: s.As, frames: make(chan map[string]any, 1000)}
	r.lines[s.line()] = l
	go l.read()
	return res.StatusCode, nil
}

// quiet returns when everything that happened so far was told: it is no news to a socket that
// opens now.
func (r *talker) quiet() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, strings.Replace(r.target.Base, "http", "ws", 1)+"/api/v4/websocket",
		&websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + r.tokens["admin"]}}})
	if err != nil {
		return err
	}
	if res.Body != nil {
		_ = res.Body.Close() // the connection is no longer its
	}
	l, seen := &line{conn: conn, frames: make(chan map[string]any, 1000)}, &seenFrames{}
	go l.read()
	l.collect(seen, func() bool { return l.greeted }, ctx.Done())
	name := r.target.Mark()
	l.collect(seen, func() bool { n := len(seen.events); return n > 0 && seen.events[n-1]["event"] == name }, ctx.Done())
	return conn.CloseNow()
}

func (l *line) read() {
	defer close(l.frames)
	for {
		_, text, err := l.conn.Read(context.Background())
		if err != nil {
			return
		}
		if frame, err := decode(text); err == nil {
			if fields, ok := frame.(map[string]any); ok {
				l.frames <- fields
			}
		}
	}
}

// write sends a frame; one that is a text goes as it is.
func (r *talker) write(s exchangeStep) error {
	l := r.lines[s.line()]
	if l == nil {
		return errNotOpen
	}
	frame, err := r.fill(s.Frame)
	if err != nil {
		return err
	}
	text, ok := frame.(string)
	if !ok {
		text = encode(frame)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return l.conn.Write(ctx, websocket.MessageText, []byte(text))
}

// hang closes a socket, or drops the connection without a word.
func (r *talker) hang(name, how string) error {
	l := r.lines[name]
	if l == nil {
		return errNotOpen
	}
	delete(r.lines, name)
	r.closing = true
	opened := r.target.Sockets()
	defer r.noticed(opened)
	if how == "drop" {
		return l.conn.CloseNow()
	}
	return l.conn.Close(websocket.StatusNormalClosure, "")
}

// noticed waits until the server has fewer sockets, but not for long: it may have closed the
// one that went itself.
func (r *talker) noticed(opened int) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.After(time.Second); r.target.Sockets() >= opened; {
		select {
		case <-tick.C:
		case <-late:
			return
		}
	}
}

// gather collects what the sockets get after a step: as much as was recorded, and then
// everything up to a fence, so that nothing that is too much is missed.
func (r *talker) gather(s exchangeStep) map[string]*seenFrames {
	out := map[string]*seenFrames{s.line(): {}}
	ctx, cancel := context.WithTimeout(context.Background(), r.patience)
	defer cancel()
	for _, name := range slices.Sorted(maps.Keys(r.lines)) {
		l, seen := r.lines[name], &seenFrames{}
		out[name] = seen
		mine := name == s.line()
		l.collect(seen, func() bool {
			return len(r.relevant(s, name, seen.events)) >= len(r.relevantGolden(s, name)) &&
				(!mine || len(seen.replies) >= len(s.Golden.Replies) && !s.Golden.Closed)
		}, ctx.Done())
	}
	r.fence(out)
	maps.DeleteFunc(r.lines, func(_ string, l *line) bool { return l.closed })
	return out
}

// fence announces something to all sockets and collects what they get before it. Where the
// numbers of events count there is none: what is too much shows in the step after.
func (r *talker) fence(out map[string]*seenFrames) {
	if r.numbered || len(r.lines) == 0 {
		return
	}
	name := r.target.Mark()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for at, l := range r.lines {
		seen := out[at]
		if !l.greeted {
			continue
		}
		last := func() bool { n := len(seen.events); return n > 0 && seen.events[n-1]["event"] == name }
		l.collect(seen, last, ctx.Done())
		seen.events = slices.DeleteFunc(seen.events, func(e map[string]any) bool { return e["event"] == name })
	}
}

// collect takes frames until there are enough of them.
func (l *line) collect(seen *seenFrames, enough func() bool, late <-chan struct{}) {
	for !l.closed && !enough() {
		select {
		case frame, open := <-l.frames:
			switch {
			case !open:
				l.closed = true
			case frame["event"] == nil:
				seen.replies = append(seen.replies, frame)
			default:
				l.greeted = true
				seen.events = append(seen.events, frame)
			}
		case <-late:
			return
		}
	}
}

// keepEvents learns what a step saves of the first event or reply.
func (r *talker) keepEvents(s exchangeStep, seen *seenFrames) error {
	for name, from := range s.Save {
		kind, from, _ := strings.Cut(from, ":")
		frames := seen.replies
		if kind == "event" {
			frames = seen.events
		}
		if len(frames) == 0 {
			return fmt.Errorf("nothing came to save %s of", name)
		}
		value, err := r.pick(frames[0], from)
		if err != nil {
			return fmt.Errorf("save %s: %w", name, err)
		}
		r.learn(name, value)
	}
	return nil
}
