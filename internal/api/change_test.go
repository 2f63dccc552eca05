package api_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

// Error ids that many operations share.
const (
	chgNoSession  = "api.context.session_expired.app_error"
	chgForbidden  = "api.context.permissions.app_error"
	chgBadBody    = "api.context.invalid_body_param.app_error"
	chgBadURL     = "api.context.invalid_url_param.app_error"
	chgNoUser     = "app.user.missing_account.const"
	chgNoRoute    = "api.context.404.app_error"
	chgTooLarge   = "api.context.request_body_too_large.app_error"
	chgUnknownID  = "ybndrfg8ejkmcpqxot1uwisza3"
	chgUserEvents = "user_updated user_updated user_updated" // one for each kind of viewer
)

// chgEach is testkit.Each with a socket of local mode and the settings given.
func chgEach(t *testing.T, settings []string, test func(t *testing.T, s *testkit.Server)) {
	t.Helper()
	settings = append([]string{"MM_EMAILSETTINGS_SENDEMAILNOTIFICATIONS=false"}, settings...) // nobody is there to take mails
	testkit.Each(t, testkit.Options{Env: settings, EnvOf: func(folder string) []string {
		return []string{"MM_SERVICESETTINGS_ENABLELOCALMODE=true", "MM_SERVICESETTINGS_LOCALMODESOCKETLOCATION=" + folder + "/local.sock"}
	}}, test)
}

// chgConfig changes settings of a running server; the events of that are forgotten.
func chgConfig(s *testkit.Server, document string) {
	s.Admin().Put("/config/patch", document).Want(http.StatusOK)
	s.Events.Take()
}

// chgEditor makes an account that may edit others without being a system admin.
func chgEditor(s *testkit.Server, name string) *testkit.Client {
	id := s.Admin().Get("/roles/name/system_user_manager").Want(http.StatusOK).Text("id")
	s.Admin().Put("/roles/"+id+"/patch", map[string]any{"permissions": []string{"edit_other_users", "sysconsole_write_user_management_users"}}).
		Want(http.StatusOK)
	c := s.WithRoles(name, "system_user system_user_manager")
	s.Events.Take()
	return c
}

