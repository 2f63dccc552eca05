package talk

import (
	"context"
	"slices"
	"strings"
	"sync"

	"muster/internal/event"
	"muster/internal/store"
)

// keywords are the words, besides their names, that members of channels want to hear. Few
// members choose any, so what is kept of a channel is small; it is brought up to date by
// reading those members again who changed since.
type keywords struct {
	mu       sync.Mutex
	channels map[string]*channelWords
	changed  []string // accounts that changed or moved, the newest last
	at       int      // how many there were before the first of changed
}

// Bounds of what is kept: channels, and changes after which a channel is read anew.
const (
	keywordChannels = 2000
	keywordChanges  = 1000
)

// channelWords are what the members of one channel want to hear.
type channelWords struct {
	seen    int // changes that are in it already
	members map[string]store.KeywordMember
}

// forget notes whose words, or whose place in channels, are others now.
func (k *keywords) forget(e event.Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.changed = append(append(k.changed, e.Stale.Users...), e.Stale.MembershipsOf...)
	if over := len(k.changed) - keywordChanges; over > 0 {
		k.changed, k.at = slices.Clone(k.changed[over:]), k.at+over
	}
	if e.Stale.Everything {
		k.channels = nil
	}
}

// since tells which accounts changed since a channel was read; all is true when too many did.
func (k *keywords) since(channelID string) (words *channelWords, changed []string, now int, all bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now = k.at + len(k.changed)
	words = k.channels[channelID]
	if words == nil || words.seen < k.at {
		return nil, nil, now, true
	}
	return words, unique(k.changed[words.seen-k.at:]), now, false
}

func (k *keywords) keep(channelID string, w *channelWords) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.channels == nil || len(k.channels) >= keywordChannels {
		k.channels = map[string]*channelWords{}
	}
	k.channels[channelID] = w
}

// of gives what the members of a channel want to hear, read as far as it is not known.
func (k *keywords) of(ctx context.Context, q store.Q, channelID string) (*channelWords, error) {
	words, changed, now, all := k.since(channelID)
	if !all && len(changed) == 0 {
		return words, nil
	}
	rows, err := q.KeywordMembers(ctx, channelID, changed)
	if err != nil {
		return nil, err
	}
	next := &channelWords{seen: now, members: map[string]store.KeywordMember{}}
	if !all {
		for id, m := range words.members {
			if !slices.Contains(changed, id) {
				next.members[id] = m
			}
		}
	}
	for _, m := range rows {
		next.members[m.UserID] = m
	}
	k.keep(channelID, next)
	return next, nil
}

// heard gives the members who want to hear something that is said.
func (w *channelWords) heard(s *said) []string {
	var out []string
	for id, m := range w.members {
		if hears(m, s) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// hears tells whether a member wants to hear what is said: a word of theirs in any case, or
// their first name as they write it.
func hears(m store.KeywordMember, s *said) bool {
	if m.FirstName != "" && s.words[m.FirstName] {
		return true
	}
	for key := range strings.SplitSeq(strings.ToLower(m.Keys), ",") {
		key = strings.TrimSpace(key)
		if key == "" {
			continue
		}
		if strings.Contains(key, " ") && strings.Contains(" "+s.text+" ", " "+key+" ") {
			return true
		}
		if s.lower[key] {
			return true
		}
	}
	return false
}
