package store

import (
	"context"
	"slices"

	"muster/internal/model"
)

// placesMax is the number of channels somebody may be in up to which they narrow a search in
// the index; who is in more finds soon what is in one of them.
const placesMax = 64

// TextSearch says which texts somebody looks for.
type TextSearch struct {
	UserID   string // who looks: only what stands in their channels is found
	TeamID   string // only in channels of this team and of none; empty for all
	Channels []string
	Anywhere bool      // in every channel, not only in Channels
	Archived bool      // in archived channels, too
	Having   [][]Trait // of each list a text has one
	Lacking  []Trait   // a text has none of these
	During   Span
	Outside  []Span
	Offset   int
	Limit    int
}

// Span is a time in milliseconds, from its beginning to before its end. An end of 0 is none.
type Span struct{ From, Until int64 }

// textIndex is an index of texts of one kind.
type textIndex struct {
	table  string // one row a text
	id     string // its column with what the text belongs to
	source string // where that is, and its name in statements
	as     string
}

var (
	postIndex = textIndex{table: "post_search", id: "post_id", source: "posts", as: "p"}
	fileIndex = textIndex{table: "file_search", id: "file_id", source: "files", as: "f"}
)

// textRow is a text on its way into an index.
type textRow struct {
	ID    string `json:"id"`
	Key   int64  `json:"key"` // the first of its millisecond
	Nth   int64  `json:"nth"` // among those of its millisecond that come with it
	Words string `json:"words"`
}

// joined joins rows s of an index with what the texts belong to, its channel c, and places m there.
func (x textIndex) joined(join string) string {
	return join + x.source + ` ` + x.as + ` ON ` + x.as + `.id = s.` + x.id + join + `channels c ON c.id = ` + x.as + `.channel_id` +
		join + `channel_members m ON m.channel_id = c.id`
}

// textEngine is the full-text search of a database.
type textEngine interface {
	// lexemes writes tokens the way the index takes them.
	lexemes(placed, others []string) string
	// index stores texts, in the place of those stored before.
	index(ctx context.Context, t *Tx, x textIndex, rows []textRow) error
	// from joins an index with what its texts belong to.
	from(x textIndex) string
	// match adds the condition on what texts have and have not.
	match(w *where, x textIndex, having [][]Trait, lacking []Trait)
	// order gives what sorts by time; at gives the value of it at a moment.
	order(x textIndex) string
	at(ms int64) any
	// custom makes the database plan a statement for its very arguments.
	custom(args []any) []any
}

func (d *dialect) textEngine() textEngine {
	if d.name == Postgres {
		return postgresTexts{}
	}
	return sqliteTexts{}
}

// SearchPosts finds posts by what is said in them, the newest first. Accents, case and width
// of letters do not count.
func (q Q) SearchPosts(ctx context.Context, s TextSearch) ([]*model.Post, error) {
	return searchTexts(ctx, q, postIndex, s, scanPost, postCols)
}

// SearchFiles finds files of posts by their names, the newest first.
func (q Q) SearchFiles(ctx context.Context, s TextSearch) ([]*model.FileInfo, error) {
	return searchTexts(ctx, q, fileIndex, s, scanFile, fileCols)
}

func searchTexts[T any](ctx context.Context, q Q, x textIndex, s TextSearch, scan func(scanner) (T, error), cols string) ([]T, error) {
	if s.Limit <= 0 || slices.ContainsFunc(s.Having, func(any []Trait) bool { return len(any) == 0 }) {
		return nil, nil
	}
	if s.Anywhere {
		places, err := q.placesOf(ctx, &s)
		if err != nil {
			return nil, err
		}
		if s.Channels = places; len(places) > placesMax {
			s.Channels = nil
		} else if len(places) == 0 {
			return nil, nil
		}
	} else if len(s.Channels) == 0 {
		return nil, nil
	}
	e := q.d.textEngine()
	w := s.where(e, x)
	return list(ctx, q, scan, `SELECT `+cols+e.from(x)+w.text()+` ORDER BY `+e.order(x)+` DESC LIMIT ? OFFSET ?`,
		e.custom(append(w.args, s.Limit, s.Offset))...)
}

// placesOf lists the channels in which somebody may find something, one more than
// narrow a search at most.
func (q Q) placesOf(ctx context.Context, s *TextSearch) ([]string, error) {
	w := &where{}
	s.visible(w)
	return list(ctx, q, scanValue[string], `SELECT c.id FROM channel_members m JOIN channels c ON c.id = m.channel_id`+w.text()+` LIMIT ?`,
		append(w.args, placesMax+1)...)
}

