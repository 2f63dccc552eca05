package password

import (
	"crypto/subtle"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// The bounds of Argon2id. The work is memory times passes: four gibibytes filled
// are a few seconds of one core.
const (
	maxMemoryKiB = 1 << 20
	maxWorkKiB   = 4 << 20
	maxPasses    = 64
	maxLanes     = 64
)

// cost is the price of one Argon2id hash.
type cost struct {
	memoryKiB uint32
	passes    uint32
	lanes     uint8
}

// newCost checks the bounds and says which one is broken; Argon2 itself needs
// eight blocks of 1 KiB per lane.
func newCost(memoryKiB, passes, lanes uint32) (cost, error) {
	switch {
	case lanes < 1 || lanes > maxLanes:
		return cost{}, fmt.Errorf("%d lanes, allowed are 1 to %d", lanes, maxLanes)
	case memoryKiB < 8*lanes || memoryKiB > maxMemoryKiB:
		return cost{}, fmt.Errorf("%d KiB of memory, allowed are %d to %d", memoryKiB, 8*lanes, maxMemoryKiB)
	case passes < 1 || passes > maxPasses:
		return cost{}, fmt.Errorf("%d passes, allowed are 1 to %d", passes, maxPasses)
	case memoryKiB*passes > maxWorkKiB:
		return cost{}, fmt.Errorf("%d passes over %d KiB are too much work", passes, memoryKiB)
	}
	return cost{memoryKiB, passes, uint8(lanes)}, nil
}

// argon2idHash is the scheme of every new password.
type argon2idHash struct {
	cost cost
	salt []byte
	key  []byte
}

func parseArgon2id(stored string) (*argon2idHash, error) {
	parts, err := fields(stored, 5)
	if err != nil {
		return nil, err
	}
	if parts[1] != "v=19" {
		return nil, invalid("unknown version of argon2id")
	}
	n, err := numbers(parts[2], "m", "t", "p")
	if err != nil {
		return nil, err
	}
	c, err := newCost(n[0], n[1], n[2])
	if err != nil {
		return nil, invalid("%w", err)
	}
	salt, key, err := saltAndKey(parts[3], parts[4])
	if err != nil {
		return nil, err
	}
	return &argon2idHash{cost: c, salt: salt, key: key}, nil
}

func (h *argon2idHash) Encode() string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", h.cost.memoryKiB, h.cost.passes, h.cost.lanes,
		plain.EncodeToString(h.salt), plain.EncodeToString(h.key))
}

func (h *argon2idHash) matches(candidate string) bool {
	return subtle.ConstantTimeCompare(h.derive(candidate), h.key) == 1
}

// derive computes a key as long as the stored one.
func (h *argon2idHash) derive(candidate string) []byte {
	return argon2.IDKey([]byte(candidate), h.salt, h.cost.passes, h.cost.memoryKiB, h.cost.lanes, uint32(len(h.key)))
}

func (h *argon2idHash) memoryKiB() uint32 { return h.cost.memoryKiB }

// like tells whether both hashes cost the same and are equally long.
func (h *argon2idHash) like(other *argon2idHash) bool {
	return h.cost == other.cost && len(h.salt) == len(other.salt) && len(h.key) == len(other.key)
}
