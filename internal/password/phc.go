package password

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"muster/internal/fault"
)

// ErrInvalidHash says that a stored password hash cannot be read or asks for
// more work than any sign-in may cost. It is a fault, so a service may pass it on.
var ErrInvalidHash error = fault.New(fault.Unauthenticated, "api.user.check_user_password.invalid_hash.app_error")

// The bounds that hold for every scheme, in bytes.
const (
	maxStored = 256
	minSalt   = 8
	maxSalt   = 64
	minKey    = 16
	maxKey    = 64
)

// plain is the alphabet of salts and keys. Strict, so that no two texts mean the same bytes.
var plain = base64.RawStdEncoding.Strict()

// Hash is a stored password hash that is well-formed and affordable.
type Hash interface {
	// Encode gives the very text that Parse read. It is a secret.
	Encode() string

	// matches hashes the candidate and compares in constant time; it is slow.
	matches(candidate string) bool

	// memoryKiB is what matches occupies while it runs.
	memoryKiB() uint32
}

// Parse reads a stored hash: Argon2id and PBKDF2 in PHC form, bcrypt in its own.
// What does not fit, down to a leading zero, is ErrInvalidHash; so are parameters
// with which one sign-in could keep a core or the memory busy for long. The error
// never quotes the stored text.
func Parse(stored string) (Hash, error) {
	h, err := parse(stored)
	if err != nil {
		return nil, fmt.Errorf("parse password hash: %w", err)
	}
	if h.Encode() != stored {
		return nil, fmt.Errorf("parse password hash: not in canonical form: %w", ErrInvalidHash)
	}
	return h, nil
}

func parse(stored string) (Hash, error) {
	switch {
	case len(stored) > maxStored:
		return nil, invalid("longer than %d bytes", maxStored)
	case strings.HasPrefix(stored, "$argon2id$"):
		return parseArgon2id(stored)
	case strings.HasPrefix(stored, "$pbkdf2$"):
		return parsePBKDF2(stored)
	case strings.HasPrefix(stored, "$2"):
		return parseBcrypt(stored)
	}
	return nil, invalid("unknown scheme")
}

func invalid(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrInvalidHash)...)
}

// fields cuts a PHC text into its n parts; the empty one before the first $ is dropped.
func fields(stored string, n int) ([]string, error) {
	parts := strings.Split(stored, "$")[1:]
	if len(parts) != n {
		return nil, invalid("%d parts instead of %d", len(parts), n)
	}
	return parts, nil
}

// numbers reads "a=1,b=2" with exactly the given names in their order.
func numbers(text string, names ...string) ([]uint32, error) {
	pairs := strings.Split(text, ",")
	if len(pairs) != len(names) {
		return nil, invalid("%d parameters instead of %d", len(pairs), len(names))
	}
	values := make([]uint32, len(names))
	for i, name := range names {
		value, ok := strings.CutPrefix(pairs[i], name+"=")
		if !ok {
			return nil, invalid("no parameter %s", name)
		}
		v, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			return nil, invalid("parameter %s is no number", name)
		}
		values[i] = uint32(v)
	}
	return values, nil
}

// saltAndKey decodes the two last parts of a PHC text.
func saltAndKey(saltText, keyText string) (salt, key []byte, err error) {
	if salt, err = plain.DecodeString(saltText); err != nil || len(salt) < minSalt || len(salt) > maxSalt {
		return nil, nil, invalid("salt is not %d to %d bytes of base64", minSalt, maxSalt)
	}
	if key, err = plain.DecodeString(keyText); err != nil || len(key) < minKey || len(key) > maxKey {
		return nil, nil, invalid("key is not %d to %d bytes of base64", minKey, maxKey)
	}
	return salt, key, nil
}
