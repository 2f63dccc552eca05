package account

import (
	"hash/maphash"
	"sync/atomic"

	"github.com/maypok86/otter/v2"
)

// epochs tells a cache which of its entries are stale without finding them: an
// announcement moves the epoch of a key, and an entry read under another epoch
// counts as missing. Keys share epochs, which only costs an extra reading.
type epochs struct {
	seed  maphash.Seed
	total atomic.Uint64 // moves with every announcement, before the epoch it is about
	all   atomic.Uint64
	shard [4096]atomic.Uint64
}

func (e *epochs) of(key string) uint64 {
	return e.all.Load() + e.shard[maphash.String(e.seed, key)%uint64(len(e.shard))].Load()
}

func (e *epochs) move(key string) {
	e.total.Add(1)
	e.shard[maphash.String(e.seed, key)%uint64(len(e.shard))].Add(1)
}

func (e *epochs) moveAll() {
	e.total.Add(1)
	e.all.Add(1)
}

type entry[V any] struct {
	value V
	owner string
	epoch uint64
}

// cache is a bounded cache whose entries belong to an account and become stale
// with it.
type cache[K comparable, V any] struct {
	entries *otter.Cache[K, entry[V]]
	epochs  *epochs
}

func newCache[K comparable, V any](size int) *cache[K, V] {
	return &cache[K, V]{
		entries: otter.Must(&otter.Options[K, entry[V]]{MaximumSize: size}),
		epochs:  &epochs{seed: maphash.MakeSeed()},
	}
}

// get gives the entry of a key if it is there and still true.
func (c *cache[K, V]) get(key K) (V, bool) {
	e, ok := c.entries.GetIfPresent(key)
	if !ok || e.epoch != c.epochs.of(e.owner) {
		var zero V
		return zero, false
	}
	return e.value, true
}

// mark is to be taken before the database is read for put.
func (c *cache[K, V]) mark() uint64 { return c.epochs.total.Load() }

// put keeps a value read since the mark, unless something was announced meanwhile:
// then the value may be older than the announcement. The epoch is taken before the
// total is compared, so that an announcement between the two makes the entry stale.
func (c *cache[K, V]) put(key K, owner string, value V, mark uint64) {
	epoch := c.epochs.of(owner)
	if c.epochs.total.Load() == mark {
		c.entries.Set(key, entry[V]{value: value, owner: owner, epoch: epoch})
	}
}
