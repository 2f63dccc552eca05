package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"
)

// maxRounds is a few seconds of one core.
const maxRounds = 10_000_000

// pbkdf2Hash comes with imported accounts; sign-in replaces it.
type pbkdf2Hash struct {
	rounds uint32
	salt   []byte
	key    []byte
}

func parsePBKDF2(stored string) (*pbkdf2Hash, error) {
	parts, err := fields(stored, 4)
	if err != nil {
		return nil, err
	}
	params, ok := strings.CutPrefix(parts[1], "f=SHA256,")
	if !ok {
		return nil, invalid("unknown function of pbkdf2")
	}
	n, err := numbers(params, "w", "l")
	if err != nil {
		return nil, err
	}
	if n[0] < 1 || n[0] > maxRounds {
		return nil, invalid("%d rounds, allowed are 1 to %d", n[0], maxRounds)
	}
	salt, key, err := saltAndKey(parts[2], parts[3])
	if err != nil {
		return nil, err
	}
	// The length n[1] is not kept: Parse compares it when it encodes the hash again.
	return &pbkdf2Hash{rounds: n[0], salt: salt, key: key}, nil
}

func (h *pbkdf2Hash) Encode() string {
	return fmt.Sprintf("$pbkdf2$f=SHA256,w=%d,l=%d$%s$%s", h.rounds, len(h.key),
		plain.EncodeToString(h.salt), plain.EncodeToString(h.key))
}

func (h *pbkdf2Hash) matches(candidate string) bool {
	key, err := pbkdf2.Key(sha256.New, candidate, h.salt, int(h.rounds), len(h.key))
	if err != nil {
		return false // short salts where FIPS 140 is enforced
	}
	return subtle.ConstantTimeCompare(key, h.key) == 1
}

func (h *pbkdf2Hash) memoryKiB() uint32 { return 1 }