// chgDB opens the database of a server beside it.
func chgDB(t testing.TB, s *testkit.Server) *sql.DB {
	t.Helper()
	driver, source := "sqlite", "file:"+s.Folder+"/muster.db?_pragma=busy_timeout(5000)"
	for _, e := range s.Env {
		if dsn, ok := strings.CutPrefix(e, "MM_SQLSETTINGS_DATASOURCE="); ok {
			driver, source = "pgx", dsn
		}
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// chgList runs a query for one column of text.
func chgList(t testing.TB, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }() // the test has read what it wants
	var out []string
	for rows.Next() {
		var v sql.NullString
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// chgRows gives every row of every table as one text each, by table.
func chgRows(t testing.TB, s *testkit.Server, db *sql.DB) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	if s.DB.Driver() == store.Postgres {
		for _, table := range chgList(t, db, `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`) {
			out[table] = chgList(t, db, `SELECT CAST(r AS text) FROM "`+table+`" r`)
		}
		return out
	}
	for _, table := range chgList(t, db, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		var columns []string
		for _, c := range chgList(t, db, `SELECT name FROM pragma_table_info('`+table+`')`) {
			columns = append(columns, `COALESCE(CAST("`+c+`" AS TEXT), 'NULL')`)
		}
		out[table] = chgList(t, db, `SELECT `+strings.Join(columns, ` || ',' || `)+` FROM "`+table+`"`)
	}
	return out
}

// chgTraces names the tables that mention a text, with the number of rows.
func chgTraces(t testing.TB, s *testkit.Server, db *sql.DB, text string) string {
	t.Helper()
	var found []string
	rows := chgRows(t, s, db)
	for _, table := range slices.Sorted(maps.Keys(rows)) {
		n := 0
		for _, row := range rows[table] {
			if strings.Contains(row, text) {
				n++
			}
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%s:%d", table, n))
		}
	}
	return strings.Join(found, " ")
}

// chgState is all the server knows, row by row, except the access history, how often
// who tried what, the index for searches and what comes of mails that are sent meanwhile.
func chgState(t testing.TB, s *testkit.Server, db *sql.DB) []string {
	t.Helper()
	var out []string
	for table, rows := range chgRows(t, s, db) {
		for _, row := range rows {
			switch {
			case table == "audits", table == "migrations", table == "rates", strings.HasPrefix(table, "user_search_"):
			case table == "tokens" && strings.Contains(row, model.TokenVerifyEmail): // made when a mail is sent
			case table == "jobs" && strings.Contains(row, model.MailJob):
				out = append(out, fmt.Sprintf("%s %.28s", table, row)) // the rest changes while it is tried
			case table == "roles":
				out = append(out, fmt.Sprintf("%s %.60s %x", table, row, sha256.Sum256([]byte(row))))
			default:
				out = append(out, table+" "+row)
			}
		}
	}
	slices.Sort(out)
	return out
}

// chgSame compares two states.
func chgSame(t *testing.T, before, after []string) {
	t.Helper()
	for _, row := range before {
		if _, found := slices.BinarySearch(after, row); !found {
			t.Errorf("row is gone: %q", row)
		}
	}
	for _, row := range after {
		if _, found := slices.BinarySearch(before, row); !found {
			t.Errorf("row is new: %q", row)
		}
	}
}

// chgUnchanged runs what must change nothing and tell nobody.
func chgUnchanged(t *testing.T, s *testkit.Server, db *sql.DB, do func()) {
	t.Helper()
	s.Events.Take()
	before := chgState(t, s, db)
	do()
	chgSame(t, before, chgState(t, s, db))
	s.Events.Want(t, "")
}

// chgUser reads an account as an admin sees it.
func chgUser(s *testkit.Server, id string) map[string]any {
	var u map[string]any
	s.Admin().Get("/users/" + id).Want(http.StatusOK).JSON(&u)
	return u
}

// chgStored reads the record of an account from the database.
func chgStored(t testing.TB, s *testkit.Server, id string) *model.User {
	t.Helper()
	u, err := s.DB.User(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// chgUpdate is a full update that leaves an account as it is, with changes.
func chgUpdate(s *testkit.Server, id string, changes map[string]any) map[string]any {
	u := chgUser(s, id)
	body := map[string]any{}
	for _, k := range []string{
		"id", "username", "email", "nickname", "first_name", "last_name", "position", "locale",
		"props", "notify_props", "timezone", "allow_marketing",
	} {
		if v, ok := u[k]; ok {
			body[k] = v
		}
	}
	maps.Copy(body, changes)
	return body
}

// chgAudits gives "action extra_info" of an account's own rows, newest first.
func chgAudits(s *testkit.Server, id string) []string {
	r := s.Admin().Get("/users/" + id + "/audits?per_page=200").Want(http.StatusOK)
	action, extra := r.Column("action"), r.Column("extra_info")
	out := make([]string, len(action))
	for i := range action {
		out[i] = strings.TrimSpace(action[i] + " " + extra[i])
	}
	return out
}

// chgRaw sends a request whose answer the published description of the API does not
// foresee, and gives status and body.
func chgRaw(t *testing.T, s *testkit.Server, c *testkit.Client, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/api/v4"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	maps.Copy(req.Header, c.Header)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	_ = res.Body.Close() // it has been read
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, b.String()
}

// chgRawFault checks such an answer.
func chgRawFault(t *testing.T, s *testkit.Server, c *testkit.Client, request, body string, want chgCell) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	status, answer := chgRaw(t, s, c, method, path, body)
	if status != want.status || !strings.Contains(answer, `"id":"`+want.id+`"`) {
		t.Errorf("%s: %d %s, want %d %s", request, status, answer, want.status, want.id)
	}
}

// chgSees gives the accounts in the payloads of user_updated events, by audience.
func chgSees(t *testing.T, events []event.Event) (admins, others, self, all *model.UserView) {
	t.Helper()
	for _, e := range events {
		u, ok := e.Data["user"].(model.UserView)
		switch {
		case e.Name != "user_updated":
		case !ok:
			t.Errorf("user_updated carries %T", e.Data["user"])
		case e.To.AdminsOnly:
			admins = &u
		case e.To.OthersOnly:
			others = &u
		case e.To.UserID != "":
			self = &u
		default:
			all = &u
		}
	}
	return admins, others, self, all
}

// chgEventually waits until something is so.
func chgEventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not within 20 seconds", what)
		}
	}
}

// chgSession makes a session for accounts that cannot sign in with a password.
func chgSession(t *testing.T, s *testkit.Server, id string, oauth bool) *testkit.Client {
	t.Helper()
	c := s.Visitor()
	c.ID, c.Token = id, model.NewToken().Reveal()
	err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
		now := s.Clock.Now().UnixMilli()
		return tx.InsertSession(t.Context(), &model.Session{
			ID: model.NewID(), UserID: id, CreateAt: now,
			ExpiresAt: now + time.Hour.Milliseconds(), IsOAuth: oauth,
		}, model.HashToken(c.Token))
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// chgCountsAgree checks that the kept counts of accounts are those of the rows.
func chgCountsAgree(t *testing.T, db *sql.DB) {
	t.Helper()
	active := `CASE WHEN delete_at = 0 THEN 'active' ELSE 'inactive' END`
	rows := chgList(t, db, `SELECT roles || ' ' || `+active+` || ' ' || COUNT(*) FROM users GROUP BY roles, `+active+` ORDER BY 1`)
	kept := chgList(t, db, `SELECT roles || ' ' || (CASE WHEN CAST(active AS INTEGER) = 1 THEN 'active' ELSE 'inactive' END) || ' ' || SUM(n)
		FROM user_counts GROUP BY roles, active HAVING SUM(n) <> 0 ORDER BY 1`)
	if !slices.Equal(rows, kept) {
		t.Errorf("the kept counts %q are not those of the rows %q", kept, rows)
	}
}
