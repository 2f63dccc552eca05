package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"muster/internal/model"
)

// schema is what both databases have to agree on: a line for each column, index
// and reference.
type schema struct{ columns, indexes, references []string }

// text reads a column that may be NULL.
func text(row scanner, n int) ([]string, error) {
	values := make([]sql.NullString, n)
	into := make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	err := row.Scan(into...)
	out := make([]string, n)
	for i, v := range values {
		out[i] = v.String
	}
	return out, err
}

// rows reads a table of texts.
func rows(t *testing.T, db *DB, columns int, query string) [][]string {
	t.Helper()
	return value[[][]string](t)(list(t.Context(), db.Q, func(row scanner) ([]string, error) { return text(row, columns) }, query))
}

// plainDefault makes the defaults of both databases alike.
func plainDefault(s string) string {
	s, _, _ = strings.Cut(s, "::")
	switch strings.ToLower(s) {
	case "true":
		return "1"
	case "false":
		return "0"
	}
	return s
}

func sqliteSchema(t *testing.T, db *DB) (s schema) {
	t.Helper()
	for _, r := range rows(t, db, 6, `SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table'`) {
		s.columns = append(s.columns, fmt.Sprintf("%s.%s %s null=%t default=%q", r[0], r[1], strings.ToLower(r[2]), r[3] == "0", plainDefault(r[4])))
	}
	for _, r := range rows(t, db, 6, `SELECT m.name, CASE i.origin WHEN 'pk' THEN m.name || '_pkey' ELSE i.name END, i."unique", i.partial,
			(SELECT GROUP_CONCAT(COALESCE(x.name, '(expression)') || CASE x."desc" WHEN 1 THEN ' DESC' ELSE '' END, ',' ORDER BY x.seqno)
				FROM pragma_index_xinfo(i.name) x WHERE x.key = 1), i.origin
		FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table'`) {
		s.indexes = append(s.indexes, indexLine(r))
	}
	for _, r := range rows(t, db, 2, `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND c.pk = 1 AND c.type = 'INTEGER'
			AND NOT EXISTS (SELECT 1 FROM pragma_table_info(m.name) o WHERE o.pk = 2)`) {
		s.indexes = append(s.indexes, indexLine([]string{r[0], r[0] + "_pkey", "1", "0", r[1]})) // the row id itself
	}
	for _, r := range rows(t, db, 5, `SELECT m.name, GROUP_CONCAT(f."from", ',' ORDER BY f.seq), f."table", GROUP_CONCAT(f."to", ',' ORDER BY f.seq), f.on_delete
		FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id, f."table", f.on_delete`) {
		s.references = append(s.references, fmt.Sprintf("%s (%s) -> %s (%s) %s", r[0], r[1], r[2], r[3], r[4]))
	}
	return s.sort()
}

func indexLine(r []string) string {
	return fmt.Sprintf("%s: %s (%s) unique=%s partial=%s", r[0], r[1], r[4], r[2], r[3])
}

func postgresSchema(t *testing.T, db *DB) (s schema) {
	t.Helper()
	for _, r := range rows(t, db, 5, `SELECT table_name, column_name, data_type, is_nullable, column_default
		FROM information_schema.columns WHERE table_schema = 'public'`) {
		kind := map[string]string{"bigint": "integer", "boolean": "integer", "jsonb": "text", "bytea": "blob"}[r[2]]
		if r[0] == "migrations" && r[2] == "bigint" {
			kind = "bigint" // made by one text for both
		}
		if kind == "" {
			kind = r[2]
		}
		s.columns = append(s.columns, fmt.Sprintf("%s.%s %s null=%t default=%q", r[0], r[1], kind, r[3] == "YES", plainDefault(r[4])))
	}
	for _, r := range rows(t, db, 5, `SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisunique::int::text,
			(i.indpred IS NOT NULL)::int::text,
			(SELECT STRING_AGG(CASE WHEN i.indkey[n - 1] = 0 THEN '(expression)' ELSE TRIM('"' FROM pg_get_indexdef(i.indexrelid, n, TRUE)) END
				|| CASE i.indoption[n - 1] & 1 WHEN 1 THEN ' DESC' ELSE '' END, ',' ORDER BY n)
				FROM GENERATE_SERIES(1, i.indnkeyatts) n)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace`) {
		s.indexes = append(s.indexes, indexLine(r))
	}
	for _, r := range rows(t, db, 5, `SELECT c.conrelid::regclass::text,
			(SELECT STRING_AGG(a.attname, ',' ORDER BY k.n) FROM UNNEST(c.conkey) WITH ORDINALITY k(num, n)
				JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num),
			c.confrelid::regclass::text,
			(SELECT STRING_AGG(a.attname, ',' ORDER BY k.n) FROM UNNEST(c.confkey) WITH ORDINALITY k(num, n)
				JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num),
			CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'r' THEN 'RESTRICT' ELSE 'SET DEFAULT' END
		FROM pg_constraint c WHERE c.contype = 'f'`) {
		s.references = append(s.references, fmt.Sprintf("%s (%s) -> %s (%s) %s", r[0], r[1], r[2], r[3], r[4]))
	}
	return s.sort()
}

func (s schema) sort() schema {
	slices.Sort(s.columns)
	slices.Sort(s.indexes)
	slices.Sort(s.references)
	return s
}

