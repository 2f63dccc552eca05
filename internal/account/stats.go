package account

import (
	"context"
	"slices"

	"muster/internal/fault"
	"muster/internal/perm"
)

// UsersStats is the number of accounts.
type UsersStats struct {
	TotalUsersCount int64 `json:"total_users_count"`
}

// Stats counts the active accounts, bots included, that the actor may see.
func (s *Service) Stats(ctx context.Context, a perm.Actor) (UsersStats, error) {
	if !a.Can(perm.ViewMembers) {
		return UsersStats{}, nil // nobody shares a team or channel yet
	}
	return s.count(ctx, func(_ string, _, active bool) bool { return active })
}

// StatsFilter says which accounts to count.
type StatsFilter struct {
	InTeam         string
	InChannel      string
	IncludeDeleted bool
	IncludeBots    bool
	Roles          []string
	ChannelRoles   []string
	TeamRoles      []string
}

// FilteredStats counts accounts for administration.
func (s *Service) FilteredStats(ctx context.Context, a perm.Actor, f StatsFilter) (UsersStats, error) {
	for _, given := range []struct {
		name  string
		roles []string
	}{{"roles", f.Roles}, {"channelRoles", f.ChannelRoles}, {"teamRoles", f.TeamRoles}} {
		if slices.ContainsFunc(given.roles, func(r string) bool { return !perm.ValidRoleName(r) }) {
			return UsersStats{}, fault.Body(given.name)
		}
	}
	if err := a.Need(perm.SysconsoleReadUserManagementUsers); err != nil {
		return UsersStats{}, err
	}
	if f.InTeam != "" || f.InChannel != "" {
		return UsersStats{}, nil // no team or channel exists yet
	}
	return s.count(ctx, func(roles string, isBot, active bool) bool {
		return (active || f.IncludeDeleted) && (!isBot || f.IncludeBots) && matchesRoles(roles, f.Roles)
	})
}

// count adds up the kept counts of the kinds of account that are wanted.
func (s *Service) count(ctx context.Context, wanted func(roles string, isBot, active bool) bool) (UsersStats, error) {
	counts, err := s.DB.UserCounts(ctx)
	if err != nil {
		return UsersStats{}, fault.New(fault.Internal, "app.user.get_total_users_count.app_error").Because(err)
	}
	var out UsersStats
	for _, c := range counts {
		if wanted(c.Roles, c.IsBot, c.Active) {
			out.TotalUsersCount += c.N
		}
	}
	return out, nil
}
