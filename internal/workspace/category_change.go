package workspace

import (
	"context"
	"slices"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// CreateCategory makes a category behind the favourites. Its channels leave those they stood in.
func (s *Service) CreateCategory(ctx context.Context, a perm.Actor, userID, teamID string, in *model.Category) (*model.Category, error) {
	if in.UserID != userID || in.TeamID != teamID || !in.Valid() || in.DisplayName == "" {
		return nil, fault.Body("category")
	}
	var made *model.Category
	err := s.changeSidebar(ctx, a, userID, teamID, func(tx *store.Tx, b *sidebar) error {
		if len(b.list) >= model.CategoriesMax {
			return fault.Body("category")
		}
		made = &model.Category{
			ID: model.NewID(), UserID: userID, TeamID: teamID, Sorting: in.Sorting, Type: model.CategoryCustom,
			DisplayName: in.DisplayName, Muted: in.Muted, Collapsed: in.Collapsed, ChannelIDs: b.own(in.ChannelIDs),
		}
		at := 0
		if len(b.list) > 0 && b.list[0].Type == model.CategoryFavorites {
			at = 1
		}
		made.SortOrder = int64(at) * model.CategoryStep
		if err := s.unfavor(ctx, tx, b, made.ChannelIDs); err != nil {
			return err
		}
		if err := tx.UnplaceChannels(ctx, userID, teamID, made.ChannelIDs); err != nil {
			return err
		}
		if err := tx.InsertCategory(ctx, made); err != nil {
			return err
		}
		if err := tx.PlaceChannels(ctx, userID, []*model.Category{made}); err != nil {
			return err
		}
		if err := renumber(ctx, tx, slices.Insert(b.list, at, made)); err != nil {
			return err
		}
		tx.Emit(event.CategoryCame(event.CategoryCreated, made))
		return nil
	})
	return made, err
}

// renumber stores the order in which categories stand.
func renumber(ctx context.Context, tx *store.Tx, list []*model.Category) error {
	for i, c := range list {
		c.SortOrder = int64(i) * model.CategoryStep
	}
	return tx.UpdateCategories(ctx, list)
}

// unfavor forgets that channels are favourites that leave the category of those.
func (s *Service) unfavor(ctx context.Context, tx *store.Tx, b *sidebar, ids []string) error {
	f := b.favorites()
	if f == nil {
		return nil
	}
	return tx.SaveFavorites(ctx, b.userID, nil, common(f.ChannelIDs, ids))
}

// common gives what two lists have in common, without what other is behind.
func common(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return !slices.Contains(other, id) })
}

// without gives what a list has more than another.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(other, id) })
}

// UpdateCategories changes categories: their look, and which channels stand in them. Built-in
// ones keep their names, and direct messages stand where they stand.
func (s *Service) UpdateCategories(ctx context.Context, a perm.Actor, userID, teamID string, in []*model.Category) ([]*model.Category, error) {
	for _, c := range in {
		if c == nil || c.UserID != userID || c.TeamID != teamID || !c.Valid() {
			return nil, fault.Body("category")
		}
	}
	var out []*model.Category
	err := s.changeSidebar(ctx, a, userID, teamID, func(tx *store.Tx, b *sidebar) error {
		out = out[:0]
		var on, off, mute, unmute []string
		for _, want := range in {
			c := b.find(want.ID)
			if c == nil || slices.Contains(out, c) {
				return fault.Body("category")
			}
			was := *c
			b.apply(c, want)
			if c.Type == model.CategoryFavorites {
				on, off = without(c.ChannelIDs, was.ChannelIDs), without(was.ChannelIDs, c.ChannelIDs)
			}
			more, less := b.muted(c, &was)
			mute, unmute = append(mute, more...), append(unmute, less...)
			out = append(out, c)
		}
		if err := tx.UpdateCategories(ctx, out); err != nil {
			return err
		}
		if err := tx.PlaceChannels(ctx, userID, out); err != nil {
			return err
		}
		if err := tx.SaveFavorites(ctx, userID, on, off); err != nil {
			return err
		}
		if err := s.mute(ctx, tx, userID, mute, unmute); err != nil {
			return err
		}
		tx.Emit(event.CategoriesUpdated(userID, teamID, out))
		return nil
	})
	return out, err
}

