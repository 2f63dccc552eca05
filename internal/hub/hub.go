// Package hub holds the websockets of a node and hands them the events they may
// see. It decides nothing: who may do what stands in the services.
package hub

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"muster/internal/account"
	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

// Places tells where accounts are.
type Places interface {
	// PlacesOf gives the ids of the teams and channels each of the accounts is in.
	PlacesOf(ctx context.Context, userIDs []string) (map[string][]string, error)
	// Acquainted gives those of the guests who share a channel with the account.
	Acquainted(ctx context.Context, guestIDs []string, userID string) ([]string, error)
}

// Problem is what a client learns of a fault.
type Problem struct {
	ID            string `json:"id"`
	Message       string `json:"message"`
	DetailedError string `json:"detailed_error"`
	StatusCode    int    `json:"status_code"`
}

// Options is what a Hub is made of.
type Options struct {
	Bus      event.Bus
	Accounts *account.Service
	Live     *config.Live
	Places   Places
	// Typing announces that somebody writes in a channel, if the actor may say so.
	Typing func(ctx context.Context, a perm.Actor, userID, channelID, parentID string) error
	// Busy tells whether what can wait is refused.
	Busy   func() bool
	Now    func() time.Time
	Log    *slog.Logger
	Limits Limits
}

// Limits are the times and bounds of sockets; zero values stand for those of production.
type Limits struct {
	Challenge      time.Duration // until a socket must have authenticated
	WriteDeadline  time.Duration // until the peer must have taken a message
	PingEvery      time.Duration
	Silence        time.Duration // without anything heard, after which a socket is closed
	Resumable      time.Duration // how long a broken socket is kept
	Pulse          time.Duration // how often the times above are looked at
	SocketsPerUser int
	BrokenPerUser  int // sockets of an account that are kept to be resumed
	Challenged     int // sockets of the node that have not authenticated yet
	ChallengedFrom int // those of one address, so that it cannot keep everybody else out
}

func (l Limits) orUsual() Limits {
	times := func(v *time.Duration, usual time.Duration) {
		if *v == 0 {
			*v = usual
		}
	}
	counts := func(v *int, usual int) {
		if *v == 0 {
			*v = usual
		}
	}
	times(&l.Challenge, 5*time.Second)
	times(&l.WriteDeadline, 30*time.Second)
	times(&l.PingEvery, time.Minute)
	times(&l.Silence, 100*time.Second)
	times(&l.Resumable, 5*time.Minute)
	times(&l.Pulse, time.Second)
	counts(&l.SocketsPerUser, 100)
	counts(&l.BrokenPerUser, 10)
	counts(&l.Challenged, 4096)
	counts(&l.ChallengedFrom, 512)
	return l
}

// Hub is the websockets of one node.
type Hub struct {
	Options
	host   string
	cancel func() // ends the subscription
	inbox  inbox
	due    chan struct{} // people wait to be settled
	stop   context.CancelFunc
	work   sync.WaitGroup // the hub's own goroutines
	lines  sync.WaitGroup // the goroutines that open, read and ping sockets; joined under the lock

	mu        sync.Mutex
	stopped   bool
	people    map[string]*person
	places    map[string]*place  // teams and channels where somebody is
	sockets   map[string]*socket // by connection id, those that may be resumed included
	pending   map[*socket]string // not authenticated, with where they come from
	waiting   map[string]int     // how many of these come from there, those included that are being opened
	strangers int                // the sum of them
	unsettled map[*person]struct{}
	meetings  []meeting
}

// person is an account with sockets here.
type person struct {
	id      string
	sockets []*socket
	places  []*place
	admin   bool
	guest   bool
	due     due
	version int        // moves with every reason to look again
	held    []*message // what came while something was due
}

// place is a team or a channel with the people who are in it and here.
type place struct {
	id     string
	people map[*person]struct{}
}

// New returns a hub that listens to the bus.
func New(o Options) *Hub {
	o.Limits = o.Limits.orUsual()
	h := &Hub{
		Options: o, due: make(chan struct{}, 1), inbox: inbox{ready: make(chan struct{}, 1)},
		people: map[string]*person{}, places: map[string]*place{}, sockets: map[string]*socket{},
		pending: map[*socket]string{}, waiting: map[string]int{}, unsettled: map[*person]struct{}{},
	}
	h.host, _ = os.Hostname() // a machine without a name is called ""
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	h.work.Go(func() { h.dispatch(ctx) })
	h.work.Go(func() { h.settle(ctx) })
	h.work.Go(func() { h.pulse(ctx) })
	h.cancel = o.Bus.Subscribe(h.inbox.put)
	o.Live.Subscribe(func(_, _ *config.Config) { h.settleEverybody() })
	return h
}

// Opening is what a client says when it connects.
type Opening struct {
	Caller       account.Caller // zero: a challenge has to follow
	Token        string
	Address      string // of the client
	ConnectionID string
	Sequence     string
	Acks         bool
	// Describe says what went wrong, in the language of the client.
	Describe func(error) Problem
}

