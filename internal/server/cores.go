package server

import (
	"runtime"
	"strings"
	"sync"
)

// cores is how many cores the process may use: what Go found when the program started,
// before spareProcessor changed it.
var cores = runtime.GOMAXPROCS(0)

var raise = sync.OnceFunc(func() { runtime.GOMAXPROCS(cores + 1) })

// spareProcessor lets one goroutine more run at a time than there are cores, unless the
// environment sets GOMAXPROCS. Hashing keeps as many busy as there are cores, and Go
// takes one away from it only after 10 ms, which every other request would have to wait.
// With one to spare the operating system shares the cores instead, and it lets who has
// slept go first: beside a storm of sign-ins the 99th percentile of reads falls from 23 to
// 7 ms (docs/performance.md).
func spareProcessor(environ []string) {
	for _, pair := range environ {
		if strings.HasPrefix(pair, "GOMAXPROCS=") {
			return
		}
	}
	raise()
}
