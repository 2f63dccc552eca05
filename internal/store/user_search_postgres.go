package store

import (
	"context"
	"math"
	"sort"
	"strings"
)

const (
	// readAll is the number of accounts up to which reading all of them takes less
	// time than looking anything up.
	readAll = 8000
	// fetchCost is how many accounts can be read in order in the time it takes to
	// fetch one that an index has named.
	fetchCost = 12
)

// postgresUsers finds accounts with a GIN index over tokens. Its lists are in no
// useful order, so each token has the mark of a bucket before it, one of about 60
// ranges of usernames, and a search goes from bucket to bucket until the page is
// full. Where many accounts match they are found sooner by reading by username.
type postgresUsers struct {
	readAll int // up to so many accounts all are read by username
}

func (postgresUsers) find() string { return "strpos" }

func (postgresUsers) tokens() string { return "SELECT unnest(?::text[]) AS token" }

func (x postgresUsers) search(ctx context.Context, q Q, s *userQuery) ([]userFound, error) {
	if err := s.weigh(ctx, q); err != nil {
		return nil, err
	}
	all := bucketRange{to: len(bucketMarks)}
	if s.users <= int64(x.readAll) {
		return x.read(ctx, q, s, all, 2*x.readAll)
	}
	reading := float64(s.Limit) / s.share
	fetching := max(float64(s.Limit), s.perBucket()*s.share)
	// What is common on the whole may be rare among the first, so reading must promise
	// much, and ends when it has taken as long as fetching would have.
	if most := fetchCost * fetching; 3*reading < most {
		if found, err := x.read(ctx, q, s, all, int(most)); err != nil || len(found) == s.Limit {
			return found, err
		}
	}
	return x.sweep(ctx, q, s)
}

// perBucket is the number of accounts in one of the larger buckets.
func (s *userQuery) perBucket() float64 { return 2 * float64(s.users) / float64(len(bucketMarks)) }

// sweep goes through the buckets. Names that begin alike are in one bucket: when it
// turns out to hold so many accounts that match that reading it by username is the
// faster way to the first of them, it is read.
func (x postgresUsers) sweep(ctx context.Context, q Q, s *userQuery) ([]userFound, error) {
	many := int(math.Sqrt(float64(s.Limit) * s.perBucket() / fetchCost))
	var found []userFound
	for next := 0; next < len(bucketMarks) && len(found) < s.Limit; {
		some, dense, err := x.fetch(ctx, q, s, bucketRange{next, len(bucketMarks)}, many)
		found = append(found, some...)
		if err != nil || dense < 0 {
			return found, err
		}
		bucket := bucketRange{dense, dense + 1}
		most := 4 * many * fetchCost
		some, err = x.read(ctx, q, s, bucket, most)
		if err == nil && len(some) < s.Limit && float64(most) < s.perBucket() {
			some, _, err = x.fetch(ctx, q, s, bucket, int(s.users)) // it is larger than buckets should be
		}
		if err != nil {
			return nil, err
		}
		found, next = append(found, some...), dense+1
	}
	return found, nil
}

// read finds who matches among the first n accounts of buckets by username.
func (x postgresUsers) read(ctx context.Context, q Q, s *userQuery, r bucketRange, n int) ([]userFound, error) {
	w := s.scope(q.d)
	s.match(w, x, s.words)
	first, beyond := r.bounds()
	return list(ctx, q, scanUserFound, `SELECT u.id, u.public FROM (SELECT id, public, names, email, delete_at, roles FROM user_search
			WHERE public >= ? AND public < ? ORDER BY public LIMIT ?) u`+w.text()+`
		ORDER BY u.public LIMIT ?`, append(append([]any{first, beyond, n}, w.args...), s.Limit)...)
}