// visible adds the conditions on channels c and places m in them.
func (s *TextSearch) visible(w *where) {
	w.add(`m.user_id = ?`, s.UserID)
	if s.TeamID != "" {
		w.add(`(c.team_id = ? OR c.team_id IS NULL)`, s.TeamID)
	}
	if !s.Archived {
		w.add(`c.delete_at = 0`)
	}
}

func (s *TextSearch) where(e textEngine, x textIndex) *where {
	w := &where{}
	having := slices.Clone(s.Having)
	if len(having) == 0 {
		having = append(having, []Trait{{tokens: []string{isText}}})
	}
	if len(s.Channels) > 0 {
		var within []Trait
		for _, id := range s.Channels {
			within = append(within, Within(id))
		}
		having = append(having, within)
	}
	e.match(w, x, having, s.Lacking)
	s.visible(w)
	w.add(x.as + `.delete_at = 0`)
	if s.During.From > 0 {
		w.add(e.order(x)+` >= ?`, e.at(s.During.From))
	}
	if s.During.Until > 0 {
		w.add(e.order(x)+` < ?`, e.at(s.During.Until))
	}
	for _, o := range s.Outside {
		w.add(`NOT (`+e.order(x)+` >= ? AND `+e.order(x)+` < ?)`, e.at(o.From), e.at(o.Until))
	}
	return w
}

// IndexPosts keeps the search in step with posts that came or say something else.
func (t *Tx) IndexPosts(ctx context.Context, posts []*model.Post) error {
	e := t.d.textEngine()
	var rows []textRow
	for _, p := range posts {
		if p.DeleteAt == 0 && p.OriginalID == "" && !p.System() {
			rows = append(rows, textRow{ID: p.ID, Key: firstKey(p.CreateAt), Words: e.lexemes(postTokens(p))})
		}
	}
	return t.indexTexts(ctx, postIndex, rows)
}

// IndexFiles makes files of posts known to the search.
func (t *Tx) IndexFiles(ctx context.Context, files []*model.FileInfo) error {
	e := t.d.textEngine()
	var rows []textRow
	for _, f := range files {
		rows = append(rows, textRow{ID: f.ID, Key: firstKey(f.CreateAt), Words: e.lexemes(fileTokens(f))})
	}
	return t.indexTexts(ctx, fileIndex, rows)
}

func (t *Tx) indexTexts(ctx context.Context, x textIndex, rows []textRow) error {
	if len(rows) == 0 {
		return nil
	}
	next := map[int64]int64{}
	for i := range rows {
		rows[i].Nth = next[rows[i].Key]
		next[rows[i].Key]++
	}
	return t.d.textEngine().index(ctx, t, x, rows)
}

// UnindexedPosts lists up to n posts before an id, the newest first, that the search does
// not know. Not all of them are ones that can be found.
func (q Q) UnindexedPosts(ctx context.Context, before string, n int) ([]*model.Post, error) {
	return list(ctx, q, scanPost, `SELECT `+postCols+` FROM posts p
		WHERE p.id < ? AND NOT EXISTS (SELECT 1 FROM post_search s WHERE s.post_id = p.id)
		ORDER BY p.id DESC LIMIT ?`, before, n)
}

// UnindexedFiles is UnindexedPosts for the files of posts.
func (q Q) UnindexedFiles(ctx context.Context, before string, n int) ([]*model.FileInfo, error) {
	return list(ctx, q, scanFile, `SELECT `+fileCols+` FROM files f
		WHERE f.id < ? AND f.delete_at = 0 AND f.post_id IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM file_search s WHERE s.file_id = f.id)
		ORDER BY f.id DESC LIMIT ?`, before, n)
}

// UsersNamed finds accounts by exact stored names.
func (q Q) UsersNamed(ctx context.Context, usernames []string) ([]Named, error) {
	return list(ctx, q, scanNamed, `SELECT u.username, u.id FROM users u WHERE `+q.d.idsIn("u.username"), q.d.ids(usernames))
}

// PlacesNamed lists those of somebody's channels that have one of the names or ids: of a team
// and of none, or of all teams.
func (q Q) PlacesNamed(ctx context.Context, userID, teamID string, names []string) ([]string, error) {
	w := &where{}
	(&TextSearch{UserID: userID, TeamID: teamID, Archived: true}).visible(w)
	w.add(`(`+q.d.idsIn("c.name")+` OR `+q.d.idsIn("c.id")+`)`, q.d.ids(names), q.d.ids(names))
	return list(ctx, q, scanValue[string], `SELECT c.id FROM channel_members m JOIN channels c ON c.id = m.channel_id`+w.text()+` ORDER BY c.id`, w.args...)
}
