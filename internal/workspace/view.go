package workspace

import (
	"context"

	"muster/internal/perm"
	"muster/internal/store"
)

// See refuses an actor who may not know of all of the accounts.
func (s *Service) See(ctx context.Context, a perm.Actor, userIDs ...string) error {
	sight, err := s.Accounts.SightOf(ctx, a)
	if err != nil || sight == nil {
		return err
	}
	others := make(map[string]bool, len(userIDs))
	for _, id := range userIDs {
		if id != a.UserID || id == "" {
			others[id] = true
		}
	}
	if len(others) == 0 {
		return nil
	}
	ids := make([]string, 0, len(others))
	for id := range others {
		ids = append(ids, id)
	}
	n, err := s.DB.CountSeen(ctx, sight, ids)
	if err != nil {
		return store.Fault(err, "app.user.get_view_restrictions.app_error")
	}
	if n < int64(len(ids)) {
		return a.Need(perm.ViewMembers)
	}
	return nil
}
