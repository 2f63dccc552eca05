package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	socketsPerAccount = 80   // of the 100 an account may have
	openers           = 64   // sockets being opened at once
	socketBuffer      = 2048 // a frame that fits is read at once
	settling          = 15 * time.Second
	socketTime        = time.Minute // that anything may take
)

// socketClient is one websocket of the load. It counts the events of a name.
type socketClient struct {
	c    net.Conn
	r    *bufio.Reader
	text []byte // of the last frame
	id   string
	next int64 // number of the event it waits for
}

// socketLoad is all of them.
type socketLoad struct {
	address  string
	tokens   []string
	all      []*socketClient
	heard    atomic.Int64 // sockets that heard the awaited event
	complete chan struct{}
	readers  sync.WaitGroup
}

// accountsOfSockets is how many accounts the websockets of a run belong to.
func (o options) accountsOfSockets() int {
	if o.only != "" && o.only != "websockets" {
		return 0
	}
	return (o.sockets + socketsPerAccount - 1) / socketsPerAccount
}

// sockets measures websockets: the memory of idle ones, one event to all of them, and
// all coming back at once.
func (s *site) sockets(ctx context.Context, o options) error {
	if o.sockets == 0 {
		return nil
	}
	l := &socketLoad{address: s.server.address, tokens: s.seeded.tokens, all: make([]*socketClient, o.sockets), complete: make(chan struct{}, 1)}
	before, begin := s.server.residentMB(), time.Now()
	if err := l.openAll(ctx); err != nil {
		return err
	}
	fmt.Printf("\n%d websockets opened in %s", o.sockets, time.Since(begin).Round(time.Millisecond))
	time.Sleep(settling)
	fmt.Printf(", %.1f KB resident each after %s\n", (s.server.residentMB()-before)*1024/float64(o.sockets), settling)
	took, err := l.announce(9)
	if err != nil {
		return err
	}
	slices.Sort(took)
	fmt.Printf("one event to all of them: %.0f ms (median of %d; %.0f to %.0f), from the answer of the change to the last socket\n",
		ms(took[len(took)/2]), len(took), ms(took[0]), ms(took[len(took)-1]))
	l.closeAll()
	begin = time.Now()
	if err := l.openAll(ctx); err != nil {
		return err
	}
	fmt.Printf("all came back and went on in %s, %.0f MB resident then\n", time.Since(begin).Round(time.Millisecond), s.server.residentMB())
	l.closeAll()
	return nil
}

// openAll opens every socket, the first time or again, and reads from then on.
func (l *socketLoad) openAll(ctx context.Context) error {
	var opened sync.WaitGroup
	errs := make(chan error, openers)
	for worker := range openers {
		opened.Go(func() {
			for i := worker; i < len(l.all) && ctx.Err() == nil; i += openers {
				c, err := openSocket(l.address, l.tokens[i/socketsPerAccount], l.all[i])
				if err != nil {
					errs <- fmt.Errorf("open websocket %d: %w", i, err)
					return
				}
				l.all[i] = c
			}
		})
	}
	opened.Wait()
	select {
	case err := <-errs:
		return err
	default:
	}
	for _, c := range l.all {
		l.readers.Go(func() { l.read(c) })
	}
	return ctx.Err()
}

// openSocket opens a websocket, going on where a former one was, and waits for a sign of life.
func openSocket(address, token string, former *socketClient) (*socketClient, error) {
	c, err := net.DialTimeout("tcp", address, socketTime)
	if err != nil {
		return nil, err
	}
	s := &socketClient{c: c, r: bufio.NewReaderSize(c, socketBuffer)}
	query := ""
	if former != nil {
		s.id, s.next = former.id, former.next
		query = fmt.Sprintf("?connection_id=%s&sequence_number=%d", s.id, s.next)
	}
	_, err = fmt.Fprintf(c, "GET /api/v4/websocket%s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", query, token)
	if err == nil {
		err = c.SetReadDeadline(time.Now().Add(socketTime))
	}
	for line := []byte("x"); err == nil && len(bytes.TrimSpace(line)) > 0; {
		if line, err = s.r.ReadSlice('\n'); err == nil && bytes.HasPrefix(line, []byte("HTTP/1.1 ")) && !bytes.Contains(line, []byte(" 101 ")) {
			err = fmt.Errorf("answered %s", bytes.TrimSpace(line))
		}
	}
	if err == nil && former == nil {
		err = s.greeted()
	}
	return s, errors.Join(err, c.SetReadDeadline(time.Time{}))
}

// greeted reads hello.
func (s *socketClient) greeted() error {
	text, err := s.frame()
	if err != nil {
		return err
	}
	var hello struct {
		Data struct {
			ConnectionID string `json:"connection_id"`
		} `json:"data"`
	}
	err = json.Unmarshal(text, &hello)
	s.id, s.next = hello.Data.ConnectionID, 1
	return err
}

// frame reads a frame, which holds until the next. Pings need no answer in the time a measurement takes.
func (s *socketClient) frame() ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		return nil, err
	}
	n := uint64(head[1] & 0x7f)
	if n >= 126 {
		var long [8]byte
		size := 2
		if n == 127 {
			size = 8
		}
		if _, err := io.ReadFull(s.r, long[8-size:]); err != nil {
			return nil, err
		}
		n = binary.BigEndian.Uint64(long[:])
	}
	s.text = slices.Grow(s.text[:0], int(n))[:n]
	_, err := io.ReadFull(s.r, s.text)
	return s.text, err
}

// read counts events until the socket is closed.
func (l *socketLoad) read(s *socketClient) {
	for {
		text, err := s.frame()
		if err != nil {
			return
		}
		if bytes.HasPrefix(text, []byte(`{"event":`)) {
			s.next++
		}
		if bytes.HasPrefix(text, []byte(`{"event":"user_updated"`)) && l.heard.Add(1) == int64(len(l.all)) {
			l.complete <- struct{}{}
		}
	}
}

// announce lets an account change its name and waits until every socket heard it.
func (l *socketLoad) announce(times int) (took []time.Duration, err error) {
	c := newConn(l.address)
	defer c.close()
	for i := range times {
		l.heard.Store(0)
		change := request("PUT", "/api/v4/users/me/patch", l.tokens[0], fmt.Appendf(nil, `{"nickname":"bench %d"}`, i))
		status, err := c.do(change)
		if err != nil || status != 200 {
			return nil, errors.Join(err, fmt.Errorf("change answered %d", status))
		}
		begin := time.Now()
		select {
		case <-l.complete:
			took = append(took, time.Since(begin))
		case <-time.After(socketTime):
			return nil, fmt.Errorf("%d of %d sockets heard of the change", l.heard.Load(), len(l.all))
		}
	}
	return took, nil
}

func (l *socketLoad) closeAll() {
	for _, s := range l.all {
		_ = s.c.Close() // it has served its purpose
	}
	l.readers.Wait()
}
