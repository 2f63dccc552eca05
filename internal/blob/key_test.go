package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckKey(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(strings.Repeat("a", 127)+"/", 4)
	for key, want := range map[string]bool{
		"a": true, "users/4wurr8bmitnk/profile.png": true, "a_b-c.d..e/_/-": true, long[:511]: true,
		"": false, ".": false, "..": false, "a/../b": false, "a/./b": false, "/a": false, "a/": false, "a//b": false,
		"A": false, "a b": false, "a\\b": false, "a\x00": false, "é": false, "c:a": false, ".a": false, "a.": false,
		long + "a": false, strings.Repeat("a", 129): false,
	} {
		if err := checkKey(key); (err == nil) != want || err != nil && !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func FuzzKey(f *testing.F) {
	for _, seed := range []string{"a", "a/b", "../a", "a/..", "/", "A", "a.", "\x00", strings.Repeat("a/", 256)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if checkKey(key) != nil {
			return
		}
		if !filepath.IsLocal(filepath.FromSlash(key)) || path.Clean(key) != key || !fs.ValidPath(key) ||
			len(key) > 512 || strings.ToLower(key) != key || strings.HasPrefix(key, unfinished) {
			t.Errorf("%q was accepted", key)
		}
		if err := checkPrefix(key + "/"); err != nil {
			t.Error(fmt.Errorf("as a prefix: %w", err))
		}
	})
}
