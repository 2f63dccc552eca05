package workspace

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// CreateDirectChannel gives the channel between two people, who may be one and the same,
// and makes it when it is not there yet.
func (s *Service) CreateDirectChannel(ctx context.Context, a perm.Actor, ids []string) (*model.Channel, error) {
	if len(ids) == 1 && ids[0] == a.UserID {
		ids = []string{a.UserID, a.UserID}
	}
	if len(ids) != 2 || !model.ValidID(ids[0]) || !model.ValidID(ids[1]) {
		return nil, fault.Body("user_ids")
	}
	if err := a.Need(perm.CreateDirectChannel); err != nil {
		return nil, err
	}
	if !slices.Contains(ids, a.UserID) {
		if err := a.Need(perm.ManageSystem); err != nil {
			return nil, err
		}
	}
	creator, other := ids[0], ids[1]
	if other == a.UserID {
		creator, other = other, creator
	}
	if err := s.See(ctx, a, other); err != nil {
		return nil, err
	}
	d := &pair{name: model.DirectName(creator, other), creator: creator, other: other}
	c, err := s.existing(ctx, d.name, func(tx *store.Tx) (*model.Channel, error) { return s.makeDirect(ctx, tx, d) })
	return c, store.Fault(err, "app.channel.create_direct_channel.internal_error")
}

// pair is a direct channel that is wanted.
type pair struct{ name, creator, other string }

// existing gives the channel of no team with the name, else what make makes of it. Two who
// make it at once get the same one: the index on names decides.
func (s *Service) existing(ctx context.Context, name string, make func(*store.Tx) (*model.Channel, error)) (*model.Channel, error) {
	c, err := s.DB.ChannelByName(ctx, "", name)
	if !errors.Is(err, store.ErrNotFound) {
		return c, err
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		c, err = make(tx)
		return err
	})
	if errors.Is(err, store.ErrConflict) {
		return s.DB.ChannelByName(ctx, "", name)
	}
	return c, err
}

func (s *Service) makeDirect(ctx context.Context, tx *store.Tx, d *pair) (*model.Channel, error) {
	members, err := tx.HoldUsers(ctx, []string{d.creator, d.other})
	if err != nil {
		return nil, err
	}
	alone := d.creator == d.other
	if len(members) != 2 && !alone || len(members) == 0 {
		return nil, fault.New(fault.Invalid, "api.channel.create_direct_channel.invalid_user.app_error")
	}
	apart, err := s.keptApart(ctx, tx.Q, members)
	if err != nil {
		return nil, err
	}
	if apart {
		return nil, fault.New(fault.Forbidden, "api.channel.create_channel.direct_channel.team_restricted_error")
	}
	c := s.teamless(model.ChannelDirect, d.name)
	c.CreatorID = d.creator
	ids, err := s.fill(ctx, tx, c, members)
	if err != nil {
		return nil, err
	}
	tx.Emit(event.DirectAdded(c, d.other, ids))
	return c, nil
}

// keptApart tells whether two people may not write to each other, because they have no team in
// common and have to. Bots and oneself may always be written to.
func (s *Service) keptApart(ctx context.Context, q store.Q, members []*model.User) (bool, error) {
	if s.Config().TeamSettings.RestrictDirectMessage != "team" || len(members) != 2 || members[0].IsBot || members[1].IsBot {
		return false, nil
	}
	common, err := q.ShareTeam(ctx, members[0].ID, members[1].ID)
	return !common, err
}

// KeptApart tells whether the people of a direct channel may not write to each other any more.
func (s *Service) KeptApart(ctx context.Context, q store.Q, c *model.Channel) (bool, error) {
	if c.Type != model.ChannelDirect || s.Config().TeamSettings.RestrictDirectMessage != "team" {
		return false, nil
	}
	members, err := q.Users(ctx, strings.Split(c.Name, "__"))
	if err != nil {
		return false, err
	}
	return s.keptApart(ctx, q, members)
}

// teamless begins a direct or group channel.
func (s *Service) teamless(kind, name string) *model.Channel {
	now := s.now()
	return &model.Channel{ID: model.NewID(), CreateAt: now, UpdateAt: now, Type: kind, Name: name, Shared: model.NotShared(kind)}
}

// fill stores a new channel with its members.
func (s *Service) fill(ctx context.Context, tx *store.Tx, c *model.Channel, members []*model.User) ([]string, error) {
	if err := tx.InsertChannel(ctx, c); err != nil {
		return nil, err
	}
	places, ids, guests := make([]*model.ChannelMember, len(members)), make([]string, len(members)), 0
	for i, u := range members {
		places[i], ids[i] = newPlace(c, u, false), u.ID
		if u.IsGuest() {
			guests++
		}
	}
	if _, err := tx.InsertChannelMembers(ctx, c.ID, places); err != nil {
		return nil, err
	}
	slices.Sort(ids)
	return ids, tx.CountChannel(ctx, c.ID, len(ids), guests)
}

// CreateGroupChannel gives the channel of a few people, the actor among them, and makes it
// when it is not there yet.
func (s *Service) CreateGroupChannel(ctx context.Context, a perm.Actor, ids []string) (*model.Channel, error) {
	ids = append(slices.Clone(ids), a.UserID)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if slices.ContainsFunc(ids, func(id string) bool { return !model.ValidID(id) }) {
		return nil, fault.Body("user_ids")
	}
	if err := a.Need(perm.CreateGroupChannel); err != nil {
		return nil, err
	}
	if len(ids) < model.GroupChannelMin || len(ids) > model.GroupChannelMax {
		return nil, fault.New(fault.Invalid, "api.channel.create_group.bad_size.app_error").
			With("Min", model.GroupChannelMin).With("Max", model.GroupChannelMax)
	}
	if err := s.See(ctx, a, ids...); err != nil {
		return nil, err
	}
	name := model.GroupName(ids)
	c, err := s.existing(ctx, name, func(tx *store.Tx) (*model.Channel, error) {
		members, err := tx.HoldUsers(ctx, ids)
		if err != nil {
			return nil, err
		}
		if len(members) != len(ids) {
			return nil, fault.New(fault.Invalid, "api.channel.create_group.bad_user.app_error")
		}
		c := s.teamless(model.ChannelGroup, name)
		c.DisplayName = groupDisplayName(members)
		if _, err := s.fill(ctx, tx, c, members); err != nil {
			return nil, err
		}
		tx.Emit(event.GroupAdded(c, ids)...)
		return c, nil
	})
	return c, store.Fault(err, "app.channel.create_group.internal_error")
}

// groupDisplayName joins the names of people, cut to what a channel can be called.
func groupDisplayName(members []*model.User) string {
	list := make([]string, len(members))
	for i, u := range members {
		list[i] = u.Username
	}
	slices.Sort(list)
	text := strings.Join(list, ", ")
	if len(text) <= model.ChannelDisplayNameMax {
		return text
	}
	n := model.ChannelDisplayNameMax
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
