package hub

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// wire is one websocket as the hub uses it. Read is for one goroutine; the others
// may be called from anywhere.
type wire interface {
	// Read waits for a whole message.
	Read() (message []byte, binary bool, err error)
	// Write sends a text message that stands behind frameHead bytes of room, which it uses; it
	// fails when the peer does not take it in time.
	Write(roomAndMessage []byte) error
	// Ping sends a ping and waits for its answer.
	Ping(timeout time.Duration) error
	// Close says why and closes soon; cutOff closes at once, without a word.
	Close(why reason)
}

// reason is what a peer is told when its socket is closed.
type reason struct {
	code websocket.StatusCode
	text string
}

// The reasons.
var (
	cutOff        = reason{}
	badFrame      = reason{websocket.StatusUnsupportedData, "frame not understood"}
	badResume     = reason{websocket.StatusPolicyViolation, "connection_id or sequence_number not understood"}
	notSignedIn   = reason{websocket.StatusPolicyViolation, "not authenticated"}
	sessionEnded  = reason{websocket.StatusPolicyViolation, "session ended"}
	tooMany       = reason{websocket.StatusTryAgainLater, "too many connections"}
	resynchronise = reason{websocket.StatusServiceRestart, "announcements were lost"}
	stopping      = reason{websocket.StatusGoingAway, "server stops"}
)

// Sizes of a socket.
const (
	frameMax    = 8192        // bytes of a message from the client
	readBuffer  = 512         // most frames are a ping of the client
	writeBuffer = 256         // of control frames, which fit; messages go past it
	farewell    = time.Second // how long a peer has to answer a close frame
	// babbleMax is how many bytes may come without a whole message: those of the longest one
	// when each of its bytes is a fragment of its own.
	babbleMax = 8 * frameMax
	// pingsMax is how many pings are answered without a whole message in between. Who sends more
	// may not read the answers, and whoever writes them would wait until they are cut.
	pingsMax = 100
)

// errBabble ends the connection of a peer that sends and says nothing.
var errBabble = errors.New("fragments without an end")

// accept makes a request a websocket. An error means that nothing was answered yet.
func accept(w http.ResponseWriter, r *http.Request, writeDeadline time.Duration) (wire, error) {
	raw := &timedConn{deadline: writeDeadline}
	u := &upgrade{ResponseWriter: w, raw: raw}
	ws, err := websocket.Accept(u, r, &websocket.AcceptOptions{InsecureSkipVerify: true, // the caller knows which origins may come
		OnPingReceived: func(context.Context, []byte) bool { return raw.pings.Add(1) <= pingsMax }}) // the request is not kept
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(frameMax)
	return &coderWire{ws: ws, raw: raw}, nil
}

// upgrade is an answer that can only become a websocket: refusals of the library are
// left to the caller, and its buffers are small, because most sockets idle.
type upgrade struct {
	http.ResponseWriter
	raw     *timedConn // of the websocket, once there is a connection
	refused bool
}

func (u *upgrade) WriteHeader(status int) {
	if u.refused = status != http.StatusSwitchingProtocols; !u.refused {
		u.ResponseWriter.WriteHeader(status)
	}
}

func (u *upgrade) Write(b []byte) (int, error) {
	if u.refused {
		return len(b), nil
	}
	return u.ResponseWriter.Write(b)
}

func (u *upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(u.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	u.raw.Conn = c
	early := rw.Reader.Buffered() // frames that came with the request
	r := bufio.NewReaderSize(io.MultiReader(io.LimitReader(rw.Reader, int64(early)), u.raw), max(readBuffer, early))
	if early > 0 {
		if _, err := r.Peek(early); err != nil {
			return nil, nil, errors.Join(err, c.Close())
		}
	}
	return u.raw, bufio.NewReadWriter(r, bufio.NewWriterSize(u.raw, writeBuffer)), nil
}

// timedConn gives every write its time, which costs less than a context for each, and bounds
// what is read in vain.
type timedConn struct {
	net.Conn
	deadline time.Duration
	closing  atomic.Bool  // writes have the time of a farewell
	vain     atomic.Int64 // bytes since the last whole message or answered ping
	pings    atomic.Int64 // of the peer since then
}

// meant says that what was read made sense.
func (c *timedConn) meant() {
	c.vain.Store(0)
	c.pings.Store(0)
}

func (c *timedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.vain.Add(int64(n)) > babbleMax {
		return 0, errBabble
	}
	return n, err
}

func (c *timedConn) Write(b []byte) (int, error) {
	deadline := c.deadline
	if c.closing.Load() {
		deadline = farewell
	}
	if err := c.SetWriteDeadline(time.Now().Add(deadline)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// coderWire leaves everything but messages to the library: the handshake, what the client
// sends, pings and closing.
type coderWire struct {
	ws      *websocket.Conn
	raw     *timedConn
	writing sync.Mutex // held while a message is written, so that none follows the close frame
}

func (c *coderWire) Read() ([]byte, bool, error) {
	kind, r, err := c.ws.Reader(context.Background())
	if err != nil {
		return nil, false, err
	}
	message, err := io.ReadAll(r)
	c.raw.meant()
	return message, kind == websocket.MessageBinary, err
}

// Write sends a frame in one write. The library would cut it into pieces of its buffer, and
// each of them costs a call of the kernel here and another at the other end. The control frames
// that the library writes meanwhile are whole writes, too, and the connection keeps those apart.
func (c *coderWire) Write(roomAndMessage []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.raw.closing.Load() {
		return net.ErrClosed
	}
	_, err := c.raw.Write(textFrame(roomAndMessage))
	return err
}

// frameHead is the room for what stands before a message in its frame.
const frameHead = 10

// textFrame makes a message that stands behind frameHead bytes a whole, unmasked text frame
// (RFC 6455, section 5.2), which begins somewhere in that room.
func textFrame(b []byte) []byte {
	const lastText, with16, with64 = 0x81, 126, 127
	n := len(b) - frameHead
	switch {
	case n < with16:
		b = b[frameHead-2:]
		b[1] = byte(n)
	case n <= math.MaxUint16:
		b = b[frameHead-4:]
		b[1] = with16
		binary.BigEndian.PutUint16(b[2:], uint16(n))
	default:
		b = b[frameHead-10:]
		b[1] = with64
		binary.BigEndian.PutUint64(b[2:], uint64(n))
	}
	b[0] = lastText
	return b
}

func (c *coderWire) Ping(timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := c.ws.Ping(ctx); err != nil {
		return err
	}
	c.raw.meant() // a client may do nothing but answer for weeks
	return nil
}

func (c *coderWire) Close(why reason) {
	if why == cutOff {
		_ = c.raw.Close() // a peer that is gone cannot be told
		_ = c.ws.CloseNow()
		return
	}
	c.raw.closing.Store(true)
	_ = c.raw.SetDeadline(time.Now().Add(farewell)) // fails only when it is closed already
	c.writing.Lock()                                // the message on its way is out, or has failed
	c.writing.Unlock()                              //nolint:gocritic,staticcheck // that was all there was to wait for
	_ = c.ws.Close(why.code, why.text)              // likewise
	_ = c.raw.Close()
}
