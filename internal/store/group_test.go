package store

import (
	"testing"

	"muster/internal/model"
)

func TestGroupIsStoredListedAndChanged(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		u, other := addUser(t, db, "amy"), addUser(t, db, "bob")
		team := addTeam(t, db, "north")
		name := "builders"
		g := &model.Group{ID: model.NewID(), Name: &name, DisplayName: "Büilders", Source: model.GroupCustom, CreateAt: 1, UpdateAt: 1, AllowReference: true}
		must(t, db, func(tx *Tx) error { return tx.InsertGroup(ctx, g) })
		again := *g
		again.ID = model.NewID()
		fails(t, db, ErrConflict, func(tx *Tx) error { return tx.InsertGroup(ctx, &again) })
		equal(t, "by id", value[*model.Group](t)(db.Group(ctx, g.ID)), g)
		equal(t, "by name", value[[]*model.Group](t)(db.GroupsByNames(ctx, []string{name, "x"})), []*model.Group{g})
		must(t, db, func(tx *Tx) error {
			added, err := tx.AddGroupMembers(ctx, g.ID, []string{u.ID, other.ID, "x"}, 7)
			equal(t, "added", len(added), 2)
			if err != nil {
				return err
			}
			if added, err = tx.AddGroupMembers(ctx, g.ID, []string{u.ID}, 8); len(added) != 0 || err != nil {
				t.Errorf("added twice: %v %v", added, err)
			}
			gone, err := tx.RemoveGroupMembers(ctx, g.ID, []string{other.ID, "x"})
			equal(t, "removed", len(gone), 1)
			return err
		})
		equal(t, "kept count", value[*model.Group](t)(db.Group(ctx, g.ID)).Members, int64(1))
		c := addChannel(t, db, team.ID, "chat")
		joinChannel(t, db, c.ID, u)
		equal(t, "counts in a channel", value[[]model.GroupCount](t)(db.GroupCounts(ctx, c.ID, 5)), []model.GroupCount{{GroupID: g.ID, Members: 1}})
		equal(t, "member", value[bool](t)(db.IsGroupMember(ctx, g.ID, u.ID)), true)
		equal(t, "no member", value[bool](t)(db.IsGroupMember(ctx, g.ID, other.ID)), false)
		tie := &model.GroupSyncable{GroupID: g.ID, PlaceID: team.ID, AutoAdd: true, CreateAt: 1, UpdateAt: 2}
		must(t, db, func(tx *Tx) error { return tx.SaveGroupSyncable(ctx, model.SyncableTeam, tie) })
		equal(t, "tie", value[*model.GroupSyncable](t)(db.GroupSyncable(ctx, model.SyncableTeam, g.ID, team.ID)), tie)
		equal(t, "ties", value[[]*model.GroupSyncable](t)(db.GroupSyncables(ctx, model.SyncableTeam, g.ID)),
			[]*model.GroupSyncable{{GroupID: g.ID, PlaceID: team.ID, AutoAdd: true, CreateAt: 1, UpdateAt: 2, Name: team.DisplayName, Type: team.Type}})
		town := addChannel(t, db, team.ID, "town")
		must(t, db, func(tx *Tx) error {
			return tx.SaveGroupSyncable(ctx, model.SyncableChannel, &model.GroupSyncable{GroupID: g.ID, PlaceID: town.ID, DeleteAt: 3})
		})
		equal(t, "no longer tied", len(value[[]GroupOfChannel](t)(db.GroupsByChannel(ctx, ChannelGroups{TeamID: team.ID, ViewerID: u.ID, Open: true, Limit: 9}))), 0)
		must(t, db, func(tx *Tx) error {
			return tx.SaveGroupSyncable(ctx, model.SyncableChannel, &model.GroupSyncable{GroupID: g.ID, PlaceID: town.ID})
		})
		byChannel := value[[]GroupOfChannel](t)(db.GroupsByChannel(ctx, ChannelGroups{TeamID: team.ID, ViewerID: u.ID, Open: true, Referenceable: true, Limit: 9}))
		if len(byChannel) != 1 || byChannel[0].ChannelID != town.ID || byChannel[0].Group.ID != g.ID {
			t.Errorf("by channel: %v", byChannel)
		}
		equal(t, "no page", len(value[[]GroupOfChannel](t)(db.GroupsByChannel(ctx, ChannelGroups{TeamID: team.ID, ViewerID: u.ID, Open: true, Offset: 1, Limit: 9}))), 0)
		equal(t, "of channels one is in", len(value[[]GroupOfChannel](t)(db.GroupsByChannel(ctx, ChannelGroups{TeamID: team.ID, ViewerID: u.ID, Limit: 9}))), 0)
		ask(t, map[string]int64{g.ID: 1})(db.GroupSizesSeen(ctx, &Sight{UserID: u.ID, Channels: true}, []string{g.ID}))
		ask(t, map[string]int64{})(db.GroupSizesSeen(ctx, &Sight{UserID: other.ID}, []string{g.ID}))
		ask(t, false)(db.GroupMakesAdmins(ctx, g.ID))
		must(t, db, func(tx *Tx) error {
			return tx.SaveGroupSyncable(ctx, model.SyncableChannel, &model.GroupSyncable{GroupID: g.ID, PlaceID: town.ID, SchemeAdmin: true})
		})
		ask(t, true)(db.GroupMakesAdmins(ctx, g.ID))
		ask(t, []string{g.ID})(db.GroupsMakingAdmins(ctx, model.SyncableChannel, town.ID))
		if ties := value[[]*model.GroupSyncable](t)(db.GroupSyncables(ctx, model.SyncableChannel, g.ID)); len(ties) != 1 || ties[0].Name != town.DisplayName ||
			ties[0].TeamID != team.ID || ties[0].TeamName != team.DisplayName {
			t.Errorf("ties to channels %+v", ties)
		}
		must(t, db, func(tx *Tx) error {
			return tx.SaveGroupSyncable(ctx, model.SyncableChannel, &model.GroupSyncable{GroupID: g.ID, PlaceID: town.ID, DeleteAt: 3})
		})
		equal(t, "no ties", len(value[[]*model.GroupSyncable](t)(db.GroupSyncables(ctx, model.SyncableChannel, g.ID))), 0)
		for name, tc := range map[string]struct {
			filter GroupFilter
			want   int
		}{
			"all": {GroupFilter{}, 1}, "by term": {GroupFilter{Term: "BUIL"}, 1}, "by another term": {GroupFilter{Term: "%"}, 0},
			"by source": {GroupFilter{Source: model.GroupLDAP}, 0}, "to be mentioned": {GroupFilter{Referenceable: true}, 1},
			"of a member": {GroupFilter{WithMember: u.ID}, 1}, "of nobody": {GroupFilter{WithMember: other.ID}, 0},
			"changed since": {GroupFilter{Since: 2}, 0}, "archived ones": {GroupFilter{OnlyArchived: true}, 0}, "with archived ones": {GroupFilter{Archived: true}, 1},
			"of a team": {GroupFilter{OfTeam: team.ID}, 1}, "not of a team": {GroupFilter{NotInTeam: team.ID}, 0},
			"of a channel": {GroupFilter{OfChannel: "x"}, 0}, "not of a channel": {GroupFilter{NotInChannel: "x"}, 1},
		} {
			f := tc.filter
			f.Limit = 9
			equal(t, name, len(value[[]*model.Group](t)(db.Groups(ctx, f))), tc.want)
			equal(t, name+" counted", value[int64](t)(db.CountGroups(ctx, f)), int64(tc.want))
		}
		must(t, db, func(tx *Tx) error {
			locked, err := tx.LockGroup(ctx, g.ID)
			if err != nil {
				return err
			}
			locked.DisplayName, locked.DeleteAt = "Masons", 9
			return tx.UpdateGroup(ctx, locked)
		})
		equal(t, "archived", len(value[[]*model.Group](t)(db.GroupsByNames(ctx, []string{name}))), 0)
	})
}
