// Package pg gives each test a PostgreSQL database of its own.
//
// The server is the one MUSTER_TEST_POSTGRES names (a DSN whose user may create
// databases), or else a throw-away cluster made from the installed binaries,
// which all test processes of a user share and which ends by itself soon after
// the last of them.
package pg

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// External is the environment variable that names an existing server.
const External = "MUSTER_TEST_POSTGRES"

// Available tells whether this machine can offer databases: a server is named or
// the binaries of one are installed. It starts nothing.
func Available() bool {
	return os.Getenv(External) != "" || clusterPossible() == nil
}

// DSN makes an empty database for the test, drops it when the test ends, and
// gives its address. Without PostgreSQL the test is skipped, or fails where it
// is required (CI=true or MUSTER_REQUIRE_POSTGRES=1).
func DSN(t testing.TB) string {
	t.Helper()
	return create(t, need(t), "template1")
}

// Clone is DSN for a database that prepare has filled, usually with the schema.
// prepare runs once per key in a process, on a template of which each test gets
// a copy; it must close its connections.
func Clone(t testing.TB, key string, prepare func(dsn string) error) string {
	t.Helper()
	s := need(t)
	name, err := s.template(key, prepare)
	if err != nil {
		t.Fatalf("prepare the template %q: %v", key, err)
	}
	return create(t, s, name)
}

// need gives the server, or ends the test.
func need(t testing.TB) *server {
	t.Helper()
	if !Available() {
		why := fmt.Sprintf("no PostgreSQL: %s is not set and %v", External, clusterPossible())
		if os.Getenv("CI") == "true" || os.Getenv("MUSTER_REQUIRE_POSTGRES") == "1" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	s, err := running()
	if err != nil {
		t.Fatalf("reach PostgreSQL: %v", err)
	}
	return s
}

// create copies a template for the test and drops the copy when it ends.
func create(t testing.TB, s *server, template string) string {
	t.Helper()
	name, err := s.create(template)
	if err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.drop(name); err != nil {
			t.Errorf("drop a database: %v", err)
		}
	})
	return s.dsn(name)
}

// running is the server of this process, reached at the first need.
var running = sync.OnceValues(func() (*server, error) {
	if dsn := os.Getenv(External); dsn != "" {
		return connect(dsn)
	}
	dsn, membership, err := joinCluster()
	if err != nil {
		return nil, err
	}
	s, err := connect(dsn)
	if err != nil {
		return nil, errors.Join(err, membership.Close())
	}
	s.membership = membership
	return s, nil
})
