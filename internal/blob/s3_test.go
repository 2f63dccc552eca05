package blob

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
)

// requests counts what passes a transport, by method and range.
type requests struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen []string
}

func (r *requests) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.seen = append(r.seen, strings.TrimSpace(req.Method+" "+req.Header.Get("Range")))
	r.mu.Unlock()
	return r.next.RoundTrip(req)
}

func TestS3AsksOnceForAWholeBlob(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(gofakes3.New(newBucket(t)).Server())
	t.Cleanup(srv.Close)
	seen := &requests{next: srv.Client().Transport}
	s, err := NewS3(S3Options{
		Endpoint: srv.Listener.Addr().String(), Region: "us-east-1", Bucket: "blobs",
		AccessKeyID: "key", SecretAccessKey: "secret", Encrypt: true, Transport: seen,
	})
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "a/b", "0123456789")
	file, _, err := s.Open(t.Context(), "a/b")
	if err != nil {
		t.Fatal(err)
	}
	// net/http looks for the end first, reads all, or reads a range.
	rec := httptest.NewRecorder()
	http.ServeContent(rec, httptest.NewRequest(http.MethodGet, "/", nil), "b.bin", time.Time{}, file)
	ranged := httptest.NewRequest(http.MethodGet, "/", nil)
	ranged.Header.Set("Range", "bytes=4-6")
	part := httptest.NewRecorder()
	http.ServeContent(part, ranged, "b.bin", time.Time{}, file)
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if rec.Body.String() != "0123456789" || part.Body.String() != "456" {
		t.Errorf("served %q and %q", rec.Body, part.Body)
	}
	if diff := cmp.Diff([]string{"PUT", "GET", "GET bytes=4-"}, seen.seen); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

func TestNewS3NeedsABucketAndATransport(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]S3Options{
		"no bucket":    {Transport: http.NewFileTransport(nil)},
		"no transport": {Bucket: "blobs"},
		"a malformed endpoint": {
			Bucket: "blobs", Transport: http.NewFileTransport(nil), Endpoint: "http://host/path", AccessKeyID: "k", SecretAccessKey: "s",
		},
	} {
		if _, err := NewS3(o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if _, err := NewS3(S3Options{Bucket: "blobs", Transport: http.NewFileTransport(nil)}); err != nil {
		t.Errorf("Amazon with the role of the machine: %v", err)
	}
}
