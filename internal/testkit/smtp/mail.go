package smtp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Mail is a mail as it came.
type Mail struct {
	From      string   // of the envelope
	To        []string // of the envelope
	Header    mail.Header
	Subject   string
	Text      string // the part for reading as text, its lines ended by \n
	HTML      string // the part for reading as a page
	Raw       string
	Hello     string // how the sender called itself
	Encrypted bool
	SignedIn  bool
}

// Link is the first address in the text, empty when there is none.
func (m *Mail) Link() string { return link.FindString(m.Text) }

var link = regexp.MustCompile(`https?://\S+\?\S+`)

// parse reads a mail that has a text and a page.
func parse(from string, to []string, raw []byte) (*Mail, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	m := &Mail{From: from, To: slices.Clone(to), Header: msg.Header, Raw: string(raw)}
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return nil, fmt.Errorf("read subject: %w", err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return nil, fmt.Errorf("a mail of type %q, want alternatives: %w", kind, err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read part: %w", err)
		}
		if err := m.part(p); err != nil {
			return nil, err
		}
	}
}

// part keeps a part under its type.
func (m *Mail) part(p *multipart.Part) error {
	if encoding := p.Header.Get("Content-Transfer-Encoding"); encoding != "quoted-printable" {
		return fmt.Errorf("a part in %q", encoding)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(p))
	if err != nil {
		return fmt.Errorf("read part: %w", err)
	}
	lines := strings.ReplaceAll(string(text), "\r\n", "\n")
	switch kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type")); {
	case err != nil:
		return err
	case kind == "text/plain":
		m.Text = lines
	case kind == "text/html":
		m.HTML = lines
	default:
		return fmt.Errorf("a part of type %q", kind)
	}
	return nil
}

// Mails lists what came for an address, the newest last; for all with "".
func (s *Server) Mails(to string) []*Mail {
	list, _ := s.look(to)
	return list
}

// look gives also what tells of the next mail.
func (s *Server) look(to string) (list []*Mail, next <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mails {
		if to == "" || slices.Contains(m.To, to) {
			list = append(list, m)
		}
	}
	return list, s.came
}

// patience is how long a mail may take.
const patience = 10 * time.Second

// Wait gives the nth mail to an address, counted from 1, when it has come.
func (s *Server) Wait(t testing.TB, to string, n int) *Mail {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		list, next := s.look(to)
		if len(list) >= n {
			return list[n-1]
		}
		select {
		case <-next:
		case <-late.C:
			t.Fatalf("%d mails came to %q, want %d", len(list), to, n)
		}
	}
}
