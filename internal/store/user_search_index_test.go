package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"muster/internal/model"
	"muster/internal/seed"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	u := userTextOf(&model.User{Username: "a.b", Nickname: "Bß x", FirstName: "ab", Email: "a.b@c", Roles: "one two", DeleteAt: 1})
	equal(t, "all tokens", sorted(u.tokens(false)), sorted([]string{
		"pa", "p\ue02e", "pb", "pa\ue02e", "p\ue02eb", "pa\ue02eb", "ps", "pbs", "pss", "pbss", "px",
		"nab", "rone\ue020two",
		"e\ue040", "ec", "eb\ue040", "e\ue040c", "e\ue02eb\ue040", "eb\ue040c",
	}))
	equal(t, "tokens that begin with all others", sorted(u.tokens(true)), sorted([]string{
		"pa\ue02eb", "p\ue02eb", "pb", "pbss", "pss", "ps", "px",
		"nab", "rone\ue020two",
		"e\ue02eb\ue040", "eb\ue040c", "e\ue040c", "ec",
	}))
	u.deleteAt = 0
	equal(t, "an active account has one more", slices.Contains(u.tokens(true), isActive), true)
}

func FuzzTokens(f *testing.F) {
	f.Add("amy", "Ä b", "x\ny", "@")
	f.Fuzz(func(t *testing.T, username, nickname, first, email string) {
		u := userTextOf(&model.User{Username: strings.ToValidUTF8(username, ""), Nickname: nickname, FirstName: first, Email: email})
		all := u.tokens(false)
		if n := utf8.RuneCountInString(u.public+u.names+u.email)*gramMax + 2; len(all) > n {
			t.Errorf("%d tokens of %d code points", len(all), n)
		}
		for _, token := range all {
			if strings.ContainsFunc(token, func(r rune) bool { return r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				t.Errorf("token %q is no word", token)
			}
		}
		for _, token := range u.tokens(true) {
			if !slices.Contains(all, token) {
				t.Errorf("token %q is not among all", token)
			}
		}
	})
}

func TestBucketsAreInTheOrderOfUsernames(t *testing.T) {
	t.Parallel()
	bounds := strings.Fields(bucketBounds)
	if !slices.IsSorted(bounds) || len(bounds)+1 != len(bucketMarks) {
		t.Fatalf("%d sorted bounds do not make %d buckets", len(bounds), len(bucketMarks))
	}
	names := append([]string{"", "0", "_", "zz"}, bounds...)
	for u := range seed.Users(1000) {
		names = append(names, u.Username)
	}
	slices.Sort(names)
	if !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(bucketOf(a), bucketOf(b)) }) {
		t.Error("a later username is in an earlier bucket")
	}
	equal(t, "the first bound", bucketOf(bounds[0]), bucketMarks[1:2])
	equal(t, "the greatest name", bucketOf("zz"), bucketMarks[len(bucketMarks)-1:])
}

