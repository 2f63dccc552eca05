package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/seed"
	"muster/internal/testkit/pg"
)

// largeUsers is the environment variable that turns on TestSearchOfManyAccounts and
// says of how many.
const largeUsers = "MUSTER_TEST_SEARCH_USERS"

// termKinds are terms as people type them.
var termKinds = []struct {
	kind  string
	terms []string
}{
	{"1 character", []string{"a", "e", "j", "m", "q", "x", "z", "7", "_", "-", "王"}},
	{"2 characters", []string{"an", "jo", "ma", "el", "xe", "qu", "9_", "zy", "ow", "n7", "ij"}},
	{"rare 2 characters", []string{"zq", "xj", "'b", "q4", "vv", "wx", "pq", "kk"}},
	{"3 characters", []string{"joh", "ann", "smi", "mar", "tin", "xen", "obr", "zip", "ows", "jzq"}},
	{"prefix of a name", []string{"john", "maria", "chris", "christoph", "hass", "sarah", "niko", "yuk"}},
	{"prefix of a username", []string{"john.s", "maria.ga", "jsmith", "alexander.sc", "christopher.sm", "j.s", "lee-", "user0"}},
	{"surname", []string{"smith", "garcia", "muller", "o'connor", "stone", "papadopoulos", "dvorak", "watanabe", "ferrari"}},
	{"inside a word", []string{"hristo", "illi", "adopou", "artin", "ohnso", "nders", "ebecc", "ander"}},
	{"half of all", []string{"example", "com", "xample.c", "@example.com", "a e", "com a", "ple"}},
	{"two words", []string{"john smith", "maria garcia", "mar gar", "ann lee", "smith example", "olga petrov", "li wang", "yuki tanaka"}},
	{"two common, seldom together", []string{"abena xu", "martin yuki", "zippy smith", "sarah owl", "kwame li", "oleg garcia", "diallo ninja"}},
	{"nothing", []string{"zzz", "qqqq", "stoneham", "exmaple", "john.zzz", "marijohn", "annanna"}},
	{"whole address", []string{"john.smith@example.com", "garcia@example.com", "maria.garcia2@example.com", "nobody@example.com", "students.example.edu"}},
}

func TestSearchOfManyAccounts(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(largeUsers))
	if err != nil {
		t.Logf("%s says for how many accounts to measure", largeUsers)
		return
	}
	for _, driver := range drivers {
		if only := os.Getenv("MUSTER_TEST_SEARCH_DRIVER"); only != "" && only != driver {
			continue
		}
		t.Run(driver, func(t *testing.T) {
			o := empty(t, driver)
			o.Volatile = false
			if driver == Postgres && os.Getenv(pg.External) == "" {
				o.Volatile = true
			}
			kept := os.Getenv("MUSTER_TEST_SEARCH_KEEP")
			if kept != "" && driver == SQLite {
				o.DataSource = filepath.Join(kept, "muster.db")
			}
			if kept != "" && driver == Postgres {
				o.DataSource = kept
			}
			db := open(t, o)
			must0(t, db.Migrate(t.Context()))
			if have := value[int64](t)(db.Humans(t.Context())); have == 0 {
				start := time.Now()
				must0(t, db.SeedUsers(t.Context(), seed.Users(n)))
				t.Logf("seeded in %v", time.Since(start).Round(time.Second))
			}
			if os.Getenv("MUSTER_TEST_SEARCH_WRITES") != "" {
				measureWrites(t, db)
			}
			measureSearch(t, db)
		})
	}
}

func must0(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func measureSearch(t *testing.T, db *DB) {
	for _, limit := range []int{100, 25, 1000} {
		for _, scope := range []UserSearch{{}, {FullNames: true}, {FullNames: true, Emails: true}} {
			scope.Limit = limit
			var all []float64
			for _, k := range termKinds {
				var times []float64
				worst, worstTerm := 0.0, ""
				for _, term := range k.terms {
					s := scope
					s.Term = term
					var own []float64
					for range 30 {
						start := time.Now()
						value[[]string](t)(db.SearchUsers(t.Context(), s))
						own = append(own, float64(time.Since(start).Microseconds())/1000)
					}
					slices.Sort(own)
					if own[15] > worst {
						worst, worstTerm = own[15], term
					}
					times = append(times, own...)
				}
				all = append(all, times...)
				t.Logf("%-6d %-28s %s  worst %q %.2f", limit, k.kind, quantiles(times), worstTerm, worst)
			}
			t.Logf("%-6d names %v emails %v: ALL %s", limit, scope.FullNames, scope.Emails, quantiles(all))
		}
	}
}

func measureWrites(t *testing.T, db *DB) {
	var inserts, updates, activations, deletes []float64
	timed := func(times *[]float64, fn func(tx *Tx) error) {
		start := time.Now()
		must(t, db, fn)
		*times = append(*times, float64(time.Since(start).Microseconds())/1000)
	}
	ctx := t.Context()
	var made []*model.User
	for u := range seed.Users(3000) {
		u.Username = fmt.Sprintf("%s.%s", u.Username, u.ID[:4])
		u.Email = u.Username + "@example.com"
		timed(&inserts, func(tx *Tx) error { return tx.InsertUser(ctx, u) })
		made = append(made, u)
	}
	for _, was := range made {
		u := was.Clone()
		u.Nickname += " new"
		timed(&updates, func(tx *Tx) error { return tx.UpdateUser(ctx, was, u) })
		gone := u.Clone()
		gone.DeleteAt = 5
		timed(&activations, func(tx *Tx) error { return tx.UpdateUser(ctx, u, gone) })
		timed(&deletes, func(tx *Tx) error { return tx.DeleteUser(ctx, gone) })
	}
	t.Logf("insert %s", quantiles(inserts))
	t.Logf("nickname %s", quantiles(updates))
	t.Logf("deactivate %s", quantiles(activations))
	t.Logf("delete %s", quantiles(deletes))
}

func quantiles(times []float64) string {
	slices.Sort(times)
	sum := 0.0
	for _, x := range times {
		sum += x
	}
	at := func(q float64) float64 { return times[int(q*float64(len(times)-1))] }
	return fmt.Sprintf("p50 %6.2f  p90 %6.2f  p99 %6.2f  max %6.2f  mean %6.2f ms", at(.5), at(.9), at(.99), at(1), sum/float64(len(times)))
}
