package password

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"muster/internal/fault"
)

// cheap keeps tests fast; the price is no part of what they prove.
func cheap(t testing.TB, workers, queue int) *Hasher {
	t.Helper()
	h, err := New(Options{MemoryKiB: 64, Passes: 1, Workers: workers, Queue: queue})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	h := cheap(t, 2, 8)
	stored, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	dearer, err := New(Options{MemoryKiB: 64, Passes: 2})
	if err != nil {
		t.Fatal(err)
	}
	old, err := dearer.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, stored, pw string
		ok, upgrade      bool
	}{
		{"the password matches and stays", stored, "correct horse", true, false},
		{"another password does not match", stored, "correct house", false, false},
		{"an empty candidate does not match", stored, "", false, false},
		{"a candidate beyond 72 bytes does not match", stored, strings.Repeat("p", 73), false, false},
		{"an empty stored password matches nothing", "", "correct horse", false, false},
		{"two empty passwords do not match", "", "", false, false},
		{"a hash of another price is to be replaced", old, "correct horse", true, true},
		{"a mismatch never asks for replacement", old, "correct house", false, false},
		{"PBKDF2 is to be replaced", pbkdf2OfPassword, "password", true, true},
		{"bcrypt is to be replaced", bcryptOfUU, "U*U", true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ok, upgrade, err := h.Verify(t.Context(), tc.stored, tc.pw)
			if ok != tc.ok || upgrade != tc.upgrade || err != nil {
				t.Errorf("Verify = %t, %t, %v, want %t, %t", ok, upgrade, err, tc.ok, tc.upgrade)
			}
		})
	}
}

func TestVerifyReportsAnUnreadableHash(t *testing.T) {
	t.Parallel()
	ok, upgrade, err := cheap(t, 1, 1).Verify(t.Context(), "$argon2id$v=19$m=256,t=2", "password")
	if ok || upgrade || !errors.Is(err, ErrInvalidHash) {
		t.Errorf("Verify = %t, %t, %v, want ErrInvalidHash", ok, upgrade, err)
	}
}

func TestHashOfTheSamePasswordDiffers(t *testing.T) {
	t.Parallel()
	h := cheap(t, 1, 1)
	first, err := h.Hash(t.Context(), "password")
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.Hash(t.Context(), "password")
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Errorf("both are %s", first)
	}
	if len(first) > 128 {
		t.Errorf("%d characters do not fit the column of 128", len(first))
	}
}

func TestHashRefusesMoreThan72Bytes(t *testing.T) {
	t.Parallel()
	stored, err := cheap(t, 1, 1).Hash(t.Context(), strings.Repeat("p", 73))
	if stored != "" || !fault.Is(err, "model.user.is_valid.pwd_max_length.app_error") {
		t.Errorf("Hash = %q, %v", stored, err)
	}
}

func TestNewRefusesBadOptions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		o    Options
	}{
		{"negative memory", Options{MemoryKiB: -1}},
		{"less memory than the lanes need", Options{MemoryKiB: 8, Lanes: 2}},
		{"more than a gibibyte", Options{MemoryKiB: 1<<20 + 1}},
		{"too many passes", Options{Passes: 65}},
		{"too many lanes", Options{Lanes: 65}},
		{"lanes beyond any count", Options{Lanes: math.MaxInt}},
		{"negative workers", Options{Workers: -1}},
		{"a negative queue", Options{Queue: -1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if h, err := New(tc.o); err == nil || h != nil {
				t.Errorf("New = %v, %v, want an error", h, err)
			} else if fault.As(err) != nil {
				t.Errorf("a setting is no fault of a client: %v", err)
			}
		})
	}
}

func TestDefaultsAreTheDocumentedPrice(t *testing.T) {
	t.Parallel()
	h, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := h.decoy.Encode(), "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(got, want) {
		t.Errorf("the default is %s, want %s", got, want)
	}
}

func TestOnlyAsManyWorkAsThereAreWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := cheap(t, 2, 8)
		var working, done atomic.Int32
		finish := make(chan struct{})
		for range 10 {
			go func() {
				if err := h.run(t.Context(), h.decoy, func() { working.Add(1); <-finish }); err == nil {
					done.Add(1)
				}
			}()
		}
		synctest.Wait()
		if working.Load() != 2 {
			t.Errorf("%d work at the same time, want 2", working.Load())
		}
		close(finish)
		synctest.Wait()
		if done.Load() != 10 {
			t.Errorf("%d are done, want 10", done.Load())
		}
	})
}

func TestFullQueueIsBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := cheap(t, 1, 1)
		finish := make(chan struct{})
		for range 2 {
			go func() { _ = h.run(context.Background(), h.decoy, func() { <-finish }) }()
		}
		synctest.Wait()
		_, hashing := h.Hash(t.Context(), "password")
		_, _, verifying := h.Verify(t.Context(), argonOfPassword, "password")
		for _, err := range []error{hashing, verifying, h.VerifyNothing(t.Context(), "password")} {
			f := fault.As(err)
			if f == nil || f.Kind != fault.Busy || f.ID != "api.muster.sign_in_busy.app_error" || f.Params["RetryAfter"] != 1 {
				t.Errorf("error is %v, want Busy with RetryAfter 1", err)
			}
		}
		if ok, _, err := h.Verify(t.Context(), argonOfPassword, strings.Repeat("p", 73)); ok || err != nil {
			t.Errorf("a candidate that is never hashed waits: %t, %v", ok, err)
		}
		close(finish)
		synctest.Wait()
		if err := h.VerifyNothing(t.Context(), "password"); err != nil {
			t.Errorf("the emptied queue refuses: %v", err)
		}
	})
}

func TestCancelledCallerLeavesTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := cheap(t, 1, 1)
		finish := make(chan struct{})
		go func() { _ = h.run(context.Background(), h.decoy, func() { <-finish }) }()
		synctest.Wait()

		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { gone <- h.VerifyNothing(ctx, "password") }()
		synctest.Wait()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v, want context.Canceled", err)
		}

		next := make(chan error, 1)
		go func() { next <- h.VerifyNothing(t.Context(), "password") }()
		synctest.Wait()
		close(finish)
		if err := <-next; err != nil {
			t.Errorf("the place is not free: %v", err)
		}
	})
}

func TestNothingIsHashedForACallerWhoHasGone(t *testing.T) {
	t.Parallel()
	h := cheap(t, 1, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	worked := false
	err := h.run(ctx, h.decoy, func() { worked = true })
	if worked || !errors.Is(err, context.Canceled) {
		t.Errorf("worked %t, error %v", worked, err)
	}
}

// An imported hash may ask for a gibibyte; as many of them as there are cores may not.
func TestLargeHashesWorkOneAtATimeAndBlockNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := cheap(t, 4, 8)
		large := &argon2idHash{cost: cost{memoryKiB: maxMemoryKiB, passes: 1, lanes: 1}}
		var working atomic.Int32
		finish := make(chan struct{})
		for range 4 {
			go func() { _ = h.run(context.Background(), large, func() { working.Add(1); <-finish }) }()
		}
		synctest.Wait()
		if working.Load() != 1 {
			t.Errorf("%d large ones work at the same time, want 1", working.Load())
		}
		if err := h.VerifyNothing(t.Context(), "password"); err != nil {
			t.Errorf("a usual one is held up: %v", err)
		}
		close(finish)
		synctest.Wait()
		if working.Load() != 4 {
			t.Errorf("%d large ones had their turn, want 4", working.Load())
		}
	})
}

// The pool must keep at least 0.95 of the rate of the bare function; many more
// callers than workers stand for a busy morning.
func BenchmarkArgon2id(b *testing.B) {
	h, err := New(Options{Queue: 1000})
	if err != nil {
		b.Fatal(err)
	}
	stored, err := h.Hash(b.Context(), "correct horse")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if h.decoy.matches("correct horse") {
					b.Error("the decoy matches")
				}
			}
		})
	})
	b.Run("pool", func(b *testing.B) {
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if ok, _, err := h.Verify(b.Context(), stored, "correct horse"); !ok || err != nil {
					b.Errorf("Verify = %t, %v", ok, err)
				}
			}
		})
	})
	b.Run("nothing", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := h.VerifyNothing(b.Context(), "correct horse"); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
