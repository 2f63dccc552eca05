package account

import (
	"context"

	"muster/internal/fault"
	"muster/internal/perm"
	"muster/internal/store"
)

// Limits of a search.
const (
	searchDefault = 100
	searchMax     = 1000
)

// UserSearch is a request to find accounts by a text.
type UserSearch struct {
	Term             string   `json:"term"`
	TeamID           string   `json:"team_id"`
	NotInTeamID      string   `json:"not_in_team_id"`
	InChannelID      string   `json:"in_channel_id"`
	NotInChannelID   string   `json:"not_in_channel_id"`
	InGroupID        string   `json:"in_group_id"`
	NotInGroupID     string   `json:"not_in_group_id"`
	GroupConstrained bool     `json:"group_constrained"`
	AllowInactive    bool     `json:"allow_inactive"`
	WithoutTeam      bool     `json:"without_team"`
	Limit            int      `json:"limit"`
	Role             string   `json:"role"`
	Roles            []string `json:"roles"`
	ChannelRoles     []string `json:"channel_roles"`
	TeamRoles        []string `json:"team_roles"`
}

// SearchUsers finds accounts in whose names or addresses every word of the term
// occurs, by username.
func (s *Service) SearchUsers(ctx context.Context, a perm.Actor, q UserSearch) (Answers, error) {
	if err := s.checkSearch(ctx, a, &q); err != nil {
		return Answers{}, err
	}
	find := store.UserSearch{
		Term: q.Term, FullNames: s.namesSearchable(a), Emails: a.IsAdmin() || s.Config().PrivacySettings.ShowEmailAddress,
		AllowInactive: q.AllowInactive, Limit: q.Limit,
	}
	if find.Limit == 0 {
		find.Limit = searchDefault
	}
	honoured := filters{role: true, roles: true}
	find.Scope, honoured.place = q.scope()
	l := UserList{Role: q.Role, Roles: q.Roles, ChannelRoles: q.ChannelRoles, TeamRoles: q.TeamRoles}
	if err := s.filterRoles(ctx, &l, honoured, &find.Scope); err != nil {
		return Answers{}, err
	}
	find.RoleSets = find.Scope.RoleSets
	return s.found(ctx, a, find)
}

// scope says among whom is searched, and of which place roles are read: the first of the
// parameters in the documented order counts.
func (q *UserSearch) scope() (f store.UserFilter, place string) {
	f.GroupConstrained = q.GroupConstrained
	switch {
	case q.WithoutTeam:
		f.WithoutTeam = true
	case q.InChannelID != "":
		f.InChannel, place = q.InChannelID, "channel"
	case q.NotInChannelID != "":
		f.InTeam, f.NotInChannel, place = q.TeamID, q.NotInChannelID, "team"
	case q.NotInTeamID != "":
		f.NotInTeam = q.NotInTeamID
	case q.InGroupID != "":
		f.InGroup = q.InGroupID
	case q.NotInGroupID != "":
		f.NotInGroup = q.NotInGroupID
	case q.TeamID != "":
		f.InTeam, place = q.TeamID, "team"
	}
	return f, place
}

func (s *Service) namesSearchable(a perm.Actor) bool {
	return a.IsAdmin() || s.Config().PrivacySettings.ShowFullName
}

// fewMembers is how many members of a place are looked at one by one rather than being
// looked up among all accounts.
const fewMembers = 5000

func (s *Service) found(ctx context.Context, a perm.Actor, find store.UserSearch) (Answers, error) {
	var err error
	if find.Scope.Sight, err = s.SightOf(ctx, a); err != nil {
		return Answers{}, err
	}
	n, err := s.DB.PlaceSize(ctx, &find.Scope)
	find.FewMembers = n > 0 && n <= fewMembers
	var ids []string
	if err == nil {
		ids, err = s.DB.SearchUsers(ctx, find)
	}
	if err != nil {
		return Answers{}, fault.New(fault.Internal, "app.user.search.app_error").Because(err)
	}
	return s.listed(ctx, a, ids, nil)
}

// checkSearch refuses impossible searches, and what the actor may not know, in the documented order.
func (s *Service) checkSearch(ctx context.Context, a perm.Actor, q *UserSearch) error {
	switch {
	case q.Term == "":
		return fault.Body("term")
	case q.NotInChannelID != "" && q.TeamID == "":
		return fault.Body("team_id")
	}
	for _, id := range [...]string{q.InGroupID, q.NotInGroupID} {
		if id == "" {
			continue
		}
		if err := s.needGroup(ctx, a, id); err != nil {
			return err
		}
	}
	for _, id := range [...]string{q.InChannelID, q.NotInChannelID} {
		if id == "" {
			continue
		}
		if _, err := InChannel(ctx, s.DB.Q, a, id, perm.ReadChannel); err != nil {
			return err
		}
	}
	for _, id := range [...]string{q.TeamID, q.NotInTeamID} {
		if id == "" {
			continue
		}
		if err := s.needTeam(ctx, a, id); err != nil {
			return err
		}
	}
	if q.Limit < 0 || q.Limit > searchMax {
		return fault.Body("limit")
	}
	return nil
}

// UserAutocomplete is a request to complete a name that is being typed.
type UserAutocomplete struct {
	Name      string
	InTeam    string
	InChannel string
	Limit     int // 0 finds nothing
}

// Completions are the accounts a name may be meant to be; OutOfChannel holds those of the
// team that are not in the channel, when one was given.
type Completions struct{ Users, OutOfChannel Answers }

// AutocompleteUsers finds active accounts by their names, never by address.
func (s *Service) AutocompleteUsers(ctx context.Context, a perm.Actor, q UserAutocomplete) (out Completions, err error) {
	if q.InChannel != "" {
		if _, err := InChannel(ctx, s.DB.Q, a, q.InChannel, perm.ReadChannel); err != nil {
			return out, err
		}
	}
	if q.InTeam != "" {
		if err := s.needTeam(ctx, a, q.InTeam); err != nil {
			return out, err
		}
	}
	switch {
	case q.InChannel != "" && q.InTeam == "":
		return out, fault.New(fault.Internal, "api.user.autocomplete_users.missing_team_id.app_error")
	case q.Limit <= 0:
		out.Users = s.answers(a, nil)
		return out, nil
	}
	find := store.UserSearch{Term: q.Name, FullNames: s.namesSearchable(a), Limit: min(q.Limit, searchMax)}
	find.Scope.InTeam = q.InTeam
	if q.InChannel == "" {
		out.Users, err = s.found(ctx, a, find)
		return out, err
	}
	inside := find
	inside.Scope = store.UserFilter{InChannel: q.InChannel}
	if out.Users, err = s.found(ctx, a, inside); err != nil {
		return out, err
	}
	find.Scope.NotInChannel = q.InChannel
	out.OutOfChannel, err = s.found(ctx, a, find)
	return out, err
}
