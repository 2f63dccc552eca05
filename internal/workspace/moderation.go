package workspace

import (
	"context"
	"slices"
	"strings"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// moderationPrefix begins the names of schemes that exist for the moderation of one channel, and
// no others. Such a scheme goes when the channel has it no longer.
const moderationPrefix = "moderation_"

// bound is what members and guests of a channel may do of what can be moderated: what they
// have, and what they would have without a scheme of the channel.
type bound struct {
	tie           store.ChannelTie
	members, user map[string]bool // what members have, and would have
	guests, guest map[string]bool
	roles         map[string]*model.Role // as stored
}

// boundOf reads how the members and guests of a channel are bound.
func boundOf(ctx context.Context, q store.Q, channelID string) (*bound, error) {
	tie, err := q.ChannelTie(ctx, channelID)
	if err != nil {
		return nil, err
	}
	roles, err := rolesNamed(ctx, q, []string{tie.Own.User, tie.Own.Guest, tie.Without.User, tie.Without.Guest})
	if err != nil {
		return nil, err
	}
	b := &bound{tie: tie, roles: roles, user: moderatedIn(roles[tie.Without.User]), guest: moderatedIn(roles[tie.Without.Guest])}
	b.members, b.guests = b.user, b.guest
	if tie.Own.User != "" {
		b.members, b.guests = moderatedIn(roles[tie.Own.User]), moderatedIn(roles[tie.Own.Guest])
	}
	return b, nil
}

func moderatedIn(r *model.Role) map[string]bool {
	out := map[string]bool{}
	for _, p := range perm.Moderated(r.Permissions) {
		out[p] = true
	}
	return out
}

// view lists the moderations of a channel of a type.
func (b *bound) view(kind string) []*model.ChannelModeration {
	var out []*model.ChannelModeration
	for _, m := range perm.Moderations() {
		ids := m.In(kind != model.ChannelOpen)
		v := &model.ChannelModeration{Name: m.Name}
		v.Roles.Members = moderatedRole(ids, b.members, b.user)
		if m.Guests {
			v.Roles.Guests = moderatedRole(ids, b.guests, b.guest)
		}
		out = append(out, v)
	}
	return out
}

func moderatedRole(ids []perm.Permission, has, without map[string]bool) *model.ModeratedRole {
	r := &model.ModeratedRole{}
	for _, p := range ids {
		r.Enabled = r.Enabled || without[string(p)]
		r.Value = r.Value || without[string(p)] && has[string(p)]
	}
	return r
}

// ChannelModerations tells who in a channel may do what can be moderated.
func (s *Service) ChannelModerations(ctx context.Context, a perm.Actor, channelID string) ([]*model.ChannelModeration, error) {
	if err := a.Need(perm.SysconsoleReadUserManagementChannels); err != nil {
		return nil, err
	}
	c, err := s.DB.Channel(ctx, channelID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error", channelMissing())
	}
	if !c.InTeam() {
		return nil, fault.URL("channel_id")
	}
	b, err := boundOf(ctx, s.DB.Q, channelID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error", channelMissing())
	}
	return b.view(c.Type), nil
}

// PatchChannelModerations takes from the members or guests of a channel what can be moderated,
// or gives it back. What they lack in the whole team stays away.
func (s *Service) PatchChannelModerations(ctx context.Context, a perm.Actor, channelID string, patches []model.ModerationPatch,
) ([]*model.ChannelModeration, error) {
	if err := a.Need(perm.SysconsoleWriteUserManagementChannels); err != nil {
		return nil, err
	}
	members, guests, err := readModeration(patches)
	if err != nil {
		return nil, err
	}
	var out []*model.ChannelModeration
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		access, err := s.lockChannel(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		if !access.Channel.InTeam() {
			return fault.URL("channel_id")
		}
		b, err := boundOf(ctx, tx.Q, channelID)
		if err != nil {
			return err
		}
		was := *b
		b.members, b.guests = changed(b.members, b.user, members), changed(b.guests, b.guest, guests)
		out = b.view(access.Channel.Type)
		return s.moderate(ctx, tx, access.Channel, &was, b)
	})
	return out, store.Fault(err, "app.channel.update_channel.internal_error")
}

