//go:build !unix

package pg

import (
	"errors"
	"io"
)

// clusterPossible tells why there is no throw-away cluster on this system.
func clusterPossible() error { return errors.New("a throw-away cluster needs Unix") }

// joinCluster is never reached, because clusterPossible forbids it.
func joinCluster() (string, io.Closer, error) { return "", nil, clusterPossible() }
