package hub

import (
	"sync"
	"sync/atomic"
)

// socket is one connection of a client: what waits to be sent, what was sent last,
// and, while somebody is at the other end, the wire. When the wire breaks it is kept
// for a while, so that the client can go on where it was.
type socket struct {
	hub      *Hub
	wire     wire
	id       string // the connection_id clients know; empty before authentication
	userID   string // likewise
	describe func(error) Problem
	acks     bool // confirms posts, so posts say that they want to be confirmed

	// Of the hub, under its lock.
	person  *person // nil before authentication
	blocked bool    // a second factor has to be set up first
	greeted bool    // hello was sent
	since   int64   // the number of the first event after it was opened
	ended   int64   // when the wire broke; 0 while it holds

	token   string
	expires int64 // when the session ends, 0 for never; of the hub
	opened  int64
	heard   atomic.Int64 // when the client was last heard
	pinged  int64        // when it was last pinged; of the pulse

	mu      sync.Mutex
	queue   []*message // not yet sent
	sent    []*message // the last ones that were sent, the newest at the end
	seq     int64      // the number of the next message
	writing bool       // a goroutine is sending
	live    bool       // the wire holds
	closed  bool       // nothing is queued any more: cut, forgotten, or taken over
}

// Bounds of a socket.
const (
	queueMax  = 256 // messages that wait; one more cuts the socket
	queueSlow = 128 // from here on, dispensable messages are dropped
	sentMax   = 128 // messages kept to be sent again
)

// push queues a message. It tells whether the socket is still good: one whose queue
// is full is not.
func (s *socket) push(m *message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return true
	case len(s.queue) >= queueSlow && m.dispensable():
		return true
	case len(s.queue) >= queueMax:
		s.closed = true
		return false
	}
	s.queue = append(s.queue, m)
	if s.live && !s.writing {
		s.writing = true
		go s.send()
	}
	return true
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// bufferMax is the largest buffer that is kept.
const bufferMax = 64 << 10

// send writes what is queued until nothing is left. It runs only while there is
// something to send: idle sockets have no goroutine for it.
func (s *socket) send() {
	buf := buffers.Get().(*[]byte)
	defer func() {
		if cap(*buf) <= bufferMax {
			buffers.Put(buf)
		}
	}()
	for {
		m, seq, ok := s.next()
		if !ok {
			return
		}
		*buf = m.appendTo(append((*buf)[:0], make([]byte, frameHead)...), s.userID, s.acks, seq)
		if err := s.wire.Write(*buf); err != nil {
			s.mu.Lock()
			s.live, s.writing = false, false
			s.mu.Unlock()
			s.wire.Close(cutOff) // its reader ends and takes it from the hub
			return
		}
	}
}

// next takes a message from the queue and numbers it. It counts as sent before it is
// written: the client says how far it came when it comes back.
func (s *socket) next() (*message, int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.live || s.closed || len(s.queue) == 0 {
		s.writing = false
		return nil, 0, false
	}
	m, seq := s.queue[0], s.seq
	s.queue[0] = nil
	if s.queue = s.queue[1:]; len(s.queue) == 0 {
		s.queue = nil // an idle socket keeps no list
	}
	s.remember(m)
	s.seq++
	return m, seq, true
}

// remember keeps a sent message; the list moves to a new place now and then.
func (s *socket) remember(m *message) {
	if len(s.sent) >= sentMax {
		s.sent[0] = nil
		s.sent = s.sent[1:]
	}
	s.sent = append(s.sent, m)
}

// stop ends sending for good and gives the queue and what was sent to who goes on with them.
func (s *socket) stop() (queue, sent []*message, seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue, sent, seq = s.queue, s.sent, s.seq
	s.queue, s.sent, s.closed, s.live = nil, nil, true, false
	return queue, sent, seq
}

// rest ends sending because the wire broke; messages go on to be queued. It tells
// whether the socket can be resumed.
func (s *socket) rest() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live = false
	return !s.closed
}
