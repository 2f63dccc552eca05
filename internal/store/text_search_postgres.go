package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"muster/internal/model"
)

// postgresTexts finds texts with a GIN index over their tokens, or by reading the newest ones
// where what is looked for is common: the planner knows which tokens are.
type postgresTexts struct{}

// lexemes numbers the words. What stands behind some ten thousand, and more than 255 times
// the same word, counts as near each other: that is as far as PostgreSQL counts.
func (postgresTexts) lexemes(placed, others []string) string {
	var b strings.Builder
	for i, w := range placed {
		b.WriteString(w)
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteByte(' ')
	}
	b.WriteString(strings.Join(others, " "))
	return b.String()
}

func (postgresTexts) index(ctx context.Context, t *Tx, x textIndex, rows []textRow) error {
	_, err := exec(ctx, t.Q, `INSERT INTO `+x.table+` (`+x.id+`, words)
		SELECT x.id, x.words::tsvector FROM `+t.d.records("id text", "words text")+`
		ON CONFLICT (`+x.id+`) DO UPDATE SET words = excluded.words`, jsonRows(rows))
	return err
}

func (postgresTexts) from(x textIndex) string { return ` FROM ` + x.table + ` s` + x.joined(` JOIN `) }

func (postgresTexts) match(w *where, _ textIndex, having [][]Trait, lacking []Trait) {
	var all []string
	for _, traits := range having {
		all = append(all, anyLexeme(traits))
	}
	if len(lacking) > 0 {
		all = append(all, "!"+anyLexeme(lacking))
	}
	w.add(`s.words @@ ?::tsquery`, strings.Join(all, " & "))
}

// anyLexeme writes in PostgreSQL's language of text searches that a text has one of some traits.
func anyLexeme(traits []Trait) string {
	var any []string
	for _, t := range traits {
		phrase := "'" + strings.Join(t.tokens, "' <-> '") + "'"
		if t.prefix {
			phrase += ":*"
		}
		any = append(any, phrase)
	}
	return "(" + strings.Join(any, " | ") + ")"
}

func (postgresTexts) order(x textIndex) string { return "s." + x.id }

func (postgresTexts) at(ms int64) any { return model.TimeIDPrefix(ms) }

// custom keeps the driver from a prepared statement, whose plan would have to do for common
// and for rare words.
func (postgresTexts) custom(args []any) []any { return append([]any{pgx.QueryExecModeExec}, args...) }
