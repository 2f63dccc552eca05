package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// PartKey is the key of the part of an unfinished upload that begins at offset
// bytes. A part that is sent again replaces the first attempt.
func PartKey(prefix string, offset int64) string {
	return fmt.Sprintf("%s%019d", prefix, offset)
}

// Join stores the parts below prefix, named by PartKey, as one blob of size
// bytes. The parts stay; ErrParts says that they do not cover the blob exactly.
//
// Parts are whole blobs because a bucket cannot append to one.
func Join(ctx context.Context, s Store, key, prefix string, size int64) error {
	parts, err := s.List(ctx, prefix)
	if err != nil {
		return err
	}
	var end int64
	for _, part := range parts {
		if part.Key != PartKey(prefix, end) {
			return fmt.Errorf("join %s: %s where byte %d should be: %w", key, part.Key, end, ErrParts)
		}
		end += part.Size
	}
	if end != size {
		return fmt.Errorf("join %s: %d of %d bytes: %w", key, end, size, ErrParts)
	}
	all := &partReader{ctx: ctx, store: s, parts: parts}
	err = s.Put(ctx, key, all, size)
	if closeErr := all.Close(); err == nil {
		err = closeErr
	}
	return err
}

// partReader reads parts one after another and has at most one of them open.
type partReader struct {
	ctx   context.Context // of the Join that reads
	store Store
	parts []Info
	open  io.ReadSeekCloser
}

func (p *partReader) Read(b []byte) (int, error) {
	for {
		if p.open == nil && len(p.parts) == 0 {
			return 0, io.EOF
		}
		if p.open == nil {
			part, _, err := p.store.Open(p.ctx, p.parts[0].Key)
			if err != nil {
				return 0, err
			}
			p.open, p.parts = part, p.parts[1:]
		}
		n, err := p.open.Read(b)
		if errors.Is(err, io.EOF) {
			err = p.Close()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Close closes the part that is open, if any.
func (p *partReader) Close() error {
	if p.open == nil {
		return nil
	}
	err := p.open.Close()
	p.open = nil
	return err
}
