package store

import (
	"testing"

	"muster/internal/model"
)

func TestSignsNeverReplaceAChoice(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob := addUser(t, db, "amy"), addUser(t, db, "bob")
		dnd := &model.Status{UserID: bob.ID, Status: model.StatusDND, Manual: true, LastActivityAt: 3, DNDEndTime: 60}
		must(t, db, func(tx *Tx) error { return tx.SaveStatus(ctx, dnd) })
		online := func(id string, at int64) *model.Status {
			return &model.Status{UserID: id, Status: model.StatusOnline, LastActivityAt: at}
		}
		must(t, db, func(tx *Tx) error {
			return tx.SaveSigns(ctx, "node", []*model.Status{online(amy.ID, 7), online(bob.ID, 7), online(model.NewID(), 7)})
		})
		must(t, db, func(tx *Tx) error { return tx.SaveSigns(ctx, "node", []*model.Status{online(amy.ID, 8)}) })
		read := value[*model.Status](t)
		equal(t, "amy", read(db.Status(ctx, amy.ID)), online(amy.ID, 8))
		equal(t, "bob", read(db.Status(ctx, bob.ID)), dnd)
	})
}

func TestSignsTellWhichChannelIsLookedAt(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy := addUser(t, db, "amy")
		st := &model.Status{UserID: amy.ID, Status: model.StatusDND, Manual: true, ActiveChannel: "one"}
		must(t, db, func(tx *Tx) error { return tx.SaveStatus(ctx, st) })
		must(t, db, func(tx *Tx) error {
			return tx.SaveSigns(ctx, "node", []*model.Status{{UserID: amy.ID, Status: model.StatusOnline, ActiveChannel: "two"}})
		})
		st.ActiveChannel = "two"
		equal(t, "a choice with another channel", value[*model.Status](t)(db.Status(ctx, amy.ID)), st)
	})
}

func TestNodesThatDieLeaveNobodyPresent(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		names := []string{"amy", "bob", "cat", "dan", "eve"}
		ids := map[string]string{}
		sign := func(node, name, status string) {
			must(t, db, func(tx *Tx) error {
				return tx.SaveSigns(ctx, node, []*model.Status{{UserID: ids[name], Status: status, ActiveChannel: "c"}})
			})
		}
		for _, name := range names {
			ids[name] = addUser(t, db, name).ID
		}
		for i, node := range []string{"old", "own", "young"} {
			must(t, db, func(tx *Tx) error { return tx.NodeSeen(ctx, node, int64(10*i)) })
		}
		sign("old", "amy", model.StatusOnline)
		sign("old", "bob", model.StatusAway)
		sign("own", "cat", model.StatusOnline)
		sign("young", "dan", model.StatusOnline)
		must(t, db, func(tx *Tx) error {
			return tx.SaveStatus(ctx, &model.Status{UserID: ids["eve"], Status: model.StatusAway, Manual: true})
		})
		drop := func(but string, since int64) (n int64) {
			must(t, db, func(tx *Tx) (err error) { n, err = tx.DropNodes(ctx, but, since); return err })
			return n
		}
		take := func(n int) (gone []string) {
			must(t, db, func(tx *Tx) (err error) { gone, err = tx.TakeOffline(ctx, n); return err })
			return sorted(gone)
		}
		equal(t, "nobody is lost", len(take(9)), 0)
		equal(t, "one node died", drop("own", 15), int64(1))
		equal(t, "a batch", len(take(1)), 1)
		equal(t, "the rest", len(take(9)), 1)
		equal(t, "amy", value[*model.Status](t)(db.Status(ctx, ids["amy"])), &model.Status{UserID: ids["amy"], Status: model.StatusOffline})
		must(t, db, func(tx *Tx) error { return tx.NodeGone(ctx, "young") })
		equal(t, "a node stopped", take(9), []string{ids["dan"]})
	})
}

func TestPlacesAndAcquaintances(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		amy, bob, cat := addUser(t, db, "amy"), addUser(t, db, "bob"), addUser(t, db, "cat")
		team := addTeam(t, db, "north")
		ch, other, old := addChannel(t, db, team.ID, "c"), addChannel(t, db, team.ID, "o"), addChannel(t, db, team.ID, "old")
		joinTeam(t, db, team.ID, amy)
		left := joinTeam(t, db, team.ID, bob)
		left.DeleteAt = 5
		must(t, db, func(tx *Tx) error { return tx.SaveTeamMember(ctx, left) })
		joinChannel(t, db, ch.ID, amy)
		joinChannel(t, db, ch.ID, bob)
		joinChannel(t, db, other.ID, cat)
		joinChannel(t, db, old.ID, amy)
		old.DeleteAt = 5
		must(t, db, func(tx *Tx) error { return tx.UpdateChannel(ctx, old) })

		where := value[map[string][]string](t)(db.PlacesOf(ctx, []string{amy.ID, bob.ID, model.NewID()}))
		equal(t, "accounts", len(where), 2)
		equal(t, "amy's places", sorted(where[amy.ID]), sorted([]string{team.ID, ch.ID}))
		equal(t, "bob's places", where[bob.ID], []string{ch.ID})

		all := []string{amy.ID, bob.ID, cat.ID}
		equal(t, "who knows bob", sorted(value[[]string](t)(db.Acquainted(ctx, all, bob.ID))), sorted([]string{amy.ID, bob.ID}))

		for i, u := range []*model.User{amy, bob, cat} {
			st := &model.Status{UserID: u.ID, Status: []string{model.StatusAway, model.StatusOffline, model.StatusOnline}[i]}
			must(t, db, func(tx *Tx) error { return tx.SaveStatus(ctx, st) })
		}
		around := func(id string, n int) (out []string) {
			for _, st := range value[[]*model.Status](t)(db.StatusesAround(ctx, id, n)) {
				out = append(out, st.UserID)
			}
			return out
		}
		equal(t, "around bob", around(bob.ID, 10), []string{amy.ID})
		equal(t, "around cat", around(cat.ID, 10), []string{cat.ID})
		equal(t, "none", len(around(cat.ID, 0)), 0)
	})
}
