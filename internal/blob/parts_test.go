package blob

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestJoin(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, s Store) {
		for _, tc := range []struct {
			name  string
			parts map[int64]string
			size  int64
			want  string
			err   error
		}{
			{name: "parts follow one another", parts: map[int64]string{0: "abc", 3: "defgh", 8: "i"}, size: 9, want: "abcdefghi"},
			{name: "one part is the blob", parts: map[int64]string{0: "abc"}, size: 3, want: "abc"},
			{name: "no parts make an empty blob", size: 0, want: ""},
			{name: "a gap is noticed", parts: map[int64]string{0: "abc", 4: "d"}, size: 5, err: ErrParts},
			{name: "an overlap is noticed", parts: map[int64]string{0: "abc", 2: "d"}, size: 4, err: ErrParts},
			{name: "a missing start is noticed", parts: map[int64]string{3: "d"}, size: 4, err: ErrParts},
			{name: "a missing end is noticed", parts: map[int64]string{0: "abc"}, size: 4, err: ErrParts},
			{name: "too much is noticed", parts: map[int64]string{0: "abc"}, size: 2, err: ErrParts},
		} {
			prefix := "uploads/" + strings.ReplaceAll(tc.name, " ", "-") + "/"
			for offset, content := range tc.parts {
				put(t, s, PartKey(prefix, offset), content)
			}
			err := Join(t.Context(), s, "files/joined", prefix, tc.size)
			if !errors.Is(err, tc.err) {
				t.Fatalf("%s: %v", tc.name, err)
			}
			if err == nil {
				wantContent(t, s, "files/joined", tc.want)
			}
		}
	})
}

func TestPartKeysSortByOffset(t *testing.T) {
	t.Parallel()
	keys := []string{PartKey("u/", 0), PartKey("u/", 9), PartKey("u/", 10), PartKey("u/", 1<<62)}
	if !slices.IsSorted(keys) {
		t.Errorf("%v", keys)
	}
}
