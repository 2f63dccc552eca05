package pg

import (
	"net/url"
	"strings"
)

// dsn gives the address of another database of the server.
func (s *server) dsn(database string) string { return withDatabase(s.admin, database) }

// withDatabase replaces the database in an address, be it a URL or a list of
// keywords and values.
func withDatabase(dsn, database string) string {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " dbname=" + database // the last one counts
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // connecting has shown that this does not happen
	}
	query := u.Query()
	query.Del("dbname")
	query.Del("database")
	u.Path, u.RawPath, u.RawQuery = "/"+database, "", query.Encode()
	return u.String()
}
