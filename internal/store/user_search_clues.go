package store

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"unicode/utf8"
)

const (
	// sampleOf is the number of accounts of which one is counted.
	sampleOf = 64
	// cluesMax is the number of clues a search follows at most, and fewAccounts the
	// number of accounts to look at that makes further clues needless: each costs
	// about as much as looking at some hundred accounts.
	cluesMax    = 4
	fewAccounts = 300
	// cluesPerWord bounds the clues that are considered for a long word.
	cluesPerWord = 16
	// roleSetsMax is the number of role strings beyond which they are no clue.
	roleSetsMax = 64
)

// clue is something that all accounts a search can find have in common: one of a
// few tokens. Each window of a word is one, and so are roles and being active.
type clue struct {
	tokens []string
	prefix bool  // the word is so short that it may be the beginning of a gram
	n      int64 // accounts of the sample that have it
	share  float64
}

// userQuery is a search on its way.
type userQuery struct {
	UserSearch
	words []string
	users int64   // accounts there are
	clues []clue  // the ones to follow, the rarest first
	share float64 // guess of the share of accounts that match, between 0 and 1
}

// weigh looks up how common everything is that the accounts must have in common.
func (s *userQuery) weigh(ctx context.Context, q Q) error {
	lists := s.allClues()
	counts, err := q.tokenCounts(ctx, lists)
	if err != nil {
		return err
	}
	s.users = counts[""]
	s.follow(lists, counts)
	return nil
}

// allClues gives a list of clues for each word and for each other condition.
func (s *userQuery) allClues() [][]clue {
	var lists [][]clue
	for _, word := range s.words {
		lists = append(lists, s.cluesOf(word))
	}
	if n := len(s.RoleSets); n > 0 && n <= roleSetsMax {
		c := clue{}
		for _, roles := range s.RoleSets {
			c.tokens = append(c.tokens, tokenOf(inRole, roles))
		}
		lists = append(lists, []clue{c})
	}
	if !s.AllowInactive {
		lists = append(lists, []clue{{tokens: []string{isActive}}})
	}
	return lists
}

func rarer(a, b clue) int { return cmp.Compare(a.n, b.n) }

// cluesOf gives windows of a word with the classes of tokens that may be searched.
func (s *userQuery) cluesOf(word string) []clue {
	classes := []string{inPublic}
	if s.FullNames {
		classes = append(classes, inNames)
	}
	if s.Emails {
		classes = append(classes, inEmail)
	}
	length := min(gramMax, utf8.RuneCountInString(word))
	var windows []string
	grams(word, func(gram string, longest bool) {
		if longest && utf8.RuneCountInString(gram) == length && !slices.Contains(windows, gram) {
			windows = append(windows, gram)
		}
	})
	var list []clue
	for i := range min(len(windows), cluesPerWord) {
		window := windows[i*len(windows)/min(len(windows), cluesPerWord)] // all, or some from everywhere
		c := clue{prefix: length < gramMax}
		for _, class := range classes {
			c.tokens = append(c.tokens, tokenOf(class, window))
		}
		list = append(list, c)
	}
	return list
}

// follow chooses the clues worth following, given how many accounts of the sample have
// which token. Each list is about another thing, so its rarest clue tells more than
// the second of any other.
func (s *userQuery) follow(lists [][]clue, counts map[string]int64) {
	var firsts, others []clue
	s.share = 1
	for _, list := range lists {
		for i := range list {
			for _, t := range list[i].tokens {
				list[i].n += counts[t]
			}
			list[i].share = min(1, (float64(list[i].n)+.5)*sampleOf/float64(max(s.users, 1)))
		}
		slices.SortStableFunc(list, rarer)
		firsts, others = append(firsts, list[0]), append(others, list[1:]...)
		s.share *= list[0].share
	}
	slices.SortStableFunc(firsts, rarer)
	slices.SortStableFunc(others, rarer)
	s.clues = firsts[:1]
	left := float64(s.users) * firsts[0].share
	for i, c := range append(firsts, others...)[1:] {
		if len(s.clues) == cluesMax || left < fewAccounts {
			return
		}
		if c.prefix || c.share > 1./4 {
			continue // it costs much or changes little
		}
		s.clues = append(s.clues, c)
		if i < len(firsts)-1 {
			left *= c.share
		} else {
			left /= 4 // it is part of a word like one before, so it is no chance that both occur
		}
	}
}

// tokenCounts tells for the tokens of clues how many accounts of the sample have them,
// and under "" how many accounts there are in all.
func (q Q) tokenCounts(ctx context.Context, lists [][]clue) (map[string]int64, error) {
	var tokens []string
	for _, list := range lists {
		for _, c := range list {
			tokens = append(tokens, c.tokens...)
		}
	}
	counts := map[string]int64{}
	_, err := list(ctx, q, func(row scanner) (struct{}, error) {
		var token string
		var n int64
		err := row.Scan(&token, &n)
		counts[token] = n
		return struct{}{}, err
	}, `SELECT token, n FROM user_search_counts WHERE `+q.d.idsIn("token")+`
		UNION ALL SELECT '', CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM user_counts`, q.d.ids(tokens))
	return counts, err
}

// sampled tells whether the tokens of an account are counted.
func sampled(userID string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(userID)) // it cannot fail
	return h.Sum32()%sampleOf == 0
}

// countTokens keeps the counts in step with an account; nil stands for none.
func (t *Tx) countTokens(ctx context.Context, was, is *userText) error {
	for _, change := range []struct {
		text *userText
		by   int64
	}{{was, -1}, {is, 1}} {
		if change.text == nil || !sampled(change.text.id) {
			continue
		}
		tokens := change.text.tokens(false)
		slices.Sort(tokens) // concurrent changes must lock in one order
		if err := t.addCounts(ctx, tokens, change.by); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) addCounts(ctx context.Context, tokens []string, by int64) error {
	_, err := exec(ctx, t.Q, `INSERT INTO user_search_counts (token, n)
		SELECT t.token, CAST(? AS BIGINT) FROM (`+t.d.userIndex().tokens()+`) t WHERE TRUE
		ON CONFLICT (token) DO UPDATE SET n = user_search_counts.n + excluded.n`, by, t.d.ids(tokens))
	return err
}
