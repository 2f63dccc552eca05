package store

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"

	"muster/internal/model"
)

type postgresSeeder struct{ db *DB }

func (s postgresSeeder) insert(ctx context.Context, users []*model.User) error {
	columns := strings.FieldsFunc(newUserCols, func(r rune) bool { return strings.ContainsRune(" ,\t\n\"", r) })
	return s.copyTo(ctx, "users", columns, len(users), func(i int) []any { return newUserValues(users[i]) })
}

// gramsIndex has to read the same here and in the migrations.
const gramsIndex = `CREATE INDEX user_search_grams ON user_search USING gin (grams) WITH (fastupdate = off)`

// clear drops the index on tokens: to build it afterwards takes a fifth of the time.
func (s postgresSeeder) clear(ctx context.Context) error {
	return s.run(ctx, `TRUNCATE user_search, user_search_counts`, `DROP INDEX user_search_grams`)
}

func (s postgresSeeder) index(ctx context.Context, users []*userText, _ int) error {
	return s.copyTo(ctx, "user_search", []string{"id", "public", "names", "email", "delete_at", "roles", "grams"}, len(users), func(i int) []any {
		u := users[i]
		grams := pgtype.TSVector{Valid: true}
		for _, l := range u.lexemes() {
			grams.Lexemes = append(grams.Lexemes, pgtype.TSVectorLexeme{Word: l})
		}
		return []any{u.id, u.public, u.names, u.email, u.deleteAt, u.roles, grams}
	})
}

// finish lets reading by username do without the rows: PostgreSQL has to know that
// all transactions see them.
func (s postgresSeeder) finish(ctx context.Context) error {
	return s.run(ctx, gramsIndex, `VACUUM (ANALYZE) users`, `VACUUM (ANALYZE) user_search`, `VACUUM (ANALYZE) user_search_counts`)
}

func (s postgresSeeder) run(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if _, err := exec(ctx, s.db.Q, text); err != nil {
			return err
		}
	}
	return nil
}

func (s postgresSeeder) copyTo(ctx context.Context, table string, columns []string, n int, row func(i int) []any) (err error) {
	conn, err := s.db.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns,
			pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil }))
		return classify(err)
	})
}
