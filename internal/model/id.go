// Package model holds the objects of the API and what is true about them
// without a database: ids, limits, views.
package model

import (
	"crypto/rand"
	"crypto/sha256"
	"strings"
)

// IDLength is the length of every id and of every token.
const IDLength = 26

// The 32 characters of the reference alphabet. Time-ordered ids use the same
// characters in byte order, so that comparing two ids compares their times.
const (
	idAlphabet     = "ybndrfg8ejkmcpqxot1uwisza345h769"
	sortedAlphabet = "13456789abcdefghijkmnopqrstuwxyz"
)

// NewID returns a random id of 130 bits.
func NewID() string { return randomText(idAlphabet, IDLength) }

// NewTimeID returns an id whose leading 50 bits are the millisecond at, for rows
// that are read newest first: their indexes grow at the end.
func NewTimeID(at int64) string {
	return TimeIDPrefix(at) + randomText(sortedAlphabet, IDLength-timeIDPrefix)
}

// timeIDPrefix is how many characters of an id tell its time.
const timeIDPrefix = 10

// IDOf returns the id that belongs to some texts, always the same.
func IDOf(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	out := make([]byte, IDLength)
	for i := range out {
		out[i] = idAlphabet[sum[i]&31]
	}
	return string(out)
}

// TimeIDPrefix gives what the ids of a millisecond begin with: it sorts behind all
// earlier ones and before all of that millisecond.
func TimeIDPrefix(at int64) string {
	var b [timeIDPrefix]byte
	v := uint64(at)
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = sortedAlphabet[v&31]
		v >>= 5
	}
	return string(b[:])
}

// NewToken returns a secret of 130 random bits.
func NewToken() Secret { return NewSecret(randomText(idAlphabet, IDLength)) }

// HashToken gives the only form in which a token is stored: its SHA-256.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func randomText(alphabet string, n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails since Go 1.24: it ends the process instead
	for i, c := range raw {
		raw[i] = alphabet[c&31]
	}
	return string(raw)
}

// ValidID tells whether s has the form of an id: 26 letters or digits.
func ValidID(s string) bool { return len(s) == IDLength && AlphaNumeric(s) }

// AlphaNumeric tells whether s is a non-empty run of ASCII letters and digits.
func AlphaNumeric(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