// fetch finds who matches in buckets with the help of the index, in the order of
// buckets, which are numbered so that the database knows when it may stop. At the
// first in which more than many match it gives up and tells which that is; else -1.
func (x postgresUsers) fetch(ctx context.Context, q Q, s *userQuery, r bucketRange, many int) (found []userFound, dense int, err error) {
	w := &where{}
	w.add("u.grams @@ replace(?, '#', b.mark)::tsquery", tsquery(s.clues))
	scope := s.scope(q.d)
	s.match(scope, x, s.words)
	w.add(strings.Join(scope.conditions, " AND "), scope.args...)
	type inBucket struct {
		userFound
		bucket  int
		matches int
	}
	rows, err := list(ctx, q, func(row scanner) (b inBucket, err error) {
		err = row.Scan(&b.id, &b.public, &b.bucket, &b.matches)
		return b, err
	}, `SELECT x.id, x.public, b.n, x.matches FROM unnest(?::text[]) WITH ORDINALITY b (mark, n), LATERAL (
			SELECT y.id, y.public, COUNT(*) OVER () AS matches
			FROM (SELECT u.id, u.public FROM user_search u`+w.text()+` LIMIT ?) y
			ORDER BY y.public LIMIT ?) x
		ORDER BY b.n, x.public LIMIT ?`,
		append(append([]any{strings.Split(bucketMarks[r.from:r.to], "")}, w.args...), many+1, s.Limit, s.Limit)...)
	for _, b := range rows {
		if b.matches > many {
			return found, r.from + b.bucket - 1, nil
		}
		found = append(found, b.userFound)
	}
	return found, -1, err
}

// tsquery writes clues in PostgreSQL's language of text searches, with # for the mark
// of a bucket.
func tsquery(clues []clue) string {
	var all []string
	for _, c := range clues {
		suffix := ""
		if c.prefix {
			suffix = ":*"
		}
		var any []string
		for _, t := range c.tokens {
			any = append(any, "'#"+t+"'"+suffix)
		}
		all = append(all, "("+strings.Join(any, " | ")+")")
	}
	return strings.Join(all, " & ")
}

func (postgresUsers) change(ctx context.Context, t *Tx, was, is *userText) error {
	if is == nil {
		return change(ctx, t.Q, `DELETE FROM user_search WHERE id = ?`, was.id)
	}
	_, err := exec(ctx, t.Q, `INSERT INTO user_search (id, public, names, email, delete_at, roles, grams)
		VALUES (?, ?, ?, ?, ?, ?, array_to_tsvector(?))
		ON CONFLICT (id) DO UPDATE SET public = excluded.public, names = excluded.names, email = excluded.email,
			delete_at = excluded.delete_at, roles = excluded.roles, grams = excluded.grams`,
		is.id, is.public, is.names, is.email, is.deleteAt, is.roles, is.lexemes())
	return err
}

// lexemes gives the tokens of an account with the mark of its bucket.
func (t *userText) lexemes() []string {
	mark := bucketOf(t.username())
	list := t.tokens(true)
	for i := range list {
		list[i] = mark + list[i]
	}
	return list
}

// bucketMarks are the marks of the buckets, in the order of usernames.
const bucketMarks = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// bucketBounds are the first usernames of all buckets but the first, so chosen that
// the names of people fill them about evenly. Changing them means indexing anew.
const bucketBounds = `ali an ann ar b be br c ch chr cl d dav de do e el em f fr g gr h ho i j ja je jo joh jos ju
	k ke kl l li lo m mar mat me mi mo n no o p pe r ro s sh st t th v w wi y z`

// bucketRange are buckets that follow each other, by their numbers.
type bucketRange struct{ from, to int }

// bounds gives the first text of a range and the first beyond it.
func (r bucketRange) bounds() (first, beyond string) {
	bounds := strings.Fields(bucketBounds)
	beyond = "\U0010ffff" // no username has it
	if r.from > 0 {
		first = bounds[r.from-1]
	}
	if r.to <= len(bounds) {
		beyond = bounds[r.to-1]
	}
	return first, beyond
}

// bucketOf gives the mark of the range of usernames that holds a name.
func bucketOf(username string) string {
	bounds := strings.Fields(bucketBounds)
	n := sort.Search(len(bounds), func(i int) bool { return bounds[i] > username })
	return bucketMarks[n : n+1]
}
