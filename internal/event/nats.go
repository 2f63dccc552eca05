package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// Shared is a bus that, once it has joined, carries events to the other nodes of an
// installation too. Its own node hears them first, before Publish returns.
type Shared struct {
	*Local
	log  *slog.Logger
	conn atomic.Pointer[nats.Conn]
	to   string      // the subject every node of the installation listens to
	owed atomic.Bool // the others did not get something
}

// NewShared returns a bus of one node; Join makes it one of many.
func NewShared(log *slog.Logger) *Shared { return &Shared{Local: NewLocal(), log: log} }

// Times of the connection to NATS.
const (
	natsReconnect = 250 * time.Millisecond
	natsPing      = 5 * time.Second // a server that is gone without a word is noticed after two of them
)

// Join connects the node with the others of an installation. The address may hold
// credentials, so no error repeats it.
func (b *Shared) Join(address, installation string) error {
	b.to = "muster." + installation + ".events"
	conn, err := nats.Connect(address, nats.Name("muster"), nats.NoEcho(), nats.MaxReconnects(-1),
		nats.ReconnectWait(natsReconnect), nats.PingInterval(natsPing),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.Warn("cut off from the other nodes", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { b.caughtUp() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.log.Warn("announcements of other nodes lost", "error", err)
			if errors.Is(err, nats.ErrSlowConsumer) {
				b.Local.Publish([]Event{Lost()})
			}
		}))
	if err != nil {
		return fmt.Errorf("connect to NATS: %w", err)
	}
	if _, err = conn.Subscribe(b.to, b.hear); err == nil {
		err = conn.Flush()
	}
	if err != nil {
		conn.Close()
		return fmt.Errorf("listen to other nodes: %w", err)
	}
	b.conn.Store(conn)
	b.Local.Publish([]Event{Lost()}) // what was read before may be old already
	return nil
}

// Leave ends the connection to the other nodes, after what was published has gone out.
func (b *Shared) Leave() {
	if conn := b.conn.Swap(nil); conn != nil {
		_ = conn.FlushTimeout(time.Second) // a server that is gone gets nothing more
		conn.Close()
	}
}

// caughtUp forgets everything after a time in which the others were not heard, and
// makes them do so when they missed something.
func (b *Shared) caughtUp() {
	b.log.Info("connected with the other nodes again")
	b.Local.Publish([]Event{Lost()})
	if b.owed.Swap(false) {
		b.tell([]Event{Lost()})
	}
}

// Publish calls the subscribers of this node, then tells the other nodes.
func (b *Shared) Publish(events []Event) {
	b.Local.Publish(events)
	if len(events) > 0 {
		b.tell(events)
	}
}

// tell sends events to the other nodes. What is too large for one message goes alone,
// and what is too large even then leaves at least word that something is stale.
func (b *Shared) tell(events []Event) {
	conn := b.conn.Load()
	if conn == nil {
		return
	}
	text, err := json.Marshal(events)
	if err == nil {
		if int64(len(text)) <= conn.MaxPayload() {
			err = conn.Publish(b.to, text)
		} else if len(events) > 1 {
			for _, e := range events {
				b.tell([]Event{e})
			}
			return
		} else {
			err = nats.ErrMaxPayload
		}
	}
	switch {
	case errors.Is(err, nats.ErrMaxPayload) && events[0].Name != "":
		b.log.Error("event too large for the other nodes", "event", events[0].Name, "bytes", len(text))
		b.tell([]Event{{Stale: events[0].Stale}})
	case err != nil && !errors.Is(err, nats.ErrConnectionClosed):
		b.owed.Store(true)
		b.log.Error("other nodes not told", "error", err)
	}
}

// hear passes on what another node announced.
func (b *Shared) hear(m *nats.Msg) {
	var list []received
	if err := json.Unmarshal(m.Data, &list); err != nil {
		b.log.Error("announcement of another node not understood", "error", err)
		return
	}
	events := make([]Event, len(list))
	for i, r := range list {
		events[i] = r.event()
	}
	b.Local.Publish(events)
}

// received is an event of another node. Its payload stays JSON: only sockets want it,
// and they want it as JSON.
type received struct {
	Name  string
	Data  map[string]json.RawMessage
	To    Audience
	Stale Stale
	For   map[string]map[string]json.RawMessage
}

func (r received) event() Event {
	e := Event{Name: r.Name, Data: values(r.Data), To: r.To, Stale: r.Stale}
	if r.For != nil {
		e.For = make(map[string]map[string]any, len(r.For))
		for id, more := range r.For {
			e.For[id] = values(more)
		}
	}
	return e
}

func values(m map[string]json.RawMessage) map[string]any {
	if m == nil {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
