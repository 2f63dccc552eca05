package store

import (
	"testing"

	"muster/internal/model"
)

// addBot stores an account with the bot it is.
func addBot(t *testing.T, db *DB, name, ownerID string, at int64) *model.Bot {
	t.Helper()
	u := aUser(name)
	u.IsBot, u.FirstName = true, "The "+name
	b := &model.Bot{UserID: u.ID, Username: name, DisplayName: u.FirstName, Description: "é", OwnerID: ownerID, LastIconUpdate: 3, CreateAt: at, UpdateAt: at}
	must(t, db, func(tx *Tx) error {
		if err := tx.InsertUser(t.Context(), u); err != nil {
			return err
		}
		return tx.InsertBot(t.Context(), b)
	})
	return b
}

func TestBotIsStoredChangedAndRemoved(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		b := addBot(t, db, "beep", "com.example.plugin", 5)
		equal(t, "bot", value[*model.Bot](t)(db.Bot(ctx, b.UserID)), b)
		equal(t, "owner", value[string](t)(db.BotOwner(ctx, b.UserID)), "com.example.plugin")
		u := value[*model.User](t)(db.User(ctx, b.UserID))
		equal(t, "account", []any{u.IsBot, u.BotDescription}, []any{true, "é"})
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertBot(ctx, b) })
		fails(t, db, ErrMissing, func(tx *Tx) error { return tx.InsertBot(ctx, &model.Bot{UserID: model.NewID()}) })

		b.Description, b.OwnerID, b.UpdateAt, b.DeleteAt = "d", "somebody", 8, 9
		must(t, db, func(tx *Tx) error { return tx.UpdateBot(ctx, b) })
		equal(t, "changed bot", value[*model.Bot](t)(db.Bot(ctx, b.UserID)), b)
		must(t, db, func(tx *Tx) error { return tx.DeleteBot(ctx, b.UserID) })
		wantErr[*model.Bot](t, ErrNotFound)(db.Bot(ctx, b.UserID))
		wantErr[string](t, ErrNotFound)(db.BotOwner(ctx, b.UserID))
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.UpdateBot(ctx, b) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.DeleteBot(ctx, b.UserID) })
	})
}

func TestBotsAreListedOldestFirst(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, gone := addUser(t, db, "amy"), aUser("gone")
		gone.DeleteAt = 4
		must(t, db, func(tx *Tx) error { return tx.InsertUser(ctx, gone) })
		addBot(t, db, "late", amy.ID, 30)
		addBot(t, db, "twin-b", amy.ID, 10)
		addBot(t, db, "twin-a", gone.ID, 10)
		addBot(t, db, "plugin", "com.example.plugin", 20)
		deleted := addBot(t, db, "deleted", amy.ID, 5)
		deleted.DeleteAt = 6
		must(t, db, func(tx *Tx) error { return tx.UpdateBot(ctx, deleted) })
		names := func(list []*model.Bot, err error) (out []string) {
			if err != nil {
				t.Errorf("list: %v", err)
			}
			for _, b := range list {
				out = append(out, b.Username)
			}
			return out
		}
		for name, tc := range map[string]struct {
			f    BotFilter
			want []string
		}{
			"active":              {BotFilter{Limit: 9}, []string{"twin-a", "twin-b", "plugin", "late"}},
			"all":                 {BotFilter{IncludeDeleted: true, Limit: 9}, []string{"deleted", "twin-a", "twin-b", "plugin", "late"}},
			"of one":              {BotFilter{OwnerID: amy.ID, Limit: 9}, []string{"twin-b", "late"}},
			"of a plug-in":        {BotFilter{OwnerID: "com.example.plugin", Limit: 9}, []string{"plugin"}},
			"without owner":       {BotFilter{OnlyOrphaned: true, Limit: 9}, []string{"twin-a"}},
			"a page":              {BotFilter{Offset: 1, Limit: 2}, []string{"twin-b", "plugin"}},
			"of one, all, a page": {BotFilter{OwnerID: amy.ID, IncludeDeleted: true, Offset: 1, Limit: 1}, []string{"twin-b"}},
			"none":                {BotFilter{OwnerID: "none", Limit: 9}, nil},
		} {
			equal(t, name, names(db.Bots(ctx, tc.f)), tc.want)
		}
		equal(t, "active of one", names(db.ActiveBotsOf(ctx, amy.ID, 1)), []string{"twin-b"})
	})
}
