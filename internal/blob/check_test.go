package blob

import (
	"os"
	"testing"

	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
	f, dir := newFolder(t)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if f.Check(t.Context()) == nil {
		t.Error("a folder that was removed seems to be there")
	}
	if newS3(t, s3mem.New(), "").Check(t.Context()) == nil {
		t.Error("a bucket that never was seems to be there")
	}
}