func TestBothDatabasesHaveTheSameSchema(t *testing.T) {
	t.Parallel()
	lite, pg := sqliteSchema(t, fresh(t, SQLite)), postgresSchema(t, fresh(t, Postgres))
	if len(lite.columns) < 80 || len(lite.indexes) < 25 || len(lite.references) < 6 {
		t.Errorf("only %d columns, %d indexes and %d references were found", len(lite.columns), len(lite.indexes), len(lite.references))
	}
	equal(t, "columns (SQLite is wanted)", alike(pg.columns), alike(lite.columns))
	equal(t, "indexes (SQLite is wanted)", alike(pg.indexes), alike(lite.indexes))
	equal(t, "references (SQLite is wanted)", pg.references, lite.references)
}

// alike leaves out the tables of searches, which each database has in its own way.
func alike(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return strings.HasPrefix(line, "user_search") || strings.HasPrefix(line, "post_search") || strings.HasPrefix(line, "file_search")
	})
}

func TestEveryReferenceHasAnIndex(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	s := sqliteSchema(t, db)
	present := rows(t, db, 2, `SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE % IS NOT NULL'`)
	for _, r := range s.references {
		table, rest, _ := strings.Cut(r, " (")
		columns, _, _ := strings.Cut(rest, ")")
		if !slices.ContainsFunc(s.indexes, func(i string) bool {
			return strings.HasPrefix(i, table+": ") && strings.HasSuffix(i, "partial=0") &&
				(strings.Contains(i, "("+columns+")") || strings.Contains(i, "("+columns+","))
		}) && !slices.ContainsFunc(present, func(i []string) bool { // whoever refers to something refers to no NULL
			return i[0] == table && strings.Contains(i[1], "("+columns+",") && strings.HasSuffix(i[1], "WHERE "+columns+" IS NOT NULL")
		}) {
			t.Errorf("no index serves the reference %s", r)
		}
	}
}

func TestTextOfPostgreSQLIsComparedAsInSQLite(t *testing.T) {
	t.Parallel()
	for _, r := range rows(t, fresh(t, Postgres), 3, `SELECT table_name, column_name, COALESCE(collation_name, 'none')
		FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migrations'
			AND data_type IN ('text', 'character varying', 'character') AND collation_name IS DISTINCT FROM 'C'`) {
		t.Errorf(`%s.%s has the collation %s, want "C"`, r[0], r[1], r[2])
	}
}

func TestTablesOfSQLiteAreStrictAndCheckReferencesAtOnce(t *testing.T) {
	t.Parallel()
	db := fresh(t, SQLite)
	for _, r := range rows(t, db, 1, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
		AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'user_search_grams%' AND name NOT LIKE '%_search_words%' AND name <> 'migrations'`) {
		t.Errorf("the table %s is not STRICT", r[0])
	}
	for _, m := range allMigrations(t) {
		if strings.Contains(strings.ToUpper(m.text), "DEFERR") {
			t.Errorf("%s defers a check to the commit, where it could harm others", m.name)
		}
	}
}

// allMigrations gives the migrations of both databases.
func allMigrations(t *testing.T) (out []migration) {
	t.Helper()
	for _, driver := range drivers {
		out = append(out, value[[]migration](t)(migrations(driver))...)
	}
	return out
}

func TestEveryTableAboutAccountsIsATrace(t *testing.T) {
	t.Parallel()
	var traces []string
	for _, trace := range UserTraces {
		if slices.Contains(traces, trace.Table) {
			t.Errorf("%s is named twice", trace.Table)
		}
		traces = append(traces, trace.Table)
	}
	for _, r := range sqliteSchema(t, fresh(t, SQLite)).references {
		table, rest, _ := strings.Cut(r, " ")
		if strings.HasPrefix(rest, "(user_id) -> users ") && !slices.Contains(traces, table) {
			t.Errorf("%s: an account with a row there cannot be removed, because UserTraces does not name it", r)
		}
	}
}

func TestTracesAreDeletedInBatches(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		for _, u := range []*model.User{amy, bob} {
			for at := range int64(3) {
				addSession(t, db, aSession(u.ID, at))
				must(t, db, func(tx *Tx) error {
					if err := tx.InsertAudit(ctx, &model.Audit{ID: model.NewTimeID(at), UserID: u.ID}); err != nil {
						return err
					}
					return tx.SavePreference(ctx, model.Preference{UserID: u.ID, Category: "c", Name: fmt.Sprint(at)})
				})
			}
			must(t, db, func(tx *Tx) error { return tx.SaveStatus(ctx, &model.Status{UserID: u.ID, Status: model.StatusAway}) })
		}
		for _, trace := range UserTraces {
			emptied(t, db, trace, amy.ID)
		}
		must(t, db, func(tx *Tx) error { return tx.DeleteUser(ctx, amy) })
		equal(t, "sessions of another", len(sessionsOf(t, db, bob.ID)), 3)
		equal(t, "settings of another", value[int64](t)(db.CountPreferences(ctx, bob.ID)), int64(3))
		equal(t, "history of another", len(value[[]*model.Audit](t)(db.Audits(ctx, bob.ID, 0, 9))), 3)
		value[*model.Status](t)(db.Status(ctx, bob.ID))
	})
}

// emptied deletes the rows of an account two at a time.
func emptied(t *testing.T, db *DB, trace Trace, userID string) {
	t.Helper()
	for left := int64(2); left == 2; {
		must(t, db, func(tx *Tx) (err error) {
			left, err = tx.DeleteTraces(context.Background(), trace, userID, 2)
			return err
		})
	}
	of := trace.of
	if of == "" {
		of = "user_id = ?"
	}
	if n := value[int64](t)(one(t.Context(), db.Q, scanValue[int64], `SELECT COUNT(*) FROM `+trace.Table+` WHERE `+of, userID)); n != 0 {
		t.Errorf("%d rows are left in %s", n, trace.Table)
	}
}
