package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"muster/internal/fold"
	"muster/internal/model"
)

// wordsMax is the number of different words of a term beyond which it finds nobody.
const wordsMax = 32

// UserSearch says which accounts are looked for.
type UserSearch struct {
	// Term holds words that must all occur somewhere in the username or nickname,
	// or be the id. One without words finds everybody.
	Term      string
	FullNames bool // words may also occur in the first and last name
	Emails    bool // words may also occur in the e-mail address

	AllowInactive bool     // find deactivated accounts, too
	RoleSets      []string // as in UserFilter
	// Scope says where the accounts are; what it says of roles, activity, order and page does not count.
	Scope UserFilter
	// FewMembers says that the place of the scope has so few members that all of them can be looked at.
	FewMembers bool
	Limit      int // 0 finds nobody
}

// SearchUsers finds accounts by text and gives their ids in the order of usernames.
// Accents, case and width of letters do not count.
func (q Q) SearchUsers(ctx context.Context, s UserSearch) ([]string, error) {
	return q.searchUsers(ctx, q.d.userIndex(), s)
}

func (q Q) searchUsers(ctx context.Context, index userIndex, s UserSearch) ([]string, error) {
	words := fold.Words(s.Term)
	switch {
	case s.Limit <= 0, s.RoleSets != nil && len(s.RoleSets) == 0, hopeless(words):
		return nil, nil
	case len(words) == 0:
		return q.UserIDs(ctx, s.filter())
	case s.FewMembers, s.Scope.Sight != nil:
		found, err := q.usersAmong(ctx, &s, words)
		return page(found, s.Limit), err
	}
	found, err := index.search(ctx, q, &userQuery{UserSearch: s, words: words})
	if err != nil {
		return nil, err
	}
	if ids := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !model.ValidID(w) }); len(ids) > 0 {
		named, err := q.usersNamed(ctx, &s, words, ids)
		if err != nil {
			return nil, err
		}
		found = append(found, named...)
	}
	return page(found, s.Limit), nil
}

// hopeless tells whether no account can have all the words.
func hopeless(words []string) bool {
	return len(words) > wordsMax || slices.ContainsFunc(words, func(w string) bool { return len(w) > foldedMax })
}

// userFound is an account that matches.
type userFound struct {
	id     string
	public string // sorts like the username
}

func scanUserFound(row scanner) (f userFound, err error) {
	err = row.Scan(&f.id, &f.public)
	return f, err
}

// page sorts what several statements found and keeps the first of it.
func page(found []userFound, limit int) []string {
	slices.SortFunc(found, func(a, b userFound) int { return cmp.Compare(a.public, b.public) })
	found = slices.Compact(found)
	var ids []string
	for _, f := range found[:min(limit, len(found))] {
		ids = append(ids, f.id)
	}
	return ids
}

// usersNamed finds those of a few accounts for whom each word matches, also as their id.
func (q Q) usersNamed(ctx context.Context, s *UserSearch, words, ids []string) ([]userFound, error) {
	w := s.scope(q.d)
	w.add(q.d.idsIn("u.id"), q.d.ids(ids))
	s.match(w, q.d.userIndex(), words, "u.id = ?")
	return list(ctx, q, scanUserFound, `SELECT u.id, u.public FROM user_search u`+w.text(), w.args...)
}

// usersAmong looks at each of a few accounts: the members of the scope's place, or
// those in the sight of the scope.
func (q Q) usersAmong(ctx context.Context, s *UserSearch, words []string) ([]userFound, error) {
	f := s.filter()
	from, w, _ := f.source(q.d)
	s.match(w, q.d.userIndex(), words, "u.id = ?")
	return list(ctx, q, scanUserFound, `SELECT u.id, u.public`+strings.Replace(from, " users u", " user_search u", 1)+w.text()+`
		ORDER BY u.public LIMIT ?`, append(w.args, s.Limit)...)
}

// scope starts the conditions of a search with those that are not about text. Its
// rows are called u and have the id, the roles and delete_at of the account.
func (s *UserSearch) scope(d *dialect) *where {
	f := s.filter()
	w := f.where(d)
	if p := f.place(d); p != nil {
		p.exists(w)
	}
	return w
}

// filter gives the list of everybody among whom the words are looked for.
func (s *UserSearch) filter() UserFilter {
	f := s.Scope
	f.Active, f.RoleSets, f.Sort, f.Offset, f.Limit = !s.AllowInactive, s.RoleSets, ByUsername, 0, s.Limit
	return f
}

// match adds the condition that each word occurs in a column that may be searched,
// or meets one of the other conditions on a word. The number of words is brought
// up to a power of two, so that there are few statements.
func (s *UserSearch) match(w *where, index userIndex, words []string, or ...string) {
	for _, column := range s.columns() {
		or = append(or, index.find()+"("+column+", ?) > 0")
	}
	condition := "(" + strings.Join(or, " OR ") + ")"
	for i := 0; i < len(words) || i&(i-1) != 0; i++ {
		word := words[min(i, len(words)-1)]
		w.add(condition, slices.Repeat([]any{word}, len(or))...)
	}
}

func (s *UserSearch) columns() []string {
	columns := []string{"u.public"}
	if s.FullNames {
		columns = append(columns, "u.names")
	}
	if s.Emails {
		columns = append(columns, "u.email")
	}
	return columns
}

// userIndex is the full-text index over accounts, which each database has in its own way.
type userIndex interface {
	// find names the function that gives the place of a text in another, or 0.
	find() string
	// tokens gives a statement with the rows of a list of texts in a column token.
	tokens() string
	// search finds the accounts with the first usernames that match, at least
	// as many as the limit says if there are, in any order.
	search(ctx context.Context, q Q, s *userQuery) ([]userFound, error)
	// change replaces what is known about an account; nil stands for none.
	change(ctx context.Context, t *Tx, was, is *userText) error
}

func (d *dialect) userIndex() userIndex {
	if d.name == Postgres {
		return postgresUsers{readAll: readAll}
	}
	return sqliteUsers{}
}

// indexUser keeps the search in step with an account; nil stands for none.
func (t *Tx) indexUser(ctx context.Context, was, is *model.User) error {
	before, after := userTextOf(was), userTextOf(is)
	if before != nil && after != nil && *before == *after {
		return nil
	}
	if err := t.d.userIndex().change(ctx, t, before, after); err != nil {
		return err
	}
	return t.countTokens(ctx, before, after)
}
