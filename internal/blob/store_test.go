package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

func newFolder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	f, err := OpenFolder(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, dir
}

func newBucket(t *testing.T) *s3mem.Backend {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("blobs"); err != nil {
		t.Fatal(err)
	}
	return backend
}

func newS3(t *testing.T, backend *s3mem.Backend, prefix string) *S3 {
	t.Helper()
	srv := httptest.NewTLSServer(gofakes3.New(backend).Server())
	t.Cleanup(srv.Close)
	s, err := NewS3(S3Options{
		Endpoint: srv.Listener.Addr().String(), TLS: true, Region: "us-east-1", Bucket: "blobs", Prefix: prefix,
		AccessKeyID: "key", SecretAccessKey: "secret", Transport: srv.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// eachStore runs a test on every implementation.
func eachStore(t *testing.T, test func(t *testing.T, s Store)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		f, _ := newFolder(t)
		test(t, f)
	})
	t.Run("s3", func(t *testing.T) {
		t.Parallel()
		test(t, newS3(t, newBucket(t), ""))
	})
	t.Run("s3 below a prefix", func(t *testing.T) {
		t.Parallel()
		test(t, newS3(t, newBucket(t), "/chat/files/"))
	})
}

func put(t *testing.T, s Store, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), key, strings.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
}

func wantContent(t *testing.T, s Store, key, want string) {
	t.Helper()
	file, info, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	if string(got) != want || info.Size != int64(len(want)) || info.Key != key {
		t.Errorf("%s holds %d bytes as %+v, want %d", key, len(got), info, len(want))
	}
}

func wantMissing(t *testing.T, s Store, key string) {
	t.Helper()
	if _, _, err := s.Open(t.Context(), key); !errors.Is(err, ErrNotFound) {
		t.Errorf("open %s: %v", key, err)
	}
	if _, err := s.Stat(t.Context(), key); !errors.Is(err, ErrNotFound) {
		t.Errorf("stat %s: %v", key, err)
	}
}

func wantKeys(t *testing.T, s Store, prefix string, want ...string) {
	t.Helper()
	infos, err := s.List(t.Context(), prefix)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, info := range infos {
		got = append(got, info.Key)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("below %s (-want +got)\n%s", prefix, diff)
	}
}

func TestStoreGivesBackWhatWasPut(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		for name, content := range map[string]string{
			"empty": "", "one byte": "x", "three copies of a copy buffer": strings.Repeat("0123456789abcdef", 6<<10),
		} {
			for how, size := range map[string]int64{"known": int64(len(content)), "unknown": UnknownSize} {
				key := strings.ReplaceAll(path.Join("sizes", how, name), " ", "-")
				if err := s.Put(t.Context(), key, iotest.HalfReader(strings.NewReader(content)), size); err != nil {
					t.Fatalf("%s content of %s size: %v", name, how, err)
				}
				wantContent(t, s, key, content)
			}
		}
	})
}

func TestStorePutsContentLargerThanAPart(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789abcdef"), partSize/16)
	content = append(content, "the rest"...)
	eachStore(t, func(t *testing.T, s Store) {
		for how, size := range map[string]int64{"known": int64(len(content)), "unknown": UnknownSize} {
			key := "large/" + how
			if err := s.Put(t.Context(), key, bytes.NewReader(content), size); err != nil {
				t.Fatal(err)
			}
			wantContent(t, s, key, string(content))
		}
	})
}

func TestStoreDescribesABlob(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		before := time.Now().Add(-2 * time.Second).UnixMilli()
		put(t, s, "users/amy/profile.png", "face")
		info, err := s.Stat(t.Context(), "users/amy/profile.png")
		if err != nil {
			t.Fatal(err)
		}
		if info.Key != "users/amy/profile.png" || info.Size != 4 || info.ModifiedAt < before || info.ModifiedAt > time.Now().UnixMilli() {
			t.Errorf("%+v", info)
		}
	})
}

func TestStoreReplacesABlob(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		put(t, s, "a/b", "a long first content")
		put(t, s, "a/b", "short")
		wantContent(t, s, "a/b", "short")
	})
}

func TestStoreKeepsTheOldBlobWhenAPutFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	eachStore(t, func(t *testing.T, s Store) {
		put(t, s, "a/old", "old")
		for _, key := range []string{"a/old", "a/new"} {
			for _, start := range []string{"", "new", strings.Repeat("n", partSize+3)} {
				size := int64(len(start) + partSize)
				if err := s.Put(t.Context(), key, iotest.DataErrReader(strings.NewReader(start)), size); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("content that ends early: %v", err)
				}
				for _, size := range []int64{size, UnknownSize} {
					r := io.MultiReader(strings.NewReader(start), iotest.ErrReader(broken))
					if err := s.Put(t.Context(), key, r, size); !errors.Is(err, broken) {
						t.Errorf("content that breaks after %d bytes, size %d: %v", len(start), size, err)
					}
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := s.Put(ctx, key, strings.NewReader("new"), 3); !errors.Is(err, context.Canceled) {
				t.Errorf("request that has ended: %v", err)
			}
		}
		wantContent(t, s, "a/old", "old")
		wantMissing(t, s, "a/new")
		wantKeys(t, s, "a/", "a/old")
	})
}

