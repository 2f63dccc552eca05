package model

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestIDIsWrittenInTheAlphabet(t *testing.T) {
	t.Parallel()
	seen := map[rune]bool{}
	for range 2000 {
		id := NewID()
		if len(id) != IDLength || strings.Trim(id, idAlphabet) != "" || !ValidID(id) {
			t.Fatalf("%q is no id", id)
		}
		for _, c := range id {
			seen[c] = true
		}
	}
	if len(seen) != 32 {
		t.Errorf("ids use %d characters, want all 32", len(seen))
	}
}

func TestAlphabetsHoldTheSameCharacters(t *testing.T) {
	t.Parallel()
	a, b := []byte(idAlphabet), []byte(sortedAlphabet)
	slices.Sort(a)
	if !bytes.Equal(a, b) || len(slices.Compact(a)) != 32 {
		t.Errorf("sorted, %q is not %q", idAlphabet, sortedAlphabet)
	}
}

func TestIDsAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 10_000 {
		for _, id := range []string{NewID(), NewTimeID(1_700_000_000_000), NewToken().Reveal()} {
			if seen[id] {
				t.Fatalf("%s came twice", id)
			}
			seen[id] = true
		}
	}
}

func TestTimeIDsAreInTheOrderOfTheirTimes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64Range(0, 1<<50-1)
		a, b := at.Draw(t, "a"), at.Draw(t, "b")
		x, y := NewTimeID(a), NewTimeID(b)
		if !ValidID(x) || strings.Trim(x, idAlphabet) != "" {
			t.Fatalf("%q is no id", x)
		}
		switch {
		case a < b && x >= y, a > b && x <= y, a == b && x[:10] != y[:10]:
			t.Fatalf("%d gives %s, %d gives %s", a, x, b, y)
		}
	})
}

func TestTokenIsKnownByItsHash(t *testing.T) {
	t.Parallel()
	token := NewToken()
	if !ValidID(token.Reveal()) {
		t.Errorf("%q does not look like a token", token.Reveal())
	}
	want := sha256.Sum256([]byte(token.Reveal()))
	if got := HashToken(token.Reveal()); !bytes.Equal(got, want[:]) {
		t.Errorf("hash is %x, want %x", got, want)
	}
}

func TestValidIDWantsLettersAndDigits(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		strings.Repeat("a", 26): true, "ABCxyz0123456789abcdefghij": true, "": false, strings.Repeat("a", 25): false, strings.Repeat("a", 27): false,
		strings.Repeat("a", 25) + "-": false, strings.Repeat("a", 25) + "\x00": false, strings.Repeat("é", 13): false, strings.Repeat(" ", 26): false,
	} {
		if ValidID(s) != want {
			t.Errorf("ValidID(%q) is %t", s, !want)
		}
	}
	for s, want := range map[string]bool{"a": true, "Z9": true, "": false, "a b": false, "a/": false, "a_b": false, "ä": false, "`": false, "@": false, "[": false, "{": false, ":": false} {
		if AlphaNumeric(s) != want {
			t.Errorf("AlphaNumeric(%q) is %t", s, !want)
		}
	}
}
