// Package blob keeps the content of files, on disk or in an S3 bucket, and
// turns foreign pictures and names into avatars.
//
// It knows nothing of users and permissions: the services that own a blob
// choose its key and decide who may read it.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

var (
	// ErrNotFound says that no blob has the key.
	ErrNotFound = errors.New("no such blob")
	// ErrKey says that a key or prefix is malformed, which is a mistake of the caller.
	ErrKey = errors.New("malformed blob key")
	// ErrParts says that the parts given to Join have a gap, overlap or do not add up.
	ErrParts = errors.New("parts do not make up the blob")
)

// UnknownSize as the size of a Put stores all that the reader gives.
const UnknownSize = -1

// Info describes a stored blob.
type Info struct {
	Key        string
	Size       int64 // bytes
	ModifiedAt int64 // milliseconds; S3 knows whole seconds only
}

// Store keeps blobs under keys such as "users/<id>/profile.png". A key is
// never also the folder of another key.
//
// A blob is replaced as a whole: readers see the old content or the new one,
// and a Put that ends in an error leaves what was there before.
type Store interface {
	// Put stores size bytes of r under key. An r that ends before is
	// io.ErrUnexpectedEOF; what it has beyond them is not read.
	Put(ctx context.Context, key string, r io.Reader, size int64) error

	// Open gives the content of a blob, or ErrNotFound. The content lives no
	// longer than ctx and must be closed.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error)

	// Stat describes a blob, or gives ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)

	// List describes the blobs below a prefix that ends in "/", ordered by key.
	List(ctx context.Context, prefix string) ([]Info, error)

	// Delete removes a blob. One that does not exist is no error.
	Delete(ctx context.Context, key string) error

	// DeletePrefix removes every blob below a prefix that ends in "/".
	DeletePrefix(ctx context.Context, prefix string) error

	// Check tells whether the place where blobs are kept is there.
	Check(ctx context.Context) error
}

const (
	maxKey     = 512 // bytes of a key
	maxSegment = 128 // bytes between two slashes; file systems allow 255
)

// checkKey admits keys that mean the same in a bucket and on every file
// system: lower-case, so that folding case unites no two of them, and without
// leading or trailing dots, so that none is hidden, relative or shortened.
func checkKey(key string) error {
	if len(key) > maxKey {
		return fmt.Errorf("%w: %d bytes", ErrKey, len(key))
	}
	for segment := range strings.SplitSeq(key, "/") {
		if !validSegment(segment) {
			return fmt.Errorf("%w: %q", ErrKey, key)
		}
	}
	return nil
}

// checkPrefix admits "a/" and "a/b/". The empty prefix, which would mean
// everything, is refused.
func checkPrefix(prefix string) error {
	folder, slash := strings.CutSuffix(prefix, "/")
	if !slash {
		return fmt.Errorf("%w: prefix %q", ErrKey, prefix)
	}
	return checkKey(folder)
}

func validSegment(s string) bool {
	if s == "" || len(s) > maxSegment || s[0] == '.' || s[len(s)-1] == '.' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		plain := 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-'
		if !plain {
			return false
		}
	}
	return true
}

// exactReader reads what a Put was promised: size bytes, or all when the size
// is unknown. It ends with its request, and it hides what else the reader can
// do, because some copiers would read a file from its start instead of from
// where it stands.
type exactReader struct {
	ctx     context.Context
	r       io.Reader
	unknown bool
	left    int64
}

// errShort wraps io.ErrUnexpectedEOF because the S3 client takes the bare one
// for an ordinary end.
var errShort = fmt.Errorf("the content ends before its size: %w", io.ErrUnexpectedEOF)

func newExactReader(ctx context.Context, r io.Reader, size int64) *exactReader {
	return &exactReader{ctx: ctx, r: r, unknown: size < 0, left: size}
}

func (e *exactReader) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	if e.unknown {
		return e.r.Read(p)
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if errors.Is(err, io.EOF) && e.left > 0 {
		err = errShort
	}
	return n, err
}