func TestStoreReadsFromWhereTheReaderStands(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789abcdef", partSize/16+1)
	eachStore(t, func(t *testing.T, s Store) {
		for _, size := range []int64{5, partSize + 5} {
			r := strings.NewReader("skipped" + content)
			if _, err := r.Seek(7, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if err := s.Put(t.Context(), "a/b", r, size); err != nil {
				t.Fatal(err)
			}
			wantContent(t, s, "a/b", content[:size])
		}
	})
}

func TestStoreSeeks(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		put(t, s, "a/b", "0123456789")
		file, _, err := s.Open(t.Context(), "a/b")
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			offset int64
			whence int
			at     int64
			read   string
		}{
			{0, io.SeekEnd, 10, ""},
			{0, io.SeekStart, 0, "012"},
			{2, io.SeekCurrent, 5, "567"},
			{-2, io.SeekEnd, 8, "89"},
			{1, io.SeekStart, 1, "123"},
			{20, io.SeekStart, 20, ""},
			{0, io.SeekStart, 0, "012"},
		} {
			at, err := file.Seek(step.offset, step.whence)
			if err != nil || at != step.at {
				t.Fatalf("%+v: at %d: %v", step, at, err)
			}
			got := make([]byte, 3)
			n, err := io.ReadFull(file, got)
			if string(got[:n]) != step.read {
				t.Errorf("%+v: read %q: %v", step, got[:n], err)
			}
		}
		if _, err := file.Seek(-1, io.SeekStart); err == nil {
			t.Error("a place before the start was reached")
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestStoreMissesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		put(t, s, "users/amy/profile.png", "face")
		for _, key := range []string{"nothing", "users", "users/amy", "users/bob/profile.png"} {
			wantMissing(t, s, key)
			if err := s.Delete(t.Context(), key); err != nil {
				t.Errorf("delete %s: %v", key, err)
			}
		}
		if err := s.DeletePrefix(t.Context(), "users/bob/"); err != nil {
			t.Error(err)
		}
		wantKeys(t, s, "users/bob/")
		wantContent(t, s, "users/amy/profile.png", "face")
	})
}

func TestStoreListsAndDeletes(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		for _, key := range []string{"u/amy/b", "u/amy/a-1", "u/amy/a/x", "u/amy-2/a", "u/bob/a"} {
			put(t, s, key, key)
		}
		wantKeys(t, s, "u/amy/", "u/amy/a-1", "u/amy/a/x", "u/amy/b")
		if err := s.Delete(t.Context(), "u/amy/b"); err != nil {
			t.Fatal(err)
		}
		wantMissing(t, s, "u/amy/b")
		if err := s.DeletePrefix(t.Context(), "u/amy/"); err != nil {
			t.Fatal(err)
		}
		wantKeys(t, s, "u/", "u/amy-2/a", "u/bob/a")
	})
}

func TestStoreRefusesMalformedKeys(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		ctx := t.Context()
		for _, key := range []string{"", "../a", "/a", "a/", ".unfinished/a"} {
			_, _, openErr := s.Open(ctx, key)
			_, statErr := s.Stat(ctx, key)
			for what, err := range map[string]error{
				"put": s.Put(ctx, key, strings.NewReader(""), 0), "open": openErr, "stat": statErr, "delete": s.Delete(ctx, key),
			} {
				if !errors.Is(err, ErrKey) {
					t.Errorf("%s %q: %v", what, key, err)
				}
			}
		}
		for _, prefix := range []string{"", "/", "a", "../", "a//", ".unfinished/"} {
			_, listErr := s.List(ctx, prefix)
			if !errors.Is(listErr, ErrKey) {
				t.Errorf("list %q: %v", prefix, listErr)
			}
			if err := s.DeletePrefix(ctx, prefix); !errors.Is(err, ErrKey) {
				t.Errorf("delete prefix %q: %v", prefix, err)
			}
		}
	})
}

func TestStoreShowsOneOfTwoConcurrentContents(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		contents := []string{strings.Repeat("a", 100_000), strings.Repeat("b", 100_000)}
		put(t, s, "a/b", contents[0])
		var writers sync.WaitGroup
		for _, content := range contents {
			writers.Go(func() {
				for range 5 {
					put(t, s, "a/b", content)
				}
			})
		}
		for range 10 {
			file, _, err := s.Open(t.Context(), "a/b")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(file)
			if err = errors.Join(err, file.Close()); err != nil || !slices.Contains(contents, string(got)) {
				t.Errorf("read %d mixed bytes: %v", len(got), err)
			}
		}
		writers.Wait()
	})
}
