package workspace

import (
	"context"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// TeamsUnread sums up what an account has not read, by team, and with threads what it has not
// read of those it follows there. Direct and group channels are of none and left out.
func (s *Service) TeamsUnread(ctx context.Context, a perm.Actor, userID, exclude string, threads bool) ([]*model.TeamUnread, error) {
	if a.UserID != userID && !a.IsAdmin() {
		return nil, fault.Permission(a.UserID, string(perm.ManageSystem))
	}
	list, err := s.DB.TeamsUnread(ctx, userID, exclude)
	if err != nil || !threads || s.Config().ServiceSettings.CollapsedThreads == "disabled" {
		return list, store.Fault(err, "app.channel.get_unread.app_error")
	}
	totals, err := s.DB.ThreadTotalsByTeam(ctx, userID)
	for _, u := range list {
		t := totals[u.TeamID]
		u.ThreadCount, u.ThreadMentionCount, u.ThreadUrgentMentionCount = t.Unread, t.Mentions, t.UrgentMentions
	}
	return list, store.Fault(err, "app.channel.get_unread.app_error")
}

// TeamUnread sums up what an account has not read in a team.
func (s *Service) TeamUnread(ctx context.Context, a perm.Actor, userID, teamID string) (*model.TeamUnread, error) {
	if err := s.NeedUser(ctx, a, userID); err != nil {
		return nil, err
	}
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam); err != nil {
		return nil, err
	}
	u, err := s.DB.TeamUnread(ctx, userID, teamID)
	return u, store.Fault(err, "app.channel.get_unread.app_error")
}

// NeedUser refuses an actor who may not act on an account.
func (s *Service) NeedUser(ctx context.Context, a perm.Actor, userID string) error {
	t := perm.Target{UserID: userID}
	if a.IsAdmin() || a.UserID == userID && userID != "" {
		return nil
	}
	u, err := s.DB.User(ctx, userID)
	if err == nil {
		t.Exists, t.Roles = true, u.Roles
	}
	return a.NeedUser(t)
}
