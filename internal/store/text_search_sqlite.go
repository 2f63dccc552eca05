package store

import (
	"context"
	"strings"
)

// sqliteTexts finds texts with the lists of FTS5. They are sorted by keys that sort like the
// time, so a search reads the front of a few lists and stops when the page is full.
type sqliteTexts struct{}

// keyBits tell the texts of a millisecond apart; keyTimeMax is the last millisecond there is.
const (
	keyBits    = 20
	keyTimeMax = int64(1)<<(63-keyBits) - 1
)

// firstKey is the first key of a millisecond.
func firstKey(ms int64) int64 { return min(max(ms, 0), keyTimeMax) << keyBits }

func (sqliteTexts) lexemes(placed, others []string) string {
	return strings.Join(append(placed, others...), " ")
}

func (sqliteTexts) index(ctx context.Context, t *Tx, x textIndex, rows []textRow) error {
	given := jsonRows(rows)
	from := t.d.records("id text", "key bigint", "nth bigint", "words text")
	_, err := exec(ctx, t.Q, `INSERT INTO `+x.table+` (key, `+x.id+`)
		SELECT x.nth + COALESCE((SELECT s.key + 1 FROM `+x.table+` s WHERE s.key >= x.key AND s.key < x.key + (1 << 20)
			ORDER BY s.key DESC LIMIT 1), x.key), x.id
		FROM `+from+` WHERE TRUE ON CONFLICT (`+x.id+`) DO NOTHING`, given)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.Q, `INSERT OR REPLACE INTO `+x.table+`_words (rowid, words)
		SELECT s.key, x.words FROM `+from+` CROSS JOIN `+x.table+` s ON s.`+x.id+` = x.id`, given) // few rows first
	return err
}

func (sqliteTexts) from(x textIndex) string {
	return ` FROM ` + x.table + `_words g CROSS JOIN ` + x.table + ` s ON s.key = g.rowid` + x.joined(` CROSS JOIN `)
}

func (sqliteTexts) match(w *where, x textIndex, having [][]Trait, lacking []Trait) {
	var all []string
	for _, traits := range having {
		all = append(all, anyTrait(traits))
	}
	query := strings.Join(all, " AND ")
	if len(lacking) > 0 {
		query = "(" + query + ") NOT " + anyTrait(lacking)
	}
	w.add(`g.`+x.table+`_words MATCH ?`, query)
}

// anyTrait writes in the language of FTS5 that a text has one of some traits.
func anyTrait(traits []Trait) string {
	var any []string
	for _, t := range traits {
		phrase := `"` + strings.Join(t.tokens, " ") + `"`
		if t.prefix {
			phrase += " *"
		}
		any = append(any, phrase)
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

func (sqliteTexts) order(textIndex) string { return "g.rowid" }

func (sqliteTexts) at(ms int64) any { return firstKey(ms) }

func (sqliteTexts) custom(args []any) []any { return args }