// Open makes a request a websocket that lives on when it returns. A fault means that
// nothing was answered.
func (h *Hub) Open(w http.ResponseWriter, r *http.Request, o Opening) error {
	o.Address = account.Network(o.Address)
	if !h.begin(&o) {
		return errBusy()
	}
	listening := false
	defer func() {
		if !listening {
			h.lines.Done()
		}
	}()
	line, err := accept(w, r, h.Limits.WriteDeadline)
	if err != nil {
		h.giveUp(&o)
		return fault.New(fault.Invalid, "api.web_socket.connect.upgrade.app_error").Because(err)
	}
	s := &socket{hub: h, wire: line, describe: o.Describe, acks: o.Acks, opened: h.now()}
	s.heard.Store(s.opened)
	var ok bool
	why := stopping
	if o.Caller.Session == nil {
		ok = h.await(s, o.Address)
	} else {
		why, ok = h.enter(s, o.Caller, o.Token, &o)
	}
	if !ok {
		go line.Close(why)
		return nil
	}
	listening = true
	go func() {
		defer h.lines.Done()
		h.listen(s)
	}()
	return nil
}

func errBusy() error { return fault.New(fault.Busy, "api.websocket_handler.server_busy.app_error") }

// begin tells whether a further socket may be opened, and makes Close wait for it then: whoever
// is late must not join those it waits for already.
func (h *Hub) begin(o *Opening) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped || h.full(o) {
		return false
	}
	if o.Caller.Session == nil {
		h.waiting[o.Address]++
		h.strangers++
	}
	h.lines.Add(1)
	return true
}

// giveUp frees the place of a socket that was not opened.
func (h *Hub) giveUp(o *Opening) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if o.Caller.Session == nil {
		h.free(o.Address)
	}
}

// free frees the place of a socket that has not authenticated.
func (h *Hub) free(from string) {
	h.strangers--
	if h.waiting[from]--; h.waiting[from] == 0 {
		delete(h.waiting, from)
	}
}

// full tells whether as many sockets are open as may be.
func (h *Hub) full(o *Opening) bool {
	if o.Caller.Session == nil {
		return h.strangers >= h.Limits.Challenged || h.waiting[o.Address] >= h.Limits.ChallengedFrom
	}
	p := h.people[o.Caller.Record.ID]
	return p != nil && p.live() >= h.Limits.SocketsPerUser
}

// await keeps a socket that has not authenticated, unless the hub has stopped.
func (h *Hub) await(s *socket, from string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		h.free(from)
		return false
	}
	h.pending[s] = from
	return true
}

// unawait takes a socket from those that have not authenticated, if it is one of them.
func (h *Hub) unawait(s *socket) {
	from, there := h.pending[s]
	if !there {
		return
	}
	delete(h.pending, s)
	h.free(from)
}

// live counts the sockets that somebody is at the other end of.
func (p *person) live() int {
	n := 0
	for _, s := range p.sockets {
		if s.ended == 0 {
			n++
		}
	}
	return n
}

// Sockets counts the open sockets, for the figures.
func (h *Hub) Sockets() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(h.pending)
	for _, s := range h.sockets {
		if s.ended == 0 {
			n++
		}
	}
	return n
}

// Broken counts the sockets without a wire that are kept to be resumed.
func (h *Hub) Broken() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, s := range h.sockets {
		if s.ended != 0 {
			n++
		}
	}
	return n
}

func (h *Hub) now() int64 { return h.Now().UnixMilli() }

// Close tells every client that the server stops and waits for their sockets.
func (h *Hub) Close(ctx context.Context) {
	h.cancel()
	h.mu.Lock()
	h.stopped = true
	all := h.all()
	h.mu.Unlock()
	for _, s := range all {
		go s.wire.Close(stopping)
	}
	done := make(chan struct{})
	go func() {
		h.lines.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		for _, s := range all {
			s.wire.Close(cutOff) // whoever still reads ends by itself
		}
	}
	h.stop()
	h.work.Wait()
}

// all lists the sockets with a wire.
func (h *Hub) all() []*socket {
	list := make([]*socket, 0, len(h.sockets)+len(h.pending))
	for s := range h.pending {
		list = append(list, s)
	}
	for _, s := range h.sockets {
		if s.ended == 0 {
			list = append(list, s)
		}
	}
	return list
}

// hello is the first message of a connection.
func (h *Hub) hello(s *socket) *message {
	info := h.Live.Current()
	m, err := encode(event.Event{Name: "hello", To: event.Audience{UserID: s.userID}, Data: map[string]any{
		"server_version": info.Info.Version + "." + info.Info.BuildNumber + "." + info.Hash + ".true",
		"connection_id":  s.id, "server_hostname": h.host,
	}})
	if err != nil { // texts always have a JSON form
		panic(err)
	}
	return m
}

func newConnectionID() string { return model.NewID() }
