package store

import (
	"context"
	"errors"
	"strings"
)

// sqliteUsers finds accounts with the lists of FTS5. They are sorted by a key that
// sorts like the username, so a search reads the front of a few lists and stops
// when the page is full.
type sqliteUsers struct{}

func (sqliteUsers) find() string { return "instr" }

func (sqliteUsers) tokens() string { return "SELECT value AS token FROM json_each(?)" }

func (x sqliteUsers) search(ctx context.Context, q Q, s *userQuery) ([]userFound, error) {
	if err := s.weigh(ctx, q); err != nil {
		return nil, err
	}
	var all []string
	for _, c := range s.clues {
		all = append(all, "("+strings.Join(c.tokens, " OR ")+")")
	}
	w := &where{}
	w.add("g.user_search_grams MATCH ?", strings.Join(all, " AND "))
	scope := s.scope(q.d)
	s.match(scope, x, s.words)
	w.add(strings.Join(scope.conditions, " AND "), scope.args...)
	return list(ctx, q, scanUserFound, `SELECT u.id, u.public FROM user_search_grams g CROSS JOIN user_search u ON u.key = g.rowid`+
		w.text()+` ORDER BY g.rowid LIMIT ?`, append(w.args, s.Limit)...)
}

func (x sqliteUsers) change(ctx context.Context, t *Tx, was, is *userText) error {
	if was != nil {
		if err := x.remove(ctx, t, was.id); err != nil {
			return err
		}
	}
	if is == nil {
		return nil
	}
	key, err := t.userKey(ctx, is.username())
	if err != nil {
		return err
	}
	return x.insert(ctx, t, key, is)
}

func (sqliteUsers) remove(ctx context.Context, t *Tx, userID string) error {
	key, err := one(ctx, t.Q, scanValue[int64], `DELETE FROM user_search WHERE id = ? RETURNING key`, userID)
	if err != nil {
		return err
	}
	return change(ctx, t.Q, `DELETE FROM user_search_grams WHERE rowid = ?`, key)
}

func (sqliteUsers) insert(ctx context.Context, t *Tx, key int64, u *userText) error {
	_, err := exec(ctx, t.Q, `INSERT INTO user_search (key, id, public, names, email, delete_at, roles) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		key, u.id, u.public, u.names, u.email, u.deleteAt, u.roles)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.Q, `INSERT INTO user_search_grams (rowid, tokens) VALUES (?, ?)`, key, strings.Join(u.tokens(false), " "))
	return err
}

// Keys are numbers between which there is always room for another.
const (
	keyFirst = int64(1) << 50 // of the first account
	// keyFrame is the distance in which the first few hundred accounts are put at
	// the ends: most others will come between them, and the distance can be halved
	// forty times.
	keyFrame = int64(1) << 40
	keyStep  = int64(1) << 24 // distance at the ends later
	// keyRoom is the distance to which accounts are moved apart when there is no
	// room between two. 32 on each side move, or four times as many at twice the
	// distance, and so on: where many names are put in one place, a wide
	// neighbourhood moves seldom.
	keyRoom = int64(64)
)

// userKey finds a free key between those of the accounts that sort just before and
// just after the username.
func (t *Tx) userKey(ctx context.Context, username string) (int64, error) {
	before, err := t.neighbour(ctx, `n.username < ? ORDER BY n.username DESC`, username)
	first := errors.Is(err, ErrNotFound)
	if err != nil && !first {
		return 0, err
	}
	after, err := t.neighbour(ctx, `n.username > ? ORDER BY n.username`, username)
	last := errors.Is(err, ErrNotFound)
	switch {
	case err != nil && !last:
		return 0, err
	case first && last:
		return keyFirst, nil
	case first:
		return after - endStep(after), nil
	case last:
		return before + endStep(before), nil
	case after-before > 1:
		return before + (after-before)/2, nil
	}
	if err := t.spreadKeys(ctx, before); err != nil {
		return 0, err
	}
	return t.userKey(ctx, username)
}

// endStep gives the distance from the first or last key to the next.
func endStep(end int64) int64 {
	if distance := end - keyFirst; max(distance, -distance) < keyFrame<<8 {
		return keyFrame
	}
	return keyStep
}

// neighbour reads the key of the first account of an order.
func (t *Tx) neighbour(ctx context.Context, order, username string) (int64, error) {
	return one(ctx, t.Q, scanValue[int64], `SELECT u.key FROM users n CROSS JOIN user_search u ON u.id = n.id
		WHERE `+order+` LIMIT 1`, username)
}

// spreadKeys moves the accounts around a key apart, as many as it takes.
func (t *Tx) spreadKeys(ctx context.Context, around int64) error {
	for n, room := 32, keyRoom; ; n, room = 4*n, 2*room {
		low, err := t.keyBeyond(ctx, `SELECT key FROM user_search WHERE key <= ? ORDER BY key DESC LIMIT ?`, around, n, -keyStep)
		if err != nil {
			return err
		}
		high, err := t.keyBeyond(ctx, `SELECT key FROM user_search WHERE key > ? ORDER BY key LIMIT ?`, around, n, keyStep)
		if err != nil {
			return err
		}
		if (high-low)/int64(2*n) >= room {
			return t.moveKeys(ctx, low, high)
		}
	}
}

// keyBeyond gives the n-th key of an order, or one as far behind the last of them as
// the missing ones would be.
func (t *Tx) keyBeyond(ctx context.Context, order string, around int64, n int, step int64) (int64, error) {
	keys, err := list(ctx, t.Q, scanValue[int64], order, around, n)
	if err != nil {
		return 0, err
	}
	end := around
	if len(keys) > 0 {
		end = keys[len(keys)-1]
	}
	return end + int64(n-len(keys))*step, nil
}

// moveKeys spreads the accounts between two keys evenly.
func (t *Tx) moveKeys(ctx context.Context, low, high int64) error {
	x := sqliteUsers{}
	moving, err := list(ctx, t.Q, scanUserText, `SELECT id, public, names, email, delete_at, roles FROM user_search
		WHERE key > ? AND key < ? ORDER BY key`, low, high)
	if err != nil {
		return err
	}
	for _, u := range moving {
		if err := x.remove(ctx, t, u.id); err != nil {
			return err
		}
	}
	for i, u := range moving {
		if err := x.insert(ctx, t, low+int64(i+1)*((high-low)/int64(len(moving)+1)), u); err != nil {
			return err
		}
	}
	return nil
}
