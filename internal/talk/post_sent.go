package talk

import (
	"sync"
	"time"

	"muster/internal/fault"
)

// sentFor is how long a pending id stands for the post it made; sentMax is how many are
// remembered in each of two generations.
const (
	sentFor = 30 * time.Second
	sentMax = 10_000
)

// sentPosts remembers which posts were made of which pending ids, so that a client that
// lost the answer can ask again without writing twice.
type sentPosts struct {
	mu           sync.Mutex
	known, older map[string]sentPost
}

type sentPost struct {
	id string // empty while it is being written
	at int64
}

// begin tells which post a pending id stands for already. When there is none, ended is to
// be called with what became of it.
func (p *sentPosts) begin(userID, pendingID string, now int64) (first string, ended func(id string, err error), err error) {
	if pendingID == "" {
		return "", func(string, error) {}, nil
	}
	key := userID + " " + pendingID
	p.mu.Lock()
	defer p.mu.Unlock()
	was, ok := p.known[key]
	if !ok {
		was, ok = p.older[key]
	}
	if ok && now-was.at < sentFor.Milliseconds() {
		if was.id == "" {
			return "", nil, fault.New(fault.Internal, "api.post.deduplicate_create_post.pending")
		}
		return was.id, nil, nil
	}
	p.keep(key, sentPost{at: now})
	return "", func(id string, err error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if err != nil {
			delete(p.known, key)
			delete(p.older, key)
			return
		}
		p.keep(key, sentPost{id: id, at: now})
	}, nil
}

func (p *sentPosts) keep(key string, post sentPost) {
	if p.known == nil || len(p.known) >= sentMax {
		p.older, p.known = p.known, map[string]sentPost{}
	}
	p.known[key] = post
}
