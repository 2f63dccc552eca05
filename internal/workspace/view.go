package workspace

import (
	"context"

	"muster/internal/perm"
	"muster/internal/store"
)

// Viewing says whom the actor may know of: everybody (nil), or those who share a team
// that lets the actor see its members, or a channel.
func (s *Service) Viewing(ctx context.Context, q store.Q, a perm.Actor) (*store.Viewing, error) {
	if a.Can(perm.ViewMembers) {
		return nil, nil
	}
	v := &store.Viewing{UserID: a.UserID}
	if a.UserID == "" {
		return v, nil
	}
	members, err := q.TeamMembersOf(ctx, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.team.get_members.app_error")
	}
	for _, m := range members {
		if m.DeleteAt == 0 && a.CanWith(perm.ViewMembers, m.Roles) {
			v.TeamIDs = append(v.TeamIDs, m.TeamID)
		}
	}
	return v, nil
}

// See refuses an actor who may not know of an account.
func (s *Service) See(ctx context.Context, a perm.Actor, userIDs ...string) error {
	if a.Can(perm.ViewMembers) {
		return nil
	}
	view, err := s.Viewing(ctx, s.DB.Q, a)
	if err != nil {
		return err
	}
	all := make(map[string]bool, len(userIDs))
	for _, id := range userIDs {
		if id != a.UserID || id == "" {
			all[id] = true
		}
	}
	if len(all) == 0 {
		return nil
	}
	ids := make([]string, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	n, err := s.DB.CountSeen(ctx, view, ids)
	if err != nil {
		return store.Fault(err, "app.user.get.app_error")
	}
	if n < int64(len(ids)) {
		return a.Need(perm.ViewMembers)
	}
	return nil
}
