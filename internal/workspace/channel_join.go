package workspace

import (
	"context"
	"slices"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/store"
)

// channelEntry says how accounts come into a channel.
type channelEntry struct {
	by    *model.User // who added them; nil when they came by themselves
	admin bool        // they become admins of the channel
	team  bool        // they come because they joined the team
	quiet bool        // nothing is written in the channel
}

// joinChannel puts accounts into a channel: rows, counts, what the channel reads of it,
// and who hears it. Who is in it already stays as they are. It gives the places of all of
// them, by account; whether they may come has been decided before.
func (s *Service) joinChannel(ctx context.Context, tx *store.Tx, c *model.Channel, users []*model.User, e channelEntry,
) (map[string]*model.ChannelMember, error) {
	now := s.now()
	rows, ids := make([]*model.ChannelMember, len(users)), make([]string, len(users))
	for i, u := range users {
		ids[i] = u.ID
		rows[i] = &model.ChannelMember{
			UserID: u.ID, Username: u.Username, CreateAt: now, NotifyProps: model.DefaultChannelNotifyProps(),
			SchemeGuest: u.IsGuest(), SchemeUser: !u.IsGuest(), SchemeAdmin: e.admin && !u.IsGuest(),
		}
	}
	added, err := tx.InsertChannelMembers(ctx, c.ID, rows)
	if err != nil {
		return nil, store.Fault(err, "app.channel.save_member.save.app_error", fault.New(fault.NotFound, "app.channel.get.existing.app_error"))
	}
	list, err := tx.ChannelMembersAmong(ctx, c.ID, ids)
	if err != nil {
		return nil, err
	}
	members := make(map[string]*model.ChannelMember, len(list))
	for _, m := range list {
		members[m.UserID] = m
	}
	if len(added) == 0 {
		return members, nil
	}
	came := slices.DeleteFunc(slices.Clone(users), func(u *model.User) bool { return !slices.Contains(added, u.ID) })
	guests := 0
	for _, u := range came {
		if u.IsGuest() {
			guests++
		}
	}
	tx.Emit(entered(c, came, e)...)
	if err := tx.CountChannel(ctx, c.ID, len(came), guests); err != nil {
		return nil, err
	}
	if e.quiet {
		return members, nil
	}
	return members, s.announceEntry(ctx, tx, c, came, e)
}

// entered are the events that say who came. Who came with a team is told to the channel alone.
func entered(c *model.Channel, came []*model.User, e channelEntry) []event.Event {
	ids, list := make([]string, len(came)), make([]event.Event, len(came))
	for i, u := range came {
		ids[i], list[i] = u.ID, event.UserAdded(c, u.ID)
	}
	if e.team {
		return list
	}
	return event.MembersAdded(c, ids)
}

// announceEntry writes in a channel who came. Whoever was added by somebody is mentioned by that.
func (s *Service) announceEntry(ctx context.Context, tx *store.Tx, c *model.Channel, came []*model.User, e channelEntry) error {
	posts := make([]systemPost, len(came))
	for i, u := range came {
		posts[i] = entryPost(c, u, e)
		if posts[i].author.ID != u.ID && !e.team {
			posts[i].mentions = []string{u.ID}
		}
	}
	return s.writeSystemPost(ctx, tx, c, posts...)
}

// entryPost is what a channel reads when somebody comes.
func entryPost(c *model.Channel, u *model.User, e channelEntry) systemPost {
	place, join, add := "channel", model.PostJoinChannel, model.PostAddToChannel
	switch {
	case u.IsGuest():
		join, add = model.PostGuestJoinChannel, model.PostAddGuestToChannel
	case e.team && c.Name == model.TownSquare:
		place, join, add = "team", model.PostJoinTeam, model.PostAddToTeam
	}
	who := u.Username
	if u.IsGuest() {
		who += " (guest)"
	}
	if e.by == nil || e.by.ID == u.ID {
		return systemPost{author: u, kind: join, message: who + " joined the " + place + ".", props: map[string]any{"username": u.Username}}
	}
	return systemPost{
		author: e.by, kind: add, message: who + " was added to the " + place + " by " + e.by.Username + ".",
		props: map[string]any{"userId": e.by.ID, "username": e.by.Username, "addedUserId": u.ID, "addedUsername": u.Username},
	}
}

// leaveChannel takes an account out of a channel. by is who removed it, nil when it left
// by itself. A guest without a channel is no longer in the team either. [store.ErrNotFound]
// means that it was not in the channel.
func (s *Service) leaveChannel(ctx context.Context, tx *store.Tx, c *model.Channel, u, by *model.User) error {
	if err := tx.DeleteChannelMember(ctx, c.ID, u.ID); err != nil {
		return err
	}
	guests := 0
	if u.IsGuest() {
		guests = 1
	}
	if err := tx.CountChannel(ctx, c.ID, -1, -guests); err != nil {
		return err
	}
	if err := tx.ForgetChannelOrder(ctx, c.ID, u.ID); err != nil {
		return err
	}
	if err := tx.LeaveThreadsOfChannel(ctx, c.ID, u.ID); err != nil {
		return err
	}
	post := systemPost{
		author: u, kind: model.PostLeaveChannel, message: u.Username + " left the channel.",
		props: map[string]any{"username": u.Username},
	}
	remover := u.ID
	if by != nil && by.ID != u.ID {
		remover = by.ID
		post = systemPost{
			author: by, kind: model.PostRemoveFromChannel, message: u.Username + " was removed from the channel.",
			props: map[string]any{"removedUserId": u.ID, "removedUsername": u.Username},
		}
	}
	tx.Emit(event.UserRemoved(c, u.ID, remover)...)
	if err := s.writeSystemPost(ctx, tx, c, post); err != nil {
		return err
	}
	if !u.IsGuest() || !c.InTeam() {
		return nil
	}
	if stays, err := tx.InAChannelOf(ctx, c.TeamID, u.ID); err != nil || stays {
		return err
	}
	return s.leaveTeam(ctx, tx, c.TeamID, u, by)
}
