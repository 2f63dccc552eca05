package talk

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"muster/internal/model"
	"muster/internal/store"
)

// recountMax is how many of the newest replies are looked through when mentions are counted anew.
const recountMax = 1000

// mentionsSince counts anew how often replies of others called somebody at a time or later:
// in a direct channel each of them does, in a group channel none.
func (s *Service) mentionsSince(ctx context.Context, tx *store.Tx, ref ThreadRef, c *model.Channel, since int64) (int64, error) {
	if c.Type == model.ChannelGroup {
		return 0, nil
	}
	replies, err := tx.RepliesSince(ctx, ref.ThreadID, ref.UserID, since, recountMax)
	if err != nil || c.Type == model.ChannelDirect || len(replies) == 0 {
		return int64(len(replies)), err
	}
	return s.mentionsOf(ctx, tx, ref.UserID, replies)
}

// mentionedIn are the accounts that a root calls by their names. That it calls the whole
// channel lets nobody follow its thread.
func (s *Service) mentionedIn(ctx context.Context, tx *store.Tx, root *model.Post) ([]string, error) {
	names := calledNames(root.Message)
	if len(names) == 0 {
		return nil, nil
	}
	return tx.UserIDsByUsernames(ctx, names)
}

// mentionsOf counts in which of the posts somebody is called: by their name, by the words they
// chose, or with the whole channel.
func (s *Service) mentionsOf(ctx context.Context, tx *store.Tx, userID string, posts []*model.Post) (n int64, err error) {
	u, err := tx.User(ctx, userID)
	if err != nil {
		return 0, err
	}
	called := keywordsOf(u)
	for _, p := range posts {
		if called.in(p.Message) {
			n++
		}
	}
	return n, nil
}

// keywords are what somebody is called by.
type keywords struct {
	names []string // behind an @
	words []string // anywhere, whatever their case
	first string   // a first name as it is written, if that counts
}

func keywordsOf(u *model.User) keywords {
	k := keywords{names: []string{u.Username}}
	if u.NotifyProps["channel"] == "true" {
		k.names = append(k.names, "channel", "all")
	}
	for w := range strings.SplitSeq(strings.ToLower(u.NotifyProps["mention_keys"]), ",") {
		if w = strings.TrimSpace(w); w != "" {
			k.words = append(k.words, w)
		}
	}
	if u.NotifyProps["first_name"] == "true" {
		k.first = u.FirstName
	}
	return k
}

// in tells whether a message calls somebody.
func (k keywords) in(message string) bool {
	if slices.ContainsFunc(calledNames(message), func(n string) bool { return slices.Contains(k.names, n) }) {
		return true
	}
	if len(k.words) == 0 && k.first == "" {
		return false
	}
	for word := range strings.FieldsFuncSeq(message, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("@._-", r)
	}) {
		word = strings.TrimRight(word, "._-")
		if k.first != "" && word == k.first || slices.Contains(k.words, strings.ToLower(word)) {
			return true
		}
	}
	return false
}

// calledNames are the names behind an @ in a message, in lower case. A name that ends with
// punctuation is also given without.
func calledNames(message string) (names []string) {
	rest := message
	for len(names) < namesMax {
		_, after, found := strings.Cut(rest, "@")
		if !found {
			return names
		}
		end := strings.IndexFunc(after, func(r rune) bool {
			return r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
		})
		if end < 0 {
			end = len(after)
		}
		name := strings.ToLower(after[:end])
		for name != "" {
			names = append(names, name)
			trimmed := strings.TrimRight(name, "._-")
			if trimmed == name {
				break
			}
			name = trimmed
		}
		rest = after[end:]
	}
	return names
}

// namesMax is how many names of one message are looked at.
const namesMax = 100
