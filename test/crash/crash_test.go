// Package crash kills servers in the middle of their work, again and again, and
// looks whether everything they acknowledged is there and nothing is half done.
package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"muster/internal/store"
	"muster/internal/testkit/pg"
)

// Rounds is the environment variable that says how often each server is killed.
const Rounds = "MUSTER_CRASH_ROUNDS"

const (
	quickRounds = 5
	workers     = 6
	maxChanges  = 150 // before a server is killed
	// startLimit is what a start on the data of a killed server may take: half of
	// them, and, as the machine may have other things to do, any of them.
	startLimit, startPatience = 2 * time.Second, 20 * time.Second
)

func TestKilledServerKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{store.SQLite, store.Postgres} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, driver)
			for round := range rounds(t) {
				s.round(t, round)
				if t.Failed() {
					t.Fatalf("in round %d", round+1)
				}
			}
			s.report(t)
		})
	}
}

func rounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv(Rounds)
	if text == "" {
		return quickRounds
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number of rounds", Rounds, text)
	}
	return n
}

// scene is one database on which server after server works and dies.
type scene struct {
	driver     string
	dataSource string
	env        []string
	token      string // of the administrator
	workers    []*worker
	talkers    []*talker
	starts     []time.Duration
	random     *rand.Rand
}

func newScene(t *testing.T, driver string) *scene {
	t.Helper()
	dir, err := os.MkdirTemp("", "m") // its path leaves room for the name of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove data folder: %v", err)
		}
	})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	s := &scene{
		driver: driver, dataSource: filepath.Join(dir, "muster.db"), random: rand.New(rand.NewPCG(seed, 0)),
		env: []string{
			"MM_MUSTERSETTINGS_DATADIRECTORY=" + dir, "MM_MUSTERSETTINGS_ARGON2MEMORYKIB=7168", "MM_MUSTERSETTINGS_ARGON2PASSES=1",
			"MM_MUSTERSETTINGS_HASHQUEUE=1000", "MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:0", "MM_SERVICESETTINGS_ENABLEAPIUSERDELETION=true",
			"HOME=" + dir, "PATH=" + os.Getenv("PATH"),
		},
	}
	if driver == store.Postgres {
		s.dataSource = pg.DSN(t)
		s.env = append(s.env, "MM_SQLSETTINGS_DRIVERNAME=postgres", "MM_SQLSETTINGS_DATASOURCE="+s.dataSource, "MM_SQLSETTINGS_MAXOPENCONNS=8")
	}
	for i := range workers {
		s.workers = append(s.workers, &worker{name: fmt.Sprintf("w%d", i), random: rand.New(rand.NewPCG(seed, uint64(i+1)))})
	}
	for i := range talkers {
		s.talkers = append(s.talkers, &talker{name: fmt.Sprintf("t%d", i), random: rand.New(rand.NewPCG(seed, uint64(workers+i+1)))})
	}
	return s
}

// round starts a server, looks at what earlier rounds left, works, and kills it. Now
// and then a server is killed while it starts.
func (s *scene) round(t *testing.T, round int) {
	t.Helper()
	if round%4 == 0 {
		p, _ := launch(t, s.env)
		<-time.After(time.Duration(s.random.Int64N(int64(150 * time.Millisecond))))
		p.kill(t)
		settle(t, s.driver, s.dataSource)
	}
	p := start(t, s.env)
	s.starts = append(s.starts, p.took)
	if p.took > startPatience {
		t.Errorf("start %d took %v", round+1, p.took)
	}
	c := client{url: p.url, token: s.token, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers + talkers}}}
	if s.token == "" {
		s.token = firstAdmin(t, c)
		c.token = s.token
		s.newTalk(t, c)
	}
	for _, w := range s.workers {
		w.check(t, c)
	}
	s.checkTalk(t, client{url: c.url, http: c.http, token: s.talkers[0].token})
	audit(t, s.driver, s.dataSource)
	s.work(t, p, c)
	settle(t, s.driver, s.dataSource)
}

// work lets the workers work and kills the server under them.
func (s *scene) work(t *testing.T, p *process, c client) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	var all sync.WaitGroup
	errs := make([]error, workers+talkers)
	enough := make(chan struct{})
	var left atomic.Int64
	left.Store(1 + s.random.Int64N(maxChanges))
	done := func() {
		if left.Add(-1) == 0 {
			close(enough)
		}
	}
	for i, w := range s.workers {
		all.Go(func() { errs[i] = w.run(ctx, c, done) })
	}
	for i, w := range s.talkers {
		all.Go(func() { errs[workers+i] = w.run(ctx, c, done) })
	}
	select {
	case <-enough:
		<-time.After(time.Duration(s.random.Int64N(int64(10 * time.Millisecond)))) // anywhere in the next ones
	case <-time.After(startPatience):
		t.Errorf("the server is stuck: %d changes are missing", left.Load())
	}
	p.kill(t)
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Errorf("%v\n%s", err, p.errors.String())
		}
	}
	c.http.CloseIdleConnections()
}

// firstAdmin makes the administrator and gives a token.
func firstAdmin(t *testing.T, c client) string {
	t.Helper()
	admin := map[string]string{"username": "admin", "email": "admin@example.com", "password": password, "login_id": "admin"}
	if err := c.do(t.Context(), http.MethodPost, "/users", admin, nil); err != nil {
		t.Fatalf("make the administrator: %v", err)
	}
	header, err := c.exchange(t.Context(), http.MethodPost, "/users/login", admin, nil)
	if err != nil {
		t.Fatalf("sign the administrator in: %v", err)
	}
	return header.Get("Token")
}

// report sums up, and looks whether starts were quick.
func (s *scene) report(t *testing.T) {
	t.Helper()
	slices.Sort(s.starts)
	median := s.starts[len(s.starts)/2]
	if median > startLimit {
		t.Errorf("half of the starts took longer than %v", median)
	}
	accounts, acked, posts := 0, 0, 0
	for _, w := range s.workers {
		accounts += len(w.accounts)
		acked += w.acked
	}
	for _, w := range s.talkers {
		posts += w.acked
	}
	t.Logf("%d rounds: %d acknowledged changes and %d of posts, %d accounts left; starts took %v in the middle, %v at most",
		len(s.starts), acked, posts, accounts, median.Round(time.Millisecond), s.starts[len(s.starts)-1].Round(time.Millisecond))
}
