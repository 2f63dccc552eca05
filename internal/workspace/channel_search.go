package workspace

import (
	"context"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// AllChannels says which channels of all teams somebody wants.
type AllChannels struct {
	Term           string
	TeamIDs        []string
	Kind           string // model.ChannelOpen or model.ChannelPrivate; empty for both
	Own            bool   // those the actor can read, instead of every one there is
	Deleted        bool   // archived ones only
	WithDeleted    bool   // archived ones too
	Constrained    bool   // whose members come from groups
	Free           bool   // whose members do not
	NotInGroup     string // not linked to this group
	ExcludeDefault bool   // without those every team begins with
	Count          bool   // how many there are is wanted too
	Page, PerPage  int
}

// listsEverything tells whether the actor administrates channels, or what concerns them.
func listsEverything(a perm.Actor) bool {
	return a.Can(perm.SysconsoleWriteUserManagementGroups) || a.Can(perm.SysconsoleReadUserManagementChannels) ||
		a.Can(perm.SysconsoleReadComplianceDataRetentionPolicy)
}

// AllChannels lists channels of all teams by display name.
func (s *Service) AllChannels(ctx context.Context, a perm.Actor, q AllChannels) (*model.ChannelsWithCount, error) {
	switch {
	case q.Own && a.UserID == "":
		return nil, fault.NoSession()
	case !q.Own && !listsEverything(a):
		return nil, fault.Permission(a.UserID, string(perm.SysconsoleWriteUserManagementGroups),
			string(perm.SysconsoleReadUserManagementChannels), string(perm.SysconsoleReadComplianceDataRetentionPolicy))
	}
	f := store.ChannelSearch{
		Term: q.Term, TeamIDs: q.TeamIDs, Deleted: q.Deleted, WithDeleted: q.WithDeleted, Constrained: q.Constrained,
		Free: q.Free, NotInGroup: q.NotInGroup, Offset: q.Page * q.PerPage, Limit: q.PerPage,
	}
	if q.Own {
		f.ViewerID, f.Guest = a.UserID, a.IsGuest
	}
	if q.Kind != "" {
		f.Types = []string{q.Kind}
	}
	if q.ExcludeDefault {
		for _, c := range s.defaultChannels() {
			f.ExcludeNames = append(f.ExcludeNames, c.Name)
		}
	}
	list, err := s.DB.AllChannels(ctx, f)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get_all_channels.app_error")
	}
	out := &model.ChannelsWithCount{Channels: list}
	if list == nil {
		out.Channels = []*model.ChannelWithTeam{}
	}
	if q.Count {
		out.TotalCount, err = s.DB.CountChannels(ctx, f)
	}
	return out, store.Fault(err, "app.channel.get_all_channels_count.app_error")
}

// SearchGroupChannels lists the group channels the actor is in whose members have the names.
func (s *Service) SearchGroupChannels(ctx context.Context, a perm.Actor, term string) ([]*model.Channel, error) {
	if a.UserID == "" {
		return nil, fault.NoSession()
	}
	list, err := s.DB.SearchDirect(ctx, a.UserID, model.ChannelGroup, term, foundMax)
	return list, store.Fault(err, "app.channel.search_group_channels.app_error")
}

// SearchChannels looks for open channels of a team, archived ones included. Who may not list
// them finds those they are in.
func (s *Service) SearchChannels(ctx context.Context, a perm.Actor, teamID, term string) ([]*model.Channel, error) {
	t, err := s.DB.TeamAccess(ctx, teamID, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.team.get.finding.app_error", errNoTeam())
	}
	f := store.TeamSearch{TeamID: teamID, ViewerID: a.UserID, Term: term, Limit: foundMax}
	switch {
	case a.CanWith(perm.ListTeamChannels, t.Roles):
		f.Open, f.OpenOnly = true, true
	case !t.Member:
		return nil, fault.New(fault.NotFound, "app.team.get_member.missing.app_error")
	}
	list, err := s.DB.SearchTeamChannels(ctx, f)
	return list, store.Fault(err, "app.channel.search.app_error")
}

// AutocompleteChannels suggests channels of a team: open ones and those the actor is in,
// archived ones included. Guests get only the latter.
func (s *Service) AutocompleteChannels(ctx context.Context, a perm.Actor, teamID, term string) ([]*model.Channel, error) {
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ListTeamChannels); err != nil {
		return nil, err
	}
	list, err := s.DB.SearchTeamChannels(ctx, store.TeamSearch{TeamID: teamID, ViewerID: a.UserID, Term: term, Open: !a.IsGuest, Limit: suggestionsMax})
	return list, store.Fault(err, "app.channel.search.app_error")
}

// AutocompleteOwnChannels suggests channels the actor is in: those of a team, group channels,
// and direct ones by the name of the other person.
func (s *Service) AutocompleteOwnChannels(ctx context.Context, a perm.Actor, teamID, term string) ([]*model.Channel, error) {
	if a.UserID == "" {
		return nil, fault.NoSession()
	}
	list, err := s.DB.SearchTeamChannels(ctx, store.TeamSearch{TeamID: teamID, ViewerID: a.UserID, Term: term, Limit: suggestionsMax})
	if err != nil {
		return nil, store.Fault(err, "app.channel.search.app_error")
	}
	for _, kind := range []string{model.ChannelDirect, model.ChannelGroup} {
		more, err := s.DB.SearchDirect(ctx, a.UserID, kind, term, suggestionsMax)
		if err != nil {
			return nil, store.Fault(err, "app.channel.search.app_error")
		}
		list = append(list, more...)
	}
	return list[:min(len(list), suggestionsMax)], nil
}