// readModeration gives by permission what is to become of it, for members and for guests.
func readModeration(patches []model.ModerationPatch) (members, guests map[string]bool, err error) {
	members, guests = map[string]bool{}, map[string]bool{}
	known := perm.Moderations()
	for _, p := range patches {
		i := slices.IndexFunc(known, func(m perm.Moderation) bool { return m.Name == p.Name })
		if i < 0 || p.Roles.Guests != nil && !known[i].Guests {
			return nil, nil, fault.Body("channel_moderations_patch")
		}
		for _, id := range known[i].All() {
			if p.Roles.Members != nil {
				members[string(id)] = *p.Roles.Members
			}
			if p.Roles.Guests != nil {
				guests[string(id)] = *p.Roles.Guests
			}
		}
	}
	return members, guests, nil
}

// changed gives what somebody has after a change; nothing is given that they would not have
// without the scheme of the channel.
func changed(has, without, change map[string]bool) map[string]bool {
	out := map[string]bool{}
	for id := range has {
		out[id] = true
	}
	for id, on := range change {
		switch {
		case !on:
			delete(out, id)
		case without[id]:
			out[id] = true
		}
	}
	return out
}

// covers tells whether nothing of a list is missing in another.
func covers(has, all map[string]bool) bool {
	for id := range all {
		if !has[id] {
			return false
		}
	}
	return true
}

// same tells whether two lists hold the same.
func same(a, b map[string]bool) bool { return len(a) == len(b) && covers(a, b) }

// moderate stores how a channel is bound now: in a scheme of its own, as long as anything is
// taken from anybody.
func (s *Service) moderate(ctx context.Context, tx *store.Tx, c *model.Channel, was, now *bound) error {
	if same(was.members, now.members) && same(was.guests, now.guests) {
		return nil
	}
	own, err := s.ownScheme(ctx, tx, c)
	if err != nil {
		return err
	}
	free := covers(now.members, now.user) && covers(now.guests, now.guest)
	switch {
	case own == nil && free:
		return s.giveScheme(ctx, tx, c, nil)
	case own == nil:
		return s.startModeration(ctx, tx, c, now)
	case free && strings.HasPrefix(own.Name, moderationPrefix):
		return s.giveScheme(ctx, tx, c, nil)
	}
	return s.changeModeration(ctx, tx, c, was, now)
}

// ownScheme holds the scheme of a channel; nil when it has none, or shares it with others.
func (s *Service) ownScheme(ctx context.Context, tx *store.Tx, c *model.Channel) (*model.Scheme, error) {
	if c.SchemeID == nil {
		return nil, nil
	}
	m, err := tx.LockScheme(ctx, *c.SchemeID)
	if err != nil {
		return nil, err
	}
	users, err := tx.SchemeChannels(ctx, m.ID, 0, 2)
	if err != nil || len(users) > 1 {
		return nil, err
	}
	return m, nil
}

// startModeration gives a channel a scheme of its own.
func (s *Service) startModeration(ctx context.Context, tx *store.Tx, c *model.Channel, now *bound) error {
	m := &model.Scheme{Name: moderationPrefix + model.NewID(), DisplayName: "Moderation of " + c.ID, Scope: model.SchemeChannel}
	err := s.insertScheme(ctx, tx, m, func(r schemeRole) []string {
		switch r.builtIn {
		case perm.RoleChannelUser:
			return listOf(now.members)
		case perm.RoleChannelGuest:
			return listOf(now.guests)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.giveScheme(ctx, tx, c, &m.ID)
}

func listOf(ids map[string]bool) []string {
	out := []string{}
	for id := range ids {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// changeModeration changes the roles of the scheme a channel has, and tells its members what
// they grant now.
func (s *Service) changeModeration(ctx context.Context, tx *store.Tx, c *model.Channel, was, now *bound) error {
	tx.Emit(event.RolesStale())
	for _, r := range []struct {
		name, without string
		was, now      map[string]bool
	}{
		{now.tie.Own.User, now.tie.Without.User, was.members, now.members},
		{now.tie.Own.Guest, now.tie.Without.Guest, was.guests, now.guests},
	} {
		if same(r.was, r.now) {
			continue
		}
		role := *now.roles[r.name]
		role.UpdateAt = max(s.now(), role.UpdateAt+1)
		if err := tx.SetRolePermissions(ctx, role.ID, listOf(r.now), role.UpdateAt); err != nil {
			return err
		}
		role.Permissions = perm.InChannelScheme(listOf(r.now), now.roles[r.without].Permissions, false)
		tx.Emit(event.RoleUpdated(&role, event.Audience{ChannelID: c.ID}))
	}
	return nil
}
