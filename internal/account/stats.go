package account

import (
	"context"
	"slices"

	"muster/internal/fault"
	"muster/internal/perm"
	"muster/internal/store"
)

// UsersStats is the number of accounts.
type UsersStats struct {
	TotalUsersCount int64 `json:"total_users_count"`
}

// Stats counts the active accounts, bots included, that the actor may see.
func (s *Service) Stats(ctx context.Context, a perm.Actor) (UsersStats, error) {
	sight, err := s.SightOf(ctx, a)
	if err != nil {
		return UsersStats{}, err
	}
	if sight != nil {
		return s.countIn(ctx, store.UserFilter{Active: true, Sight: sight}, true)
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
		in := store.UserFilter{Active: !f.IncludeDeleted, InTeam: f.InTeam}
		honoured := filters{roles: true, place: "team"}
		if f.InTeam == "" {
			in.InChannel, honoured.place = f.InChannel, "channel"
		}
		l := UserList{Roles: f.Roles, ChannelRoles: f.ChannelRoles, TeamRoles: f.TeamRoles}
		if err := s.filterRoles(ctx, &l, honoured, &in); err != nil {
			return UsersStats{}, err
		}
		return s.countIn(ctx, in, f.IncludeBots)
	}
	return s.count(ctx, func(roles string, isBot, active bool) bool {
		return (active || f.IncludeDeleted) && (!isBot || f.IncludeBots) && matchesRoles(roles, f.Roles)
	})
}

// countIn counts the accounts of a list in a place or in somebody's sight.
func (s *Service) countIn(ctx context.Context, f store.UserFilter, bots bool) (UsersStats, error) {
	n, err := s.DB.CountUsers(ctx, f, bots)
	return UsersStats{TotalUsersCount: n}, store.Fault(err, "app.user.get_total_users_count.app_error")
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