func TestClues(t *testing.T) {
	t.Parallel()
	counts := map[string]int64{
		"pmar": 50, "nmar": 10, "part": 40, "nart": 5, "prti": 20, "ptin": 45, "pgar": 30, "parc": 3, "prci": 200, "pcia": 31,
		"pqab": 240, "pabq": 240, "pbqa": 240, "pqaq": 240, "paqb": 240, "ro": 900, isActive: 990, tokenOf(inRole, "guest"): 4,
	}
	// of guesses the share of something that n accounts of a sample of 1000 have: even
	// what none of them has may exist.
	of := func(n float64) float64 { return (n + .5) / 1000 }
	for _, tc := range []struct {
		name   string
		search UserSearch
		words  []string
		want   string
		share  float64
	}{
		{"a short word is one clue that may be a beginning", UserSearch{AllowInactive: true}, []string{"ab"}, "pab*", of(0)},
		{
			"classes that may be searched are alternatives",
			UserSearch{AllowInactive: true, FullNames: true, Emails: true},
			[]string{"mar"},
			"pmar|nmar|emar", of(60),
		},
		{"the rarest window comes first, until few accounts are left", UserSearch{AllowInactive: true}, []string{"martin"}, "prti part ptin", of(20)},
		{"the rarest windows of all words come before any other", UserSearch{AllowInactive: true}, []string{"martin", "mar"}, "prti pmar", of(20) * of(50)},
		{"a clue that leaves few accounts is enough", UserSearch{AllowInactive: true}, []string{"martin", "garcia"}, "parc", of(20) * of(3)},
		{"four clues are the most", UserSearch{AllowInactive: true}, []string{"qabqaqb"}, "pqab pabq pbqa pqaq", of(240)},
		{"common clues are left out", UserSearch{}, []string{"tin"}, "ptin", of(45) * of(990)},
		{"the only clue may be common", UserSearch{AllowInactive: true}, []string{"rci"}, "prci", of(200)},
		{"roles are a clue", UserSearch{AllowInactive: true, RoleSets: []string{"guest"}}, []string{"mar"}, "rguest", of(4) * of(50)},
		{"very many roles are none", UserSearch{AllowInactive: true, RoleSets: make([]string, 65)}, []string{"mar"}, "pmar", of(50)},
	} {
		s := &userQuery{UserSearch: tc.search, words: tc.words, users: 1000 * sampleOf}
		s.follow(s.allClues(), counts)
		var got []string
		for _, c := range s.clues {
			text := strings.Join(c.tokens, "|")
			if c.prefix {
				text += "*"
			}
			got = append(got, text)
		}
		equal(t, tc.name, strings.Join(got, " "), tc.want)
		equal(t, tc.name+": share in a million", int(s.share*1e6+.5), int(tc.share*1e6+.5))
	}
}

// keysInOrder checks that the keys of SQLite sort accounts as their usernames do.
func keysInOrder(t *testing.T, db *DB, n int) {
	t.Helper()
	byKey := value[[]string](t)(list(t.Context(), db.Q, scanValue[string], `SELECT id FROM user_search ORDER BY key`))
	byName := value[[]string](t)(list(t.Context(), db.Q, scanValue[string], `SELECT id FROM users ORDER BY username`))
	equal(t, "order by key", byKey, byName)
	equal(t, "number of accounts", len(byKey), n)
}

func TestNamesCanAlwaysBePutBetweenOthers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, format string }{
		{"ascending", "m%03d"}, {"descending", "m%03[2]d"}, {"from both ends", "m%03[3]d"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			db := fresh(t, SQLite)
			addUser(t, db, "a")
			addUser(t, db, "z")
			const n = 400
			must(t, db, func(tx *Tx) error {
				for i := range n {
					both := i / 2
					if i%2 == 1 {
						both = n - 1 - i/2
					}
					username := strings.Split(fmt.Sprintf(tc.format+"!", i, n-1-i, both), "!")[0]
					if err := tx.InsertUser(t.Context(), aUser(username)); err != nil {
						return err
					}
				}
				return nil
			})
			keysInOrder(t, db, n+2)
			for _, term := range []string{"m", "m0", "m017", "example.c"} {
				got := value[[]string](t)(db.SearchUsers(t.Context(), UserSearch{Term: term, Emails: true, Limit: 1000}))
				want := value[[]string](t)(list(t.Context(), db.Q, scanValue[string], `SELECT id FROM users WHERE INSTR(email, ?) > 0 ORDER BY username`, term))
				equal(t, term, got, want)
			}
		})
	}
}

