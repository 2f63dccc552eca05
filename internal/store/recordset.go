package store

import "strings"

// records is a table with a row for each object of an argument made by jsonRows, and with
// typed columns: "name type" with the types text, bigint, boolean and jsonb. It is named x.
// SQLite does not know how few rows it has; the LIMIT, which limits nothing, lets it read
// them once and look the others up by them, rather than the other way round.
func (d *dialect) records(columns ...string) string {
	if d.name == Postgres {
		return "jsonb_to_recordset(?::jsonb) AS x(" + strings.Join(columns, ", ") + ")"
	}
	picked := make([]string, len(columns))
	for i, c := range columns {
		name, _, _ := strings.Cut(c, " ")
		picked[i] = "value->>'" + name + "' AS " + name
	}
	return "(SELECT " + strings.Join(picked, ", ") + " FROM json_each(?) LIMIT -1) AS x"
}
