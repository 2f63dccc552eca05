package password

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"runtime"

	"muster/internal/fault"
)

// The defaults of Options.
const (
	defaultMemoryKiB = 19 << 10
	defaultPasses    = 2
	defaultLanes     = 1
	queuePerWorker   = 32 // what a core hashes in about a second
)

// The lengths of a new hash, in bytes.
const (
	newSalt = 16
	newKey  = 32
)

// BusyID is the id of the fault (Busy) that answers when no more work is accepted.
const BusyID = "api.muster.sign_in_busy.app_error"

// largeKiB is the memory above which foreign hashes are checked one at a time.
const largeKiB = 64 << 10

// Options are the price of new hashes and the width of the pool. A zero takes
// the default.
type Options struct {
	MemoryKiB int // memory of one hash; 19 MiB by default
	Passes    int // over that memory; 2 by default
	Lanes     int // cores one hash may use at once; 1 by default
	Workers   int // hashes computed at the same time; GOMAXPROCS by default
	Queue     int // callers that may wait for a worker; 32 per worker by default
}

// Hasher hashes and checks passwords, never more at a time than it has workers.
// It is safe for concurrent use and needs no closing.
type Hasher struct {
	decoy  *argon2idHash // matches nothing; also the pattern of current hashes
	places chan struct{} // taken by everyone who waits or works
	slots  chan struct{} // taken by those who work; a channel serves first come first
	large  chan struct{} // taken, besides, by who works with uncommonly much memory
}

// New makes a Hasher. Options out of bounds are an error that names the bound.
func New(o Options) (*Hasher, error) {
	setDefault(&o.MemoryKiB, defaultMemoryKiB)
	setDefault(&o.Passes, defaultPasses)
	setDefault(&o.Lanes, defaultLanes)
	setDefault(&o.Workers, runtime.GOMAXPROCS(0))
	if o.Workers < 1 {
		return nil, errors.New("password hashing needs at least one worker")
	}
	setDefault(&o.Queue, queuePerWorker*o.Workers)
	if o.Queue < 1 {
		return nil, errors.New("password hashing needs a queue of at least one")
	}
	c, err := newCost(clamp(o.MemoryKiB), clamp(o.Passes), clamp(o.Lanes))
	if err != nil {
		return nil, fmt.Errorf("cost of password hashes: %w", err)
	}
	return &Hasher{
		decoy:  &argon2idHash{cost: c, salt: random(newSalt), key: random(newKey)},
		places: make(chan struct{}, o.Workers+o.Queue),
		slots:  make(chan struct{}, o.Workers),
		large:  make(chan struct{}, 1),
	}, nil
}

// Hash makes the text to store for a new password. It refuses one longer than
// MaxLength (Invalid), is Busy when the queue is full, and gives up waiting when
// ctx ends. It belongs outside any transaction.
func (h *Hasher) Hash(ctx context.Context, pw string) (string, error) {
	if len(pw) > MaxLength {
		return "", refusal("_max_length")
	}
	fresh := &argon2idHash{cost: h.decoy.cost, salt: random(newSalt), key: make([]byte, newKey)}
	if err := h.run(ctx, fresh, func() { fresh.key = fresh.derive(pw) }); err != nil {
		return "", err
	}
	return fresh.Encode(), nil
}

// Verify tells whether the candidate is the stored password and, if it is,
// whether the stored hash is of another scheme or price than new ones and should
// be replaced by Hash of the candidate.
//
// Nothing matches an empty stored password, nor does an empty candidate or one
// longer than MaxLength match anything. A stored text that cannot be read is
// ErrInvalidHash. Both stored texts cost the time of a current hash, so that the
// answer's time does not give them away; a hash of another scheme or price takes
// its own time until it is replaced. Errors of the queue are those of Hash.
func (h *Hasher) Verify(ctx context.Context, stored, candidate string) (ok, upgrade bool, err error) {
	if candidate == "" || len(candidate) > MaxLength {
		return false, false, nil
	}
	hash, unreadable := h.read(stored)
	if err := h.run(ctx, hash, func() { ok = hash.matches(candidate) }); err != nil {
		return false, false, err
	}
	if unreadable != nil {
		return false, false, unreadable
	}
	return ok, ok && !h.isCurrent(hash), nil
}

// VerifyNothing takes the time of Verify with a current hash and fails like it
// when the queue is full; it is for accounts that do not exist or have no password.
func (h *Hasher) VerifyNothing(ctx context.Context, candidate string) error {
	_, _, err := h.Verify(ctx, "", candidate)
	return err
}

// read gives the hash to compute: the stored one, or the decoy where there is none.
func (h *Hasher) read(stored string) (Hash, error) {
	if stored == "" {
		return h.decoy, nil
	}
	hash, err := Parse(stored)
	if err != nil {
		return h.decoy, err
	}
	return hash, nil
}

func (h *Hasher) isCurrent(hash Hash) bool {
	a, ok := hash.(*argon2idHash)
	return ok && a.like(h.decoy)
}

// run does the work for a hash on the caller's goroutine once a worker's slot is
// free. Who finds no place in the queue is told to come back a second later.
func (h *Hasher) run(ctx context.Context, hash Hash, work func()) error {
	select {
	case h.places <- struct{}{}:
		defer leave(h.places)
	default:
		return fault.New(fault.Busy, BusyID).With("RetryAfter", 1)
	}
	// Large ones queue up before they take a slot, so that they never idle in one.
	if hash.memoryKiB() > max(largeKiB, h.decoy.cost.memoryKiB) {
		if err := enter(ctx, h.large); err != nil {
			return err
		}
		defer leave(h.large)
	}
	if err := enter(ctx, h.slots); err != nil {
		return err
	}
	defer leave(h.slots)
	work()
	return nil
}

// enter waits for a place in the channel, or for the end of ctx, which wins when
// both are there: nobody is waiting for the work any more.
func enter(ctx context.Context, places chan struct{}) error {
	if ctx.Err() == nil {
		select {
		case places <- struct{}{}:
			return nil
		case <-ctx.Done():
		}
	}
	return fmt.Errorf("wait to hash a password: %w", ctx.Err())
}

func leave(places chan struct{}) { <-places }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it ends the process where the system has no randomness
	return b
}

func setDefault(v *int, to int) {
	if *v == 0 {
		*v = to
	}
}

// clamp keeps what is out of range out of range without wrapping around.
func clamp(n int) uint32 {
	return uint32(min(max(n, 0), math.MaxInt32))
}