func TestCountsOfTokensFollowChanges(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		var users []*model.User
		for u := range seed.Users(1000) {
			if sampled(u.ID) {
				users = append(users, u)
			}
		}
		want := map[string]int64{}
		must(t, db, func(tx *Tx) error {
			for i, u := range users {
				if err := tx.InsertUser(ctx, u); err != nil {
					return err
				}
				is := u.Clone()
				is.FirstName, is.DeleteAt = "Zoé", int64(i%2)
				if err := tx.UpdateUser(ctx, u, is); err != nil {
					return err
				}
				if i%3 == 0 {
					if err := tx.DeleteUser(ctx, is); err != nil {
						return err
					}
					continue
				}
				for _, token := range userTextOf(is).tokens(false) {
					want[token]++
				}
			}
			return nil
		})
		counts := func() map[string]int64 {
			got := map[string]int64{}
			value[[]bool](t)(list(ctx, db.Q, func(row scanner) (bool, error) {
				var token string
				var n int64
				err := row.Scan(&token, &n)
				got[token] = n
				return false, err
			}, `SELECT token, n FROM user_search_counts WHERE n <> 0`))
			return got
		}
		equal(t, "counts that followed", counts(), want)
		must0(t, db.IndexUsers(ctx))
		equal(t, "counts that were made anew", counts(), want)
	})
}

func TestAccountsCanBeStoredAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		users := map[string]*model.User{}
		for u := range seed.Users(300) {
			users[u.ID] = u
		}
		list := slices.Collect(maps.Values(users))
		var group sync.WaitGroup
		for some := range slices.Chunk(list, 50) {
			group.Go(func() {
				for _, u := range some {
					if err := db.Tx(context.Background(), func(tx *Tx) error { return tx.InsertUser(context.Background(), u) }); err != nil {
						t.Errorf("insert %s: %v", u.Username, err)
					}
				}
			})
		}
		group.Wait()
		for _, term := range []string{"a", "ar", "mar", "smith"} {
			s := UserSearch{Term: term, FullNames: true, Limit: 1000}
			equal(t, term, value[[]string](t)(db.SearchUsers(t.Context(), s)), oracle(users, s))
		}
	})
}

// planned records the statements of a search and asks the database how it runs them.
type planned struct {
	handle
	explain string
	plans   []string
}

func (p *planned) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	plan, err := p.handle.query(ctx, p.explain+text, args)
	if err != nil {
		return nil, err
	}
	defer func() { _ = plan.Close() }()
	columns, err := plan.Columns()
	if err != nil {
		return nil, err
	}
	lines := []string{text}
	for plan.Next() {
		var line string
		into := make([]any, len(columns)) // SQLite says it in the last column
		for i := range into {
			into[i] = new(any)
		}
		into[len(into)-1] = &line
		if err := plan.Scan(into...); err != nil {
			return nil, err
		}
		lines = append(lines, line+" ")
	}
	p.plans = append(p.plans, strings.Join(lines, "\n"))
	return p.handle.query(ctx, text, args)
}

func TestRareTextsAreFoundWithoutReadingEveryAccount(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		must0(t, db.SeedUsers(t.Context(), seed.Users(20000)))
		explain := map[string]string{SQLite: "EXPLAIN QUERY PLAN ", Postgres: "EXPLAIN "}[db.Driver()]
		scans := map[string][]string{
			SQLite:   {"SCAN u ", "SCAN n "},
			Postgres: {"Seq Scan on user_search ", "Seq Scan on users ", "Index Only Scan using user_search_public "},
		}[db.Driver()]
		for _, term := range []string{"zq", "papadopoulos", "petrov oleg", "xq7", "o'brien", strings.Repeat("y", model.IDLength)} {
			p := &planned{handle: db.h, explain: explain}
			q := db.Q
			q.h = p
			found := value[[]string](t)(q.SearchUsers(t.Context(), UserSearch{Term: term, FullNames: true, Emails: true, Limit: 100}))
			for _, plan := range p.plans {
				for _, scan := range scans {
					if strings.Contains(plan, scan) {
						t.Errorf("%q (%d found) reads every account:\n%s", term, len(found), plan)
					}
				}
			}
		}
	})
}

func TestIndexIsBuiltAnewAsTheMigrationMadeIt(t *testing.T) {
	t.Parallel()
	text := value[[]byte](t)(fs.ReadFile(migrationFiles, "migrations/postgres/0002_user_search.sql"))
	if !strings.Contains(string(text), gramsIndex+";") {
		t.Errorf("the migration does not hold %q", gramsIndex)
	}
}
