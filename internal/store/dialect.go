package store

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"muster/internal/model"
)

// Names of the two databases, as in SqlSettings.DriverName.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// dialect holds what differs between the two databases. Every query text exists
// once; these values are spliced in where the databases disagree.
type dialect struct {
	name      string
	forUpdate string // appended to a SELECT that locks its row
	// idsIn compares a column with a list given as one argument made by ids.
	idsIn func(column string) string
	// json turns a text argument into the type of a JSON column.
	json string
	// asJSON turns a text expression into the type of a JSON column.
	asJSON func(text string) string
	// merged lays the members of a JSON argument over those of a JSON column.
	merged func(column string) string
	// rows is a table with one row, called value, for each object of an argument made by jsonRows.
	rows string
	// skipLocked lets several nodes take different rows.
	skipLocked string
}

var sqliteDialect = &dialect{
	name:   SQLite,
	idsIn:  func(column string) string { return column + " IN (SELECT value FROM json_each(?))" },
	json:   "?",
	rows:   "json_each(?) r",
	asJSON: func(text string) string { return text },
	merged: func(column string) string { return "json_patch(" + column + ", ?)" },
}

var postgresDialect = &dialect{
	name:       Postgres,
	forUpdate:  " FOR UPDATE",
	idsIn:      func(column string) string { return column + " = ANY(?)" },
	json:       "?::jsonb",
	asJSON:     func(text string) string { return "(" + text + ")::jsonb" },
	merged:     func(column string) string { return column + " || ?::jsonb" },
	rows:       "jsonb_array_elements(?::jsonb) r(value)",
	skipLocked: " FOR UPDATE SKIP LOCKED",
}

// forChange is appended to a SELECT that locks the rows of one of its tables against changes,
// though not against rows of others that refer to them.
func (d *dialect) forChange(table string) string {
	if d.name == Postgres {
		return " FOR NO KEY UPDATE OF " + table
	}
	return "" // the writer is alone
}

// withText is a JSON column with one more text in it, which is an argument.
func (d *dialect) withText(column, key string) string {
	if d.name == Postgres {
		return column + " || jsonb_build_object('" + key + "', ?::text)"
	}
	return "json_set(" + column + ", '$." + key + "', ?)"
}

// ids makes a list of strings into one argument for dialect.idsIn, so that the
// text of the statement, and with it its plan, is the same for every length.
func (d *dialect) ids(list []string) any {
	unknown := func(s string) bool { return !model.Storable(s) }
	if slices.ContainsFunc(list, unknown) {
		list = slices.DeleteFunc(slices.Clone(list), unknown)
	}
	if d.name == Postgres {
		return list
	}
	text, _ := json.Marshal(list) // a list of strings always has a JSON form
	return string(text)
}

// storable tells whether both databases can hold every text among the arguments.
// SQLite could hold any bytes; what it holds must be able to move to PostgreSQL.
func storable(args []any) bool {
	return !slices.ContainsFunc(args, func(a any) bool { return !storableArg(a) })
}

func storableArg(a any) bool {
	switch v := a.(type) {
	case string:
		return model.Storable(v)
	case *string:
		return v == nil || model.Storable(*v)
	case model.Secret:
		return model.Storable(v.Reveal())
	case model.StringMap:
		return v.Storable()
	}
	return true
}

// rebinder turns ? into $1, $2 … for PostgreSQL, each text once.
type rebinder struct{ known sync.Map }

func (r *rebinder) rebind(query string) string {
	if text, ok := r.known.Load(query); ok {
		return text.(string)
	}
	var b strings.Builder
	n := 0
	for _, c := range query {
		if c != '?' {
			b.WriteRune(c)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	text := b.String()
	r.known.Store(query, text)
	return text
}