// apply makes a category what somebody wants of it, as far as its kind allows.
func (b *sidebar) apply(c, want *model.Category) {
	c.Sorting, c.Collapsed = want.Sorting, want.Collapsed
	if c.Type == model.CategoryDirect {
		return
	}
	c.Muted, c.ChannelIDs = want.Muted, b.own(want.ChannelIDs)
	if c.Type == model.CategoryCustom && want.DisplayName != "" {
		c.DisplayName = want.DisplayName
	}
}

// muted tells which channels a changed category mutes, and which it makes heard again: all of
// them when it was muted or no longer is, else those that came into it.
func (b *sidebar) muted(c, was *model.Category) (mute, unmute []string) {
	switch came := without(c.ChannelIDs, was.ChannelIDs); {
	case c.Muted && !was.Muted:
		return c.ChannelIDs, nil
	case !c.Muted && was.Muted:
		return nil, c.ChannelIDs
	case c.Muted:
		return came, nil
	default:
		for _, o := range b.list {
			if o != c && o.Muted {
				unmute = append(unmute, common(came, o.ChannelIDs)...)
			}
		}
		return nil, unmute
	}
}

// mute says for channels whether somebody wants to hear of mentions only.
func (s *Service) mute(ctx context.Context, tx *store.Tx, userID string, on, off []string) error {
	for _, part := range []struct {
		ids   []string
		muted bool
	}{{on, true}, {off, false}} {
		if len(part.ids) == 0 {
			continue
		}
		places, err := tx.PlacesOfIn(ctx, userID, part.ids)
		if err != nil {
			return err
		}
		var changed []string
		now := s.now()
		for _, m := range places {
			if m.Muted() == part.muted {
				continue
			}
			changed = append(changed, m.ChannelID)
			m.NotifyProps["mark_unread"], m.LastUpdateAt = markUnread(part.muted), now
			tx.Emit(event.ChannelMemberUpdated(m))
		}
		if err := tx.MuteChannels(ctx, userID, changed, part.muted, now); err != nil {
			return err
		}
	}
	return nil
}

func markUnread(muted bool) string {
	if muted {
		return "mention"
	}
	return "all"
}

// DeleteCategory removes a category somebody made; its channels stand where their kind belongs then.
func (s *Service) DeleteCategory(ctx context.Context, a perm.Actor, userID, teamID, id string) error {
	return s.changeSidebar(ctx, a, userID, teamID, func(tx *store.Tx, b *sidebar) error {
		c := b.find(id)
		switch {
		case c == nil:
			return noCategory()
		case c.Type != model.CategoryCustom:
			return fault.New(fault.Invalid, sidebarError)
		}
		tx.Emit(event.CategoryCame(event.CategoryDeleted, c))
		return tx.DeleteCategory(ctx, id)
	})
}

// OrderCategories puts the categories of an account in another order, which must name each once.
func (s *Service) OrderCategories(ctx context.Context, a perm.Actor, userID, teamID string, order []string) ([]string, error) {
	err := s.changeSidebar(ctx, a, userID, teamID, func(tx *store.Tx, b *sidebar) error {
		if len(order) != len(b.list) {
			return fault.New(fault.Invalid, sidebarError)
		}
		list := make([]*model.Category, len(order))
		for i, id := range order {
			c := b.find(id)
			if c == nil || slices.Contains(list, c) {
				return fault.Body("category")
			}
			list[i] = c
		}
		tx.Emit(event.CategoriesOrdered(userID, teamID, order))
		return renumber(ctx, tx, list)
	})
	return order, err
}

// CategoryOrder gives the order of somebody's categories.
func (s *Service) CategoryOrder(ctx context.Context, a perm.Actor, userID, teamID string) ([]string, error) {
	b, err := s.Sidebar(ctx, a, userID, teamID)
	if err != nil {
		return nil, err
	}
	return b.Order, nil
}
