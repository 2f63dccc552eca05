package workspace

import (
	"context"
	"slices"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// sidebar is the categories of an account in a team, with their channels.
type sidebar struct {
	userID, teamID string
	list           []*model.Category
	channels       map[string]bool // those that can stand in it
}

func (b *sidebar) find(id string) *model.Category {
	for _, c := range b.list {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (b *sidebar) order() []string {
	ids := make([]string, len(b.list))
	for i, c := range b.list {
		ids[i] = c.ID
	}
	return ids
}

// favorites gives the category of favourites.
func (b *sidebar) favorites() *model.Category {
	for _, c := range b.list {
		if c.Type == model.CategoryFavorites {
			return c
		}
	}
	return nil
}

// fillSidebar puts the channels into the categories: each where it was placed, and all others
// where their kind belongs.
func fillSidebar(b *sidebar, placed []store.Placed) {
	byID, byType := map[string]*model.Category{}, map[string]*model.Category{}
	for _, c := range b.list {
		byID[c.ID], byType[c.Type] = c, c
	}
	b.channels = make(map[string]bool, len(placed))
	for _, p := range placed {
		c := byID[p.CategoryID]
		if c == nil {
			kind := model.CategoryChannels
			if p.Direct {
				kind = model.CategoryDirect
			}
			c = byType[kind]
		}
		b.channels[p.ChannelID] = true
		if c != nil {
			c.ChannelIDs = append(c.ChannelIDs, p.ChannelID)
		}
	}
}

// readSidebar reads the sidebar of an account; without categories there is none yet.
func (s *Service) readSidebar(ctx context.Context, q store.Q, userID, teamID string) (*sidebar, error) {
	b := &sidebar{userID: userID, teamID: teamID}
	var err error
	if b.list, err = q.Categories(ctx, userID, teamID); err != nil || len(b.list) == 0 {
		return b, err
	}
	placed, err := q.PlacedChannels(ctx, userID, teamID)
	if err == nil {
		fillSidebar(b, placed)
	}
	return b, err
}

// needSidebar refuses an actor who may not act for an account or not see the team.
func (s *Service) needSidebar(ctx context.Context, a perm.Actor, userID, teamID string) error {
	if err := s.needUser(ctx, a, userID); err != nil {
		return err
	}
	_, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam)
	return err
}

const sidebarError = "app.channel.sidebar_categories.app_error"

// Sidebar gives the categories of an account in a team, and makes the first ones when there
// are none yet.
func (s *Service) Sidebar(ctx context.Context, a perm.Actor, userID, teamID string) (*model.Categories, error) {
	if err := s.needSidebar(ctx, a, userID, teamID); err != nil {
		return nil, err
	}
	b, err := s.readSidebar(ctx, s.DB.Q, userID, teamID)
	if err == nil && len(b.list) == 0 {
		err = s.DB.Tx(ctx, func(tx *store.Tx) error {
			if err := tx.InsertDefaultCategories(ctx, teamID, []string{userID}); err != nil {
				return err
			}
			b, err = s.readSidebar(ctx, tx.Q, userID, teamID)
			return err
		})
	}
	if err != nil {
		return nil, store.Fault(err, sidebarError)
	}
	return &model.Categories{Categories: b.list, Order: b.order()}, nil
}

// Category gives one category of an account in a team.
func (s *Service) Category(ctx context.Context, a perm.Actor, userID, teamID, id string) (*model.Category, error) {
	if err := s.needSidebar(ctx, a, userID, teamID); err != nil {
		return nil, err
	}
	b, err := s.readSidebar(ctx, s.DB.Q, userID, teamID)
	if err != nil {
		return nil, store.Fault(err, sidebarError)
	}
	if c := b.find(id); c != nil {
		return c, nil
	}
	return nil, noCategory()
}

func noCategory() *fault.Error { return fault.New(fault.NotFound, sidebarError) }

// changeSidebar lets an actor change the sidebar of an account; its changes wait for each other.
func (s *Service) changeSidebar(ctx context.Context, a perm.Actor, userID, teamID string, change func(*store.Tx, *sidebar) error) error {
	if err := s.needSidebar(ctx, a, userID, teamID); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.InsertDefaultCategories(ctx, teamID, []string{userID}); err != nil {
			return err
		}
		if _, err := tx.LockCategories(ctx, userID, teamID); err != nil {
			return err
		}
		b, err := s.readSidebar(ctx, tx.Q, userID, teamID)
		if err != nil {
			return err
		}
		return change(tx, b)
	})
	return store.Fault(err, sidebarError)
}

// own keeps the channels of a list that can stand in the sidebar, each once.
func (b *sidebar) own(ids []string) []string {
	return slices.DeleteFunc(distinct(ids), func(id string) bool { return !b.channels[id] })
}
