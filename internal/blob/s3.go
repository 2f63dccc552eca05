package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/encrypt"
)

// partSize is the piece in which large content is sent; a Put holds at most two
// in memory. S3 admits 10,000 pieces, so blobs of 80 GB.
const partSize = 8 << 20

// attempts is how often a request is tried before its error is reported.
const attempts = 3

// S3Options say where a bucket is and how to reach it.
type S3Options struct {
	Endpoint string // host or host:port; "" is Amazon's
	Region   string // "" is asked from the endpoint
	Bucket   string
	Prefix   string // folder within the bucket, "" for all of it

	// The keys of the account; both empty takes the role of the machine, as
	// Amazon's metadata service tells it.
	AccessKeyID     string
	SecretAccessKey string

	TLS     bool // reach the endpoint by https
	Encrypt bool // ask for encryption at rest with keys of the service

	// Transport makes the requests; it has the timeouts and trusted roots.
	Transport http.RoundTripper
}

// S3 is a Store in a bucket of S3 or a service that speaks its protocol.
type S3 struct {
	core       minio.Core
	bucket     string
	prefix     string // empty or with a final slash
	encryption encrypt.ServerSide
}

var _ Store = (*S3)(nil)

// NewS3 prepares a store in an existing bucket. It does not reach out yet.
func NewS3(o S3Options) (*S3, error) {
	if o.Bucket == "" || o.Transport == nil {
		return nil, errors.New("an S3 store needs a bucket and a transport")
	}
	endpoint := o.Endpoint
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	creds := credentials.NewStaticV4(o.AccessKeyID, o.SecretAccessKey, "")
	if o.AccessKeyID == "" && o.SecretAccessKey == "" {
		creds = credentials.NewIAM("")
	}
	core, err := minio.NewCore(endpoint, &minio.Options{
		Creds: creds, Secure: o.TLS, Region: o.Region, Transport: o.Transport, MaxRetries: attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("use S3 at %s: %w", endpoint, err)
	}
	s := &S3{core: *core, bucket: o.Bucket}
	if prefix := strings.Trim(o.Prefix, "/"); prefix != "" {
		s.prefix = prefix + "/"
	}
	if o.Encrypt {
		s.encryption = encrypt.NewSSE()
	}
	return s, nil
}

// Put sends an object, in pieces if it is large.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	body, size, err := inMemory(newExactReader(ctx, r, size), size)
	if err == nil {
		_, err = s.core.Client.PutObject(ctx, s.bucket, s.prefix+key, body, size, minio.PutObjectOptions{
			ContentType:          "application/octet-stream",
			PartSize:             partSize,
			ServerSideEncryption: s.encryption,
		})
	}
	return s3Error("put", key, err)
}

// inMemory reads content that fits into one piece, so that it takes a single
// request that can be repeated, and gives it with its size. Larger content
// comes back as a stream.
func inMemory(r io.Reader, size int64) (io.Reader, int64, error) {
	if size > partSize {
		return r, size, nil
	}
	head, err := io.ReadAll(io.LimitReader(r, partSize))
	if err != nil {
		return nil, 0, err
	}
	if len(head) == partSize && size < 0 {
		return io.MultiReader(bytes.NewReader(head), r), UnknownSize, nil
	}
	return bytes.NewReader(head), int64(len(head)), nil
}

// Open asks for an object; its content arrives while it is read.
func (s *S3) Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	body, object, _, err := s.core.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Info{}, s3Error("open", key, err)
	}
	file := &s3File{ctx: ctx, store: s, key: key, etag: object.ETag, size: object.Size, body: body}
	return file, s.info(object), nil
}

// Stat asks for the head of an object.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	object, err := s.core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, s3Error("stat", key, err)
	}
	return s.info(object), nil
}

// List asks for the objects below a prefix, a thousand at a time.
func (s *S3) List(ctx context.Context, prefix string) ([]Info, error) {
	if err := checkPrefix(prefix); err != nil {
		return nil, err
	}
	var infos []Info
	objects := s.core.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true})
	for object := range objects {
		if object.Err != nil {
			return nil, s3Error("list", prefix, object.Err)
		}
		infos = append(infos, s.info(object))
	}
	return infos, nil
}

// Delete removes an object.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := s3Error("delete", key, s.core.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}))
	if errors.Is(err, ErrNotFound) {
		return nil // Amazon says nothing here, others do
	}
	return err
}

// DeletePrefix removes the objects one by one, since not every service that
// speaks S3 can remove many at once.
func (s *S3) DeletePrefix(ctx context.Context, prefix string) error {
	infos, err := s.List(ctx, prefix)
	if err != nil {
		return err
	}
	for _, info := range infos {
		if err := s.Delete(ctx, info.Key); err != nil {
			return err
		}
	}
	return nil
}

// Check asks for the bucket.
func (s *S3) Check(ctx context.Context) error {
	there, err := s.core.BucketExists(ctx, s.bucket)
	if err == nil && !there {
		err = errors.New("there is no such bucket")
	}
	if err != nil {
		return fmt.Errorf("check bucket %s: %w", s.bucket, err)
	}
	return nil
}

func (s *S3) info(o minio.ObjectInfo) Info {
	return Info{Key: strings.TrimPrefix(o.Key, s.prefix), Size: o.Size, ModifiedAt: o.LastModified.UnixMilli()}
}

func s3Error(verb, key string, err error) error {
	if err == nil {
		return nil
	}
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		err = ErrNotFound
	}
	return fmt.Errorf("%s blob %s: %w", verb, key, err)
}

// s3File reads an object. Open has asked for all of it, which is what most
// readers want; only a read elsewhere asks again.
type s3File struct {
	ctx   context.Context // of Open: the content lives no longer
	store *S3
	key   string
	etag  string
	size  int64
	at    int64 // where the reader is

	body   io.ReadCloser // nil when none is open
	bodyAt int64         // where body is
}

// Read reads on, and asks for the rest of the object after a seek.
func (f *s3File) Read(p []byte) (int, error) {
	if f.at >= f.size {
		return 0, io.EOF
	}
	if f.body == nil || f.bodyAt != f.at {
		if err := f.reopen(); err != nil {
			return 0, err
		}
	}
	n, err := f.body.Read(p)
	f.at += int64(n)
	f.bodyAt = f.at
	if errors.Is(err, io.EOF) && f.at < f.size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// reopen asks for the object from where the reader is, unless it was replaced
// meanwhile: two versions must not be mixed.
func (f *s3File) reopen() error {
	if err := f.Close(); err != nil {
		return err
	}
	var options minio.GetObjectOptions
	if f.at > 0 {
		if err := options.SetRange(f.at, 0); err != nil {
			return err
		}
	}
	if f.etag != "" {
		if err := options.SetMatchETag(f.etag); err != nil {
			return err
		}
	}
	body, _, _, err := f.store.core.GetObject(f.ctx, f.store.bucket, f.store.prefix+f.key, options)
	if err != nil {
		return s3Error("read", f.key, err)
	}
	f.body, f.bodyAt = body, f.at
	return nil
}

// Seek moves the reader without asking for anything.
func (f *s3File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek in blob %s: before its start", f.key)
	}
	f.at = offset
	return offset, nil
}

// Close gives the connection back.
func (f *s3File) Close() error {
	if f.body == nil {
		return nil
	}
	err := f.body.Close()
	f.body = nil
	return err
}
