package spec

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"muster/internal/api/spec"
)

// ObservedDir is the environment variable that names the folder in which test
// processes leave what they observed.
const ObservedDir = "MUSTER_OBSERVED_DIR"

// Pair is a status an operation answered.
type Pair struct {
	Operation string // the operation id
	Status    int
}

// Observed is the set of pairs that tests have seen. The zero value is empty and
// ready; it is safe for parallel use.
type Observed struct {
	mu    sync.Mutex
	pairs map[Pair]struct{}
}

// Note adds a pair.
func (o *Observed) Note(operation string, status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.pairs == nil {
		o.pairs = map[Pair]struct{}{}
	}
	o.pairs[Pair{operation, status}] = struct{}{}
}

// Pairs lists what was seen, by operation and status.
func (o *Observed) Pairs() []Pair {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.SortedFunc(maps.Keys(o.pairs), func(a, b Pair) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Status, b.Status))
	})
}

// Missing lists the documented statuses of the operations that were not seen.
func (o *Observed) Missing(ops []spec.Operation) []Pair {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []Pair
	for _, op := range ops {
		for _, status := range op.Statuses {
			p := Pair{op.Name, status}
			if _, ok := o.pairs[p]; !ok {
				out = append(out, p)
			}
		}
	}
	return out
}

// Save writes the pairs to a new file in the folder ObservedDir names, or does
// nothing when it names none. Each process has a file of its own, so that test
// binaries which run side by side need no lock.
func (o *Observed) Save() error {
	dir := os.Getenv(ObservedDir)
	if dir == "" {
		return nil
	}
	if err := o.save(dir); err != nil {
		return fmt.Errorf("save observed statuses in %s: %w", dir, err)
	}
	return nil
}

func (o *Observed) save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "observed-*.tsv")
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, p := range o.Pairs() {
		fmt.Fprintf(&text, "%s\t%d\n", p.Operation, p.Status)
	}
	_, err = io.WriteString(f, text.String())
	return cmp.Or(err, f.Close())
}

// Merge adds the pairs of every file that Save left in a folder.
func (o *Observed) Merge(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "observed-*.tsv"))
	if err != nil {
		return fmt.Errorf("look for observed statuses in %s: %w", dir, err)
	}
	for _, name := range files {
		if err := o.merge(name); err != nil {
			return fmt.Errorf("read observed statuses of %s: %w", name, err)
		}
	}
	return nil
}

func (o *Observed) merge(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		operation, number, _ := strings.Cut(lines.Text(), "\t")
		status, err := strconv.Atoi(number)
		if err != nil {
			return err
		}
		o.Note(operation, status)
	}
	return lines.Err()
}
