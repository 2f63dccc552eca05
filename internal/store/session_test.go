package store

import (
	"testing"

	"muster/internal/model"
)

func TestSessionIsStoredAndFoundByItsToken(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		s := &model.Session{
			ID: model.NewTimeID(1), CreateAt: 1, ExpiresAt: 2, LastActivityAt: 3, UserID: u.ID, DeviceID: "apple:x",
			IsOAuth: true, ExpiredNotify: true, Props: model.StringMap{"os": "Ünix"},
		}
		hash := addSession(t, db, s)
		equal(t, "by token", value[*model.Session](t)(db.SessionByToken(ctx, hash)), s)
		equal(t, "by id", value[*model.Session](t)(db.Session(ctx, s.ID)), s)
		for _, unknown := range [][]byte{nil, {}, hash[1:], model.HashToken("other"), append([]byte(nil), append(hash, 0)...)} {
			wantErr[*model.Session](t, ErrNotFound)(db.SessionByToken(ctx, unknown))
		}
		wantErr[*model.Session](t, ErrNotFound)(db.Session(ctx, model.NewID()))

		bare := aSession(u.ID, 9)
		bare.Props = nil
		addSession(t, db, bare)
		equal(t, "props of a session without", value[*model.Session](t)(db.Session(ctx, bare.ID)).Props, model.StringMap{})

		same, sameToken := aSession(u.ID, 5), aSession(u.ID, 6)
		same.ID = s.ID
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertSession(ctx, same, []byte("other")) })
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertSession(ctx, sameToken, hash) })
		fails(t, db, ErrMissing, func(tx *Tx) error { return tx.InsertSession(ctx, aSession(model.NewID(), 7), []byte("h")) })
	})
}

// sessionsOf gives the last activities of the sessions of an account, in their order.
func sessionsOf(t *testing.T, db *DB, userID string) (out []int64) {
	t.Helper()
	for _, s := range value[[]*model.Session](t)(db.Sessions(t.Context(), userID)) {
		out = append(out, s.LastActivityAt)
	}
	return out
}

func TestSessionsAreListedMostRecentlyUsedFirst(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		for _, at := range []int64{20, 50, 30, 10, 40} {
			addSession(t, db, aSession(amy.ID, at))
		}
		addSession(t, db, aSession(bob.ID, 60))
		equal(t, "sessions", sessionsOf(t, db, amy.ID), []int64{50, 40, 30, 20, 10})
		equal(t, "sessions of nobody", sessionsOf(t, db, model.NewID()), []int64(nil))
	})
}

func TestTrimSessionsEndsTheLeastRecentlyUsed(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		for at := range int64(5) {
			addSession(t, db, aSession(amy.ID, at))
			addSession(t, db, aSession(bob.ID, at))
		}
		for _, step := range []struct {
			keep  int
			ended int64
			left  []int64
		}{{9, 0, []int64{4, 3, 2, 1, 0}}, {5, 0, []int64{4, 3, 2, 1, 0}}, {3, 2, []int64{4, 3, 2}}, {0, 3, nil}} {
			must(t, db, func(tx *Tx) error {
				n, err := tx.TrimSessions(ctx, amy.ID, step.keep)
				equal(t, "ended", n, step.ended)
				return err
			})
			equal(t, "left", sessionsOf(t, db, amy.ID), step.left)
		}
		equal(t, "sessions of another", len(sessionsOf(t, db, bob.ID)), 5)
	})
}

func TestSessionsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		var list []*model.Session
		for at := range int64(6) {
			s := aSession(amy.ID, at)
			if at < 3 {
				s.DeviceID = "phone"
			}
			addSession(t, db, s)
			list = append(list, s)
		}
		other := aSession(bob.ID, 1)
		other.DeviceID = "phone"
		addSession(t, db, other)

		must(t, db, func(tx *Tx) error { return tx.DeleteSession(ctx, list[5].ID) })
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.DeleteSession(ctx, list[5].ID) })
		equal(t, "after one", sessionsOf(t, db, amy.ID), []int64{4, 3, 2, 1, 0})
		must(t, db, func(tx *Tx) error { return tx.DeleteSessionsOfDevice(ctx, amy.ID, "phone", list[1].ID) })
		must(t, db, func(tx *Tx) error { return tx.DeleteSessionsOfDevice(ctx, amy.ID, "tablet", "") })
		equal(t, "after those of a device", sessionsOf(t, db, amy.ID), []int64{4, 3, 1})
		must(t, db, func(tx *Tx) error {
			n, err := tx.DeleteSessionsOf(ctx, amy.ID, list[3].ID)
			equal(t, "ended", n, int64(2))
			return err
		})
		equal(t, "after all but one", sessionsOf(t, db, amy.ID), []int64{3})
		must(t, db, func(tx *Tx) error { _, err := tx.DeleteSessionsOf(ctx, amy.ID, ""); return err })
		equal(t, "after all", sessionsOf(t, db, amy.ID), []int64(nil))
		equal(t, "of another", sessionsOf(t, db, bob.ID), []int64{1})
		must(t, db, func(tx *Tx) error { return tx.DeleteAllSessions(ctx) })
		equal(t, "after all of all", sessionsOf(t, db, bob.ID), []int64(nil))
	})
}

func TestEndedSessionsAreRemovedInBatches(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		for at, end := range []int64{0, 100, 200, 300, 400} { // 0 never ends
			s := aSession(u.ID, int64(at))
			s.ExpiresAt = end
			addSession(t, db, s)
		}
		for _, removed := range []int64{2, 1, 0} {
			must(t, db, func(tx *Tx) error {
				n, err := tx.DeleteExpiredSessions(ctx, 400, 2)
				equal(t, "removed", n, removed)
				return err
			})
		}
		equal(t, "left", sessionsOf(t, db, u.ID), []int64{4, 0})
	})
}

func TestSessionChanges(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u := addUser(t, db, "amy")
		s, endless := aSession(u.ID, 1), aSession(u.ID, 2)
		s.ExpiresAt, s.ExpiredNotify, endless.ExpiresAt = 100, true, 0
		addSession(t, db, s)
		addSession(t, db, endless)
		now := func() *model.Session { return value[*model.Session](t)(db.Session(ctx, s.ID)) }

		must(t, db, func(tx *Tx) error { return tx.TouchSession(ctx, s.ID, 50) })
		equal(t, "last activity", now().LastActivityAt, int64(50))
		fails(t, db, ErrNotFound, func(tx *Tx) error { return tx.ExtendSession(ctx, s.ID, 100, 500) }) // it ends now
		must(t, db, func(tx *Tx) error { return tx.ExtendSession(ctx, s.ID, 99, 500) })
		equal(t, "end", []any{now().ExpiresAt, now().ExpiredNotify}, []any{int64(500), false})
		must(t, db, func(tx *Tx) error { return tx.AttachDevice(ctx, s.ID, "phone", 600) })
		equal(t, "device", []any{now().DeviceID, now().ExpiresAt}, []any{"phone", int64(600)})
		for _, props := range []model.StringMap{{"a": "b"}, {}, nil} {
			must(t, db, func(tx *Tx) error { return tx.SetSessionProps(ctx, s.ID, props) })
			equal(t, "props", now().Props, object(props))
		}
		for _, fn := range []func(tx *Tx) error{
			func(tx *Tx) error { return tx.TouchSession(ctx, "none", 1) },
			func(tx *Tx) error { return tx.ExtendSession(ctx, "none", 1, 2) },
			func(tx *Tx) error { return tx.ExtendSession(ctx, endless.ID, 1, 2) },
			func(tx *Tx) error { return tx.AttachDevice(ctx, "none", "d", 2) },
			func(tx *Tx) error { return tx.SetSessionProps(ctx, "none", nil) },
		} {
			fails(t, db, ErrNotFound, fn)
		}
	})
}
