package crash

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"muster/internal/store"
)

// found is an account as the API shows it.
type found struct {
	ID       string
	Username string
	Nickname string
	Roles    string
	DeleteAt int64 `json:"delete_at"`
}

// check compares what the workers know with what the server shows.
func (w *worker) check(t *testing.T, c client) {
	t.Helper()
	w.resolve(t, c)
	shown := map[string]found{}
	var ids []string
	for _, a := range w.accounts {
		if a.id != "" {
			ids = append(ids, a.id)
		}
	}
	for batch := range slices.Chunk(ids, 1000) {
		var list []found
		if err := c.do(t.Context(), http.MethodPost, "/users/ids", batch, &list); err != nil {
			t.Fatalf("read accounts: %v", err)
		}
		for _, f := range list {
			shown[f.ID] = f
		}
	}
	for _, a := range w.accounts {
		f, there := shown[a.id]
		if !a.exists.found(there) {
			t.Errorf("%s is there: %t, which nobody asked for", a.username, there)
		}
		if there {
			a.compare(t, c, f)
		}
	}
	w.accounts = slices.DeleteFunc(w.accounts, func(a *account) bool { return a.leaving || !a.exists.known })
}

// resolve finds out whether accounts exist whose creation was not acknowledged.
func (w *worker) resolve(t *testing.T, c client) {
	t.Helper()
	for _, a := range w.accounts {
		if a.id != "" {
			continue
		}
		var f found
		err := c.do(t.Context(), http.MethodGet, "/users/username/"+a.username, nil, &f)
		if err != nil && statusOf(err) != http.StatusNotFound {
			t.Fatalf("look for %s: %v", a.username, err)
		}
		a.id = f.ID
	}
}

// compare checks every fact about an account that exists.
func (a *account) compare(t *testing.T, c client, f found) {
	t.Helper()
	for what, possible := range map[string]bool{
		"username " + f.Username:                        f.Username == a.username,
		"nickname " + f.Nickname:                        a.nickname.found(f.Nickname),
		"roles " + f.Roles:                              a.roles.found(f.Roles),
		fmt.Sprintf("active %t", f.DeleteAt == 0):       a.active.found(f.DeleteAt == 0),
		fmt.Sprintf("deleted at %d", f.DeleteAt):        f.DeleteAt >= 0,
		fmt.Sprintf("its sessions (%d)", len(a.tokens)): a.compareTokens(t, c),
	} {
		if !possible {
			t.Errorf("%s has %s, which nobody asked for", a.username, what)
		}
	}
}

// compareTokens tells whether exactly those sessions live that should.
func (a *account) compareTokens(t *testing.T, c client) bool {
	t.Helper()
	possible := true
	for _, s := range a.tokens {
		err := client{url: c.url, http: c.http, token: s.token}.do(t.Context(), http.MethodGet, "/users/me", nil, nil)
		if err != nil && statusOf(err) != http.StatusUnauthorized {
			t.Fatalf("use a session of %s: %v", a.username, err)
		}
		if !s.alive.found(err == nil) {
			t.Errorf("a session of %s lives: %t, which nobody asked for", a.username, err == nil)
			possible = false
		}
	}
	a.tokens = slices.DeleteFunc(a.tokens, func(s *signIn) bool { return !s.alive.known })
	return possible
}

// halves are questions about things that must never be half done; each counts
// the cases. An account whose removal goes on as a job is on its way, not half.
var halves = map[string]string{
	"accounts without their three settings": `SELECT COUNT(*) FROM users u WHERE (SELECT COUNT(*) FROM preferences p WHERE p.user_id = u.id) <> 3
		AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.status IN ('pending', 'in_progress') AND CAST(j.data AS TEXT) LIKE '%' || u.id || '%')`,
	"settings without an account":         `SELECT COUNT(*) FROM preferences p WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id)`,
	"sessions without an account":         `SELECT COUNT(*) FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_id)`,
	"sessions of deactivated accounts":    `SELECT COUNT(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.delete_at > 0`,
	"sign-ins without a trace":            `SELECT COUNT(*) FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM audits a WHERE a.user_id = s.user_id)`,
	"accounts that sign in without a row": `SELECT COUNT(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.last_login = 0`,
	"removals that ended and left an account": `SELECT COUNT(*) FROM users u JOIN jobs j ON CAST(j.data AS TEXT) LIKE '%' || u.id || '%'
		WHERE j.status NOT IN ('pending', 'in_progress')`,
	"accounts nobody finds":             `SELECT COUNT(*) FROM users u WHERE NOT EXISTS (SELECT 1 FROM user_search s WHERE s.id = u.id)`,
	"accounts that are found otherwise": `SELECT COUNT(*) FROM users u JOIN user_search s ON s.id = u.id WHERE s.delete_at <> u.delete_at OR s.roles <> u.roles`,
	"found accounts that do not exist":  `SELECT COUNT(*) FROM user_search s WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = s.id)`,
	"counts that differ from a recount": `SELECT COUNT(*) FROM (
		SELECT roles, is_bot, active, n FROM user_counts WHERE n <> 0
		EXCEPT SELECT roles, is_bot, delete_at = 0, COUNT(*) FROM users GROUP BY roles, is_bot, delete_at = 0) x`,
	"kinds of account without their count": `SELECT COUNT(*) FROM (
		SELECT roles, is_bot, delete_at = 0, COUNT(*) FROM users GROUP BY roles, is_bot, delete_at = 0
		EXCEPT SELECT roles, is_bot, active, n FROM user_counts) x`,
}

// audit looks into the database itself.
func audit(t *testing.T, driver, dataSource string) {
	t.Helper()
	db := connect(t, driver, dataSource)
	for what, query := range halves {
		if n := count(t, db, query); n != 0 {
			t.Errorf("there are %d %s", n, what)
		}
	}
	auditTalk(t, db, driver)
	if driver == store.SQLite {
		var verdict string
		if err := db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("SQLite finds its file %s (%v)", verdict, err)
		}
		if n := count(t, db, `SELECT COUNT(*) FROM pragma_foreign_key_check`); n != 0 {
			t.Errorf("%d references lead nowhere", n)
		}
		if n := count(t, db, `SELECT COUNT(*) FROM user_search s FULL JOIN user_search_grams_docsize d ON d.id = s.key
			WHERE s.key IS NULL OR d.id IS NULL`); n != 0 {
			t.Errorf("%d accounts are in only one part of the search", n)
		}
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func connect(t *testing.T, driver, dataSource string) *sql.DB {
	t.Helper()
	name := "sqlite"
	if driver == store.Postgres {
		name = "pgx"
	}
	db, err := sql.Open(name, dataSource)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func count(t *testing.T, db *sql.DB, query string) (n int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// settle waits until PostgreSQL has noticed that its clients are gone: until then
// it may still finish what they sent.
func settle(t *testing.T, driver, dataSource string) {
	t.Helper()
	if driver != store.Postgres {
		return
	}
	db := connect(t, driver, dataSource)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		var n int64
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'muster'`).Scan(&n); err != nil {
			t.Fatalf("wait for PostgreSQL: %v", err)
		}
		if n == 0 {
			break
		}
		<-tick.C
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
