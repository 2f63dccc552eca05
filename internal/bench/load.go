package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// conn is one connection of the load. It knows as little HTTP as it can, so that
// the load costs less than what it measures.
type conn struct {
	address string
	c       net.Conn
	r       *bufio.Reader
	body    []byte // of the last answer, valid until the next request
	header  []byte
}

func newConn(address string) *conn { return &conn{address: address} }

// do sends a request and reads the answer; the status is returned.
func (n *conn) do(request []byte) (status int, err error) {
	if n.c == nil {
		if n.c, err = net.Dial("tcp", n.address); err != nil {
			return 0, err
		}
		n.r = bufio.NewReaderSize(n.c, 64<<10)
	}
	if _, err := n.c.Write(request); err != nil {
		return 0, err
	}
	return n.read()
}

func (n *conn) read() (int, error) {
	line, err := n.r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("odd status line %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, err
	}
	length := 0
	n.header = n.header[:0]
	for {
		line, err := n.r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		n.header = append(n.header, line...)
		if len(line) > 16 && bytes.EqualFold(line[:15], []byte("Content-Length:")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:]))); err != nil {
				return 0, err
			}
		}
	}
	if cap(n.body) < length {
		n.body = make([]byte, length)
	}
	n.body = n.body[:length]
	_, err = io.ReadFull(n.r, n.body)
	return status, err
}

func (n *conn) close() {
	if n.c != nil {
		_ = n.c.Close() // nothing is left to lose
	}
}

// get writes a GET request.
func get(path, token string) []byte { return request("GET", path, token, nil) }

func request(method, path, token string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: bench\r\n", method, path)
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	if body != nil {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// figures is what a load saw.
type figures struct {
	took   []time.Duration // of every request, sorted
	total  time.Duration
	size   int // bytes of an answer, on average
	failed int
}

func (f figures) perSecond() float64 { return float64(len(f.took)) / f.total.Seconds() }

func (f figures) percentile(p int) time.Duration { return f.took[len(f.took)*p/100] }

// and adds what another load of the same kind saw.
func (f figures) and(g figures) figures {
	f.took = append(f.took, g.took...)
	slices.Sort(f.took)
	return figures{took: f.took, total: f.total + g.total, size: g.size, failed: f.failed + g.failed}
}

// load sends requests over some connections for a while. next gives the nth request
// of a connection.
func load(ctx context.Context, address string, connections int, d time.Duration, next func(connection, n int) []byte) (figures, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var mu sync.Mutex
	var all []time.Duration
	var bytesRead, failed int
	var firstErr error
	var wait sync.WaitGroup
	begin := time.Now()
	for i := range connections {
		wait.Go(func() {
			c := newConn(address)
			defer c.close()
			took := make([]time.Duration, 0, 1<<16)
			size, bad := 0, 0
			var err error
			for n := 0; ctx.Err() == nil; n++ {
				req := next(i, n)
				at := time.Now()
				status, e := c.do(req)
				if e != nil {
					err = e
					break
				}
				took = append(took, time.Since(at))
				size += len(c.body)
				if status >= 300 {
					bad++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			bytesRead += size
			failed += bad
			firstErr = errors.Join(firstErr, err)
		})
	}
	wait.Wait()
	total := time.Since(begin)
	if firstErr != nil {
		return figures{}, firstErr
	}
	if len(all) == 0 {
		return figures{}, errors.New("nothing was answered")
	}
	slices.Sort(all)
	return figures{took: all, total: total, size: bytesRead / len(all), failed: failed}, nil
}
